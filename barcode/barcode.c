#include "barcode/barcode.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "barcode/symbology.h"

struct symbology {
    const char *name;
    const char *title;    /* in refusals */
    const char *alphabet; /* in refusals: the characters from first to last */
    char first, last;
    unsigned quiet;
    size_t text_min, text_max;
    enum barcode_error (*encode)(struct barcode_symbol *, size_t, struct barcode_refusal *);
};

/*
 * QR stays within ASCII because the symbol cannot say what its bytes mean (readers guess, and
 * differ). EAN-13 needs 11 modules of quiet zone on the left and 7 on the right; both get 11.
 */
static const struct symbology table[BARCODE_TYPES] = {
    [BARCODE_EAN13] = {"ean13", "EAN-13", "digits", '0', '9', 11, 12, 13, ean13_encode},
    [BARCODE_CODE128] = {"code128", "Code 128", "printable ASCII", ' ', '~', 10, 1,
                         BARCODE_LINEAR_TEXT_MAX, code128_encode},
    [BARCODE_QR] = {"qr", "QR", "printable ASCII", ' ', '~', 4, 1, BARCODE_TEXT_MAX, qr_encode},
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
check_text(const struct symbology *s, const char *text, size_t n, struct barcode_refusal *why)
{
    if (n == 0)
        return barcode_refuse(why, BARCODE_EMPTY, 0, "%s needs a text, this one is empty.",
                              s->title);
    if (n < s->text_min)
        return barcode_refuse(why, BARCODE_TOO_SHORT, n,
                              "%s needs at least %zu characters, this text ends after %zu.",
                              s->title, s->text_min, n);
    if (n > s->text_max)
        return barcode_refuse(why, BARCODE_TOO_LONG, s->text_max,
                              "%s takes at most %zu characters, this text has %zu.", s->title,
                              s->text_max, n);
    for (size_t i = 0; i < n; i++)
        if (text[i] < s->first || text[i] > s->last)
            return barcode_refuse(why, BARCODE_BAD_CHARACTER, i,
                                  "%s takes %s only, character %zu is something else.", s->title,
                                  s->alphabet, i + 1);
    return BARCODE_OK;
}

enum barcode_error
barcode_encode(enum barcode_type type, const char *text, size_t n, struct barcode_symbol *out,
               struct barcode_refusal *why)
{
    assert(type < BARCODE_TYPES);
    const struct symbology *s = &table[type];
    enum barcode_error error = check_text(s, text, n, why);

    if (error)
        return error;
    out->type = type;
    out->quiet = s->quiet;
    out->run_count = 0;
    out->human[0] = '\0';
    memcpy(out->text, text, n);
    out->text[n] = '\0';
    return s->encode(out, n, why);
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
