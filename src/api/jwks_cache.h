/*
 * jwks_cache.h - LINE's public keys, fetched when needed and seldom.
 *
 * A key that is not known may be asked for at most once a minute, so that forged key names cannot
 * make us flood LINE. Keys stay good for 24 hours. Any thread may use it.
 */
#ifndef API_JWKS_CACHE_H
#define API_JWKS_CACHE_H

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "line/idtoken.h"

#include <stdbool.h>
#include <stdint.h>

#define JWKS_REFETCH_MS INT64_C(60000)
#define JWKS_LIFE_MS (24 * HOUR_MS)

struct jwks_cache;

struct jwks_cache *jwks_cache_new(void);
void jwks_cache_free(struct jwks_cache *c);

/* Verify with the keys in hand. ERR_NOT_FOUND "key_unknown" as idtoken_verify_es256; also when all
 * are too old. */
enum err_code
jwks_cache_verify(struct jwks_cache *c, struct str token, const struct idtoken_want *want,
                  struct arena *arena, struct idtoken *out, struct err *e);
/*
 * May keys be fetched now? OK counts as a fetch: one in JWKS_REFETCH_MS, however many tokens with
 * unknown keys come; but without any keys everybody who logs in may ask.
 *
 * ERR_BUSY "keys_awaited"      another request is asking just now: try again
 * ERR_AUTH "token_signature"   they were asked for a moment ago: LINE does not list this key
 */
enum err_code jwks_cache_may_fetch(struct jwks_cache *c, int64_t now_ms, struct err *e);
/* Take a fetched set in; a bad one changes nothing. */
enum err_code jwks_cache_fill(struct jwks_cache *c, struct str text, int64_t now_ms, struct err *e);

#endif
