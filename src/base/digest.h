/*
 * digest.h - the few cryptographic operations this service needs, on OpenSSL 3.
 *
 * None of them can fail but for a broken library, for memory is kept aside for them (reserve.h): a
 * promise between us and OpenSSL that ends the process rather than burden every caller.
 */
#ifndef BASE_DIGEST_H
#define BASE_DIGEST_H

#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SHA256_SIZE 32
#define KEY_SIZE 32
#define SEAL_EXTRA (12 + 16) /* nonce in front, tag behind */

void sha256(const void *bytes, size_t n, uint8_t out[SHA256_SIZE]);

/* HMAC-SHA256 over the parts one after another (RFC 2104). */
void hmac_sha256(const void *key, size_t key_n, const struct str *parts, size_t parts_n,
                 uint8_t out[SHA256_SIZE]);

/* A key of its own for each purpose from one secret: HKDF-SHA256, no salt (RFC 5869). */
void hkdf_sha256(const uint8_t secret[KEY_SIZE], const char *purpose, uint8_t out[KEY_SIZE]);

/* AES-256-GCM with a fresh random nonce: out = nonce, ciphertext, tag; n + SEAL_EXTRA bytes. */
void
seal(const uint8_t key[KEY_SIZE], const void *plain, size_t n, struct str bound_to, uint8_t *out);
/* False when anything was changed, key and `bound_to` included; then `out` holds zeros. Writes
 * sealed.n - SEAL_EXTRA bytes. */
bool seal_open(const uint8_t key[KEY_SIZE], struct str sealed, struct str bound_to, void *out);

/* In constant time for equal lengths. */
bool digest_equal(const void *a, const void *b, size_t n);
void digest_wipe(void *secret, size_t n);

#endif
