/*
 * scheduler.h - what has to happen without anybody asking: notices, outbox, inbox, expiry,
 * sweeping.
 *
 * One thread that sleeps until something is due or it is woken, and then gives the writer bounded
 * jobs, one at a time. It keeps nothing itself: all that is owed stands in the book.
 */
#ifndef APP_SCHEDULER_H
#define APP_SCHEDULER_H

#include "api/service.h"
#include "app/courier.h"
#include "base/err.h"
#include "store/writer.h"

struct scheduler;

/* New (scheduler_free). Scheduler and courier know each other: make this, then the courier, then
 * go. */
enum err_code scheduler_new(struct scheduler **out, struct writer *writer, struct service *service,
                            struct err *e);
enum err_code scheduler_go(struct scheduler *s, struct courier *courier, struct err *e);
/* Ends the thread; outcomes may still be delivered until the courier has stopped. Accepts NULL. */
void scheduler_stop(struct scheduler *s);
void scheduler_free(struct scheduler *s);
void scheduler_wake(struct scheduler *s); /* from any thread */

/* The courier's `delivered`: what LINE said becomes the parcel's outcome in the book. */
void scheduler_delivered(void *scheduler, struct parcel *parcel);
/* The courier's `has_room`. */
void scheduler_has_room(void *scheduler);

#endif
