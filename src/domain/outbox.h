/*
 * outbox.h - what we owe LINE: fixed before it is first sent, ended exactly once.
 *
 *   queued -> sending -> sent | accepted_before | rejected | quota | expired | (back to) queued
 *   queued -> unreachable (the member blocked us meanwhile) | expired | rejected (a reply too late)
 *           | quota (nothing left of the budget) | dropped (a newer menu) | erased (the member
 * left)
 *
 * The first attempt's time and each attempt are on the disk before the bytes leave. An attempt that
 * was under way when the process died is taken up again with the same key and body (a push, a
 * multicast, a menu), or closed (a reply, which cannot be asked about). LINE knows a retry key for
 * 24 h after the first attempt; a message is closed an hour before that. Once closed, the body is
 * forgotten.
 *
 * Of a reply, `rejected` says that it certainly was not shown and `expired` that nobody knows.
 *
 * What LINE may count is charged to the month's budget just before the first attempt of that month,
 * and given back when LINE certainly did not count it.
 * Functions that write expect a savepoint around them.
 */
#ifndef DOMAIN_OUTBOX_H
#define DOMAIN_OUTBOX_H

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/str.h"
#include "store/db.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define OUTBOX_KEPT_MS (35 * DAY_MS)
#define OUTBOX_LIFE_MS                                                                             \
    (INT64_C(23) * 60 * 60 * 1000) /* from the first attempt, or from the start */
#define OUTBOX_REPLY_LIFE_MS 60000 /* a reply token is to be used within one minute */
#define OUTBOX_RECIPIENTS_MAX                                                                      \
    500 /* of one multicast. Source: messaging-api.yml, MulticastRequest */

enum outbox_kind { OUTBOX_PUSH, OUTBOX_MULTICAST, OUTBOX_REPLY, OUTBOX_MENU };

struct outbox_item {
    int64_t id;
    enum outbox_kind kind;
    struct str body;      /* opened, in arena; a menu's is "POST /path" or "DELETE /path" */
    struct str retry_key; /* in arena; push, multicast */
    int64_t try_number;   /* from 1 */
    int64_t first_ms;
};

enum outbox_end {
    OUTBOX_SENT,
    OUTBOX_ACCEPTED_BEFORE, /* 409: LINE took an earlier attempt */
    OUTBOX_REJECTED,
    OUTBOX_QUOTA,
    OUTBOX_EXPIRED,
    OUTBOX_AGAIN,
    OUTBOX_UNSENT, /* nothing of it left: as if it had not been tried, and again later */
};

/* ---- owing */

/* A message to one member, for the notices that are then owed by it (notice_owe). The retry key is
 * made here. An urgent one may use what the month's budget holds back. */
enum err_code outbox_push(struct db *db, int64_t member_id, bool is_urgent, struct str body,
                          int64_t now_ms, int64_t *id_out, struct err *e);

/*
 * The same messages to 1 to OUTBOX_RECIPIENTS_MAX members, each once. `messages` is the JSON array;
 * whom it goes to is written before it, and fixed, at the first attempt: whoever has blocked us
 * until then is left out, and not counted.
 *
 * ERR_CONFLICT "constraint"  a member is unknown or given twice
 */
enum err_code outbox_multicast(struct db *db, const int64_t *member_ids, size_t n, bool is_urgent,
                               struct str messages, int64_t now_ms, int64_t *id_out, struct err *e);

/* A reply to an event in the inbox, at most one for each: another one is dropped, *id_out 0.
 * member_id 0: of somebody without a card. */
enum err_code outbox_reply(struct db *db, struct str event_id, int64_t member_id, struct str body,
                           int64_t now_ms, int64_t *id_out, struct err *e);

/*
 * Link a rich menu to one member, or unlink it: `call` is "POST /v2/bot/user/U.../richmenu/..." or
 * "DELETE /v2/bot/user/U.../richmenu". Only the newest counts: one that has not been sent is
 * dropped for it, and one under way ends before it is sent. Member 0: what everybody else sees;
 * such calls are not held against each other.
 */
enum err_code
outbox_menu(struct db *db, int64_t member_id, struct str call, int64_t now_ms, struct err *e);

/* The member has left: what waits for them alone ends erased, and they are taken out of multicasts
 * that were never tried. What is under way ends erased as well, whatever LINE answers. */
enum err_code outbox_erase(struct db *db, int64_t member_id, int64_t now_ms, struct err *e);

/* ---- sending */

struct outbox_taken {
    size_t items;      /* to be sent, the longest due first */
    size_t closed;     /* ended instead */
    size_t unreadable; /* of those, because their body does not open */
    size_t deferred;   /* wait for the next month's budget, or to hear of this one's */
    bool more;         /* others may be due */
};

/* Take what is due, looking at no more than `max`: replies first, then what is urgent and menus,
 * then the longest due. State sending, a try recorded. */
enum err_code outbox_take(struct db *db, int64_t now_ms, struct arena *a, struct outbox_item *out,
                          size_t max, struct outbox_taken *taken, struct err *e);

/*
 * How a try ended. again_ms: for OUTBOX_AGAIN and OUTBOX_UNSENT, when; too late for that, it ends.
 * status is HTTP's, 0: no answer. Of a message erased meanwhile only the status is noted.
 *
 * ERR_CONFLICT "outcome_known": this try is not the one under way; nothing was changed
 * ERR_NOT_FOUND "outbox_unknown"
 */
enum err_code
outbox_outcome(struct db *db, int64_t id, int64_t try_number, enum outbox_end end, int64_t again_ms,
               int64_t status, struct str line_request_id, int64_t now_ms, struct err *e);

/* Forget of at most `max` replies and menus that they were owed, where they ended OUTBOX_KEPT_MS
 * ago; the event a reply answered can then be forgotten as well (inbox_sweep). A push is kept with
 * its notice. */
enum err_code outbox_sweep(struct db *db, int64_t now_ms, int64_t max, struct err *e);

/* At start-up: what was under way goes back to queued, or ends expired (a reply). */
enum err_code outbox_recover(struct db *db, int64_t now_ms, struct err *e);

#endif
