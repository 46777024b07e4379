/*
 * outbox.h - what we owe LINE: fixed before it is first sent, ended exactly once.
 *
 *   queued -> sending -> sent | accepted_before | rejected | quota | expired | (back to) queued
 *   queued -> unreachable (the member blocked us meanwhile) | expired
 *
 * The first attempt's time and each attempt are on the disk before the bytes leave. An attempt that
 * was under way when the process died is taken up again with the same key and body (a push), or
 * closed (a reply, which has no such key). LINE knows a retry key for 24 h after the first attempt;
 * a push is closed an hour before that. Once closed, the body is forgotten.
 * Functions that write expect a savepoint around them.
 */
#ifndef DOMAIN_OUTBOX_H
#define DOMAIN_OUTBOX_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "store/db.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define OUTBOX_PUSH_LIFE_MS (INT64_C(23) * 60 * 60 * 1000)
#define OUTBOX_REPLY_LIFE_MS 60000 /* a reply token is to be used within one minute */

struct outbox_item {
    int64_t id;
    bool is_push;         /* else a reply */
    struct str body;      /* opened; in arena */
    struct str retry_key; /* push */
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
};

/* A message to one member, for the notices that are then owed by it (notice_owe). The retry key is
 * made here. An urgent one may use what the month's budget holds back. */
enum err_code outbox_push(struct db *db, int64_t member_id, bool is_urgent, struct str body,
                          int64_t now_ms, int64_t *id_out, struct err *e);

/* A reply to an event in the inbox, at most one for each: another one is dropped. */
enum err_code
outbox_reply(struct db *db, struct str event_id, struct str body, int64_t now_ms, struct err *e);

/* Take what is due, at most `max`, the longest due first: state sending, a try recorded. What is
 * too old ends expired, as does what cannot be read (*unreadable_out of them); pushes to members
 * who blocked us end unreachable. */
enum err_code outbox_take(struct db *db, int64_t now_ms, struct arena *a, struct outbox_item *out,
                          size_t max, size_t *n_out, size_t *unreadable_out, struct err *e);
/*
 * How a try ended. again_ms: for OUTBOX_AGAIN, when; too late for that, it ends expired. status is
 * HTTP's, 0: no answer.
 *
 * ERR_CONFLICT "outcome_known": this try is not the one under way; nothing was changed
 * ERR_NOT_FOUND "outbox_unknown"
 */
enum err_code
outbox_outcome(struct db *db, int64_t id, int64_t try_number, enum outbox_end end, int64_t again_ms,
               int64_t status, struct str line_request_id, int64_t now_ms, struct err *e);
/* At start-up: what was under way goes back to queued (a push) or ends expired (a reply). */
enum err_code outbox_recover(struct db *db, int64_t now_ms, struct err *e);

#endif
