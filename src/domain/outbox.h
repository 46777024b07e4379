/*
 * outbox.h - what we owe LINE: fixed before it is first sent, ended exactly once.
 *
 *   queued -> sending -> sent | accepted_before | rejected | quota | expired | (back to) queued
 *   queued -> unreachable (the member blocked us meanwhile)
 *
 * The first attempt's time and each attempt are on the disk before the bytes leave. An attempt that was under way
 * when the process died is taken up again with the same key and body (a push), or closed (a reply).
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

struct outbox_item {
    int64_t id;
    bool is_push;          /* else a reply */
    struct str body;       /* opened; in arena */
    struct str retry_key;  /* push */
    int64_t try_number;    /* from 1 */
    int64_t first_ms;
};

enum outbox_end { OUTBOX_SENT, OUTBOX_ACCEPTED_BEFORE, OUTBOX_REJECTED, OUTBOX_QUOTA, OUTBOX_EXPIRED,
                  OUTBOX_AGAIN };

/* A reply to an event, at most one for each. */
enum err_code outbox_reply(struct db *db, struct str event_id, struct str body, int64_t now_ms,
                           struct err *e);

/* Take what is due, at most `max`: state sending, a try recorded. Pushes to members who blocked us end unreachable. */
enum err_code outbox_take(struct db *db, int64_t now_ms, struct arena *a, struct outbox_item *out,
                          size_t max, size_t *n_out, struct err *e);
/* How a try ended. again_ms: for OUTBOX_AGAIN, when. status 0: no answer. A second outcome for the same try is ERR_CONFLICT. */
enum err_code outbox_outcome(struct db *db, int64_t id, int64_t try_number, enum outbox_end end,
                             int64_t again_ms, int64_t status, struct str line_request_id,
                             int64_t now_ms, struct err *e);
/* At start-up: what was under way goes back to queued (pushes) or is closed (replies). */
enum err_code outbox_recover(struct db *db, int64_t now_ms, struct err *e);
enum err_code outbox_next_ms(struct db *db, int64_t *at_ms_out, struct err *e);

#endif
