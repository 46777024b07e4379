#include "barcode/symbology.h"

#include <assert.h>
#include <string.h>

enum { NO_DIGIT = -1 };

struct scheme {
    const char *name;
    const char *title;                        /* in refusals */
    const char *alphabet;                     /* in refusals */
    const char *characters;                   /* in the order of their values */
    int (*value)(const char *text, size_t n); /* of the check digit, or NO_DIGIT */
};

/* Weights 1 and odd, in turn from the right, the rightmost is odd. */
static int
modulus_10(const char *digits, size_t n, unsigned odd, bool split)
{
    unsigned sum = 0;

    for (size_t i = 0; i < n; i++) {
        unsigned product = (unsigned)(digits[i] - '0') * ((n - i) % 2 != 0 ? odd : 1);

        sum = (sum + (split ? product / 10 + product % 10 : product)) % 10;
    }
    return (int)((10 - sum) % 10);
}

static int
m10w31(const char *digits, size_t n)
{
    return modulus_10(digits, n, 3, false);
}

static int
m10w21_split(const char *digits, size_t n)
{
    return modulus_10(digits, n, 2, true);
}

static int
m10w21_lump(const char *digits, size_t n)
{
    return modulus_10(digits, n, 2, false);
}

static int
remainder_7(const char *digits, size_t n)
{
    int remainder = 0;

    for (size_t i = 0; i < n; i++)
        remainder = (remainder * 10 + (digits[i] - '0')) % 7;
    return remainder;
}

static int
seven_minus_remainder_7(const char *digits, size_t n)
{
    return 7 - remainder_7(digits, n);
}

static int
seven_minus_remainder_to_6(const char *digits, size_t n)
{
    return seven_minus_remainder_7(digits, n) % 7;
}

/* 1 to 11: 11 minus the remainder. */
static int
modulus_11(const char *digits, size_t n)
{
    unsigned sum = 0;

    for (size_t i = 0; i < n; i++)
        sum = (sum + (unsigned)(digits[i] - '0') * (unsigned)(2 + (n - 1 - i) % 6)) % 11;
    return (int)(11 - sum);
}

static int
m11w2_7(const char *digits, size_t n)
{
    int value = modulus_11(digits, n);

    return value < 10 ? value : 0;
}

static int
m11w2_7_to_9(const char *digits, size_t n)
{
    int value = modulus_11(digits, n);

    return value == 10 ? NO_DIGIT : value % 11;
}

static int
value_of(const char *characters, char c)
{
    return (int)(strchr(characters, c) - characters);
}

static int
mod16(const char *text, size_t n)
{
    int sum = 0;

    for (size_t i = 0; i < n; i++)
        sum = (sum + value_of(NW7_CHARACTERS, text[i])) % 16;
    return (16 - sum) % 16;
}

static int
mod43(const char *text, size_t n)
{
    int sum = 0;

    for (size_t i = 0; i < n; i++)
        sum = (sum + value_of(CODE39_CHARACTERS, text[i])) % 43;
    return sum;
}

static const struct scheme schemes[BARCODE_CHECKS] = {
    [BARCODE_CHECK_NONE] = {"none", "None", "", "", NULL},
    [BARCODE_CHECK_M10W31] = {"m10w31", "M10W31", "digits", DIGIT_CHARACTERS, m10w31},
    [BARCODE_CHECK_M10W21_SPLIT] = {"m10w21-split", "M10W21", "digits", DIGIT_CHARACTERS,
                                    m10w21_split},
    [BARCODE_CHECK_M10W21_LUMP] = {"m10w21-lump", "M10W21", "digits", DIGIT_CHARACTERS,
                                   m10w21_lump},
    [BARCODE_CHECK_7DR] = {"7dr", "7DR", "digits", DIGIT_CHARACTERS, remainder_7},
    [BARCODE_CHECK_7DSR] = {"7dsr", "7DSR", "digits", DIGIT_CHARACTERS, seven_minus_remainder_to_6},
    [BARCODE_CHECK_7DSR_7] = {"7dsr-7", "7DSR", "digits", DIGIT_CHARACTERS,
                              seven_minus_remainder_7},
    [BARCODE_CHECK_M11W2_7] = {"m11w2-7", "M11W2-7", "digits", DIGIT_CHARACTERS, m11w2_7},
    [BARCODE_CHECK_M11W2_7_TO_9] = {"m11w2-7-to-9", "M11W2-7", "digits", DIGIT_CHARACTERS,
                                    m11w2_7_to_9},
    [BARCODE_CHECK_MOD16] = {"mod16", "Modulus 16", "the characters of NW-7", NW7_CHARACTERS,
                             mod16},
    [BARCODE_CHECK_MOD43] = {"mod43", "Modulus 43", "the characters of Code 39", CODE39_CHARACTERS,
                             mod43},
};

/* A number inside a text: [from, end) and, for modulus 16, what stands behind its check. */
struct number {
    const char *text;
    size_t from, end;
    char stop;
};

static enum barcode_error
expect(enum barcode_check check, const struct number *number, char *digit_out,
       struct barcode_refusal *why)
{
    const struct scheme *s = &schemes[check];
    const char *text = number->text;
    int value;

    for (size_t i = number->from; i < number->end; i++)
        if (memchr(s->characters, text[i], strlen(s->characters)) == NULL)
            return barcode_refuse(why, BARCODE_BAD_CHARACTER, i,
                                  "%s counts %s only, character %zu is something else.", s->title,
                                  s->alphabet, i + 1);
    value = s->value(text + number->from, number->end - number->from);
    if (value == NO_DIGIT)
        return barcode_refuse(why, BARCODE_BAD_CHECK, number->end,
                              "%s gives this number no check digit: it would be 10.", s->title);
    if (number->stop != '\0')
        value = (value + 16 - value_of(NW7_CHARACTERS, number->stop) % 16) % 16;
    *digit_out = s->characters[value];
    return BARCODE_OK;
}

/* The check stands at number->end. */
static enum barcode_error
verify(enum barcode_check check, const struct number *number, struct barcode_refusal *why)
{
    char given = number->text[number->end];
    char digit;
    enum barcode_error error = expect(check, number, &digit, why);

    if (error)
        return error;
    if (given != digit)
        return barcode_refuse(why, BARCODE_BAD_CHECK, number->end,
                              "%s needs check digit %c, character %zu is something else.",
                              schemes[check].title, digit, number->end + 1);
    return BARCODE_OK;
}

/* The number of a whole text, which has a check or not, between frames of start and stop. */
static enum barcode_error
find_number(enum barcode_check check, const char *text, size_t n, size_t frame, bool given,
            struct number *out, struct barcode_refusal *why)
{
    size_t behind = frame + (given ? 1 : 0);

    if (n <= frame + behind)
        return barcode_refuse(why, n == 0 ? BARCODE_EMPTY : BARCODE_TOO_SHORT, n,
                              "%s needs a number, this text ends after %zu characters.",
                              schemes[check].title, n);
    *out = (struct number){.text = text, .from = frame, .end = n - behind};
    if (check == BARCODE_CHECK_MOD16) {
        out->from = 0;
        out->stop = text[n - 1];
    }
    return BARCODE_OK;
}

static enum barcode_error
find_in_text(enum barcode_check check, const char *text, size_t n, bool given, struct number *out,
             struct barcode_refusal *why)
{
    bool framed = check == BARCODE_CHECK_MOD16;
    enum barcode_error error = find_number(check, text, n, framed ? 1 : 0, given, out, why);

    return error || !framed ? error : barcode_nw7_check_frame(text, n, why);
}

enum barcode_error
barcode_check_compute(enum barcode_check check, const char *text, size_t n, char *digit_out,
                      struct barcode_refusal *why)
{
    struct number number;
    enum barcode_error error;

    assert(check < BARCODE_CHECKS);
    if (check == BARCODE_CHECK_NONE)
        return barcode_refuse(why, BARCODE_BAD_OPTION, 0, "No check digit was chosen.");
    error = find_in_text(check, text, n, false, &number, why);
    return error ? error : expect(check, &number, digit_out, why);
}

enum barcode_error
barcode_check_verify(enum barcode_check check, const char *text, size_t n,
                     struct barcode_refusal *why)
{
    struct number number;
    enum barcode_error error;

    assert(check < BARCODE_CHECKS);
    if (check == BARCODE_CHECK_NONE)
        return BARCODE_OK;
    error = find_in_text(check, text, n, true, &number, why);
    return error ? error : verify(check, &number, why);
}

enum barcode_error
barcode_complete_check(struct barcode_symbol *out, size_t *n, size_t frame,
                       enum barcode_check check, bool given, struct barcode_refusal *why)
{
    struct number number;
    enum barcode_error error;
    char digit;

    if (check == BARCODE_CHECK_NONE)
        return BARCODE_OK;
    if ((error = find_number(check, out->text, *n, frame, given, &number, why)))
        return error;
    if (given)
        return verify(check, &number, why);
    if ((error = expect(check, &number, &digit, why)))
        return error;
    memmove(out->text + number.end + 1, out->text + number.end, frame + 1); /* and terminator */
    out->text[number.end] = digit;
    ++*n;
    return BARCODE_OK;
}

const char *
barcode_check_name(enum barcode_check check)
{
    assert(check < BARCODE_CHECKS);
    return schemes[check].name;
}

bool
barcode_check_by_name(const char *name, enum barcode_check *check_out)
{
    for (unsigned i = 0; i < BARCODE_CHECKS; i++) {
        if (strcmp(name, schemes[i].name) == 0) {
            *check_out = (enum barcode_check)i;
            return true;
        }
    }
    return false;
}
