/*
 * inbox.h - webhook events received: kept once, applied once, forgotten when applied.
 */
#ifndef DOMAIN_INBOX_H
#define DOMAIN_INBOX_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "store/db.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct inbox_event {
    struct str event_id;
    int64_t at_ms; /* LINE's time of the event */
    int64_t received_ms;
    struct str event; /* the event's JSON, opened; in arena. NULL: its seal is broken */
};

/* *fresh_out false: it was here before, nothing was written. The event is sealed at rest. */
enum err_code inbox_receive(struct db *db, struct str event_id, int64_t at_ms, struct str event,
                            int64_t now_ms, bool *fresh_out, struct err *e);
/* The same for an event of no concern to us: that it came is kept, not what it says. */
enum err_code inbox_pass(struct db *db, struct str event_id, int64_t at_ms, int64_t now_ms,
                         bool *fresh_out, struct err *e);
/* Those not yet closed, in the order they happened, at most `max`. */
enum err_code inbox_open(struct db *db, struct arena *a, struct inbox_event *out, size_t max,
                         size_t *n_out, struct err *e);
/* Applied, or of no concern to us; the event itself is forgotten. ERR_CONFLICT "event_closed": it
 * was closed before, so what came with this must be undone; ERR_NOT_FOUND "event_unknown" */
enum err_code
inbox_close(struct db *db, struct str event_id, bool applied, int64_t now_ms, struct err *e);

#endif
