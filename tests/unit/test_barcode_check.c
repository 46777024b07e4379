/* Check digits on their own: published values, what each finds, and what none can count. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "barcode/barcode.h"
#include "tests/support/random.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static char
compute(enum barcode_check check, const char *text)
{
    struct barcode_refusal why;
    char digit;

    if (barcode_check_compute(check, text, strlen(text), &digit, &why) != BARCODE_OK)
        fail_msg("%s of %s: %s", barcode_check_name(check), text, why.text);
    return digit;
}

static void
digits_are_as_published(void **state)
{
    static const enum barcode_check check[] = {
        BARCODE_CHECK_M10W21_SPLIT, BARCODE_CHECK_M10W21_LUMP, BARCODE_CHECK_M10W31,
        BARCODE_CHECK_7DR,          BARCODE_CHECK_7DSR,        BARCODE_CHECK_M11W2_7,
    };
    static const struct {
        const char *number;
        char want[COUNT(check) + 1];
    } row[] = {
        {"12345678", "244255"},    {"20151119", "350254"},     {"1234567890", "355343"},
        {"99991234567", "828007"}, {"12345678901", "582348"},  {"123456789012", "808435"},
        {"0001234", "448253"},     {"000000000001", "887169"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++)
        for (size_t j = 0; j < COUNT(check); j++)
            if (compute(check[j], row[i].number) != row[i].want[j])
                fail_msg("%s of %s is %c", barcode_check_name(check[j]), row[i].number,
                         compute(check[j], row[i].number));
}

static void
characters_are_as_published(void **state)
{
    static const struct {
        enum barcode_check check;
        const char *text;
        char want;
    } row[] = {
        {BARCODE_CHECK_MOD16, "A37859B", '+'},      {BARCODE_CHECK_MOD16, "A123456A", '$'},
        {BARCODE_CHECK_MOD16, "A1234567890A", '3'}, {BARCODE_CHECK_MOD16, "C12345678C", '8'},
        {BARCODE_CHECK_MOD16, "B20000001B", '$'},   {BARCODE_CHECK_MOD16, "D0042+.:/$-D", '9'},
        {BARCODE_CHECK_MOD16, "A0-A", '6'},         {BARCODE_CHECK_MOD16, "D--$D", '$'},
        {BARCODE_CHECK_MOD43, "0000012345", 'F'},   {BARCODE_CHECK_MOD43, "ABC-1234", '-'},
        {BARCODE_CHECK_MOD43, "M 001", 'I'},        {BARCODE_CHECK_MOD43, "MEMBER 001", 'K'},
        {BARCODE_CHECK_MOD43, "$/+%.", 'R'},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++)
        assert_int_equal(compute(row[i].check, row[i].text), row[i].want);
}

/* The remainder is 0, or would give two digits: where printed rules differ. */
static void
the_edges_follow_the_rule_chosen(void **state)
{
    struct barcode_refusal why;
    char digit;

    (void)state;
    assert_int_equal(compute(BARCODE_CHECK_MOD16, "A5/B"), '/'); /* 16 + 5 + 13 + 17 = 51 */
    assert_int_equal(compute(BARCODE_CHECK_MOD16, "A-5B"), '0'); /* 16 + 10 + 5 + 17 = 48 */
    assert_int_equal(compute(BARCODE_CHECK_7DSR, "14"), '0');
    assert_int_equal(compute(BARCODE_CHECK_7DSR_7, "14"), '7');
    assert_int_equal(compute(BARCODE_CHECK_7DSR_7, "15"), '6');
    assert_int_equal(compute(BARCODE_CHECK_M11W2_7, "6"), '0');      /* 11 - 12 % 11 = 10 */
    assert_int_equal(compute(BARCODE_CHECK_M11W2_7, "0"), '0');      /* 11 */
    assert_int_equal(compute(BARCODE_CHECK_M11W2_7_TO_9, "0"), '0'); /* 11 */
    assert_int_equal(compute(BARCODE_CHECK_M11W2_7_TO_9, "12345678"), '5');
    assert_int_equal(barcode_check_compute(BARCODE_CHECK_M11W2_7_TO_9, "6", 1, &digit, &why),
                     BARCODE_BAD_CHECK);
    assert_string_equal(why.text, "M11W2-7 gives this number no check digit: it would be 10.");
    assert_int_equal(why.at, 1);
    assert_int_equal(barcode_check_verify(BARCODE_CHECK_M11W2_7_TO_9, "60", 2, &why),
                     BARCODE_BAD_CHECK);
}

/* 7 divides 10^6 - 1: a number of any length has the remainder of its groups of six, summed. */
static void
numbers_of_any_length_are_counted(void **state)
{
    char text[1201];
    unsigned sum = 0;

    (void)state;
    random_text(text, 1200, "0123456789");
    for (int i = 0; i < 1200; i += 6)
        for (unsigned j = 0, group = 0; j < 6; j++) {
            group = group * 10 + (unsigned)(text[i + (int)j] - '0');
            sum += j == 5 ? group % 7 : 0;
        }
    assert_int_equal(compute(BARCODE_CHECK_7DR, text), '0' + sum % 7);
}

static size_t
append(enum barcode_check check, char *text, size_t n)
{
    size_t at = check == BARCODE_CHECK_MOD16 ? n - 1 : n;
    char digit;

    assert_int_equal(barcode_check_compute(check, text, n, &digit, NULL), BARCODE_OK);
    memmove(text + at + 1, text + at, n - at);
    text[at] = digit;
    return at;
}

/* Every scheme is promised to see each single wrong digit, but those by 7 (1 and 8 are the same),
 * M10W21 lump (weight 2: 1 and 6 are the same) and M11W2-7 (where 10 and 11 are both 0). */
static void
a_wrong_digit_is_seen(void **state)
{
    static const enum barcode_check check[] = {
        BARCODE_CHECK_M10W31, BARCODE_CHECK_M10W21_SPLIT, BARCODE_CHECK_M11W2_7_TO_9,
        BARCODE_CHECK_MOD16,  BARCODE_CHECK_MOD43,
    };
    char text[16];
    char digit;

    (void)state;
    for (size_t i = 0; i < COUNT(check); i++) {
        for (int round = 0; round < 500; round++) {
            bool framed = check[i] == BARCODE_CHECK_MOD16;
            size_t n = 10;

            random_text(text, n, "0123456789");
            if (framed)
                text[0] = text[n - 1] = 'B';
            if (barcode_check_compute(check[i], text, n, &digit, NULL) == BARCODE_BAD_CHECK)
                continue;
            append(check[i], text, n++);
            assert_int_equal(barcode_check_verify(check[i], text, n, NULL), BARCODE_OK);
            for (size_t at = framed; at < n - 2 * framed - !framed; at++) {
                char right = text[at];

                for (text[at] = '0'; text[at] <= '9'; text[at]++)
                    assert_int_equal(barcode_check_verify(check[i], text, n, NULL),
                                     text[at] == right ? BARCODE_OK : BARCODE_BAD_CHECK);
                text[at] = right;
            }
        }
    }
}

static void
only_one_check_digit_is_right(void **state)
{
    char text[24];

    (void)state;
    for (unsigned check = 1; check < BARCODE_CHECKS; check++) {
        const char *alphabet = check == BARCODE_CHECK_MOD16 ? "0123456789-$:/.+"
                               : check == BARCODE_CHECK_MOD43
                                   ? "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%"
                                   : "0123456789";
        size_t n = 12;
        size_t at;

        strcpy(text, "123456789012");
        if (check == BARCODE_CHECK_MOD16)
            text[0] = text[n - 1] = 'C';
        at = append((enum barcode_check)check, text, n++);
        char right = text[at];
        for (const char *digit = alphabet; *digit != '\0'; digit++) {
            text[at] = *digit;
            assert_int_equal(barcode_check_verify((enum barcode_check)check, text, n, NULL),
                             *digit == right ? BARCODE_OK : BARCODE_BAD_CHECK);
        }
    }
}

static void
what_cannot_be_counted_is_refused_with_the_place(void **state)
{
    static const struct {
        enum barcode_check check;
        const char *text;
        enum barcode_error computing;
        size_t at;
        const char *sentence;
    } row[] = {
        {BARCODE_CHECK_NONE, "123", BARCODE_BAD_OPTION, 0, "No check digit was chosen."},
        {BARCODE_CHECK_M10W31, "", BARCODE_EMPTY, 0,
         "M10W31 needs a number, this text ends after 0 characters."},
        {BARCODE_CHECK_M10W31, "12-4", BARCODE_BAD_CHARACTER, 2,
         "M10W31 counts digits only, character 3 is something else."},
        {BARCODE_CHECK_7DR, "12345\xff", BARCODE_BAD_CHARACTER, 5,
         "7DR counts digits only, character 6 is something else."},
        {BARCODE_CHECK_MOD43, "abc", BARCODE_BAD_CHARACTER, 0,
         "Modulus 43 counts the characters of Code 39 only, character 1 is something else."},
        {BARCODE_CHECK_MOD16, "AA", BARCODE_TOO_SHORT, 2,
         "Modulus 16 needs a number, this text ends after 2 characters."},
        {BARCODE_CHECK_MOD16, "1234", BARCODE_BAD_CHARACTER, 0,
         "NW-7 starts with A, B, C or D, character 1 is something else."},
        {BARCODE_CHECK_MOD16, "A123", BARCODE_BAD_CHARACTER, 3,
         "NW-7 stops with A, B, C or D, character 4 is something else."},
        {BARCODE_CHECK_MOD16, "A1E4A", BARCODE_BAD_CHARACTER, 2,
         "Modulus 16 counts the characters of NW-7 only, character 3 is something else."},
        {BARCODE_CHECK_MOD16, "A1B4A", BARCODE_BAD_CHARACTER, 2,
         "NW-7 has A, B, C and D at its ends only, character 3 is one of them."},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        struct barcode_refusal why;
        char digit = 'x';

        assert_int_equal(
            barcode_check_compute(row[i].check, row[i].text, strlen(row[i].text), &digit, &why),
            row[i].computing);
        assert_string_equal(why.text, row[i].sentence);
        assert_int_equal(why.at, row[i].at);
        assert_int_equal(digit, 'x');
    }
}

static void
a_wrong_check_digit_is_refused_with_the_place(void **state)
{
    struct barcode_refusal why;

    (void)state;
    assert_int_equal(barcode_check_verify(BARCODE_CHECK_NONE, "any\n", 4, &why), BARCODE_OK);
    assert_int_equal(barcode_check_verify(BARCODE_CHECK_M10W31, "2000000000015", 13, &why),
                     BARCODE_OK);
    assert_int_equal(barcode_check_verify(BARCODE_CHECK_M10W31, "2000000000014", 13, &why),
                     BARCODE_BAD_CHECK);
    assert_string_equal(why.text, "M10W31 needs check digit 5, character 13 is something else.");
    assert_int_equal(why.at, 12);
    assert_int_equal(barcode_check_verify(BARCODE_CHECK_MOD16, "A37859+B", 8, &why), BARCODE_OK);
    assert_int_equal(barcode_check_verify(BARCODE_CHECK_MOD16, "A37859-B", 8, &why),
                     BARCODE_BAD_CHECK);
    assert_string_equal(why.text, "Modulus 16 needs check digit +, character 7 is something else.");
    assert_int_equal(why.at, 6);
    assert_int_equal(barcode_check_verify(BARCODE_CHECK_MOD16, "A1A", 3, &why), BARCODE_TOO_SHORT);
    assert_int_equal(barcode_check_verify(BARCODE_CHECK_M10W31, "0", 1, &why), BARCODE_TOO_SHORT);
    assert_int_equal(barcode_check_verify(BARCODE_CHECK_M10W31, "", 0, &why), BARCODE_EMPTY);
}

static void
names_lead_back_to_checks(void **state)
{
    enum barcode_check check;

    (void)state;
    for (unsigned i = 0; i < BARCODE_CHECKS; i++) {
        assert_true(barcode_check_by_name(barcode_check_name((enum barcode_check)i), &check));
        assert_int_equal(check, i);
    }
    assert_true(barcode_check_by_name("m10w21-lump", &check));
    assert_int_equal(check, BARCODE_CHECK_M10W21_LUMP);
    assert_false(barcode_check_by_name("m10w21", &check));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(digits_are_as_published),
        cmocka_unit_test(characters_are_as_published),
        cmocka_unit_test(the_edges_follow_the_rule_chosen),
        cmocka_unit_test(numbers_of_any_length_are_counted),
        cmocka_unit_test(a_wrong_digit_is_seen),
        cmocka_unit_test(only_one_check_digit_is_right),
        cmocka_unit_test(what_cannot_be_counted_is_refused_with_the_place),
        cmocka_unit_test(a_wrong_check_digit_is_refused_with_the_place),
        cmocka_unit_test(names_lead_back_to_checks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
