/*
 * The ledger: what a grant writes, what is refused and then writes nothing, and how a reversal
 * takes back what was reached.
 */
#include "tests/support/book.h"
#include "tests/support/check.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/codec.h"

/* ---------------------------------------------------------------- grants */

static void
a_grant_adds_stamps_and_gives_a_receipt(void **state)
{
    struct book b;
    struct card card;
    struct grant_result got;
    char mac[HEX_SIZE(MAC_SIZE)];

    (void)state;
    book_open(&b);
    card = book_card(&b, BOOK_STAMPS);
    got = book_grant(&b, &card, 2);
    CHECK_INT(got.seq, 1);
    CHECK_INT(got.amount, 2);
    CHECK_INT(got.balance, 2);
    CHECK_INT(got.card.balance, 2);
    CHECK_INT(got.at_ms, b.now_ms);
    CHECK_INT(got.vouchers_n, 0);
    hex_encode(got.mac, MAC_SIZE, mac);
    CHECK_INT(book_int(&b, "SELECT mac = x'%s' FROM transfer", mac), 1);
    CHECK_INT(book_int(&b, "SELECT balance FROM card WHERE id = %lld", (long long)card.id), 2);
    CHECK_INT(book_int(&b, "SELECT balance FROM system_account WHERE id = -9"), -2);
    /* 2026-04-02 04:00 in Tokyo: the day is cut at four */
    CHECK_INT(got.undo_until_ms, BOOK_NOW_MS + 18 * HOUR_MS);
    book_close(&b);
}

static void
a_filled_card_is_spent_and_the_surplus_stays(void **state)
{
    struct book b;
    struct card card;
    struct grant_result got = {0};

    (void)state;
    book_open(&b);
    card = book_card(&b, BOOK_STAMPS);
    for (int i = 0; i < 4; i++) { /* 3, 6, 9, 12 */
        got = book_grant(&b, &card, 3);
        CHECK_INT(got.vouchers_n, i == 1 || i == 3);
        b.now_ms += DAY_MS;
    }
    CHECK_INT(got.balance, 2);
    CHECK_INT(got.rounds, 1);
    CHECK_TEXT(got.rules.reward[got.voucher[0].reward].title, "Coffee");
    CHECK_INT(book_int(&b, "SELECT count(*) FROM transfer WHERE kind = 2 AND amount = 10"), 1);
    CHECK_INT(book_int(&b, "SELECT balance FROM system_account WHERE id = -10"), 10);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM notice WHERE kind = 'voucher'"), 2);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM notice WHERE kind IN ('grant', 'one_more')"), 2);
    book_close(&b);
}

static void
a_big_sale_fills_the_card_several_times(void **state)
{
    struct book b;
    struct card card;
    struct grant_result got;

    (void)state;
    book_open(&b);
    card = book_card(&b, BOOK_POINTS);
    got = book_grant(&b, &card, 123456); /* 1234 points: 200, 500, 200, 500, 200 */
    CHECK_INT(got.amount, 1234);
    CHECK_INT(got.balance, 234);
    CHECK_INT(got.rounds, 2);
    CHECK_INT(got.vouchers_n, 5);
    for (size_t i = 0; i < 5; i++)
        CHECK_INT(got.voucher[i].reward, i % 2);
    CHECK_INT(book_int(&b, "SELECT yen FROM transfer WHERE seq = 1"), 123456);
    book_close(&b);
}

static void
a_refused_grant_writes_nothing(void **state)
{
    struct book b;
    struct card card;

    (void)state;
    book_open(&b);
    card = book_card(&b, BOOK_STAMPS);
    book_grant(&b, &card, 1);
    CHECK_TEXT(refusal_word(book_grant_refused(&b, &card, 1).kind), "too_soon");
    CHECK_INT(book_int(&b, "SELECT count(*) FROM transfer"), 1);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM notice"), 1);
    book_close(&b);
}

static void
rules_refuse_with_the_facts(void **state)
{
    struct book b;
    struct card card;
    struct refusal refusal;
    int64_t first_ms;

    (void)state;
    book_open(&b);
    card = book_card(&b, BOOK_STAMPS);
    first_ms = book_grant(&b, &card, 1).at_ms;
    refusal = book_grant_refused(&b, &card, 1);
    CHECK_INT(refusal.kind, REFUSAL_TOO_SOON);
    CHECK_INT(refusal.last_ms, first_ms);
    CHECK_INT(refusal.again_ms, first_ms + 30 * MINUTE_MS);
    for (int i = 0; i < 2; i++) {
        b.now_ms += 30 * MINUTE_MS;
        book_grant(&b, &card, 1);
    }
    b.now_ms += 30 * MINUTE_MS;
    refusal = book_grant_refused(&b, &card, 1);
    CHECK_INT(refusal.kind, REFUSAL_DAY_FULL);
    CHECK_INT(refusal.again_ms, BOOK_NOW_MS + 18 * HOUR_MS);
    b.now_ms = refusal.again_ms;
    book_grant(&b, &card, 1);
    book_close(&b);
}

static void
a_sale_can_be_too_small_or_too_big(void **state)
{
    struct book b;
    struct card card;

    (void)state;
    book_open(&b);
    card = book_card(&b, BOOK_POINTS);
    CHECK_INT(book_grant_refused(&b, &card, 99).kind, REFUSAL_NO_POINTS);
    /* 16 rounds reach 32 rewards, all that one grant may; the half-way reward after them is one
     * more */
    CHECK_INT(book_grant_refused(&b, &card, (16 * 500 + 200) * 100).kind, REFUSAL_TOO_MUCH);
    CHECK_INT(book_grant(&b, &card, (16 * 500 + 199) * 100).vouchers_n, 32);
    book_close(&b);
}

static void
a_transfer_carries_at_most_a_million(void **state)
{
    struct book b;
    struct card card;
    struct plan_rules rules;
    int64_t version;
    struct err e;

    (void)state;
    book_open(&b);
    card = book_card(&b, BOOK_POINTS);
    CHECK_OK(plan_load(b.db, BOOK_POINTS, 0, &rules, &e), e);
    rules.yen_per_point = 1;
    rules.goal = rules.reward[1].at = GRANT_AMOUNT_MAX;
    CHECK_OK(plan_add_version(b.db, &rules, b.now_ms, &version, &e), e);
    CHECK_INT(book_grant_refused(&b, &card, GRANT_AMOUNT_MAX + 1).kind, REFUSAL_TOO_MUCH);
    CHECK_INT(book_grant(&b, &card, GRANT_AMOUNT_MAX).rounds, 1);
    book_close(&b);
}

static void
the_cool_down_reaches_over_the_end_of_the_day(void **state)
{
    struct book b;
    struct card card;

    (void)state;
    book_open(&b);
    card = book_card(&b, BOOK_STAMPS);
    b.now_ms = BOOK_NOW_MS + 18 * HOUR_MS - 10 * MINUTE_MS; /* ten to four, when the day is cut */
    book_grant(&b, &card, 1);
    b.now_ms += 20 * MINUTE_MS;
    CHECK_INT(book_grant_refused(&b, &card, 1).kind, REFUSAL_TOO_SOON);
    b.now_ms += 10 * MINUTE_MS;
    book_grant(&b, &card, 1);
    book_close(&b);
}

/* What is wrong with a request, changed by the row's function, and the answer it must get. */
static void
by_another_till(struct book *b, struct grant *in)
{
    (void)b;
    in->till_id = BOOK_UENO_TILL_2;
}

static void
two_minutes_later(struct book *b, struct grant *in)
{
    (void)b;
    in->now_ms += SCAN_SESSION_MS + 1;
}

static void
at_the_last_moment(struct book *b, struct grant *in)
{
    (void)b;
    in->now_ms += SCAN_SESSION_MS;
}

static void
on_a_blocked_card(struct book *b, struct grant *in)
{
    struct err e;

    (void)in;
    CHECK_OK(card_block(b->db, 1, &(struct by){.staff_id = BOOK_OWNER, .now_ms = b->now_ms}, &e),
             e);
}

static void
by_its_own_member(struct book *b, struct grant *in)
{
    (void)in;
    book_exec(b, "UPDATE staff SET member_id = (SELECT member_id FROM card WHERE id = 1)"
                 " WHERE id = 1");
}

static void
requests_are_refused(void **state)
{
    static const struct {
        void (*change)(struct book *b, struct grant *in);
        enum refusal_kind want;
    } row[] = {
        {by_another_till, REFUSAL_SCAN_OVER},  {two_minutes_later, REFUSAL_SCAN_OVER},
        {at_the_last_moment, REFUSAL_NONE},    {on_a_blocked_card, REFUSAL_CARD_BLOCKED},
        {by_its_own_member, REFUSAL_OWN_CARD},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        struct book b;
        struct card card;
        struct grant in;
        struct grant_result out;
        struct refusal refusal;
        struct err e;

        CHECK_ROW(i);
        book_open(&b);
        card = book_card(&b, BOOK_STAMPS);
        in = book_grant_of(&b, book_scan(&b, &card), &card, 1);
        in.now_ms = b.now_ms;
        row[i].change(&b, &in);
        CHECK_OK(ledger_grant(b.db, &in, &out, &refusal, &e), e);
        CHECK_TEXT(refusal_word(refusal.kind), refusal_word(row[i].want));
        CHECK_INT(book_int(&b, "SELECT count(*) FROM transfer"), row[i].want == REFUSAL_NONE);
        book_close(&b);
    }
}

static void
requests_that_make_no_sense_are_errors(void **state)
{
    static const struct {
        const char *broken; /* SQL that makes it so */
        struct grant grant; /* what differs from the right one */
        enum err_code code;
        const char *word;
    } row[] = {
        {"", {.scan_id = 99}, ERR_NOT_FOUND, "scan_unknown"},
        {"", {.stamps = 4}, ERR_INPUT, "field_range"},
        {"", {.stamps = -1}, ERR_INPUT, "field_range"},
        {"", {.yen = 100}, ERR_INPUT, "field_unknown"},
        {"", {.staff_id = 99}, ERR_NOT_FOUND, "staff_unknown"},
        {"", {.staff_id = BOOK_NAMBA_CASHIER}, ERR_FORBIDDEN, "other_shop"},
        {"", {.shop_id = BOOK_NAMBA}, ERR_FORBIDDEN, "other_shop"},
        {"UPDATE staff SET is_active = 0, ended_ms = 1 WHERE id = 1",
         {0},
         ERR_FORBIDDEN,
         "staff_inactive"},
        {"UPDATE till SET state = 'revoked', revoked_ms = 1", {0}, ERR_FORBIDDEN, "till_inactive"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        const struct grant *change = &row[i].grant;
        struct book b;
        struct card card;
        struct grant in;
        struct grant_result out;
        struct refusal refusal;
        struct err e;

        CHECK_ROW(i);
        book_open(&b);
        card = book_card(&b, BOOK_STAMPS);
        in = book_grant_of(&b, book_scan(&b, &card), &card, change->stamps ? change->stamps : 1);
        in.now_ms = b.now_ms;
        in.scan_id = change->scan_id ? change->scan_id : in.scan_id;
        in.yen = change->yen;
        in.staff_id = change->staff_id ? change->staff_id : in.staff_id;
        in.shop_id = change->shop_id ? change->shop_id : in.shop_id;
        book_exec(&b, "%s", row[i].broken);
        CHECK_FAILS(ledger_grant(b.db, &in, &out, &refusal, &e), e, row[i].code, row[i].word);
        book_close(&b);
    }
}

static void
a_scan_carries_one_grant_until_it_is_reversed(void **state)
{
    struct book b;
    struct card card;
    struct grant in;
    struct grant_result first, second;
    struct refusal refusal;
    struct err e;

    (void)state;
    book_open(&b);
    card = book_card(&b, BOOK_POINTS); /* no cool-down stands in the way */
    in = book_grant_of(&b, book_scan(&b, &card), &card, 500);
    in.now_ms = b.now_ms;
    CHECK_OK(ledger_grant(b.db, &in, &first, &refusal, &e), e);
    CHECK_INT(refusal.kind, REFUSAL_NONE);
    CHECK_OK(ledger_grant(b.db, &in, &second, &refusal, &e), e);
    CHECK_INT(refusal.kind, REFUSAL_SCAN_OVER);
    book_reverse(&b, first.seq);
    in.yen = 700; /* the cashier had mistyped */
    book_request_key(&b, in.request_key);
    CHECK_OK(ledger_grant(b.db, &in, &second, &refusal, &e), e);
    CHECK_INT(refusal.kind, REFUSAL_NONE);
    CHECK_INT(second.balance, 7);
    book_close(&b);
}

static void
a_queued_visit_counts_when_it_happened(void **state)
{
    struct book b;
    struct card card;
    struct grant in;
    struct grant_result out;
    struct refusal refusal;
    struct err e;
    int64_t first_ms;
    int64_t scan_id;

    (void)state;
    book_open(&b);
    card = book_card(&b, BOOK_STAMPS);
    scan_id = book_scan(&b, &card); /* then the line went dead */
    first_ms = b.now_ms;
    b.now_ms += 5 * HOUR_MS;
    in = book_grant_of(&b, scan_id, &card, 1);
    in.now_ms = b.now_ms;
    in.shown_ms = first_ms + SECOND_MS;
    CHECK_OK(ledger_grant(b.db, &in, &out, &refusal, &e), e);
    CHECK_INT(refusal.kind, REFUSAL_NONE);
    CHECK_INT(out.at_ms, b.now_ms);
    CHECK_INT(book_int(&b, "SELECT visit_ms FROM transfer"), first_ms + SECOND_MS);
    book_grant(&b, &card, 1); /* booked a moment after, but five hours later for the shopper */
    book_close(&b);
}

static void
time_never_goes_back_in_the_book(void **state)
{
    struct book b;
    struct card card;
    int64_t first_ms;

    (void)state;
    book_open(&b);
    card = book_card(&b, BOOK_STAMPS);
    first_ms = book_grant(&b, &card, 1).at_ms;
    b.now_ms -= DAY_MS; /* the machine's clock was wrong */
    CHECK_INT(book_grant(&b, &card, 1).at_ms, first_ms);
    b.now_ms += 2 * DAY_MS;
    book_close(&b);
}

/* ---------------------------------------------------------------- reversals */

static void
the_newest_grant_is_undone_with_all_it_brought(void **state)
{
    struct book b;
    struct card card;
    struct grant_result grant;
    struct reversal_result got;

    (void)state;
    book_open(&b);
    card = book_card(&b, BOOK_POINTS);
    book_grant(&b, &card, 10000);          /* 100 */
    grant = book_grant(&b, &card, 110000); /* 1200: five rewards, two rounds, 200 left */
    CHECK_INT(grant.vouchers_n, 5);
    got = book_reverse(&b, grant.seq);
    CHECK_INT(got.card.balance, 100);
    CHECK_INT(got.rounds, 2);
    CHECK_INT(got.vouchers_cancelled, 5);
    CHECK_INT(got.amount, 1100);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM notice WHERE state = 'cancelled'"), 5);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM notice WHERE state = 'waiting'"), 0);
    CHECK_INT(book_int(&b, "SELECT sum(balance) FROM system_account"), -100);
    book_close(&b);
}

static void
an_older_grant_moves_the_later_visits_down(void **state)
{
    struct book b;
    struct card card;
    int64_t first, voucher;
    struct reversal_result got;

    (void)state;
    book_open(&b);
    card = book_card(&b, BOOK_POINTS);
    first = book_grant(&b, &card, 40000).seq;                     /* 400: reached 200 */
    voucher = book_grant(&b, &card, 15000).voucher[0].id;         /* 550: a round, 50 left */
    book_redeem(&b, book_int(&b, "SELECT min(id) FROM voucher")); /* the first is used */
    got = book_reverse(&b, book_grant(&b, &card, 3000).seq);      /* 80, and back to 50 */
    CHECK_INT(got.card.balance, 50);
    CHECK_INT(got.vouchers_cancelled, 0);
    /* Without the first 400 only 150 were earned: the used voucher would have to go. */
    {
        struct reversal in = book_reversal_of(&b, first, BOOK_MANAGER);
        struct refusal refusal;
        struct err e;

        CHECK_OK(ledger_reverse(b.db, &in, &got, &refusal, &e), e);
        CHECK_TEXT(refusal_word(refusal.kind), "voucher_redeemed");
        CHECK_THAT(refusal.at_ms > 0);
    }
    /* The 150 alone can go: the round's voucher with it, the used one stays. */
    got = book_reverse(&b, 2);
    CHECK_INT(got.card.balance, 400);
    CHECK_INT(got.rounds, 1);
    CHECK_INT(got.vouchers_cancelled, 1);
    CHECK_INT(
        book_int(&b, "SELECT state = 'cancelled' FROM voucher WHERE id = %lld", (long long)voucher),
        1);
    book_close(&b);
}

static void
a_reward_still_deserved_is_kept(void **state)
{
    struct book b;
    struct card card;
    int64_t ninth;
    struct reversal_result got;

    (void)state;
    book_open(&b);
    card = book_card(&b, BOOK_POINTS);
    book_grant(&b, &card, 49900);           /* 499 */
    ninth = book_grant(&b, &card, 100).seq; /* 500: full */
    book_grant(&b, &card, 100);             /* 1 */
    got = book_reverse(&b, ninth);          /* the last visit takes its place: still full */
    CHECK_INT(got.card.balance, 0);
    CHECK_INT(got.rounds, 0);
    CHECK_INT(got.vouchers_cancelled, 0);
    book_close(&b);
}

static void
reversals_are_refused(void **state)
{
    static const struct {
        int64_t seq, staff, till, shop;
        int64_t later_ms;
        enum refusal_kind want;
    } row[] = {
        {1, BOOK_CASHIER, BOOK_UENO_TILL, BOOK_UENO, 0, REFUSAL_NONE},
        {1, BOOK_CASHIER, BOOK_UENO_TILL_2, BOOK_UENO, 0, REFUSAL_OTHER_TILL},
        {1, BOOK_NAMBA_CASHIER, BOOK_NAMBA_TILL, BOOK_NAMBA, 0, REFUSAL_OTHER_TILL},
        {1, BOOK_CASHIER, BOOK_UENO_TILL, BOOK_UENO, 18 * HOUR_MS, REFUSAL_TOO_LATE},
        {1, BOOK_MANAGER, BOOK_UENO_TILL_2, BOOK_UENO, 18 * HOUR_MS, REFUSAL_NONE},
        {1, BOOK_OWNER, BOOK_NAMBA_TILL, BOOK_NAMBA, 90 * DAY_MS, REFUSAL_NONE},
        {2, BOOK_MANAGER, BOOK_UENO_TILL, BOOK_UENO, 0, REFUSAL_NOT_A_GRANT}, /* the round */
        {3, BOOK_MANAGER, BOOK_UENO_TILL, BOOK_UENO, 0, REFUSAL_ALREADY_REVERSED},
        {4, BOOK_MANAGER, BOOK_UENO_TILL, BOOK_UENO, 0, REFUSAL_NOT_A_GRANT}, /* the reversal */
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        struct book b;
        struct card card;
        struct reversal in;
        struct reversal_result out;
        struct refusal refusal;
        struct err e;

        CHECK_ROW(i);
        book_open(&b);
        card = book_card(&b, BOOK_POINTS);
        book_grant(&b, &card, 50000); /* 1, and its round 2 */
        book_grant(&b, &card, 100);   /* 3 */
        book_reverse(&b, 3);          /* 4 */
        in = book_reversal_of(&b, row[i].seq, row[i].staff);
        in.till_id = row[i].till;
        in.shop_id = row[i].shop;
        b.now_ms += row[i].later_ms;
        in.now_ms = b.now_ms;
        CHECK_OK(ledger_reverse(b.db, &in, &out, &refusal, &e), e);
        CHECK_TEXT(refusal_word(refusal.kind), refusal_word(row[i].want));
        CHECK_INT(book_int(&b, "SELECT count(*) FROM transfer"),
                  row[i].want == REFUSAL_NONE ? 6 : 4);
        book_close(&b);
    }
}

static void
an_unknown_transfer_is_an_error(void **state)
{
    struct book b;
    struct reversal in;
    struct reversal_result out;
    struct refusal refusal;
    struct err e;

    (void)state;
    book_open(&b);
    in = book_reversal_of(&b, 99, BOOK_MANAGER);
    CHECK_FAILS(ledger_reverse(b.db, &in, &out, &refusal, &e), e, ERR_NOT_FOUND,
                "transfer_unknown");
    book_close(&b);
}

static void
a_reversal_after_expiry_gives_the_units_back_and_leaves_the_voucher(void **state)
{
    struct book b;
    struct card card;
    struct reversal_result got;
    int64_t n;
    struct err e;

    (void)state;
    book_open(&b);
    card = book_card(&b, BOOK_POINTS);
    book_grant(&b, &card, 50000);
    b.now_ms += 40 * DAY_MS;
    CHECK_OK(voucher_expire_due(b.db, b.now_ms, 100, &n, &e), e);
    CHECK_INT(n, 2);
    got = book_reverse(&b, 1);
    CHECK_INT(got.card.balance, 0);
    CHECK_INT(got.rounds, 1);
    CHECK_INT(got.vouchers_cancelled, 0);
    CHECK_INT(book_grant(&b, &card, 50000).vouchers_n, 2); /* and it can be earned again */
    book_close(&b);
}

static void
a_lowered_goal_fills_a_card_at_its_next_grant(void **state)
{
    struct book b;
    struct card card;
    struct plan_rules rules;
    struct grant_result got;
    int64_t version;
    struct err e;

    (void)state;
    book_open(&b);
    card = book_card(&b, BOOK_POINTS);
    book_grant(&b, &card, 45000); /* 450 of 500 */
    CHECK_OK(plan_load(b.db, BOOK_POINTS, 0, &rules, &e), e);
    rules.goal = rules.reward[1].at = 300;
    CHECK_OK(plan_add_version(b.db, &rules, b.now_ms, &version, &e), e);
    got = book_grant(&b, &card, 1000); /* 460: full, 160 left */
    CHECK_INT(got.balance, 160);
    CHECK_INT(got.vouchers_n, 1);
    CHECK_INT(got.rules.version, version);
    CHECK_INT(book_reverse(&b, got.seq).card.balance, 150); /* it deserves its round all the same */
    book_close(&b);
}

/* ---------------------------------------------------------------- reading */

static void
history_shows_the_newest_first(void **state)
{
    struct book b;
    struct card card;
    struct card_line line[3];
    struct till_line done[8];
    struct err e;
    size_t n;

    (void)state;
    book_open(&b);
    card = book_card(&b, BOOK_POINTS);
    book_grant(&b, &card, 10000);
    book_reverse(&b, 1);
    book_grant(&b, &card, 50000); /* 3, and its round 4 */
    CHECK_OK(card_history(b.db, card.id, line, COUNT(line), &n, &e), e);
    CHECK_INT(n, 3);
    CHECK_INT(line[0].kind, TRANSFER_ROUND);
    CHECK_THAT(!line[0].is_credit);
    CHECK_INT(line[1].seq, 3);
    CHECK_INT(line[1].amount, 500);
    CHECK_INT(line[1].balance, 500);
    CHECK_TEXT(line[1].shop, "ueno");
    CHECK_TEXT(transfer_kind_name(line[2].kind), "reverse");
    CHECK_OK(ledger_of_till(b.db, BOOK_UENO_TILL, 0, done, COUNT(done), &n, &e), e);
    CHECK_INT(n, 3); /* not the round */
    CHECK_THAT(done[2].is_reversed && !done[0].is_reversed);
    CHECK_TEXT(done[1].staff, "manager");
    CHECK_OK(ledger_of_till(b.db, BOOK_UENO_TILL, b.now_ms, done, COUNT(done), &n, &e), e);
    CHECK_INT(n, 1);
    CHECK_OK(ledger_of_till(b.db, BOOK_UENO_TILL_2, 0, done, COUNT(done), &n, &e), e);
    CHECK_INT(n, 0);
    book_close(&b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_grant_adds_stamps_and_gives_a_receipt),
        TEST(a_filled_card_is_spent_and_the_surplus_stays),
        TEST(a_big_sale_fills_the_card_several_times),
        TEST(a_refused_grant_writes_nothing),
        TEST(rules_refuse_with_the_facts),
        TEST(a_sale_can_be_too_small_or_too_big),
        TEST(a_transfer_carries_at_most_a_million),
        TEST(the_cool_down_reaches_over_the_end_of_the_day),
        TEST(requests_are_refused),
        TEST(requests_that_make_no_sense_are_errors),
        TEST(a_scan_carries_one_grant_until_it_is_reversed),
        TEST(a_queued_visit_counts_when_it_happened),
        TEST(time_never_goes_back_in_the_book),
        TEST(the_newest_grant_is_undone_with_all_it_brought),
        TEST(an_older_grant_moves_the_later_visits_down),
        TEST(a_reward_still_deserved_is_kept),
        TEST(reversals_are_refused),
        TEST(an_unknown_transfer_is_an_error),
        TEST(a_reversal_after_expiry_gives_the_units_back_and_leaves_the_voucher),
        TEST(a_lowered_goal_fills_a_card_at_its_next_grant),
        TEST(history_shows_the_newest_first),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
