/* Text that somebody else owns: comparing, cutting, numbers and their limits. */
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/str.h"
#include "tests/support/check.h"

static void
equality_is_of_bytes_and_length(void **state)
{
    static const struct {
        struct str a, b;
        bool same, same_nocase;
    } row[] = {
        {STR_INIT("Host"), STR_INIT("Host"), true, true},
        {STR_INIT("Host"), STR_INIT("hOST"), false, true},
        {STR_INIT("Host"), STR_INIT("Hos"), false, false},
        {STR_INIT("a\0b"), STR_INIT("a\0b"), true, true},
        {STR_INIT("a\0b"), STR_INIT("a\0c"), false, false},
        {STR_INIT("@"), STR_INIT("`"), false, false}, /* 0x20 apart, as letters are */
        {STR_INIT("["), STR_INIT("{"), false, false},
        {STR_INIT("\u00C4"), STR_INIT("\u00E4"), false, false}, /* no letters but ASCII */
        {STR_INIT(""), {NULL, 0}, true, true},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        CHECK_ROW(i);
        CHECK_INT(str_eq(row[i].a, row[i].b), row[i].same);
        CHECK_INT(str_eq_nocase(row[i].a, row[i].b), row[i].same_nocase);
    }
}

static void
cutting_consumes_the_mark_or_nothing(void **state)
{
    struct str in = STR("a=b=");
    struct str out = STR("untouched");

    (void)state;
    CHECK_THAT(!str_until(&in, ';', &out));
    CHECK_STR(in, "a=b=");
    CHECK_STR(out, "untouched");
    CHECK_THAT(str_until(&in, '=', &out));
    CHECK_STR(out, "a");
    CHECK_STR(in, "b=");
    CHECK_THAT(str_until(&in, '=', &out));
    CHECK_STR(out, "b");
    CHECK_STR(in, "");
    CHECK_THAT(!str_until(&in, '=', &out));

    in = STR("Bearer x");
    CHECK_THAT(!str_skip(&in, STR("bearer ")));
    CHECK_STR(in, "Bearer x");
    CHECK_THAT(str_skip(&in, STR("Bearer ")));
    CHECK_STR(in, "x");
    CHECK_THAT(!str_skip(&in, STR("xx")));
    CHECK_THAT(str_skip(&in, STR("")));
}

static void
a_word_has_its_place_among_others(void **state)
{
    static const char *const words[] = {"", "down", "nearest"};

    (void)state;
    CHECK_INT(str_index(STR("nearest"), words, 3), 2);
    CHECK_INT(str_index(STR("nearest"), words, 2), -1);
    CHECK_INT(str_index(STR("near"), words, 3), -1);
    CHECK_INT(str_index(STR(""), words, 3), 0);
}

static void
trimming_takes_spaces_and_tabs_only(void **state)
{
    (void)state;
    CHECK_STR(str_trim(STR(" \t a b\t ")), "a b");
    CHECK_STR(str_trim(STR("\r\na\n")), "\r\na\n");
    CHECK_STR(str_trim(STR(" \t ")), "");
    CHECK_STR(str_trim(STR("")), "");
}

static void
a_number_is_digits_up_to_its_limit(void **state)
{
    static const struct {
        const char *in;
        uint64_t max;
        bool want;
        uint64_t number;
        const char *rest;
    } row[] = {
        {"0", 0, true, 0, ""},
        {"1", 0, false, 0, "1"},
        {"007x", 7, true, 7, "x"},
        {"8", 7, false, 0, "8"},
        {"10", 9, false, 0, "10"},
        {"70", 69, false, 0, "70"},
        {"18446744073709551615", UINT64_MAX, true, UINT64_MAX, ""},
        {"18446744073709551616", UINT64_MAX, false, 0, "18446744073709551616"},
        {"99999999999999999999999", UINT64_MAX, false, 0, "99999999999999999999999"},
        {"", 9, false, 0, ""},
        {"+1", 9, false, 0, "+1"},
        {"-1", 9, false, 0, "-1"},
        {" 1", 9, false, 0, " 1"},
        {"\uFF11", 9, false, 0, "\uFF11"}, /* full-width 1 */
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        struct str in = str_of(row[i].in);
        uint64_t number = 0;

        CHECK_ROW(i);
        CHECK_INT(str_number(&in, &number, row[i].max), row[i].want);
        CHECK_INT(number, row[i].number);
        CHECK_STR(in, row[i].rest);
    }
}

static void
an_integer_is_the_whole_text_within_its_range(void **state)
{
    static const struct {
        const char *in;
        int64_t min, max;
        bool want;
        int64_t number;
    } row[] = {
        {"5", 1, 10, true, 5},
        {"-5", -10, -1, true, -5},
        {"0", 0, 0, true, 0},
        {"-0", 0, 0, true, 0},
        {"11", 1, 10, false, 0},
        {"-11", -10, 10, false, 0},
        {"5 ", 1, 10, false, 0},
        {"--5", -10, 10, false, 0},
        {"-", -10, 10, false, 0},
        {"", -10, 10, false, 0},
        {"5.0", 1, 10, false, 0},
        {"9223372036854775807", INT64_MIN, INT64_MAX, true, INT64_MAX},
        {"9223372036854775808", INT64_MIN, INT64_MAX, false, 0},
        {"-9223372036854775808", INT64_MIN, INT64_MAX, true, INT64_MIN},
        {"-9223372036854775809", INT64_MIN, INT64_MAX, false, 0},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        int64_t number = 0;

        CHECK_ROW(i);
        CHECK_INT(str_int(str_of(row[i].in), &number, row[i].min, row[i].max), row[i].want);
        CHECK_INT(number, row[i].number);
    }
}

static void
a_copy_fits_whole_or_is_empty(void **state)
{
    char out[4] = "xyz";

    (void)state;
    CHECK_THAT(!str_copy(STR("four"), out, sizeof(out)));
    CHECK_TEXT(out, "");
    CHECK_THAT(str_copy(STR("two"), out, sizeof(out)));
    CHECK_TEXT(out, "two");
    CHECK_THAT(str_copy(STR(""), out, 1));
    CHECK_TEXT(out, "");
    CHECK_THAT(!str_copy(STR(""), out, 0));
    CHECK_STR(str_of(NULL), "");
    CHECK_THAT(str_of(NULL).at != NULL);
}

static void
an_error_keeps_its_code_and_gathers_context(void **state)
{
    struct err e = {0};

    (void)state;
    CHECK_INT(err_set(&e, ERR_CONFLICT, "too_soon", "wait %d s", 5), ERR_CONFLICT);
    CHECK_INT(err_wrap(&e, "stamp card %d", 7), ERR_CONFLICT);
    CHECK_FAILS(err_wrap(&e, "POST"), e, ERR_CONFLICT, "too_soon");
    CHECK_TEXT(e.text, "POST: stamp card 7: wait 5 s");
    CHECK_TEXT(e.field, "");
    err_field(&e, ERR_INPUT, "field_range", "goal", "goal is 0");
    CHECK_TEXT(e.field, "goal");
}

static void
an_error_names_its_field_from_the_outside_in(void **state)
{
    static const struct {
        enum err_code code;
        const char *field, *want;
    } row[] = {
        {ERR_INPUT, "grants", "earn.grants"},
        {ERR_INPUT, "", "earn"},
        {ERR_INPUT, "earn", "earn"},
        {ERR_INPUT, "earn.grants", "earn.grants"},
        {ERR_INPUT, "earnings", "earn.earnings"},
        {ERR_INTERNAL, "", ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
        struct err e = {0};

        CHECK_ROW(i);
        err_field(&e, row[i].code, "plan_invalid", row[i].field, "why");
        CHECK_INT(err_inside(&e, "%s", "earn"), row[i].code);
        CHECK_TEXT(e.field, row[i].want);
        CHECK_TEXT(e.text, "why");
    }
}

static void
an_error_is_cut_not_overrun(void **state)
{
    struct err e = {0};
    char field[60];

    (void)state;
    memset(field, 'a', sizeof(field));
    memcpy(field + sizeof(e.field) - 2, "\u3042", 4); /* would straddle the end */
    err_field(&e, ERR_INPUT, "field_unknown", field, "%0300d", 0);
    CHECK_INT(strlen(e.field), sizeof(e.field) - 2);
    CHECK_INT(strlen(e.text), sizeof(e.text) - 1);
    err_wrap(&e, "%0300d", 1);
    CHECK_INT(strlen(e.text), sizeof(e.text) - 1);
    err_inside(&e, "%0300d", 1);
    CHECK_INT(strlen(e.field), sizeof(e.field) - 1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(equality_is_of_bytes_and_length),
        TEST(cutting_consumes_the_mark_or_nothing),
        TEST(a_word_has_its_place_among_others),
        TEST(trimming_takes_spaces_and_tabs_only),
        TEST(a_number_is_digits_up_to_its_limit),
        TEST(an_integer_is_the_whole_text_within_its_range),
        TEST(a_copy_fits_whole_or_is_empty),
        TEST(an_error_keeps_its_code_and_gathers_context),
        TEST(an_error_names_its_field_from_the_outside_in),
        TEST(an_error_is_cut_not_overrun),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
