/* The cost ladder: each row is a sentence of how notices reach people. */
#include "base/clock.h"
#include "domain/ladder.h"
#include "tests/support/book.h"
#include "tests/support/check.h"

#define NOON_MS (BOOK_NOW_MS + 2 * HOUR_MS)      /* in Tokyo */
#define MIDNIGHT_MS (BOOK_NOW_MS + 14 * HOUR_MS) /* quiet: 21 to 9 */

static const struct message_policy rules = {
    .budget = 100,
    .reserve = 30,
    .quiet_from_min = 21 * 60,
    .quiet_until_min = 9 * 60,
    .utc_offset_min = 9 * 60,
    .weekly_cap = 3,
};

/* Somebody who may be pushed to, at any time soon. */
static struct ladder_facts
facts_of(enum notice_kind kind)
{
    return (struct ladder_facts){
        .kind = kind,
        .until_ms = MIDNIGHT_MS + 3 * DAY_MS,
        .is_wanted = true,
        .is_friend = true,
        .left = 70,
        .left_urgent = 100,
    };
}

static void
decides(struct ladder_facts f, int64_t now_ms, enum ladder_step step, const char *reason)
{
    struct ladder_decision d = ladder_decide(&rules, &f, now_ms);

    CHECK_TEXT(ladder_step_word(d.step), ladder_step_word(step));
    CHECK_TEXT(d.reason, reason);
}

static void
the_cheapest_way_that_works_is_taken(void **state)
{
    struct ladder_facts f = facts_of(NOTICE_VOUCHER);

    (void)state;
    decides(f, NOON_MS, LADDER_PUSH, "voucher");
    f.has_carrier = true;
    decides(f, NOON_MS, LADDER_MERGE, "same_message");
    f.has_chance = true;
    decides(f, NOON_MS, LADDER_REPLY, "reply_token");
    f.is_wanted = false;
    decides(f, NOON_MS, LADDER_KEEP, "not_wanted");
    f.is_over = true;
    decides(f, NOON_MS, LADDER_DROP, "over");
}

static void
a_stamp_is_told_where_that_is_free(void **state)
{
    struct ladder_facts f = facts_of(NOTICE_GRANT);
    struct message_policy pushing = rules;
    struct ladder_decision d;

    (void)state;
    d = ladder_decide(&rules, &f, NOON_MS);
    CHECK_INT(d.step, LADDER_WAIT);
    CHECK_INT(d.again_ms, f.until_ms);
    decides(f, f.until_ms, LADDER_KEEP, "too_late");
    pushing.pushes_receipts = true;
    CHECK_INT(ladder_decide(&pushing, &f, NOON_MS).step, LADDER_PUSH);
    CHECK_INT(ladder_decide(&pushing, &f, MIDNIGHT_MS).step, LADDER_WAIT);
}

static void
who_has_blocked_us_is_not_pushed_to_but_may_be_answered(void **state)
{
    struct ladder_facts f = facts_of(NOTICE_VOUCHER);

    (void)state;
    f.is_friend = false;
    decides(f, NOON_MS, LADDER_KEEP, "not_a_friend");
    f.has_chance = true;
    decides(f, NOON_MS, LADDER_REPLY, "reply_token");
}

static void
quiet_hours_are_kept_by_all_that_can_wait(void **state)
{
    static const struct {
        enum notice_kind kind;
        int64_t until_ms; /* from midnight */
        enum ladder_step step;
    } row[] = {
        {NOTICE_ONE_MORE, 3 * DAY_MS, LADDER_WAIT},
        {NOTICE_ONE_MORE, 8 * HOUR_MS, LADDER_KEEP}, /* by nine it is no news any more */
        {NOTICE_VOUCHER_LAPSE, 3 * DAY_MS, LADDER_WAIT},
        {NOTICE_VOUCHER_LAPSE, 8 * HOUR_MS, LADDER_PUSH}, /* better at night than too late */
        {NOTICE_VOUCHER, 3 * DAY_MS, LADDER_PUSH},        /* the member was in the shop just now */
        {NOTICE_STAFF, 3 * DAY_MS, LADDER_PUSH},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
        struct ladder_facts f = facts_of(row[i].kind);
        struct ladder_decision d;

        CHECK_ROW(i);
        f.until_ms = MIDNIGHT_MS + row[i].until_ms;
        d = ladder_decide(&rules, &f, MIDNIGHT_MS);
        CHECK_INT(d.step, row[i].step);
        if (d.step == LADDER_WAIT)
            CHECK_INT(d.again_ms, MIDNIGHT_MS + 9 * HOUR_MS);
    }
}

static void
the_weekly_cap_holds_back_what_is_not_urgent(void **state)
{
    struct ladder_facts f = facts_of(NOTICE_ONE_MORE);

    (void)state;
    f.pushes = 3;
    f.pushes_ms = NOON_MS + HOUR_MS;
    decides(f, NOON_MS, LADDER_WAIT, "weekly_cap");
    f.pushes_ms = f.until_ms;
    decides(f, NOON_MS, LADDER_KEEP, "weekly_cap");
    f.pushes = 2;
    decides(f, NOON_MS, LADDER_PUSH, "one_more");
    f.kind = NOTICE_VOUCHER_LAPSE;
    f.pushes = 3;
    decides(f, NOON_MS, LADDER_PUSH, "voucher_lapse");
}

static void
the_reserve_is_for_what_is_urgent(void **state)
{
    struct ladder_facts f = facts_of(NOTICE_BIRTHDAY);

    (void)state;
    f.left = 0;
    f.left_urgent = 30;
    decides(f, NOON_MS, LADDER_WAIT, "budget");
    f.kind = NOTICE_VOUCHER;
    decides(f, NOON_MS, LADDER_PUSH, "voucher");
    f.left_urgent = 0;
    decides(f, NOON_MS, LADDER_WAIT, "budget");
    f.until_ms = NOON_MS + HOUR_MS;
    decides(f, NOON_MS, LADDER_KEEP, "budget");
    f.left = f.left_urgent = BUDGET_NONE;
    decides(f, NOON_MS, LADDER_PUSH, "voucher");
}

static void
quiet_hours_end_when_the_clock_says(void **state)
{
    static const struct {
        int64_t from_min, until_min;
        int hour, minute, rest_min; /* 0: not quiet */
    } row[] = {
        {21 * 60, 9 * 60, 20, 59, 0},   {21 * 60, 9 * 60, 21, 0, 720},
        {21 * 60, 9 * 60, 0, 0, 540},   {21 * 60, 9 * 60, 8, 59, 1},
        {21 * 60, 9 * 60, 9, 0, 0},     {13 * 60, 14 * 60, 12, 59, 0},
        {13 * 60, 14 * 60, 13, 30, 30}, {13 * 60, 14 * 60, 14, 0, 0},
        {600, 600, 10, 0, 0},           {600, 600, 9, 59, 0},
        {0, 1439, 0, 0, 1439},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
        struct message_policy p = rules;
        int64_t at_ms =
            BOOK_NOW_MS - 10 * HOUR_MS + row[i].hour * HOUR_MS + row[i].minute * MINUTE_MS;

        CHECK_ROW(i);
        p.quiet_from_min = row[i].from_min;
        p.quiet_until_min = row[i].until_min;
        CHECK_INT(ladder_quiet_until(&p, at_ms) - at_ms, row[i].rest_min * MINUTE_MS);
    }
}

static void
words_and_kinds_agree(void **state)
{
    enum notice_kind kind;
    enum topic topic;

    (void)state;
    for (int i = 0; i < NOTICE_KINDS; i++) {
        CHECK_THAT(notice_kind_of(str_of(notice_kind_word((enum notice_kind)i)), &kind));
        CHECK_INT(kind, i);
    }
    for (int i = 0; i < TOPICS; i++) {
        CHECK_THAT(topic_of(str_of(topic_word((enum topic)i)), &topic));
        CHECK_INT(topic, i);
    }
    CHECK_THAT(!notice_kind_of(STR("grants"), &kind));
    CHECK_THAT(!topic_of(STR(""), &topic));
    CHECK_THAT(!topic_is_wanted_at_first(TOPIC_OFFERS));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_cheapest_way_that_works_is_taken),
        TEST(a_stamp_is_told_where_that_is_free),
        TEST(who_has_blocked_us_is_not_pushed_to_but_may_be_answered),
        TEST(quiet_hours_are_kept_by_all_that_can_wait),
        TEST(the_weekly_cap_holds_back_what_is_not_urgent),
        TEST(the_reserve_is_for_what_is_urgent),
        TEST(quiet_hours_end_when_the_clock_says),
        TEST(words_and_kinds_agree),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
