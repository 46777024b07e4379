/*
 * A card is found by whatever a person of the shop reads or types of it, and nothing is recorded.
 */
#include "domain/card_find.h"

#include <stdio.h>

#include "base/clock.h"
#include "tests/support/book.h"
#include "tests/support/check.h"

static struct err e;

static int64_t
found(struct book *b, const char *text)
{
    struct card card = {0};

    CHECK_OK(card_find(b->db, str_of(text), b->now_ms, &card, &e), e);
    return card.id;
}

static void
the_22_digits_do_however_old(void **state)
{
    struct card card, out;
    char digits[CODE_DIGITS + 1], typed[40];
    struct book b;

    (void)state;
    book_open(&b);
    card = book_card(&b, BOOK_STAMPS);
    book_card(&b, BOOK_STAMPS);
    code_make(&b.keys, CODE_MEMBER, card.locator, code_step(b.now_ms), digits);
    b.now_ms += 400 * DAY_MS;
    CHECK_INT(found(&b, digits), card.id);
    snprintf(typed, sizeof(typed), "%.4s %.8s %s", digits, digits + 4, digits + 12);
    CHECK_INT(found(&b, typed), card.id);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM scan"), 0);
    digits[21] = digits[21] == '0' ? '1' : '0';
    CHECK_FAILS(card_find(b.db, str_of(digits), b.now_ms, &out, &e), e, ERR_INPUT,
                "code_unreadable");
    code_make(&b.keys, CODE_VOUCHER, card.locator, code_step(b.now_ms), digits);
    CHECK_FAILS(card_find(b.db, str_of(digits), b.now_ms, &out, &e), e, ERR_INPUT,
                "code_unreadable"); /* a voucher's code is no card's */
    code_make(&b.keys, CODE_MEMBER, card.locator + 1, code_step(b.now_ms), digits);
    CHECK_FAILS(card_find(b.db, str_of(digits), b.now_ms, &out, &e), e, ERR_NOT_FOUND,
                "card_unknown");
    book_close(&b);
}

/* It is another card's soon after. */
static void
a_rotating_jan_does_as_long_as_it_is_shown(void **state)
{
    struct card card, out;
    char jan[JAN_DIGITS + 1];
    struct book b;

    (void)state;
    book_open(&b);
    card = book_card(&b, BOOK_POINTS);
    jan_make(&b.keys, 21, card.locator, code_step(b.now_ms), jan);
    CHECK_INT(found(&b, jan), card.id);
    b.now_ms += CODE_STEP_MS;
    CHECK_INT(found(&b, jan), card.id);
    b.now_ms += CODE_STEP_MS;
    CHECK_FAILS(card_find(b.db, str_of(jan), b.now_ms, &out, &e), e, ERR_NOT_FOUND, "card_unknown");
    book_close(&b);
}

static void
what_is_no_code_at_all_is_told_from_a_number_that_nobody_has(void **state)
{
    static const struct {
        const char *text;
        enum err_code want;
        const char *word;
    } row[] = {
        {"", ERR_INPUT, "code_unreadable"},       {" - ", ERR_INPUT, "code_unreadable"},
        {"71", ERR_INPUT, "code_unreadable"},     {"4901234567894", ERR_NOT_FOUND, "card_unknown"},
        {"HELLO", ERR_NOT_FOUND, "card_unknown"},
    };
    struct card out;
    struct book b;

    (void)state;
    book_open(&b);
    book_card(&b, BOOK_POINTS);
    for (size_t i = 0; i < COUNT(row); i++) {
        CHECK_ROW(i);
        CHECK_FAILS(card_find(b.db, str_of(row[i].text), b.now_ms, &out, &e), e, row[i].want,
                    row[i].word);
    }
    book_close(&b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_22_digits_do_however_old),
        TEST(a_rotating_jan_does_as_long_as_it_is_shown),
        TEST(what_is_no_code_at_all_is_told_from_a_number_that_nobody_has),
    };

    return cmocka_run_group_tests_name("card_find", tests, NULL, NULL);
}
