/*
 * Barcodes: the published vectors, every refusal, shortness against exhaustive search, and the
 * SVG, drawn back into modules. Run from the root of the tree; GOLDEN=write rewrites the
 * golden pictures. That other programs read our symbols is proved in test_barcode_readers.sh.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "barcode/barcode.h"
#include "barcode/symbology.h"
#include "tests/support/random.h"

enum { LEVEL_L, LEVEL_M, LEVEL_Q, LEVEL_H };

static struct barcode_symbol
encode(enum barcode_type type, const char *text)
{
    struct barcode_symbol symbol;
    struct barcode_refusal why;

    if (barcode_encode(type, text, strlen(text), NULL, &symbol, &why) != BARCODE_OK)
        fail_msg("%s \"%s\": %s", barcode_type_name(type), text, why.text);
    return symbol;
}

static void
the_human_line_is_as_asked_for(void **state)
{
    static const struct {
        enum barcode_type type;
        const char *text;
        struct barcode_options options;
        const char *want_text, *want_human;
    } row[] = {
        {BARCODE_EAN13, "212345678901", {0}, "2123456789010", "2 123456 789010"},
        {BARCODE_EAN13, "2123456789010", {0}, "2123456789010", "2 123456 789010"},
        {BARCODE_EAN8, "2012345", {0}, "20123451", "2012 3451"},
        {BARCODE_EAN8, "20123451", {0}, "20123451", "2012 3451"},
        {BARCODE_CODE128, "LS-000123-7", {0}, "LS-000123-7", "LS-000123-7"},
        {BARCODE_CODE128,
         "12345678",
         {.check = BARCODE_CHECK_M10W21_SPLIT, .hide_check = true},
         "123456782",
         "12345678"},
        {BARCODE_QR, "12345678", {.check = BARCODE_CHECK_M10W21_LUMP}, "123456784", ""},
        {BARCODE_NW7, "A37859B", {.check = BARCODE_CHECK_MOD16}, "A37859+B", "A37859+B"},
        {BARCODE_NW7,
         "A37859B",
         {.check = BARCODE_CHECK_MOD16, .start_stop = BARCODE_START_STOP_LOWER},
         "A37859+B",
         "a37859+b"},
        {BARCODE_NW7,
         "A37859+B",
         {.check = BARCODE_CHECK_MOD16,
          .check_given = true,
          .hide_check = true,
          .start_stop = BARCODE_START_STOP_HIDDEN},
         "A37859+B",
         "37859"},
        {BARCODE_NW7, "A12345678D", {.check = BARCODE_CHECK_7DSR}, "A123456785D", "A123456785D"},
        {BARCODE_NW7,
         "C00012342D",
         {.check = BARCODE_CHECK_7DR, .check_given = true},
         "C00012342D",
         "C00012342D"},
        {BARCODE_NW7, "A-1A", {.hide_check = true}, "A-1A", "A-1A"},
        {BARCODE_CODE39, "M 001", {.check = BARCODE_CHECK_MOD43}, "M 001I", "M 001I"},
        {BARCODE_CODE39,
         "M 001I",
         {.check = BARCODE_CHECK_MOD43, .check_given = true, .hide_check = true},
         "M 001I",
         "M 001"},
        {BARCODE_ITF,
         "12345678901",
         {.check = BARCODE_CHECK_M10W31},
         "123456789012",
         "123456789012"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        struct barcode_symbol symbol;

        assert_int_equal(barcode_encode(row[i].type, row[i].text, strlen(row[i].text),
                                        &row[i].options, &symbol, NULL),
                         BARCODE_OK);
        assert_string_equal(symbol.text, row[i].want_text);
        assert_string_equal(symbol.human, row[i].want_human);
    }
}

static void
quiet_zones_are_wide_enough_for_a_dark_surround(void **state)
{
    static const struct {
        enum barcode_type type;
        const char *text;
        unsigned quiet;
    } row[] = {
        {BARCODE_EAN13, "212345678901", 11},
        {BARCODE_EAN8, "2012345", 10},
        {BARCODE_CODE128, "1", 10},
        {BARCODE_QR, "1", 4},
        {BARCODE_NW7, "A1A", 10},
        {BARCODE_CODE39, "1", 10},
        {BARCODE_ITF, "12", 10},
    };

    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        struct barcode_symbol symbol = encode(row[i].type, row[i].text);

        assert_int_equal(symbol.quiet, row[i].quiet * symbol.units);
    }
}

static void
ean13_knows_in_store_prefixes(void **state)
{
    int found = 0;

    (void)state;
    for (int prefix = 0; prefix < 100; prefix++) {
        char digits[] = "000000000000";

        digits[0] = (char)('0' + prefix / 10);
        digits[1] = (char)('0' + prefix % 10);
        found += barcode_ean13_in_store(digits);
        assert_int_equal(barcode_ean13_in_store(digits),
                         (prefix >= 20 && prefix <= 29) || prefix == 2 || prefix == 4);
    }
    assert_int_equal(found, 12);
}

static char
check_digit(const char *digits)
{
    char digit;

    assert_int_equal(barcode_check_compute(BARCODE_CHECK_M10W31, digits, 12, &digit, NULL),
                     BARCODE_OK);
    return digit;
}

static void
ean13_refuses_every_other_check_digit(void **state)
{
    char digits[14];

    (void)state;
    for (int i = 0; i < 200; i++) {
        struct barcode_symbol symbol;

        random_text(digits, 12, "0123456789");
        for (int check = '0'; check <= '9'; check++) {
            digits[12] = (char)check;
            assert_int_equal(barcode_encode(BARCODE_EAN13, digits, 13, NULL, &symbol, NULL),
                             check == check_digit(digits) ? BARCODE_OK : BARCODE_BAD_CHECK);
        }
    }
}

enum { A, B, C, SETS, UNREACHABLE = 1000 };

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* How many characters the next code word of this set says, 0 if it cannot. */
static size_t
word_says(const char *text, int set)
{
    if (set == C)
        return is_digit(text[0]) && is_digit(text[1]) ? 2 : 0;
    return set == B || text[0] < 0x60 ? 1 : 0;
}

/*
 * The fewest data code words that can say the text: the shortest path through every choice of set
 * A, B or C before every character, by a change of set or by a shift between A and B.
 */
static unsigned
code128_fewest_words(const char *text)
{
    size_t n = strlen(text);
    unsigned from[BARCODE_LINEAR_TEXT_MAX + 2][SETS];
    unsigned best = UNREACHABLE;

    for (int set = 0; set < SETS; set++)
        from[n][set] = 0;
    for (size_t i = n; i-- > 0;) {
        unsigned staying[SETS]; /* the next word is of this set */

        for (int set = 0; set < SETS; set++) {
            size_t said = word_says(text + i, set);

            staying[set] = said > 0 ? 1 + from[i + said][set] : UNREACHABLE;
            if (set != C && word_says(text + i, set == A ? B : A) > 0 &&
                2 + from[i + 1][set] < staying[set])
                staying[set] = 2 + from[i + 1][set];
        }
        for (int set = 0; set < SETS; set++) {
            from[i][set] = staying[set];
            for (int other = 0; other < SETS; other++)
                if (1 + staying[other] < from[i][set])
                    from[i][set] = 1 + staying[other];
        }
    }
    for (int set = 0; set < SETS; set++)
        best = from[0][set] < best ? from[0][set] : best;
    return best;
}

static void
check_code128_length(const char *text)
{
    struct barcode_symbol symbol;
    unsigned words = code128_fewest_words(text);
    unsigned width = (3 + words) * 11 + 2;
    bool fits = width + 20 <= BARCODE_LINEAR_MODULES_MAX;
    enum barcode_error error =
        barcode_encode(BARCODE_CODE128, text, strlen(text), NULL, &symbol, NULL);

    if (error != (fits ? BARCODE_OK : BARCODE_TOO_LONG) || (fits && symbol.width != width))
        fail_msg("\"%s\": error %d, width %u, want %u", text, (int)error, symbol.width, width);
}

static void
code128_is_never_longer_than_needed(void **state)
{
    static const char *const alphabet[] = {"0123456789012345678901234~", "0123456789", "01Aa",
                                           "0123456789-/$ABCDEFXYZabcxyz"};
    char text[BARCODE_LINEAR_TEXT_MAX + 1];

    (void)state;
    for (unsigned n = 1; n <= 14; n++) { /* every pattern of digits and letters */
        for (unsigned pattern = 0; pattern < 1u << n; pattern++) {
            for (unsigned i = 0; i < n; i++)
                text[i] = pattern >> i & 1 ? '7' : 'x';
            text[n] = '\0';
            check_code128_length(text);
        }
    }
    for (int i = 0; i < 100000; i++) {
        random_text(text, 1 + random_below(BARCODE_LINEAR_TEXT_MAX), alphabet[i % 4]);
        check_code128_length(text);
    }
}

/* The first 16 hexadecimal digits of SHA-256 over rows of 0 and 1, joined by newlines. */
static void
hash_rows(const struct barcode_symbol *symbol, char hex[17])
{
    char text[BARCODE_QR_SIZE_MAX * (BARCODE_QR_SIZE_MAX + 1)];
    unsigned char digest[32];
    size_t n = 0;

    for (unsigned y = 0; y < symbol->height; y++) {
        for (unsigned x = 0; x < symbol->width; x++)
            text[n++] = symbol->row[y] >> x & 1 ? '1' : '0';
        text[n++] = '\n';
    }
    assert_int_equal(EVP_Digest(text, n - 1, digest, NULL, EVP_sha256(), NULL), 1);
    for (int i = 0; i < 8; i++)
        snprintf(hex + 2 * i, 3, "%02x", digest[i]);
}

static void
qr_draws_the_vectors(void **state)
{
    static const struct {
        const char *text;
        int level;
        unsigned width;
        const char *sha256;
    } row[] = {
        {"2123456789010", LEVEL_M, 21, "e597633309844496"},
        {"2000000000015", LEVEL_Q, 21, "4c6fe15761db6c9c"},
        {"M1-20001", LEVEL_M, 21, "99212c32f7472e22"},
        {"M1.7K3F9Q2X.48215360.83920417", LEVEL_M, 25, "98b352225066d144"},
        {"https://liff.line.me/1234567890-AbcdEfgh?c=7K3F9Q2X", LEVEL_M, 33, "ebb2412a43b28926"},
    };
    char hex[17];

    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        struct barcode_symbol symbol = encode(BARCODE_QR, row[i].text);

        assert_string_equal(symbol.text, row[i].text);
        assert_string_equal(symbol.human, "");
        assert_int_equal(symbol.width, row[i].width); /* a higher level must not cost a version */
        assert_int_equal(symbol.quiet, 4);
        assert_int_equal(barcode_encode_qr_at(&symbol, 1, row[i].level, NULL), BARCODE_OK);
        assert_int_equal(symbol.width, row[i].width);
        hash_rows(&symbol, hex);
        assert_string_equal(hex, row[i].sha256);
    }
}

/* As the symbol tells its reader, left in row 8. Source: ISO/IEC 18004:2015, 7.9 (table 12). */
static int
level_told(const struct barcode_symbol *symbol)
{
    static const int level[] = {LEVEL_M, LEVEL_M - 1, LEVEL_H, LEVEL_Q};
    uint64_t row = symbol->row[8] ^ 1; /* the mask 10... */

    return level[(row & 1) << 1 | (row >> 1 & 1)];
}

static void
check_qr_is_best(const char *text)
{
    struct barcode_symbol got = encode(BARCODE_QR, text);
    struct barcode_symbol trial = got;
    int best = LEVEL_M;

    assert_int_equal(barcode_encode_qr_at(&trial, 1, LEVEL_M, NULL), BARCODE_OK);
    assert_int_equal(got.width, trial.width);
    assert_int_equal(got.height, trial.width);
    for (int level = LEVEL_Q; level <= LEVEL_H; level++)
        if (barcode_encode_qr_at(&trial, 1, level, NULL) == BARCODE_OK && trial.width == got.width)
            best = level;
    assert_int_equal(level_told(&got), best);
}

static void
qr_takes_the_highest_level_of_the_smallest_version(void **state)
{
    static const char *const alphabet[] = {"0123456789", "0123456789ABCDEFGHJKMNPQRSTVWXYZ.-",
                                           "abcdefghij://.?=", "0123456789012345678901234567x"};
    char text[BARCODE_TEXT_MAX + 1];

    (void)state;
    for (size_t n = 1; n <= BARCODE_TEXT_MAX; n++) {
        random_text(text, n, "0123456789");
        check_qr_is_best(text);
    }
    for (int i = 0; i < 1000; i++) {
        random_text(text, 1 + random_below(BARCODE_TEXT_MAX), alphabet[random_below(4)]);
        check_qr_is_best(text);
    }
}

static void
what_breaks_a_rule_is_refused_with_rule_and_place(void **state)
{
    static char too_long[BARCODE_TEXT_MAX + 1];
    static const struct {
        enum barcode_type type;
        const char *text;
        size_t n;
        enum barcode_error error;
        size_t at;
        const char *sentence;
    } row[] = {
        {BARCODE_EAN13, "2000000000014", 13, BARCODE_BAD_CHECK, 12,
         "M10W31 needs check digit 5, character 13 is something else."},
        {BARCODE_EAN13, "20000000000", 11, BARCODE_TOO_SHORT, 11,
         "EAN-13 needs at least 12 characters, this text ends after 11."},
        {BARCODE_EAN13, "20000000000155", 14, BARCODE_TOO_LONG, 13,
         "EAN-13 takes at most 13 characters, this text has 14."},
        {BARCODE_EAN13, "20000000O0015", 13, BARCODE_BAD_CHARACTER, 8,
         "EAN-13 takes digits only, character 9 is something else."},
        {BARCODE_EAN13, "", 0, BARCODE_EMPTY, 0, "EAN-13 needs a text, this one is empty."},
        {BARCODE_CODE128, "caf\xc3\xa9", 5, BARCODE_BAD_CHARACTER, 3,
         "Code 128 takes printable ASCII only, character 4 is something else."},
        {BARCODE_CODE128, "\x7f", 1, BARCODE_BAD_CHARACTER, 0,
         "Code 128 takes printable ASCII only, character 1 is something else."},
        {BARCODE_CODE128, "a\0b", 3, BARCODE_BAD_CHARACTER, 1,
         "Code 128 takes printable ASCII only, character 2 is something else."},
        {BARCODE_CODE128, "abcdefghijklmno", 15, BARCODE_TOO_LONG, 14,
         "Code 128 is too wide for a phone from character 15 on."},
        {BARCODE_CODE128, "12345678901234567890123456789", 29, BARCODE_TOO_LONG, 28,
         "Code 128 takes at most 28 characters, this text has 29."},
        {BARCODE_CODE128, "", 0, BARCODE_EMPTY, 0, "Code 128 needs a text, this one is empty."},
        {BARCODE_EAN8, "20123450", 8, BARCODE_BAD_CHECK, 7,
         "M10W31 needs check digit 1, character 8 is something else."},
        {BARCODE_EAN8, "201234", 6, BARCODE_TOO_SHORT, 6,
         "EAN-8 needs at least 7 characters, this text ends after 6."},
        {BARCODE_EAN8, "201234512", 9, BARCODE_TOO_LONG, 8,
         "EAN-8 takes at most 8 characters, this text has 9."},
        {BARCODE_EAN8, "2O12345", 7, BARCODE_BAD_CHARACTER, 1,
         "EAN-8 takes digits only, character 2 is something else."},
        {BARCODE_EAN8, "", 0, BARCODE_EMPTY, 0, "EAN-8 needs a text, this one is empty."},
        {BARCODE_NW7, "1234", 4, BARCODE_BAD_CHARACTER, 0,
         "NW-7 starts with A, B, C or D, character 1 is something else."},
        {BARCODE_NW7, "A1234", 5, BARCODE_BAD_CHARACTER, 4,
         "NW-7 stops with A, B, C or D, character 5 is something else."},
        {BARCODE_NW7, "A12A4A", 6, BARCODE_BAD_CHARACTER, 3,
         "NW-7 has A, B, C and D at its ends only, character 4 is one of them."},
        {BARCODE_NW7, "a1234a", 6, BARCODE_BAD_CHARACTER, 0,
         "NW-7 takes 0-9 - $ : / . + and A-D only, character 1 is something else."},
        {BARCODE_NW7, "A12*4A", 6, BARCODE_BAD_CHARACTER, 3,
         "NW-7 takes 0-9 - $ : / . + and A-D only, character 4 is something else."},
        {BARCODE_NW7, "AA", 2, BARCODE_TOO_SHORT, 2,
         "NW-7 needs at least 3 characters, this text ends after 2."},
        {BARCODE_NW7, "A1234567890123456A", 18, BARCODE_TOO_LONG, 16,
         "NW-7 is too wide for a phone from character 17 on."},
        {BARCODE_NW7, "A123456789012345678A", 20, BARCODE_TOO_LONG, 19,
         "NW-7 takes at most 19 characters, this text has 20."},
        {BARCODE_NW7, "", 0, BARCODE_EMPTY, 0, "NW-7 needs a text, this one is empty."},
        {BARCODE_CODE39, "abc", 3, BARCODE_BAD_CHARACTER, 0,
         "Code 39 takes 0-9 A-Z - . $ / + % and space only, character 1 is something else."},
        {BARCODE_CODE39, "*AB*", 4, BARCODE_BAD_CHARACTER, 0,
         "Code 39 takes 0-9 A-Z - . $ / + % and space only, character 1 is something else."},
        {BARCODE_CODE39, "ABCDEFGHIJKL", 12, BARCODE_TOO_LONG, 11,
         "Code 39 is too wide for a phone from character 12 on."},
        {BARCODE_CODE39, "ABCDEFGHIJKLM", 13, BARCODE_TOO_LONG, 12,
         "Code 39 takes at most 12 characters, this text has 13."},
        {BARCODE_CODE39, "", 0, BARCODE_EMPTY, 0, "Code 39 needs a text, this one is empty."},
        {BARCODE_ITF, "1234567", 7, BARCODE_ODD_LENGTH, 7,
         "ITF draws digits in pairs, here are 7."},
        {BARCODE_ITF, "12345678901234567890123456", 26, BARCODE_TOO_LONG, 22,
         "ITF is too wide for a phone from character 23 on."},
        {BARCODE_ITF, "1234567890123456789012345678", 28, BARCODE_TOO_LONG, 26,
         "ITF takes at most 26 characters, this text has 28."},
        {BARCODE_ITF, "12 4", 4, BARCODE_BAD_CHARACTER, 2,
         "ITF takes digits only, character 3 is something else."},
        {BARCODE_ITF, "", 0, BARCODE_EMPTY, 0, "ITF needs a text, this one is empty."},
        {BARCODE_QR, "line\n", 5, BARCODE_BAD_CHARACTER, 4,
         "QR takes printable ASCII only, character 5 is something else."},
        {BARCODE_QR, too_long, sizeof too_long, BARCODE_TOO_LONG, BARCODE_TEXT_MAX,
         "QR takes at most 213 characters, this text has 214."},
        {BARCODE_QR, "", 0, BARCODE_EMPTY, 0, "QR needs a text, this one is empty."},
    };

    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        struct barcode_symbol symbol;
        struct barcode_refusal why;

        assert_int_equal(barcode_encode(row[i].type, row[i].text, row[i].n, NULL, &symbol, &why),
                         row[i].error);
        assert_string_equal(why.text, row[i].sentence);
        assert_int_equal(why.at, row[i].at);
        assert_int_equal(barcode_encode(row[i].type, row[i].text, row[i].n, NULL, &symbol, NULL),
                         row[i].error);
    }
}

static void
what_the_options_break_is_refused_too(void **state)
{
    static const struct {
        enum barcode_type type;
        const char *text;
        struct barcode_options options;
        enum barcode_error error;
        size_t at;
        const char *sentence;
    } row[] = {
        {BARCODE_EAN13,
         "212345678901",
         {.check = BARCODE_CHECK_M10W31},
         BARCODE_BAD_OPTION,
         0,
         "EAN-13 cannot have the check digit m10w31."},
        {BARCODE_CODE39,
         "123",
         {.check = BARCODE_CHECK_MOD16},
         BARCODE_BAD_OPTION,
         0,
         "Code 39 cannot have the check digit mod16."},
        {BARCODE_NW7,
         "A123A",
         {.check = BARCODE_CHECK_MOD43},
         BARCODE_BAD_OPTION,
         0,
         "NW-7 cannot have the check digit mod43."},
        {BARCODE_NW7,
         "A12-4A",
         {.check = BARCODE_CHECK_7DR},
         BARCODE_BAD_CHARACTER,
         3,
         "7DR counts digits only, character 4 is something else."},
        {BARCODE_NW7,
         "A1A",
         {.check = BARCODE_CHECK_7DR, .check_given = true},
         BARCODE_TOO_SHORT,
         3,
         "7DR needs a number, this text ends after 3 characters."},
        {BARCODE_NW7,
         "A37859-B",
         {.check = BARCODE_CHECK_MOD16, .check_given = true},
         BARCODE_BAD_CHECK,
         6,
         "Modulus 16 needs check digit +, character 7 is something else."},
        {BARCODE_NW7,
         "A6A",
         {.check = BARCODE_CHECK_M11W2_7_TO_9},
         BARCODE_BAD_CHECK,
         2,
         "M11W2-7 gives this number no check digit: it would be 10."},
        {BARCODE_NW7,
         "A12345678901234567A",
         {.ratio = BARCODE_RATIO_2, .check = BARCODE_CHECK_7DR},
         BARCODE_TOO_LONG,
         18,
         "NW-7 takes at most 18 characters before the check digit, this text has 19."},
        {BARCODE_NW7,
         "A12345678901234A",
         {.ratio = BARCODE_RATIO_3},
         BARCODE_TOO_LONG,
         14,
         "NW-7 is too wide for a phone from character 15 on."},
        {BARCODE_CODE39,
         "ABCDEFGHIJ",
         {.ratio = BARCODE_RATIO_3, .check = BARCODE_CHECK_MOD43},
         BARCODE_TOO_LONG,
         10,
         "Code 39 is too wide for a phone from character 11 on."},
        {BARCODE_CODE39,
         "ABC1",
         {.check = BARCODE_CHECK_M10W31},
         BARCODE_BAD_CHARACTER,
         0,
         "M10W31 counts digits only, character 1 is something else."},
        {BARCODE_CODE39,
         "ABC-1234F",
         {.check = BARCODE_CHECK_MOD43, .check_given = true},
         BARCODE_BAD_CHECK,
         8,
         "Modulus 43 needs check digit -, character 9 is something else."},
        {BARCODE_ITF,
         "12",
         {.check = BARCODE_CHECK_M10W31},
         BARCODE_ODD_LENGTH,
         2,
         "ITF draws digits in pairs, here are 3 with the check digit."},
        {BARCODE_CODE128,
         "1234567890123456789012345678",
         {.check = BARCODE_CHECK_M10W31},
         BARCODE_TOO_LONG,
         27,
         "Code 128 takes at most 27 characters before the check digit, this text has 28."},
        {BARCODE_CODE128,
         "LS-1",
         {.check = BARCODE_CHECK_M10W31},
         BARCODE_BAD_CHARACTER,
         0,
         "M10W31 counts digits only, character 1 is something else."},
    };

    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        struct barcode_symbol symbol;
        struct barcode_refusal why;

        assert_int_equal(barcode_encode(row[i].type, row[i].text, strlen(row[i].text),
                                        &row[i].options, &symbol, &why),
                         row[i].error);
        assert_string_equal(why.text, row[i].sentence);
        assert_int_equal(why.at, row[i].at);
    }
}

/* The widest that fits and the first that does not, at each ratio. */
static void
the_screen_is_filled_to_its_last_module(void **state)
{
    static const struct {
        enum barcode_type type;
        enum barcode_ratio ratio;
        const char *fits, *too_wide;
    } row[] = {
        {BARCODE_NW7, BARCODE_RATIO_2, "A123456789012345::A", "A12345678901234:::A"},
        {BARCODE_NW7, BARCODE_RATIO_2_5, "A123456789012345A", "A1234567890123456A"},
        {BARCODE_NW7, BARCODE_RATIO_3, "A1234567890123A", "A12345678901234A"},
        {BARCODE_CODE39, BARCODE_RATIO_2, "ABCDEFGHIJKL", "ABCDEFGHIJKLM"},
        {BARCODE_CODE39, BARCODE_RATIO_2_5, "ABCDEFGHIJK", "ABCDEFGHIJKL"},
        {BARCODE_CODE39, BARCODE_RATIO_3, "ABCDEFGHIJ", "ABCDEFGHIJK"},
        {BARCODE_ITF, BARCODE_RATIO_2, "12345678901234567890123456",
         "1234567890123456789012345678"},
        {BARCODE_ITF, BARCODE_RATIO_2_5, "1234567890123456789012", "123456789012345678901234"},
        {BARCODE_ITF, BARCODE_RATIO_3, "12345678901234567890", "1234567890123456789012"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        struct barcode_options options = {.ratio = row[i].ratio};
        struct barcode_symbol symbol;
        unsigned width;

        assert_int_equal(
            barcode_encode(row[i].type, row[i].fits, strlen(row[i].fits), &options, &symbol, NULL),
            BARCODE_OK);
        width = symbol.width + 2 * symbol.quiet;
        assert_true(width <= BARCODE_LINEAR_MODULES_MAX * symbol.units);
        assert_int_equal(barcode_encode(row[i].type, row[i].too_wide, strlen(row[i].too_wide),
                                        &options, &symbol, NULL),
                         BARCODE_TOO_LONG);
    }
}

static void
a_check_that_is_given_needs_no_more_room(void **state)
{
    struct barcode_options options = {.check = BARCODE_CHECK_M10W31};
    struct barcode_symbol added;
    struct barcode_symbol given;

    (void)state;
    assert_int_equal(
        barcode_encode(BARCODE_CODE128, "123456789012345678901234567", 27, &options, &added, NULL),
        BARCODE_OK);
    options.check_given = true;
    assert_int_equal(barcode_encode(BARCODE_CODE128, added.text, BARCODE_LINEAR_TEXT_MAX, &options,
                                    &given, NULL),
                     BARCODE_OK);
    assert_string_equal(given.text, added.text);
    assert_int_equal(given.run_count, added.run_count);
    assert_memory_equal(given.run, added.run, added.run_count);
}

static void
qr_refuses_what_is_too_dense_for_a_phone(void **state)
{
    struct barcode_symbol symbol;
    struct barcode_refusal why;

    (void)state;
    memset(symbol.text, 'x', BARCODE_TEXT_MAX);
    symbol.text[BARCODE_TEXT_MAX] = '\0';
    assert_int_equal(barcode_encode_qr_at(&symbol, 1, LEVEL_H, &why), BARCODE_TOO_LONG);
    assert_int_equal(why.at, BARCODE_TEXT_MAX - 1);
}

static void
names_lead_back_to_types_and_ratios(void **state)
{
    enum barcode_type type;
    enum barcode_ratio ratio;

    (void)state;
    for (unsigned i = 0; i < BARCODE_TYPES; i++) {
        assert_true(barcode_type_by_name(barcode_type_name((enum barcode_type)i), &type));
        assert_int_equal(type, i);
    }
    assert_true(barcode_type_by_name("code128", &type));
    assert_int_equal(type, BARCODE_CODE128);
    assert_false(barcode_type_by_name("EAN13", &type));
    assert_false(barcode_type_by_name("", &type));
    for (unsigned i = BARCODE_RATIO_2_5; i <= BARCODE_RATIO_3; i++) {
        assert_true(barcode_ratio_by_name(barcode_ratio_name((enum barcode_ratio)i), &ratio));
        assert_int_equal(ratio, i);
    }
    assert_true(barcode_ratio_by_name("2.5", &ratio));
    assert_int_equal(ratio, BARCODE_RATIO_2_5);
    assert_false(barcode_ratio_by_name("2.50", &ratio));
}

/* A pen that knows just the commands we draw with: M x y, m dx 0, then v, h, and v or V. */
static void
paint_path(const char *d, unsigned char canvas[80][240])
{
    unsigned x = 0;
    unsigned y = 0;
    char *end;

    while (*d != '"') {
        assert_true(*d == 'M' || *d == 'm');
        x = (unsigned)strtoul(d + 1, &end, 10) + (*d == 'm' ? x : 0);
        y = (unsigned)strtoul(end, &end, 10) + (*d == 'm' ? y : 0);
        assert_int_equal(*end, 'v');
        unsigned down = (unsigned)strtoul(end + 1, &end, 10);
        assert_int_equal(*end, 'h');
        unsigned across = (unsigned)strtoul(end + 1, &end, 10);
        assert_true(*end == 'v' || *end == 'V');
        int up = (int)strtol(end + 1, (char **)&d, 10);
        assert_int_equal(*end == 'v' ? (int)(y + down) + up : up, y);
        assert_true(y + down <= 80 && x + across <= 240);
        for (unsigned i = 0; i < down; i++)
            memset(canvas[y + i] + x, 1, across);
        x += across;
    }
}

static bool
module_is_dark(const struct barcode_symbol *symbol, unsigned x, unsigned y)
{
    if (symbol->height > 1)
        return symbol->row[y] >> x & 1;
    for (unsigned i = 0;; i++) {
        if (x < symbol->run[i])
            return i % 2 == 0;
        x -= symbol->run[i];
    }
}

static void
check_picture(enum barcode_type type, const char *text)
{
    static unsigned char canvas[80][240];
    static char svg[32 * 1024];
    struct barcode_symbol symbol = encode(type, text);
    struct barcode_svg_options options = {.id_prefix = "code"};
    unsigned rows = symbol.height > 1 ? symbol.height + 2 * symbol.quiet : 60;
    unsigned columns = symbol.width + 2 * symbol.quiet;
    unsigned top = symbol.height > 1 ? symbol.quiet : 0;
    const char *path;

    memset(canvas, 0, sizeof canvas);
    assert_true(barcode_svg(&symbol, &options, svg, sizeof svg) < sizeof svg);
    path = strstr(svg, " d=\"");
    assert_non_null(path);
    paint_path(path + 4, canvas);
    for (unsigned y = 0; y < 80; y++) {
        for (unsigned x = 0; x < 240; x++) {
            unsigned column = x - symbol.quiet;
            unsigned row = symbol.height > 1 ? y - top : 0;
            bool inside = y < rows && x < columns && column < symbol.width && row < symbol.height;

            assert_int_equal(canvas[y][x], inside && module_is_dark(&symbol, column, row));
        }
    }
}

static void
svg_paints_the_modules_and_nothing_else(void **state)
{
    char text[BARCODE_TEXT_MAX + 1];

    (void)state;
    for (int i = 0; i < 40; i++) {
        random_text(text, 12, "0123456789");
        check_picture(BARCODE_EAN13, text);
        random_text(text, 1 + random_below(14), "0123456789ABCxyz<&>\"' ~");
        check_picture(BARCODE_CODE128, text);
        random_text(text, 1 + random_below(BARCODE_TEXT_MAX), "0123456789ABCxyz<&>\"' ~");
        check_picture(BARCODE_QR, text);
    }
}

static void
check_golden(const char *name, const char *svg)
{
    char path[64];
    char want[8192];
    FILE *file;
    size_t n;

    snprintf(path, sizeof path, "tests/golden/%s", name);
    if (getenv("GOLDEN") != NULL) {
        file = fopen(path, "w");
        assert_non_null(file);
        assert_true(fprintf(file, "%s\n", svg) > 0);
        assert_int_equal(fclose(file), 0);
    }
    file = fopen(path, "r");
    assert_non_null(file);
    n = fread(want, 1, sizeof want - 1, file);
    fclose(file);
    want[n > 0 ? n - 1 : 0] = '\0'; /* the file ends in a newline, the picture does not */
    assert_string_equal(svg, want);
}

static void
svg_is_as_approved(void **state)
{
    static const struct {
        enum barcode_type type;
        const char *text;
        struct barcode_svg_options options;
        const char *golden;
    } row[] = {
        {BARCODE_EAN13,
         "2123456789010",
         {.id_prefix = "jan",
          .class_name = "code code-linear",
          .title = "Member barcode, number 2 123456 789010"},
         "barcode_ean13.svg"},
        {BARCODE_CODE128,
         "7112345678901234567890",
         {.id_prefix = "number",
          .class_name = "code code-linear",
          .title = "\xe4\xbc\x9a\xe5\x93\xa1\xe3\x82\xb3\xe3\x83\xbc\xe3\x83"
                   "\x89"},
         "barcode_code128.svg"},
        {BARCODE_QR,
         "7112345678901234567890",
         {.id_prefix = "qr", .class_name = "code"},
         "barcode_qr.svg"},
    };
    char svg[8192];

    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        struct barcode_symbol symbol = encode(row[i].type, row[i].text);

        assert_true(barcode_svg(&symbol, &row[i].options, svg, sizeof svg) < sizeof svg);
        check_golden(row[i].golden, svg);
    }
}

static void
svg_escapes_what_the_caller_gives(void **state)
{
    struct barcode_symbol symbol = encode(BARCODE_EAN13, "212345678901");
    struct barcode_svg_options options = {
        .id_prefix = "a\"b", .class_name = "c'<d>", .title = "</title><script>&\x01\x7f"};
    char svg[2048];

    (void)state;
    assert_true(barcode_svg(&symbol, &options, svg, sizeof svg) < sizeof svg);
    assert_non_null(strstr(svg, " class=\"c&#39;&lt;d&gt;\""));
    assert_non_null(strstr(svg, " aria-labelledby=\"a&quot;b-title\""));
    assert_non_null(strstr(svg, "<title id=\"a&quot;b-title\">"
                                "&lt;/title&gt;&lt;script&gt;&amp;  </title>"));
    assert_null(strstr(svg, "style="));
    assert_null(strstr(svg, "shape-rendering"));
}

static void
svg_without_options_names_the_number(void **state)
{
    struct barcode_symbol symbol = encode(BARCODE_EAN13, "212345678901");
    struct barcode_svg_options options = {.id_prefix = "code"};
    char svg[2048];

    (void)state;
    barcode_svg(&symbol, &options, svg, sizeof svg);
    assert_null(strstr(svg, "class="));
    assert_non_null(strstr(svg, ">2123456789010</title>"));
}

static void
svg_writes_all_or_nothing_and_says_what_it_needs(void **state)
{
    static const char *const text[BARCODE_TYPES] = {
        "212345678901", "LS-000123-7", "M1-20001", "2012345", "A123456A", "M 001", "00012345"};
    struct barcode_svg_options options = {.id_prefix = "code"};

    (void)state;
    for (unsigned type = 0; type < BARCODE_TYPES; type++) {
        struct barcode_symbol symbol = encode((enum barcode_type)type, text[type]);
        size_t need = barcode_svg(&symbol, &options, NULL, 0);

        for (size_t cap = 1; cap <= need + 2; cap++) {
            char *svg = malloc(cap); /* exactly as long as said, so that ASan sees one byte more */

            assert_non_null(svg);
            assert_int_equal(barcode_svg(&symbol, &options, svg, cap), need);
            assert_int_equal(strlen(svg), cap > need ? need : 0);
            free(svg);
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_human_line_is_as_asked_for),
        cmocka_unit_test(quiet_zones_are_wide_enough_for_a_dark_surround),
        cmocka_unit_test(ean13_knows_in_store_prefixes),
        cmocka_unit_test(ean13_refuses_every_other_check_digit),
        cmocka_unit_test(code128_is_never_longer_than_needed),
        cmocka_unit_test(qr_draws_the_vectors),
        cmocka_unit_test(qr_takes_the_highest_level_of_the_smallest_version),
        cmocka_unit_test(what_breaks_a_rule_is_refused_with_rule_and_place),
        cmocka_unit_test(what_the_options_break_is_refused_too),
        cmocka_unit_test(the_screen_is_filled_to_its_last_module),
        cmocka_unit_test(a_check_that_is_given_needs_no_more_room),
        cmocka_unit_test(qr_refuses_what_is_too_dense_for_a_phone),
        cmocka_unit_test(names_lead_back_to_types_and_ratios),
        cmocka_unit_test(svg_paints_the_modules_and_nothing_else),
        cmocka_unit_test(svg_is_as_approved),
        cmocka_unit_test(svg_escapes_what_the_caller_gives),
        cmocka_unit_test(svg_without_options_names_the_number),
        cmocka_unit_test(svg_writes_all_or_nothing_and_says_what_it_needs),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
