/*
 * breaker.h - whether a host that failed is to be asked again, for one host.
 *
 *   closed     everything goes
 *   open       nothing goes, for a while that doubles from one time to the next
 *   half-open  one request goes, and what becomes of it decides
 *
 * A failure is no answer, or a 5xx. Any other answer shows that the host is there, a refusal too.
 */
#ifndef LINE_BREAKER_H
#define LINE_BREAKER_H

#include "base/clock.h"

#include <stdbool.h>
#include <stdint.h>

#define BREAKER_IN_ROW 8  /* so many failures one after another open it, */
#define BREAKER_RECENT 32 /* or of so many that ended */
#define BREAKER_SHARE 24  /* so many failures */
#define BREAKER_FIRST_MS (5 * SECOND_MS)
#define BREAKER_MOST_MS (2 * MINUTE_MS)

struct breaker {      /* all zero: closed */
    uint32_t recent;  /* what ended last, a bit each, 1: failed */
    int recent_n;     /* how many of them are known */
    int in_row;       /* failures since the last success */
    int opened;       /* times, since it was closed */
    int64_t until_ms; /* open until then, half-open after; 0: closed */
    bool probing;     /* the one request of a half-open breaker is under way */
};

enum breaker_state { BREAKER_CLOSED, BREAKER_HALF_OPEN, BREAKER_OPEN };

enum breaker_state breaker_state(const struct breaker *b, int64_t now_ms);
/* May a request go now? While it is half-open, only one at a time. */
bool breaker_lets_go(const struct breaker *b, int64_t now_ms);
void breaker_went(struct breaker *b, int64_t now_ms);

/* How a request ended that went; status 0: no answer. True: it opened or closed the breaker.
 * `random` spreads the end of the open time. */
bool breaker_ended(struct breaker *b, int status, int64_t now_ms, uint32_t random);

#endif
