/*
 * The rules as tables: days, grants, points of a sale, rounds, and the end of a voucher.
 */
#include "tests/support/check.h"

#include "base/clock.h"
#include "domain/rules.h"

#define TOKYO (9 * 60)
#define APRIL_1 INT64_C(1775001600000) /* 2026-04-01 00:00 UTC */

static int64_t
utc(int day, int hour, int minute)
{
    return APRIL_1 + (day - 1) * DAY_MS + hour * HOUR_MS + minute * MINUTE_MS;
}

static void
a_business_day_follows_zone_and_cut(void **state)
{
    const struct {
        int64_t offset_min, cut_hour, at_ms, start_ms;
    } row[] = {
        {0, 0, utc(1, 0, 0), utc(1, 0, 0)},
        {0, 0, utc(1, 23, 59), utc(1, 0, 0)},
        {0, 0, utc(2, 0, 0), utc(2, 0, 0)},
        {TOKYO, 0, utc(1, 14, 59), utc(0, 15, 0)}, /* 23:59 in Tokyo */
        {TOKYO, 0, utc(1, 15, 0), utc(1, 15, 0)},
        {TOKYO, 4, utc(1, 18, 59), utc(0, 19, 0)}, /* 03:59: still yesterday's evening */
        {TOKYO, 4, utc(1, 19, 0), utc(1, 19, 0)},
        {-12 * 60, 0, utc(1, 11, 59), utc(0, 12, 0)},
        {14 * 60, 23, utc(1, 8, 59), utc(0, 9, 0)},
        {14 * 60, 23, utc(1, 9, 0), utc(1, 9, 0)},
        {345, 0, utc(1, 18, 14), utc(0, 18, 15)}, /* a quarter of an hour counts */
        {0, 0, -1, -DAY_MS},                      /* rounded to the past, also before 1970 */
        {0, 0, -DAY_MS, -DAY_MS},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        struct plan_rules rules = {.utc_offset_min = row[i].offset_min,
                                   .day_cut_hour = row[i].cut_hour};
        struct business_day day = business_day(&rules, row[i].at_ms);

        CHECK_ROW(i);
        CHECK_INT(day.start_ms, row[i].start_ms);
        CHECK_INT(day.end_ms, row[i].start_ms + DAY_MS);
    }
}

static void
a_grant_waits_for_the_last_and_for_the_day(void **state)
{
    const int64_t noon = utc(1, 3, 0); /* in Tokyo */
    const int64_t midnight = utc(1, 15, 0);
    const struct {
        int64_t cool_down_min, per_day_max;
        struct grant_history history;
        int64_t visit_ms;
        enum refusal_kind want;
        int64_t last_ms, again_ms;
    } row[] = {
        {30, 3, {0}, noon, REFUSAL_NONE, 0, 0},
        {30,
         3,
         {true, noon, 1, false, 0, {0}, 0, false},
         noon,
         REFUSAL_TOO_SOON,
         noon,
         noon + 30 * MINUTE_MS},
        {30,
         3,
         {true, noon, 1, false, 0, {0}, 0, false},
         noon + 30 * MINUTE_MS - 1,
         REFUSAL_TOO_SOON,
         noon,
         noon + 30 * MINUTE_MS},
        {30,
         3,
         {true, noon, 1, false, 0, {0}, 0, false},
         noon + 30 * MINUTE_MS,
         REFUSAL_NONE,
         0,
         0},
        {0, 3, {true, noon, 1, false, 0, {0}, 0, false}, noon, REFUSAL_NONE, 0, 0},
        {0, 0, {true, noon, 999, false, 0, {0}, 0, false}, noon, REFUSAL_NONE, 0, 0},
        {0,
         1,
         {true, noon, 1, false, 0, {0}, 0, false},
         noon + HOUR_MS,
         REFUSAL_DAY_FULL,
         noon,
         midnight},
        {0, 2, {true, noon, 1, false, 0, {0}, 0, false}, noon + HOUR_MS, REFUSAL_NONE, 0, 0},
        {0,
         2,
         {true, noon, 2, false, 0, {0}, 0, false},
         noon + HOUR_MS,
         REFUSAL_DAY_FULL,
         noon,
         midnight},
        {30,
         1,
         {true, noon, 1, false, 0, {0}, 0, false},
         noon + MINUTE_MS,
         REFUSAL_DAY_FULL,
         noon,
         midnight}, /* both */
        {24 * 60,
         1,
         {true, noon, 1, false, 0, {0}, 0, false},
         noon + HOUR_MS,
         REFUSAL_DAY_FULL,
         noon,
         noon + DAY_MS},
        /* queued offline: the nearest grant happened after this visit */
        {30,
         3,
         {true, noon, 1, false, 0, {0}, 0, false},
         noon - 30 * MINUTE_MS + 1,
         REFUSAL_TOO_SOON,
         noon,
         noon + 30 * MINUTE_MS},
        {30,
         3,
         {true, noon, 1, false, 0, {0}, 0, false},
         noon - 30 * MINUTE_MS,
         REFUSAL_NONE,
         0,
         0},
        /* by fixed number: what holds for all is told first, for the phone's code helps not there
         */
        {0, 0, {true, noon, 1, true, 1, {0}, 0, false}, noon, REFUSAL_NONE, 0, 0},
        {0, 0, {true, noon, 2, true, 2, {0}, 0, false}, noon, REFUSAL_NUMBER_FULL, 0, 0},
        {0, 0, {true, noon, 3, false, 3, {0}, 0, false}, noon, REFUSAL_NONE, 0, 0},
        {30,
         0,
         {true, noon, 2, true, 2, {0}, 0, false},
         noon,
         REFUSAL_TOO_SOON,
         noon,
         noon + 30 * MINUTE_MS},
        {0, 2, {true, noon, 2, true, 2, {0}, 0, false}, noon, REFUSAL_DAY_FULL, noon, midnight},
        {43200,
         0,
         {true, noon, 1, false, 0, {0}, 0, false},
         noon + 30 * DAY_MS - 1,
         REFUSAL_TOO_SOON,
         noon,
         noon + 30 * DAY_MS},
        /* the scan has granted: what stands in the way says more than that it did */
        {30,
         3,
         {true, noon, 1, false, 0, {0}, noon, false},
         noon,
         REFUSAL_TOO_SOON,
         noon,
         noon + 30 * MINUTE_MS},
        {0, 1, {true, noon, 1, false, 0, {0}, noon, false}, noon, REFUSAL_DAY_FULL, noon, midnight},
        {0, 0, {true, noon, 2, true, 2, {0}, noon, false}, noon, REFUSAL_NUMBER_FULL, 0, 0},
        {0,
         0,
         {true, noon, 1, false, 0, {0}, noon, false},
         noon + MINUTE_MS,
         REFUSAL_SCAN_OVER,
         noon,
         0},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        struct plan_rules rules = {.cool_down_min = row[i].cool_down_min,
                                   .per_day_max = row[i].per_day_max,
                                   .number_per_day = 2,
                                   .utc_offset_min = TOKYO};
        struct refusal got = grant_decide(&rules, &row[i].history, row[i].visit_ms);

        CHECK_ROW(i);
        CHECK_TEXT(refusal_word(got.kind), refusal_word(row[i].want));
        CHECK_INT(got.last_ms, row[i].last_ms);
        CHECK_INT(got.again_ms, row[i].again_ms);
    }
}

static void
points_are_rounded_as_the_plan_says(void **state)
{
    static const struct {
        int64_t yen_per_point;
        int64_t yen;
        int64_t down, nearest, up;
    } row[] = {
        {100, 0, 0, 0, 0},
        {100, 1, 0, 0, 1},
        {100, 49, 0, 0, 1},
        {100, 50, 0, 1, 1},
        {100, 99, 0, 1, 1},
        {100, 100, 1, 1, 1},
        {100, 12345, 123, 123, 124},
        {3, 4, 1, 1, 2},
        {3, 5, 1, 2, 2},
        {1, 7, 7, 7, 7},
        {7, INT64_MAX, INT64_MAX / 7, INT64_MAX / 7,
         INT64_MAX / 7}, /* 2^63 - 1 is a multiple of 7 */
        {1000000, INT64_MAX, INT64_MAX / 1000000, INT64_MAX / 1000000 + 1, INT64_MAX / 1000000 + 1},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        struct plan_rules rules = {.yen_per_point = row[i].yen_per_point};

        CHECK_ROW(i);
        rules.rounding = ROUNDING_DOWN;
        CHECK_INT(points_of_sale(&rules, row[i].yen), row[i].down);
        rules.rounding = ROUNDING_NEAREST;
        CHECK_INT(points_of_sale(&rules, row[i].yen), row[i].nearest);
        rules.rounding = ROUNDING_UP;
        CHECK_INT(points_of_sale(&rules, row[i].yen), row[i].up);
    }
}

/* Rewards at 5, 8 and 10: reached ones as letters a, b and G, in order. */
static const struct plan_rules three = {
    .goal = 10, .rewards_n = 3, .reward = {{.at = 5}, {.at = 8}, {.at = 10}}};

static void
rounds_are_walked_in_order(void **state)
{
    static const struct {
        int64_t before, amount;
        const char *reached;
        int64_t rounds, after;
    } row[] = {
        {0, 1, "", 0, 1},         {4, 1, "a", 0, 5},
        {5, 1, "", 0, 6},         {4, 4, "ab", 0, 8},
        {9, 1, "G", 1, 0},        {8, 3, "G", 1, 1},
        {0, 10, "abG", 1, 0},     {9, 6, "Ga", 1, 5},
        {0, 25, "abGabGa", 2, 5}, {4, 16, "abGabG", 2, 0},
        {9, 0, "", 0, 9},         {10, 1, "G", 1, 1}, /* the goal was lowered: full already */
        {12, 3, "Ga", 1, 5},      {23, 1, "GabG", 2, 4},
        {10, 0, "G", 1, 0},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        struct rounds got =
            rounds_of(&three, &(struct place){.balance = row[i].before, .reached = row[i].before},
                      row[i].amount);
        char reached[GRANT_REWARDS_MAX + 1] = "";

        CHECK_ROW(i);
        for (size_t j = 0; j < got.steps_n; j++) {
            reached[j] = "abG"[got.step[j].reward];
            CHECK_INT(got.step[j].is_round, reached[j] == 'G');
        }
        CHECK_TEXT(reached, row[i].reached);
        CHECK_INT(got.rounds, row[i].rounds);
        CHECK_INT(got.balance_after, row[i].after);
        CHECK_THAT(!got.too_many);
    }
}

/* Points that are used and come back reach nothing by themselves; the next visit reaches what they
 * lifted the card over, and nothing a second time. */
static void
what_came_back_is_reached_by_the_next_visit(void **state)
{
    static const struct {
        int64_t balance, given_up_to, amount;
        const char *reached;
    } row[] = {
        {7, 4, 0, "a"},  /* 3 of 3 were held, 4 came, and the 3 came back: over 5 */
        {7, 4, 1, "ab"}, /* the next visit reaches 5, and 8 by itself */
        {7, 5, 1, "b"},  /* 5 was given before */
        {4, 9, 1, ""},   /* used, not back: all of it was given */
        {4, 9, 6, "G"},   {12, 4, 1, "abG"}, /* the goal came back: it is full */
        {12, 9, 4, "Ga"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        struct rounds got = rounds_of(
            &three, &(struct place){.balance = row[i].balance, .reached = row[i].given_up_to},
            row[i].amount);
        char reached[GRANT_REWARDS_MAX + 1] = "";

        CHECK_ROW(i);
        for (size_t j = 0; j < got.steps_n; j++)
            reached[j] = "abG"[got.step[j].reward];
        CHECK_TEXT(reached, row[i].reached);
    }
}

static void
too_many_rewards_say_so(void **state)
{
    static const struct plan_rules one = {.goal = 1, .rewards_n = 1, .reward = {{.at = 1}}};

    static const struct place empty = {.balance = 0};

    (void)state;
    CHECK_THAT(!rounds_of(&one, &empty, GRANT_REWARDS_MAX).too_many);
    CHECK_THAT(rounds_of(&one, &empty, GRANT_REWARDS_MAX + 1).too_many);
    CHECK_THAT(rounds_of(&one, &empty, GRANT_AMOUNT_MAX).too_many); /* and soon */
}

/* Nothing is lost between the grants: any way of cutting an amount into pieces reaches the same. */
static void
pieces_reach_what_the_whole_reaches(void **state)
{
    (void)state;
    for (int64_t before = 0; before < 10; before++)
        for (int64_t whole = 2; whole <= 40; whole++)
            for (int64_t first = 1; first < whole; first++) {
                struct rounds all =
                    rounds_of(&three, &(struct place){.balance = before, .reached = before}, whole);
                struct rounds a =
                    rounds_of(&three, &(struct place){.balance = before, .reached = before}, first);
                struct rounds b = rounds_of(
                    &three, &(struct place){.balance = a.balance_after, .reached = a.balance_after},
                    whole - first);

                CHECK_INT(a.steps_n + b.steps_n, all.steps_n);
                CHECK_INT(a.rounds + b.rounds, all.rounds);
                CHECK_INT(b.balance_after, all.balance_after);
                CHECK_INT(all.balance_after + all.rounds * three.goal, before + whole);
            }
}

static void
a_voucher_ends_with_a_business_day(void **state)
{
    const struct plan_rules rules = {.utc_offset_min = TOKYO, .day_cut_hour = 4};
    const struct plan_reward reward = {.valid_days = 30};

    (void)state;
    CHECK_INT(voucher_end(&rules, &reward, utc(1, 3, 0)), utc(31, 19, 0));
    CHECK_INT(voucher_end(&rules, &reward, utc(1, 18, 59)), utc(31, 19, 0));
    CHECK_INT(voucher_end(&rules, &reward, utc(1, 19, 0)), utc(32, 19, 0));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_business_day_follows_zone_and_cut),
        TEST(a_grant_waits_for_the_last_and_for_the_day),
        TEST(points_are_rounded_as_the_plan_says),
        TEST(rounds_are_walked_in_order),
        TEST(what_came_back_is_reached_by_the_next_visit),
        TEST(too_many_rewards_say_so),
        TEST(pieces_reach_what_the_whole_reaches),
        TEST(a_voucher_ends_with_a_business_day),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
