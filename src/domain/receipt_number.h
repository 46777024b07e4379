/*
 * receipt_number.h - the number printed on a receipt, in the one form in which it counts once.
 *
 * What a register prints as "No. 0012-00345" is typed, scanned or sent in many ways. Counted are
 * the letters and digits alone, letters as capitals, without zeros in front: so "00120034" and
 * "12-0034" are one receipt, and nobody gets it credited twice by leaving something out. The groups
 * of one register are of one width each, so that two of its numbers do not meet in this form.
 */
#ifndef DOMAIN_RECEIPT_NUMBER_H
#define DOMAIN_RECEIPT_NUMBER_H

#include "base/str.h"

#include <stdbool.h>

#define RECEIPT_TYPED_MAX 96 /* bytes: 32 full-width letters */
#define RECEIPT_NUMBER_MAX 32
#define RECEIPT_NUMBER_SIZE (RECEIPT_NUMBER_MAX + 1)

/* false: no digit in it, a letter other than A to Z, or too long. */
bool receipt_number_read(struct str typed, char out[RECEIPT_NUMBER_SIZE]);

#endif
