/*
 * limit.h - token buckets in memory, keyed by 64-bit numbers: how often may somebody ask?
 *
 * A fixed table of buckets shared by all threads; when it is full the one idle longest goes.
 */
#ifndef HTTP_LIMIT_H
#define HTTP_LIMIT_H

#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct limit;

struct limit_rate {
    int64_t burst;  /* so many at once */
    int64_t per_ms; /* and one more every so many milliseconds */
};

struct limit *limit_new(size_t buckets);
void limit_free(struct limit *l);

/* Take one; false when there is none left, and *wait_ms_out says when there will be. */
bool limit_take(struct limit *l, uint64_t key, struct limit_rate rate, int64_t now_ms,
                int64_t *wait_ms_out);
/* The same question, without taking one. */
bool limit_would_take(struct limit *l, uint64_t key, struct limit_rate rate, int64_t now_ms,
                      int64_t *wait_ms_out);
/* A key for a purpose and a name. */
uint64_t limit_key(const char *purpose, struct str name);

#endif
