#include "barcode/symbology.h"

#include <string.h>

enum {
    RUNS_PER_WORD = 6,
    MODULES_PER_WORD = 11,
    TO_C = 99, /* "the code words that follow are of set C": pairs of digits */
    TO_B = 100,
    START_B = 104,
    START_C = 105,
    STOP = 106,

    /* Start, check and stop stand around the data; the stop ends in a seventh run of 2 modules. */
    WORDS_MAX = (BARCODE_LINEAR_MODULES_MAX - 2 * 10 - 2) / MODULES_PER_WORD,
    DATA_WORDS_MAX = WORDS_MAX - 3,
};

_Static_assert(WORDS_MAX *RUNS_PER_WORD + 1 <= BARCODE_LINEAR_RUNS_MAX, "runs hold every word");
_Static_assert(DATA_WORDS_MAX * 2 == BARCODE_LINEAR_TEXT_MAX, "text holds every pair of digits");

/*
 * Bar, space, bar, space, bar, space of each code word.
 * Source: ISO/IEC 15417, table 1; proved equal to the tables of zint by our tests.
 */
static const uint8_t widths[STOP + 1][RUNS_PER_WORD] = {
    {2, 1, 2, 2, 2, 2}, {2, 2, 2, 1, 2, 2}, {2, 2, 2, 2, 2, 1}, {1, 2, 1, 2, 2, 3},
    {1, 2, 1, 3, 2, 2}, {1, 3, 1, 2, 2, 2}, {1, 2, 2, 2, 1, 3}, {1, 2, 2, 3, 1, 2},
    {1, 3, 2, 2, 1, 2}, {2, 2, 1, 2, 1, 3}, {2, 2, 1, 3, 1, 2}, {2, 3, 1, 2, 1, 2},
    {1, 1, 2, 2, 3, 2}, {1, 2, 2, 1, 3, 2}, {1, 2, 2, 2, 3, 1}, {1, 1, 3, 2, 2, 2},
    {1, 2, 3, 1, 2, 2}, {1, 2, 3, 2, 2, 1}, {2, 2, 3, 2, 1, 1}, {2, 2, 1, 1, 3, 2},
    {2, 2, 1, 2, 3, 1}, {2, 1, 3, 2, 1, 2}, {2, 2, 3, 1, 1, 2}, {3, 1, 2, 1, 3, 1},
    {3, 1, 1, 2, 2, 2}, {3, 2, 1, 1, 2, 2}, {3, 2, 1, 2, 2, 1}, {3, 1, 2, 2, 1, 2},
    {3, 2, 2, 1, 1, 2}, {3, 2, 2, 2, 1, 1}, {2, 1, 2, 1, 2, 3}, {2, 1, 2, 3, 2, 1},
    {2, 3, 2, 1, 2, 1}, {1, 1, 1, 3, 2, 3}, {1, 3, 1, 1, 2, 3}, {1, 3, 1, 3, 2, 1},
    {1, 1, 2, 3, 1, 3}, {1, 3, 2, 1, 1, 3}, {1, 3, 2, 3, 1, 1}, {2, 1, 1, 3, 1, 3},
    {2, 3, 1, 1, 1, 3}, {2, 3, 1, 3, 1, 1}, {1, 1, 2, 1, 3, 3}, {1, 1, 2, 3, 3, 1},
    {1, 3, 2, 1, 3, 1}, {1, 1, 3, 1, 2, 3}, {1, 1, 3, 3, 2, 1}, {1, 3, 3, 1, 2, 1},
    {3, 1, 3, 1, 2, 1}, {2, 1, 1, 3, 3, 1}, {2, 3, 1, 1, 3, 1}, {2, 1, 3, 1, 1, 3},
    {2, 1, 3, 3, 1, 1}, {2, 1, 3, 1, 3, 1}, {3, 1, 1, 1, 2, 3}, {3, 1, 1, 3, 2, 1},
    {3, 3, 1, 1, 2, 1}, {3, 1, 2, 1, 1, 3}, {3, 1, 2, 3, 1, 1}, {3, 3, 2, 1, 1, 1},
    {3, 1, 4, 1, 1, 1}, {2, 2, 1, 4, 1, 1}, {4, 3, 1, 1, 1, 1}, {1, 1, 1, 2, 2, 4},
    {1, 1, 1, 4, 2, 2}, {1, 2, 1, 1, 2, 4}, {1, 2, 1, 4, 2, 1}, {1, 4, 1, 1, 2, 2},
    {1, 4, 1, 2, 2, 1}, {1, 1, 2, 2, 1, 4}, {1, 1, 2, 4, 1, 2}, {1, 2, 2, 1, 1, 4},
    {1, 2, 2, 4, 1, 1}, {1, 4, 2, 1, 1, 2}, {1, 4, 2, 2, 1, 1}, {2, 4, 1, 2, 1, 1},
    {2, 2, 1, 1, 1, 4}, {4, 1, 3, 1, 1, 1}, {2, 4, 1, 1, 1, 2}, {1, 3, 4, 1, 1, 1},
    {1, 1, 1, 2, 4, 2}, {1, 2, 1, 1, 4, 2}, {1, 2, 1, 2, 4, 1}, {1, 1, 4, 2, 1, 2},
    {1, 2, 4, 1, 1, 2}, {1, 2, 4, 2, 1, 1}, {4, 1, 1, 2, 1, 2}, {4, 2, 1, 1, 1, 2},
    {4, 2, 1, 2, 1, 1}, {2, 1, 2, 1, 4, 1}, {2, 1, 4, 1, 2, 1}, {4, 1, 2, 1, 2, 1},
    {1, 1, 1, 1, 4, 3}, {1, 1, 1, 3, 4, 1}, {1, 3, 1, 1, 4, 1}, {1, 1, 4, 1, 1, 3},
    {1, 1, 4, 3, 1, 1}, {4, 1, 1, 1, 1, 3}, {4, 1, 1, 3, 1, 1}, {1, 1, 3, 1, 4, 1},
    {1, 1, 4, 1, 3, 1}, {3, 1, 1, 1, 4, 1}, {4, 1, 1, 1, 3, 1}, {2, 1, 1, 4, 1, 2},
    {2, 1, 1, 2, 1, 4}, {2, 1, 1, 2, 3, 2}, {2, 3, 3, 1, 1, 1},
};

static size_t
digits_at(const char *text)
{
    size_t n = 0;

    while (text[n] >= '0' && text[n] <= '9')
        n++;
    return n;
}

/*
 * Choose code words for the text, start included, and return how many: at most limit. Where the
 * text no longer fits, *done_out tells how many of its characters did.
 *
 * Of the three sets only B (all we allow) and C (pairs of digits) are of use. The choice by
 * ISO/IEC 15417, annex E: C pays from four digits on, and of an odd number B takes the first -
 * but at the start of a symbol, where C costs nothing, it takes the last. No choice is shorter:
 * the tests compare every pattern of digits and letters with an exhaustive search.
 */
static size_t
choose_words(const char *text, uint8_t *word, size_t limit, size_t *done_out)
{
    size_t digits = digits_at(text);
    bool in_c = digits >= 4 || (digits == 2 && text[2] == '\0');
    size_t n = 0;
    size_t i = 0;

    word[n++] = in_c ? START_C : START_B;
    while (text[i] != '\0' && n < limit) {
        digits = digits_at(text + i);
        if (in_c && digits >= 2) {
            word[n++] = (uint8_t)((text[i] - '0') * 10 + (text[i + 1] - '0'));
            i += 2;
        } else if (in_c || (digits >= 4 && digits % 2 == 0)) {
            in_c = !in_c;
            word[n++] = in_c ? TO_C : TO_B;
        } else {
            word[n++] = (uint8_t)(text[i++] - ' ');
        }
    }
    *done_out = i;
    return n;
}

static uint8_t
check_word(const uint8_t *word, size_t n)
{
    size_t sum = word[0];

    for (size_t i = 1; i < n; i++)
        sum += i * word[i];
    return (uint8_t)(sum % 103);
}

enum barcode_error
barcode_encode_code128(struct barcode_symbol *out, size_t n, const struct barcode_options *options,
                       struct barcode_refusal *why)
{
    uint8_t word[WORDS_MAX];
    size_t words;
    size_t done;
    enum barcode_error error =
        barcode_complete_check(out, &n, 0, options->check, options->check_given, why);

    if (error)
        return error;
    words = choose_words(out->text, word, 1 + DATA_WORDS_MAX, &done);
    if (done < n)
        return barcode_refuse(why, BARCODE_TOO_LONG, done,
                              "Code 128 is too wide for a phone from character %zu on.", done + 1);
    word[words] = check_word(word, words);
    word[words + 1] = STOP;
    words += 2;
    for (size_t i = 0; i < words; i++)
        memcpy(out->run + i * RUNS_PER_WORD, widths[word[i]], RUNS_PER_WORD);
    out->run[words * RUNS_PER_WORD] = 2;

    out->run_count = (unsigned)(words * RUNS_PER_WORD + 1);
    out->width = (unsigned)(words * MODULES_PER_WORD + 2);
    out->height = 1;
    barcode_write_human(out, n, 0, options);
    return BARCODE_OK;
}
