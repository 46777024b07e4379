#include "api/jwks_cache.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/clock.h"

#define FETCH_TAKES_MS (10 * SECOND_MS) /* at most: the courier's time limit */

struct jwks_cache {
    pthread_mutex_t lock;
    struct jwks *keys; /* NULL: none yet */
    int64_t filled_ms;
    int64_t fetched_ms; /* the last time somebody was allowed to ask */
};

struct jwks_cache *
jwks_cache_new(void)
{
    struct jwks_cache *c = calloc(1, sizeof(*c));

    if (c)
        pthread_mutex_init(&c->lock, NULL);
    return c;
}

void
jwks_cache_free(struct jwks_cache *c)
{
    if (!c)
        return;
    jwks_free(c->keys);
    pthread_mutex_destroy(&c->lock);
    free(c);
}

enum err_code
jwks_cache_verify(struct jwks_cache *c, struct str token, const struct idtoken_want *want,
                  struct arena *arena, struct idtoken *out, struct err *e)
{
    enum err_code code;

    /* Verifying takes about 80 us; logins are rare enough to do it under the lock. */
    pthread_mutex_lock(&c->lock);
    if (!c->keys || want->now_ms - c->filled_ms > JWKS_LIFE_MS)
        code = err_set(e, ERR_NOT_FOUND, "key_unknown", "no keys of LINE's, or older than a day");
    else
        code = idtoken_verify_es256(token, c->keys, want, arena, out, e);
    pthread_mutex_unlock(&c->lock);
    return code;
}

enum err_code
jwks_cache_may_fetch(struct jwks_cache *c, int64_t now_ms, struct err *e)
{
    bool usable, recent, awaited;

    pthread_mutex_lock(&c->lock);
    usable = c->keys && now_ms - c->filled_ms <= JWKS_LIFE_MS;
    recent = c->fetched_ms != 0 && now_ms - c->fetched_ms < JWKS_REFETCH_MS;
    awaited = c->fetched_ms > c->filled_ms && now_ms - c->fetched_ms < FETCH_TAKES_MS;
    if (!usable || !recent)
        c->fetched_ms = now_ms;
    pthread_mutex_unlock(&c->lock);
    if (!usable || !recent)
        return OK;
    return awaited
               ? err_set(e, ERR_BUSY, "keys_awaited", "LINE's keys are being fetched")
               : err_set(e, ERR_AUTH, "token_signature", "signed with a key LINE does not list");
}

enum err_code
jwks_cache_fill(struct jwks_cache *c, struct str text, int64_t now_ms, struct err *e)
{
    struct jwks *keys, *old;

    if (jwks_parse(text, &keys, e))
        return err_wrap(e, "LINE's keys");
    pthread_mutex_lock(&c->lock);
    old = c->keys;
    c->keys = keys;
    c->filled_ms = now_ms;
    pthread_mutex_unlock(&c->lock);
    jwks_free(old);
    return OK;
}
