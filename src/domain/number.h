/*
 * number.h - fixed numbers of cards, in the format a chain's own tills know.
 *
 *   PREFIX NNNNNN C     C: the check digit, if the format has one
 *
 * N is a place in a sequence under a keyed permutation, so that a number tells neither how many
 * cards there are nor what its neighbours are called. What is drawn under the bars is what is
 * stored, check digit included; NW-7's start and stop belong to the drawing only.
 * Source: barcodes.md, sections 1 to 3.
 */
#ifndef DOMAIN_NUMBER_H
#define DOMAIN_NUMBER_H

#include "barcode/barcode.h"
#include "base/err.h"
#include "base/str.h"
#include "domain/keys.h"

#include <stdbool.h>
#include <stdint.h>

#define NUMBER_MAX 18 /* characters: as long as a reading takes for a fixed number */
#define NUMBER_SIZE (NUMBER_MAX + 1)
#define NUMBER_FREE_MIN 6 /* digits after the prefix: fewer are found by trying */

struct number_format {
    bool is_set;              /* else the plan has no fixed numbers, and the rest is unset */
    enum barcode_type type;   /* EAN13, CODE128, NW7, CODE39 */
    char prefix[NUMBER_SIZE]; /* what the till tells members by; may be "" but for EAN13 */
    int64_t length;           /* check digit included, start and stop not */
    enum barcode_check check; /* EAN13: M10W31 */
    char start, stop;         /* NW7: A to D */
    enum barcode_ratio ratio; /* NW7, CODE39 */
};

/* "jan13" is what our words call EAN13 where a person reads them. */
const char *number_type_name(enum barcode_type type);
bool number_type_by_name(struct str name, enum barcode_type *out);

/* ERR_INPUT "number_format" with the part at fault, "number.length"; "number": the numbers would
 * not fit the screen, or be taken for other codes */
enum err_code number_format_check(const struct number_format *format, struct err *e);
/* Whether numbers of one are numbers of the other; how they are drawn may differ. */
bool number_format_same(const struct number_format *a, const struct number_format *b);

/* The number of a place in the sequence. ERR_CONFLICT "number_none": this place has none, the next
 * may; "numbers_full": nor has any later one. */
enum err_code number_make(const struct keys *keys, const struct number_format *format,
                          int64_t place, char out[NUMBER_SIZE], struct err *e);

/* A number that was brought along: as drawn, without start and stop, upper case.
 * ERR_INPUT "number_format" with what does not fit */
enum err_code number_fits(const struct number_format *format, struct str number, struct err *e);

/* What the bars hold: the number within NW-7's start and stop. */
#define NUMBER_DRAWN_SIZE (NUMBER_SIZE + 2)
void
number_drawn(const struct number_format *format, const char *number, char out[NUMBER_DRAWN_SIZE]);
struct barcode_options number_options(const struct number_format *format);

#endif
