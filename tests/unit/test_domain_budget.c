/* What a month's messages may cost: read, never assumed; charged before, given back for cause. */
#include "base/clock.h"
#include "base/entropy.h"
#include "domain/budget.h"
#include "tests/support/book.h"
#include "tests/support/check.h"

#define APRIL 202604
#define MAY_MS INT64_C(1777561200000) /* 2026-05-01 00:00 in Tokyo */

static void
set_budget(struct book *b, int64_t budget, int64_t reserve)
{
    struct message_policy policy;
    struct err e;

    CHECK_OK(policy_load(b->db, &policy, &e), e);
    policy.budget = budget;
    policy.reserve = reserve;
    CHECK_OK(policy_save(b->db, &policy, &e), e);
}

static bool
charge(struct book *b, int64_t recipients, bool is_urgent)
{
    bool granted;
    struct err e;

    CHECK_OK(budget_charge(b->db, recipients, is_urgent, b->now_ms, &granted, &e), e);
    return granted;
}

static struct budget
load(struct book *b)
{
    struct budget budget;
    struct err e;

    CHECK_OK(budget_load(b->db, b->now_ms, &budget, &e), e);
    return budget;
}

static void
a_month_is_that_of_tokyo(void **state)
{
    static const struct {
        int64_t at_ms;
        int month;
    } row[] = {
        {MAY_MS - 1, APRIL},
        {MAY_MS, 202605},
        {INT64_C(1798729199999), 202612}, /* the last millisecond of 2026 in Tokyo */
        {INT64_C(1798729200000), 202701},
        {INT64_C(1709132400000), 202402}, /* 29 February */
    };

    (void)state;
    for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
        CHECK_ROW(i);
        CHECK_INT(budget_month(row[i].at_ms), row[i].month);
        CHECK_THAT(budget_month(budget_month_end(row[i].at_ms) - 1) == row[i].month);
        CHECK_THAT(budget_month(budget_month_end(row[i].at_ms)) != row[i].month);
    }
}

/* NONE: not set or not told. */
static void
what_is_left_is_the_smaller_of_two_limits(void **state)
{
    enum { NONE = BUDGET_NONE };
    static const struct {
        struct budget b;
        int64_t left, left_urgent;
    } row[] = {
        {{.most = NONE, .reserve = 30}, 0, 0}, /* LINE not asked yet */
        {{.most = 100, .reserve = 30}, 70, 100},
        {{.most = 100, .reserve = 30, .charged = 70}, 0, 30},
        {{.most = 100, .reserve = 30, .charged = 100}, 0, 0},
        {{.most = 100, .reserve = 0, .charged = 99}, 1, 1},
        {{.most = 100, .reserve = 100}, 0, 100},
        {{.most = 0, .reserve = 0}, 0, 0},
        {{.most = NONE, .is_told = true, .quota = 200, .used = 150, .reserve = 0}, 50, 50},
        {{.most = NONE, .is_told = true, .quota = 200, .used = 250}, 0, 0}, /* others sent too */
        {{.most = NONE, .is_told = true, .quota = NONE}, NONE, NONE},
        {{.most = 10, .is_told = true, .quota = NONE, .reserve = 50}, 5, 10},
        {{.most = 100, .is_told = true, .quota = 200, .used = 190, .reserve = 0}, 10, 10},
        {{.most = 100, .is_told = true, .quota = 200, .charged = 95, .used = 95}, 5, 5},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
        CHECK_ROW(i);
        CHECK_INT(budget_left(&row[i].b, false), row[i].left);
        CHECK_INT(budget_left(&row[i].b, true), row[i].left_urgent);
    }
}

static void
a_quota_is_read_never_assumed(void **state)
{
    struct book b;
    struct err e;

    (void)state;
    book_open(&b);
    CHECK_THAT(!charge(&b, 1, true));
    CHECK_OK(budget_told(b.db, 200, 10, b.now_ms, &e), e);
    set_budget(&b, BUDGET_NONE, 0);
    CHECK_THAT(charge(&b, 190, true));
    CHECK_THAT(!charge(&b, 1, true));
    CHECK_INT(load(&b).used, 200); /* what LINE said, and what came after */
    CHECK_OK(budget_told(b.db, 200, 200, b.now_ms, &e), e);
    CHECK_INT(load(&b).used, 200); /* now it has counted them itself */
    b.now_ms = MAY_MS;
    CHECK_THAT(!charge(&b, 1, true)); /* a new month: not asked yet */
    CHECK_OK(budget_told(b.db, BUDGET_NONE, 0, b.now_ms, &e), e);
    CHECK_THAT(charge(&b, 500, false));
    book_close(&b);
}

static void
what_was_not_counted_is_given_back(void **state)
{
    struct book b;
    struct err e;

    (void)state;
    book_open(&b);
    set_budget(&b, 10, 0);
    CHECK_THAT(charge(&b, 10, false));
    CHECK_THAT(!charge(&b, 1, false));
    CHECK_OK(budget_refund(b.db, APRIL, 4, &e), e);
    CHECK_THAT(!charge(&b, 5, false));
    CHECK_THAT(charge(&b, 4, false));
    CHECK_FAILS(budget_refund(b.db, APRIL, 11, &e), e, ERR_INTERNAL, "budget_moved");
    CHECK_FAILS(budget_refund(b.db, 202603, 1, &e), e, ERR_INTERNAL, "budget_moved");
    CHECK_INT(load(&b).charged, 10);
    book_close(&b);
}

static void
charges_never_pass_the_budget(void **state)
{
    struct book b;
    struct err e;

    (void)state;
    book_open(&b);
    set_budget(&b, 300, 20);
    for (int i = 0; i < 2000; i++) {
        int64_t n = 1 + (int64_t)entropy_below(20);
        int64_t before = load(&b).charged;
        bool is_urgent = entropy_below(2) == 1;

        if (entropy_below(3) == 0 && before >= n)
            CHECK_OK(budget_refund(b.db, APRIL, n, &e), e);
        else if (charge(&b, n, is_urgent))
            CHECK_THAT(before + n <= (is_urgent ? 300 : 240));
        else
            CHECK_THAT(before + n > (is_urgent ? 300 : 240));
    }
    book_close(&b);
}

static void
a_forecast_goes_on_at_the_month_s_pace(void **state)
{
    struct budget b = {.charged = 50};

    (void)state;
    CHECK_INT(budget_forecast(&b, MAY_MS - 15 * DAY_MS), 100); /* half of April is over */
    CHECK_INT(budget_forecast(&b, MAY_MS - 1), 50);
    CHECK_INT(budget_forecast(&b, MAY_MS), 50 * 31); /* no more than the first day says */
}

static void
rules_out_of_range_are_refused_by_name(void **state)
{
    struct message_policy good, bad;
    struct book b;
    struct err e;

    (void)state;
    book_open(&b);
    CHECK_OK(policy_load(b.db, &good, &e), e);
    CHECK_INT(good.budget, BUDGET_NONE);
    bad = good;
    bad.reserve = 101;
    CHECK_FAILS(policy_save(b.db, &bad, &e), e, ERR_INPUT, "policy_invalid");
    CHECK_TEXT(e.field, "reserve");
    bad = good;
    bad.quiet_from_min = 1440;
    CHECK_FAILS(policy_save(b.db, &bad, &e), e, ERR_INPUT, "policy_invalid");
    CHECK_TEXT(e.field, "quiet_from_min");
    good.weekly_cap = 5;
    CHECK_OK(policy_save(b.db, &good, &e), e);
    CHECK_OK(policy_load(b.db, &bad, &e), e);
    CHECK_INT(bad.weekly_cap, 5);
    CHECK_INT(bad.reserve, good.reserve);
    book_close(&b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_month_is_that_of_tokyo),
        TEST(what_is_left_is_the_smaller_of_two_limits),
        TEST(a_quota_is_read_never_assumed),
        TEST(what_was_not_counted_is_given_back),
        TEST(charges_never_pass_the_budget),
        TEST(a_forecast_goes_on_at_the_month_s_pace),
        TEST(rules_out_of_range_are_refused_by_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
