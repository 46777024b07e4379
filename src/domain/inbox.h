/*
 * inbox.h - webhook events received: kept once, applied once, forgotten when applied.
 *
 * That an event came is known for INBOX_LIFE_MS, so that it counts once however often it comes.
 * Whoever receives events must ignore older ones: they could have been here before.
 */
#ifndef DOMAIN_INBOX_H
#define DOMAIN_INBOX_H

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/str.h"
#include "store/db.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define INBOX_LIFE_MS (35 * DAY_MS)

struct inbox_event {
    struct str event_id;
    int64_t at_ms; /* LINE's time of the event */
    int64_t received_ms;
    struct str event; /* the event's JSON, opened; in arena. NULL: its seal is broken */
};

/* One event that came. */
struct inbox_arrival {
    struct str event_id;
    int64_t at_ms;
    struct str message_id; /* of the message it carries or takes back; may be empty */
    struct str event;      /* its JSON, sealed at rest */
    int64_t now_ms;
};

/* *fresh_out false: it was here before, nothing was written. */
enum err_code
inbox_receive(struct db *db, const struct inbox_arrival *arrival, bool *fresh_out, struct err *e);
/* The same for an event of no concern to us: that it came is kept, not what it says. */
enum err_code
inbox_pass(struct db *db, const struct inbox_arrival *arrival, bool *fresh_out, struct err *e);
/* Its author took a message back (unsend): what is kept of it is forgotten unapplied, and it is
 * known as taken back when it comes only now. */
enum err_code
inbox_unsend(struct db *db, const struct inbox_arrival *arrival, bool *fresh_out, struct err *e);
enum err_code inbox_is_taken_back(struct db *db, struct str message_id, bool *out, struct err *e);
/* Those not yet closed, in the order they happened, at most `max`. */
enum err_code inbox_open(struct db *db, struct arena *a, struct inbox_event *out, size_t max,
                         size_t *n_out, struct err *e);
/* Applied, or of no concern to us; the event itself is forgotten. ERR_CONFLICT "event_closed": it
 * was closed before, so what came with this must be undone; ERR_NOT_FOUND "event_unknown" */
enum err_code
inbox_close(struct db *db, struct str event_id, bool applied, int64_t now_ms, struct err *e);

/* Forget of at most `max` of the oldest events that they came, where that was INBOX_LIFE_MS ago; of
 * those we replied to it stays. */
enum err_code inbox_sweep(struct db *db, int64_t now_ms, int64_t max, struct err *e);

#endif
