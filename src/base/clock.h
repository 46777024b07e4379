/*
 * clock.h - time as Unix milliseconds, UTC, from a clock that tests can hold still.
 *
 * The clock is read once per piece of work and handed down as now_ms; nothing below `api` reads it.
 *
 * A clock can be set wrong, and what time decides would then be decided wrongly and for good: which
 * code is of now, what expires, who was away for two years. So a clock is trusted once, when the
 * service starts, and from then on held against the machine's count of the time that went by, which
 * nobody can set. A clock that was wrong at the start and put right since is told by another one:
 * LINE's (app/quota_reader.h).
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#define SECOND_MS INT64_C(1000)
#define MINUTE_MS (60 * SECOND_MS)
#define HOUR_MS (60 * MINUTE_MS)
#define DAY_MS (24 * HOUR_MS)

/* A leap second, and a clock put right by degrees, are less. */
#define CLOCK_JUMP_MAX_MS MINUTE_MS

#define CLOCK_TEXT_SIZE 25 /* 2026-04-01T01:00:00.123Z and a NUL */

struct clock {
    _Atomic int64_t fixed_ms;   /* 0: the system's time; else this one */
    _Atomic int64_t ahead_ms;   /* added to the system's time: the demo's "one day later" */
    _Atomic int64_t wrong_ms;   /* a test has set it wrong by this: no time goes by with it */
    _Atomic int64_t trusted_ms; /* how far it was from the count of time when it was trusted */
};

int64_t clock_now_ms(struct clock *c);
/* Whatever it says now is right. */
void clock_trust(struct clock *c);
/* How far what it said, a moment ago at most, is from what it would say had nobody set it since. */
int64_t clock_jump_ms(struct clock *c, int64_t now_ms);
bool clock_has_jumped(struct clock *c, int64_t now_ms); /* by more than CLOCK_JUMP_MAX_MS */
int64_t clock_monotonic_ms(void);                       /* for measuring, never for storing */
void clock_cond_init(pthread_cond_t *cond);             /* waits until times of CLOCK_MONOTONIC */
void clock_text(int64_t at_ms, char out[CLOCK_TEXT_SIZE]); /* RFC 3339, UTC; years 1970 to 9999 */

#endif
