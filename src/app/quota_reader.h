/*
 * quota_reader.h - asks LINE what the month still allows, and writes it down.
 *
 * Once an hour, and when a new month begins: two errands of the courier, then a job of the writer.
 * What LINE does not answer stays as it was, and is asked again in a minute.
 */
#ifndef APP_QUOTA_READER_H
#define APP_QUOTA_READER_H

#include "api/errand.h"
#include "app/courier.h"
#include "base/clock.h"
#include "base/str.h"
#include "store/writer.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct quota_reader {
    struct courier *courier;
    struct writer *writer;
    struct clock *clock;
    void (*told)(void *context); /* there may be something to send now */
    void *context;
    char most_url[512], used_url[512];

    atomic_bool is_asking;
    _Atomic int64_t next_ms;
    _Atomic int month;  /* of the last answer */
    int64_t doubted_ms; /* monotonic: when the time was last asked for */

    /* of whoever is asking: */
    struct errand errand;
    char answer[512]; /* and why there is none, behind it */
    size_t answer_n;
    int64_t most, used;
    struct job job;
};

/* What LINE answers with tells the time as well: a clock that jumped to where LINE's stands was put
 * right, and is trusted again. */

/* `api_url` is copied. */
void quota_reader_init(struct quota_reader *q, struct str api_url);
/* Asks if it is time to. From the scheduler's thread; while it asks, the reader must stay. */
void quota_reader_tick(struct quota_reader *q, int64_t now_ms);
/* The same while the clock cannot be trusted: asks every half minute, for the time. */
void quota_reader_doubt(struct quota_reader *q);

#endif
