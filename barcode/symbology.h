/*
 * symbology.h - what barcode.c promises to the file of each symbology, and back.
 *
 * A symbology is one file with one encoder and one row in the table of barcode.c. The encoder is
 * called with a text of the row's length and alphabet, already copied to out->text, terminated;
 * type and quiet are set. It fills width, height, runs or rows, and human if there is one.
 */
#ifndef BARCODE_SYMBOLOGY_H
#define BARCODE_SYMBOLOGY_H

#include "barcode/barcode.h"

enum barcode_error ean13_encode(struct barcode_symbol *out, size_t n, struct barcode_refusal *why);
enum barcode_error
code128_encode(struct barcode_symbol *out, size_t n, struct barcode_refusal *why);
enum barcode_error qr_encode(struct barcode_symbol *out, size_t n, struct barcode_refusal *why);

/* One QR of out->text at the given level (0 L, 1 M, 2 Q, 3 H) and at least that version. */
enum barcode_error
qr_encode_at(struct barcode_symbol *out, int version, int level, struct barcode_refusal *why);

/* Fill *why unless it is NULL and return error, so that an encoder can end with this call. */
__attribute__((format(printf, 4, 5))) enum barcode_error
barcode_refuse(struct barcode_refusal *why, enum barcode_error error, size_t at, const char *format,
               ...);

#endif
