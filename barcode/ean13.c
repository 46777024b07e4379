#include "barcode/symbology.h"

#include <string.h>

enum { DIGITS = 13, HALF = 6, RUNS_PER_DIGIT = 4, MODULES_PER_DIGIT = 7 };

/*
 * The widths of a digit: space, bar, space, bar on the left, bar, space, bar, space on the right,
 * where all are of set L. Set G is set L mirrored.
 * Source: GS1 General Specifications, 5.2.1.2 (symbol encodation).
 */
static const uint8_t set_l[10][RUNS_PER_DIGIT] = {
    {3, 2, 1, 1}, {2, 2, 2, 1}, {2, 1, 2, 2}, {1, 4, 1, 1}, {1, 1, 3, 2},
    {1, 2, 3, 1}, {1, 1, 1, 4}, {1, 3, 1, 2}, {1, 2, 1, 3}, {3, 1, 1, 2},
};
static const uint8_t set_g[10][RUNS_PER_DIGIT] = {
    {1, 1, 2, 3}, {1, 2, 2, 2}, {2, 2, 1, 2}, {1, 1, 4, 1}, {2, 3, 1, 1},
    {1, 3, 2, 1}, {4, 1, 1, 1}, {2, 1, 3, 1}, {3, 1, 2, 1}, {2, 1, 1, 3},
};

/* The first digit is not drawn: it chooses which of digits 2 to 7 are of set G. */
static const char left_sets[10][HALF + 1] = {
    "LLLLLL", "LLGLGG", "LLGGLG", "LLGGGL", "LGLLGG",
    "LGGLLG", "LGGGLL", "LGLGLG", "LGLGGL", "LGGLGL",
};
static const char right_sets[] = "LLLLLL";

static uint8_t *
put_guard(uint8_t *run, size_t runs)
{
    memset(run, 1, runs);
    return run + runs;
}

static uint8_t *
put_digits(uint8_t *run, const char *digits, size_t n, const char *sets)
{
    for (size_t i = 0; i < n; i++, run += RUNS_PER_DIGIT) {
        const uint8_t(*set)[RUNS_PER_DIGIT] = sets[i] == 'G' ? set_g : set_l;

        memcpy(run, set[digits[i] - '0'], RUNS_PER_DIGIT);
    }
    return run;
}

void
barcode_draw_ean(struct barcode_symbol *out, const char *digits, size_t half, const char *sets)
{
    uint8_t *run = out->run;

    run = put_guard(run, 3);
    run = put_digits(run, digits, half, sets);
    run = put_guard(run, 5);
    run = put_digits(run, digits + half, half, right_sets);
    run = put_guard(run, 3);
    out->run_count = (unsigned)(run - out->run);
    out->width =
        3 + MODULES_PER_DIGIT * (unsigned)half + 5 + MODULES_PER_DIGIT * (unsigned)half + 3;
    out->height = 1;
}

/* "2 123456 789010": as GS1 prints it, and easy to read out. */
static void
group(char *human, const char *text)
{
    human[0] = text[0];
    human[1] = ' ';
    memcpy(human + 2, text + 1, HALF);
    human[2 + HALF] = ' ';
    memcpy(human + 3 + HALF, text + 1 + HALF, HALF + 1); /* with the terminator */
}

enum barcode_error
barcode_encode_ean13(struct barcode_symbol *out, size_t n, const struct barcode_options *options,
                     struct barcode_refusal *why)
{
    enum barcode_error error =
        barcode_complete_check(out, &n, 0, BARCODE_CHECK_M10W31, n == DIGITS, why);

    (void)options;
    if (error)
        return error;
    group(out->human, out->text);
    barcode_draw_ean(out, out->text + 1, HALF, left_sets[out->text[0] - '0']);
    return BARCODE_OK;
}

bool
barcode_ean13_in_store(const char *digits)
{
    return digits[0] == '2' || (digits[0] == '0' && (digits[1] == '2' || digits[1] == '4'));
}
