/*
 * typed.h - the characters behind what a keyboard, a scanner or an input method sent.
 *
 * Source: Unicode UAX #15 (NFKC); the JIS X 6002 keyboard for kana typed in place of digits.
 */
#ifndef DOMAIN_TYPED_H
#define DOMAIN_TYPED_H

#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>

#define TYPED_MAX 512
#define TYPED_BREAK '\n' /* carriage return, line feed or tab: the end of one code */
#define TYPED_ODD '\x7F' /* a character that no code has */

/* Printable ASCII in upper case, TYPED_BREAK and TYPED_ODD; nothing else. */
struct typed {
    char at[TYPED_MAX];
    size_t n;
};

/*
 * Full-width forms become ASCII, Japanese dashes and brackets what the key under them stands for,
 * kana the digits of their keys when there are no other digits. Control and invisible characters
 * are gone. False: not UTF-8, or longer than any code or address could be.
 */
bool typed_read(struct str text, struct typed *out);

/* What `text` is twice or three times over, of seven characters or more: shorter ones may stand
 * twice in one number by chance. Empty: nothing. */
struct str typed_repeated(struct str text);

#endif
