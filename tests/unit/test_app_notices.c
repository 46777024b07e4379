/*
 * The cost ladder in the running service: what the card, a reply or another message can tell is not
 * pushed, and what is pushed stays within hours, caps and budget. line-sim counts.
 */
#include <stdio.h>
#include <string.h>

#include "domain/budget.h"
#include "domain/ledger.h"
#include "domain/plan.h"
#include "domain/topic.h"
#include "tests/support/harness.h"

static struct browser shopper, till;

/* ---------------------------------------------------------------- rules, and people */

static enum err_code
run_policy(struct db *db, void *context, struct err *e)
{
    return policy_save(db, context, e);
}

/* What the tests begin with: stamps are told where that is free. */
static struct message_policy
rules(void)
{
    return (struct message_policy){
        .budget = 1000, .lapse_days = 7, .dormant_days = 60, .utc_offset_min = 9 * 60};
}

static void
set_rules(struct message_policy policy)
{
    struct err e;

    CHECK_OK(app_write(here.app, run_policy, &policy, &e), e);
}

static int
set_up(void **state)
{
    shopper = till = (struct browser){0};
    if (harness_set_up(state))
        return 1;
    set_rules(rules());
    return 0;
}
#define LADDER(name) cmocka_unit_test_setup_teardown(name, set_up, harness_tear_down)

static enum err_code
run_birthday(struct db *db, void *context, struct err *e)
{
    struct {
        int64_t member_id, month_day;
    } *in = context;
    STMT s = db_stmt(db, SQL_BIRTHDAY_SAVE);

    stmt_bind_int(s, ":member_id", in->member_id);
    stmt_bind_int(s, ":month_day", in->month_day);
    return stmt_run(s, e) || topic_choose(db, in->member_id, TOPIC_OFFERS, true, harness_now(), e)
               ? e->code
               : OK;
}

static void
has_birthday(int64_t member_id, int64_t month_day)
{
    struct {
        int64_t member_id, month_day;
    } in = {member_id, month_day};
    struct err e;

    CHECK_OK(app_write(here.app, run_birthday, &in, &e), e);
}

static enum err_code
run_unwanted(struct db *db, void *context, struct err *e)
{
    return topic_choose(db, 1, *(enum topic *)context, false, harness_now(), e);
}

static void
does_not_want(enum topic topic)
{
    struct err e;

    CHECK_OK(app_write(here.app, run_unwanted, &topic, &e), e);
}

static void
writes(int person, const char *text)
{
    ANSWERS(sim_post("/sim/webhook",
                     "{\"events\":[{\"type\":\"text\",\"person\":%d,\"text\":\"%s\"}],"
                     "\"wait\":true}",
                     person, text),
            200);
    UNTIL(stored_int("SELECT count(*) FROM inbox WHERE state = 'received'") == 0);
}

/* ---------------------------------------------------------------- what came of it */

/* Messages of the person's talk that came as `how`; one entry may hold several. */
static int64_t
came(int person, const char *how)
{
    int64_t n = 0;
    char path[64];

    snprintf(path, sizeof(path), "/sim/state?person=%d", person);
    ANSWERS(sim_get(path), 200);
    for (size_t i = 0; i < json_array_size(got("entries")); i++) {
        snprintf(path, sizeof(path), "entries.%zu.how", i);
        n += strcmp(got_text(path), how) == 0;
    }
    return n;
}

static int64_t
counted(void)
{
    ANSWERS(sim_get("/sim/state"), 200);
    return got_int("quota.used");
}

static int64_t
told(const char *how)
{
    return stored_int("SELECT coalesce(sum(n), 0) FROM notice_tally WHERE how = %Q", how);
}

static bool
is_quiet(void)
{
    return stored_int("SELECT count(*) FROM notice WHERE state IN ('waiting', 'held')"
                      " AND due_ms <= %lld",
                      (long long)harness_now()) == 0 &&
           stored_int("SELECT count(*) FROM outbox WHERE closed_ms IS NULL"
                      " OR is_settled = 0") == 0;
}

/* A clock that jumps while LINE is asked would count a message in another month. */
static bool
is_nothing_on_its_way(void)
{
    return stored_int("SELECT count(*) FROM outbox WHERE state = 'sending'"
                      " OR (state = 'queued' AND next_ms <= %lld)",
                      (long long)harness_now()) == 0;
}

static void
some_time_goes_by(int64_t ms)
{
    const struct service_counts *counts = &app_service(here.app)->counts;
    uint64_t before;

    harness_advance(ms);
    before = counts->rounds;
    UNTIL(counts->rounds >= before + 2 && is_quiet()); /* the first may have begun before */
}

static void
visits(int person, int stamps)
{
    shopper = (struct browser){0};
    login_liff(&shopper, person);
    till_sign_in(&till, UENO_LEFT, UENO_CASHIER);
    grant_stamps(&till, &shopper, stamps);
}

/* A visit that is two stamps wins a cookie. */
#define COOKIE 2

/* ---------------------------------------------------------------- one rung after another */

static void
a_reward_is_pushed_at_once_and_a_stamp_is_not(void **state)
{
    (void)state;
    visits(1, COOKIE);
    UNTIL(stored_int("SELECT count(*) FROM notice WHERE state = 'told'") ==
          1); /* the clock stands */
    CHECK_INT(came(1, "push"), 1);
    harness_advance(31 * MINUTE_MS);
    visits(1, 1); /* to 3: one more for the coffee, which is worth a push when nobody saw it */
    some_time_goes_by(NOTICE_DELAY_MS);
    CHECK_INT(came(1, "push"), 2);
    CHECK_INT(counted(), 2);
    stored_is_sound();
}

static void
what_waits_goes_along_with_the_answer_to_a_question(void **state)
{
    struct message_policy silent = rules();

    (void)state;
    silent.budget = 0;
    set_rules(silent);
    visits(1, 1);
    some_time_goes_by(NOTICE_DELAY_MS);
    CHECK_TEXT(stored_text("SELECT reason FROM notice_decision"), "budget");
    writes(1, "ポイント");
    UNTIL(is_quiet());
    CHECK_INT(came(1, "reply"), 1);
    CHECK_THAT(json_array_size(got("entries.1.messages")) >= 2); /* the news and the balances */
    CHECK_TEXT(stored_text("SELECT state FROM notice"), "told");
    CHECK_INT(told("reply"), 1);
    CHECK_INT(counted(), 0);
    stored_is_sound();
}

static void
a_reply_token_nobody_used_carries_what_comes_next(void **state)
{
    (void)state;
    login_liff(&shopper, 1);
    till_sign_in(&till, UENO_LEFT, UENO_CASHIER);
    writes(1, "good morning");
    CHECK_INT(came(1, "reply"), 0);
    harness_advance(2 * SECOND_MS);
    ANSWERS(post(&till, "/api/till/scans", NULL, "{\"code\":\"%s\"}", card_code(&shopper, STAMPS)),
            200);
    ANSWERS(post(&till, "/api/till/grants", fresh_key(), "{\"scan\":%lld,\"stamps\":2}",
                 (long long)got_int("scan")),
            201);
    UNTIL(is_quiet());
    CHECK_INT(came(1, "reply"), 1);
    CHECK_INT(came(1, "push"), 0);
    CHECK_INT(counted(), 0);
    CHECK_TEXT(stored_text("SELECT reason FROM notice_decision"), "reply_token");
    stored_is_sound();
}

static void
a_reply_that_line_refused_becomes_a_push(void **state)
{
    (void)state;
    login_liff(&shopper, 1);
    till_sign_in(&till, UENO_LEFT, UENO_CASHIER);
    writes(1, "good morning");
    ANSWERS(sim_post("/sim/faults",
                     "{\"path\":\"/v2/bot/message/reply\",\"kind\":\"400\",\"times\":1}"),
            200);
    ANSWERS(post(&till, "/api/till/scans", NULL, "{\"code\":\"%s\"}", card_code(&shopper, STAMPS)),
            200);
    ANSWERS(post(&till, "/api/till/grants", fresh_key(), "{\"scan\":%lld,\"stamps\":2}",
                 (long long)got_int("scan")),
            201);
    UNTIL(is_quiet());
    CHECK_INT(came(1, "reply"), 0);
    CHECK_INT(came(1, "push"), 1);
    CHECK_INT(stored_int("SELECT count(*) FROM notice_decision"), 2);
    stored_is_sound();
}

static void
at_night_only_the_urgent_goes_and_takes_the_rest_along(void **state)
{
    struct message_policy night = rules();

    (void)state;
    night.quiet_from_min = 9 * 60; /* it is ten */
    night.quiet_until_min = 23 * 60;
    set_rules(night);
    visits(1, 1);
    some_time_goes_by(NOTICE_DELAY_MS);
    CHECK_INT(came(1, "push"), 0);
    CHECK_TEXT(stored_text("SELECT reason FROM notice_decision"), "quiet_hours");
    harness_advance(31 * MINUTE_MS);
    visits(1, 1); /* the cookie */
    UNTIL(is_quiet());
    CHECK_INT(came(1, "push"), 1);
    CHECK_INT(json_array_size(got("entries.0.messages")), 2);
    CHECK_INT(counted(), 1);
    CHECK_INT(told("push"), 1);
    CHECK_INT(told("merge"), 1);
    stored_is_sound();
}

static void
the_morning_brings_what_the_night_held_back(void **state)
{
    struct message_policy night = rules();

    (void)state;
    night.quiet_from_min = 9 * 60;
    night.quiet_until_min = 23 * 60;
    set_rules(night);
    visits(1, 1);
    some_time_goes_by(12 * HOUR_MS);
    CHECK_INT(came(1, "push"), 0);
    some_time_goes_by(HOUR_MS);
    CHECK_INT(came(1, "push"), 1);
    stored_is_sound();
}

static void
who_wants_no_message_finds_it_on_the_card(void **state)
{
    (void)state;
    visits(1, 1);
    does_not_want(TOPIC_REWARDS);
    some_time_goes_by(31 * MINUTE_MS);
    visits(1, 1);
    UNTIL(is_quiet());
    CHECK_INT(stored_int("SELECT count(*) FROM notice WHERE state = 'kept'"), 2);
    CHECK_INT(stored_int("SELECT count(*) FROM notice_decision WHERE reason = 'not_wanted'"), 2);
    CHECK_INT(stored_int("SELECT count(*) FROM outbox"), 0);
    ANSWERS(post(&shopper, "/api/notices/1/seen", NULL, "{}"), 204);
    CHECK_TEXT(stored_text("SELECT state FROM notice WHERE id = 1"), "seen");
    stored_is_sound();
}

static void
three_a_week_are_enough(void **state)
{
    struct message_policy capped = rules();

    (void)state;
    capped.weekly_cap = 1;
    set_rules(capped);
    visits(1, 1); /* one more for the cookie */
    some_time_goes_by(31 * MINUTE_MS);
    CHECK_INT(came(1, "push"), 1);
    visits(1, 1); /* the cookie itself is urgent */
    some_time_goes_by(31 * MINUTE_MS);
    CHECK_INT(came(1, "push"), 2);
    visits(1, 1); /* one more for the coffee has to wait */
    some_time_goes_by(31 * MINUTE_MS);
    CHECK_INT(came(1, "push"), 2);
    CHECK_TEXT(
        stored_text("SELECT reason FROM notice_decision ORDER BY notice_id DESC, number DESC"),
        "weekly_cap");
    stored_is_sound();
}

static void
who_comes_by_a_message_is_counted(void **state)
{
    (void)state;
    visits(1, COOKIE);
    UNTIL(is_quiet());
    CHECK_INT(came(1, "push"), 1);
    CHECK_THAT(strstr(answer.body, "?about=voucher") != NULL);
    ANSWERS(get(&shopper, "/card/1?about=voucher"), 200);
    ANSWERS(get(&shopper, "/card/1?about=voucher"), 200); /* never answered from memory */
    ANSWERS(get(&shopper, "/card/1?about=nonsense"), 200);
    UNTIL(told("opened") == 2);
    CHECK_INT(stored_int("SELECT n FROM notice_tally WHERE kind = 'voucher' AND how = 'opened'"),
              2);
    stored_is_sound();
}

/* ---------------------------------------------------------------- the budget */

static void
the_budget_is_never_passed(void **state)
{
    struct message_policy poor = rules();
    int64_t sent;

    (void)state;
    poor.budget = 3;
    set_rules(poor);
    for (int person = 1; person <= 5; person++) {
        visits(person, COOKIE);
        harness_advance(31 * MINUTE_MS);
    }
    UNTIL(is_quiet());
    CHECK_INT(counted(), 3);
    CHECK_INT(stored_int("SELECT count(*) FROM notice WHERE state = 'held'"), 2);
    CHECK_TEXT(stored_text("SELECT reason FROM notice_decision ORDER BY notice_id DESC"), "budget");
    writes(5, "ポイント"); /* a question costs nothing to answer */
    UNTIL(is_quiet());
    CHECK_INT(counted(), 3);
    CHECK_INT(stored_int("SELECT count(*) FROM notice WHERE state = 'held'"), 1);
    poor.budget = 4; /* and the owner may change their mind */
    set_rules(poor);
    some_time_goes_by(HOUR_MS);
    UNTIL(counted() == 4);
    sent = stored_int("SELECT charged FROM budget_month");
    CHECK_INT(sent, 4);
    stored_is_sound();
}

/* Everything LINE can do to a message, over two months: what it counted is within the budget of
 * each, and what we charged is never less. */
static void
whatever_line_does_the_budget_holds(void **state)
{
    static const char *const kinds[] = {"500_before",  "500_after", "429",     "reset",
                                        "reset_after", "401",       "drop_200"};
    struct message_policy poor = rules();

    (void)state;
    poor.budget = 6;
    poor.reserve = 20;
    set_rules(poor);
    for (int i = 0; i < 24; i++) {
        ANSWERS(sim_post("/sim/faults",
                         "{\"path\":\"/v2/bot/message/push\",\"kind\":\"%s\",\"times\":%d}",
                         kinds[i % (int)COUNT(kinds)], 1 + i % 3),
                200);
        visits(1 + i % 8, COOKIE);
        UNTIL(is_nothing_on_its_way());
        harness_advance(DAY_MS / 8);
        for (int again = 0; again < 12; again++) {
            harness_advance(20 * SECOND_MS << again);
            UNTIL(is_nothing_on_its_way());
        }
        CHECK_THAT(counted() <= poor.budget);
        CHECK_THAT(counted() <= stored_int("SELECT coalesce(max(charged), 0) FROM budget_month"
                                           " WHERE month = %d",
                                           budget_month(harness_now())));
        CHECK_THAT(stored_int("SELECT max(charged) FROM budget_month") <= poor.budget);
    }
    ANSWERS(sim_delete("/sim/faults"), 204);
    stored_is_sound();
}

/* ---------------------------------------------------------------- what time alone causes */

static void
a_voucher_that_ends_soon_is_told_of_once(void **state)
{
    (void)state;
    visits(1, COOKIE); /* good for 14 days */
    UNTIL(is_quiet());
    some_time_goes_by(7 * DAY_MS - HOUR_MS);
    CHECK_INT(came(1, "push"), 1);
    for (int day = 0; day < 5; day++)
        some_time_goes_by(DAY_MS);
    CHECK_INT(came(1, "push"), 2);
    CHECK_INT(stored_int("SELECT count(*) FROM notice WHERE kind = 'voucher_lapse'"), 1);
    stored_is_sound();
}

/* Stamps end after `context` days, and a week before that somebody is told. */
static enum err_code
run_ending(struct db *db, void *context, struct err *e)
{
    const int64_t *days = context;
    struct plan_rules rules;
    int64_t version;

    if (plan_load(db, 1, 0, &rules, e))
        return e->code;
    rules.expiry = (struct expiry_rules){.kind = EXPIRY_AFTER, .days = *days, .remind_days = 7};
    return plan_add_version(db, &rules, harness_now(), &version, e);
}

static void
stamps_that_end_soon_are_told_of_once_each_end(void **state)
{
    int64_t days = 20;
    struct err e;

    (void)state;
    CHECK_OK(app_write(here.app, run_ending, &days, &e), e);
    visits(1, 1);
    UNTIL(is_quiet());
    some_time_goes_by(12 * DAY_MS);
    CHECK_INT(came(1, "push"), 0);
    some_time_goes_by(2 * DAY_MS);
    CHECK_INT(came(1, "push"), 1);
    for (int day = 0; day < 9; day++)
        some_time_goes_by(DAY_MS);
    CHECK_INT(stored_int("SELECT count(*) FROM notice WHERE kind = 'points_lapse'"), 1);
    CHECK_INT(stored_int("SELECT balance FROM card WHERE member_id = 1 AND plan_id = 1"), 0);
    CHECK_INT(stored_int("SELECT count(*) FROM transfer WHERE kind = 10 AND amount = 1"), 1);
    CHECK_INT(came(1, "push"), 1);
    stored_is_sound();
}

static void
who_stays_away_is_missed_if_they_want_to_be(void **state)
{
    (void)state;
    visits(1, 1);
    visits(2, 1);
    has_birthday(2, 1231); /* wants offers */
    some_time_goes_by(59 * DAY_MS);
    CHECK_INT(stored_int("SELECT count(*) FROM notice WHERE kind = 'dormant'"), 0);
    some_time_goes_by(2 * DAY_MS);
    CHECK_INT(stored_int("SELECT count(*) FROM notice WHERE kind = 'dormant'"), 2);
    CHECK_INT(stored_int("SELECT count(*) FROM notice WHERE kind = 'dormant' AND state = 'told'"),
              1);
    some_time_goes_by(2 * DAY_MS);
    CHECK_INT(stored_int("SELECT count(*) FROM notice WHERE kind = 'dormant'"), 2);
    stored_is_sound();
}

static void
the_same_words_to_many_are_one_multicast(void **state)
{
    struct message_policy kind = rules();

    (void)state;
    kind.tells_birthdays = true;
    set_rules(kind);
    for (int person = 1; person <= 3; person++) {
        struct browser b = {0};

        login_liff(&b, person);
        ANSWERS(post(&b, "/api/profile", NULL, "{\"language\":\"en\"}"), 200);
        has_birthday(person, 402); /* tomorrow */
    }
    some_time_goes_by(DAY_MS);
    CHECK_INT(came(1, "multicast"), 1);
    CHECK_INT(came(3, "multicast"), 1);
    CHECK_INT(counted(), 3);
    CHECK_INT(stored_int("SELECT count(*) FROM outbox"), 1);
    CHECK_INT(told("push"), 3);
    some_time_goes_by(DAY_MS);
    CHECK_INT(stored_int("SELECT count(*) FROM outbox"), 1); /* once a year */
    stored_is_sound();
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        LADDER(a_reward_is_pushed_at_once_and_a_stamp_is_not),
        LADDER(what_waits_goes_along_with_the_answer_to_a_question),
        LADDER(a_reply_token_nobody_used_carries_what_comes_next),
        LADDER(a_reply_that_line_refused_becomes_a_push),
        LADDER(at_night_only_the_urgent_goes_and_takes_the_rest_along),
        LADDER(the_morning_brings_what_the_night_held_back),
        LADDER(who_wants_no_message_finds_it_on_the_card),
        LADDER(three_a_week_are_enough),
        LADDER(who_comes_by_a_message_is_counted),
        LADDER(the_budget_is_never_passed),
        LADDER(whatever_line_does_the_budget_holds),
        LADDER(a_voucher_that_ends_soon_is_told_of_once),
        LADDER(stamps_that_end_soon_are_told_of_once_each_end),
        LADDER(who_stays_away_is_missed_if_they_want_to_be),
        LADDER(the_same_words_to_many_are_one_multicast),
    };

    return cmocka_run_group_tests_name("notices", tests, NULL, NULL);
}
