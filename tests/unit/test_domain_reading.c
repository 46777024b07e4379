/*
 * What scanners and keyboards do to a code, and what is made of it.
 */
#include "domain/reading.h"

#include "tests/support/check.h"

#include <string.h>

#define CODE "7112345678907040829639"
#define TICKET "7299999999990309887508"
#define JAN "2123456789010"
#define FULLWIDTH_JAN                                                                              \
    "\xEF\xBC\x92\xEF\xBC\x91\xEF\xBC\x92\xEF\xBC\x93\xEF\xBC\x94\xEF\xBC\x95\xEF\xBC\x96"         \
    "\xEF\xBC\x97\xEF\xBC\x98\xEF\xBC\x99\xEF\xBC\x90\xEF\xBC\x91\xEF\xBC\x90"

static void
readings_are_told_apart(void **state)
{
    static const struct {
        const char *text;
        enum reading_kind kind;
        const char *digits;
    } row[] = {
        {CODE, READING_MEMBER, CODE},
        {TICKET, READING_VOUCHER, TICKET},
        {JAN, READING_JAN, JAN},
        {FULLWIDTH_JAN, READING_JAN, JAN}, /* a Japanese IME was on */
        {"]E0" JAN, READING_JAN, JAN},     /* AIM identifiers */
        {"]C0" CODE "\r\n", READING_MEMBER, CODE},
        {"]Q1" CODE, READING_MEMBER, CODE},
        {"\x02" JAN "\x03", READING_JAN, JAN}, /* STX, ETX */
        {" " JAN "\t", READING_JAN, JAN},
        {"71 1234567890", READING_STATIC, ""},
        {"2 123456 789010", READING_JAN, JAN}, /* as printed below the bars */
        {"2-123456-789010", READING_JAN, JAN},
        {"\xE3\x80\x80" JAN, READING_JAN, JAN}, /* the ideographic space */
        {"A" JAN "A", READING_JAN, JAN},        /* NW-7's start and stop, Code 39's stars */
        {"c" JAN "d", READING_JAN, JAN},
        {"*" JAN "*", READING_JAN, JAN},
        {"212345678901", READING_JAN, JAN}, /* the check digit was dropped */
        {JAN JAN, READING_JAN, JAN},        /* twice, without Enter */
        {CODE CODE, READING_MEMBER, CODE},
        {CODE TICKET, READING_UNREADABLE, ""}, /* two codes: which? */
        {JAN CODE, READING_UNREADABLE, ""},
        {"4901234567894" CODE, READING_MEMBER, CODE}, /* goods, then a card */
        {JAN "4901234567894", READING_JAN, JAN},
        {"49012345678944901234567894", READING_UNREADABLE, ""},
        {"4901234567894", READING_GOODS, ""},
        {"0212345678909", READING_STATIC, ""},     /* in-store too, but not our range */
        {"036000291452", READING_GOODS, ""},       /* UPC-A */
        {"49123456", READING_GOODS, ""},           /* JAN-8 */
        {"14901234567891", READING_GOODS, ""},     /* a carton */
        {"2123456789011", READING_UNREADABLE, ""}, /* wrong check digits */
        {"4901234567890", READING_UNREADABLE, ""},
        {"7112345678900000000000", READING_UNREADABLE, ""},
        {"711234567890000000000", READING_UNREADABLE, ""}, /* a digit short, typed by hand */
        {"8112345678900000000000", READING_UNKNOWN, ""},
        {"", READING_UNREADABLE, ""},
        {"\r\n", READING_UNREADABLE, ""},
        {"https://example.com/", READING_STATIC, ""},
        {"A1234567A", READING_STATIC, ""},
        {"\xFF\xFE", READING_UNKNOWN, ""},
        {"\xEF\xBC", READING_UNKNOWN, ""}, /* cut short */
        {"123", READING_UNKNOWN, ""},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        struct reading got;

        CHECK_ROW(i);
        scan_normalise(str_of(row[i].text), &got);
        CHECK_INT(got.kind, row[i].kind);
        CHECK_TEXT(got.digits, row[i].digits);
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

static void
what_is_too_long_is_no_code(void **state)
{
    char text[5000];
    struct reading got;

    (void)state;
    memset(text, '7', sizeof(text));
    scan_normalise((struct str){text, sizeof(text)}, &got);
    CHECK_INT(got.kind, READING_UNKNOWN);
    memset(text, ' ', sizeof(text)); /* nothing, at any length */
    scan_normalise((struct str){text, sizeof(text)}, &got);
    CHECK_INT(got.kind, READING_UNREADABLE);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(readings_are_told_apart),
        TEST(a_dropped_check_digit_may_have_been_a_product),
        TEST(what_is_too_long_is_no_code),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
