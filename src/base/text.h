/*
 * text.h - text that people typed: normal form, control characters, length as people count.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A name or note as it will be stored: NFC, C0/C1 and bidirectional control characters and
 * zero-width characters removed, outer white space trimmed, 1 to max_points code points. In arena.
 * A joiner between two emoji stays, for it makes one picture of them.
 *
 * ERR_INPUT "text_invalid" (not UTF-8, or over 30 accents in a row), "text_empty", "text_too_long";
 * ERR_TOO_LARGE "text_too_long" when the arena has no room for it; ERR_INTERNAL "out_of_memory"
 */
enum err_code
text_clean(struct arena *a, struct str in, size_t max_points, struct str *out, struct err *e);

/* NFKC, for what scanners and keyboards send: full-width digits become ASCII. In arena; false when
 * it is not UTF-8, has over 30 accents in a row, or does not fit. */
bool text_fold(struct arena *a, struct str in, struct str *out);

/* The same, and as people compare what they mean: without case, invisible characters and the space
 * and punctuation around it; white space inside is one space. "" when nothing else is there. */
bool text_fold_words(struct arena *a, struct str in, struct str *out);

/* Several lines as they will be stored: each as by text_clean, but empty ones stay, without those
 * at the end. At most max_units UTF-16 units. In arena; errors as text_clean. */
enum err_code
text_clean_lines(struct arena *a, struct str in, size_t max_units, struct str *out, struct err *e);

/* The next code point of *in, consumed; -1, and nothing consumed, when the bytes are not UTF-8. */
int32_t text_next(struct str *in);

/* Whether a code point is one that text_clean removes. */
bool text_is_hidden(int32_t point);

/* How many UTF-16 code units the text takes, as LINE's limits count; invalid UTF-8 is 1 a byte. */
size_t text_utf16_units(struct str text);
/* The longest front of `text` that takes at most max_units, cut between code points. */
struct str text_utf16_cut(struct str text, size_t max_units);

/* How many grapheme clusters - characters as people see them - the text has, as LINE counts labels;
 * invalid UTF-8 is 1 a byte. Source: Unicode UAX #29. */
size_t text_graphemes(struct str text);

#endif
