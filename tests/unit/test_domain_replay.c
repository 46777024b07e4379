/*
 * What a card's visits come to under given rules: each row a story of one card, told in letters.
 *
 *   v2     a visit of two stamps, or of 2 * 100 yen under a plan of points; n2: by fixed number;
 *          l2: credited afterwards
 *   *3     a bonus of three; +3 -3: three units come from another card, or are used
 *   b3     three are taken back; x: all that is left goes
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
    int64_t now_ms = NOON, queued_ms = 0;

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
        event.yen = event.units * 100;
        event.by_number = what == 'n';
        event.kind = what == 'l'   ? REPLAY_LATE
                     : what == '*' ? REPLAY_BONUS
                     : what == '+' ? REPLAY_ENTERS
                     : what == '-' ? REPLAY_USED
                     : what == 'b' ? REPLAY_TAKEN_BACK
                     : what == 'x' ? REPLAY_ENDS
                                   : REPLAY_VISIT;
        replay_add(&replay, &event);
        queued_ms = 0;
    }
    replay_end(&replay, now_ms);
}

/* "units/vouchers/rounds balance", and what was refused or lapsed if anything was. */
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
        snprintf(text + n, sizeof(text) - (size_t)n, " lapsed %d", (int)sums->lapsed);
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
        {"v3 1h v2 b1 1h v1", "6/2/0 5"},       /* but taken back is not used */
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
        TEST(units_end_when_the_rules_say),
        TEST(a_plan_that_is_over_gives_nothing),
        TEST(nothing_is_lost_on_a_card_without_an_end),
        TEST(sums_of_cards_add_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
