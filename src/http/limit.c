/*
 * A bucket is one number: the time at which it will be full again (the "theoretical arrival time"
 * of the generic cell rate algorithm, ATM Forum TM 4.1 section 4.4.2). A bucket nobody used for
 * long equals a fresh one, so it may be given to another key without anybody noticing.
 *
 * The table is an array of small sets; a key belongs to one set, and the newcomer to a full set
 * takes the place of the bucket that will be full first.
 */
#include "http/limit.h"

#include "base/entropy.h"

#include <pthread.h>
#include <stdlib.h>

#define SET_SIZE 8
#define SHARDS 64

struct bucket {
    uint64_t key; /* 0: never used */
    int64_t full_at_ms;
};

struct limit {
    pthread_mutex_t lock[SHARDS];
    size_t sets; /* a power of two */
    struct bucket bucket[];
};

struct limit *
limit_new(size_t buckets)
{
    size_t sets = SHARDS;
    struct limit *l;

    while (sets * SET_SIZE < buckets)
        sets *= 2;
    l = calloc(1, sizeof(*l) + sets * SET_SIZE * sizeof(l->bucket[0]));
    if (l == NULL)
        return NULL;
    l->sets = sets;
    for (int i = 0; i < SHARDS; i++)
        pthread_mutex_init(&l->lock[i], NULL);
    return l;
}

void
limit_free(struct limit *l)
{
    if (l == NULL)
        return;
    for (int i = 0; i < SHARDS; i++)
        pthread_mutex_destroy(&l->lock[i]);
    free(l);
}

static struct bucket *
find_or_replace(struct bucket *set, uint64_t key)
{
    struct bucket *oldest = set;

    for (int i = 0; i < SET_SIZE; i++) {
        if (set[i].key == key)
            return &set[i];
        if (set[i].full_at_ms < oldest->full_at_ms)
            oldest = &set[i];
    }
    *oldest = (struct bucket){.key = key};
    return oldest;
}

static bool
take(struct bucket *b, struct limit_rate rate, int64_t now_ms, int64_t *wait_ms_out)
{
    int64_t full_at_ms = b->full_at_ms > now_ms ? b->full_at_ms : now_ms;
    int64_t wait_ms = full_at_ms - now_ms - (rate.burst - 1) * rate.per_ms;

    if (wait_ms > 0) {
        *wait_ms_out = wait_ms;
        return false;
    }
    b->full_at_ms = full_at_ms + rate.per_ms;
    return true;
}

/* A look takes from a copy. */
static bool
ask(struct limit *l, uint64_t key, struct limit_rate rate, int64_t now_ms, bool is_look,
    int64_t *wait_ms_out)
{
    size_t set = (size_t)key & (l->sets - 1);
    pthread_mutex_t *lock = &l->lock[set % SHARDS];
    struct bucket *bucket, copy;
    bool taken;

    pthread_mutex_lock(lock);
    bucket = find_or_replace(&l->bucket[set * SET_SIZE], key);
    copy = *bucket;
    taken = take(is_look ? &copy : bucket, rate, now_ms, wait_ms_out);
    pthread_mutex_unlock(lock);
    return taken;
}

bool
limit_take(struct limit *l, uint64_t key, struct limit_rate rate, int64_t now_ms,
           int64_t *wait_ms_out)
{
    return ask(l, key, rate, now_ms, false, wait_ms_out);
}

bool
limit_would_take(struct limit *l, uint64_t key, struct limit_rate rate, int64_t now_ms,
                 int64_t *wait_ms_out)
{
    return ask(l, key, rate, now_ms, true, wait_ms_out);
}

static uint64_t key_seed;

static void
draw_seed(void)
{
    entropy_fill(&key_seed, sizeof(key_seed));
}

/* FNV-1a from a random start, mixed at the end (the finaliser of MurmurHash3), so that nobody can
 * prepare names that share a bucket. */
static uint64_t
hash(uint64_t h, const char *at, size_t n)
{
    for (size_t i = 0; i < n; i++)
        h = (h ^ (unsigned char)at[i]) * UINT64_C(0x100000001b3);
    h ^= h >> 33;
    h *= UINT64_C(0xff51afd7ed558ccd);
    h ^= h >> 33;
    h *= UINT64_C(0xc4ceb9fe1a85ec53);
    return h ^ h >> 33;
}

uint64_t
limit_key(const char *purpose, struct str name)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    struct str p = str_of(purpose);
    uint64_t key;

    pthread_once(&once, draw_seed);
    key = hash(hash(key_seed, p.at, p.n), name.at, name.n);
    return key != 0 ? key : 1;
}
