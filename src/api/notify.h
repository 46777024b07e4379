/*
 * notify.h - from notices in the book to messages owed to LINE.
 *
 * Run as jobs of the writer, by the scheduler. Each call does a bounded amount and says whether
 * there may be more.
 */
#ifndef API_NOTIFY_H
#define API_NOTIFY_H

#include "api/service.h"
#include "base/arena.h"
#include "base/err.h"
#include "store/db.h"

#include <stdbool.h>
#include <stdint.h>

/* Notices whose time on the open card is over become pushes in the outbox, or end. */
enum err_code notify_due(struct db *db, struct service *s, struct arena *a, int64_t now_ms,
                         bool *more_out, struct err *e);

/* The card's address as a message carries it: the LIFF app's, or our own page where there is none.
 */
struct str card_url(const struct service *s, struct arena *a, int64_t plan_id);

#endif
