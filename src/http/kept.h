/*
 * kept.h - answers kept for who asks again, until something they were made from changes.
 *
 * A handler says with reply_keep what may be kept and how long at most. An answer is found by who
 * asks and for what; it is handed out only while base/versions says that nothing it was made from
 * has changed. Any thread may call anything here.
 */
#ifndef HTTP_KEPT_H
#define HTTP_KEPT_H

#include "base/digest.h"
#include "base/versions.h"
#include "http/reply.h"
#include "http/request.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct kept;

/* Room for so many bytes of answers; when it is full, what is no longer true makes room, or else
 * the newcomer is not kept. NULL: no memory. `versions` is borrowed. */
struct kept *kept_new(size_t bytes_max, const struct versions *versions);
void kept_free(struct kept *k); /* accepts NULL */

/*
 * The answer kept for `who` (a session's hash) and req's path and query: fills *reply, its body in
 * the request's arena with req->now_ms wherever it tells the time, and req->actor. false: none.
 */
bool
kept_find(struct kept *k, const uint8_t who[SHA256_SIZE], struct request *req, struct reply *reply);

/* Keep a copy of the reply, which was made from req->made_from, if its handler agreed. */
void kept_put(struct kept *k, const uint8_t who[SHA256_SIZE], const struct request *req,
              const struct reply *reply);

struct kept_counts {
    uint64_t hits, misses, bytes; /* bytes: now */
};
struct kept_counts kept_counts(struct kept *k);

#endif
