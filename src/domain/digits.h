/*
 * digits.h - what a string of digits may be, by its length and its check digits.
 *
 * The part of reading.h that is about digits alone; the text around them is gone.
 */
#ifndef DOMAIN_DIGITS_H
#define DOMAIN_DIGITS_H

#include "domain/reading.h"

#define READING_PLAIN_MIN 4 /* characters of a number of the chain's own */

bool digits_only(struct str text); /* at least one */

/* 22 digits of ours, or 13 of a JAN, with right check digits. */
bool digits_are_code(struct str digits);

/* One number, or several without a gap, into the empty reading *out. */
void digits_read(struct str digits, struct reading *out);

/* One more number that the text may stand for: `front` and `check`, each "" or one digit, around
 * `number`. Nothing happens when it is there already, when there is no room, or when no chain would
 * give such a number. */
void digits_offer(struct reading *out, const char *front, struct str number, const char *check);

/* Two codes in one go: the same twice is one, two different ones are unreadable. That holds for a
 * product beside a card too, for a chain's own numbers may look like a product's. */
void digits_join(struct reading *all, const struct reading *part);

#endif
