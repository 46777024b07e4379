#include "http/kept.h"

#include <assert.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SHARDS 16
#define BUCKETS 512 /* of a shard */
#define SWEEP_MAX 8 /* answers looked at to make room for one */
#define NOW_DIGITS 13

struct answer {
    struct answer *next;          /* of the same bucket */
    struct answer *older, *newer; /* in the order they came, for making room */
    uint8_t who[SHA256_SIZE];
    struct made_from made_from;
    struct actor actor;
    int64_t until_ms;
    struct reply reply; /* its body is `text` behind path and query */
    size_t path_n, query_n, size;
    char text[];
};

struct shard {
    pthread_mutex_t lock;
    struct answer *bucket[BUCKETS];
    struct answer *oldest, *newest;
    struct kept_counts counts;
};

struct kept {
    const struct versions *versions;
    size_t shard_max; /* bytes */
    struct shard shard[SHARDS];
};

struct kept *
kept_new(size_t bytes_max, const struct versions *versions)
{
    struct kept *k = calloc(1, sizeof(*k));

    if (k == NULL)
        return NULL;
    k->versions = versions;
    k->shard_max = bytes_max / SHARDS;
    for (size_t i = 0; i < SHARDS; i++)
        pthread_mutex_init(&k->shard[i].lock, NULL);
    return k;
}

void
kept_free(struct kept *k)
{
    if (k == NULL)
        return;
    for (size_t i = 0; i < SHARDS; i++) {
        for (struct answer *a = k->shard[i].oldest, *newer; a != NULL; a = newer) {
            newer = a->newer;
            free(a);
        }
        pthread_mutex_destroy(&k->shard[i].lock);
    }
    free(k);
}

/* ---------------------------------------------------------------- one shard; its lock is held */

/* `who` is a hash already: its bytes are as random as any. */
static struct shard *
shard_of(struct kept *k, const uint8_t who[SHA256_SIZE])
{
    return &k->shard[who[0] % SHARDS];
}

static struct answer **
bucket_of(struct shard *s, const uint8_t who[SHA256_SIZE])
{
    return &s->bucket[(who[1] | (unsigned)who[2] << 8) % BUCKETS];
}

static bool
is_for(const struct answer *a, const uint8_t who[SHA256_SIZE], const struct request *req)
{
    return a->path_n == req->path.n && a->query_n == req->query.n &&
           memcmp(a->who, who, SHA256_SIZE) == 0 &&
           memcmp(a->text, req->path.at, req->path.n) == 0 &&
           (req->query.n == 0 || memcmp(a->text + a->path_n, req->query.at, req->query.n) == 0);
}

static struct answer **
place_of(struct shard *s, const uint8_t who[SHA256_SIZE], const struct request *req)
{
    struct answer **place = bucket_of(s, who);

    while (*place != NULL && !is_for(*place, who, req))
        place = &(*place)->next;
    return place;
}

static void
leave(struct shard *s, struct answer *a)
{
    struct answer **place = bucket_of(s, a->who);

    while (*place != a)
        place = &(*place)->next;
    *place = a->next;
    *(a->older != NULL ? &a->older->newer : &s->oldest) = a->newer;
    *(a->newer != NULL ? &a->newer->older : &s->newest) = a->older;
    s->counts.bytes -= a->size;
}

static void
drop(struct shard *s, struct answer *a)
{
    leave(s, a);
    free(a);
}

static void
add(struct shard *s, struct answer *a)
{
    struct answer **place = bucket_of(s, a->who);

    a->next = *place;
    *place = a;
    a->older = s->newest;
    a->newer = NULL;
    *(s->newest != NULL ? &s->newest->newer : &s->oldest) = a;
    s->newest = a;
    s->counts.bytes += a->size;
}

static bool
is_true(const struct kept *k, const struct answer *a, int64_t now_ms)
{
    return now_ms < a->until_ms && made_from_is_true(&a->made_from, k->versions);
}

/* True answers are not pushed out: a rush of visitors must not throw away what it has just made.
 * They go to the other end, so that the next search looks at others. */
static bool
make_room(const struct kept *k, struct shard *s, size_t n, int64_t now_ms)
{
    for (int i = 0; i < SWEEP_MAX && s->oldest != NULL && s->counts.bytes + n > k->shard_max; i++) {
        struct answer *a = s->oldest;
        bool stays = is_true(k, a, now_ms);

        leave(s, a);
        if (stays)
            add(s, a);
        else
            free(a);
    }
    return s->counts.bytes + n <= k->shard_max;
}

/* ---------------------------------------------------------------- finding */

static bool
hand_out(const struct answer *a, struct request *req, struct reply *reply)
{
    char *body = arena_dup(req->arena, a->text + a->path_n + a->query_n, a->reply.body.n);
    char now[NOW_DIGITS + 8];

    if (body == NULL || snprintf(now, sizeof(now), "%lld", (long long)req->now_ms) != NOW_DIGITS)
        return false;
    for (size_t i = 0; i < a->reply.keep.now_n; i++)
        memcpy(body + a->reply.keep.now_at[i], now, NOW_DIGITS);
    *reply = a->reply;
    reply->body.at = body;
    req->actor = a->actor;
    return true;
}

bool
kept_find(struct kept *k, const uint8_t who[SHA256_SIZE], struct request *req, struct reply *reply)
{
    struct shard *s = shard_of(k, who);
    struct answer *a;
    bool found = false;

    pthread_mutex_lock(&s->lock);
    a = *place_of(s, who, req);
    if (a != NULL && !is_true(k, a, req->now_ms)) {
        drop(s, a);
        a = NULL;
    }
    if (a != NULL)
        found = hand_out(a, req, reply);
    *(found ? &s->counts.hits : &s->counts.misses) += 1;
    pthread_mutex_unlock(&s->lock);
    return found;
}

/* ---------------------------------------------------------------- keeping */

static struct answer *
answer_new(const uint8_t who[SHA256_SIZE], const struct request *req, const struct reply *reply)
{
    size_t text_n = req->path.n + req->query.n + reply->body.n;
    struct answer *a = malloc(sizeof(*a) + text_n);
    int64_t until_ms = reply->keep.until_ms;

    if (a == NULL)
        return NULL;
    *a = (struct answer){
        .made_from = req->made_from,
        .actor = req->actor,
        .until_ms = until_ms < req->actor_until_ms ? until_ms : req->actor_until_ms,
        .reply = *reply,
        .path_n = req->path.n,
        .query_n = req->query.n,
        .size = sizeof(*a) + text_n,
    };
    memcpy(a->who, who, SHA256_SIZE);
    memcpy(a->text, req->path.at, req->path.n);
    if (req->query.n > 0)
        memcpy(a->text + a->path_n, req->query.at, req->query.n);
    memcpy(a->text + a->path_n + a->query_n, reply->body.at, reply->body.n);
    return a;
}

void
kept_put(struct kept *k, const uint8_t who[SHA256_SIZE], const struct request *req,
         const struct reply *reply)
{
    struct shard *s = shard_of(k, who);
    struct answer *a, *before;

    if (reply->keep.until_ms <= req->now_ms || reply->status != 200)
        return;
    assert(reply->headers == 0 && reply->feed == NULL && reply->file == NULL);
    a = answer_new(who, req, reply);
    if (a == NULL)
        return; /* not kept, but answered */
    pthread_mutex_lock(&s->lock);
    before = *place_of(s, who, req);
    if (before != NULL)
        drop(s, before);
    if (make_room(k, s, a->size, req->now_ms)) {
        add(s, a);
        a = NULL;
    }
    pthread_mutex_unlock(&s->lock);
    free(a);
}

struct kept_counts
kept_counts(struct kept *k)
{
    struct kept_counts sum = {0};

    for (size_t i = 0; i < SHARDS; i++) {
        pthread_mutex_lock(&k->shard[i].lock);
        sum.hits += k->shard[i].counts.hits;
        sum.misses += k->shard[i].counts.misses;
        sum.bytes += k->shard[i].counts.bytes;
        pthread_mutex_unlock(&k->shard[i].lock);
    }
    return sum;
}
