#include "barcode/barcode.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "barcode/symbology.h"

#define PRINTABLE                                                                                  \
    DIGIT_CHARACTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"                        \
                     " !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"

#define CHECK(name) (1u << BARCODE_CHECK_##name)

enum {
    OWN_CHECK = CHECK(NONE),
    DIGIT_CHECKS = CHECK(NONE) | CHECK(M10W31) | CHECK(M10W21_SPLIT) | CHECK(M10W21_LUMP) |
                   CHECK(7DR) | CHECK(7DSR) | CHECK(7DSR_7) | CHECK(M11W2_7) | CHECK(M11W2_7_TO_9),
};

struct symbology {
    const char *name;
    const char *title;      /* in refusals */
    const char *alphabet;   /* in refusals */
    const char *characters; /* what a text may be made of */
    size_t text_min, text_max;
    unsigned quiet;  /* modules */
    unsigned checks; /* a bit for each that may be chosen */
    symbology_encode *encode;
};

/*
 * QR stays within ASCII because the symbol cannot say what its bytes mean (readers guess, and
 * differ). EAN-13 needs 11 modules of quiet zone on the left and 7 on the right; both get 11.
 * EAN-8 needs 7, but beside a dark surround readers fail at 7 and never at 10.
 */
static const struct symbology table[BARCODE_TYPES] = {
    [BARCODE_EAN13] = {"ean13", "EAN-13", "digits", DIGIT_CHARACTERS, 12, 13, 11, OWN_CHECK,
                       barcode_encode_ean13},
    [BARCODE_CODE128] = {"code128", "Code 128", "printable ASCII", PRINTABLE, 1,
                         BARCODE_LINEAR_TEXT_MAX, 10, DIGIT_CHECKS, barcode_encode_code128},
    [BARCODE_QR] = {"qr", "QR", "printable ASCII", PRINTABLE, 1, BARCODE_TEXT_MAX, 4, DIGIT_CHECKS,
                    barcode_encode_qr},
    [BARCODE_EAN8] = {"ean8", "EAN-8", "digits", DIGIT_CHARACTERS, 7, 8, 10, OWN_CHECK,
                      barcode_encode_ean8},
    [BARCODE_NW7] = {"nw7", "NW-7", "0-9 - $ : / . + and A-D", NW7_CHARACTERS, 3, NW7_TEXT_MAX, 10,
                     DIGIT_CHECKS | CHECK(MOD16), barcode_encode_nw7},
    [BARCODE_CODE39] = {"code39", "Code 39", "0-9 A-Z - . $ / + % and space", CODE39_CHARACTERS, 1,
                        CODE39_TEXT_MAX, 10, DIGIT_CHECKS | CHECK(MOD43), barcode_encode_code39},
    [BARCODE_ITF] = {"itf", "ITF", "digits", DIGIT_CHARACTERS, 1, ITF_TEXT_MAX, 10, DIGIT_CHECKS,
                     barcode_encode_itf},
};

static const char *const ratio_names[] = {
    [BARCODE_RATIO_2_5] = "2.5",
    [BARCODE_RATIO_2] = "2",
    [BARCODE_RATIO_3] = "3",
};

enum barcode_error
barcode_refuse(struct barcode_refusal *why, enum barcode_error error, size_t at, const char *format,
               ...)
{
    va_list args;

    if (why == NULL)
        return error;
    why->at = at;
    va_start(args, format);
    vsnprintf(why->text, sizeof why->text, format, args);
    va_end(args);
    return error;
}

/* Length first, so that the search for a strange character has an end. */
static enum barcode_error
check_text(const struct symbology *s, const char *text, size_t n, size_t text_max,
           struct barcode_refusal *why)
{
    size_t characters = strlen(s->characters);

    if (n == 0)
        return barcode_refuse(why, BARCODE_EMPTY, 0, "%s needs a text, this one is empty.",
                              s->title);
    if (n < s->text_min)
        return barcode_refuse(why, BARCODE_TOO_SHORT, n,
                              "%s needs at least %zu characters, this text ends after %zu.",
                              s->title, s->text_min, n);
    if (n > text_max)
        return barcode_refuse(why, BARCODE_TOO_LONG, text_max,
                              "%s takes at most %zu characters%s, this text has %zu.", s->title,
                              text_max, text_max < s->text_max ? " before the check digit" : "", n);
    for (size_t i = 0; i < n; i++)
        if (memchr(s->characters, text[i], characters) == NULL)
            return barcode_refuse(why, BARCODE_BAD_CHARACTER, i,
                                  "%s takes %s only, character %zu is something else.", s->title,
                                  s->alphabet, i + 1);
    return BARCODE_OK;
}

enum barcode_error
barcode_encode(enum barcode_type type, const char *text, size_t n,
               const struct barcode_options *options, struct barcode_symbol *out,
               struct barcode_refusal *why)
{
    static const struct barcode_options defaults;
    const struct symbology *s = &table[type];
    enum barcode_error error;

    if (options == NULL)
        options = &defaults;
    assert(type < BARCODE_TYPES && options->check < BARCODE_CHECKS);
    assert(options->ratio <= BARCODE_RATIO_3 && options->start_stop <= BARCODE_START_STOP_HIDDEN);
    if ((s->checks >> options->check & 1) == 0)
        return barcode_refuse(why, BARCODE_BAD_OPTION, 0, "%s cannot have the check digit %s.",
                              s->title, barcode_check_name(options->check));
    bool added = options->check != BARCODE_CHECK_NONE && !options->check_given;
    if ((error = check_text(s, text, n, s->text_max - (added ? 1 : 0), why)))
        return error;
    out->type = type;
    out->units = 1;
    out->quiet = s->quiet;
    out->run_count = 0;
    out->human[0] = '\0';
    memcpy(out->text, text, n);
    out->text[n] = '\0';
    return s->encode(out, n, options, why);
}

void
barcode_write_human(struct barcode_symbol *out, size_t n, size_t frame,
                    const struct barcode_options *options)
{
    bool hide_check = options->hide_check && options->check != BARCODE_CHECK_NONE;
    char *to = out->human;

    for (size_t i = 0; i < n; i++) {
        bool outside = i < frame || i >= n - frame;

        if (outside && options->start_stop == BARCODE_START_STOP_HIDDEN)
            continue;
        if (hide_check && i == n - frame - 1)
            continue;
        *to++ = out->text[i];
        if (outside && options->start_stop == BARCODE_START_STOP_LOWER)
            to[-1] = (char)(out->text[i] - 'A' + 'a');
    }
    *to = '\0';
}

const char *
barcode_type_name(enum barcode_type type)
{
    assert(type < BARCODE_TYPES);
    return table[type].name;
}

bool
barcode_type_by_name(const char *name, enum barcode_type *type_out)
{
    for (unsigned i = 0; i < BARCODE_TYPES; i++) {
        if (strcmp(name, table[i].name) == 0) {
            *type_out = (enum barcode_type)i;
            return true;
        }
    }
    return false;
}

const char *
barcode_ratio_name(enum barcode_ratio ratio)
{
    assert(ratio <= BARCODE_RATIO_3);
    return ratio_names[ratio];
}

bool
barcode_ratio_by_name(const char *name, enum barcode_ratio *ratio_out)
{
    for (unsigned i = 0; i <= BARCODE_RATIO_3; i++) {
        if (strcmp(name, ratio_names[i]) == 0) {
            *ratio_out = (enum barcode_ratio)i;
            return true;
        }
    }
    return false;
}
