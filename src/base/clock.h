/*
 * clock.h - time as Unix milliseconds, UTC, from a clock that tests can hold still.
 *
 * The clock is read once per piece of work and handed down as now_ms; nothing below `api` reads it.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdatomic.h>
#include <stdint.h>

#define SECOND_MS INT64_C(1000)
#define MINUTE_MS (60 * SECOND_MS)
#define HOUR_MS (60 * MINUTE_MS)
#define DAY_MS (24 * HOUR_MS)

#define CLOCK_TEXT_SIZE 25 /* 2026-04-01T01:00:00.123Z and a NUL */

struct clock {
    _Atomic int64_t fixed_ms; /* 0: the system's time; else this one */
    _Atomic int64_t ahead_ms; /* added to the system's time: the demo's "one day later" */
};

int64_t clock_now_ms(struct clock *c);
int64_t clock_monotonic_ms(void);                          /* for measuring, never for storing */
void clock_text(int64_t at_ms, char out[CLOCK_TEXT_SIZE]); /* RFC 3339, UTC; years 1970 to 9999 */

#endif
