#include "api/known.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "store/changed.h"

#define PLACES 4096 /* a session has one; who comes later to the same one takes it */
#define LOCKS 64

struct place {
    uint8_t token_hash[SHA256_SIZE];
    struct access access;
    struct made_from made_from;
    bool is_taken;
};

struct known {
    const struct versions *versions;
    pthread_mutex_t lock[LOCKS];
    struct place place[PLACES];
};

struct known *
known_new(const struct versions *versions)
{
    struct known *k = calloc(1, sizeof(*k));

    if (!k)
        return NULL;
    k->versions = versions;
    for (size_t i = 0; i < LOCKS; i++)
        pthread_mutex_init(&k->lock[i], NULL);
    return k;
}

void
known_free(struct known *k)
{
    if (!k)
        return;
    for (size_t i = 0; i < LOCKS; i++)
        pthread_mutex_destroy(&k->lock[i]);
    free(k);
}

/* A hash is as random as any number. */
static size_t
place_of(const uint8_t token_hash[SHA256_SIZE])
{
    return (token_hash[0] | (size_t)token_hash[1] << 8) % PLACES;
}

bool
known_find(struct known *k, enum access_kind kind, const uint8_t token_hash[SHA256_SIZE],
           int64_t now_ms, struct access *out)
{
    size_t at = place_of(token_hash);
    const struct place *p = &k->place[at];
    bool found;

    pthread_mutex_lock(&k->lock[at % LOCKS]);
    found = p->is_taken && p->access.kind == kind && now_ms < p->access.until_ms &&
            memcmp(p->token_hash, token_hash, SHA256_SIZE) == 0 &&
            made_from_is_true(&p->made_from, k->versions);
    if (found)
        *out = p->access;
    pthread_mutex_unlock(&k->lock[at % LOCKS]);
    return found;
}

void
known_put(struct known *k, const uint8_t token_hash[SHA256_SIZE], const struct access *access,
          const struct made_from *made_from)
{
    size_t at = place_of(token_hash);
    struct place *p = &k->place[at];

    pthread_mutex_lock(&k->lock[at % LOCKS]);
    *p = (struct place){.access = *access, .made_from = *made_from, .is_taken = true};
    made_from_add(&p->made_from, CHANGED_SESSION, access->session_id);
    memcpy(p->token_hash, token_hash, SHA256_SIZE);
    pthread_mutex_unlock(&k->lock[at % LOCKS]);
}
