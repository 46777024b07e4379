/*
 * p256.h - signatures that a browser can check: ECDSA over P-256 with SHA-256 (FIPS 186-5).
 *
 * In the forms that WebCrypto takes: a public key is the uncompressed point (SEC 1, 2.3.3), a
 * signature is r and s behind each other. As in digest.h, only a lack of memory or a broken library
 * makes them fail, and that ends the process.
 */
#ifndef BASE_P256_H
#define BASE_P256_H

#include "base/digest.h"
#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

#define P256_PUBLIC_SIZE 65
#define P256_SIGNATURE_SIZE 64

/* `seed` is any 32 secret bytes; the private key follows from them. */
void p256_public(const uint8_t seed[KEY_SIZE], uint8_t out[P256_PUBLIC_SIZE]);
void p256_sign(const uint8_t seed[KEY_SIZE], struct str text, uint8_t out[P256_SIGNATURE_SIZE]);
/* False also for a `key` that is no point of the curve. */
bool p256_verify(const uint8_t key[P256_PUBLIC_SIZE], struct str text,
                 const uint8_t signature[P256_SIGNATURE_SIZE]);

#endif
