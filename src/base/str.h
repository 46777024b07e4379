/*
 * str.h - a piece of text that somebody else owns, and a cursor over it.
 *
 * A struct str is borrowed bytes and a length: no NUL is needed behind it and none may be assumed.
 * The parsing functions consume from the front of *in and leave it unchanged on failure.
 */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct str {
    const char *at;
    size_t n;
};

#define STR(literal) ((struct str){("" literal), sizeof(literal) - 1})
/* clang-format off */
#define STR_INIT(literal) {"" literal, sizeof(literal) - 1} /* the same, in a static initializer */
/* clang-format on */

struct str str_of(const char *text); /* NULL gives an empty str */
bool str_eq(struct str a, struct str b);
bool str_eq_nocase(struct str a, struct str b); /* ASCII letters only */
bool str_starts(struct str text, struct str prefix);
/* The place of `text` among n words; -1: it is none of them. */
int str_index(struct str text, const char *const words[], size_t n);

/* The front of *in up to (without) `mark`, consumed with the mark; false without a mark in *in. */
bool str_until(struct str *in, char mark, struct str *out);
/* Consume `prefix` if *in starts with it. */
bool str_skip(struct str *in, struct str prefix);
struct str str_trim(struct str text); /* spaces and tabs */

/* A whole unsigned decimal number of at least one digit, at most `max`; no sign, no spaces. */
bool str_number(struct str *in, uint64_t *out, uint64_t max);
/* The whole of `text` is such a number (a leading '-' allowed here), within min..max. */
bool str_int(struct str text, int64_t *out, int64_t min, int64_t max);

/* Copy with a NUL into `out` of `cap` bytes; false (and "" written) when it does not fit. */
bool str_copy(struct str text, char *out, size_t cap);

#endif
