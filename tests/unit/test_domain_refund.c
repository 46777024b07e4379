/*
 * Refunds: what a part of a sale takes back as tables, what the book does with it, and random parts
 * in any order beside the one sum they must come to.
 */
#include "tests/support/book.h"
#include "tests/support/check.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/entropy.h"
#include "domain/merge.h"
#include "domain/moving.h"
#include "domain/refund.h"
#include "domain/refund_rules.h"
#include "domain/way_back.h"

/* ---------------------------------------------------------------- pure functions */

static void
what_is_left_is_what_the_rest_would_have_earned(void **state)
{
    static const struct {
        enum rounding rounding;
        int64_t each, yen, units, bonus; /* the sale, and what it brought */
        int64_t left_yen, left;
    } row[] = {
        {ROUNDING_DOWN, 100, 1000, 10, 0, 1000, 10}, /* nothing was refunded */
        {ROUNDING_DOWN, 100, 1000, 10, 0, 0, 0},     /* all of it */
        {ROUNDING_DOWN, 100, 1000, 10, 0, 999, 9},   /* one yen costs the point it completed */
        {ROUNDING_DOWN, 100, 1050, 10, 0, 1000, 10}, /* 50 yen had earned nothing */
        {ROUNDING_NEAREST, 100, 1050, 11, 0, 1049, 10},
        {ROUNDING_UP, 100, 1001, 11, 0, 1000, 10},
        {ROUNDING_UP, 100, 1001, 11, 0, 1, 1},
        {ROUNDING_DOWN, 100, 1000, 10, 20, 500, 15}, /* three times the points: three for each */
        {ROUNDING_DOWN, 100, 250, 2, 4, 150, 3},
        {ROUNDING_DOWN, 100, 299, 2, 4, 249, 6},
        {ROUNDING_DOWN, 100, 1000, 5, 0, 500, 2}, /* a cap had cut it: half of five */
        {ROUNDING_UP, 100, 1000, 5, 0, 500, 3},
        {ROUNDING_DOWN, 100, 90, 0, 7, 45, 3}, /* pieces alone, by the yen */
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        const struct plan_rules rules = {
            .unit = UNIT_POINT, .yen_per_point = row[i].each, .rounding = row[i].rounding};
        const struct refundable sale = {.yen = row[i].yen,
                                        .units = row[i].units,
                                        .bonuses_n = row[i].bonus > 0,
                                        .bonus = {row[i].bonus}};

        CHECK_ROW(i);
        CHECK_INT(units_left(&rules, &sale, row[i].left_yen), row[i].left);
        CHECK_INT(units_left(&rules, &sale, sale.yen), row[i].units + row[i].bonus);
        CHECK_INT(units_left(&rules, &sale, 0), 0);
    }
}

static void
who_may_refund_how_much_and_until_when(void **state)
{
    const int64_t sale = BOOK_NOW_MS, next_day = BOOK_NOW_MS + DAY_MS;
    const struct {
        struct back_rules back;
        struct refund_facts facts;
        enum refusal_kind want;
        int64_t left;
    } row[] = {
        {{0}, {sale, sale, 1000, 0, 1000, false, true}, REFUSAL_NONE, 0},
        {{0}, {sale, sale, 1000, 400, 600, false, true}, REFUSAL_NONE, 0},
        {{0}, {sale, sale, 1000, 400, 601, false, true}, REFUSAL_REFUND_TOO_MUCH, 600},
        {{0}, {sale, sale, 1000, 1000, 1, true, true}, REFUSAL_ALREADY_REFUNDED, 0},
        {{0}, {sale, sale, 1000, 0, 1000, true, false}, REFUSAL_OTHER_TILL, 0},
        {{0}, {sale, next_day, 1000, 0, 1000, false, true}, REFUSAL_TOO_LATE, 0},
        {{0}, {sale, next_day, 1000, 0, 1000, true, true}, REFUSAL_NONE, 0}, /* a manager may */
        {{.refund_days = 1}, {sale, next_day, 1000, 0, 1000, false, true}, REFUSAL_NONE, 0},
        {{.refund_yen = 999}, {sale, sale, 1000, 0, 1000, false, true}, REFUSAL_MANAGER_NEEDED, 0},
        {{.refund_yen = 999}, {sale, sale, 1000, 0, 1000, true, true}, REFUSAL_NONE, 0},
        /* so much of one sale, in however many parts */
        {{.refund_yen = 999}, {sale, sale, 1000, 900, 100, false, true}, REFUSAL_MANAGER_NEEDED, 0},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        const struct plan_rules rules = {.utc_offset_min = 9 * 60, .back = row[i].back};
        struct refusal refusal = refund_decide(&rules, &row[i].facts);

        CHECK_ROW(i);
        CHECK_TEXT(refusal_word(refusal.kind), refusal_word(row[i].want));
        CHECK_INT(refusal.left, row[i].left);
    }
}

static void
what_is_missing_is_refused_forgiven_or_owed(void **state)
{
    static const struct {
        enum refund_short rule;
        int64_t units, missing;
        struct refund_parts want;
    } row[] = {
        {SHORT_REFUSE, 10, 0, {10, 0, 0, false}}, {SHORT_REFUSE, 10, 4, {6, 0, 0, true}},
        {SHORT_FORGIVE, 10, 4, {6, 4, 0, false}}, {SHORT_OWE, 10, 4, {6, 0, 4, false}},
        {SHORT_OWE, 10, 10, {0, 0, 10, false}},   {SHORT_OWE, 0, 0, {0, 0, 0, false}},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        const struct plan_rules rules = {.back = {.refund_short = row[i].rule}};
        struct refund_parts got = refund_split(&rules, row[i].units, row[i].missing);

        CHECK_ROW(i);
        CHECK_INT(got.taken, row[i].want.taken);
        CHECK_INT(got.forgiven, row[i].want.forgiven);
        CHECK_INT(got.owed, row[i].want.owed);
        CHECK_INT(got.is_refused, row[i].want.is_refused);
    }
}

static void
a_plan_says_it_in_its_file(void **state)
{
    static const struct {
        const char *text;
        enum err_code code;
        const char *word;
    } row[] = {
        {"{}", OK, ""},
        {"{\"short\":\"owe\",\"days\":30,\"yen\":10000}", OK, ""},
        {"{\"short\":\"never\"}", ERR_INPUT, "plan_invalid"},
        {"{\"days\":-1}", ERR_INPUT, "field_range"},
        {"{\"days\":3661}", ERR_INPUT, "field_range"},
        {"{\"months\":1}", ERR_INPUT, "field_unknown"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        json_t *in = NULL, *plan = json_object();
        struct back_rules rules, again;
        struct err e;

        CHECK_ROW(i);
        CHECK_OK(json_parse(str_of(row[i].text), 1000, &in, &e), e);
        if (row[i].code != OK) {
            CHECK_FAILS(back_read(in, &rules, &e), e, row[i].code, row[i].word);
        } else {
            json_t *nothing = json_object();
            const json_t *part;

            CHECK_OK(back_read(in, &rules, &e), e);
            CHECK_THAT(back_write(&rules, plan));
            part = json_object_get(plan, "refund");
            CHECK_OK(back_read(part ? part : nothing, &again, &e), e);
            CHECK_INT(memcmp(&rules, &again, sizeof(rules)), 0);
            json_decref(nothing);
        }
        json_decref(in);
        json_decref(plan);
    }
}

/* A card that reached 300 of 500, by 200 and then 100, and may have used some. */
static void
the_way_back_ends_where_the_card_would_stand(void **state)
{
    static const struct {
        int64_t balance, reached, amount, since;
        struct way_before before;
        struct passed voucher;
        enum way_step step;
        struct way_end end; /* after it */
    } row[] = {
        /* the 100 go: the reward at 200 was there before */
        {300,
         300,
         100,
         2,
         {200, -1, 0},
         {1, 200, 0, VOUCHER_ISSUED, false},
         WAY_ENDS,
         {200, 200, 0}},
        /* the same when 250 were used since: 50 are missing, and 200 stays reached */
        {50, 300, 100, 2, {200, -1, 0}, {1, 200, 0, VOUCHER_ISSUED, false}, WAY_ENDS, {0, 200, 50}},
        /* the 200 go: without them 100 reach no reward */
        {300,
         300,
         200,
         1,
         {0, -1, 0},
         {1, 200, 0, VOUCHER_ISSUED, false},
         WAY_UNDOES,
         {100, 100, 0}},
        {300,
         300,
         200,
         1,
         {0, -1, 0},
         {1, 200, 0, VOUCHER_REDEEMED, false},
         WAY_BLOCKED,
         {100, 200, 0}},
        /* one that expired tells nothing */
        {300,
         300,
         200,
         1,
         {0, -1, 0},
         {1, 200, 0, VOUCHER_EXPIRED, false},
         WAY_GOES_ON,
         {100, 100, 0}},
        /* a round whose units are needed comes back */
        {50,
         50,
         100,
         1,
         {0, -1, 1},
         {1, 500, 500, VOUCHER_ISSUED, false},
         WAY_UNDOES,
         {450, 450, 0}},
        {150, 150, 100, 1, {0, -1, 1}, {1, 500, 500, VOUCHER_ISSUED, false}, WAY_ENDS, {50, 50, 0}},
        {50, 50, 100, 1, {0, -1, 1}, {1, 500, 500, VOUCHER_EXPIRED, true}, WAY_GOES_ON, {0, 0, 50}},
        /* one of before does not pay for what was used */
        {20, 100, 100, 2, {0, 0, 0}, {1, 500, 500, VOUCHER_ISSUED, false}, WAY_ENDS, {0, 0, 80}},
        /* unless it was filled by what has been taken back since */
        {20,
         20,
         100,
         2,
         {-60, -60, 0},
         {1, 500, 500, VOUCHER_ISSUED, false},
         WAY_UNDOES,
         {420, 420, 0}},
        /* 90 that were used came back and reached nothing, but the reward is deserved with them */
        {310, 220, 100, 1, {0, -1, 0}, {2, 200, 0, VOUCHER_ISSUED, false}, WAY_ENDS, {210, 200, 0}},
        /* what they would have reached is left to the next visit */
        {290,
         190,
         10,
         1,
         {0, -1, 0},
         {1, 10, 0, VOUCHER_EXPIRED, false},
         WAY_GOES_ON,
         {280, 180, 0}},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        struct way way = {.since_seq = row[i].since, .before = row[i].before};
        struct way_end end;

        CHECK_ROW(i);
        way_begin(&way, row[i].balance, row[i].reached, row[i].amount);
        CHECK_INT(way_meets(&way, &row[i].voucher), row[i].step);
        end = way_end(&way);
        CHECK_INT(end.balance, row[i].end.balance);
        CHECK_INT(end.reached, row[i].end.reached);
        CHECK_INT(end.missing, row[i].end.missing);
    }
}

/* ---------------------------------------------------------------- in the book */

static void
rule(struct book *b, enum refund_short refund_short)
{
    struct plan_rules rules;
    int64_t version;
    struct err e;

    CHECK_OK(plan_load(b->db, BOOK_POINTS, 0, &rules, &e), e);
    rules.back.refund_short = refund_short;
    CHECK_OK(plan_add_version(b->db, &rules, b->now_ms, &version, &e), e);
}

/* Each as it was foreseen. */
static struct refusal
refund(struct book *b, int64_t grant_seq, int64_t yen, struct refund_result *out)
{
    struct refund in = {.grant_seq = grant_seq,
                        .yen = yen,
                        .staff_id = BOOK_CASHIER,
                        .till_id = BOOK_UENO_TILL_2,
                        .shop_id = BOOK_UENO,
                        .now_ms = b->now_ms};
    struct refund_ahead ahead;
    struct refusal refusal, foreseen;
    struct err e;

    CHECK_OK(refund_foresee(b->db, &in, &ahead, &foreseen, &e), e);
    book_request_key(b, in.request_key);
    CHECK_OK(ledger_refund(b->db, &in, out, &refusal, &e), e);
    CHECK_TEXT(refusal_word(foreseen.kind), refusal_word(refusal.kind));
    CHECK_INT(foreseen.missing, refusal.missing);
    CHECK_INT(foreseen.left, refusal.left);
    CHECK_INT(ahead.balance, out->card.balance);
    CHECK_INT(ahead.result.yen, out->yen);
    CHECK_INT(ahead.result.left_yen, out->left_yen);
    CHECK_INT(ahead.result.taken, out->taken);
    CHECK_INT(ahead.result.forgiven, out->forgiven);
    CHECK_INT(ahead.result.owed, out->owed);
    CHECK_INT(ahead.result.rounds, out->rounds);
    CHECK_INT(ahead.result.vouchers_cancelled, out->vouchers_cancelled);
    return refusal;
}

static void
parts_of_a_sale_take_back_what_the_rest_did_not_earn(void **state)
{
    struct book b;
    struct card card;
    struct refund_result got;
    struct reversal in;
    struct reversal_result undone;
    struct refusal refusal;
    struct err e;
    int64_t seq;

    (void)state;
    book_open(&b);
    card = book_card(&b, BOOK_POINTS);
    seq = book_grant(&b, &card, 25050).seq; /* 250, and the reward at 200 */
    CHECK_TEXT(refusal_word(refund(&b, seq, 50, &got).kind), "none");
    CHECK_INT(got.seq, 0); /* they had earned nothing */
    CHECK_INT(got.card.balance, 250);
    CHECK_TEXT(refusal_word(refund(&b, seq, 5050, &got).kind), "none");
    CHECK_INT(got.taken, 51);
    CHECK_INT(got.vouchers_cancelled, 1); /* 199 */
    CHECK_TEXT(refusal_word(refund(&b, seq, 20000, &got).kind), "refund_too_much");
    in = book_reversal_of(&b, seq, BOOK_MANAGER);
    CHECK_OK(ledger_reverse(b.db, &in, &undone, &refusal, &e), e);
    CHECK_TEXT(refusal_word(refusal.kind), "already_refunded");
    CHECK_TEXT(refusal_word(refund(&b, seq, 0, &got).kind), "none"); /* all that is left */
    CHECK_INT(got.yen, 19950);
    CHECK_INT(got.left_yen, 0);
    CHECK_INT(got.card.balance, 0);
    CHECK_TEXT(refusal_word(refund(&b, seq, 0, &got).kind), "already_refunded");
    CHECK_INT(book_int(&b, "SELECT sum(balance) FROM system_account"), 0);
    book_close(&b);
}

static void
points_that_are_gone_follow_the_plan(void **state)
{
    static const struct {
        enum refund_short rule;
        enum refusal_kind want;
        int64_t taken, forgiven, owed;
    } row[] = {
        {SHORT_REFUSE, REFUSAL_BALANCE_TOO_LOW, 0, 0, 0},
        {SHORT_FORGIVE, REFUSAL_NONE, 50, 450, 0},
        {SHORT_OWE, REFUSAL_NONE, 50, 0, 450},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        struct book b;
        struct card card;
        struct refund_result got;
        struct refusal refusal;

        CHECK_ROW(i);
        book_open(&b);
        rule(&b, row[i].rule);
        card = book_card(&b, BOOK_POINTS);
        book_grant(&b, &card, 50000); /* a round */
        book_redeem(&b, 2);           /* its reward was used */
        book_grant(&b, &card, 5000);
        refusal = refund(&b, 1, 0, &got);
        CHECK_TEXT(refusal_word(refusal.kind), refusal_word(row[i].want));
        CHECK_INT(refusal.missing, row[i].want == REFUSAL_NONE ? 0 : 450);
        CHECK_INT(got.taken, row[i].taken);
        CHECK_INT(got.forgiven, row[i].forgiven);
        CHECK_INT(got.owed, row[i].owed);
        CHECK_INT(book_int(&b, "SELECT owed FROM card"), row[i].owed);
        book_close(&b);
    }
}

static void
what_is_owed_is_repaid_first_and_reaches_nothing(void **state)
{
    struct book b;
    struct card card;
    struct refund_result refunded;
    struct grant_result grant;

    (void)state;
    book_open(&b);
    rule(&b, SHORT_OWE);
    card = book_card(&b, BOOK_POINTS);
    book_grant(&b, &card, 50000);
    book_redeem(&b, 2);
    CHECK_TEXT(refusal_word(refund(&b, 1, 20000, &refunded).kind), "none"); /* owes 200 */
    grant = book_grant(&b, &card, 15000);
    CHECK_INT(grant.balance, 0);
    CHECK_INT(grant.card.owed, 50);
    grant = book_grant(&b, &card, 20000); /* 200, of which 50 are repaid */
    CHECK_INT(grant.balance, 150);
    CHECK_INT(grant.vouchers_n, 0);
    CHECK_INT(book_reverse(&b, grant.seq).card.owed, 50);  /* it goes, and with it what it repaid */
    CHECK_INT(book_grant(&b, &card, 25000).vouchers_n, 1); /* 200 */
    book_close(&b);
}

/* What a customer of before brings was theirs: only what is earned repays. */
static void
what_is_brought_along_repays_nothing(void **state)
{
    struct book b;
    struct card card;
    struct entry in = {.amount = 30, .kind = TRANSFER_BRING, .reason = "bring"};
    struct refusal refusal;
    int64_t seq, rewards;
    struct err e;

    (void)state;
    book_open(&b);
    rule(&b, SHORT_OWE);
    card = book_card(&b, BOOK_POINTS);
    book_exec(&b, "UPDATE card SET owed = 50");
    CHECK_OK(card_load(b.db, card.id, &card, &e), e);
    in.card = &card;
    in.now_ms = b.now_ms;
    book_request_key(&b, in.request_key);
    CHECK_OK(units_enter(b.db, &in, &seq, &rewards, &refusal, &e), e);
    CHECK_TEXT(refusal_word(refusal.kind), "none");
    CHECK_INT(book_int(&b, "SELECT balance FROM card"), 30);
    CHECK_INT(book_int(&b, "SELECT owed FROM card"), 50);
    book_close_broken(&b); /* a debt, and what was brought, of nowhere */
}

static int64_t
owed(struct book *b, const struct card *card)
{
    return book_int(b, "SELECT owed FROM card WHERE id = %lld", (long long)card->id);
}

/* A member with a voucher used and the sale for it given back: owes 200. */
static struct card
somebody_who_owes(struct book *b)
{
    struct card card = book_card(b, BOOK_POINTS);
    struct grant_result grant = book_grant(b, &card, 50000);
    struct refund_result refunded;

    book_redeem(b, grant.voucher[1].id);
    CHECK_TEXT(refusal_word(refund(b, grant.seq, 20000, &refunded).kind), "none");
    CHECK_INT(owed(b, &card), 200);
    return card;
}

static int64_t
merge(struct book *b, const struct card *from, const struct card *into)
{
    struct merge_new in = {.from_id = from->member_id,
                           .into_id = into->member_id,
                           .staff_id = BOOK_MANAGER,
                           .reason = STR("one person"),
                           .days = 30,
                           .now_ms = b->now_ms};
    struct merge_result merged;
    struct err e;

    book_request_key(b, in.request_key);
    CHECK_OK(member_merge(b->db, &in, &merged, &e), e);
    return merged.merge_id;
}

static void
unmerge(struct book *b, int64_t merge_id)
{
    struct merge_undo undo = {.merge_id = merge_id, .staff_id = BOOK_MANAGER, .now_ms = b->now_ms};
    struct err e;

    book_request_key(b, undo.request_key);
    CHECK_OK(member_unmerge(b->db, &undo, &e), e);
}

static void
a_debt_goes_with_its_member(void **state)
{
    struct book b;
    struct card from, into;
    int64_t merged;

    (void)state;
    book_open(&b);
    rule(&b, SHORT_OWE);
    from = somebody_who_owes(&b);
    into = book_card(&b, BOOK_POINTS);
    merged = merge(&b, &from, &into);
    CHECK_INT(owed(&b, &into), 200);
    book_grant(&b, &into, 5000); /* repays 50 */
    unmerge(&b, merged);
    CHECK_INT(owed(&b, &into), 0);
    CHECK_INT(owed(&b, &from), 150);
    book_close(&b);
}

/* However often they become one, and whatever the clock does between. */
static void
nobody_takes_over_anothers_debt(void **state)
{
    struct book b;
    struct card from, into;

    (void)state;
    book_open(&b);
    rule(&b, SHORT_OWE);
    from = somebody_who_owes(&b);
    into = somebody_who_owes(&b);
    for (int i = 0; i < 3; i++) {
        int64_t merged = merge(&b, &from, &into);

        CHECK_ROW(i);
        CHECK_INT(owed(&b, &into), 400);
        unmerge(&b, merged);
        CHECK_INT(owed(&b, &into), 200);
        CHECK_INT(owed(&b, &from), 200);
        b.now_ms -= 1000; /* somebody sets it */
    }
    book_close(&b);
}

/* ---------------------------------------------------------------- random parts in any order */

#define SALES 6

static void
the_order_of_refunds_does_not_matter(void **state)
{
    (void)state;
    entropy_seed(20261126);
    for (int round = 0; round < 12; round++) {
        struct plan_rules rules;
        struct book b;
        struct card card;
        int64_t seq[SALES], yen[SALES], back[SALES] = {0};
        int64_t version, must = 0;
        struct err e;

        CHECK_ROW((size_t)round);
        book_open(&b);
        CHECK_OK(plan_load(b.db, BOOK_POINTS, 0, &rules, &e), e);
        rules.rounding = (enum rounding)(round % 3);
        rules.goal = 0; /* points alone: rewards have tests of their own */
        rules.rewards_n = 0;
        CHECK_OK(plan_add_version(b.db, &rules, b.now_ms, &version, &e), e);
        card = book_card(&b, BOOK_POINTS);
        for (int i = 0; i < SALES; i++) {
            yen[i] = (int64_t)entropy_below(30000) + 100;
            seq[i] = book_grant(&b, &card, yen[i]).seq;
        }
        for (int i = 0; i < 40; i++) {
            size_t which = entropy_below(SALES);
            int64_t left = yen[which] - back[which];
            int64_t part = left > 0 ? (int64_t)entropy_below((uint64_t)left) + 1 : 1;
            struct refund_result got;

            CHECK_TEXT(refusal_word(refund(&b, seq[which], part, &got).kind),
                       left > 0 ? "none" : "already_refunded");
            back[which] += left > 0 ? part : 0;
        }
        for (int i = 0; i < SALES; i++)
            must += points_of_sale(&rules, yen[i] - back[i]);
        CHECK_INT(book_int(&b, "SELECT balance FROM card"), must);
        book_close(&b);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_is_left_is_what_the_rest_would_have_earned),
        TEST(who_may_refund_how_much_and_until_when),
        TEST(what_is_missing_is_refused_forgiven_or_owed),
        TEST(a_plan_says_it_in_its_file),
        TEST(the_way_back_ends_where_the_card_would_stand),
        TEST(parts_of_a_sale_take_back_what_the_rest_did_not_earn),
        TEST(points_that_are_gone_follow_the_plan),
        TEST(what_is_owed_is_repaid_first_and_reaches_nothing),
        TEST(what_is_brought_along_repays_nothing),
        TEST(a_debt_goes_with_its_member),
        TEST(nobody_takes_over_anothers_debt),
        TEST(the_order_of_refunds_does_not_matter),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
