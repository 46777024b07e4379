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

enum { LEVEL_L, LEVEL_M, LEVEL_Q, LEVEL_H };

static uint32_t random_state = 20260401;

static unsigned
random_below(unsigned limit)
{
    random_state ^= random_state << 13; /* xorshift: the same inputs on every run */
    random_state ^= random_state >> 17;
    random_state ^= random_state << 5;
    return random_state % limit;
}

static void
random_text(char *text, size_t n, const char *alphabet)
{
    size_t letters = strlen(alphabet);

    for (size_t i = 0; i < n; i++)
        text[i] = alphabet[random_below((unsigned)letters)];
    text[n] = '\0';
}

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
check_runs(const struct barcode_symbol *symbol, const char *want, unsigned width)
{
    char got[BARCODE_LINEAR_RUNS_MAX + 1] = {0};
    unsigned modules = 0;

    for (unsigned i = 0; i < symbol->run_count; i++) {
        got[i] = (char)('0' + symbol->run[i]);
        modules += symbol->run[i];
    }
    assert_string_equal(got, want);
    assert_int_equal(modules, width);
    assert_int_equal(symbol->width, width);
    assert_int_equal(symbol->height, 1);
}

static void
ean13_draws_the_vectors(void **state)
{
    static const struct {
        const char *digits, *runs, *human;
    } row[] = {
        {"2000000000015", "11132113211112311233211112311111321132113211321122211231111",
         "2 000000 000015"},
        {"2123456789010", "11122212122114123111231411111111131212133112321122213211111",
         "2 123456 789010"},
        {"2999999999991", "11131123112211321133112211311111311231123112311231122221111",
         "2 999999 999991"},
        {"2010000000175", "11132112221112311233211112311111321132113211222113121231111",
         "2 010000 000175"},
        {"0212345678909", "11121222221212214111132123111111111413121213311232113112111",
         "0 212345 678909"},
        {"0412345678903", "11111322221212214111132123111111111413121213311232111411111",
         "0 412345 678903"},
        {"4901234567894", "11131121123222121221141231111111123111141312121331121132111",
         "4 901234 567894"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        for (size_t n = 12; n <= 13; n++) {
            struct barcode_symbol symbol;

            assert_int_equal(barcode_encode(BARCODE_EAN13, row[i].digits, n, NULL, &symbol, NULL),
                             BARCODE_OK);
            check_runs(&symbol, row[i].runs, 95);
            assert_string_equal(symbol.text, row[i].digits);
            assert_string_equal(symbol.human, row[i].human);
            assert_int_equal(symbol.quiet, 11);
        }
    }
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

static void
code128_draws_the_vectors(void **state)
{
    static const struct {
        const char *text;
        unsigned width;
        const char *runs;
    } row[] = {
        {"00", 46, "2112322122222222212331112"},
        {"0000000001", 90, "2112322122222122222122222122222221221223122331112"},
        {"1234567890123456", 123,
         "2112321122321311233311212411122141211122321311233311212211322331112"},
        {"12345678901234567", 145,
         "2112321122321311233311212411122141211122321311233311211141313121311231222331112"},
        {"PT1234567X", 134,
         "2112143131212133111232211131413121311131231411221141313311211112422331112"},
        {"LS-000123-7", 145,
         "2112141321312131131221321131412122222221223121311141311221323121311121332331112"},
        {"abc123", 101, "2112141211241214211411221232212232112211322131312331112"},
        {"M1-20001", 112, "2112141131231232211221322232111131412122222221222412112331112"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        struct barcode_symbol symbol = encode(BARCODE_CODE128, row[i].text);

        check_runs(&symbol, row[i].runs, row[i].width);
        assert_string_equal(symbol.text, row[i].text);
        assert_string_equal(symbol.human, row[i].text);
        assert_int_equal(symbol.quiet, 10);
    }
}

/* The fewest data code words of sets B and C that can say the text, by trying every choice. */
static unsigned
code128_fewest_words(const char *text)
{
    enum { B, C, UNREACHABLE = 1000 };
    size_t n = strlen(text);
    unsigned rest[BARCODE_LINEAR_TEXT_MAX + 3][2];

    rest[n][B] = rest[n][C] = 0;
    rest[n + 1][C] = UNREACHABLE;
    for (size_t i = n; i-- > 0;) {
        bool pair = text[i] >= '0' && text[i] <= '9' && text[i + 1] >= '0' && text[i + 1] <= '9';
        unsigned b = 1 + rest[i + 1][B];
        unsigned c = pair ? 1 + rest[i + 2][C] : UNREACHABLE;

        rest[i][B] = b < 1 + c ? b : 1 + c;
        rest[i][C] = c < 1 + b ? c : 1 + b;
    }
    return rest[0][B] < rest[0][C] ? rest[0][B] : rest[0][C];
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
    for (int i = 0; i < 20000; i++) {
        random_text(text, 1 + random_below(BARCODE_LINEAR_TEXT_MAX), "0123456789012345678901234~");
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
        assert_int_equal(qr_encode_at(&symbol, 1, row[i].level, NULL), BARCODE_OK);
        assert_int_equal(symbol.width, row[i].width);
        hash_rows(&symbol, hex);
        assert_string_equal(hex, row[i].sha256);
    }
}

static void
check_qr_is_best(const char *text)
{
    struct barcode_symbol got = encode(BARCODE_QR, text);
    struct barcode_symbol want = got;
    struct barcode_symbol trial = got;

    assert_int_equal(qr_encode_at(&want, 1, LEVEL_M, NULL), BARCODE_OK);
    for (int level = LEVEL_Q; level <= LEVEL_H; level++)
        if (qr_encode_at(&trial, 1, level, NULL) == BARCODE_OK && trial.width == want.width)
            want = trial;
    assert_int_equal(got.width, want.width);
    assert_int_equal(got.height, want.width);
    assert_memory_equal(got.row, want.row, got.height * sizeof *got.row);
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
    for (int i = 0; i < 200; i++) {
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
qr_refuses_what_is_too_dense_for_a_phone(void **state)
{
    struct barcode_symbol symbol;
    struct barcode_refusal why;

    (void)state;
    memset(symbol.text, 'x', BARCODE_TEXT_MAX);
    symbol.text[BARCODE_TEXT_MAX] = '\0';
    assert_int_equal(qr_encode_at(&symbol, 1, LEVEL_H, &why), BARCODE_TOO_LONG);
    assert_int_equal(why.at, BARCODE_TEXT_MAX - 1);
}

static void
names_lead_back_to_types(void **state)
{
    enum barcode_type type;

    (void)state;
    for (unsigned i = 0; i < BARCODE_TYPES; i++) {
        assert_true(barcode_type_by_name(barcode_type_name((enum barcode_type)i), &type));
        assert_int_equal(type, i);
    }
    assert_true(barcode_type_by_name("code128", &type));
    assert_int_equal(type, BARCODE_CODE128);
    assert_false(barcode_type_by_name("EAN13", &type));
    assert_false(barcode_type_by_name("", &type));
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
         {"jan", "code code-linear", "Member barcode, number 2 123456 789010"},
         "barcode_ean13.svg"},
        {BARCODE_CODE128,
         "7112345678901234567890",
         {"number", "code code-linear",
          "\xe4\xbc\x9a\xe5\x93\xa1\xe3\x82\xb3\xe3\x83\xbc\xe3\x83"
          "\x89"},
         "barcode_code128.svg"},
        {BARCODE_QR, "7112345678901234567890", {"qr", "code", NULL}, "barcode_qr.svg"},
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
    struct barcode_svg_options options = {"a\"b", "c'<d>", "</title><script>&\x01\x7f"};
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
        cmocka_unit_test(ean13_draws_the_vectors),
        cmocka_unit_test(ean13_refuses_every_other_check_digit),
        cmocka_unit_test(code128_draws_the_vectors),
        cmocka_unit_test(code128_is_never_longer_than_needed),
        cmocka_unit_test(qr_draws_the_vectors),
        cmocka_unit_test(qr_takes_the_highest_level_of_the_smallest_version),
        cmocka_unit_test(what_breaks_a_rule_is_refused_with_rule_and_place),
        cmocka_unit_test(qr_refuses_what_is_too_dense_for_a_phone),
        cmocka_unit_test(names_lead_back_to_types),
        cmocka_unit_test(svg_paints_the_modules_and_nothing_else),
        cmocka_unit_test(svg_is_as_approved),
        cmocka_unit_test(svg_escapes_what_the_caller_gives),
        cmocka_unit_test(svg_without_options_names_the_number),
        cmocka_unit_test(svg_writes_all_or_nothing_and_says_what_it_needs),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
