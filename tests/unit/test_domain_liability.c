/*
 * What is owed, by month: pure sums by table, a book whose report adds up to the point, and a
 * broken one that is told.
 */
#include "domain/liability.h"

#include <string.h>

#include "base/clock.h"
#include "domain/head.h"
#include "domain/lapse.h"
#include "domain/posting.h"
#include "domain/tree_book.h"
#include "tests/support/book.h"
#include "tests/support/check.h"

/* ---------------------------------------------------------------- sums, by table */

static const struct month_total moved[] = {
    /* plan, month, kind, account, in, out, transfers */
    {1, 202511, TRANSFER_EARN, SYSTEM_ISSUE, 100, 0, 9},
    {1, 202512, TRANSFER_EARN, SYSTEM_ISSUE, 50, 0, 5},
    {1, 202512, TRANSFER_BONUS, SYSTEM_ISSUE, 7, 0, 1},
    {1, 202512, TRANSFER_REFUND, SYSTEM_ISSUE, 0, 3, 1},
    {1, 202512, TRANSFER_ROUND, SYSTEM_REDEEM, 0, 20, 2},
    {1, 202512, TRANSFER_REVERSE, SYSTEM_ISSUE, 0, 5, 1},
    {1, 202512, TRANSFER_REVERSE, SYSTEM_REDEEM, 10, 0, 1},
    {1, 202601, TRANSFER_LAPSE, SYSTEM_EXPIRE, 0, 40, 2},
    {1, 202511, TRANSFER_LAPSE, TOTAL_OF_ORIGIN, 0, 30, 0},
    {1, 202512, TRANSFER_LAPSE, TOTAL_OF_ORIGIN, 0, 10, 0},
    {1, 202601, TRANSFER_EXPIRE, SYSTEM_EXPIRE, 0, 4, 1},
    {1, 202601, TRANSFER_MERGE_IN, SYSTEM_ADJUST, 8, 0, 1},
    {1, 202601, TRANSFER_GIFT_OUT, SYSTEM_ADJUST, 0, 2, 1},
    {1, 202602, TRANSFER_EARN, SYSTEM_ISSUE, 1, 0, 1},
    {2, 202512, TRANSFER_EARN, SYSTEM_ISSUE, 999, 0, 1},
};

static void
a_month_is_what_moved_in_it(void **state)
{
    static const struct liability_month want[] = {
        /* issued, returned, redeemed, lapsed, forfeited, moved, reversed, closing, lapsed since */
        {202512, 57, 3, 20, 0, 0, 0, 5, 139, 10},
        {202601, 0, 0, 0, 40, 4, 6, 0, 101, 0},
    };
    const struct month_totals totals = {.at = (struct month_total *)moved, .n = COUNT(moved)};
    static struct liability_plan plan = {.plan_id = 1};

    (void)state;
    liability_months(&totals, 202512, 202601, &plan);
    CHECK_INT(plan.opening, 100);
    CHECK_INT(plan.outstanding, 102);
    CHECK_INT(plan.months_n, 2);
    for (size_t i = 0; i < COUNT(want); i++) {
        CHECK_ROW(i);
        CHECK_THAT(memcmp(&plan.month[i], &want[i], sizeof(want[i])) == 0);
    }
    liability_months(&totals, 202511, 202511, &plan);
    CHECK_INT(plan.opening, 0);
    CHECK_INT(plan.month[0].lapsed_since, 30);
}

static void
months_follow_each_other_over_new_years(void **state)
{
    static const struct {
        int64_t month, later, want;
    } row[] = {
        {202612, 1, 202701},  {202601, -1, 202512},  {202601, 0, 202601},
        {202607, 30, 202901}, {202611, -11, 202512},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        CHECK_ROW(i);
        CHECK_INT(month_after(row[i].month, row[i].later), row[i].want);
    }
}

static void
a_month_begins_when_its_first_business_day_does(void **state)
{
    static const struct {
        int64_t offset_min, cut_hour, at_ms, want;
    } row[] = {
        {540, 0, 1767193199999, 202512}, /* 2025-12-31T23:59:59.999 in Tokyo */
        {540, 0, 1767193200000, 202601},
        {540, 4, 1767207599999, 202512}, /* 03:59:59.999: the night before */
        {540, 4, 1767207600000, 202601},
        {0, 0, 1767225599999, 202512},
        {-720, 0, 1767225600000, 202512},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        const struct plan_rules rules = {.utc_offset_min = row[i].offset_min,
                                         .day_cut_hour = row[i].cut_hour};

        CHECK_ROW(i);
        CHECK_INT(plan_month(&rules, row[i].at_ms), row[i].want);
    }
}

/* ---------------------------------------------------------------- of a book */

static struct liability_plan *
report(struct book *b, struct arena *a, size_t *n)
{
    struct liability_plan *plans = NULL;
    struct err e;

    CHECK_OK(liability_report(b->db, a, 202604, 202606, b->now_ms, &plans, n, &e), e);
    return plans;
}

/* Points that live for so many days, from here on. */
static void
let_points_end(struct book *b)
{
    struct plan_rules rules;
    int64_t version;
    struct err e;

    CHECK_OK(plan_load(b->db, BOOK_POINTS, 0, &rules, &e), e);
    rules.expiry = (struct expiry_rules){.kind = EXPIRY_AFTER, .days = 30};
    CHECK_OK(plan_add_version(b->db, &rules, b->now_ms, &version, &e), e);
}

static void
lapse(struct book *b)
{
    bool done = false;
    struct err e;

    while (!done)
        CHECK_OK(lapse_run(b->db, b->now_ms, 100, &done, &e), e);
}

static void
a_report_adds_up_with_what_is_stored_and_without(void **state)
{
    struct arena *a = arena_new(16 * MIB);
    struct book b;
    struct card card;
    struct liability_plan *plans;
    size_t n;
    bool made;
    int64_t left;
    struct err e;

    (void)state;
    book_open(&b);
    let_points_end(&b);
    card = book_card(&b, BOOK_POINTS);
    for (int i = 0; i < 2 * TREE_CHUNK; i++)
        book_grant(&b, &card, 200);
    book_reverse(&b, 1);
    b.now_ms += 40 * DAY_MS;
    lapse(&b);
    book_grant(&b, &card, 700);
    for (int round = 0; round < 2; round++) {
        CHECK_ROW(round);
        plans = report(&b, a, &n);
        CHECK_INT(n, 2);
        CHECK_THAT(plans[0].is_sound && plans[1].is_sound);
        CHECK_INT(plans[1].outstanding,
                  book_int(&b, "SELECT sum(balance) FROM card WHERE plan_id = 2"));
        CHECK_INT(plans[1].months_n, 3);
        CHECK_INT(plans[1].opening, 0);
        CHECK_INT(plans[1].month[0].issued, 2 * 2 * TREE_CHUNK);
        CHECK_INT(plans[1].month[0].closing,
                  book_int(&b, "SELECT balance_after FROM transfer WHERE seq ="
                               " (SELECT max(seq) FROM transfer WHERE at_ms < 1777561200000)"));
        CHECK_INT(plans[1].month[1].lapsed,
                  book_int(&b, "SELECT sum(amount) FROM transfer WHERE kind = 10"));
        CHECK_THAT(plans[1].month[1].lapsed > 0);
        CHECK_INT(plans[1].month[0].lapsed_since, plans[1].month[1].lapsed);
        CHECK_INT(plans[1].month[2].closing, plans[1].outstanding);
        CHECK_INT(plans[1].forecast_n, 2);
        CHECK_INT(plans[1].forecast[1].month, 202606);
        CHECK_INT(plans[1].forecast[1].units, 7);
        CHECK_INT(plans[1].endless + plans[1].ended + 7, plans[1].outstanding);
        CHECK_OK(head_grow(b.db, 1000, b.now_ms, &made, &left, &e), e);
        CHECK_THAT(made && book_int(&b, "SELECT count(*) FROM month_total") > 0);
    }
    book_close(&b); /* and `check` holds the stored ones against every transfer */
    arena_free(a);
}

static void
a_broken_book_is_told(void **state)
{
    static const char *const breaks[] = {
        "UPDATE card SET balance = balance + 1, reached = reached + 1",
        "UPDATE system_account SET balance = balance + 1 WHERE plan_id = 2 AND kind = 'issue'",
        "UPDATE system_account SET balance = balance + CASE kind WHEN 'issue' THEN 1 ELSE -1 END"
        " WHERE plan_id = 2 AND kind IN ('issue', 'redeem')",
        "UPDATE transfer SET amount = amount + 1 WHERE seq = 2",
        "DELETE FROM transfer WHERE seq = 3",
    };
    struct arena *a = arena_new(16 * MIB);
    struct book sample;
    struct card card;

    (void)state;
    book_open(&sample);
    card = book_card(&sample, BOOK_POINTS);
    for (int i = 0; i < 3; i++)
        book_grant(&sample, &card, 1000);
    book_exec(&sample, "DROP TRIGGER transfer_is_final_u; DROP TRIGGER transfer_is_final_d");
    book_close(&sample);
    for (size_t i = 0; i < COUNT(breaks); i++) {
        struct book b;
        size_t n;

        CHECK_ROW(i);
        book_copy(&b, &sample);
        CHECK_THAT(report(&b, a, &n)[1].is_sound);
        book_exec(&b, "%s", breaks[i]);
        CHECK_THAT(!report(&b, a, &n)[1].is_sound);
        book_close_broken(&b);
    }
    arena_free(a);
}

static void
months_that_are_none_are_refused(void **state)
{
    static const int64_t row[][2] = {
        {202613, 202701}, {202600, 202601}, {202602, 202601},
        {0, 202601},      {201501, 202601}, {202601, 1000001},
    };
    struct arena *a = arena_new(16 * MIB);
    struct liability_plan *plans;
    struct book b;
    size_t n;
    struct err e;

    (void)state;
    book_open(&b);
    for (size_t i = 0; i < COUNT(row); i++) {
        CHECK_ROW(i);
        CHECK_FAILS(liability_report(b.db, a, row[i][0], row[i][1], b.now_ms, &plans, &n, &e), e,
                    ERR_INPUT, "month_invalid");
    }
    book_close(&b);
    arena_free(a);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_month_is_what_moved_in_it),
        TEST(months_follow_each_other_over_new_years),
        TEST(a_month_begins_when_its_first_business_day_does),
        TEST(a_report_adds_up_with_what_is_stored_and_without),
        TEST(a_broken_book_is_told),
        TEST(months_that_are_none_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
