/*
 * The owner changes a plan of a running service: published once however often it is asked, and at a
 * time of its own also over a stop, and never by a clock that somebody has set.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "tests/support/harness.h"
#include "tests/support/stampd.h"

#define OWNER_PERSON 3

static struct browser owner;

static int
set_up(void **state)
{
    owner = (struct browser){0};
    if (harness_set_up(state))
        return -1;
    login_liff(&owner, OWNER_PERSON);
    ANSWERS(post(&owner, "/api/admin/claim", NULL, "{\"token\":\"%s\"}", here.owner_link), 200);
    return 0;
}

#define PLAN_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, harness_tear_down)

static int64_t
draft(int plan, const char *rules)
{
    char path[64];

    snprintf(path, sizeof(path), "/api/admin/plans/%d/drafts", plan);
    ANSWERS(post(&owner, path, NULL, "{\"draft\":0,\"name\":\"Spring\",\"rules\":\"%s\"}", rules),
            200);
    return got_int("id");
}

static int64_t
version_of(int plan)
{
    return stored_int("SELECT version FROM plan WHERE id = %d", plan);
}

static void
schedule(int plan, const char *rules, int64_t in_ms)
{
    int64_t id = draft(plan, rules);
    char path[64];

    snprintf(path, sizeof(path), "/api/admin/plans/%d/schedule", plan);
    ANSWERS(post(&owner, path, fresh_key(), "{\"draft\":%d,\"accept\":[],\"at\":%lld}", (int)id,
                 (long long)(harness_now() + in_ms)),
            200);
}

#define WAIT "{\\\"cool_down_min\\\":60}"

#define EXPIRY(terms) "{\\\"expiry\\\":{" terms "}}"

static void
one_wish_is_done_once_however_often_it_comes(void **state)
{
    int64_t id = draft(STAMPS, WAIT);
    const char *key = fresh_key();

    (void)state;
    for (int i = 0; i < 3; i++) {
        ANSWERS(post(&owner, "/api/admin/plans/1/publish", key, "{\"draft\":%d,\"accept\":[]}",
                     (int)id),
                200);
        CHECK_INT(got_int("version"), 2);
    }
    REFUSES(post(&owner, "/api/admin/plans/1/publish", fresh_key(), "{\"draft\":%d,\"accept\":[]}",
                 (int)id),
            404, "draft_unknown");
    CHECK_INT(version_of(STAMPS), 2);
    ANSWERS(get(&owner, "/api/admin/plans"), 200);
    CHECK_INT(got_int("plans.0.version"), 2);
    CHECK_TEXT(got_text("plans.0.versions.0.changes.0.path"), "cool_down_min");
    CHECK_INT(got_int("plans.0.versions.0.changes.0.was"), 30);
    CHECK_INT(got_int("plans.0.versions.0.changes.0.is"), 60);
    stored_is_sound();
}

/* A kept answer about the card must not outlive the rules it was made from. */
static void
an_open_card_shows_the_new_rules_at_once(void **state)
{
    struct browser shopper = {0};
    int64_t id;

    (void)state;
    login_liff(&shopper, 1);
    ANSWERS(get(&shopper, "/api/card"), 200);
    ANSWERS(get(&shopper, "/api/card"), 200);
    id = draft(STAMPS, "{\\\"goal\\\":3,\\\"rewards\\\":[{\\\"at\\\":3,\\\"title\\\":\\\"Tea\\\","
                       "\\\"valid_days\\\":9}]}");
    ANSWERS(post(&owner, "/api/admin/plans/1/publish", fresh_key(),
                 "{\"draft\":%d,\"accept\":[\"reward_removed\"]}", (int)id),
            200);
    ANSWERS(get(&shopper, "/api/card"), 200);
    CHECK_INT(got_int("card.goal"), 3);
}

static void
a_time_that_passed_while_nobody_served_is_made_up_for_once(void **state)
{
    int64_t at_ms = harness_now() + 60 * 60000;

    (void)state;
    schedule(STAMPS, WAIT, 60 * 60000);
    harness_stop_app();
    harness_advance(5 * 60 * 60000);
    harness_start_app();
    UNTIL(version_of(STAMPS) == 2);
    for (int i = 0; i < 3; i++) { /* and again, and again */
        harness_stop_app();
        harness_start_app();
        harness_advance(60000);
    }
    CHECK_INT(version_of(STAMPS), 2);
    CHECK_INT(stored_int("SELECT from_ms FROM plan_version WHERE plan_id = 1 AND version = 2"),
              at_ms);
    CHECK_TEXT(stored_text("SELECT state FROM plan_schedule"), "done");
    stored_is_sound();
}

static void
a_clock_that_was_set_brings_nothing_into_force(void **state)
{
    (void)state;
    schedule(STAMPS, WAIT, INT64_C(3) * 24 * 60 * 60000);
    harness_set_wrong(INT64_C(10) * 24 * 60 * 60000);
    for (int i = 0; i < 20; i++)
        harness_pause();
    CHECK_INT(version_of(STAMPS), 1);
    harness_set_wrong(0);
    harness_advance(INT64_C(3) * 24 * 60 * 60000);
    UNTIL(version_of(STAMPS) == 2);
    harness_set_wrong(INT64_C(-5) * 24 * 60 * 60000);
    for (int i = 0; i < 20; i++)
        harness_pause();
    harness_set_wrong(0);
    harness_advance(60000);
    CHECK_INT(version_of(STAMPS), 2);
    CHECK_INT(stored_int("SELECT count(*) FROM plan_version WHERE plan_id = 1"), 2);
    stored_is_sound();
}

static void
what_was_called_off_never_comes(void **state)
{
    (void)state;
    schedule(STAMPS, WAIT, 60 * 60000);
    ANSWERS(get(&owner, "/api/admin/plans"), 200);
    CHECK_TEXT(got_text("plans.0.schedules.0.state"), "waiting");
    ANSWERS(post(&owner, "/api/admin/plans/1/unschedule", NULL, "{\"schedule\":%d}",
                 (int)got_int("plans.0.schedules.0.id")),
            200);
    harness_advance(2 * 60 * 60000);
    for (int i = 0; i < 20; i++)
        harness_pause();
    CHECK_INT(version_of(STAMPS), 1);
    CHECK_INT(stored_int("SELECT count(*) FROM plan_draft"), 1);
    stored_is_sound();
}

/* ---------------------------------------------------------------- on the command line */

static const char *
file_of(const char *rules)
{
    FILE *file = fopen(check_path("plan.json"), "w");

    assert_non_null(file);
    fputs(rules, file);
    fclose(file);
    return check_path("plan.json");
}

static int
say(const char *format, const char *file)
{
    char line[512];

    snprintf(line, sizeof(line), "%s --file %s", format, file);
    return stampd_here(line);
}

#define GOAL_5                                                                                     \
    "{\"goal\":5,\"rewards\":[{\"at\":2,\"title\":\"A\",\"valid_days\":9},"                        \
    "{\"at\":5,\"title\":\"B\",\"valid_days\":9}]}"

static void
an_operator_drafts_rehearses_and_publishes(void **state)
{
    struct browser shopper = {0}, till = {0};

    (void)state;
    login_liff(&shopper, 1);
    till_sign_in(&till, UENO_LEFT, UENO_CASHIER);
    grant_stamps(&till, &shopper, 3);
    harness_stop_app();
    CHECK_INT(say("plan draft 1 --name Long", file_of(GOAL_5)), 0);
    CHECK_THAT(tells(printed, "draft 1 of plan 1"));
    CHECK_INT(say("plan draft 1 --name Bad", file_of("{\"goal\":7}")), 1);
    CHECK_THAT(tells(complained, "rewards must end at the goal"));
    CHECK_INT(stampd_here("plan drafts 1"), 0);
    CHECK_THAT(tells(printed, "Long") && tells(printed, "goal: 4 -> 5"));
    CHECK_INT(stampd_here("plan rehearse 1 --draft 1"), 0);
    CHECK_THAT(tells(printed, "cards that gain 0, lose 1, stay as they are 1") &&
               tells(printed, "the goal goes up from 4 to 5; cards on their way: 1"));
    CHECK_INT(stampd_here("plan rehearse 1 --draft 1 --json"), 0);
    CHECK_THAT(tells(printed, "\"loss\":{\"cards\":1") && tells(printed, "\"path\":\"goal\""));
    CHECK_INT(say("plan rehearse 1", file_of("{}")), 0);
    CHECK_THAT(tells(printed, "gain 0, lose 0, stay as they are 2"));
    CHECK_INT(stampd_here("plan rehearse 1"), 2);
    CHECK_THAT(tells(complained, "--file FILE or --draft N"));
    CHECK_INT(stampd_here("plan publish 1 --draft 1"), 1);
    CHECK_THAT(tells(complained, "goal_raised"));
    CHECK_INT(stampd_here("plan publish 1 --draft 1 --accept all"), 2);
    CHECK_INT(say("plan load --plan 1", file_of(GOAL_5)), 1); /* not by the other way, either */
    CHECK_THAT(tells(complained, "goal_raised"));
    CHECK_INT(stampd_here("plan publish 1 --draft 1 --accept goal_raised,reward_removed"), 0);
    CHECK_THAT(tells(printed, "plan 1, version 2 is in force"));
    CHECK_INT(stampd_here("plan history 1"), 0);
    CHECK_THAT(tells(printed, "version 2") && tells(printed, "goal: 4 -> 5"));
    CHECK_INT(stampd_here("check"), 0);
}

static void
an_operator_names_a_time_and_calls_it_off(void **state)
{
    static const char *const wrong[] = {
        "2026-05-01",        "2026-05-01T04:00",  "2026-02-30T04:00Z",     "2026-13-01T04:00Z",
        "2026-05-01T24:00Z", "2026-5-1T04:00Z",   "2026-05-01T04:00+9:00", "2026-05-01T04:00Zx",
        "tomorrow",          "1999-05-01T04:00Z", "2026-04-01T00:00Z",     "2999-05-01T04:00Z",
    };
    const time_t in_30_days = time(NULL) + 30 * 24 * 60 * 60; /* commands have the system's time */
    char line[128], day[16], says[64];
    struct tm tm;

    (void)state;
    gmtime_r(&in_30_days, &tm);
    strftime(day, sizeof(day), "%Y-%m-%d", &tm);
    harness_stop_app();
    CHECK_INT(say("plan draft 1", file_of("{\"cool_down_min\":60}")), 0);
    for (size_t i = 0; i < COUNT(wrong); i++) {
        CHECK_ROW(i);
        snprintf(line, sizeof(line), "plan publish 1 --draft 1 --at %s", wrong[i]);
        CHECK_THAT(stampd_here(line) != 0);
    }
    snprintf(line, sizeof(line), "plan publish 1 --draft 1 --at %sT04:00-03:30", day);
    snprintf(says, sizeof(says), "changes at %sT07:30:00.000Z", day);
    CHECK_INT(stampd_here(line), 0);
    CHECK_THAT(tells(printed, says));
    CHECK_INT(stampd_here("plan show --plan 1"), 0);
    CHECK_THAT(tells(printed, says));
    CHECK_INT(stampd_here("plan unschedule 1"), 0);
    CHECK_THAT(tells(printed, "called off; draft 2 has its rules"));
    CHECK_INT(stampd_here("plan unschedule 1"), 1);
    CHECK_INT(stampd_here("plan draft-remove 1 --draft 2"), 0);
    CHECK_INT(stampd_here("plan drafts 1"), 0);
    CHECK_THAT(tells(printed, "no drafts"));
}

/* What an owner is told of rules before they are saved: of a visit now. */
static void
rules_are_told_by_what_a_visit_now_would_mean(void **state)
{
    static const struct {
        const char *rules, *last; /* of 2026-04-01, as of here.now */
        bool over;
    } row[] = {
        {"{}", NULL, false},
        {EXPIRY("\\\"kind\\\":\\\"after\\\",\\\"months\\\":12"), "2027-04-01", false},
        {EXPIRY("\\\"kind\\\":\\\"month_end\\\",\\\"months\\\":1"), "2026-05-31", false},
        {EXPIRY("\\\"kind\\\":\\\"fiscal_year\\\",\\\"month\\\":3"), "2027-03-31", false},
        {EXPIRY("\\\"kind\\\":\\\"anniversary\\\""), "2027-03-31", false},
        {EXPIRY("\\\"kind\\\":\\\"fixed\\\",\\\"date\\\":20260331"), "2026-03-31", true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
        CHECK_ROW(i);
        ANSWERS(
            post(&owner, "/api/admin/plans/1/example", NULL, "{\"rules\":\"%s\"}", row[i].rules),
            200);
        if (row[i].last == NULL)
            CHECK_THAT(json_is_null(got("last")));
        else
            CHECK_TEXT(got_text("last"), row[i].last);
        CHECK_THAT(json_is_null(got("first")));
        CHECK_THAT(json_boolean_value(got("over")) == row[i].over);
    }
    REFUSES(post(&owner, "/api/admin/plans/1/example", NULL, "{\"rules\":\"%s\"}",
                 EXPIRY("\\\"kind\\\":\\\"after\\\"")),
            400, "plan_invalid");
    CHECK_TEXT(got_text("field"), "expiry.days");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        PLAN_TEST(rules_are_told_by_what_a_visit_now_would_mean),
        PLAN_TEST(one_wish_is_done_once_however_often_it_comes),
        PLAN_TEST(an_open_card_shows_the_new_rules_at_once),
        PLAN_TEST(a_time_that_passed_while_nobody_served_is_made_up_for_once),
        PLAN_TEST(a_clock_that_was_set_brings_nothing_into_force),
        PLAN_TEST(what_was_called_off_never_comes),
        PLAN_TEST(an_operator_drafts_rehearses_and_publishes),
        PLAN_TEST(an_operator_names_a_time_and_calls_it_off),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
