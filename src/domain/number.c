#include "domain/number.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "domain/permute.h"
#include "domain/reading.h"

#define JAN_LENGTH 13

static const struct {
    enum barcode_type type;
    const char *name;
} types[] = {
    {BARCODE_EAN13, "jan13"},
    {BARCODE_CODE128, "code128"},
    {BARCODE_NW7, "nw7"},
    {BARCODE_CODE39, "code39"},
};

#define TYPES (sizeof(types) / sizeof(types[0]))

const char *
number_type_name(enum barcode_type type)
{
    for (size_t i = 0; i < TYPES; i++)
        if (types[i].type == type)
            return types[i].name;
    assert(0 && "a type for fixed numbers");
    return "";
}

bool
number_type_by_name(struct str name, enum barcode_type *out)
{
    for (size_t i = 0; i < TYPES; i++)
        if (str_eq(str_of(types[i].name), name)) {
            *out = types[i].type;
            return true;
        }
    return false;
}

static enum err_code
bad(struct err *e, const char *field, const char *why)
{
    return err_field(e, ERR_INPUT, "number_format", field, "%s", why);
}

/* ---------------------------------------------------------------- drawing */

void
number_drawn(const struct number_format *format, const char *number, char out[NUMBER_DRAWN_SIZE])
{
    bool is_framed = format->type == BARCODE_NW7;

    snprintf(out, NUMBER_DRAWN_SIZE, "%.*s%s%.*s", is_framed, &format->start, number, is_framed,
             &format->stop);
}

struct barcode_options
number_options(const struct number_format *format)
{
    bool is_own = format->type == BARCODE_EAN13;

    return (struct barcode_options){
        .ratio = format->ratio,
        .check = is_own ? BARCODE_CHECK_NONE : format->check,
        .check_given = true,
        .start_stop = BARCODE_START_STOP_HIDDEN,
    };
}

static enum err_code
is_drawable(const struct number_format *format, const char *number, struct err *e)
{
    const struct barcode_options options = number_options(format);
    char text[NUMBER_DRAWN_SIZE];
    struct barcode_symbol symbol;
    struct barcode_refusal why;

    number_drawn(format, number, text);
    if (barcode_encode(format->type, text, strlen(text), &options, &symbol, &why))
        return bad(e, "number", why.text);
    return OK;
}

/* ---------------------------------------------------------------- check digits */

static size_t
check_size(const struct number_format *format)
{
    return format->check != BARCODE_CHECK_NONE;
}

/* Modulus 16 counts start and stop, too. */
static bool
check_digit(const struct number_format *format, const char *payload, char *out)
{
    char text[NUMBER_DRAWN_SIZE];

    number_drawn(format, payload, text);
    if (format->check != BARCODE_CHECK_MOD16)
        snprintf(text, sizeof(text), "%s", payload);
    return barcode_check_compute(format->check, text, strlen(text), out, NULL) == BARCODE_OK;
}

/* ---------------------------------------------------------------- the format itself */

/* A till must get it back as itself, and never take it for a code that changes. */
static bool
is_readable(const char *number)
{
    struct reading reading;

    scan_normalise(str_of(number), &reading);
    for (int i = 0; i < reading.n_candidates; i++)
        if (strcmp(reading.candidate[i], reading.plain) == 0)
            return true;
    return false;
}

static bool
is_digits(const char *text)
{
    return strspn(text, "0123456789") == strlen(text);
}

static bool
takes_letters(const struct number_format *format)
{
    return (format->type == BARCODE_CODE128 || format->type == BARCODE_CODE39) &&
           (format->check == BARCODE_CHECK_NONE || format->check == BARCODE_CHECK_MOD43);
}

static enum err_code
check_check(const struct number_format *format, struct err *e)
{
    if (format->check == BARCODE_CHECK_MOD16 && format->type != BARCODE_NW7)
        return bad(e, "number.check", "mod16 is for nw7 only");
    if (format->check == BARCODE_CHECK_MOD43 && format->type != BARCODE_CODE39)
        return bad(e, "number.check", "mod43 is for code39 only");
    if (format->type == BARCODE_EAN13 && format->check != BARCODE_CHECK_M10W31)
        return bad(e, "number.check", "jan13 has its own check digit, m10w31");
    return OK;
}

static enum err_code
check_prefix(const struct number_format *format, struct err *e)
{
    const char *prefix = format->prefix;

    if (takes_letters(format)
            ? strspn(prefix, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") != strlen(prefix)
            : !is_digits(prefix))
        return bad(e, "number.prefix",
                   takes_letters(format)
                       ? "the prefix is of digits and capital letters"
                       : "the prefix is of digits: this symbology or check digit takes no more");
    if (format->type == BARCODE_EAN13 && (strlen(prefix) < 2 || prefix[0] != '2'))
        return bad(e, "number.prefix",
                   "the prefix of a jan13 begins with 20 to 29, which no product has");
    return OK;
}

static size_t
free_digits(const struct number_format *format)
{
    return (size_t)format->length - strlen(format->prefix) - check_size(format);
}

static enum err_code
check_length(const struct number_format *format, struct err *e)
{
    size_t taken = strlen(format->prefix) + check_size(format);

    if (format->type == BARCODE_EAN13 && format->length != JAN_LENGTH)
        return bad(e, "number.length", "a jan13 is 13 digits long");
    if (format->length > NUMBER_MAX)
        return bad(e, "number.length", "a number is at most 18 characters long");
    if (format->length < (int64_t)taken + NUMBER_FREE_MIN)
        return bad(e, "number.length",
                   "between prefix and check digit 6 digits are needed, or numbers are guessed");
    return OK;
}

static bool
is_frame(const struct number_format *format)
{
    return format->start >= 'A' && format->start <= 'D' && format->stop >= 'A' &&
           format->stop <= 'D';
}

/* A number of zeros, or nearly: some have no check digit. All digits are as wide. */
static void
sample(const struct number_format *format, char out[NUMBER_SIZE])
{
    size_t n = (size_t)format->length - check_size(format);
    char check = '\0';

    memset(out, '0', NUMBER_SIZE);
    memcpy(out, format->prefix, strlen(format->prefix));
    out[n] = '\0';
    while (check_size(format) != 0 && !check_digit(format, out, &check))
        out[n - 1]++;
    out[n] = check;
    out[format->length] = '\0';
}

static enum err_code
check_sample(const struct number_format *format, struct err *e)
{
    char number[NUMBER_SIZE];

    sample(format, number);
    if (is_drawable(format, number, e))
        return e->code;
    return is_readable(number) ? OK
                               : bad(e, "number", "a scanner would take these for other codes");
}

enum err_code
number_format_check(const struct number_format *format, struct err *e)
{
    if (check_check(format, e) || check_prefix(format, e) || check_length(format, e))
        return e->code;
    if (format->type == BARCODE_NW7 && !is_frame(format))
        return bad(e, "number.frame", "nw7 starts and stops with A, B, C or D");
    return check_sample(format, e);
}

bool
number_format_same(const struct number_format *a, const struct number_format *b)
{
    return a->is_set == b->is_set && a->type == b->type && strcmp(a->prefix, b->prefix) == 0 &&
           a->length == b->length && a->check == b->check && a->start == b->start &&
           a->stop == b->stop;
}

/* ---------------------------------------------------------------- numbers */

enum err_code
number_make(const struct keys *keys, const struct number_format *format, int64_t place,
            char out[NUMBER_SIZE], struct err *e)
{
    const struct permutation p = {
        .key = keys->number, .label = "num-v1", .digits = (unsigned)free_digits(format)};
    char check;
    int n;

    assert(place >= 0);
    if ((uint64_t)place >= power_of_ten(p.digits))
        return err_set(e, ERR_CONFLICT, "numbers_full", "the format has only %" PRIu64 " numbers",
                       power_of_ten(p.digits));
    n = snprintf(out, NUMBER_SIZE, "%s%0*" PRIu64, format->prefix, (int)p.digits,
                 permute(&p, (uint64_t)place));
    assert(n == format->length - (int64_t)check_size(format));
    if (format->check != BARCODE_CHECK_NONE) {
        if (!check_digit(format, out, &check))
            return err_set(e, ERR_CONFLICT, "number_none", "a number without a check digit");
        out[n] = check;
        out[n + 1] = '\0';
    }
    if (!is_readable(out))
        return err_set(e, ERR_CONFLICT, "number_none", "a number that looks like another code");
    return OK;
}

static bool
check_is_right(const struct number_format *format, const char *number)
{
    char payload[NUMBER_SIZE];
    char check;
    size_t n = strlen(number) - check_size(format);

    if (format->check == BARCODE_CHECK_NONE)
        return true;
    memcpy(payload, number, n);
    payload[n] = '\0';
    return check_digit(format, payload, &check) && check == number[n];
}

enum err_code
number_fits(const struct number_format *format, struct str number, struct err *e)
{
    char text[NUMBER_SIZE];

    if (!str_copy(number, text, sizeof(text)) || (int64_t)number.n != format->length)
        return err_field(e, ERR_INPUT, "number_format", "number",
                         "numbers of this plan are %" PRId64 " characters long", format->length);
    if (!str_starts(number, str_of(format->prefix)))
        return err_field(e, ERR_INPUT, "number_format", "number",
                         "numbers of this plan begin with %s", format->prefix);
    if (!check_is_right(format, text))
        return bad(e, "number", "the check digit is wrong");
    if (is_drawable(format, text, e))
        return e->code;
    return is_readable(text) ? OK : bad(e, "number", "a scanner would take this for another code");
}
