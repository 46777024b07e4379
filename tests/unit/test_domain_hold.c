/*
 * What a till keeps for a basket: every way in, every way out, and that each is taken once.
 */
#include "domain/hold.h"

#include "tests/support/book.h"
#include "tests/support/check.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "domain/erasure.h"
#include "domain/member.h"
#include "domain/merge.h"
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
balance_of(const struct card *of)
{
    struct card now;
    struct err e;

    CHECK_OK(card_load(b.db, of->id, &now, &e), e);
    return now.balance;
}

static struct hold_result
hold(int64_t points)
{
    struct spend in = book_spend_of(&b, book_scan(&b, &card), points);
    struct hold_result out;
    struct refusal refusal;
    struct err e;

    book_yes(&b, &card, points);
    CHECK_OK(hold_points(b.db, &in, HOLD_MS, &out, &refusal, &e), e);
    CHECK_TEXT(refusal_word(refusal.kind), "none");
    return out;
}

static struct refusal
end_refused(hold_ending *end, const struct hold_end *in)
{
    struct hold_ended out;
    struct refusal refusal;
    int64_t before = balance_of(&card);
    struct err e;

    CHECK_OK(end(b.db, in, &out, &refusal, &e), e);
    CHECK_THAT(refusal.kind != REFUSAL_NONE);
    CHECK_INT(balance_of(&card), before);
    return refusal;
}

static const char *
refused(hold_ending *end, int64_t hold_id)
{
    struct hold_end in = book_end_of(&b, hold_id, 0);

    return refusal_word(end_refused(end, &in).kind);
}

static struct hold_ended
captured(const struct hold_end *in)
{
    struct hold_ended out;
    struct refusal refusal;
    struct err e;

    CHECK_OK(hold_capture(b.db, in, &out, &refusal, &e), e);
    CHECK_TEXT(refusal_word(refusal.kind), "none");
    return out;
}

static int64_t
end_due(int64_t max)
{
    int64_t n;
    struct err e;

    CHECK_OK(hold_end_due(b.db, b.now_ms, max, NULL, &n, &e), e);
    return n;
}

/* ---------------------------------------------------------------- points */

static void
held_points_are_spent_at_once(void **state)
{
    struct hold_result held = hold(300);
    struct spend in = book_spend_of(&b, book_scan(&b, &card), 101);
    struct spend_result out;
    struct refusal refusal;
    struct err e;

    (void)state;
    CHECK_INT(held.until_ms, b.now_ms - CODE_STEP_MS + HOLD_MS);
    CHECK_INT(held.spend.card.balance, 100);
    CHECK_OK(spend_points(b.db, &in, &out, &refusal, &e), e);
    CHECK_TEXT(refusal_word(refusal.kind), "points_short");
    CHECK_INT(refusal.have, 100);
}

static void
a_capture_only_closes_it(void **state)
{
    struct hold_result held = hold(300);
    int64_t lines = book_int(&b, "SELECT count(*) FROM transfer");
    struct hold_ended got = book_end(&b, hold_capture, held.id, 0);

    (void)state;
    CHECK_INT(got.points, 300);
    CHECK_INT(got.yen, 300);
    CHECK_INT(got.back, 0);
    CHECK_INT(got.seq, held.spend.seq);
    CHECK_INT(got.balance, 100);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM transfer"), lines);
    CHECK_TEXT(refused(hold_capture, held.id), "hold_captured");
    CHECK_TEXT(refused(hold_release, held.id), "hold_captured");
    b.now_ms += HOLD_MS;
    CHECK_INT(end_due(10), 0);
    CHECK_INT(balance_of(&card), 100);
}

static void
of_a_part_the_rest_comes_back(void **state)
{
    struct hold_result held = hold(300);
    struct hold_end in = book_end_of(&b, held.id, 301);
    struct card_line line[3];
    struct hold_ended got;
    struct refusal refusal;
    size_t n;
    struct err e;

    (void)state;
    refusal = end_refused(hold_capture, &in);
    CHECK_TEXT(refusal_word(refusal.kind), "hold_less");
    CHECK_INT(refusal.most, 300);
    got = book_end(&b, hold_capture, held.id, 200);
    CHECK_INT(got.points, 200);
    CHECK_INT(got.back, 100);
    CHECK_INT(got.balance, 200);
    CHECK_INT(balance_of(&card), 200);
    CHECK_OK(card_history(b.db, card.id, line, COUNT(line), &n, &e), e);
    CHECK_TEXT(transfer_kind_name(line[0].kind), "spend");
    CHECK_INT(line[0].amount, 200);
    CHECK_INT(line[0].seq, got.seq);
    CHECK_TEXT(transfer_kind_name(line[1].kind), "reverse");
    CHECK_INT(line[1].amount, 300);
    CHECK_INT(line[1].reverses_seq, held.spend.seq);
    CHECK_THAT(line[2].is_reversed);
}

static void
a_release_gives_it_back_once(void **state)
{
    struct hold_result held = hold(300);
    struct hold_ended got = book_end(&b, hold_release, held.id, 0);

    (void)state;
    CHECK_INT(got.points, 0);
    CHECK_INT(got.back, 300);
    CHECK_INT(balance_of(&card), 400);
    CHECK_TEXT(refused(hold_release, held.id), "hold_released");
    CHECK_TEXT(refused(hold_capture, held.id), "hold_released");
    b.now_ms += HOLD_MS;
    CHECK_INT(end_due(10), 0);
    CHECK_INT(balance_of(&card), 400);
}

static void
what_nobody_ends_is_over(void **state)
{
    struct hold_result held = hold(300);

    (void)state;
    b.now_ms = held.until_ms - 1;
    CHECK_INT(end_due(10), 0);
    b.now_ms++;
    CHECK_TEXT(refused(hold_capture, held.id), "hold_over"); /* the run has not come to it yet */
    CHECK_INT(balance_of(&card), 100);
    CHECK_INT(end_due(10), 1);
    CHECK_INT(balance_of(&card), 400);
    CHECK_INT(end_due(10), 0);
    CHECK_TEXT(refused(hold_capture, held.id), "hold_over");
    CHECK_TEXT(refused(hold_release, held.id), "hold_over");
}

static void
the_run_goes_on_where_it_stopped(void **state)
{
    (void)state;
    for (int i = 0; i < 5; i++)
        hold(10);
    b.now_ms += HOLD_MS + HOUR_MS;
    CHECK_INT(end_due(2), 2);
    CHECK_INT(end_due(2), 2);
    CHECK_INT(balance_of(&card), 390);
    CHECK_INT(end_due(2), 1);
    CHECK_INT(end_due(2), 0);
    CHECK_INT(balance_of(&card), 400);
}

static void
its_till_or_a_manager_ends_it(void **state)
{
    struct hold_result held = hold(300);
    struct hold_end in = book_end_of(&b, held.id, 0);
    struct hold_ended out;
    struct refusal refusal;
    struct err e;

    (void)state;
    in.till_id = BOOK_UENO_TILL_2;
    CHECK_TEXT(refusal_word(end_refused(hold_capture, &in).kind), "other_till");
    in.till_id = BOOK_NAMBA_TILL;
    in.shop_id = BOOK_NAMBA;
    in.staff_id = BOOK_NAMBA_CASHIER;
    CHECK_TEXT(refusal_word(end_refused(hold_release, &in).kind), "other_till");
    in.staff_id = BOOK_MANAGER;
    CHECK_FAILS(hold_capture(b.db, &in, &out, &refusal, &e), e, ERR_FORBIDDEN, "other_shop");
    in.till_id = BOOK_UENO_TILL_2;
    in.shop_id = BOOK_UENO;
    CHECK_OK(hold_capture(b.db, &in, &out, &refusal, &e), e);
    CHECK_TEXT(refusal_word(refusal.kind), "none");
    in.hold_id = 99;
    CHECK_FAILS(hold_capture(b.db, &in, &out, &refusal, &e), e, ERR_NOT_FOUND, "hold_unknown");
}

/* A step: +n earned, hn held, c captured for one point, r released, u the newest visit undone. */
static void
take_steps(const char *steps, const struct card *jar, char reached[16])
{
    int64_t held = 0, newest = 0;

    for (const char *at = steps; *at != '\0'; at += strcspn(at, " "), at += *at == ' ') {
        int64_t n = strtol(at + 1, NULL, 10);

        if (*at == '+') {
            struct grant_result got = book_grant(&b, jar, n * 100);

            newest = got.seq;
            for (size_t i = 0; i < got.vouchers_n; i++)
                strcat(reached, got.voucher[i].reward == 0 ? "B" : "C");
        } else if (*at == 'h') {
            held = book_hold(&b, jar, n);
        } else if (*at == 'u') {
            for (int64_t i = book_reverse(&b, newest).vouchers_cancelled; i > 0; i--)
                strcat(reached, "-");
        } else {
            book_end(&b, *at == 'c' ? hold_capture : hold_release, held, *at == 'c');
        }
    }
}

/* Of a jar with a biscuit at 20 and a cake at 50. */
static void
what_comes_back_takes_no_reward_away_and_gives_none_twice(void **state)
{
    static const struct {
        const char *steps, *reached;
    } row[] = {
        /* what comes back reaches nothing by itself */
        {"+15 h10 +14 r", ""},
        /* the next visit reaches what it lifted the card over */
        {"+15 h10 +14 r +1", "B"},
        /* also when less of it came back */
        {"+15 h10 +14 c +1", "B"},
        /* a biscuit that was given is not given again */
        {"+25 h10 +14 r +1", "B"},
        /* not even when all of it was away */
        {"+25 h25 +14 r +1", "B"},
        /* a goal that comes back is full at the next visit */
        {"+45 h40 +40 r +1", "BCB"},
        /* and a biscuit it passed is reached first */
        {"+15 h15 +18 r +17 +1", "BC"},
        /* using it before the next visit reaches nothing */
        {"+15 h10 +14 r h20 +1", ""},
        /* a visit undone leaves what came back to the next */
        {"+15 h10 +14 r +1 u +2", "B"},
        /* and what it alone had reached is given once more */
        {"+15 h10 +4 +11 u +12", "B-B"},
    };

    int64_t plan_id =
        book_plan(&b, "{\"name\":\"Jar\",\"spend\":{\"yen\":1},\"goal\":50,"
                      "\"rewards\":[{\"at\":20,\"title\":\"Biscuit\",\"valid_days\":9},"
                      "{\"at\":50,\"title\":\"Cake\",\"valid_days\":9}]}");

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        struct card jar = book_card(&b, plan_id);
        char reached[16] = "";

        CHECK_ROW(i);
        take_steps(row[i].steps, &jar, reached);
        CHECK_TEXT(reached, row[i].reached);
    }
}

static void
a_blocked_card_captures_nothing_but_gives_back(void **state)
{
    struct hold_result held = hold(300);
    struct err e;

    (void)state;
    CHECK_OK(card_block(b.db, card.id, &(struct by){.now_ms = b.now_ms}, &e), e);
    CHECK_TEXT(refused(hold_capture, held.id), "card_blocked");
    CHECK_INT(book_end(&b, hold_release, held.id, 0).balance, 400);
}

static void
points_that_end_come_back_to_where_they_were(void **state)
{
    int64_t plan_id = book_plan(&b, "{\"name\":\"Ending\",\"spend\":{\"yen\":1},"
                                    "\"expiry\":{\"kind\":\"after\",\"days\":1}}");
    struct card ending = book_card(&b, plan_id);
    int64_t hold_id;

    (void)state;
    book_grant(&b, &ending, 10000);
    b.now_ms += 26 * HOUR_MS; /* the last day */
    book_grant(&b, &ending, 5000);
    hold_id = book_hold(&b, &ending, 120);
    b.now_ms += HOLD_MS - CODE_STEP_MS;
    CHECK_INT(book_end(&b, hold_capture, hold_id, 30).balance, 120);
    CHECK_INT(book_int(&b, "SELECT remaining FROM lot ORDER BY seq LIMIT 1"), 70);
    hold_id = book_hold(&b, &ending, SPEND_ALL);
    book_end(&b, hold_release, hold_id, 0);
    CHECK_INT(book_int(&b, "SELECT sum(remaining) FROM lot"), 120);
}

/* ---------------------------------------------------------------- vouchers */

static struct redemption
redemption_of(int64_t voucher_id, int64_t till_id, char token[VOUCHER_TOKEN_SIZE])
{
    struct redemption in = {.voucher_id = voucher_id,
                            .staff_id = BOOK_CASHIER,
                            .till_id = till_id,
                            .shop_id = BOOK_UENO,
                            .now_ms = b.now_ms};

    voucher_token(b.db, voucher_id, till_id, b.now_ms + MINUTE_MS, token);
    in.token = (struct str){token, VOUCHER_TOKEN_SIZE - 1};
    return in;
}

static int64_t
a_voucher(void)
{
    struct card stamps = book_card(&b, BOOK_POINTS);

    return book_grant(&b, &stamps, 20000).voucher[0].id;
}

static enum refusal_kind
redeem(int64_t voucher_id, int64_t till_id)
{
    char token[VOUCHER_TOKEN_SIZE];
    struct redemption in = redemption_of(voucher_id, till_id, token);
    struct voucher out;
    struct refusal refusal;
    struct err e;

    CHECK_OK(voucher_redeem(b.db, &in, &out, &refusal, &e), e);
    return refusal.kind;
}

/* The clock was ahead when they were held: by the right one they cannot be used yet. */
static void
a_part_is_captured_whatever_the_clock_says_since(void **state)
{
    struct card pending = book_card(
        &b, book_plan(&b, "{\"name\":\"Pending\",\"spend\":{\"yen\":1},"
                          "\"expiry\":{\"kind\":\"after\",\"days\":90,\"pending_days\":1}}"));
    int64_t held;

    (void)state;
    book_grant(&b, &pending, 10000);
    b.now_ms += 3 * DAY_MS;
    held = book_hold(&b, &pending, 80);
    b.now_ms -= 3 * DAY_MS;
    CHECK_INT(book_end(&b, hold_capture, held, 30).points, 30);
    CHECK_INT(balance_of(&pending), 70);
}

static void
a_held_voucher_is_redeemed_by_its_capture_only(void **state)
{
    int64_t voucher_id = a_voucher();
    int64_t hold_id = book_hold_voucher(&b, voucher_id);
    struct hold_end in = book_end_of(&b, hold_id, 1);
    struct voucher voucher;
    struct hold_ended out;
    struct refusal refusal;
    struct err e;

    (void)state;
    CHECK_INT(redeem(voucher_id, BOOK_UENO_TILL_2), REFUSAL_VOUCHER_HELD);
    CHECK_INT(redeem(voucher_id, BOOK_UENO_TILL), REFUSAL_VOUCHER_HELD);
    CHECK_OK(voucher_load(b.db, voucher_id, &voucher, &e), e);
    refusal = voucher_refusal(&voucher, b.now_ms);
    CHECK_INT(refusal.again_ms, b.now_ms + HOLD_MS);
    CHECK_INT(refusal.till_id, BOOK_UENO_TILL);
    CHECK_FAILS(hold_capture(b.db, &in, &out, &refusal, &e), e, ERR_INPUT, "field_unknown");
    CHECK_INT(book_end(&b, hold_capture, hold_id, 0).voucher_id, voucher_id);
    CHECK_INT(redeem(voucher_id, BOOK_UENO_TILL_2), REFUSAL_VOUCHER_REDEEMED);
    CHECK_TEXT(refused(hold_release, hold_id), "hold_captured");
}

static void
a_released_voucher_is_free_again(void **state)
{
    int64_t voucher_id = a_voucher();
    int64_t hold_id = book_hold_voucher(&b, voucher_id);

    (void)state;
    book_end(&b, hold_release, hold_id, 0);
    hold_id = book_hold_voucher(&b, voucher_id);
    b.now_ms += HOLD_MS;
    CHECK_INT(end_due(10), 1);
    CHECK_INT(redeem(voucher_id, BOOK_UENO_TILL_2), REFUSAL_NONE);
}

static void
nobody_holds_a_voucher_beyond_its_end(void **state)
{
    int64_t voucher_id = a_voucher();
    struct voucher voucher;
    int64_t hold_id;
    int64_t n;
    struct err e;

    (void)state;
    CHECK_OK(voucher_load(b.db, voucher_id, &voucher, &e), e);
    b.now_ms = voucher.expires_ms - MINUTE_MS;
    hold_id = book_hold_voucher(&b, voucher_id);
    CHECK_INT(book_int(&b, "SELECT until_ms FROM hold WHERE id = %lld", (long long)hold_id),
              voucher.expires_ms);
    b.now_ms = voucher.expires_ms;
    CHECK_OK(voucher_expire_due(b.db, b.now_ms, 10, &n, &e), e);
    CHECK_INT(n, 1);
    CHECK_INT(end_due(10), 1);
}

static void
a_voucher_that_was_taken_back_is_not_captured(void **state)
{
    struct card stamps = book_card(&b, BOOK_POINTS);
    struct grant_result granted = book_grant(&b, &stamps, 20000);
    int64_t hold_id = book_hold_voucher(&b, granted.voucher[0].id);

    (void)state;
    book_reverse(&b, granted.seq);
    CHECK_TEXT(refused(hold_capture, hold_id), "voucher_cancelled");
    book_end(&b, hold_release, hold_id, 0);
}

/* Of a reward that works between eleven and twelve, for new members, from 1000 yen on. */
static int64_t
a_choosy_voucher(void)
{
    struct swap_result swapped;

    book_catalogue(&b, card.plan_id,
                   "{\"rewards\":[{\"price\":9,\"key\":\"lunch\",\"title\":\"Lunch\","
                   "\"valid_days\":7,\"kind\":\"free_item\",\"redeem\":{\"shops\":[1],"
                   "\"hours\":\"11:00-12:00\",\"new_days\":30,\"min_yen\":1000}}]}");
    CHECK_INT(book_swap(&b, &card, book_reward(&b, "lunch"), &swapped).kind, REFUSAL_NONE);
    b.now_ms = BOOK_NOW_MS + 2 * HOUR_MS - MINUTE_MS;
    return swapped.voucher_id;
}

static struct refusal
hold_refused(int64_t voucher_id, int64_t yen)
{
    char token[VOUCHER_TOKEN_SIZE];
    struct redemption in = redemption_of(voucher_id, BOOK_UENO_TILL, token);
    struct hold_result out;
    struct refusal refusal;
    struct err e;

    in.yen = yen;
    CHECK_OK(hold_voucher(b.db, &in, HOLD_MS, &out, &refusal, &e), e);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM hold"), 0);
    return refusal;
}

static void
what_a_reward_asks_for_is_judged_when_it_is_reserved(void **state)
{
    int64_t voucher_id = a_choosy_voucher();
    int64_t hold_id;
    struct hold_end in;
    struct refusal refusal;

    (void)state;
    b.now_ms += MINUTE_MS;
    CHECK_TEXT(refusal_word(hold_refused(voucher_id, 1000).kind), "wrong_hour");
    b.now_ms -= MINUTE_MS;
    refusal = hold_refused(voucher_id, 999);
    CHECK_TEXT(refusal_word(refusal.kind), "spend_too_low");
    CHECK_INT(refusal.least, 1000);
    hold_id = book_hold_voucher(&b, voucher_id); /* what the sale will be is not known yet */
    b.now_ms += 2 * MINUTE_MS;                   /* and the lunch is over when it is */
    in = book_end_of(&b, hold_id, 0);
    refusal = end_refused(hold_capture, &in);
    CHECK_TEXT(refusal_word(refusal.kind), "spend_too_low");
    CHECK_INT(refusal.least, 1000);
    in.yen = 999;
    CHECK_TEXT(refusal_word(end_refused(hold_capture, &in).kind), "spend_too_low");
    in.yen = 1000;
    CHECK_INT(captured(&in).voucher_id, voucher_id);
    CHECK_INT(redeem(voucher_id, BOOK_UENO_TILL), REFUSAL_VOUCHER_REDEEMED);
}

static void
of_points_the_sale_is_no_part_of_the_capture(void **state)
{
    struct hold_end in = book_end_of(&b, hold(300).id, 0);
    struct hold_ended out;
    struct refusal refusal;
    struct err e;

    (void)state;
    in.yen = 1000;
    CHECK_FAILS(hold_capture(b.db, &in, &out, &refusal, &e), e, ERR_INPUT, "field_unknown");
    CHECK_TEXT(e.field, "yen");
}

static void
nobody_captures_what_is_held_of_the_own_card(void **state)
{
    struct hold_result held = hold(300);
    struct hold_end in = book_end_of(&b, held.id, 100);
    struct err e;

    (void)state;
    in.staff_id = BOOK_MANAGER;
    CHECK_OK(staff_declare(b.db, BOOK_MANAGER, card.member_id, b.now_ms, &e), e);
    CHECK_TEXT(refusal_word(end_refused(hold_capture, &in).kind), "own_card");
    CHECK_INT(book_end(&b, hold_capture, held.id, 100).balance, 300); /* by the cashier */
}

/* ---------------------------------------------------------------- members who go */

static void
what_is_held_comes_back_before_members_merge(void **state)
{
    struct hold_result held = hold(300);
    struct card into = book_card(&b, card.plan_id);
    struct merge_new in = {.from_id = card.member_id,
                           .into_id = into.member_id,
                           .staff_id = BOOK_MANAGER,
                           .reason = STR("two cards, one person"),
                           .days = 30,
                           .now_ms = b.now_ms};
    struct merge_result out;
    struct err e;

    (void)state;
    book_request_key(&b, in.request_key);
    CHECK_OK(member_merge(b.db, &in, &out, &e), e);
    CHECK_INT(balance_of(&into), 400);
    CHECK_TEXT(refused(hold_capture, held.id), "hold_released");
    b.now_ms += HOLD_MS;
    CHECK_INT(end_due(10), 0);
}

static void
what_is_held_goes_with_a_member_who_leaves(void **state)
{
    struct hold_result held = hold(300);
    struct erased out;
    struct err e;

    (void)state;
    CHECK_OK(erase_member(b.db, card.member_id, ERASURE_LEFT, b.now_ms, &out, &e), e);
    CHECK_INT(out.units, 400);
    CHECK_INT(balance_of(&card), 0);
    CHECK_TEXT(refused(hold_capture, held.id), "hold_released");
}

#define BOOK_TEST(name) cmocka_unit_test_setup_teardown(name, open_book, close_book)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        BOOK_TEST(held_points_are_spent_at_once),
        BOOK_TEST(a_capture_only_closes_it),
        BOOK_TEST(of_a_part_the_rest_comes_back),
        BOOK_TEST(a_release_gives_it_back_once),
        BOOK_TEST(what_nobody_ends_is_over),
        BOOK_TEST(the_run_goes_on_where_it_stopped),
        BOOK_TEST(its_till_or_a_manager_ends_it),
        BOOK_TEST(what_comes_back_takes_no_reward_away_and_gives_none_twice),
        BOOK_TEST(a_blocked_card_captures_nothing_but_gives_back),
        BOOK_TEST(points_that_end_come_back_to_where_they_were),
        BOOK_TEST(a_part_is_captured_whatever_the_clock_says_since),
        BOOK_TEST(a_held_voucher_is_redeemed_by_its_capture_only),
        BOOK_TEST(a_released_voucher_is_free_again),
        BOOK_TEST(nobody_holds_a_voucher_beyond_its_end),
        BOOK_TEST(a_voucher_that_was_taken_back_is_not_captured),
        BOOK_TEST(what_a_reward_asks_for_is_judged_when_it_is_reserved),
        BOOK_TEST(of_points_the_sale_is_no_part_of_the_capture),
        BOOK_TEST(nobody_captures_what_is_held_of_the_own_card),
        BOOK_TEST(what_is_held_comes_back_before_members_merge),
        BOOK_TEST(what_is_held_goes_with_a_member_who_leaves),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
