/*
 * codec.h - bytes as text: hexadecimal, base64 and base64url (RFC 4648), strictly.
 *
 * Decoders refuse everything but the one canonical form: other characters, wrong or missing
 * padding (base64url: any padding), bits left over that are not zero, upper-case hexadecimal.
 */
#ifndef BASE_CODEC_H
#define BASE_CODEC_H

#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HEX_SIZE(n) (2 * (n) + 1)
#define BASE64_SIZE(n) (((n) + 2) / 3 * 4 + 1)

/* `out` holds HEX_SIZE(n) or BASE64_SIZE(n) bytes, a NUL included. */
void hex_encode(const uint8_t *bytes, size_t n, char *out);
void base64_encode(const uint8_t *bytes, size_t n, char *out);
void base64url_encode(const uint8_t *bytes, size_t n, char *out);

/* At most `cap` bytes; *n_out is how many. False leaves `out` undefined. */
bool hex_decode(struct str text, uint8_t *out, size_t cap, size_t *n_out);
bool base64_decode(struct str text, uint8_t *out, size_t cap, size_t *n_out);
bool base64url_decode(struct str text, uint8_t *out, size_t cap, size_t *n_out);

#endif
