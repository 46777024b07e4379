/*
 * notice.h - what a member should be told, from its cause to exactly one end.
 *
 * The ledger writes notices in state waiting. Until due_ms the open card may show it for nothing
 * (seen). Then it is owed: a push in the outbox - or unreachable, when the member has blocked us.
 */
#ifndef DOMAIN_NOTICE_H
#define DOMAIN_NOTICE_H

#include "base/arena.h"
#include "base/err.h"
#include "domain/member.h"
#include "store/db.h"

#include <stdbool.h>
#include <stdint.h>

/* Everything a message about it may say; text in arena. */
struct notice {
    int64_t id, member_id, card_id, plan_id;
    bool is_voucher; /* else: a grant */
    bool is_stamp;   /* the plan's unit; else points */
    enum language language;
    bool is_friend;
    struct str plan_name, shop_name;
    int64_t amount, balance, goal; /* of the grant; the balance when it was made */
    int64_t at_ms;                 /* of the visit */
    int utc_offset_min;
    struct str reward_title; /* voucher */
    int64_t voucher_id, expires_ms;
    bool voucher_is_open; /* still issued */
};

/* The card showed it: a grant's notice ends here, a voucher's still waits (it is worth a message).
 * One that ended already is not an error. ERR_NOT_FOUND "notice_unknown": not this member's */
enum err_code notice_seen(struct db *db, int64_t notice_id, int64_t member_id, struct err *e);

/* Waiting notices whose time has come, the longest due first, at most `max`. */
enum err_code notice_due(struct db *db, int64_t now_ms, struct arena *a, struct notice *out,
                         size_t max, size_t *n_out, struct err *e);

/* End a waiting notice: put its push (the request's exact bytes) in the outbox, in a savepoint of
 * the caller's. ERR_CONFLICT "notice_ended": it no longer waits; nothing was written. Or ... */
enum err_code notice_owe(struct db *db, const struct notice *notice, struct str body,
                         int64_t now_ms, struct err *e);
/* ... put nothing there, because nobody would get it, or because there is nothing left to say. */
enum err_code notice_drop(struct db *db, int64_t notice_id, bool unreachable, struct err *e);

/* Of the notices of grants booked since. */
struct notice_counts {
    int64_t waiting; /* or on the way */
    int64_t seen;    /* shown on the open card: a message saved */
    int64_t sent;
    int64_t failed; /* nobody to reach, no quota, refused, or too late */
};
enum err_code
notice_count_since(struct db *db, int64_t since_ms, struct notice_counts *out, struct err *e);

#endif
