/*
 * barcode.h - text in, symbol out, SVG out.
 *
 * A symbol is a plain value of fixed size in the caller's memory: nothing here allocates (only
 * libqrencode does, for the length of one call), keeps state or needs a lock, so every function
 * may run on any thread. What a symbol holds is exactly what was asked for or nothing: a text
 * that breaks a rule of its symbology is refused with the rule and the place, never repaired.
 */
#ifndef BARCODE_BARCODE_H
#define BARCODE_BARCODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum barcode_type {
    BARCODE_EAN13,   /* 13 digits, or 12 and the check digit is appended; same as JAN-13 */
    BARCODE_CODE128, /* printable ASCII; 28 digits or 14 other characters fill the screen */
    BARCODE_QR,      /* printable ASCII; digits take the least room, then 0-9 A-Z $%*+-./: */
    BARCODE_TYPES
};

enum {
    /* 440 CSS pixels, the widest we draw, are about 70 mm: 213 modules of 0.33 mm. */
    BARCODE_LINEAR_MODULES_MAX = 213, /* both quiet zones included */
    BARCODE_LINEAR_RUNS_MAX = 103,    /* Code 128: 17 code words of 6 runs, the stop has a 7th */
    BARCODE_LINEAR_TEXT_MAX = 28,

    /*
     * Version 11: 160 CSS pixels on a 2x screen still give each module 4 device pixels. The text
     * is what version 10 holds at level M in the worst case: libqrencode, which guesses where a
     * change of mode pays, can lose some 30 bytes by it.
     */
    BARCODE_QR_SIZE_MAX = 61,
    BARCODE_TEXT_MAX = 213,
};

/* A linear symbol is its runs, a matrix its rows; the fields of the other kind are unset. */
struct barcode_symbol {
    enum barcode_type type;
    unsigned width;  /* modules, quiet zones not counted */
    unsigned height; /* rows: 1 for a linear symbol */
    unsigned quiet;  /* modules to leave white on the left and right; of a matrix on all sides */

    unsigned run_count;                   /* bar, space, bar ... bar: always odd */
    uint8_t run[BARCODE_LINEAR_RUNS_MAX]; /* modules per run, 1 to 9 */
    uint64_t row[BARCODE_QR_SIZE_MAX];    /* bit i is column i from the left, 1 is dark */

    char text[BARCODE_TEXT_MAX + 1];         /* what a reader returns, check digit included */
    char human[BARCODE_LINEAR_TEXT_MAX + 1]; /* the line under the bars; empty for a matrix */
};

enum barcode_error {
    BARCODE_OK,
    BARCODE_EMPTY,
    BARCODE_TOO_SHORT,     /* at: where the text ends */
    BARCODE_TOO_LONG,      /* at: the first character that has no room */
    BARCODE_BAD_CHARACTER, /* at: the first one outside the alphabet */
    BARCODE_BAD_CHECK,     /* at: the check digit */
    BARCODE_NO_MEMORY,     /* libqrencode could not allocate; trying again may work */
};

struct barcode_refusal {
    size_t at;      /* byte offset into the text */
    char text[128]; /* an English sentence, counts characters from 1; safe to log: of the data it
                       names at most the check digit */
};

/*
 * Encode the n bytes at text, which need no terminator, into *out.
 *
 * On any error *out is unset and, unless why is NULL, *why says which rule was broken and where.
 */
enum barcode_error barcode_encode(enum barcode_type type, const char *text, size_t n,
                                  struct barcode_symbol *out, struct barcode_refusal *why);

struct barcode_svg_options {
    const char *id_prefix;  /* the title's id is this and "-title": unique on the page */
    const char *class_name; /* class of the svg element; NULL for none */
    const char *title;      /* UTF-8, for screen readers; NULL for the text of the symbol */
};

/*
 * Draw the symbol as one <svg> element and return its length in bytes.
 *
 * As with snprintf, the length does not count the terminator and does not depend on cap; a
 * picture that needs more than cap leaves an empty string in out (which may be NULL for cap 0).
 * Attributes are escaped; there is no style, script or shape-rendering in it, so that it works
 * under any Content-Security-Policy and edges between pixels keep their true place in grey.
 * Linear symbols stretch to the box the page gives them, 60 units high if it gives none.
 */
size_t barcode_svg(const struct barcode_symbol *symbol, const struct barcode_svg_options *options,
                   char *out, size_t cap);

/* "ean13", "code128", "qr": as in settings, URLs and the database. */
const char *barcode_type_name(enum barcode_type type);
bool barcode_type_by_name(const char *name, enum barcode_type *type_out);

/* The check digit '0'-'9' of the first 12 characters of digits, all of which must be 0-9. */
char barcode_ean13_check_digit(const char *digits);

#endif
