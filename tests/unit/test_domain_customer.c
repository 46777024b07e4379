/*
 * Customers of before: what a table may hold, who may link a record, and what it brings, once.
 */
#include "domain/customer.h"

#include "tests/support/book.h"
#include "tests/support/check.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "domain/card_number.h"
#include "domain/erasure.h"
#include "domain/member.h"
#include "domain/merge.h"

#define PHONE "U0123456789abcdef0123456789abcdef"

static struct book b;

static int
open_book(void **state)
{
    book_open(&b);
    return check_forget_row(state);
}

static int
close_book(void **state)
{
    (void)state;
    book_close(&b);
    return 0;
}

/* ---------------------------------------------------------------- shorthand */

static enum err_code
import(const char *text, bool is_dry, struct customer_report *out, struct err *e)
{
    struct arena *a = arena_new(MIB);
    struct customer_import in = {.is_dry = is_dry, .now_ms = b.now_ms};
    enum err_code code = customer_import(b.db, str_of(text), &in, a, out, e);

    arena_free(a);
    return code;
}

static void
load(const char *text)
{
    struct customer_report report;
    struct err e;

    CHECK_OK(import(text, false, &report, &e), e);
}

static struct member
enter(const char *line_id)
{
    const struct member_login login = {
        .line_id = str_of(line_id), .name = STR("Mika"), .now_ms = b.now_ms};
    struct member member;
    bool is_new;
    struct err e;

    CHECK_OK(member_enter(b.db, &login, &member, &is_new, &e), e);
    return member;
}

static const char *
try_link(int64_t member_id, const char *number, const char *birthday, struct customer_linked *out)
{
    struct customer_link in = {.member_id = member_id,
                               .number = str_of(number),
                               .birthday = str_of(birthday),
                               .now_ms = b.now_ms};
    const char *refused;
    struct err e;

    book_request_key(&b, in.request_key);
    CHECK_OK(customer_link(b.db, &in, out, &refused, &e), e);
    return refused ? refused : "";
}

static int64_t
stamps_of(int64_t member_id)
{
    struct card card;
    struct err e;

    CHECK_OK(card_of_plan(b.db, member_id, BOOK_STAMPS, &card, &e), e);
    return card.balance;
}

/* ---------------------------------------------------------------- typing */

static void
numbers_and_birthdays_are_read_as_people_write_them(void **state)
{
    static const struct {
        const char *typed, *number;
    } number[] = {
        {"2000000015", "2000000015"},
        {" 20-0000 0015 ", "2000000015"},
        {"２０００", "2000"},
        {"ab-12", "AB12"},
        {"123", NULL},
        {"", NULL},
        {"12_34", NULL},
        {"1234\xff", NULL},
        {"カード12", NULL},
        {"123456789012345678901234567890123", NULL},
    };
    static const struct {
        const char *typed, *day;
    } birthday[] = {
        {"1990-04-01", "19900401"}, {"1990/4/1", "19900401"},
        {"19900401", "19900401"},   {"１９９０年", NULL},
        {"2000-02-29", "20000229"}, {"1900-02-29", NULL},
        {"1990-13-01", NULL},       {"1990-00-10", NULL},
        {"1990-04-31", NULL},       {"1990-04-01 ", "19900401"},
        {"1990-04-01x", NULL},      {"1990-4", NULL},
        {"0990-04-01", NULL},       {"", NULL},
        {"1990401", NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(number); i++) {
        char out[CUSTOMER_NUMBER_SIZE];
        bool is_good = customer_number_read(str_of(number[i].typed), out);

        CHECK_ROW(i);
        CHECK_TEXT(is_good ? out : "none", number[i].number ? number[i].number : "none");
    }
    for (size_t i = 0; i < COUNT(birthday); i++) {
        char out[9];
        bool is_good = birthday_read(str_of(birthday[i].typed), out);

        CHECK_ROW(i);
        CHECK_TEXT(is_good ? out : "none", birthday[i].day ? birthday[i].day : "none");
    }
}

/* ---------------------------------------------------------------- importing */

static void
a_wrong_table_changes_nothing_and_names_the_line(void **state)
{
    static const struct {
        const char *text, *word, *said;
    } row[] = {
        {"", "customer_column", "empty"},
        {"number\n2000", "customer_column", "birthday"},
        {"number,birthday,number\n", "customer_column", "there twice"},
        {"number,birthday,name\n", "customer_column", "\"name\""},
        {"number,birthday\n2000,1990-04-01\n2001\n", "customer_row", "line 3:"},
        {"number,birthday\n2000,1990-04-01\n2001,1990-02-30\n", "customer_birthday", "line 3:"},
        {"number,birthday\n20,1990-04-01\n", "customer_number", "line 2:"},
        {"number,birthday\n2000,1990-04-01\n20-00,1990-04-01\n", "customer_twice", "line 3:"},
        {"number,birthday,points,plan\n2000,1990-04-01,x,1\n", "customer_points", "line 2:"},
        {"number,birthday,points,plan\n2000,1990-04-01,-1,1\n", "customer_points", "line 2:"},
        {"number,birthday,points,plan\n2000,1990-04-01,1000001,1\n", "customer_points", "line 2:"},
        {"number,birthday,points,plan\n2000,1990-04-01,1,9\n", "customer_plan", "line 2:"},
        {"number,birthday,points\n2000,1990-04-01,1\n", "customer_plan", "of which plan"},
        {"number,birthday\n2000,\"1990-04-01\n", "csv_quote", "line 2:"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        struct customer_report report;
        struct err e;

        CHECK_ROW(i);
        CHECK_FAILS(import(row[i].text, false, &report, &e), e, ERR_INPUT, row[i].word);
        CHECK_THAT(strstr(e.text, row[i].said) != NULL);
        CHECK_INT(book_int(&b, "SELECT count(*) FROM customer"), 0);
    }
}

static void
a_table_says_what_it_did_and_a_dry_run_what_it_would(void **state)
{
    const char *first = "\xef\xbb\xbfNumber,Birthday,Points,Plan\r\n2000,1990-04-01,7,1\r\n"
                        "2001,1991-04-01,0,\r\n2002,1992-04-01,5,2\r\n";
    const char *second = "number,birthday,points,plan\n2000,1990-04-01,7,1\n"
                         "2001,1991-04-02,0,\n2003,1993-04-01,5,2\n";
    struct customer_report report;
    struct customer_linked linked;
    struct member member;
    struct err e;

    (void)state;
    CHECK_OK(import(first, true, &report, &e), e);
    CHECK_INT(report.added, 3);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM customer"), 0);
    CHECK_OK(import(first, false, &report, &e), e);
    CHECK_INT(report.rows, 3);
    CHECK_INT(report.added, 3);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM audit WHERE act = 'customer.imported'"), 1);
    CHECK_OK(import(second, false, &report, &e), e);
    CHECK_INT(report.same, 1);
    CHECK_INT(report.changed, 1);
    CHECK_INT(report.added, 1);
    member = enter(PHONE);
    CHECK_TEXT(try_link(member.id, "2000", "1990-04-01", &linked), "");
    CHECK_OK(import("number,birthday,points,plan\n2000,1999-09-09,90,2\n", false, &report, &e), e);
    CHECK_INT(report.linked, 1); /* what a member has is left alone */
    CHECK_INT(book_int(&b, "SELECT points FROM customer WHERE number = '2000'"), 7);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM customer WHERE instr(proof, '1990') > 0"), 0);
}

/* ---------------------------------------------------------------- linking */

static void
what_a_record_holds_comes_once(void **state)
{
    struct member member = enter(PHONE), other = enter("Ufedcba9876543210fedcba9876543210");
    struct customer_linked linked;
    struct customer mine[2];
    size_t n;
    struct err e;

    (void)state;
    load("number,birthday,points,plan\n2000,1990-04-01,23,1\n");
    CHECK_TEXT(try_link(member.id, "20-00", "1990/04/01", &linked), "");
    CHECK_INT(linked.brought, 23);
    CHECK_INT(linked.rewards, 3); /* two cards full, and the second's cookie on the way */
    CHECK_INT(stamps_of(member.id), 3);
    CHECK_TEXT(try_link(member.id, "2000", "1990-04-01", &linked), "link_taken");
    CHECK_TEXT(try_link(other.id, "2000", "1990-04-01", &linked), "link_taken");
    CHECK_OK(customers_of_member(b.db, member.id, mine, 2, &n, &e), e);
    CHECK_INT(n, 1);
    CHECK_FAILS(customer_unlink(b.db, mine[0].id, other.id, b.now_ms, &e), e, ERR_NOT_FOUND,
                "customer_unknown");
    CHECK_OK(customer_unlink(b.db, mine[0].id, member.id, b.now_ms, &e), e);
    CHECK_INT(stamps_of(member.id), 3); /* what was brought stays */
    CHECK_TEXT(try_link(other.id, "2000", "1990-04-01", &linked), "");
    CHECK_INT(linked.brought, 0); /* and does not come again */
    CHECK_INT(stamps_of(other.id), 0);
}

static void
guessing_ends_for_who_tries_and_for_what_is_tried(void **state)
{
    struct member guesser = enter(PHONE), other = enter("Ufedcba9876543210fedcba9876543210");
    struct customer_linked linked;
    struct err e;
    struct customer_link wrong = {.member_id = guesser.id,
                                  .number = STR("20"),
                                  .birthday = STR("1990-04-01"),
                                  .now_ms = b.now_ms};
    const char *refused;

    (void)state;
    load("number,birthday\n2000,1990-04-01\n3000,1990-04-01\n");
    CHECK_FAILS(customer_link(b.db, &wrong, &linked, &refused, &e), e, ERR_INPUT,
                "customer_number");
    wrong.number = STR("2000");
    wrong.birthday = STR("1990-02-30");
    CHECK_FAILS(customer_link(b.db, &wrong, &linked, &refused, &e), e, ERR_INPUT,
                "customer_birthday");
    for (int i = 0; i < 5; i++) /* a wrong birthday and a number that is not there sound alike */
        CHECK_TEXT(try_link(guesser.id, i % 2 ? "9999" : "2000", "1990-04-02", &linked),
                   "link_unknown");
    CHECK_TEXT(try_link(guesser.id, "3000", "1990-04-01", &linked), "tries_over");
    CHECK_TEXT(try_link(other.id, "2000", "1990-04-03", &linked), "link_unknown");
    CHECK_TEXT(try_link(other.id, "2000", "1990-04-03", &linked), "link_unknown");
    CHECK_TEXT(try_link(other.id, "2000", "1990-04-01", &linked), "tries_over"); /* of the number */
    CHECK_TEXT(try_link(other.id, "3000", "1990-04-01", &linked), "");
    b.now_ms += DAY_MS;
    CHECK_TEXT(try_link(guesser.id, "2000", "1990-04-01", &linked), "");
}

static void
a_plastic_number_becomes_the_cards_where_it_fits(void **state)
{
    struct member member = enter(PHONE);
    struct plan_rules rules;
    struct customer_linked linked;
    struct card card;
    char number[NUMBER_SIZE];
    int64_t version, made;
    struct err e;

    (void)state;
    CHECK_OK(plan_load(b.db, BOOK_STAMPS, 0, &rules, &e), e);
    rules.number = (struct number_format){.is_set = true,
                                          .type = BARCODE_NW7,
                                          .prefix = "20",
                                          .length = 10,
                                          .check = BARCODE_CHECK_7DR,
                                          .start = 'A',
                                          .stop = 'A'};
    CHECK_OK(plan_add_version(b.db, &rules, b.now_ms, &version, &e), e);
    CHECK_OK(card_number_make_missing(b.db, BOOK_STAMPS, b.now_ms, &made, &e), e);
    load("number,birthday,points,plan\n2000000014,1990-04-01,1,1\n2000000015,1990-04-01,1,1\n");
    CHECK_TEXT(try_link(member.id, "2000000014", "1990-04-01", &linked), "");
    CHECK_THAT(!linked.has_number); /* its check digit is wrong: the card keeps its own */
    CHECK_OK(card_of_plan(b.db, member.id, BOOK_STAMPS, &card, &e), e);
    CHECK_OK(card_number(b.db, card.id, number, &e), e);
    CHECK_THAT(number[0] != '\0' && strcmp(number, "2000000014") != 0);
    CHECK_TEXT(try_link(member.id, "2000000015", "1990-04-01", &linked), "");
    CHECK_THAT(linked.has_number);
    CHECK_OK(card_number(b.db, card.id, number, &e), e);
    CHECK_TEXT(number, "2000000015");
    CHECK_INT(stamps_of(member.id), 2);
}

static void
a_link_goes_along_when_its_member_is_merged(void **state)
{
    struct member from = enter(PHONE), into = enter("Ufedcba9876543210fedcba9876543210");
    struct merge_new in = {.from_id = from.id,
                           .into_id = into.id,
                           .staff_id = BOOK_MANAGER,
                           .reason = STR("one person"),
                           .now_ms = b.now_ms};
    struct customer_linked linked;
    struct merge_result out;
    struct customer mine[2];
    size_t n;
    struct err e;

    (void)state;
    load("number,birthday,points,plan\n2000,1990-04-01,3,1\n");
    CHECK_TEXT(try_link(from.id, "2000", "1990-04-01", &linked), "");
    CHECK_OK(member_merge(b.db, &in, &out, &e), e);
    CHECK_OK(customers_of_member(b.db, into.id, mine, 2, &n, &e), e);
    CHECK_INT(n, 1);
    CHECK_OK(customer_unlink(b.db, mine[0].id, into.id, b.now_ms, &e), e);
}

static void
who_is_erased_is_no_customer_any_more(void **state)
{
    struct member member = enter(PHONE);
    struct customer_linked linked;
    struct erased erased;
    struct err e;

    (void)state;
    load("number,birthday,points,plan\n2000,1990-04-01,3,1\n");
    CHECK_TEXT(try_link(member.id, "2000", "1990-04-01", &linked), "");
    CHECK_OK(erase_member(b.db, member.id, ERASURE_LEFT, b.now_ms, &erased, &e), e);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM customer WHERE member_id IS NOT NULL"), 0);
    CHECK_TEXT(try_link(enter(PHONE).id, "2000", "1990-04-01", &linked), "");
    CHECK_INT(linked.brought, 0);
}

int
main(void)
{
#define BOOK_TEST(name) cmocka_unit_test_setup_teardown(name, open_book, close_book)
    const struct CMUnitTest tests[] = {
        TEST(numbers_and_birthdays_are_read_as_people_write_them),
        BOOK_TEST(a_wrong_table_changes_nothing_and_names_the_line),
        BOOK_TEST(a_table_says_what_it_did_and_a_dry_run_what_it_would),
        BOOK_TEST(what_a_record_holds_comes_once),
        BOOK_TEST(guessing_ends_for_who_tries_and_for_what_is_tried),
        BOOK_TEST(a_plastic_number_becomes_the_cards_where_it_fits),
        BOOK_TEST(who_is_erased_is_no_customer_any_more),
        BOOK_TEST(a_link_goes_along_when_its_member_is_merged),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
