/*
 * pace.h - how fast each of LINE's endpoints may be asked: a token bucket each, below LINE's limit.
 *
 * LINE limits by method and path, whatever the ids in it. Where LINE says 429 all the same, the
 * pace falls by the share of answers that said so, and rises again little by little.
 *
 * Source: Messaging API reference, "Rate limits".
 */
#ifndef LINE_PACE_H
#define LINE_PACE_H

#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PACE_ENDPOINTS 24
#define PACE_FULL 1024 /* a factor of 1 */
#define PACE_LEAST 16
#define PACE_WINDOW_MS 1000
#define PACE_RISE (PACE_FULL / 32) /* each window */

struct pace_bucket {
    int64_t left;      /* requests, in thousandths */
    int64_t at_ms;     /* when that was so; 0: full */
    int64_t factor;    /* of PACE_FULL; 0: PACE_FULL */
    int64_t window_ms; /* when the answers began to be counted */
    int64_t answered, refused;
};

struct pace { /* all zero: full speed */
    struct pace_bucket bucket[PACE_ENDPOINTS];
};

/* Which endpoint a request is for: its place in LINE's table. `path` without host, with or without
 * a query. */
size_t pace_endpoint(const char *method, struct str path);
/* Requests an hour, with our margin, and how many of them at once. */
int64_t pace_per_hour(size_t endpoint);
int64_t pace_burst(size_t endpoint);

/* One more now? If not, *wait_ms_out (at least 1) says when to ask again. */
bool pace_take(struct pace *p, size_t endpoint, int64_t now_ms, int64_t *wait_ms_out);
/* LINE answered; `is_refused`: it was too fast. */
void pace_answered(struct pace *p, size_t endpoint, bool is_refused, int64_t now_ms);

#endif
