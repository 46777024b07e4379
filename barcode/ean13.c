#include "barcode/symbology.h"

#include <string.h>

enum { DIGITS = 13, HALF = 6, RUNS_PER_DIGIT = 4 };

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
static const char sets[10][HALF + 1] = {
    "LLLLLL", "LLGLGG", "LLGGLG", "LLGGGL", "LGLLGG",
    "LGGLLG", "LGGGLL", "LGLGLG", "LGLGGL", "LGGLGL",
};

char
barcode_ean13_check_digit(const char *digits)
{
    int sum = 0;

    for (int i = 0; i < DIGITS - 1; i += 2)
        sum += (digits[i] - '0') + 3 * (digits[i + 1] - '0');
    return (char)('0' + (10 - sum % 10) % 10);
}

static uint8_t *
put_guard(uint8_t *run, size_t runs)
{
    memset(run, 1, runs);
    return run + runs;
}

static uint8_t *
put_digit(uint8_t *run, const uint8_t set[][RUNS_PER_DIGIT], char digit)
{
    memcpy(run, set[digit - '0'], RUNS_PER_DIGIT);
    return run + RUNS_PER_DIGIT;
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
ean13_encode(struct barcode_symbol *out, size_t n, struct barcode_refusal *why)
{
    char check = barcode_ean13_check_digit(out->text);
    const char *left = sets[out->text[0] - '0'];
    uint8_t *run = out->run;

    if (n == DIGITS && out->text[DIGITS - 1] != check)
        return barcode_refuse(why, BARCODE_BAD_CHECK, DIGITS - 1,
                              "EAN-13 needs check digit %c after these 12 digits, character 13 "
                              "is %c.",
                              check, out->text[DIGITS - 1]);
    out->text[DIGITS - 1] = check;
    out->text[DIGITS] = '\0';
    group(out->human, out->text);

    run = put_guard(run, 3);
    for (int i = 0; i < HALF; i++)
        run = put_digit(run, left[i] == 'L' ? set_l : set_g, out->text[1 + i]);
    run = put_guard(run, 5);
    for (int i = 0; i < HALF; i++)
        run = put_digit(run, set_l, out->text[1 + HALF + i]);
    run = put_guard(run, 3);

    out->run_count = (unsigned)(run - out->run);
    out->width = 3 + 7 * HALF + 5 + 7 * HALF + 3;
    out->height = 1;
    return BARCODE_OK;
}
