/*
 * Points spent at a till: only with the phone's own code and the member's yes, each once.
 */
#include "domain/spend.h"

#include "tests/support/book.h"
#include "tests/support/check.h"

#include "base/clock.h"
#include "domain/card_number.h"
#include "domain/staff.h"

static struct book b;
static struct card card; /* with 400 points, spent at a yen each */

static int
open_book(void **state)
{
    (void)state;
    book_open(&b);
    card = book_card(&b, book_money_plan(&b));
    book_grant(&b, &card, 40000);
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

static int64_t
balance(void)
{
    struct card now;
    struct err e;

    CHECK_OK(card_load(b.db, card.id, &now, &e), e);
    return now.balance;
}

static struct refusal
refused(const struct spend *in)
{
    struct spend_result out;
    struct refusal refusal;
    int64_t before = balance();
    struct err e;

    CHECK_OK(spend_points(b.db, in, &out, &refusal, &e), e);
    CHECK_THAT(refusal.kind != REFUSAL_NONE);
    CHECK_INT(balance(), before);
    return refusal;
}

static struct spend_result
spend(const struct spend *in)
{
    struct spend_result out;
    struct refusal refusal;
    struct err e;

    CHECK_OK(spend_points(b.db, in, &out, &refusal, &e), e);
    CHECK_TEXT(refusal_word(refusal.kind), "none");
    return out;
}

static struct spend_quote
quote(const struct spend *in)
{
    struct spend_quote out;
    struct refusal refusal;
    struct err e;

    CHECK_OK(spend_quote(b.db, in, &out, &refusal, &e), e);
    CHECK_TEXT(refusal_word(refusal.kind), "none");
    return out;
}

/* A scan of what a till read, other than the 22 digits. */
static int64_t
scan_text(const char *text)
{
    const struct scan_request in = {.text = str_of(text),
                                    .till_id = BOOK_UENO_TILL,
                                    .shop_id = BOOK_UENO,
                                    .staff_id = BOOK_CASHIER,
                                    .now_ms = b.now_ms};
    struct scan_result out;
    struct refusal refusal;
    int64_t near_miss;
    struct err e;

    CHECK_OK(scan_open(b.db, &in, &out, &refusal, &near_miss, &e), e);
    CHECK_TEXT(refusal_word(refusal.kind), "none");
    CHECK_THAT(!out.by_code);
    return out.scan_id;
}

/* ---------------------------------------------------------------- spent */

static void
a_part_or_all_of_the_points(void **state)
{
    struct card_line line[3];
    struct spend_result part, all;
    size_t n;
    struct err e;

    (void)state;
    part = book_spend(&b, &card, 120);
    CHECK_INT(part.points, 120);
    CHECK_INT(part.yen, 120);
    CHECK_INT(part.card.balance, 280);
    CHECK_INT(part.undo_until_ms, b.now_ms + SPEND_UNDO_MS);
    all = book_spend(&b, &card, SPEND_ALL);
    CHECK_INT(all.points, 280);
    CHECK_INT(balance(), 0);
    CHECK_OK(card_history(b.db, card.id, line, COUNT(line), &n, &e), e);
    CHECK_INT(n, 3);
    CHECK_TEXT(transfer_kind_name(line[0].kind), "spend");
    CHECK_INT(line[0].amount, 280);
    CHECK_THAT(!line[0].is_credit);
    CHECK_INT(line[0].seq, all.seq);
    CHECK_INT(
        book_int(&b, "SELECT balance FROM system_account WHERE kind = 'redeem' AND plan_id = %lld",
                 (long long)card.plan_id),
        400);
}

static void
a_quote_tells_before_anything_is_asked_for(void **state)
{
    struct spend in = book_spend_of(&b, book_scan(&b, &card), 120);
    struct spend_quote got = quote(&in);

    (void)state;
    CHECK_INT(got.points, 120);
    CHECK_INT(got.yen, 120);
    CHECK_INT(got.usable, 400);
    CHECK_THAT(got.needs_yes);
    book_yes(&b, &card, 120);
    CHECK_THAT(!quote(&in).needs_yes);
    CHECK_INT(balance(), 400);
    in.points = SPEND_ALL;
    CHECK_INT(quote(&in).points, 400);
}

static void
points_and_a_stamp_on_one_scan(void **state)
{
    int64_t scan_id = book_scan(&b, &card);
    struct spend in = book_spend_of(&b, scan_id, 100);
    struct grant grant = book_grant_of(&b, scan_id, &card, 5000);
    struct grant_result granted;
    struct refusal refusal;
    struct err e;

    (void)state;
    book_yes(&b, &card, 100);
    spend(&in);
    CHECK_OK(ledger_grant(b.db, &grant, &granted, &refusal, &e), e);
    CHECK_TEXT(refusal_word(refusal.kind), "none");
    CHECK_INT(balance(), 350);
}

static void
a_scan_carries_one_spending(void **state)
{
    struct spend in = book_spend_of(&b, book_scan(&b, &card), 100);

    (void)state;
    book_yes(&b, &card, 100);
    spend(&in);
    book_yes(&b, &card, 100);
    CHECK_TEXT(refusal_word(refused(&in).kind), "scan_over");
}

static void
more_than_there_is(void **state)
{
    struct spend in = book_spend_of(&b, book_scan(&b, &card), 401);
    struct refusal refusal = refused(&in);

    (void)state;
    CHECK_TEXT(refusal_word(refusal.kind), "points_short");
    CHECK_INT(refusal.have, 400);
    CHECK_INT(refusal.most, 400);
}

/* ---------------------------------------------------------------- who is there */

static void
nothing_is_spent_without_a_yes(void **state)
{
    struct spend in = book_spend_of(&b, book_scan(&b, &card), 100);

    (void)state;
    CHECK_TEXT(refusal_word(refused(&in).kind), "spend_ask");
    book_yes(&b, &card, 99);
    CHECK_TEXT(refusal_word(refused(&in).kind), "spend_ask");
    book_yes(&b, &card, 100); /* in place of the other */
    spend(&in);
    in = book_spend_of(&b, book_scan(&b, &card), 1);
    CHECK_TEXT(refusal_word(refused(&in).kind), "spend_ask"); /* it was for that one */
}

static void
a_yes_is_over_after_two_minutes(void **state)
{
    struct spend in;
    struct err e;

    (void)state;
    book_yes(&b, &card, 100);
    b.now_ms += SPEND_YES_MS - CODE_STEP_MS;
    in = book_spend_of(&b, book_scan(&b, &card), 100);
    CHECK_TEXT(refusal_word(refused(&in).kind), "spend_ask");
    CHECK_INT(book_int(&b, "SELECT count(*) FROM spend_yes"), 1);
    CHECK_OK(spend_yes_sweep(b.db, b.now_ms, &e), e);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM spend_yes"), 0);
}

static void
a_yes_needs_points(void **state)
{
    struct spend_yes in = {.member_id = card.member_id, .plan_id = card.plan_id, .points = 401};
    struct spend_yes_result out;
    struct refusal refusal;
    struct err e;

    (void)state;
    in.now_ms = b.now_ms;
    CHECK_OK(spend_say_yes(b.db, &in, &out, &refusal, &e), e);
    CHECK_TEXT(refusal_word(refusal.kind), "points_short");
    CHECK_INT(refusal.have, 400);
    in.points = SPEND_ALL;
    CHECK_OK(spend_say_yes(b.db, &in, &out, &refusal, &e), e);
    CHECK_INT(out.points, 400);
    in.plan_id = 99;
    CHECK_FAILS(spend_say_yes(b.db, &in, &out, &refusal, &e), e, ERR_NOT_FOUND, "card_unknown");
    in.plan_id = card.plan_id;
    book_exec(&b, "UPDATE member SET is_guest = 1 WHERE id = %lld", (long long)card.member_id);
    CHECK_OK(spend_say_yes(b.db, &in, &out, &refusal, &e), e);
    CHECK_TEXT(refusal_word(refusal.kind), "guest");
    CHECK_OK(card_block(b.db, card.id, &(struct by){.now_ms = b.now_ms}, &e), e);
    CHECK_OK(spend_say_yes(b.db, &in, &out, &refusal, &e), e);
    CHECK_TEXT(refusal_word(refusal.kind), "card_blocked");
}

static void
what_can_be_copied_never_spends(void **state)
{
    char number[NUMBER_SIZE], jan[JAN_DIGITS + 1];
    struct spend in;
    struct err e;

    (void)state;
    CHECK_OK(card_number(b.db, card.id, number, &e), e);
    in = book_spend_of(&b, scan_text(number), 100);
    book_yes(&b, &card, 100);
    CHECK_TEXT(refusal_word(refused(&in).kind), "spend_by_code");
    b.now_ms += CODE_STEP_MS;
    book_exec(&b, "UPDATE shop SET linear = 'jan13' WHERE id = 1");
    jan_make(&b.keys, 24, card.locator, code_step(b.now_ms), jan);
    in = book_spend_of(&b, scan_text(jan), 100);
    CHECK_TEXT(refusal_word(refused(&in).kind), "spend_by_code");
}

static void
only_at_the_till_that_read_the_code(void **state)
{
    struct spend in = book_spend_of(&b, book_scan(&b, &card), 100);
    struct spend_result out;
    struct refusal refusal;
    struct err e;

    (void)state;
    book_yes(&b, &card, 100);
    in.till_id = BOOK_UENO_TILL_2;
    CHECK_TEXT(refusal_word(refused(&in).kind), "scan_over");
    in.till_id = BOOK_UENO_TILL;
    in.now_ms += SCAN_SESSION_MS + 1;
    CHECK_TEXT(refusal_word(refused(&in).kind), "scan_over");
    in.now_ms = b.now_ms;
    in.shop_id = BOOK_NAMBA;
    CHECK_FAILS(spend_points(b.db, &in, &out, &refusal, &e), e, ERR_FORBIDDEN, "other_shop");
    in.shop_id = BOOK_UENO;
    in.scan_id = 99;
    CHECK_FAILS(spend_points(b.db, &in, &out, &refusal, &e), e, ERR_NOT_FOUND, "scan_unknown");
}

static void
not_ones_own_nor_a_guests_nor_a_blocked_card(void **state)
{
    struct spend in = book_spend_of(&b, book_scan(&b, &card), 100);
    struct err e;

    (void)state;
    book_yes(&b, &card, 100);
    book_exec(&b, "UPDATE member SET is_guest = 1 WHERE id = %lld", (long long)card.member_id);
    CHECK_TEXT(refusal_word(refused(&in).kind), "guest");
    book_exec(&b, "UPDATE member SET is_guest = 0 WHERE id = %lld", (long long)card.member_id);
    CHECK_OK(card_block(b.db, card.id, &(struct by){.now_ms = b.now_ms}, &e), e);
    CHECK_TEXT(refusal_word(refused(&in).kind), "card_blocked");
    CHECK_OK(card_unblock(b.db, card.id, &(struct by){.now_ms = b.now_ms}, &e), e);
    in.staff_id = BOOK_MANAGER;
    CHECK_OK(staff_declare(b.db, BOOK_MANAGER, card.member_id, b.now_ms, &e), e);
    CHECK_TEXT(refusal_word(refused(&in).kind), "own_card");
    in.staff_id = BOOK_CASHIER;
    CHECK_INT(spend(&in).card.balance, 300);
}

static void
points_of_a_plan_that_does_not_spend_them(void **state)
{
    struct card stamps = book_card(&b, BOOK_STAMPS);
    struct spend in;
    struct spend_result out;
    struct refusal refusal;
    struct err e;

    (void)state;
    book_grant(&b, &stamps, 3);
    in = book_spend_of(&b, book_scan(&b, &stamps), 1);
    CHECK_OK(spend_points(b.db, &in, &out, &refusal, &e), e);
    CHECK_TEXT(refusal_word(refusal.kind), "not_spent");
}

/* ---------------------------------------------------------------- undone */

static const char *
undo(int64_t seq, int64_t staff_id, int64_t till_id)
{
    struct reversal in = book_reversal_of(&b, seq, staff_id);
    struct reversal_result out;
    struct refusal refusal;
    struct err e;

    in.till_id = till_id;
    CHECK_OK(ledger_reverse(b.db, &in, &out, &refusal, &e), e);
    return refusal_word(refusal.kind);
}

static void
whoever_served_undoes_it_for_minutes_and_a_manager_later(void **state)
{
    int64_t first = book_spend(&b, &card, 100).seq, second;

    (void)state;
    CHECK_TEXT(undo(first, BOOK_CASHIER, BOOK_UENO_TILL_2), "other_till");
    CHECK_TEXT(undo(first, BOOK_CASHIER, BOOK_UENO_TILL), "none");
    CHECK_INT(balance(), 400);
    CHECK_TEXT(undo(first, BOOK_MANAGER, BOOK_UENO_TILL), "already_reversed");
    second = book_spend(&b, &card, 100).seq;
    b.now_ms += SPEND_UNDO_MS;
    CHECK_TEXT(undo(second, BOOK_CASHIER, BOOK_UENO_TILL), "too_late");
    book_exec(&b, "UPDATE staff SET role = 1 WHERE id = 2"); /* a colleague at that till */
    CHECK_TEXT(undo(second, BOOK_MANAGER, BOOK_UENO_TILL), "manager_needed");
    book_exec(&b, "UPDATE staff SET role = 2 WHERE id = 2");
    CHECK_TEXT(undo(second, BOOK_MANAGER, BOOK_UENO_TILL_2), "none");
    CHECK_INT(balance(), 400);
}

static void
a_hold_is_undone_once_it_is_captured(void **state)
{
    int64_t hold_id = book_hold(&b, &card, 100);
    struct hold_ended part;

    (void)state;
    CHECK_TEXT(undo(2, BOOK_MANAGER, BOOK_UENO_TILL), "hold_open");
    part = book_end(&b, hold_capture, hold_id, 60);
    CHECK_TEXT(undo(2, BOOK_MANAGER, BOOK_UENO_TILL), "already_reversed");
    CHECK_INT(balance(), 340);
    CHECK_TEXT(undo(part.seq, BOOK_CASHIER, BOOK_UENO_TILL), "none");
    CHECK_INT(balance(), 400);
}

#define BOOK_TEST(name) cmocka_unit_test_setup_teardown(name, open_book, close_book)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        BOOK_TEST(a_part_or_all_of_the_points),
        BOOK_TEST(a_quote_tells_before_anything_is_asked_for),
        BOOK_TEST(points_and_a_stamp_on_one_scan),
        BOOK_TEST(a_scan_carries_one_spending),
        BOOK_TEST(more_than_there_is),
        BOOK_TEST(nothing_is_spent_without_a_yes),
        BOOK_TEST(a_yes_is_over_after_two_minutes),
        BOOK_TEST(a_yes_needs_points),
        BOOK_TEST(what_can_be_copied_never_spends),
        BOOK_TEST(only_at_the_till_that_read_the_code),
        BOOK_TEST(not_ones_own_nor_a_guests_nor_a_blocked_card),
        BOOK_TEST(points_of_a_plan_that_does_not_spend_them),
        BOOK_TEST(whoever_served_undoes_it_for_minutes_and_a_manager_later),
        BOOK_TEST(a_hold_is_undone_once_it_is_captured),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
