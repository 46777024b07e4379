/*
 * text.h - text that people typed: normal form, control characters, length as people count.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

#include <stddef.h>

/*
 * A name or note as it will be stored: NFC, C0/C1 and bidirectional control characters and
 * zero-width characters removed, outer white space trimmed, 1 to max_points code points. In arena.
 *
 * ERR_INPUT "text_invalid" (not UTF-8), "text_empty", "text_too_long"
 */
enum err_code text_clean(struct arena *a, struct str in, size_t max_points, struct str *out,
                         struct err *e);

/* NFKC, for what scanners and keyboards send: full-width digits become ASCII. In arena; false if not UTF-8. */
int text_fold(struct arena *a, struct str in, struct str *out);

/* How many UTF-16 code units the text takes: LINE's limits count so. Invalid UTF-8 counts 1 a byte. */
size_t text_utf16_units(struct str text);
/* The longest front of `text` that takes at most max_units, cut between code points. */
struct str text_utf16_cut(struct str text, size_t max_units);

#endif
