/* The owner's figures: counted from the book, held against a recount. */
#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/entropy.h"
#include "domain/figures.h"
#include "domain/since.h"
#include "tests/support/book.h"
#include "tests/support/check.h"

#define OFFSET_MIN (9 * 60)
#define DAY_FROM_MS (BOOK_NOW_MS - 6 * HOUR_MS) /* 04:00, where the day is cut */
#define WEEK_MS (7 * DAY_MS)
#define GRANTS_MAX 256

/* What happened, as a test remembers it. */
struct visit {
    int64_t card_id, shop_id, seq;
    int64_t at_ms, amount;
    bool is_stamp, is_reversed;
};

struct history {
    size_t n;
    struct visit visit[GRANTS_MAX];
    size_t reversals_n;
    int64_t reversed_ms[GRANTS_MAX];
};

/* A visit at shown_ms that is booked at now_ms; the same, unless the till was offline. */
static struct visit
grant(struct book *b, const struct card *card, int64_t shop_id, int64_t shown_ms, int64_t now_ms)
{
    int64_t till_id = shop_id == BOOK_UENO ? BOOK_UENO_TILL : BOOK_NAMBA_TILL;
    int64_t staff_id = shop_id == BOOK_UENO ? BOOK_CASHIER : BOOK_NAMBA_CASHIER;
    struct scan_request request = {.till_id = till_id,
                                   .shop_id = shop_id,
                                   .staff_id = staff_id,
                                   .now_ms = now_ms,
                                   .shown_ms = shown_ms < now_ms ? shown_ms : 0};
    struct scan_result scan;
    struct grant_result out;
    struct refusal refusal;
    char digits[CODE_DIGITS + 1];
    int64_t near_miss;
    struct err e;

    code_make(&b->keys, CODE_MEMBER, card->locator, code_step(shown_ms), digits);
    request.text = str_of(digits);
    CHECK_OK(scan_open(b->db, &request, &scan, &refusal, &near_miss, &e), e);
    CHECK_TEXT(refusal_word(refusal.kind), "none");
    b->now_ms = now_ms;
    {
        struct grant in =
            book_grant_of(b, scan.scan_id, card, card->plan_id == BOOK_POINTS ? 700 : 2);

        in.shop_id = shop_id;
        in.till_id = till_id;
        in.staff_id = staff_id;
        in.shown_ms = request.shown_ms;
        CHECK_OK(ledger_grant(b->db, &in, &out, &refusal, &e), e);
    }
    CHECK_TEXT(refusal_word(refusal.kind), "none");
    return (struct visit){.card_id = card->id,
                          .shop_id = shop_id,
                          .seq = out.seq,
                          .at_ms = shown_ms,
                          .amount = out.amount,
                          .is_stamp = card->plan_id != BOOK_POINTS};
}

static struct figures
figures(struct book *b, int64_t from_ms, int64_t now_ms)
{
    struct figures out;
    struct err e;

    CHECK_OK(figures_of_day(b->db, from_ms, now_ms, OFFSET_MIN, &out, &e), e);
    return out;
}

static void
the_day_is_cut_where_it_is_cut(void **state)
{
    static const struct {
        int64_t at_ms;
        int64_t today, before;
    } row[] = {
        {DAY_FROM_MS - WEEK_MS - 1, 0, 0}, {DAY_FROM_MS - WEEK_MS, 0, 1},
        {BOOK_NOW_MS - WEEK_MS, 0, 1},     {BOOK_NOW_MS - WEEK_MS + 1, 0, 0},
        {DAY_FROM_MS - 1, 0, 0},           {DAY_FROM_MS, 1, 0},
        {DAY_FROM_MS + HOUR_MS, 1, 0},     {BOOK_NOW_MS, 1, 0},
        {BOOK_NOW_MS + 1, 0, 0},
    };
    struct figures f;
    struct card card;
    struct book b;
    int64_t today = 0, before = 0;

    (void)state;
    book_open(&b);
    for (size_t i = 0; i < COUNT(row); i++) {
        CHECK_ROW(i);
        card = book_card(&b, BOOK_STAMPS);
        grant(&b, &card, BOOK_UENO, row[i].at_ms, row[i].at_ms);
        today += row[i].today;
        before += row[i].before;
        f = figures(&b, DAY_FROM_MS, BOOK_NOW_MS);
        CHECK_INT(f.grants, today);
        CHECK_INT(f.visits, today);
        CHECK_INT(f.stamps, 2 * today);
        CHECK_INT(f.grants_before, before);
        CHECK_INT(f.visits_before, before);
    }
    CHECK_INT(f.hours[4], 1);
    CHECK_INT(f.hours[5], 1);
    CHECK_INT(f.hours[10], 1);
    book_close(&b);
}

static void
a_visit_booked_late_counts_when_it_happened(void **state)
{
    struct figures f;
    struct card card;
    struct book b;

    (void)state;
    book_open(&b);
    card = book_card(&b, BOOK_STAMPS);
    grant(&b, &card, BOOK_UENO, DAY_FROM_MS - 10 * MINUTE_MS, DAY_FROM_MS + HOUR_MS);
    f = figures(&b, DAY_FROM_MS, BOOK_NOW_MS);
    CHECK_INT(f.grants, 0);
    f = figures(&b, DAY_FROM_MS - DAY_MS, DAY_FROM_MS - 1);
    CHECK_INT(f.grants, 1);
    CHECK_INT(f.hours[3], 1);
    f = figures(&b, DAY_FROM_MS - DAY_MS + WEEK_MS, DAY_FROM_MS - 1 + WEEK_MS);
    CHECK_INT(f.grants_before, 1);
    book_close(&b);
}

static void
rewards_and_reversals_are_counted(void **state)
{
    struct grant_result filled, undone;
    struct figures f;
    struct card card, other;
    struct book b;

    (void)state;
    book_open(&b);
    card = book_card(&b, BOOK_POINTS);
    other = book_card(&b, BOOK_POINTS);
    filled = book_grant(&b, &card, 60000);  /* both rewards and a round */
    undone = book_grant(&b, &other, 60000); /* the same, taken back */
    CHECK_INT(filled.vouchers_n, 2);
    book_redeem(&b, filled.voucher[0].id);
    book_reverse(&b, undone.seq);
    f = figures(&b, DAY_FROM_MS, b.now_ms);
    CHECK_INT(f.members, 2);
    CHECK_INT(f.new_members, 2);
    CHECK_INT(f.grants, 1);
    CHECK_INT(f.points, 600);
    CHECK_INT(f.stamps, 0);
    CHECK_INT(f.reversals, 1);
    CHECK_INT(f.vouchers_issued, 2);
    CHECK_INT(f.vouchers_redeemed, 1);
    CHECK_INT(f.shops_n, 2);
    CHECK_TEXT(f.shop[0].name, "ueno");
    CHECK_INT(f.shop[0].grants, 1);
    CHECK_INT(f.shop[0].redemptions, 1);
    CHECK_INT(f.shop[1].visits + f.shop[1].grants + f.shop[1].redemptions, 0);
    book_close(&b);
}

static void
an_empty_book_has_figures_too(void **state)
{
    struct figures f;
    struct book b;

    (void)state;
    book_open(&b);
    f = figures(&b, DAY_FROM_MS, BOOK_NOW_MS);
    CHECK_INT(f.members + f.visits + f.grants + f.reversals + f.grants_before, 0);
    CHECK_INT(f.shops_n, 2);
    book_close(&b);
}

/* ---------------------------------------------------------------- against a recount */

static void
recount(const struct history *h, int64_t from_ms, int64_t until_ms, struct figures *f)
{
    *f = (struct figures){.shops_n = 2, .shop = {{.shop_id = 1}, {.shop_id = 2}}};
    for (size_t i = 0; i < h->n; i++) {
        const struct visit *v = &h->visit[i];
        bool is_again = false;

        if (v->is_reversed || v->at_ms < from_ms || v->at_ms > until_ms)
            continue;
        for (size_t j = 0; j < i; j++)
            is_again |= !h->visit[j].is_reversed && h->visit[j].at_ms >= from_ms &&
                        h->visit[j].at_ms <= until_ms && h->visit[j].card_id == v->card_id &&
                        h->visit[j].shop_id == v->shop_id;
        f->grants++;
        f->shop[v->shop_id - 1].grants++;
        f->visits += !is_again;
        f->shop[v->shop_id - 1].visits += !is_again;
        *(v->is_stamp ? &f->stamps : &f->points) += v->amount;
        f->hours[(v->at_ms + OFFSET_MIN * MINUTE_MS) / HOUR_MS % 24]++;
    }
    for (size_t i = 0; i < h->reversals_n; i++)
        f->reversals += h->reversed_ms[i] >= from_ms && h->reversed_ms[i] <= until_ms;
}

static void
same_figures(const struct figures *got, const struct figures *want)
{
    CHECK_INT(got->visits, want->visits);
    CHECK_INT(got->grants, want->grants);
    CHECK_INT(got->stamps, want->stamps);
    CHECK_INT(got->points, want->points);
    CHECK_INT(got->reversals, want->reversals);
    for (size_t i = 0; i < 24; i++)
        CHECK_INT(got->hours[i], want->hours[i]);
    for (size_t i = 0; i < 2; i++) {
        const struct figures_shop *shop = &got->shop[i];

        CHECK_INT(shop->visits, want->shop[shop->shop_id - 1].visits);
        CHECK_INT(shop->grants, want->shop[shop->shop_id - 1].grants);
    }
    CHECK_THAT(got->shop[0].visits >= got->shop[1].visits);
}

/* Stamps without any limit on how many. */
static int64_t
add_plan(struct book *b)
{
    struct plan_rules rules;
    int64_t plan_id;
    struct err e;

    CHECK_OK(plan_load(b->db, BOOK_STAMPS, 0, &rules, &e), e);
    memcpy(rules.name, "Free", sizeof("Free"));
    rules.cool_down_min = rules.per_day_max = 0;
    CHECK_OK(plan_create(b->db, &rules, b->now_ms, &plan_id, &e), e);
    return plan_id;
}

/* Nine days of visits by twelve cards in two shops; some are booked late, some taken back. */
static void
live(struct book *b, struct history *h)
{
    struct card card[12];
    int64_t at_ms = BOOK_NOW_MS;
    int64_t stamps = add_plan(b);
    DB_TX tx = {0};
    struct err e;

    for (size_t i = 0; i < COUNT(card); i++)
        card[i] = book_card(b, i % 3 == 0 ? stamps : BOOK_POINTS);
    CHECK_OK(db_begin(b->db, &tx, &e), e);
    while (h->n < 240) {
        const struct card *who = &card[entropy_below(COUNT(card))];
        int64_t shop_id = entropy_below(3) == 0 ? BOOK_NAMBA : BOOK_UENO;
        int64_t late_ms = entropy_below(6) == 0 ? (int64_t)entropy_below(30 * MINUTE_MS) : 0;
        struct visit *v = &h->visit[h->n++];

        at_ms += (int64_t)entropy_below(106 * MINUTE_MS) + MINUTE_MS;
        *v = grant(b, who, shop_id, at_ms - late_ms, at_ms);
        if (shop_id == BOOK_UENO && entropy_below(8) == 0) {
            b->now_ms = at_ms += 1000;
            book_reverse(b, v->seq);
            v->is_reversed = true;
            h->reversed_ms[h->reversals_n++] = at_ms;
        }
    }
    CHECK_OK(db_commit(&tx, &e), e);
}

static void
figures_equal_a_recount_of_any_span(void **state)
{
    static struct history h;
    struct figures got, want, before;
    struct book b;

    (void)state;
    entropy_seed(20260401);
    book_open(&b);
    live(&b, &h);
    CHECK_THAT(h.reversals_n > 10);
    for (int i = 0; i < 60; i++) {
        int64_t from_ms = BOOK_NOW_MS + (int64_t)entropy_below((uint64_t)(b.now_ms - BOOK_NOW_MS));
        int64_t until_ms = from_ms + (int64_t)entropy_below(2 * DAY_MS);

        CHECK_ROW(i);
        got = figures(&b, from_ms, until_ms);
        recount(&h, from_ms, until_ms, &want);
        same_figures(&got, &want);
        recount(&h, from_ms - WEEK_MS, until_ms - WEEK_MS, &before);
        CHECK_INT(got.visits_before, before.visits);
        CHECK_INT(got.grants_before, before.grants);
    }
    book_close(&b);
}

static void
a_time_is_found_in_the_book(void **state)
{
    struct book b;
    int64_t n, seq;
    struct err e;

    (void)state;
    entropy_seed(1);
    book_open(&b);
    CHECK_OK(since_seq(b.db, 0, &seq, &e), e);
    CHECK_INT(seq, 1); /* nothing is in it */
    for (int i = 0; i < 9; i++) {
        struct card card = book_card(&b, BOOK_STAMPS);

        book_grant(&b, &card, 1);
    }
    n = book_int(&b, "SELECT count(*) FROM transfer");
    for (int64_t i = 1; i <= n; i++) {
        int64_t at_ms = book_int(&b, "SELECT at_ms FROM transfer WHERE seq = %" PRId64, i);

        CHECK_OK(since_seq(b.db, at_ms, &seq, &e), e);
        CHECK_INT(seq, i);
        CHECK_OK(since_seq(b.db, at_ms + 1, &seq, &e), e);
        CHECK_INT(seq, i + 1);
    }
    CHECK_OK(since_seq(b.db, 0, &seq, &e), e);
    CHECK_INT(seq, 1);
    CHECK_OK(since_seq(b.db, INT64_MAX, &seq, &e), e);
    CHECK_INT(seq, n + 1);
    book_close(&b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_day_is_cut_where_it_is_cut),
        TEST(a_visit_booked_late_counts_when_it_happened),
        TEST(rewards_and_reversals_are_counted),
        TEST(an_empty_book_has_figures_too),
        TEST(figures_equal_a_recount_of_any_span),
        TEST(a_time_is_found_in_the_book),
    };

    return cmocka_run_group_tests_name("figures", tests, NULL, NULL);
}
