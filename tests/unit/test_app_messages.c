/*
 * The owner's view of messages: what they cost, by which rules, what one member was told and why,
 * and a few words to that member.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/harness.h"

#define MESSAGES "/api/admin/messages"
#define POLICY "/api/admin/messages/policy"
#define LOG_OF "/api/admin/messages/log"
#define WRITE_TO "/api/admin/messages/write"
enum { OWNER_PERSON = 4 };

static struct browser shopper, till, owner;

static int
set_up(void **state)
{
    shopper = till = owner = (struct browser){0};
    return harness_set_up(state);
}
#define STORY(name) cmocka_unit_test_setup_teardown(name, set_up, harness_tear_down)

static void
everybody_comes(void)
{
    login_liff(&owner, OWNER_PERSON);
    ANSWERS(post(&owner, "/api/admin/claim", NULL, "{\"token\":\"%s\"}", here.owner_link), 200);
    login_liff(&shopper, 1);
    till_sign_in(&till, UENO_LEFT, UENO_CASHIER);
}

static void
everything_is_told(void)
{
    UNTIL(stored_int("SELECT (SELECT count(*) FROM notice WHERE state IN ('waiting', 'held',"
                     " 'owed')) + (SELECT count(*) FROM outbox WHERE is_settled = 0)") == 0);
}

/* How many messages the person got that have `text` in them. */
static int
got_messages(int person, const char *text)
{
    char path[64];
    int n = 0;

    snprintf(path, sizeof(path), "/sim/state?person=%d", person);
    ANSWERS(sim_get(path), 200);
    for (size_t i = 0; i < json_array_size(got("entries")); i++) {
        char *entry = json_dumps(json_array_get(got("entries"), i), JSON_COMPACT);

        n += strstr(entry, text) != NULL;
        free(entry);
    }
    return n;
}

/* ---------------------------------------------------------------- figures */

static void
the_figures_add_up(void **state)
{
    (void)state;
    everybody_comes();
    REFUSES(get(&shopper, MESSAGES), 401, "session_missing");
    ANSWERS(get(&owner, MESSAGES), 200);
    CHECK_INT(got_int("month"), 202604);
    CHECK_INT(got_int("ends"), INT64_C(1777561200000)); /* 1 May in Tokyo */
    CHECK_INT(got_int("counts.push"), 0);
    CHECK_INT(got_int("budget.most"), 1000000);

    grant_stamps(&till, &shopper, 1);
    ANSWERS(post(&shopper, "/api/notices/1/seen", NULL, "{}"), 204); /* live: saved */
    harness_advance(31 * MINUTE_MS);
    till_sign_in(&till, UENO_LEFT, UENO_CASHIER);
    grant_stamps(&till, &shopper, 1); /* a reward: pushed */
    everything_is_told();
    ANSWERS(post(&shopper, "/api/me/topics", NULL, "{\"topic\":\"rewards\",\"wanted\":false}"),
            200);
    harness_advance(31 * MINUTE_MS);
    till_sign_in(&till, UENO_LEFT, UENO_CASHIER);
    grant_stamps(&till, &shopper, 1); /* not wanted: kept for the card */
    harness_advance(10 * SECOND_MS);
    everything_is_told();

    login_web(&owner, OWNER_PERSON, "/admin"); /* an hour is long for an owner's session */
    ANSWERS(get(&owner, MESSAGES), 200);
    CHECK_INT(got_int("counts.live"), 1);
    CHECK_INT(got_int("counts.push"), 1);
    CHECK_INT(got_int("counts.kept"), 1);
    CHECK_INT(got_int("counts.reply") + got_int("counts.merge") + got_int("counts.failed"), 0);
    CHECK_INT(got_int("counts.waiting"), 0);
    CHECK_INT(got_int("budget.charged"), 1);
    CHECK_INT(got_int("budget.owed"), 0);
    CHECK_INT(got_int("counts.live") + got_int("counts.push") + got_int("counts.kept"),
              stored_int("SELECT count(*) FROM notice"));
    CHECK_INT(got_int("budget.forecast"), 30); /* one on the first day of thirty */
}

static void
what_line_said_is_shown_with_when(void **state)
{
    (void)state;
    everybody_comes();
    UNTIL(stored_int("SELECT count(*) FROM line_quota") == 1);
    ANSWERS(get(&owner, MESSAGES), 200);
    CHECK_INT(got_int("budget.quota"), stored_int("SELECT most FROM line_quota"));
    CHECK_INT(got_int("budget.told"), stored_int("SELECT read_ms FROM line_quota"));
    CHECK_THAT(got_int("budget.left") <= got_int("budget.left_urgent"));
}

/* ---------------------------------------------------------------- rules */

static void
rules_change_one_by_one_and_never_by_halves(void **state)
{
    static const struct {
        const char *body, *field;
    } wrong[] = {
        {"{\"weekly_cap\":2,\"reserve\":101}", "reserve"},
        {"{\"weekly_cap\":2,\"quiet_until_min\":1440}", "quiet_until_min"},
        {"{\"weekly_cap\":2,\"dormant_days\":731}", "dormant_days"},
        {"{\"weekly_cap\":2,\"lapse_days\":61}", "lapse_days"},
        {"{\"weekly_cap\":2,\"price_milli\":1000001}", "price_milli"},
        {"{\"weekly_cap\":101}", "weekly_cap"},
        {"{\"budget\":10000001}", "budget"},
    };
    uint64_t hash;

    (void)state;
    everybody_comes();
    everything_is_told();
    hash = stored_hash();
    for (size_t i = 0; i < COUNT(wrong); i++) {
        CHECK_ROW(i);
        REFUSES(ask(&owner, "POST", POLICY, "application/json", str_of(wrong[i].body)), 400,
                "policy_invalid");
        CHECK_TEXT(got_text("field"), wrong[i].field);
    }
    CHECK_THAT(stored_hash() == hash);

    ANSWERS(post(&owner, POLICY, NULL, "{\"budget\":200,\"reserve\":25,\"tells_birthdays\":true}"),
            200);
    CHECK_INT(got_int("policy.budget"), 200);
    CHECK_INT(got_int("policy.reserve"), 25);
    CHECK_THAT(got_true("policy.tells_birthdays") && !got_true("policy.as_line"));
    ANSWERS(post(&owner, POLICY, NULL, "{\"quiet_from_min\":0,\"quiet_until_min\":0}"), 200);
    CHECK_INT(got_int("policy.budget"), 200); /* as it was */
    ANSWERS(post(&owner, POLICY, NULL, "{\"as_line\":true}"), 200);
    CHECK_THAT(got_true("policy.as_line") && json_is_null(got("policy.budget")));
    CHECK_INT(stored_int("SELECT count(*) FROM audit WHERE act = 'message.policy'"), 3);
    ANSWERS(get(&shopper, "/api/me/birthday"), 200);
    CHECK_THAT(got_true("asked"));
    stored_is_sound();
}

static void
what_waits_for_the_budget_goes_when_there_is_more(void **state)
{
    (void)state;
    everybody_comes();
    ANSWERS(post(&owner, POLICY, NULL, "{\"budget\":0}"), 200);
    grant_stamps(&till, &shopper, 2);
    UNTIL(stored_int("SELECT count(*) FROM notice_decision WHERE reason = 'budget'") == 1);
    ANSWERS(get(&owner, MESSAGES), 200);
    CHECK_INT(got_int("budget.left_urgent"), 0);
    CHECK_INT(got_int("counts.waiting"), 1);
    ANSWERS(post(&owner, LOG_OF, NULL, "{\"code\":\"%s\"}", card_code(&shopper, STAMPS)), 200);
    CHECK_TEXT(got_text("lines.0.state"), "held");
    CHECK_TEXT(got_text("lines.0.step"), "wait");
    CHECK_TEXT(got_text("lines.0.reason"), "budget");
    CHECK_THAT(json_is_null(got("lines.0.request")));
    ANSWERS(post(&owner, POLICY, NULL, "{\"budget\":10}"), 200);
    everything_is_told();
    CHECK_INT(stored_int("SELECT count(*) FROM notice WHERE state = 'told'"), 1);
}

/* ---------------------------------------------------------------- one member */

static void
the_log_tells_what_was_sent_and_why(void **state)
{
    char code[32];

    (void)state;
    everybody_comes();
    snprintf(code, sizeof(code), "%s", card_code(&shopper, STAMPS));
    REFUSES(post(&owner, LOG_OF, NULL, "{\"code\":\"2000000000008\"}"), 404, "card_unknown");
    REFUSES(post(&owner, LOG_OF, NULL, "{\"code\":\"7100000000000000000000\"}"), 400,
            "code_unreadable"); /* its check digits are wrong */
    REFUSES(post(&owner, LOG_OF, NULL, "{\"code\":\"-\"}"), 400, "code_unreadable");
    REFUSES(post(&till, LOG_OF, NULL, "{\"code\":\"%s\"}", code), 401, "session_missing");
    grant_stamps(&till, &shopper, 2);
    everything_is_told();
    ANSWERS(post(&owner, LOG_OF, NULL, "{\"code\":\"%s\"}", code),
            200); /* stale: it is no matter */
    CHECK_TEXT(got_text("member.name"), "Shopper 1 (ja)");
    CHECK_TEXT(got_text("member.card"), "active");
    CHECK_THAT(got_true("member.friend") && got_true("member.topics.rewards") &&
               !got_true("member.topics.offers"));
    CHECK_INT(got_int("member.pushes"), 1);
    CHECK_INT(json_array_size(got("lines")), 1);
    CHECK_TEXT(got_text("lines.0.kind"), "voucher");
    CHECK_TEXT(got_text("lines.0.state"), "told");
    CHECK_TEXT(got_text("lines.0.step"), "push");
    CHECK_TEXT(got_text("lines.0.reason"), "voucher");
    CHECK_TEXT(got_text("lines.0.request"),
               stored_text("SELECT line_request_id FROM outbox_try ORDER BY at_ms DESC LIMIT 1"));
    CHECK_THAT(got_text("lines.0.request")[0] != '\0');
    ANSWERS(post(&owner, LOG_OF, NULL, "{\"code\":\"%s\"}", card_code(&owner, STAMPS)), 200);
    CHECK_INT(json_array_size(got("lines")), 0); /* another member's is another log */
}

/* A card that shows rotating JAN-13 codes, and one that a person types with spaces. */
static void
a_member_is_found_by_whatever_the_card_shows(void **state)
{
    char code[32];

    (void)state;
    everybody_comes();
    ANSWERS(get(&shopper, "/api/card/codes?plan=2"), 200);
    snprintf(code, sizeof(code), "%s", got_text("codes.0.linear"));
    ANSWERS(post(&owner, LOG_OF, NULL, "{\"code\":\"%s\"}", code), 200);
    CHECK_TEXT(got_text("member.name"), "Shopper 1 (ja)");
    harness_advance(2 * MINUTE_MS);
    REFUSES(post(&owner, LOG_OF, NULL, "{\"code\":\"%s\"}", code), 404, "card_unknown");
    snprintf(code, sizeof(code), "%s", card_code(&shopper, STAMPS));
    ANSWERS(post(&owner, LOG_OF, NULL, "{\"code\":\"%.4s %.6s %s\"}", code, code + 4, code + 10),
            200);
    CHECK_TEXT(got_text("member.name"), "Shopper 1 (ja)");
}

static void
a_person_writes_and_it_is_sent_once(void **state)
{
    const char *key = fresh_key();
    char code[32], *long_text = malloc(1002);

    (void)state;
    everybody_comes();
    snprintf(code, sizeof(code), "%s", card_code(&shopper, STAMPS));
    memset(long_text, 'a', 1001);
    long_text[1001] = '\0';
    REFUSES(
        post(&owner, WRITE_TO, fresh_key(), "{\"code\":\"%s\",\"text\":\"%s\"}", code, long_text),
        400, "text_too_long");
    free(long_text);
    REFUSES(post(&owner, WRITE_TO, fresh_key(), "{\"code\":\"%s\",\"text\":\" \\n \"}", code), 400,
            "text_empty");
    REFUSES(post(&owner, WRITE_TO, NULL, "{\"code\":\"%s\",\"text\":\"x\"}", code), 400,
            "idempotency_key_missing");
    CHECK_INT(stored_int("SELECT count(*) FROM notice"), 0);

    for (int i = 0; i < 2; i++) { /* the second is a retry */
        ANSWERS(post(&owner, WRITE_TO, key,
                     "{\"code\":\"%s\",\"text\":\"Your umbrella\\nis \\u202ewith us.\"}", code),
                202);
        CHECK_TEXT(got_text("reaches_by"), "push");
    }
    everything_is_told();
    CHECK_INT(got_messages(1, "Your umbrella\\nis with us."), 1);
    CHECK_INT(got_messages(OWNER_PERSON, "umbrella"), 0);
    CHECK_INT(stored_int("SELECT count(*) FROM audit WHERE act = 'message.written'"
                         " AND staff_id IS NOT NULL AND subject = (SELECT member_id FROM notice)"),
              1);
    ANSWERS(post(&owner, LOG_OF, NULL, "{\"code\":\"%s\"}", code), 200);
    CHECK_TEXT(got_text("lines.0.kind"), "staff");
    CHECK_TEXT(got_text("lines.0.state"), "told");
    ANSWERS(get(&owner, MESSAGES), 200);
    CHECK_INT(got_int("budget.charged"), 1);
    stored_is_sound();
}

/* LINE cannot reach them: the card has it as news, until it was put away. */
static void
who_has_blocked_the_account_reads_it_on_the_card(void **state)
{
    char path[64];

    (void)state;
    everybody_comes();
    ANSWERS(sim_post("/sim/webhook", "{\"events\":[{\"type\":\"unfollow\",\"person\":1}]}"), 200);
    UNTIL(stored_int("SELECT is_friend FROM member WHERE id = 2") == 0);
    ANSWERS(post(&owner, WRITE_TO, fresh_key(), "{\"code\":\"%s\",\"text\":\"Come in again\"}",
                 card_code(&shopper, STAMPS)),
            202);
    CHECK_TEXT(got_text("reaches_by"), "card");
    UNTIL(stored_int("SELECT count(*) FROM notice WHERE kind = 'staff' AND state = 'kept'") == 1);
    ANSWERS(get(&shopper, "/api/notices"), 200);
    CHECK_TEXT(got_text("notices.0.text"), "Come in again");
    CHECK_THAT(json_is_null(got("notices.0.plan")) && json_is_null(got("notices.0.unit")));
    snprintf(path, sizeof(path), "/api/notices/%lld/seen", (long long)got_int("notices.0.id"));
    ANSWERS(post(&shopper, path, NULL, "{}"), 204);
    ANSWERS(get(&shopper, "/api/notices"), 200);
    CHECK_INT(json_array_size(got("notices")), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(the_figures_add_up),
        STORY(what_line_said_is_shown_with_when),
        STORY(rules_change_one_by_one_and_never_by_halves),
        STORY(what_waits_for_the_budget_goes_when_there_is_more),
        STORY(the_log_tells_what_was_sent_and_why),
        STORY(a_member_is_found_by_whatever_the_card_shows),
        STORY(a_person_writes_and_it_is_sent_once),
        STORY(who_has_blocked_the_account_reads_it_on_the_card),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
