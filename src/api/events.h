/*
 * events.h - what comes of the events LINE sends: each counts once, in the order it happened.
 *
 * An event is received within the request that brings it, and applied by a job of the writer soon
 * after LINE has its answer. What nothing can come of is not kept: of what people merely write to
 * each other, its id is all we have. The reply token of a member's event that we do not answer is
 * kept for a moment, for a notice that may ride on it (domain/reply_chance.h).
 */
#ifndef API_EVENTS_H
#define API_EVENTS_H

#include "api/service.h"
#include "base/arena.h"
#include "base/err.h"
#include "line/webhook.h"
#include "store/db.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Receive the events of one signed request. *is_owed_out: the scheduler has something to do. */
enum err_code events_receive(struct db *db, struct service *s, struct arena *a,
                             const struct webhook_event *events, size_t n, int64_t now_ms,
                             bool *is_owed_out, struct err *e);

/* Apply events of the inbox, a bounded number: friends by event time, questions answered by a free
 * reply. *more_out: there may be more. */
enum err_code events_apply(struct db *db, struct service *s, struct arena *a, int64_t now_ms,
                           bool *more_out, struct err *e);

#endif
