/*
 * What a card's visits come to under given rules: each row a story of one card, told in letters.
 *
 *   v2     a visit of two stamps, or of 2 * 100 yen under a plan of points; n2: by fixed number;
 *          l2: credited afterwards
 *   *3     a bonus of three; +3 -3: three units come from another card, or are used
 *   b3     300 yen of the newest sale are given back; x: all that is left goes
 *   T1     the card is of that tier from now on
 *   30m 2h 1d   time goes by; 30q: the next visit was that many minutes before it was booked
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/check.h"

#include "base/clock.h"
#include "domain/replay.h"

#define NOON INT64_C(1775012400000) /* 2026-04-01 12:00 in Tokyo */

static struct replay replay; /* too large for a stack of a test */
static int doubtful;         /* events of the last story */

/* ---------------------------------------------------------------- stories */

static int64_t
number_at(const char **story)
{
    char *end;
    int64_t n = strtoll(*story, &end, 10);

    *story = end;
    return n;
}

static int64_t
length_ms(int64_t n, char unit)
{
    return n * (unit == 'd' ? DAY_MS : unit == 'h' ? HOUR_MS : MINUTE_MS);
}

static void
tell(const struct plan_rules *rules, const char *story)
{
    int64_t now_ms = NOON, queued_ms = 0, tier = 0, sale_seq = 0, back_yen = 0, seq = 0;

    doubtful = 0;
    replay_begin(&replay, rules, NOON);
    while (*story != '\0') {
        char what = *story;
        struct replay_event event = {.booked_ms = now_ms, .visit_ms = now_ms - queued_ms};

        if (what == ' ') {
            story++;
            continue;
        }
        if (what >= '0' && what <= '9') {
            int64_t n = number_at(&story);

            if (*story == 'q')
                queued_ms = n * MINUTE_MS;
            else
                now_ms += length_ms(n, *story);
            story++;
            continue;
        }
        story++;
        event.units = what == 'x' ? 0 : number_at(&story);
        if (what == 'T') {
            tier = event.units;
            continue;
        }
        event.seq = ++seq;
        event.tier = tier;
        event.refunded = REPLAY_REFUNDED; /* each of them may be */
        event.by_number = what == 'n';
        event.yen = event.units * 100;
        if (what == 'b') {
            event.yen += back_yen;
            event.cause_seq = sale_seq;
            back_yen = event.yen;
        } else if (what == 'v' || what == 'l') {
            sale_seq = seq;
            back_yen = 0;
        }
        event.kind = what == 'l'   ? REPLAY_LATE
                     : what == '*' ? REPLAY_BONUS
                     : what == '+' ? REPLAY_ENTERS
                     : what == '-' ? REPLAY_USED
                     : what == 'b' ? REPLAY_REFUND
                     : what == 'x' ? REPLAY_ENDS
                                   : REPLAY_VISIT;
        replay_add(&replay, &event);
        doubtful += replay.is_doubtful;
        queued_ms = 0;
    }
    replay_end(&replay, now_ms);
}

/* "units/vouchers/rounds balance", and what was refused, lapsed or doubtful if anything was. */
static const char *
outcome(void)
{
    static char text[256];
    const struct replay_sums *sums = &replay.sums;
    int n = snprintf(text, sizeof(text), "%d/%d/%d %d", (int)sums->units, (int)sums->vouchers,
                     (int)sums->rounds, (int)replay.place.balance);

    for (int i = 0; i < REPLAY_REFUSALS; i++)
        if (sums->refused[i] != 0)
            n += snprintf(text + n, sizeof(text) - (size_t)n, " %s %d",
                          replay_refusal_name((enum replay_refusal)i), (int)sums->refused[i]);
    if (sums->lapsed != 0)
        n += snprintf(text + n, sizeof(text) - (size_t)n, " lapsed %d", (int)sums->lapsed);
    if (doubtful != 0)
        snprintf(text + n, sizeof(text) - (size_t)n, " doubtful %d", doubtful);
    return text;
}

static const struct plan_rules stamps = {
    .unit = UNIT_STAMP,
    .goal = 10,
    .cool_down_min = 30,
    .per_day_max = 3,
    .number_per_day = 1,
    .utc_offset_min = 9 * 60,
    .day_cut_hour = 4,
    .rewards_n = 2,
    .reward = {{.at = 5}, {.at = 10}},
};

struct story {
    const char *story, *want;
};

static void
all_come_true(const struct plan_rules *rules, const struct story *row, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        CHECK_ROW(i);
        tell(rules, row[i].story);
        CHECK_TEXT(outcome(), row[i].want);
    }
}

static void
visits_earn_as_at_the_till(void **state)
{
    static const struct story row[] = {
        {"", "0/0/0 0"},
        {"v1", "1/0/0 1"},
        {"v1 29m v1", "1/0/0 1 too_soon 1"},
        {"v1 30m v1", "2/0/0 2"},
        {"v1 29m v1 1m v1", "2/0/0 2 too_soon 1"}, /* a refusal never extends the wait */
        {"v1 1h v1 1h v1 1h v1", "3/0/0 3 day_full 1"},
        {"v1 1h v1 1h v1 22h v1", "4/0/0 4"},
        {"v1 10m 20q v1", "1/0/0 1 too_soon 1"}, /* queued: ten minutes before the one */
        {"v1 10m 40q v1", "2/0/0 2"},
        {"n1 1h n1", "1/0/0 1 number_full 1"},
        {"n1 1h v1", "2/0/0 2"},
        {"n1 1d n1", "2/0/0 2"},
        {"v3 1h v2", "5/1/0 5"},
        {"v1 l1 30m v1 l1 l1", "5/1/0 5"}, /* late credit waits for nothing, nor others for it */
        {"v3 1h v3 1h v3 1d v1", "10/2/1 0"},
        {"v3 1h v3 1h v3 1d v3", "12/2/1 2"}, /* the surplus starts the next one */
    };

    (void)state;
    all_come_true(&stamps, row, COUNT(row));
}

static void
what_entered_and_left_is_taken_as_it_was(void **state)
{
    static const struct story row[] = {
        {"*7", "0/1/0 7"},
        {"*12", "0/2/1 2"},
        {"+7", "0/0/0 7"},    /* the other card had reached it */
        {"v2 +9", "2/1/1 1"}, /* on top of the larger: the half-way reward was the other card's */
        {"v3 -2", "3/0/0 1"},
        {"v3 -5", "3/0/0 0"},                   /* no more than there is */
        {"v3 1h v2 -4 1h v3 1d v1", "9/1/0 5"}, /* 5 was reached in this round */
        {"v3 x v2", "3/0/0 0 too_soon 1"},
        {"v3 x 1h v3", "6/0/0 3"},
    };

    (void)state;
    all_come_true(&stamps, row, COUNT(row));
}

static void
points_follow_the_sale(void **state)
{
    const struct plan_rules points = {
        .unit = UNIT_POINT,
        .goal = 50,
        .yen_per_point = 200,
        .utc_offset_min = 9 * 60,
        .rewards_n = 1,
        .reward = {{.at = 50}},
    };
    static const struct story row[] = {
        {"v10", "5/0/0 5"},    {"v1", "0/0/0 0 too_little 1"},    {"v3", "1/0/0 1"},
        {"v120", "60/1/1 10"}, {"v100000", "0/0/0 0 too_much 1"}, /* a thousand vouchers at once */
    };

    (void)state;
    all_come_true(&points, row, COUNT(row));
}

static const struct plan_rules purse = {
    .unit = UNIT_POINT,
    .yen_per_point = 200,
    .utc_offset_min = 9 * 60,
};

static void
what_is_given_back_takes_what_was_given_for_it(void **state)
{
    struct plan_rules doubled = purse, forgives = purse, owes = purse;
    static const struct story row[] = {
        {"v10 b4", "5/0/0 3"},
        {"v10 b4 b6", "5/0/0 0"},
        {"v5 b1", "2/0/0 2"},      /* 400 yen are left of 500, and give as many */
        {"v5 b1 b1", "2/0/0 1"},   /* 300 are left */
        {"v10 v5 b5", "7/0/0 5"},  /* the other sale is untouched */
        {"v10 -3 b10", "5/0/0 2"}, /* three are not there any more: it is refused */
        {"v1 b1", "0/0/0 0 too_little 1"},
    };
    static const struct story of_doubled[] = {
        {"v10 b4", "10/0/0 6"},
        {"v10 b1 b1 b1 b1 b6", "10/0/0 0"},
        {"l10 b4", "5/0/0 3"}, /* nothing doubles what is credited afterwards */
    };
    static const struct story of_forgives[] = {
        {"v10 -3 b10", "5/0/0 0"},
        {"v10 -3 b10 v10", "10/0/0 5"},
    };
    static const struct story of_owes[] = {
        {"v10 -3 b10", "5/0/0 0"},    {"v10 -3 b10 v10", "10/0/0 2"},
        {"v10 -3 b10 v4", "7/0/0 0"}, {"v10 -3 b10 v4 *4", "7/0/0 3"}, /* a bonus repays as well */
        {"v10 -3 b10 +4", "5/0/0 4"}, /* what comes from others does not */
    };

    (void)state;
    all_come_true(&purse, row, COUNT(row));
    doubled.earn.factors_n = 1;
    doubled.earn.factor[0] = (struct earn_factor){.percent = 200};
    all_come_true(&doubled, of_doubled, COUNT(of_doubled));
    forgives.back.refund_short = SHORT_FORGIVE;
    all_come_true(&forgives, of_forgives, COUNT(of_forgives));
    owes.back.refund_short = SHORT_OWE;
    all_come_true(&owes, of_owes, COUNT(of_owes));
}

/* Its own units go first, and what has ended is not known to be refundable. */
static void
what_is_given_back_may_have_been_used(void **state)
{
    struct plan_rules ends = purse, forgives = stamps;
    static const struct story row[] = {
        {"v3 1h v1 b1", "4/0/0 3"},
        {"v3 1h v2 b1", "5/1/0 4 doubtful 1"},       /* was the half-way reward used? */
        {"v3 1h v2 b1 1h v1", "6/1/0 5 doubtful 1"}, /* it is not given twice */
        {"v3 1h v3 1h v3 1d v2 b1", "11/2/1 0"},
        {"v3 1h v3 1h v3 1d v2 b2", "11/2/1 0 doubtful 1"}, /* or the card that it filled? */
    };
    static const struct story of_ends[] = {
        {"v10 1d v10 b10 10d", "10/0/0 0 lapsed 5"}, /* the second is given back: the first ends */
        {"v10 11d b10", "5/0/0 0 lapsed 5 doubtful 1"},
    };

    (void)state;
    forgives.back.refund_short = SHORT_FORGIVE;
    all_come_true(&forgives, row, COUNT(row));
    ends.expiry = (struct expiry_rules){.kind = EXPIRY_AFTER, .days = 10};
    all_come_true(&ends, of_ends, COUNT(of_ends));
}

static void
a_tier_fills_its_card_by_its_own_goal(void **state)
{
    struct plan_rules rules = stamps;
    static const struct story row[] = {
        {"T1 v3 1h v3 1h v1", "7/2/1 1"}, /* 6 fill it, and 5 is on the way */
        {"T2 v3 1h v1", "4/1/1 0"},       /* 4 do, and nothing is */
        {"v3 1h v2 T1 1h v1", "6/2/1 0"},
        {"T9 v3 1h v1", "4/1/1 0"}, /* a tier that there is no more: the highest */
        {"T2 *4", "0/1/1 0"},
    };

    (void)state;
    rules.tier =
        (struct tier_rules){.steps_n = 2, .step = {{.from = 1, .goal = 6}, {.from = 2, .goal = 4}}};
    all_come_true(&rules, row, COUNT(row));
    tell(&rules, "T2 v3 1h v1");
    CHECK_INT(replay.sums.reward[0], 0);
    CHECK_INT(replay.sums.reward[1], 1);
}

/* ---------------------------------------------------------------- what a sale came to */

/* A sale of 1000 yen that counted as three points, and gave two more for pieces. */
static void
what_a_sale_counted_as_is_known_where_rules_count_alike(void **state)
{
    static const struct {
        const char *says;
        int64_t items, yen_per_point, percent, cap, given_cap;
        int64_t units;
        bool is_doubtful;
    } row[] = {
        {"the same rules: as booked", 1, 200, 0, 0, 0, 5, false},
        {"another factor raises what it counted as", 1, 200, 200, 0, 0, 8, false},
        {"a cap for members cuts it", 1, 200, 0, 4, 0, 4, false},
        {"without rules for items it is a plain sale", 0, 200, 0, 0, 0, 5, false},
        {"so it is under others, which is not certain", 2, 200, 0, 0, 0, 5, true},
        {"or with another rate", 1, 100, 0, 0, 0, 10, true},
        {"or where a cap may have cut it", 1, 200, 0, 0, 9, 5, true},
        {"but the same cap cuts it again", 1, 200, 0, 9, 9, 5, false},
    };
    struct plan_rules given = purse;

    (void)state;
    given.earn.items_n = 1;
    given.earn.item[0] = (struct earn_item){.name = "coffee", .units_each = 2};
    for (size_t i = 0; i < COUNT(row); i++) {
        struct plan_rules rules = given;
        struct replay_event event = {.kind = REPLAY_VISIT,
                                     .booked_ms = NOON,
                                     .visit_ms = NOON,
                                     .yen = 1000,
                                     .base = 3,
                                     .pieces = 2,
                                     .given = &given};

        CHECK_ROW(i);
        given.earn.cap[EARN_CAP_MEMBER].units = row[i].given_cap;
        rules.earn.items_n = (size_t)row[i].items;
        rules.yen_per_point = row[i].yen_per_point;
        rules.earn.factors_n = row[i].percent != 0;
        rules.earn.factor[0] = (struct earn_factor){.percent = (int32_t)row[i].percent};
        rules.earn.cap[EARN_CAP_MEMBER].units = row[i].cap;
        replay_begin(&replay, &rules, NOON);
        replay_add(&replay, &event);
        CHECK_INT(replay.place.balance, row[i].units);
        CHECK_INT(replay_doubts(&rules, &given, &event),
                  row[i].is_doubtful ? 1U << REPLAY_ITEMS : 0U);
    }
}

/* Nobody is kept from earning by a cap that let everybody earn as much. */
static void
caps_of_staff_and_tills_matter_where_they_are_tighter(void **state)
{
    static const struct {
        const char *says;
        struct earn_cap was, is;
        int64_t percent;
        bool is_doubtful;
    } row[] = {
        {"none", {0, 0}, {0, 0}, 0, false},
        {"a new one", {0, 0}, {9, 0}, 0, true},
        {"the same", {9, 100}, {9, 100}, 0, false},
        {"a higher one", {9, 100}, {10, 200}, 0, false},
        {"a lower one", {9, 100}, {9, 99}, 0, true},
        {"one for more than that", {9, 0}, {9, 99}, 0, true},
        {"no more", {9, 0}, {0, 0}, 0, false},
        {"the same, but all earn more", {9, 100}, {9, 100}, 200, true},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++)
        for (int capped = EARN_CAP_STAFF; capped <= EARN_CAP_TILL; capped++) {
            struct plan_rules given = purse, rules = purse;
            struct replay_event event = {.kind = REPLAY_VISIT, .yen = 1000, .given = &given};

            CHECK_ROW(i);
            given.earn.cap[capped] = row[i].was;
            rules.earn.cap[capped] = row[i].is;
            rules.earn.factors_n = row[i].percent != 0;
            rules.earn.factor[0] = (struct earn_factor){.percent = (int32_t)row[i].percent};
            CHECK_INT(replay_doubts(&rules, &given, &event),
                      row[i].is_doubtful ? 1U << REPLAY_CAPS : 0U);
        }
}

static void
units_end_when_the_rules_say(void **state)
{
    struct plan_rules after = stamps;
    struct plan_rules used = stamps;
    static const struct story of_after[] = {
        {"v1 9d", "1/0/0 1"},
        {"v1 11d", "1/0/0 0 lapsed 1"},
        {"v1 5d v1 6d", "2/0/0 1 lapsed 1"},
        {"v2 5d v2 -2 6d", "4/0/0 2"}, /* the oldest are used first */
        {"v3 1d v3 1d v3 11d v3", "12/1/0 3 lapsed 9"},
        {"v3 1h v2 11d v3 1h v2", "10/1/0 5 lapsed 5"}, /* a place is reached once a round */
    };
    static const struct story of_used[] = {
        {"v1 9d v1 9d", "2/0/0 2"},
        {"v1 9d v1 12d", "2/0/0 0 lapsed 2"},
        {"v3 9d -1 9d", "3/0/0 2"}, /* using them is a use of the card */
    };

    (void)state;
    after.expiry = (struct expiry_rules){.kind = EXPIRY_AFTER, .days = 10};
    all_come_true(&after, of_after, COUNT(of_after));
    used.expiry = (struct expiry_rules){.kind = EXPIRY_LAST_USE, .days = 10};
    all_come_true(&used, of_used, COUNT(of_used));
}

static void
a_plan_that_is_over_gives_nothing(void **state)
{
    struct plan_rules rules = stamps;
    static const struct story row[] = {
        {"v1 1d v1", "2/0/0 2"},
        {"v1 2d v1", "1/0/0 0 plan_over 1 lapsed 1"},
    };

    (void)state;
    rules.expiry = (struct expiry_rules){.kind = EXPIRY_FIXED, .date = 20260402};
    all_come_true(&rules, row, COUNT(row));
}

/* More lots than are kept apart, and more visits than are remembered: still every unit counts. */
static void
nothing_is_lost_on_a_card_without_an_end(void **state)
{
    struct plan_rules rules = {.unit = UNIT_STAMP,
                               .goal = 1000000,
                               .utc_offset_min = 9 * 60,
                               .rewards_n = 1,
                               .reward = {{.at = 1000000}}};

    (void)state;
    rules.expiry = (struct expiry_rules){.kind = EXPIRY_AFTER, .months = 120};
    replay_begin(&replay, &rules, NOON);
    for (int64_t day = 0; day < 3000; day++)
        replay_add(&replay, &(struct replay_event){.kind = REPLAY_VISIT,
                                                   .booked_ms = NOON + day * DAY_MS,
                                                   .visit_ms = NOON + day * DAY_MS,
                                                   .units = 2});
    CHECK_INT(replay.place.balance, 6000);
    CHECK_INT(lots_usable(&replay.lots, replay.place.balance, NOON + 3000 * DAY_MS), 6000);
    replay_end(&replay, NOON + 9000 * DAY_MS);
    CHECK_INT(replay.place.balance, 0);
    CHECK_INT(replay.sums.lapsed, 6000);
}

static void
sums_of_cards_add_up(void **state)
{
    struct replay_sums all = {.visits = 0};

    (void)state;
    tell(&stamps, "v3 1h v3 1h v3 1d v1");
    replay_sum(&all, &replay.sums);
    tell(&stamps, "v3 1m v1 1h v2");
    replay_sum(&all, &replay.sums);
    CHECK_INT(all.visits, 6);
    CHECK_INT(all.units, 15);
    CHECK_INT(all.rounds, 1);
    CHECK_INT(all.vouchers, 3);
    CHECK_INT(all.reward[0], 2);
    CHECK_INT(all.reward[1], 1);
    CHECK_INT(all.refused[REPLAY_TOO_SOON], 1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(visits_earn_as_at_the_till),
        TEST(what_entered_and_left_is_taken_as_it_was),
        TEST(points_follow_the_sale),
        TEST(what_is_given_back_takes_what_was_given_for_it),
        TEST(what_is_given_back_may_have_been_used),
        TEST(a_tier_fills_its_card_by_its_own_goal),
        TEST(what_a_sale_counted_as_is_known_where_rules_count_alike),
        TEST(caps_of_staff_and_tills_matter_where_they_are_tighter),
        TEST(units_end_when_the_rules_say),
        TEST(a_plan_that_is_over_gives_nothing),
        TEST(nothing_is_lost_on_a_card_without_an_end),
        TEST(sums_of_cards_add_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
