/*
 * notice.h - what a member should be told, from its cause to exactly one end.
 *
 *   waiting -> held -> owed -> told            by a message that LINE took
 *      |        |       `-> held | kept        LINE did not take it: another try, or the card
 *      `-> seen `-> seen | kept -> seen        shown on the card
 *      `-> cancelled, lapsed                   nothing left to say
 *
 * The ledger writes notices in state waiting. Until due_ms the open card may show it for nothing.
 * Then the ladder (ladder.h) holds it until it has decided, and each change of mind is written
 * down with its reason. Functions that write expect a savepoint around them.
 */
#ifndef DOMAIN_NOTICE_H
#define DOMAIN_NOTICE_H

#include "base/arena.h"
#include "base/err.h"
#include "domain/ladder.h"
#include "domain/member.h"
#include "domain/outbox.h"
#include "store/db.h"

#include <stdbool.h>
#include <stdint.h>

/* Everything a message about it may say; text in arena. */
struct notice {
    int64_t id, member_id;
    enum notice_kind kind;
    int64_t due_ms, until_ms, created_ms;
    int64_t card_id, plan_id; /* 0: about no card; what follows is then empty */
    bool is_stamp;            /* the plan's unit; else points */
    struct str plan_name, shop_name;
    int64_t amount, balance, goal; /* of the grant, and after it; of what ends, and now; else the
                                      card's balance now */
    int64_t at_ms;                 /* of the visit; else when the notice was made */
    int utc_offset_min;
    struct str reward_title;        /* of the voucher; else what waits at next_at */
    int64_t next_at;                /* the next reward's place on the card; 0: none */
    int64_t voucher_id, expires_ms; /* voucher, voucher_lapse; the latter of points_lapse, too */
    bool voucher_is_open;           /* still issued */
    struct str detail;              /* what a person of the shop wrote, a tier's name; opened */
};

/* What it is about is gone: a voucher that is no longer open, units that were used. */
bool notice_is_over(const struct notice *notice);

/* The member on the other end. */
struct notice_reader {
    int64_t member_id;
    enum language language;
    bool is_friend;
    bool has_chance;   /* a reply token lives */
    int64_t pushes;    /* messages counted in the last seven days */
    int64_t pushes_ms; /* when the oldest of them is seven days old */
    bool wants[TOPICS + 1];
};

/* ---- from the member's side */

/* The card showed it. One that ended already is not an error; a voucher's is worth a message all
 * the same, and waits on. ERR_NOT_FOUND "notice_unknown": not this member's */
enum err_code
notice_seen(struct db *db, int64_t notice_id, int64_t member_id, int64_t now_ms, struct err *e);
/* What the card has still to show: held and kept ones, newest first, at most `max`. */
enum err_code notice_news(struct db *db, int64_t member_id, struct arena *a, struct notice *out,
                          size_t max, size_t *n_out, struct err *e);

/* The card was opened from a message about such a thing. */
enum err_code notice_opened(struct db *db, enum notice_kind kind, int64_t now_ms, struct err *e);

/* ---- from the ladder's side */

/* Those whose time on the open card is over are held now; at most `max`, *n_out of them. */
enum err_code
notice_hold_due(struct db *db, int64_t now_ms, size_t max, size_t *n_out, struct err *e);
/* Members with a held notice to look at now, the longest due first. */
enum err_code notice_due_members(struct db *db, int64_t now_ms, int64_t *out, size_t max,
                                 size_t *n_out, struct err *e);
/* All that is held for a member, oldest first, at most `max`. */
enum err_code notice_held(struct db *db, int64_t member_id, struct arena *a, struct notice *out,
                          size_t max, size_t *n_out, struct err *e);
enum err_code notice_reader(struct db *db, int64_t member_id, int64_t now_ms,
                            struct notice_reader *out, struct err *e);

/* Look again at again_ms. */
enum err_code notice_wait(struct db *db, const struct notice *notice, const char *reason,
                          int64_t again_ms, int64_t now_ms, struct err *e);
/* The budget is another one now: those that wait for it are due. */
enum err_code notice_retry_budget(struct db *db, int64_t now_ms, struct err *e);
/* It goes with that message of the outbox: step REPLY, MERGE or PUSH.
 * ERR_CONFLICT "notice_ended": it is not held; nothing was written */
enum err_code notice_owe(struct db *db, int64_t notice_id, int64_t outbox_id, enum ladder_step step,
                         const char *reason, int64_t now_ms, struct err *e);
/* For the card, when it is opened next (KEEP), or nothing is left to say (DROP). */
enum err_code notice_end(struct db *db, const struct notice *notice, enum ladder_step step,
                         const char *reason, int64_t now_ms, struct err *e);

/* All that is held for the member is kept for the card. */
enum err_code
notice_shelve(struct db *db, int64_t member_id, const char *reason, int64_t now_ms, struct err *e);

/* How messages ended is told to their notices, at most `max` messages, *n_out of them. */
enum err_code
notice_settle(struct db *db, int64_t now_ms, size_t max, size_t *n_out, struct err *e);

/* ---- for the owner */

/* How notices of days `from` to `until` (20260401, UTC+9) ended. */
struct notice_counts {
    int64_t live;    /* shown on the open card: a message saved */
    int64_t reply;   /* free replies: saved */
    int64_t merge;   /* went along in a message that was sent anyway: saved */
    int64_t push;    /* messages LINE may count */
    int64_t kept;    /* for the next opening of the card */
    int64_t failed;  /* refused, too late, nobody to reach */
    int64_t opened;  /* the card was opened from a message */
    int64_t waiting; /* now: in the ladder or on the way */
};
int notice_day(int64_t at_ms);
enum err_code
notice_count(struct db *db, int from, int until, struct notice_counts *out, struct err *e);

/* The last decision about each of a member's newest notices, for the delivery log. */
struct notice_line {
    int64_t id;
    enum notice_kind kind;
    int64_t created_ms, decided_ms;
    char state[12], step[8], reason[24];
    char line_request_id[64]; /* of the attempt that ended it; "" where there is none */
};
enum err_code notice_log(struct db *db, int64_t member_id, struct notice_line *out, size_t max,
                         size_t *n_out, struct err *e);

#endif
