/*
 * On LINE's bad days: whatever it answers, and whenever we stop, each message ends in exactly one
 * way and reaches the person at most once. line-sim counts (security.md, K5).
 */
#include <stdio.h>
#include <string.h>

#include "app/backend.h"
#include "tests/support/harness.h"

#define PUSH "/v2/bot/message/push"
#define PEOPLE 8

static struct browser shopper, till;

static int
set_up(void **state)
{
    shopper = till = (struct browser){0};
    return harness_set_up(state);
}
#define DAY(name) cmocka_unit_test_setup_teardown(name, set_up, harness_tear_down)

/* ---------------------------------------------------------------- what we owe */

static void
fault(const char *path, const char *kind, int times)
{
    ANSWERS(sim_post("/sim/faults", "{\"path\":\"%s\",\"kind\":\"%s\",\"times\":%d}", path, kind,
                     times),
            200);
}

/* A grant that nobody watches: one notice, which will be a push. */
static void
owe_a_push(int person)
{
    shopper = (struct browser){0};
    login_liff(&shopper, person);
    till_sign_in(&till, UENO_LEFT, UENO_CASHIER);
    grant_stamps(&till, &shopper, 1);
    harness_advance(9 * SECOND_MS);
    UNTIL(stored_int("SELECT count(*) FROM notice WHERE state = 'waiting'") == 0);
}

static struct courier_counts
courier_now(void)
{
    return courier_counts(backend_of(app_service(here.app))->courier);
}

/* The clock goes to the next moment at which we would do something; true when nothing is left. */
static bool
all_have_ended(void)
{
    int64_t next;

    if (stored_int("SELECT count(*) FROM outbox WHERE closed_ms IS NULL") == 0)
        return true;
    if (stored_int("SELECT count(*) FROM outbox WHERE state = 'sending'") > 0)
        return false;
    next = stored_int("SELECT min(next_ms) FROM outbox WHERE state = 'queued'");
    if (next > harness_now())
        harness_advance(next - harness_now());
    else if (courier_now().state != BREAKER_CLOSED)
        harness_advance(SECOND_MS); /* LINE is left alone, and the clock stands still */
    return false;
}

static const char *
key_of(int64_t id)
{
    return stored_text("SELECT retry_key FROM outbox WHERE id = %lld", (long long)id);
}

/* LINE carried out what we believe it did, and nothing twice. */
static void
line_agrees(void)
{
    int64_t last = stored_int("SELECT max(id) FROM outbox");

    for (int64_t id = 1; id <= last; id++) {
        const char *state = stored_text("SELECT state FROM outbox WHERE id = %lld", (long long)id);
        size_t accepted = sim_accepted(here.sim, key_of(id));

        CHECK_THAT(accepted <= 1);
        if (strcmp(state, "sent") == 0 || strcmp(state, "accepted_before") == 0)
            CHECK_INT(accepted, 1);
        if (strcmp(state, "rejected") == 0 || strcmp(state, "quota") == 0)
            CHECK_INT(accepted, 0);
    }
    stored_is_sound();
}

/* ---------------------------------------------------------------- one fault after another */

static void
each_answer_of_lines_has_its_one_end(void **state)
{
    static const struct {
        const char *fault[3];
        const char *end;
        int tries;
        int accepted;
    } rows[] = {
        {{NULL}, "sent", 1, 1},
        {{"429"}, "sent", 2, 1},
        {{"429_user", "429"}, "sent", 3, 1},
        {{"500_before", "500_before"}, "sent", 3, 1},
        {{"500_after"}, "accepted_before", 2, 1},
        {{"500_after", "500_before", "429"}, "accepted_before", 4, 1},
        {{"drop_200"}, "sent", 1, 1}, /* LINE says yes: we cannot know better */
        {{"401"}, "sent", 2, 1},      /* the channel's token died early */
        {{"500_before", "500_before", "401"}, "sent", 4, 1},
        {{"401", "401"}, "sent", 3, 1}, /* and its successor too */
        {{"400"}, "rejected", 1, 0},
        {{"429_month"}, "quota", 1, 0},
        {{"500_before", "429_month"}, "sent", 3, 1}, /* 409 would say if the first had counted */
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        CHECK_ROW(i);
        owe_a_push((int)i % PEOPLE + 1);
        UNTIL(all_have_ended());
        harness_advance(31 * MINUTE_MS);
    }
    for (size_t i = 0; i < COUNT(rows); i++) {
        int64_t id = stored_int("SELECT max(id) FROM outbox") + 1;

        CHECK_ROW(i);
        for (size_t f = 0; f < 3 && rows[i].fault[f] != NULL; f++)
            fault(PUSH, rows[i].fault[f], 1);
        owe_a_push((int)i % PEOPLE + 1);
        UNTIL(all_have_ended());
        CHECK_TEXT(stored_text("SELECT state FROM outbox WHERE id = %lld", (long long)id),
                   rows[i].end);
        CHECK_INT(stored_int("SELECT tries FROM outbox WHERE id = %lld", (long long)id),
                  rows[i].tries);
        CHECK_INT(sim_accepted(here.sim, key_of(id)), rows[i].accepted);
        ANSWERS(sim_delete("/sim/faults"), 204);
        harness_advance(31 * MINUTE_MS);
    }
    line_agrees();
}

static void
a_lost_answer_is_asked_for_again_with_the_same_key(void **state)
{
    static const char *const kinds[] = {"reset", "reset_after"};

    (void)state;
    for (size_t i = 0; i < COUNT(kinds); i++) {
        CHECK_ROW(i);
        fault(PUSH, kinds[i], 2); /* libcurl itself tries once more where a connection had died */
        owe_a_push((int)i + 1);
        UNTIL(all_have_ended());
        CHECK_THAT(sim_asked(here.sim, key_of((int64_t)i + 1)) >= 2);
        ANSWERS(sim_delete("/sim/faults"), 204);
    }
    CHECK_TEXT(stored_text("SELECT state FROM outbox WHERE id = 1"), "sent");
    CHECK_TEXT(stored_text("SELECT state FROM outbox WHERE id = 2"), "accepted_before");
    line_agrees();
}

static void
without_a_channel_token_messages_wait_and_then_go(void **state)
{
    (void)state;
    fault("/oauth2/v3/token", "500_before", 2);
    fault("/oauth2/v3/token", "429", 1);
    owe_a_push(1);
    UNTIL(all_have_ended());
    CHECK_TEXT(stored_text("SELECT state FROM outbox"), "sent");
    line_agrees();
}

static void
the_channel_token_is_renewed_before_it_ends(void **state)
{
    (void)state;
    owe_a_push(1);
    UNTIL(all_have_ended());
    for (int person = 2; person <= 4; person++) {
        harness_advance(16 * MINUTE_MS);
        owe_a_push(person);
        UNTIL(all_have_ended());
    }
    CHECK_INT(stored_int("SELECT max(tries) FROM outbox"), 1); /* LINE never saw an old one */
    line_agrees();
}

static void
the_month_is_full_and_nothing_is_counted_twice(void **state)
{
    (void)state;
    ANSWERS(sim_post("/sim/settings", "{\"quota\":2,\"used\":0}"), 200);
    for (int person = 1; person <= 4; person++)
        owe_a_push(person);
    UNTIL(all_have_ended());
    CHECK_INT(stored_int("SELECT count(*) FROM outbox WHERE state = 'sent'"), 2);
    /* LINE said so, or its quota was read before: either way two wait, and may be told free. */
    UNTIL(stored_int("SELECT count(*) FROM notice WHERE state = 'held' AND due_ms > %lld",
                     (long long)harness_now()) == 2);
    line_agrees();
}

static void
after_23_hours_a_message_is_given_up(void **state)
{
    int64_t first;

    (void)state;
    ANSWERS(sim_post("/sim/faults", "{\"path\":\"" PUSH "\",\"kind\":\"500_before\",\"rate\":1.0}"),
            200);
    owe_a_push(1);
    UNTIL(all_have_ended());
    CHECK_TEXT(stored_text("SELECT state FROM outbox"), "expired");
    CHECK_INT(sim_accepted(here.sim, key_of(1)), 0);
    first = stored_int("SELECT first_ms FROM outbox");
    CHECK_THAT(stored_int("SELECT max(at_ms) FROM outbox_try") < first + 23 * HOUR_MS);
    CHECK_THAT(stored_int("SELECT count(*) FROM outbox_try") > 20);
    ANSWERS(sim_delete("/sim/faults"), 204);
    harness_advance(HOUR_MS);
    UNTIL(all_have_ended());
    CHECK_INT(sim_accepted(here.sim, key_of(1)), 0);
    line_agrees();
}

static void
on_a_bad_day_everything_ends_once(void **state)
{
    static const char *const kinds[] = {"500_before", "500_after", "429", "reset", "reset_after"};

    (void)state;
    ANSWERS(sim_post("/sim/settings", "{\"quota\":-1}"), 200);
    for (size_t i = 0; i < COUNT(kinds); i++)
        ANSWERS(sim_post("/sim/faults", "{\"path\":\"" PUSH "\",\"kind\":\"%s\",\"rate\":0.15}",
                         kinds[i]),
                200);
    for (int round = 0; round < 3; round++) {
        for (int person = 1; person <= PEOPLE; person++)
            owe_a_push(person);
        harness_advance(31 * MINUTE_MS);
    }
    UNTIL(all_have_ended());
    CHECK_THAT(stored_int("SELECT count(*) FROM outbox") >= 3 * PEOPLE);
    line_agrees();
}

/* ---------------------------------------------------------------- stopping in the middle */

static void
a_message_under_way_when_we_stop_is_finished_after(void **state)
{
    (void)state;
    fault(PUSH, "hang_after", 1); /* LINE has it, and does not say so */
    owe_a_push(1);
    UNTIL(sim_accepted(here.sim, key_of(1)) == 1);
    CHECK_TEXT(stored_text("SELECT state FROM outbox"), "sending");
    harness_stop_app();
    ANSWERS(sim_delete("/sim/faults"), 204);
    CHECK_INT(stored_int("SELECT count(*) FROM outbox WHERE closed_ms IS NOT NULL"), 0);
    harness_start_app();
    UNTIL(all_have_ended());
    CHECK_TEXT(stored_text("SELECT state FROM outbox"), "accepted_before");
    CHECK_INT(sim_shown(here.sim, 1), 1);
    line_agrees();
}

static void
what_a_killed_process_left_is_taken_up_again(void **state)
{
    (void)state;
    /* As if the process had died between the COMMIT that says "sending" and the answer. */
    fault(PUSH, "429", 1);
    owe_a_push(1);
    UNTIL(stored_int("SELECT tries FROM outbox") == 1 &&
          stored_int("SELECT count(*) FROM outbox WHERE state = 'queued'") == 1);
    harness_stop_app();
    stored_spoil(
        "UPDATE outbox SET state = 'sending', tries = 2;"
        "INSERT INTO outbox_try (outbox_id, try, at_ms) SELECT id, 2, first_ms FROM outbox");
    harness_start_app();
    UNTIL(all_have_ended());
    CHECK_TEXT(stored_text("SELECT state FROM outbox"), "sent");
    CHECK_INT(stored_int("SELECT tries FROM outbox"), 3);
    CHECK_THAT(stored_int("SELECT status IS NULL FROM outbox_try WHERE try = 2") == 1);
    line_agrees();
}

static void
stopping_and_starting_again_and_again_loses_nothing(void **state)
{
    (void)state;
    ANSWERS(sim_post("/sim/faults", "{\"path\":\"" PUSH "\",\"kind\":\"500_after\",\"rate\":0.5}"),
            200);
    for (int person = 1; person <= PEOPLE; person++) {
        owe_a_push(person);
        harness_stop_app(); /* wherever it is just now */
        harness_start_app();
    }
    UNTIL(all_have_ended());
    CHECK_INT(stored_int("SELECT count(*) FROM outbox WHERE state IN ('sent', 'accepted_before')"),
              PEOPLE);
    for (int person = 1; person <= PEOPLE; person++)
        CHECK_INT(sim_shown(here.sim, person), 1);
    line_agrees();
}

static void
who_blocks_us_while_it_waits_is_not_written_to(void **state)
{
    (void)state;
    ANSWERS(sim_post("/sim/faults", "{\"path\":\"" PUSH "\",\"kind\":\"429\",\"rate\":1.0}"), 200);
    owe_a_push(1);
    UNTIL(stored_int("SELECT count(*) FROM outbox WHERE state = 'queued' AND tries > 0") == 1);
    ANSWERS(sim_post("/sim/webhook",
                     "{\"events\":[{\"type\":\"unfollow\",\"person\":1}],\"wait\":true}"),
            200);
    UNTIL(stored_int("SELECT is_friend FROM member") == 0);
    ANSWERS(sim_delete("/sim/faults"), 204);
    UNTIL(all_have_ended());
    CHECK_TEXT(stored_text("SELECT state FROM outbox"), "unreachable");
    CHECK_INT(sim_accepted(here.sim, key_of(1)), 0);
    stored_is_sound();
}

/* ---------------------------------------------------------------- a dead LINE and the till */

static struct browser people[PEOPLE];

static void
people_sign_in(void)
{
    for (int i = 0; i < PEOPLE; i++) {
        people[i] = (struct browser){0};
        login_liff(&people[i], i + 1);
    }
}

/* Everybody comes, again and again, and gets their stamp (grant_stamps sees to that). */
static void
people_come(int rounds)
{
    for (int round = 0; round < rounds; round++) {
        till_sign_in(&till, UENO_LEFT, UENO_CASHIER);
        for (int i = 0; i < PEOPLE; i++)
            grant_stamps(&till, &people[i], 1);
        harness_advance(31 * MINUTE_MS);
    }
}

static enum err_code
do_nothing(struct db *db, void *context, struct err *e)
{
    (void)db;
    (void)context;
    (void)e;
    return OK;
}

/* Nothing that the till needs waits for LINE, and what is owed LINE is bounded in memory. */
static void
the_till_is_free(int grants)
{
    struct err e = {0};

    CHECK_INT(stored_int("SELECT count(*) FROM transfer WHERE kind = 1"), grants);
    CHECK_OK(app_write(here.app, do_nothing, NULL, &e), e);
    UNTIL(writer_counts(backend_of(app_service(here.app))->writer).queue == 0);
    CHECK_THAT(courier_now().waiting <= COURIER_WAITING_MAX);
    CHECK_THAT(stored_int("SELECT count(*) FROM outbox WHERE state = 'sending'") <=
               COURIER_WAITING_MAX + 64);
}

static void
the_till_goes_on_while_line_hangs(void **state)
{
    uint64_t answered;

    (void)state;
    people_sign_in();
    ANSWERS(sim_post("/sim/faults", "{\"path\":\"/v2/bot/*\",\"kind\":\"hang\",\"rate\":1.0}"),
            200);
    people_come(1);
    UNTIL(stored_int("SELECT count(*) FROM outbox WHERE state = 'sending'") > 0);
    answered = courier_now().answered;
    people_come(3);
    CHECK_INT(courier_now().answered, answered); /* all this time, nothing came from LINE */
    CHECK_THAT(stored_int("SELECT count(*) FROM outbox WHERE closed_ms IS NULL") > 0);
    the_till_is_free(4 * PEOPLE);
    ANSWERS(sim_delete("/sim/faults"), 204);
    UNTIL(all_have_ended());
    line_agrees();
}

static void
the_till_goes_on_while_line_is_gone(void **state)
{
    (void)state;
    people_sign_in();
    harness_stop_sim();
    people_come(3);
    UNTIL(courier_now().state != BREAKER_CLOSED);
    people_come(1);
    the_till_is_free(4 * PEOPLE);
    UNTIL(stored_int("SELECT count(*) FROM outbox WHERE state = 'sending'") == 0);
    CHECK_THAT(stored_int("SELECT count(*) FROM outbox") > 0);
    CHECK_INT(stored_int("SELECT count(*) FROM outbox WHERE tries > 0"), 0); /* none used up */
    CHECK_INT(stored_int("SELECT count(*) FROM outbox WHERE closed_ms IS NOT NULL"), 0);
    harness_start_sim();
    UNTIL(all_have_ended());
    CHECK_INT(stored_int("SELECT count(*) FROM outbox WHERE state <> 'sent'"), 0);
    line_agrees();
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        DAY(each_answer_of_lines_has_its_one_end),
        DAY(a_lost_answer_is_asked_for_again_with_the_same_key),
        DAY(without_a_channel_token_messages_wait_and_then_go),
        DAY(the_channel_token_is_renewed_before_it_ends),
        DAY(the_month_is_full_and_nothing_is_counted_twice),
        DAY(after_23_hours_a_message_is_given_up),
        DAY(on_a_bad_day_everything_ends_once),
        DAY(a_message_under_way_when_we_stop_is_finished_after),
        DAY(what_a_killed_process_left_is_taken_up_again),
        DAY(stopping_and_starting_again_and_again_loses_nothing),
        DAY(who_blocks_us_while_it_waits_is_not_written_to),
        DAY(the_till_goes_on_while_line_hangs),
        DAY(the_till_goes_on_while_line_is_gone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
