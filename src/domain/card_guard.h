/*
 * card_guard.h - wrong codes counted by the card they were aimed at.
 *
 * Whoever knows a locator has one chance in fifty million a try. Five tries in ten minutes, or
 * twenty in a day, and the card's changing codes wait until its member taps "it is me": the card is
 * never locked, so nobody can lock a member out. Source: security.md, section 6.7.
 */
#ifndef DOMAIN_CARD_GUARD_H
#define DOMAIN_CARD_GUARD_H

#include "base/err.h"
#include "store/db.h"

#include <stdbool.h>
#include <stdint.h>

#define GUARD_SPAN_MS (10 * 60 * 1000)
#define GUARD_SPAN_MAX 5
#define GUARD_DAY_MAX 20
#define GUARD_TAP_MS 120000 /* how long a tap holds: as long as a scan session */

/* *until_ms_out, unless NULL: time alone changes nothing about it before that. */
enum err_code card_guard_is_up(struct db *db, int64_t card_id, int64_t now_ms, bool *out,
                               int64_t *until_ms_out, struct err *e);

/* One more wrong code. Audited when it was the one too many. */
enum err_code card_guard_count(struct db *db, int64_t card_id, int64_t now_ms, struct err *e);

/* The member's tap. Without a guard it changes nothing. */
enum err_code card_guard_tap(struct db *db, int64_t card_id, int64_t now_ms, struct err *e);

#endif
