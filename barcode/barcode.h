/*
 * barcode.h - text in, symbol out, SVG or PNG out; and check digits on their own.
 *
 * A symbol is a plain value of fixed size in the caller's memory: nothing here allocates (only
 * libqrencode does, for the length of one call), keeps state or needs a lock, so every function
 * may run on any thread. What a symbol holds is exactly what was asked for or nothing: a text
 * that breaks a rule of its symbology is refused with the rule and the place, never repaired.
 *
 * The library stands alone: a program needs this header, libbarcode.a, -lqrencode, -lpng and -lz.
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
    BARCODE_EAN8,    /* 8 digits, or 7 and the check digit is appended */
    BARCODE_NW7,     /* start A-D, then 0-9 - $ : / . +, then stop A-D; same as Codabar */
    BARCODE_CODE39,  /* 0-9 A-Z - . $ / + % and space; the stars around it are not in the text */
    BARCODE_ITF,     /* an even number of digits. Not for new cards: part of one can be read as a
                        shorter number, so readers must know the length */
    BARCODE_TYPES
};

enum {
    /* 440 CSS pixels, the widest we draw, are about 70 mm: 213 modules of 0.33 mm. */
    BARCODE_LINEAR_MODULES_MAX = 213, /* both quiet zones included */
    BARCODE_LINEAR_RUNS_MAX = 151,    /* NW-7 at 2:1: 19 characters of 7 runs, gaps between */
    BARCODE_LINEAR_TEXT_MAX = 28,

    /*
     * Version 11: 160 CSS pixels on a 2x screen still give each module 4 device pixels. The text
     * is what version 10 holds at level M in the worst case: libqrencode, which guesses where a
     * change of mode pays, can lose some 30 bytes by it.
     */
    BARCODE_QR_SIZE_MAX = 61,
    BARCODE_TEXT_MAX = 213,
};

/*
 * A linear symbol is its runs, a matrix its rows; the fields of the other kind are unset.
 *
 * Lengths along the bars are whole units. A unit is a module (the narrowest bar) but at the ratio
 * 2.5:1, where it is half of one, so that a narrow run is 2 units and a wide one 5.
 */
struct barcode_symbol {
    enum barcode_type type;
    unsigned units;  /* per module: 1, or 2 at the ratio 2.5:1 */
    unsigned width;  /* in units, quiet zones not counted */
    unsigned height; /* rows: 1 for a linear symbol */
    unsigned quiet;  /* units to leave white on the left and right; of a matrix on all sides */

    unsigned run_count;                   /* bar, space, bar ... bar: always odd */
    uint8_t run[BARCODE_LINEAR_RUNS_MAX]; /* units per run, 1 to 9 */
    uint64_t row[BARCODE_QR_SIZE_MAX];    /* bit i is column i from the left, 1 is dark */

    char text[BARCODE_TEXT_MAX + 1];         /* what the symbol holds, check digit included */
    char human[BARCODE_LINEAR_TEXT_MAX + 1]; /* the line under the bars; empty for a matrix */
};

/* Wide to narrow, in the symbologies of two widths: NW-7, Code 39, ITF. */
enum barcode_ratio {
    BARCODE_RATIO_2_5, /* cameras read it from farther away than the others at the same width */
    BARCODE_RATIO_2,
    BARCODE_RATIO_3,
};

/* What the check digit is computed by; [its Japanese name]. Weights count from the right. */
enum barcode_check {
    BARCODE_CHECK_NONE,         /* none but what the symbology itself demands */
    BARCODE_CHECK_M10W31,       /* modulus 10, weights 3 1: JAN, EAN, ITF-14 */
    BARCODE_CHECK_M10W21_SPLIT, /* modulus 10, weights 2 1, digits of products: Luhn [bunkatsu] */
    BARCODE_CHECK_M10W21_LUMP,  /* modulus 10, weights 2 1, products as they are [ikkatsu] */
    BARCODE_CHECK_7DR,          /* the remainder of the number by 7 [sebun chekku] */
    BARCODE_CHECK_7DSR,         /* 7 minus the remainder by 7, 0 where that is 7 */
    BARCODE_CHECK_7DSR_7,       /* the same for systems that print 7 */
    BARCODE_CHECK_M11W2_7,      /* modulus 11, weights 2 to 7; 0 where the digit would be 10 */
    BARCODE_CHECK_M11W2_7_TO_9, /* the same, a number whose digit would be 10 is refused */
    BARCODE_CHECK_MOD16,        /* NW-7 only: a character of its alphabet, before the stop */
    BARCODE_CHECK_MOD43,        /* Code 39 only: a character of its alphabet */
    BARCODE_CHECKS
};

enum barcode_start_stop {
    BARCODE_START_STOP_UPPER,
    BARCODE_START_STOP_LOWER,
    BARCODE_START_STOP_HIDDEN
};

/* All zero, as NULL: ratio 2.5:1, no check digit of choice, the human line says all. */
struct barcode_options {
    enum barcode_ratio ratio; /* of no effect where widths are fixed */
    enum barcode_check check; /* refused where it cannot be: EAN-13 and EAN-8 have their own */
    bool check_given;         /* the text has that check digit, to be verified; else it is added */
    bool hide_check;          /* from the human line; only a check of choice */
    enum barcode_start_stop start_stop; /* of NW-7, in the human line */
};

enum barcode_error {
    BARCODE_OK,
    BARCODE_EMPTY,
    BARCODE_TOO_SHORT,     /* at: where the text ends */
    BARCODE_TOO_LONG,      /* at: the first character that has no room; the check digit's is n */
    BARCODE_ODD_LENGTH,    /* at: where the text ends */
    BARCODE_BAD_CHARACTER, /* at: the first one outside the alphabet, or out of its place */
    BARCODE_BAD_CHECK,     /* at: the check digit, or its place where none is possible */
    BARCODE_BAD_OPTION,    /* at: 0; this check is not for this symbology */
    BARCODE_NO_MEMORY,     /* libqrencode could not allocate; trying again may work */
};

struct barcode_refusal {
    size_t at;      /* byte offset into the text */
    char text[128]; /* an English sentence, counts characters from 1; safe to log: of the data it
                       names at most the check digit */
};

/*
 * Encode the n bytes at text, which need no terminator, into *out. options may be NULL.
 *
 * On any error *out is unset and, unless why is NULL, *why says which rule was broken and where.
 */
enum barcode_error barcode_encode(enum barcode_type type, const char *text, size_t n,
                                  const struct barcode_options *options, struct barcode_symbol *out,
                                  struct barcode_refusal *why);

/*
 * The check digit (or character) of the n bytes at text, for numbers of any length.
 *
 * All checks but MOD16 and MOD43 take digits only. MOD16 takes a whole NW-7 text, start and stop
 * included, and its place is before the stop; all others stand last. NONE has no check digit:
 * asking for it is BARCODE_BAD_OPTION.
 */
enum barcode_error barcode_check_compute(enum barcode_check check, const char *text, size_t n,
                                         char *digit_out, struct barcode_refusal *why);

/* BARCODE_OK if the n bytes at text, check digit included, are right; NONE takes any text. */
enum barcode_error barcode_check_verify(enum barcode_check check, const char *text, size_t n,
                                        struct barcode_refusal *why);

/* ---------------------------------------------------------------- drawing */

enum {
    BARCODE_SCALE_MAX = 40,   /* pixels per module */
    BARCODE_HEIGHT_MAX = 200, /* modules */
};

struct barcode_svg_options {
    const char *id_prefix;  /* the title's id is this and "-title": unique on the page */
    const char *class_name; /* class of the svg element; NULL for none */
    const char *title;      /* UTF-8, for screen readers; NULL for the text of the symbol */
    unsigned scale;         /* CSS pixels per module; 0: the page says how large */
    unsigned height;        /* of bars, modules, at most BARCODE_HEIGHT_MAX; 0: 60 */
    bool text;              /* symbol->human below the bars; a page has its own */
};

/*
 * Draw the symbol as one <svg> element and return its length in bytes.
 *
 * As with snprintf, the length does not count the terminator and does not depend on cap; a
 * picture that needs more than cap leaves an empty string in out (which may be NULL for cap 0).
 * Attributes are escaped; there is no style, script or shape-rendering in it, so that it works
 * under any Content-Security-Policy and edges between pixels keep their true place in grey.
 * Linear symbols without text stretch to the box the page gives them.
 */
size_t barcode_svg(const struct barcode_symbol *symbol, const struct barcode_svg_options *options,
                   char *out, size_t cap);

struct barcode_png_options {
    unsigned scale;  /* pixels per module: 1 to BARCODE_SCALE_MAX, a multiple of symbol->units */
    unsigned height; /* of bars, modules: 1 to BARCODE_HEIGHT_MAX; of no matter for a matrix */
    bool text;       /* symbol->human below the bars, if it has one */
};

/*
 * Draw the symbol with its quiet zone as a PNG of one bit a pixel, black on white, and return its
 * length in bytes. It does not depend on cap; of a picture that needs more, out is unset. 0: libpng
 * refused, which no symbol from barcode_encode can bring about.
 *
 * libpng works in a piece of this call's stack, some 60 KiB in all; nothing is allocated.
 */
size_t barcode_png(const struct barcode_symbol *symbol, const struct barcode_png_options *options,
                   uint8_t *out, size_t cap);

/*
 * The same for a card to send or print: bars, text if wanted, and the matrix below, half as wide
 * as the bars and far enough away that a reader takes one of them. The scale is that of the bars.
 */
size_t barcode_card_png(const struct barcode_symbol *linear, const struct barcode_symbol *matrix,
                        const struct barcode_png_options *options, uint8_t *out, size_t cap);

/* ---------------------------------------------------------------- names */

/* As in settings, URLs and the database: "ean13", "code128", "qr", "ean8", "nw7", "code39", "itf".
 */
const char *barcode_type_name(enum barcode_type type);
bool barcode_type_by_name(const char *name, enum barcode_type *type_out);

/* "2.5", "2", "3". */
const char *barcode_ratio_name(enum barcode_ratio ratio);
bool barcode_ratio_by_name(const char *name, enum barcode_ratio *ratio_out);

/* "none", "m10w31", "m10w21-split", "m10w21-lump", "7dr", "7dsr", "7dsr-7", "m11w2-7",
   "m11w2-7-to-9", "mod16", "mod43". */
const char *barcode_check_name(enum barcode_check check);
bool barcode_check_by_name(const char *name, enum barcode_check *check_out);

/*
 * Whether an EAN-13 of 12 or 13 digits has a prefix for use inside one's own walls (02, 04,
 * 20-29), where a member's number cannot be the number of somebody's goods. Of these 02 and 04
 * are best left alone: with a leading 0 some readers return 12 digits (UPC-A).
 * Source: GS1 General Specifications, 1.4 (GS1 Prefixes).
 */
bool barcode_ean13_in_store(const char *digits);

#endif
