/*
 * Tiers: what the terms say, as tables, and how cards rise and fall in a book.
 */
#include "domain/tier.h"

#include "tests/support/book.h"
#include "tests/support/check.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "domain/bonus.h"
#include "domain/merge.h"

static struct plan_rules
rules_of(const char *tier)
{
    struct plan_rules rules = {.utc_offset_min = 9 * 60, .day_cut_hour = 4};
    json_t *json = NULL;
    struct err e = {0};

    CHECK_OK(json_parse(str_of(tier), 4096, &json, &e), e);
    CHECK_OK(tier_read(json, &rules.tier, &e), e);
    json_decref(json);
    return rules;
}

#define YEAR                                                                                       \
    "{\"by\":\"yen\",\"months\":12,\"keep_months\":12,\"grace_days\":30,\"name\":\"Member\","      \
    "\"steps\":[{\"name\":\"Silver\",\"from\":30000},{\"name\":\"Gold\",\"from\":100000}]}"
#define BY_ONE                                                                                     \
    "{\"by\":\"visits\",\"months\":6,\"keep_months\":6,\"falls\":\"one\","                         \
    "\"steps\":[{\"name\":\"Silver\",\"from\":5},{\"name\":\"Gold\",\"from\":20}]}"
#define LOOKS                                                                                      \
    "{\"by\":\"visits\",\"steps\":[{\"name\":\"Silver\",\"from\":2,\"menu\":\"silver\"},"          \
    "{\"name\":\"Best\",\"from\":3}]}"
#define FOR_EVER "{\"by\":\"rounds\",\"steps\":[{\"name\":\"Second\",\"from\":1,\"goal\":8}]}"

#define NOON INT64_C(1775012400000)       /* 2026-04-01 12:00 in Tokyo */
#define APRIL_2027 INT64_C(1806519600000) /* 2027-04-01 04:00 in Tokyo */

/* ---------------------------------------------------------------- the terms, as tables */

static void
a_member_rises_at_once_and_falls_when_the_time_is_over(void **state)
{
    static const struct {
        const char *sentence, *terms;
        struct tier_state is;
        int64_t worth;
        enum tier_cause cause;
        int64_t tier;
        int64_t until_ms; /* -1: as it was */
    } row[] = {
        {"too little for the first step", YEAR, {0, 0}, 29999, TIER_STAYS, 0, -1},
        {"enough for it: Silver for a year, its last day and thirty days more",
         YEAR,
         {0, 0},
         30000,
         TIER_RISES,
         1,
         APRIL_2027 + 31 * DAY_MS},
        {"two steps at once", YEAR, {0, 0}, 100000, TIER_RISES, 2, APRIL_2027 + 31 * DAY_MS},
        {"while it is kept, less does not matter", YEAR, {2, NOON + 1}, 0, TIER_STAYS, 2, -1},
        {"when it is over and enough counts, it is kept for as long again",
         YEAR,
         {2, NOON},
         100000,
         TIER_KEPT,
         2,
         APRIL_2027 + 31 * DAY_MS},
        {"else down to what counts",
         YEAR,
         {2, NOON},
         30000,
         TIER_FALLS,
         1,
         APRIL_2027 + 31 * DAY_MS},
        {"which may be nothing, and that has no end", YEAR, {2, NOON}, 100, TIER_FALLS, 0, 0},
        {"by the terms that say so, one step only", BY_ONE, {2, NOON}, 0, TIER_FALLS, 1, -2},
        {"who counts for more at the end rises",
         YEAR,
         {1, NOON},
         100000,
         TIER_RISES,
         2,
         APRIL_2027 + 31 * DAY_MS},
        {"of ever, nobody falls", FOR_EVER, {0, 0}, 1, TIER_RISES, 1, 0},
        {"also later", FOR_EVER, {1, 0}, 0, TIER_STAYS, 1, -1},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        struct plan_rules rules = rules_of(row[i].terms);
        struct tier_state got;

        print_message("%s\n", row[i].sentence);
        CHECK_INT(tier_decide(&rules, &row[i].is, row[i].worth, NOON, &got), row[i].cause);
        CHECK_INT(got.tier, row[i].tier);
        if (row[i].until_ms != -2)
            CHECK_INT(got.until_ms, row[i].until_ms == -1 ? row[i].is.until_ms : row[i].until_ms);
    }
}

static void
what_counts_is_of_the_months_back_by_business_days(void **state)
{
    struct plan_rules rules = rules_of(YEAR);

    (void)state;
    CHECK_INT(tier_since(&rules, APRIL_2027 + 8 * HOUR_MS), NOON - 8 * HOUR_MS);
    CHECK_INT(tier_since(&rules, APRIL_2027 - 1), NOON - 8 * HOUR_MS - DAY_MS); /* 31 March */
    rules = rules_of(FOR_EVER);
    CHECK_INT(tier_since(&rules, NOON), INT64_MIN);
}

static void
a_rise_is_undone_with_what_carried_it(void **state)
{
    static const struct {
        const char *sentence;
        int64_t tier, before, worth, want;
    } row[] = {
        {"still enough: nothing happens", 2, 1, 100000, 2},
        {"not enough any more: what was before", 2, 1, 99999, 1},
        {"not even for that: what was before all the same", 2, 1, 0, 1},
        {"enough for more than what was before", 2, 0, 30000, 1},
    };
    struct plan_rules rules = rules_of(YEAR);

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        print_message("%s\n", row[i].sentence);
        CHECK_INT(tier_undone(&rules.tier, row[i].tier, row[i].before, row[i].worth), row[i].want);
    }
}

static void
the_next_card_has_the_goal_of_its_rank(void **state)
{
    struct plan_rules rules = rules_of(FOR_EVER);

    (void)state;
    rules.goal = 10;
    rules.rewards_n = 3;
    rules.reward[0].at = 5;
    rules.reward[1].at = 9;
    rules.reward[2].at = 10;
    rules.reward[2].id = 7;
    tier_apply(&rules, 0);
    CHECK_INT(rules.goal, 10);
    tier_apply(&rules, 1);
    CHECK_INT(rules.goal, 8);
    CHECK_INT(rules.rewards_n, 2);
    CHECK_INT(rules.reward[1].at, 8);
    CHECK_INT(rules.reward[1].id, 7);
}

static void
terms_that_make_no_sense_are_refused(void **state)
{
    static const struct {
        const char *terms, *word, *field;
    } row[] = {
        {"{\"by\":\"luck\",\"steps\":[{\"name\":\"A\",\"from\":1}]}", "plan_invalid", "tier.by"},
        {"{\"by\":\"yen\"}", "plan_invalid", "tier.steps"},
        {"{\"by\":\"yen\",\"steps\":[]}", "plan_invalid", "tier.steps"},
        {"{\"by\":\"yen\",\"steps\":[{\"name\":\"A\",\"from\":5},{\"name\":\"B\",\"from\":5}]}",
         "plan_invalid", "tier.steps"},
        {"{\"by\":\"yen\",\"steps\":[{\"name\":\"A\",\"from\":0}]}", "field_range",
         "tier.steps.0.from"},
        {"{\"by\":\"yen\",\"steps\":[{\"from\":1}]}", "field_missing", "tier.steps.0.name"},
        {"{\"by\":\"yen\",\"months\":12,\"steps\":[{\"name\":\"A\",\"from\":1}]}", "plan_invalid",
         "tier.keep_months"},
        {"{\"by\":\"yen\",\"grace_days\":3,\"steps\":[{\"name\":\"A\",\"from\":1}]}",
         "plan_invalid", "tier.grace_days"},
        {"{\"by\":\"yen\",\"falls\":\"two\",\"steps\":[{\"name\":\"A\",\"from\":1}]}",
         "plan_invalid", "tier.falls"},
        {"{\"by\":\"yen\",\"steps\":[{\"name\":\"abcdefghijklmnopqrstuvwxy\",\"from\":1}]}",
         "plan_invalid", "tier.steps.0.name"},
        {"{\"by\":\"yen\",\"steps\":[{\"name\":\"A\",\"from\":1,\"menu\":\"pink\"}]}",
         "plan_invalid", "tier.steps.0.menu"},
        {"{\"by\":\"yen\",\"steps\":[{\"name\":\"A\",\"from\":1,\"menu\":2}]}", "field_type",
         "tier.steps.0.menu"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        struct tier_rules out = {.steps_n = 5};
        json_t *json = NULL;
        struct err e = {0};

        CHECK_ROW(i);
        CHECK_OK(json_parse(str_of(row[i].terms), 4096, &json, &e), e);
        CHECK_FAILS(tier_read(json, &out, &e), e, ERR_INPUT, row[i].word);
        CHECK_TEXT(e.field, row[i].field);
        CHECK_INT(out.steps_n, 5);
        json_decref(json);
    }
}

static void
what_is_written_reads_the_same(void **state)
{
    static const char *const terms[] = {YEAR, BY_ONE, FOR_EVER, LOOKS};

    (void)state;
    for (size_t i = 0; i < COUNT(terms); i++) {
        struct plan_rules rules = rules_of(terms[i]);
        struct tier_rules again = {.steps_n = 0};
        json_t *plan = json_object();
        struct err e = {0};

        CHECK_THAT(tier_write(&rules.tier, plan));
        CHECK_OK(tier_read(json_object_get(plan, "tier"), &again, &e), e);
        CHECK_THAT(memcmp(&again, &rules.tier, sizeof(again)) == 0);
        json_decref(plan);
    }
}

static void
whoever_has_a_look_or_a_goal_of_their_own_has_menus_of_their_own(void **state)
{
    static const struct {
        const char *terms;
        bool has;
        enum tier_look look; /* of the first */
    } row[] = {
        {"{}", false, TIER_LOOK_USUAL},
        {YEAR, false, TIER_LOOK_USUAL},
        {FOR_EVER, true, TIER_LOOK_USUAL},
        {LOOKS, true, TIER_LOOK_SILVER},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        struct plan_rules rules = rules_of(row[i].terms);

        CHECK_ROW(i);
        CHECK_INT(tier_has_menus(&rules.tier), row[i].has);
        CHECK_INT(rules.tier.step[0].look, row[i].look);
    }
}

/* ---------------------------------------------------------------- over a book */

static int64_t
tier_in(struct book *b, const struct card *card)
{
    return book_int(b, "SELECT coalesce((SELECT tier FROM card_tier WHERE card_id = %lld), 0)",
                    (long long)card->id);
}

static void
run_all(struct book *b)
{
    bool done = false;
    struct err e;

    while (!done)
        CHECK_OK(tier_run(b->db, b->now_ms, 1, &done, &e), e);
}

static void
a_card_rises_is_told_keeps_and_falls(void **state)
{
    struct book b;
    struct card card;
    int64_t changes;

    (void)state;
    book_open(&b);
    card = book_card(&b, book_plan(&b, "{\"name\":\"Tiers\",\"tier\":" YEAR "}"));
    book_grant(&b, &card, 29999);
    CHECK_INT(tier_in(&b, &card), 0);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM tier_change"), 0);
    b.now_ms += DAY_MS;
    book_grant(&b, &card, 1000);
    CHECK_INT(tier_in(&b, &card), 1);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM notice WHERE kind = 'tier'"), 1);
    b.now_ms += 200 * DAY_MS;
    book_grant(&b, &card, 30000);
    b.now_ms = book_int(&b, "SELECT until_ms FROM card_tier") - 1;
    run_all(&b);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM tier_change"), 1);
    b.now_ms++;
    run_all(&b); /* the thirty thousand of half a year ago count */
    CHECK_INT(tier_in(&b, &card), 1);
    b.now_ms = book_int(&b, "SELECT until_ms FROM card_tier");
    run_all(&b);
    CHECK_INT(tier_in(&b, &card), 0);
    changes = book_int(&b, "SELECT count(*) FROM tier_change");
    CHECK_INT(changes, 3);
    run_all(&b);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM tier_change"), changes);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM notice WHERE kind = 'tier'"), 2);
    book_close(&b);
}

static void
a_reversal_takes_the_rise_back(void **state)
{
    struct book b;
    struct card card;
    int64_t seq;

    (void)state;
    book_open(&b);
    card = book_card(&b, book_plan(&b, "{\"name\":\"Tiers\",\"tier\":" YEAR "}"));
    book_grant(&b, &card, 40000);
    seq = book_grant(&b, &card, 60000).seq;
    CHECK_INT(tier_in(&b, &card), 2);
    book_reverse(&b, seq);
    CHECK_INT(tier_in(&b, &card), 1);
    book_close(&b);
}

/* Silver for what was bought a year ago, and kept for a while: it does not hang on what came since.
 */
static void
what_did_not_carry_a_rise_takes_nothing_from_it(void **state)
{
    struct book b;
    struct card card;

    (void)state;
    book_open(&b);
    card = book_card(&b, book_plan(&b, "{\"name\":\"Tiers\",\"tier\":" YEAR "}"));
    book_grant(&b, &card, 30000);
    b.now_ms += 370 * DAY_MS;
    book_reverse(&b, book_grant(&b, &card, 1000).seq);
    CHECK_INT(tier_in(&b, &card), 1);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM tier_change"), 1);
    book_close(&b);
}

static void
a_bonus_that_is_enough_raises_at_once(void **state)
{
    struct event_bonus in = {.event = STR("survey"), .staff_id = BOOK_MANAGER};
    struct bonus_result out;
    struct plan_rules rules;
    struct refusal refusal;
    struct book b;
    struct card card;
    struct err e;

    (void)state;
    book_open(&b);
    card =
        book_card(&b, book_plan(&b, "{\"name\":\"Tiers\",\"tier\":{\"by\":\"earned\",\"steps\":"
                                    "[{\"name\":\"Silver\",\"from\":30}]},\"earn\":{\"events\":"
                                    "[{\"name\":\"survey\",\"title\":\"Survey\",\"units\":5}]}}"));
    book_grant(&b, &card, 2500);
    CHECK_INT(tier_in(&b, &card), 0);
    in.card_id = card.id;
    in.now_ms = b.now_ms;
    book_request_key(&b, in.request_key);
    CHECK_OK(bonus_event(b.db, &in, &out, &rules, &refusal, &e), e);
    CHECK_TEXT(refusal_word(refusal.kind), "none");
    CHECK_INT(tier_in(&b, &card), 1);
    book_reverse(&b, out.seq);
    CHECK_INT(tier_in(&b, &card), 0);
    book_close(&b);
}

static void
a_filled_card_is_followed_by_one_of_a_higher_rank(void **state)
{
    struct book b;
    struct card card;

    (void)state;
    book_open(&b);
    card = book_card(
        &b, book_plan(&b, "{\"name\":\"Ranks\",\"goal\":10,\"rewards\":[{\"at\":10,\"title\":"
                          "\"Cake\",\"valid_days\":90}],\"tier\":" FOR_EVER "}"));
    CHECK_INT(book_grant(&b, &card, 800).vouchers_n, 0);
    CHECK_INT(book_grant(&b, &card, 300).vouchers_n, 1);
    CHECK_INT(book_grant(&b, &card, 600).vouchers_n, 0); /* 7 of 8 */
    CHECK_INT(book_grant(&b, &card, 100).vouchers_n, 1);
    CHECK_INT(book_int(&b, "SELECT balance FROM card WHERE id = %lld", (long long)card.id), 0);
    book_close(&b);
}

static void
a_merge_keeps_the_better_tier_and_gives_it_back(void **state)
{
    struct merge_new in = {.staff_id = BOOK_MANAGER, .reason = STR("one person"), .days = 30};
    struct merge_undo undo = {.merge_id = 1, .staff_id = BOOK_MANAGER};
    struct merge_result out;
    struct card from, into;
    struct book b;
    int64_t plan;
    struct err e;

    (void)state;
    book_open(&b);
    plan = book_plan(&b, "{\"name\":\"Tiers\",\"tier\":" YEAR "}");
    from = book_card(&b, plan);
    into = book_card(&b, plan);
    book_grant(&b, &from, 100000);
    book_grant(&b, &into, 1000);
    in.from_id = from.member_id;
    in.into_id = into.member_id;
    in.now_ms = b.now_ms;
    book_request_key(&b, in.request_key);
    CHECK_OK(member_merge(b.db, &in, &out, &e), e);
    CHECK_INT(tier_in(&b, &into), 2);
    undo.now_ms = b.now_ms + HOUR_MS;
    book_request_key(&b, undo.request_key);
    CHECK_OK(member_unmerge(b.db, &undo, &e), e);
    CHECK_INT(tier_in(&b, &into), 0);
    CHECK_INT(tier_in(&b, &from), 2);
    book_close(&b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_member_rises_at_once_and_falls_when_the_time_is_over),
        TEST(what_counts_is_of_the_months_back_by_business_days),
        TEST(a_rise_is_undone_with_what_carried_it),
        TEST(the_next_card_has_the_goal_of_its_rank),
        TEST(terms_that_make_no_sense_are_refused),
        TEST(what_is_written_reads_the_same),
        TEST(whoever_has_a_look_or_a_goal_of_their_own_has_menus_of_their_own),
        TEST(a_card_rises_is_told_keeps_and_falls),
        TEST(a_reversal_takes_the_rise_back),
        TEST(what_did_not_carry_a_rise_takes_nothing_from_it),
        TEST(a_bonus_that_is_enough_raises_at_once),
        TEST(a_filled_card_is_followed_by_one_of_a_higher_rank),
        TEST(a_merge_keeps_the_better_tier_and_gives_it_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
