/*
 * What scanners and keyboards do to a code, and what is made of it. The rows are in readings.json,
 * for the till's reading.ts has to give the same answers.
 */
#include "domain/reading.h"

#include "tests/support/check.h"

#include <jansson.h>
#include <string.h>

static const char *const kinds[] = {
    [READING_MEMBER] = "member",   [READING_VOUCHER] = "voucher",
    [READING_JAN] = "jan",         [READING_STATIC] = "static",
    [READING_GOODS] = "goods",     [READING_UNREADABLE] = "unreadable",
    [READING_UNKNOWN] = "unknown",
};

static struct str
text_of(const json_t *row, size_t i)
{
    const json_t *text = json_array_get(row, i);

    return (struct str){json_string_value(text), json_string_length(text)};
}

static void
check_row_of_table(const json_t *row)
{
    const json_t *candidates = json_array_get(row, 3);
    struct reading got;

    scan_normalise(text_of(row, 0), &got);
    CHECK_STR(text_of(row, 1), kinds[got.kind]);
    CHECK_STR(text_of(row, 2), got.plain);
    CHECK_INT(got.n_candidates, json_array_size(candidates));
    for (int i = 0; i < got.n_candidates; i++)
        CHECK_STR(text_of(candidates, (size_t)i), got.candidate[i]);
}

static void
every_row_of_the_table_is_read_so(void **state)
{
    json_error_t why;
    json_t *rows = json_load_file("tests/unit/readings.json", JSON_ALLOW_NUL, &why);
    size_t i;
    json_t *row;

    (void)state;
    CHECK_TEXT(why.text, "");
    CHECK_THAT(json_array_size(rows) > 100);
    json_array_foreach(rows, i, row) {
        CHECK_ROW(i);
        if (json_is_array(row)) /* the others are headings */
            check_row_of_table(row);
    }
    json_decref(rows);
}

static void
codes_of_ours_come_with_their_digits(void **state)
{
    static const struct {
        const char *text, *digits;
    } row[] = {
        {"]Q1 71 1234567890 70408296 39", "7112345678907040829639"},
        {"7299999999990309887508\r", "7299999999990309887508"},
        {"A2123456789010A", "2123456789010"},
        {"212345678901", "2123456789010"},
        {"02123456789010", "2123456789010"},
        {"4901234567894", ""},
        {"12345678", ""},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        struct reading got;

        CHECK_ROW(i);
        scan_normalise(str_of(row[i].text), &got);
        CHECK_TEXT(got.digits, row[i].digits);
        if (got.kind == READING_MEMBER)
            CHECK_INT(got.code.locator, 1234567890);
    }
}

static void
a_dropped_check_digit_may_have_been_a_product(void **state)
{
    static const struct {
        const char *text;
        bool want;
    } row[] = {
        {"212345678901", false},
        {"212345678909", true}, /* 9 is the check digit of the eleven before */
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        struct reading got;
        struct str front = {row[i].text, 11};

        CHECK_ROW(i);
        CHECK_INT(gs1_check_digit(front) == row[i].text[11], row[i].want);
        scan_normalise(str_of(row[i].text), &got);
        CHECK_INT(got.kind, READING_JAN);
        CHECK_INT(got.is_goods_else, row[i].want);
    }
}

/* JSON, and a page's script, hold only what is text. */
static void
bytes_that_are_no_text_are_no_code(void **state)
{
    static const struct str row[] = {
        STR_INIT("\xFF\xFE"), STR_INIT("\xEF\xBC"), /* a full-width digit cut short */
        STR_INIT("7112345678907040829639\x80"),
        STR_INIT("7112345678907040829639\xED\xA0\x80"), /* half of a surrogate pair */
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        struct reading got;

        CHECK_ROW(i);
        scan_normalise(row[i], &got);
        CHECK_INT(got.kind, READING_UNKNOWN);
        CHECK_TEXT(got.plain, "");
    }
}

static void
what_is_too_long_is_no_code(void **state)
{
    char text[5000];

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct reading got;

        CHECK_ROW(i);
        memset(text, "7 "[i], sizeof(text));
        scan_normalise((struct str){text, sizeof(text)}, &got);
        CHECK_INT(got.kind, READING_UNKNOWN);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_row_of_the_table_is_read_so),
        TEST(codes_of_ours_come_with_their_digits),
        TEST(a_dropped_check_digit_may_have_been_a_product),
        TEST(bytes_that_are_no_text_are_no_code),
        TEST(what_is_too_long_is_no_code),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
