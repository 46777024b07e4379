/*
 * idtoken.h - who somebody is, as LINE Login signed it (OpenID Connect Core 2, RFC 7515).
 *
 * The endpoint decides the algorithm, never the token: LIFF's tokens are ES256 and verified with
 * LINE's public keys, those of the web flow are HS256 and verified with the channel secret. A
 * public key is never used as a secret. Fields of the header that bring a key of their own (jwk,
 * jku, x5u ...) are not looked at; one that says `crit` is refused.
 *
 * Source: LINE Login v2.1 reference, "Verify ID token"; RFC 7519 section 7.2; RFC 8725.
 */
#ifndef LINE_IDTOKEN_H
#define LINE_IDTOKEN_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "line/jwks.h"
#include "line/userid.h"

#include <stdint.h>

#define IDTOKEN_MAX_BYTES ((size_t)8 * 1024)

struct idtoken_want {
    struct str channel_id; /* what `aud` must equal */
    struct str nonce;      /* what `nonce` must equal; .at NULL: none was sent, none is asked for */
    int64_t now_ms;
};

struct idtoken {
    char sub[USERID_SIZE]; /* the LINE user id */
    struct str name;       /* in arena; empty when the person did not allow it */
    struct str picture;    /* in arena; an https URL at LINE, or empty */
    int64_t iat_ms;
    int64_t exp_ms;
    int64_t auth_ms; /* `auth_time`: when the person proved it to LINE; 0: the token does not say,
                      * as it need not unless it was asked for with max_age */
};

/*
 * Verify a token and take out what it says; nothing of it is given out unless all of it holds.
 *
 * Valid from `iat` less 60 s to `exp`, and never longer than 1 hour after `iat`. An `auth_time`
 * that is no time, or lies ahead, spoils the token.
 *
 * ERR_NOT_FOUND "key_unknown"  (ES256 only) signed with a key that is not in the set: fetch the
 *                              set again, seldom, and try once more
 * ERR_AUTH with the word token_malformed, token_algorithm, token_signature, token_issuer,
 *          token_audience, token_subject, token_expired, token_early or token_nonce
 * ERR_INTERNAL                 the arena is full
 */
enum err_code
idtoken_verify_es256(struct str token, const struct jwks *keys, const struct idtoken_want *want,
                     struct arena *arena, struct idtoken *out, struct err *e);
enum err_code
idtoken_verify_hs256(struct str token, struct str channel_secret, const struct idtoken_want *want,
                     struct arena *arena, struct idtoken *out, struct err *e);

/*
 * The name of the key that an ES256 token says it is signed with. Nothing is verified: use it to
 * decide about fetching keys and for nothing else. ERR_AUTH as above.
 */
enum err_code idtoken_kid(struct str token, char out[JWKS_KID_SIZE], struct err *e);

#endif
