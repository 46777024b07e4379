/*
 * jwks.h - the public keys LINE signs ID tokens with (RFC 7517).
 *
 * Only keys that can verify ES256 are kept: kty EC, crv P-256, alg ES256 or absent, use sig or
 * absent, with a kid, and a point that lies on the curve. Whatever else LINE lists is passed over.
 * A set never changes after parsing, so any number of threads may verify with it.
 */
#ifndef LINE_JWKS_H
#define LINE_JWKS_H

#include "base/err.h"
#include "base/str.h"

#include <stddef.h>

#define JWKS_MAX_BYTES ((size_t)64 * 1024)
#define JWKS_MAX_KEYS 16
#define JWKS_KID_SIZE 129 /* with a NUL; a longer kid is no key of ours */

struct jwks;
struct evp_pkey_st; /* OpenSSL's EVP_PKEY */

/*
 * Read a key set; *out is new (jwks_free).
 *
 * ERR_UPSTREAM "jwks_malformed"  not a JSON key set, or over JWKS_MAX_BYTES
 * ERR_UPSTREAM "jwks_empty"      no key in it that we can use: keep the set you have
 */
enum err_code jwks_parse(struct str text, struct jwks **out, struct err *e);
void jwks_free(struct jwks *keys);

/* Borrowed from the set; NULL when it has none. Of two keys with one kid, the first counts. */
struct evp_pkey_st *jwks_find(const struct jwks *keys, struct str kid);
size_t jwks_count(const struct jwks *keys);

#endif
