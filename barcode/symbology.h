/*
 * symbology.h - what barcode.c promises to the file of each symbology, and back.
 *
 * A symbology is one file with one encoder and one row in the table of barcode.c. The encoder is
 * called with a text of the row's length and alphabet, already copied to out->text, terminated;
 * a check of choice is one of the row's and has room. type, units (1) and quiet are set. It fills
 * width, height, runs or rows, and human if there is one.
 */
#ifndef BARCODE_SYMBOLOGY_H
#define BARCODE_SYMBOLOGY_H

#include "barcode/barcode.h"

typedef enum barcode_error
symbology_encode(struct barcode_symbol *out, size_t n, const struct barcode_options *options,
                 struct barcode_refusal *why);
symbology_encode barcode_encode_ean13, barcode_encode_ean8, barcode_encode_code128,
    barcode_encode_qr, barcode_encode_nw7, barcode_encode_code39, barcode_encode_itf;

/* One QR of out->text at the given level (0 L, 1 M, 2 Q, 3 H) and at least that version. */
enum barcode_error barcode_encode_qr_at(struct barcode_symbol *out, int version, int level,
                                        struct barcode_refusal *why);

/* Alphabets in the order of their values. */
#define DIGIT_CHARACTERS "0123456789"
#define NW7_CHARACTERS DIGIT_CHARACTERS "-$:/.+ABCD"
#define CODE39_CHARACTERS DIGIT_CHARACTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%"

/* The most characters that fit on the screen, reached at the ratio 2:1 by the narrowest of them. */
enum {
    NW7_TEXT_MAX = 19,    /* 17 of 10 modules, start and stop of 11, without the last gap: 191 */
    CODE39_TEXT_MAX = 12, /* and two stars, all of 13 modules, without the last gap: 181 */
    ITF_TEXT_MAX = 26,    /* pairs of 14 modules between start and stop of 4 each: 190 */
};

/* Fill *why unless it is NULL and return error, so that an encoder can end with this call. */
__attribute__((format(printf, 4, 5))) enum barcode_error
barcode_refuse(struct barcode_refusal *why, enum barcode_error error, size_t at, const char *format,
               ...);

/*
 * Complete out->text of *n characters by its check: verify it where it is given, else put it in
 * its place and count it. frame is how many characters of start or stop stand at each end, outside
 * of the number.
 */
enum barcode_error
barcode_complete_check(struct barcode_symbol *out, size_t *n, size_t frame,
                       enum barcode_check check, bool given, struct barcode_refusal *why);

/* A text of NW-7, 2 characters or more, starts and stops with A-D and has none of them inside. */
enum barcode_error barcode_nw7_check_frame(const char *text, size_t n, struct barcode_refusal *why);

/* Write the human line of a completed text as the options want it. */
void barcode_write_human(struct barcode_symbol *out, size_t n, size_t frame,
                         const struct barcode_options *options);

/*
 * Draw two halves of so many digits between the guards of EAN-13 and EAN-8: those on the left by
 * their sets, spelled L and G.
 */
void
barcode_draw_ean(struct barcode_symbol *out, const char *digits, size_t half, const char *sets);

/*
 * The pen of the symbologies of two widths: elements are spelled n (narrow) and w (wide), bars
 * and spaces in turn, and a symbol ends with a bar.
 */
struct barcode_pen {
    struct barcode_symbol *out;
    uint8_t narrow, wide; /* units */
};

struct barcode_pen barcode_pen_begin(struct barcode_symbol *out, enum barcode_ratio ratio);
void barcode_pen_put(struct barcode_pen *pen, const char *elements);
/* Whether these elements would still fit on the screen. */
bool barcode_pen_fits(const struct barcode_pen *pen, const char *elements);

#endif
