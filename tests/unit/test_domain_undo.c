/*
 * Undoing what is not a grant: points that were used come back, and what was given beside a grant
 * goes with it.
 */
#include "tests/support/book.h"
#include "tests/support/check.h"

#include <string.h>

#include "base/clock.h"
#include "domain/debt.h"
#include "domain/posting.h"
#include "domain/refund.h"
#include "domain/voucher_cancel.h"

/* One transfer on a card, by the cashier, as the callers of posting.h would write it. */
static int64_t
post(struct book *b, const struct card *card, enum transfer_kind kind, int64_t amount,
     int64_t cause_seq)
{
    struct transfer t = {.kind = kind,
                         .amount = amount,
                         .shop_id = BOOK_UENO,
                         .till_id = BOOK_UENO_TILL,
                         .staff_id = BOOK_CASHIER,
                         .cause_seq = cause_seq,
                         .reason = "test"};
    POSTING posting = {.db = NULL};
    struct plan_rules rules;
    struct card now;
    struct err e;

    book_request_key(b, t.request_key);
    CHECK_OK(card_load(b->db, card->id, &now, &e), e);
    CHECK_OK(plan_load(b->db, card->plan_id, 0, &rules, &e), e);
    t.plan_version = rules.version;
    CHECK_OK(posting_open(&posting, b->db, &now, &rules, b->now_ms, &e), e);
    CHECK_OK(posting_add(&posting, &t, &e), e);
    CHECK_OK(posting_close(&posting, &e), e);
    return t.seq;
}

static struct card
load(struct book *b, const struct card *card)
{
    struct card now;
    struct err e;

    CHECK_OK(card_load(b->db, card->id, &now, &e), e);
    return now;
}

static struct refusal
refused(struct book *b, const struct reversal *in)
{
    struct reversal_result out;
    struct refusal refusal;
    struct err e;

    CHECK_OK(ledger_reverse(b->db, in, &out, &refusal, &e), e);
    return refusal;
}

static void
points_that_were_spent_come_back_once(void **state)
{
    struct book b;
    struct card card;
    struct reversal in;
    struct reversal_result got;
    int64_t spend;

    (void)state;
    book_open(&b);
    card = book_card(&b, BOOK_POINTS);
    book_grant(&b, &card, 15000);
    spend = post(&b, &card, TRANSFER_SPEND, 120, 0);
    got = book_reverse(&b, spend);
    CHECK_INT(got.kind, TRANSFER_SPEND);
    CHECK_INT(got.amount, 120);
    CHECK_INT(got.card.balance, 150);
    in = book_reversal_of(&b, spend, BOOK_MANAGER);
    CHECK_TEXT(refusal_word(refused(&b, &in).kind), "already_reversed");
    CHECK_INT(load(&b, &card).balance, 150);
    book_close_broken(&b); /* a spending without what spend.h keeps of it */
}

/* What was reached before is deserved without the grant that goes, whatever the balance says. */
static void
rewards_of_before_outlive_spending(void **state)
{
    struct book b;
    struct card card;
    struct reversal_result got;
    int64_t later;

    (void)state;
    book_open(&b);
    card = book_card(&b, BOOK_POINTS);
    book_grant(&b, &card, 20000); /* 200: its voucher */
    post(&b, &card, TRANSFER_SPEND, 150, 0);
    later = book_grant(&b, &card, 10000).seq; /* 150 */
    got = book_reverse(&b, later);
    CHECK_INT(got.card.balance, 50);
    CHECK_INT(got.vouchers_cancelled, 0);
    CHECK_INT(load(&b, &card).reached, 200);
    CHECK_INT(book_grant(&b, &card, 15000).vouchers_n, 0); /* 200 again: once a round */
    book_close_broken(&b);
}

static void
a_round_of_before_does_not_pay_for_what_was_spent(void **state)
{
    struct book b;
    struct card card;
    struct reversal in;
    struct refusal refusal;
    int64_t later;

    (void)state;
    book_open(&b);
    card = book_card(&b, BOOK_POINTS);
    book_grant(&b, &card, 50000); /* a round */
    later = book_grant(&b, &card, 10000).seq;
    post(&b, &card, TRANSFER_SPEND, 80, 0);
    in = book_reversal_of(&b, later, BOOK_MANAGER);
    refusal = refused(&b, &in);
    CHECK_TEXT(refusal_word(refusal.kind), "balance_too_low");
    CHECK_INT(refusal.missing, 80);
    CHECK_INT(load(&b, &card).balance, 20);
    book_close_broken(&b);
}

static void
bonuses_go_with_their_grant(void **state)
{
    struct book b;
    struct card card;
    struct reversal_result got;
    int64_t grant;

    (void)state;
    book_open(&b);
    card = book_card(&b, BOOK_POINTS);
    grant = book_grant(&b, &card, 5000).seq;
    post(&b, &card, TRANSFER_BONUS, 50, grant);
    post(&b, &card, TRANSFER_BONUS, 7, 0);
    got = book_reverse(&b, grant);
    CHECK_INT(got.amount, 50);
    CHECK_INT(got.card.balance, 7);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM transfer WHERE kind = 3 AND cause_seq = %lld",
                       (long long)grant),
              1);
    CHECK_INT(book_reverse(&b, 3).card.balance, 0); /* and one that stood alone, by itself */
    book_close_broken(&b);
}

static const char joins[] = "{\"name\":\"Joins\",\"spend\":{\"yen\":1},"
                            "\"earn\":{\"join\":{\"units\":6,\"when\":\"visit\"}},"
                            "\"expiry\":{\"kind\":\"after\",\"days\":30}}";

/* 5 of the sale and 3 of the bonus repay 8 that were owed. */
static void
what_a_bonus_repaid_is_owed_again_with_its_grant(void **state)
{
    struct book b;
    struct card card;
    struct grant_result got;
    struct err e;

    (void)state;
    book_open(&b);
    card = book_card(&b, book_plan(&b, joins));
    CHECK_OK(card_owes(b.db, card.id, 8, &e), e);
    got = book_grant(&b, &card, 500);
    CHECK_INT(got.join_units, 6);
    CHECK_INT(load(&b, &card).balance, 3);
    CHECK_INT(load(&b, &card).owed, 0);
    book_reverse(&b, got.seq);
    CHECK_INT(load(&b, &card).balance, 0);
    CHECK_INT(load(&b, &card).owed, 8);
    book_close_broken(&b); /* a debt that no refund left */
}

/* The sale's 10 were used, and the bonus came to its end: a refund would take others for it. */
static void
a_bonus_that_lapsed_is_not_taken_from_others(void **state)
{
    struct refund in = {.staff_id = BOOK_MANAGER, .till_id = BOOK_UENO_TILL, .shop_id = BOOK_UENO};
    struct refund_result out;
    struct refusal refusal;
    struct book b;
    struct card card;
    struct err e;

    (void)state;
    book_open(&b);
    card = book_card(&b, book_plan(&b, joins));
    in.grant_seq = book_grant(&b, &card, 1000).seq;
    book_spend(&b, &card, 10);
    b.now_ms += 40 * DAY_MS;
    book_grant(&b, &card, 5000);
    in.now_ms = b.now_ms;
    book_request_key(&b, in.request_key);
    CHECK_OK(ledger_refund(b.db, &in, &out, &refusal, &e), e);
    CHECK_TEXT(refusal_word(refusal.kind), "points_lapsed");
    CHECK_INT(load(&b, &card).balance, 50);
    book_close(&b);
}

static void
who_may_undo_is_one_rule_for_all(void **state)
{
    static const struct {
        int64_t staff, till, shop;
        int64_t later_ms;
        enum refusal_kind want;
    } row[] = {
        {BOOK_CASHIER, BOOK_UENO_TILL, BOOK_UENO, 0, REFUSAL_NONE},
        {BOOK_CASHIER, BOOK_UENO_TILL_2, BOOK_UENO, 0, REFUSAL_OTHER_TILL},
        {BOOK_CASHIER, BOOK_UENO_TILL, BOOK_UENO, DAY_MS, REFUSAL_TOO_LATE},
        {BOOK_MANAGER, BOOK_UENO_TILL_2, BOOK_UENO, DAY_MS, REFUSAL_NONE},
        {BOOK_NAMBA_CASHIER, BOOK_NAMBA_TILL, BOOK_NAMBA, 0, REFUSAL_OTHER_TILL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        struct book b;
        struct card card;
        struct reversal in;

        CHECK_ROW(i);
        book_open(&b);
        card = book_card(&b, BOOK_POINTS);
        book_grant(&b, &card, 15000);
        in = book_reversal_of(&b, post(&b, &card, TRANSFER_SPEND, 10, 0), row[i].staff);
        in.till_id = row[i].till;
        in.shop_id = row[i].shop;
        in.now_ms += row[i].later_ms;
        CHECK_TEXT(refusal_word(refused(&b, &in).kind), refusal_word(row[i].want));
        book_close_broken(&b);
    }
}

static void
consequences_are_not_undone_by_themselves(void **state)
{
    static const enum transfer_kind kind[] = {TRANSFER_SWAP, TRANSFER_EXPIRE, TRANSFER_GIFT_OUT,
                                              TRANSFER_REFUND, TRANSFER_REPAY};

    (void)state;
    for (size_t i = 0; i < COUNT(kind); i++) {
        struct book b;
        struct card card;
        struct transfer t = {.kind = kind[i]};
        struct reversal in;

        CHECK_ROW(i);
        book_open(&b);
        card = book_card(&b, BOOK_POINTS);
        book_grant(&b, &card, 15000);
        book_exec(&b, "UPDATE card SET owed = 10");
        in = book_reversal_of(&b, post(&b, &card, t.kind, 10, 1), BOOK_OWNER);
        CHECK_TEXT(refusal_word(refused(&b, &in).kind), "not_a_grant");
        book_close_broken(&b);
    }
}

static void
lapsed_points_are_not_taken_from_others(void **state)
{
    struct book b;
    struct card card;
    struct plan_rules rules;
    struct reversal in;
    struct refusal refusal;
    int64_t version;
    struct err e;

    (void)state;
    book_open(&b);
    CHECK_OK(plan_load(b.db, BOOK_POINTS, 0, &rules, &e), e);
    rules.expiry.kind = EXPIRY_AFTER;
    rules.expiry.days = 10;
    CHECK_OK(plan_add_version(b.db, &rules, b.now_ms, &version, &e), e);
    card = book_card(&b, BOOK_POINTS);
    book_grant(&b, &card, 5000);
    b.now_ms += 20 * DAY_MS;
    book_grant(&b, &card, 9000); /* 2 the lapse, 3 the grant */
    in = book_reversal_of(&b, 1, BOOK_MANAGER);
    refusal = refused(&b, &in);
    CHECK_TEXT(refusal_word(refusal.kind), "points_lapsed");
    CHECK_INT(refusal.at_ms, b.now_ms);
    CHECK_INT(load(&b, &card).balance, 90);
    book_close(&b);
}

/* ---------------------------------------------------------------- vouchers taken back */

/* Each as it was foreseen. */
static struct refusal
cancel(struct book *b, int64_t voucher_id, int64_t staff_id, struct reversal_result *out)
{
    struct cancellation in = {.voucher_id = voucher_id,
                              .staff_id = staff_id,
                              .till_id = BOOK_UENO_TILL,
                              .shop_id = BOOK_UENO,
                              .now_ms = b->now_ms};
    struct refusal refusal, foreseen;
    struct cancel_ahead ahead;
    struct err e;

    CHECK_OK(voucher_cancel_foresee(b->db, &in, &ahead, &foreseen, &e), e);
    book_request_key(b, in.request_key);
    CHECK_OK(voucher_cancel(b->db, &in, out, &refusal, &e), e);
    CHECK_TEXT(refusal_word(foreseen.kind), refusal_word(refusal.kind));
    if (refusal.kind == REFUSAL_NONE) {
        CHECK_INT(ahead.units, out->amount);
        CHECK_INT(ahead.card.balance + ahead.units, out->card.balance);
        CHECK_INT(ahead.vouchers_cancelled, out->vouchers_cancelled);
    }
    return refusal;
}

static void
a_cancelled_voucher_gives_its_points_back_once(void **state)
{
    struct book b;
    struct card card;
    struct reversal_result got;
    struct grant_result again;

    (void)state;
    book_open(&b);
    card = book_card(&b, BOOK_POINTS);
    book_grant(&b, &card, 72000); /* 720: vouchers 1 and 2, and 3 from the surplus of 220 */
    CHECK_TEXT(refusal_word(cancel(&b, 2, BOOK_CASHIER, &got).kind), "manager_needed");
    CHECK_TEXT(refusal_word(cancel(&b, 2, BOOK_MANAGER, &got).kind), "none");
    CHECK_INT(got.amount, 500);
    CHECK_INT(got.card.balance, 720);
    CHECK_INT(got.vouchers_cancelled, 2); /* the surplus is not one any more */
    CHECK_TEXT(refusal_word(cancel(&b, 2, BOOK_MANAGER, &got).kind), "voucher_cancelled");
    again = book_grant(&b, &card, 1000); /* 730: full */
    CHECK_INT(again.balance, 230);
    CHECK_INT(again.vouchers_n, 2);
    book_close(&b);
}

static void
one_reached_in_passing_gives_nothing_back(void **state)
{
    struct book b;
    struct card card;
    struct reversal_result got;

    (void)state;
    book_open(&b);
    card = book_card(&b, BOOK_POINTS);
    book_grant(&b, &card, 20000);
    CHECK_TEXT(refusal_word(cancel(&b, 1, BOOK_MANAGER, &got).kind), "none");
    CHECK_INT(got.seq, 0);
    CHECK_INT(got.card.balance, 200);
    CHECK_INT(book_grant(&b, &card, 1000).vouchers_n, 0);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM notice WHERE state = 'cancelled'"), 1);
    book_close(&b);
}

static void
one_that_was_used_stays_used(void **state)
{
    struct book b;
    struct card card;
    struct reversal_result got;

    (void)state;
    book_open(&b);
    card = book_card(&b, BOOK_POINTS);
    book_grant(&b, &card, 72000);
    book_redeem(&b, 3);
    CHECK_TEXT(refusal_word(cancel(&b, 3, BOOK_MANAGER, &got).kind), "voucher_redeemed");
    /* 2 would bring its points back, and then 3 would be reached once more */
    CHECK_TEXT(refusal_word(cancel(&b, 2, BOOK_MANAGER, &got).kind), "voucher_redeemed");
    CHECK_INT(load(&b, &card).balance, 220);
    book_close(&b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(points_that_were_spent_come_back_once),
        TEST(rewards_of_before_outlive_spending),
        TEST(a_round_of_before_does_not_pay_for_what_was_spent),
        TEST(bonuses_go_with_their_grant),
        TEST(what_a_bonus_repaid_is_owed_again_with_its_grant),
        TEST(a_bonus_that_lapsed_is_not_taken_from_others),
        TEST(who_may_undo_is_one_rule_for_all),
        TEST(consequences_are_not_undone_by_themselves),
        TEST(lapsed_points_are_not_taken_from_others),
        TEST(a_cancelled_voucher_gives_its_points_back_once),
        TEST(one_reached_in_passing_gives_nothing_back),
        TEST(one_that_was_used_stays_used),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
