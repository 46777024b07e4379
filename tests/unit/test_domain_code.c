/*
 * Codes: made and read back, and dead after their life.
 */
#include "domain/code.h"

#include "tests/support/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/entropy.h"

#define LOCATORS UINT64_C(10000000000)

static struct keys keys;

static int
set_up(void **state)
{
    static const uint8_t root[KEY_SIZE] = "the root of a test of codes";

    (void)state;
    entropy_seed(20260401);
    keys_derive(root, &keys);
    return 0;
}

/* ---------------------------------------------------------------- 22 digits */

static void
a_code_reads_back_as_it_was_made(void **state)
{
    (void)state;
    for (int i = 0; i < 2000; i++) {
        int64_t locator = (int64_t)entropy_below(LOCATORS);
        int64_t step = (int64_t)entropy_below(100000000);
        enum code_kind kind = i % 2 == 0 ? CODE_MEMBER : CODE_VOUCHER;
        char digits[CODE_DIGITS + 1];
        struct code code;

        code_make(&keys, kind, locator, step, digits);
        CHECK_INT(strlen(digits), CODE_DIGITS);
        CHECK_THAT(code_parse(str_of(digits), &code));
        CHECK_INT(code.kind, kind);
        CHECK_INT(code.locator, locator);
        CHECK_THAT(code_is_of_step(&keys, &code, step));
        CHECK_THAT(!code_is_of_step(&keys, &code, step - 1));
        CHECK_THAT(!code_is_of_step(&keys, &code, step + 1));
    }
}

static void
a_code_has_a_fixed_form(void **state)
{
    char digits[CODE_DIGITS + 1];

    /* From an independent implementation: HKDF, HMAC and MOD 97-10 of the Python standard library.
     */
    (void)state;
    code_make(&keys, CODE_MEMBER, 0, 0, digits);
    CHECK_TEXT(digits, "7100000000005305121049");
    code_make(&keys, CODE_MEMBER, 1234567890, 59166840, digits);
    CHECK_TEXT(digits, "7112345678907040829639");
    code_make(&keys, CODE_VOUCHER, 9999999999, 59166840, digits);
    CHECK_TEXT(digits, "7299999999990309887508");
    jan_make(&keys, 21, 1234567890, 59166840, digits);
    CHECK_TEXT(digits, "2175814568713");
}

static void
one_wrong_digit_or_two_swapped_are_caught(void **state)
{
    char digits[CODE_DIGITS + 1];
    struct code code;

    (void)state;
    code_make(&keys, CODE_MEMBER, 1234567890, 59166840, digits);
    for (int i = 0; i < CODE_DIGITS; i++)
        for (char c = '0'; c <= '9'; c++) {
            char was = digits[i];

            digits[i] = c;
            CHECK_INT(code_parse(str_of(digits), &code), c == was);
            digits[i] = was;
        }
    for (int i = 0; i + 1 < CODE_DIGITS; i++) {
        char first = digits[i];

        digits[i] = digits[i + 1];
        digits[i + 1] = first;
        CHECK_INT(code_parse(str_of(digits), &code), digits[i] == digits[i + 1]);
        digits[i + 1] = digits[i];
        digits[i] = first;
    }
}

static void
only_our_kinds_of_22_digits_are_codes(void **state)
{
    static const struct {
        const char *digits;
        bool want;
    } row[] = {
        {"", false},
        {"71", false},
        {"7100000000000000000000", false},
        {"7300000000000000000000", false},
        {"71000000000000000000xx", false},
        {"710000000000000000000000", false},
    };
    struct code code;
    int good = 0;

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        CHECK_ROW(i);
        CHECK_INT(code_parse(str_of(row[i].digits), &code), row[i].want);
    }
    for (int body = 0; body < 300; body++)          /* any number has one pair of check digits: */
        for (int check = 0; check < 100; check++) { /* 01 is none, though 98 leaves the same rest */
            char digits[64];

            snprintf(digits, sizeof(digits), "71%018d%02d", body, check);
            good += code_parse(str_of(digits), &code);
            digits[1] = '3'; /* a kind to come */
            CHECK_THAT(!code_parse(str_of(digits), &code));
        }
    CHECK_INT(good, 300);
}

static void
another_key_makes_other_codes(void **state)
{
    static const uint8_t root[KEY_SIZE] = "somebody else's root";
    char ours[CODE_DIGITS + 1], theirs[CODE_DIGITS + 1];
    struct keys other;
    struct code code;

    (void)state;
    keys_derive(root, &other);
    code_make(&keys, CODE_MEMBER, 42, 1000, ours);
    code_make(&other, CODE_MEMBER, 42, 1000, theirs);
    CHECK_THAT(strcmp(ours, theirs) != 0);
    CHECK_THAT(code_parse(str_of(theirs), &code));
    CHECK_THAT(!code_is_of_step(&keys, &code, 1000));
}

/* ---------------------------------------------------------------- JAN-13 */

static void
a_jan_leads_back_to_its_locator(void **state)
{
    static const int64_t edge[] = {0, 1, 99999, 100000, 9999900000, 9999999999};

    (void)state;
    for (int i = 0; i < 2000; i++) {
        int64_t locator = i < (int)COUNT(edge) ? edge[i] : (int64_t)entropy_below(LOCATORS);
        int64_t step = (int64_t)entropy_below(100000000);
        int64_t prefix = 20 + i % 10;
        char digits[JAN_DIGITS + 1];

        jan_make(&keys, prefix, locator, step, digits);
        CHECK_INT(strlen(digits), JAN_DIGITS);
        CHECK_INT((digits[0] - '0') * 10 + digits[1] - '0', prefix);
        CHECK_INT(gs1_check_digit((struct str){digits, 12}), digits[12]);
        CHECK_INT(jan_locator(&keys, str_of(digits), step), locator);
        CHECK_THAT(jan_locator(&keys, str_of(digits), step + 1) != locator);
    }
}

static int
by_number(const void *a, const void *b)
{
    return memcmp(a, b, JAN_DIGITS + 1);
}

/* A permutation: neighbours land apart, and no two land on one number. */
static void
no_two_locators_share_a_jan(void **state)
{
    enum { N = 20000 };
    static char digits[N][JAN_DIGITS + 1];

    (void)state;
    for (int i = 0; i < N; i++)
        jan_make(&keys, 20, i, 777, digits[i]);
    qsort(digits, N, sizeof(digits[0]), by_number);
    for (int i = 1; i < N; i++)
        CHECK_THAT(strcmp(digits[i - 1], digits[i]) != 0);
}

static void
every_digit_of_a_jan_changes_with_the_step(void **state)
{
    int same[JAN_DIGITS] = {0};
    char one[JAN_DIGITS + 1], next[JAN_DIGITS + 1];

    (void)state;
    for (int64_t step = 0; step < 1000; step++) {
        jan_make(&keys, 20, 5555555555, step, one);
        jan_make(&keys, 20, 5555555555, step + 1, next);
        for (int i = 0; i < JAN_DIGITS; i++)
            same[i] += one[i] == next[i];
    }
    for (int i = 2; i < JAN_DIGITS; i++) /* one in ten by chance: 100, give or take 10 */
        CHECK_THAT(same[i] > 50 && same[i] < 150);
}

static void
check_digits_are_those_of_the_standard(void **state)
{
    static const struct {
        const char *front;
        char want;
    } row[] = {
        {"12345678", '4'},     {"20151119", '0'},     {"1234567890", '5'},
        {"99991234567", '8'},  {"12345678901", '2'},  {"123456789012", '8'},
        {"000000000001", '7'}, {"212345678901", '0'}, {"490123456789", '4'},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        CHECK_ROW(i);
        CHECK_INT(gs1_check_digit(str_of(row[i].front)), row[i].want);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_code_reads_back_as_it_was_made),
        TEST(a_code_has_a_fixed_form),
        TEST(one_wrong_digit_or_two_swapped_are_caught),
        TEST(only_our_kinds_of_22_digits_are_codes),
        TEST(another_key_makes_other_codes),
        TEST(a_jan_leads_back_to_its_locator),
        TEST(no_two_locators_share_a_jan),
        TEST(every_digit_of_a_jan_changes_with_the_step),
        TEST(check_digits_are_those_of_the_standard),
    };

    return cmocka_run_group_tests(tests, set_up, NULL);
}
