/*
 * The published vectors of tests/support/barcode_vectors.tsv, run by run, and the code words of
 * Code 128. Run from the root of the tree. That readers read them is test_barcode_readers.sh.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "barcode/barcode.h"

enum { TYPE, RATIO, CHECK, INPUT, DATA, MODULES, RUNS, ZINT, ZBAR, ZXING, WORDS, COLUMNS };

/* The runs of Code 128's words 0 to 106; the stop has a seventh. */
static const char word_runs[] =
    "212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 "
    "112232 122132 122231 113222 123122 123221 223211 221132 221231 213212 223112 312131 "
    "311222 321122 321221 312212 322112 322211 212123 212321 232121 111323 131123 131321 "
    "112313 132113 132311 211313 231113 231311 112133 112331 132131 113123 113321 133121 "
    "313121 211331 231131 213113 213311 213131 311123 311321 331121 312113 312311 332111 "
    "314111 221411 431111 111224 111422 121124 121421 141122 141221 112214 112412 122114 "
    "122411 142112 142211 241211 221114 413111 241112 134111 111242 121142 121241 114212 "
    "124112 124211 411212 421112 421211 212141 214121 412121 111143 111341 131141 114113 "
    "114311 411113 411311 113141 114131 311141 411131 211412 211214 211232 233111";

static struct barcode_symbol
encode(char *const *field)
{
    enum barcode_type type;
    struct barcode_options options = {0};
    struct barcode_symbol symbol;
    struct barcode_refusal why;

    assert_true(barcode_type_by_name(field[TYPE], &type));
    assert_true(barcode_ratio_by_name(field[RATIO], &options.ratio));
    assert_true(barcode_check_by_name(field[CHECK], &options.check));
    if (barcode_encode(type, field[INPUT], strlen(field[INPUT]), &options, &symbol, &why))
        fail_msg("%s %s: %s", field[TYPE], field[INPUT], why.text);
    return symbol;
}

static void
check_words(const char *runs, const char *want)
{
    char got[256] = "";
    char *to = got;

    for (; strlen(runs) > 1; runs += 6) {
        char word[7] = {0};
        const char *found;

        memcpy(word, runs, 6);
        found = strstr(word_runs, word);
        assert_non_null(found);
        to += sprintf(to, to == got ? "%td" : " %td", (found - word_runs) / 7);
    }
    assert_string_equal(got, want);
}

static void
check_vector(char *const *field)
{
    struct barcode_symbol symbol = encode(field);
    char runs[BARCODE_LINEAR_RUNS_MAX + 1] = {0};
    unsigned modules = 0;

    for (unsigned i = 0; i < symbol.run_count; i++) {
        runs[i] = (char)('0' + symbol.run[i]);
        modules += symbol.run[i];
    }
    assert_string_equal(runs, field[RUNS]);
    assert_string_equal(symbol.text, field[DATA]);
    assert_int_equal(symbol.width, strtoul(field[MODULES], NULL, 10));
    assert_int_equal(symbol.width, modules);
    assert_int_equal(symbol.units, 1);
    assert_int_equal(symbol.height, 1);
    if (strcmp(field[WORDS], "-") != 0)
        check_words(runs, field[WORDS]);
}

static void
every_vector_is_drawn_as_published(void **state)
{
    FILE *file = fopen("tests/support/barcode_vectors.tsv", "r");
    char line[512];
    int rows = 0;

    (void)state;
    assert_non_null(file);
    while (fgets(line, sizeof line, file) != NULL) {
        char *rest = line;
        char *field[COLUMNS];

        if (line[0] == '#')
            continue;
        line[strcspn(line, "\n")] = '\0';
        for (int i = 0; i < COLUMNS; i++)
            assert_non_null(field[i] = strsep(&rest, "\t"));
        check_vector(field);
        rows++;
    }
    fclose(file);
    assert_int_equal(rows, 45);
}

/* Twice the runs, but for the wide ones: 2.5 times. Zint knows no such ratio, readers do. */
static void
the_ratio_between_is_drawn_in_half_modules(void **state)
{
    static const struct {
        enum barcode_type type;
        const char *text;
        unsigned width;
    } row[] = {
        {BARCODE_NW7, "A123456A", 180},
        {BARCODE_CODE39, "0000012345", 346},
        {BARCODE_ITF, "00012345", 145},
    };

    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        struct barcode_options two = {.ratio = BARCODE_RATIO_2};
        struct barcode_symbol want;
        struct barcode_symbol got;

        assert_int_equal(
            barcode_encode(row[i].type, row[i].text, strlen(row[i].text), &two, &want, NULL),
            BARCODE_OK);
        assert_int_equal(
            barcode_encode(row[i].type, row[i].text, strlen(row[i].text), NULL, &got, NULL),
            BARCODE_OK);
        assert_int_equal(got.units, 2);
        assert_int_equal(got.quiet, 2 * want.quiet);
        assert_int_equal(got.run_count, want.run_count);
        for (unsigned j = 0; j < want.run_count; j++)
            assert_int_equal(got.run[j], want.run[j] == 1 ? 2 : 5);
        assert_int_equal(got.width, row[i].width);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_vector_is_drawn_as_published),
        cmocka_unit_test(the_ratio_between_is_drawn_in_half_modules),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
