/*
 * Sending: who gets what, once, and what it costs.
 */
#include "sim/demo_values.h"
#include "tests/support/check.h"
#include "tests/support/sim_peer.h"

#include <stdio.h>
#include <string.h>

#define PUSH "/v2/bot/message/push"
#define REPLY "/v2/bot/message/reply"
#define KEY_1 "11111111-1111-4111-8111-111111111111"
#define KEY_2 "22222222-2222-4222-8222-22222222222F"
#define HELLO "[{\"type\":\"text\",\"text\":\"hello\"}]"

static struct sim_peer p;

static int
start(void **state)
{
    (void)state;
    sim_peer_start(&p, NULL);
    return 0;
}

static int
stop(void **state)
{
    (void)state;
    sim_peer_stop(&p);
    return 0;
}

/* Push "hello" to person n. */
static int
push(int person, const char *retry_key)
{
    char body[512];

    snprintf(body, sizeof(body), "{\"to\":\"%s\",\"messages\":" HELLO "}", sim_peer_user(person));
    return sim_peer_send(&p, PUSH, body, retry_key);
}

static int
settings(const char *json)
{
    return sim_peer_json(&p, "/sim/settings", NULL, json);
}

static void
accepted_message_has_an_id_and_reaches_the_talk(void **state)
{
    size_t before = sim_shown(p.sim, 1);

    (void)state;
    CHECK_INT(push(1, NULL), 200);
    CHECK_THAT(strspn(sim_peer_text(&p, "/sentMessages/0/id"), "0123456789") == 18);
    CHECK_THAT(sim_peer_text(&p, "/sentMessages/0/quoteToken")[0] != '\0');
    CHECK_INT(strlen(p.request_id), 36);
    CHECK_INT(sim_shown(p.sim, 1), before + 1);
}

static void
same_retry_key_is_carried_out_once_within_24_hours(void **state)
{
    size_t before = sim_shown(p.sim, 1);
    char id[64], message[64];

    (void)state;
    CHECK_INT(push(1, KEY_1), 200);
    memcpy(id, p.request_id, sizeof(id));
    str_copy(str_of(sim_peer_text(&p, "/sentMessages/0/id")), message, sizeof(message));

    CHECK_INT(push(1, KEY_1), 409);
    CHECK_TEXT(sim_peer_text(&p, "/message"), "The retry key is already accepted");
    CHECK_TEXT(sim_peer_text(&p, "/sentMessages/0/id"), message);
    CHECK_TEXT(p.accepted_id, id);
    CHECK_THAT(strcmp(p.request_id, id) != 0);
    CHECK_INT(sim_shown(p.sim, 1), before + 1);
    CHECK_INT(sim_accepted(p.sim, KEY_1), 1);
    CHECK_INT(sim_asked(p.sim, KEY_1), 2);

    atomic_store(&p.clock.fixed_ms, SIM_PEER_NOW_MS + 24 * HOUR_MS - 1);
    sim_peer_renew_token(&p);
    CHECK_INT(push(1, KEY_1), 409);
    atomic_store(&p.clock.fixed_ms, SIM_PEER_NOW_MS + 24 * HOUR_MS);
    CHECK_INT(push(1, KEY_1), 200); /* forgotten: a new message */
    CHECK_INT(sim_accepted(p.sim, KEY_1), 2);
    atomic_store(&p.clock.fixed_ms, SIM_PEER_NOW_MS);
}

static void
refused_request_does_not_use_up_its_retry_key(void **state)
{
    (void)state;
    CHECK_INT(sim_peer_send(&p, PUSH, "{\"to\":\"nobody\",\"messages\":" HELLO "}", KEY_2), 400);
    CHECK_INT(push(1, KEY_2), 200);
    CHECK_INT(sim_accepted(p.sim, KEY_2), 1);
    CHECK_INT(sim_asked(p.sim, KEY_2), 2);
}

static void
retry_key_must_be_a_uuid_and_on_the_right_endpoint(void **state)
{
    static const char *const bad[] = {"1", "11111111111141118111111111111111",
                                      "11111111-1111-4111-8111-11111111111g",
                                      "11111111-1111-4111-8111-1111111111111"};

    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        CHECK_ROW(i);
        CHECK_INT(push(1, bad[i]), 400);
    }
    CHECK_INT(sim_peer_send(&p, REPLY, "{\"replyToken\":\"x\",\"messages\":" HELLO "}", KEY_1),
              400);
    CHECK_THAT(strstr(p.text, "retry key") != NULL);
    CHECK_INT(sim_peer_send(&p, "/v2/bot/message/validate/push", "{\"messages\":" HELLO "}", KEY_1),
              400);
}

static void
quota_counts_those_who_can_receive_and_then_refuses(void **state)
{
    size_t hidden;

    (void)state;
    CHECK_INT(settings("{\"quota\":3,\"used\":0}"), 200);
    CHECK_INT(sim_peer_get(&p, "/v2/bot/message/quota", p.token), 200);
    CHECK_TEXT(sim_peer_text(&p, "/type"), "limited");
    CHECK_INT(sim_peer_int(&p, "/value"), 3);

    CHECK_INT(
        sim_peer_json(&p, "/sim/people", NULL, "{\"person\":2,\"friend\":false,\"blocking\":true}"),
        200);
    hidden = sim_hidden(p.sim, 2);
    CHECK_INT(push(2, NULL), 200); /* accepted, not seen, not counted */
    CHECK_INT(sim_hidden(p.sim, 2), hidden + 1);
    CHECK_INT(push(1, NULL), 200);
    CHECK_INT(push(3, NULL), 200);
    CHECK_INT(sim_peer_get(&p, "/v2/bot/message/quota/consumption", p.token), 200);
    CHECK_INT(sim_peer_int(&p, "/totalUsage"), 2);

    CHECK_INT(sim_peer_send(&p, "/v2/bot/message/broadcast", "{\"messages\":" HELLO "}", NULL),
              429);
    CHECK_TEXT(sim_peer_text(&p, "/message"), "You have reached your monthly limit.");
    CHECK_INT(push(1, NULL), 200);
    CHECK_INT(push(1, KEY_1 "x"), 400);
    CHECK_INT(push(1, NULL), 429);
    CHECK_INT(push(2, NULL), 200); /* costs nothing */

    atomic_store(&p.clock.fixed_ms, SIM_PEER_NOW_MS + 30 * DAY_MS); /* 1 May in Tokyo */
    sim_peer_renew_token(&p);
    CHECK_INT(push(1, NULL), 200);
    atomic_store(&p.clock.fixed_ms, SIM_PEER_NOW_MS);
    sim_peer_renew_token(&p);
    CHECK_INT(settings("{\"quota\":-1,\"used\":0}"), 200);
    CHECK_INT(sim_peer_get(&p, "/v2/bot/message/quota", p.token), 200);
    CHECK_TEXT(sim_peer_text(&p, "/type"), "none");
    CHECK_INT(sim_peer_json(&p, "/sim/people", NULL, "{\"person\":2,\"friend\":true}"), 200);
}

static void
multicast_passes_over_strangers_and_push_does_not(void **state)
{
    char body[512];
    size_t before = sim_shown(p.sim, 4);

    (void)state;
    CHECK_INT(settings("{\"quota\":-1,\"used\":0}"), 200);
    snprintf(body, sizeof(body), "{\"to\":[\"%s\",\"U%032d\"],\"messages\":" HELLO "}",
             sim_peer_user(4), 7);
    CHECK_INT(sim_peer_send(&p, "/v2/bot/message/multicast", body, NULL), 200);
    CHECK_TEXT(p.text, "{}");
    CHECK_INT(sim_shown(p.sim, 4), before + 1);
    CHECK_INT(sim_peer_get(&p, "/v2/bot/message/quota/consumption", p.token), 200);
    CHECK_INT(sim_peer_int(&p, "/totalUsage"), 1);

    snprintf(body, sizeof(body), "{\"to\":\"U%032d\",\"messages\":" HELLO "}", 7);
    CHECK_INT(sim_peer_send(&p, PUSH, body, NULL), 400);
    CHECK_TEXT(sim_peer_text(&p, "/message"), "Failed to send messages");
    CHECK_INT(
        sim_peer_send(&p, "/v2/bot/message/multicast", "{\"to\":[],\"messages\":" HELLO "}", NULL),
        400);
}

static void
stranger_who_wrote_lately_can_be_answered_by_push(void **state)
{
    size_t before;

    (void)state;
    CHECK_INT(sim_peer_json(&p, "/sim/people", NULL, "{\"person\":6,\"friend\":false}"), 200);
    before = sim_shown(p.sim, 6);
    CHECK_INT(push(6, NULL), 200);
    CHECK_INT(sim_shown(p.sim, 6), before);
    CHECK_INT(sim_peer_json(&p, "/sim/webhook", NULL,
                            "{\"events\":[{\"type\":\"text\",\"person\":6,\"text\":\"hi\"}]}"),
              200);
    CHECK_INT(push(6, NULL), 200);
    CHECK_INT(sim_shown(p.sim, 6), before + 1);
    atomic_store(&p.clock.fixed_ms, SIM_PEER_NOW_MS + 7 * DAY_MS);
    sim_peer_renew_token(&p);
    CHECK_INT(push(6, NULL), 200);
    CHECK_INT(sim_shown(p.sim, 6), before + 1);
    atomic_store(&p.clock.fixed_ms, SIM_PEER_NOW_MS);
    sim_peer_renew_token(&p);
}

/* A text of person 1 reaches the (absent) webhook; its reply token comes back through the list. */
static const char *
reply_token(const char *more)
{
    static char token[64];
    char body[256];

    CHECK_INT(settings("{\"webhook\":\"http://127.0.0.1:9/nobody\"}"), 200);
    snprintf(body, sizeof(body),
             "{\"events\":[{\"type\":\"text\",\"person\":1,\"text\":\"hi\"}],\"wait\":true%s}",
             more);
    CHECK_INT(sim_peer_json(&p, "/sim/webhook", NULL, body), 200);
    str_copy(str_of(sim_peer_text(&p, "/deliveries/0/events/0/replyToken")), token, sizeof(token));
    return token;
}

static int
reply(const char *token)
{
    char body[256];

    snprintf(body, sizeof(body), "{\"replyToken\":\"%s\",\"messages\":" HELLO "}", token);
    return sim_peer_send(&p, REPLY, body, NULL);
}

static void
reply_is_free_and_works_once(void **state)
{
    const char *token = reply_token("");
    size_t before = sim_shown(p.sim, 1);

    (void)state;
    CHECK_INT(settings("{\"quota\":0,\"used\":0}"), 200);
    CHECK_INT(strlen(token), 43);
    CHECK_INT(reply(token), 200);
    CHECK_INT(sim_shown(p.sim, 1), before + 1);
    CHECK_INT(reply(token), 400);
    CHECK_TEXT(sim_peer_text(&p, "/message"), "Invalid reply token");
    CHECK_INT(reply("nonsense"), 400);
    CHECK_INT(settings("{\"quota\":-1}"), 200);
}

static void
reply_token_dies_after_a_minute(void **state)
{
    const char *token = reply_token("");

    (void)state;
    atomic_store(&p.clock.fixed_ms, SIM_PEER_NOW_MS + MINUTE_MS);
    CHECK_INT(reply(token), 200);
    atomic_store(&p.clock.fixed_ms, SIM_PEER_NOW_MS);
    token = reply_token("");
    atomic_store(&p.clock.fixed_ms, SIM_PEER_NOW_MS + MINUTE_MS + 1);
    CHECK_INT(reply(token), 400);
    atomic_store(&p.clock.fixed_ms, SIM_PEER_NOW_MS);
}

static void
wrong_messages_do_not_use_up_the_reply_token(void **state)
{
    char body[256];
    const char *token = reply_token("");

    (void)state;
    snprintf(body, sizeof(body), "{\"replyToken\":\"%s\",\"messages\":[]}", token);
    CHECK_INT(sim_peer_send(&p, REPLY, body, NULL), 400);
    CHECK_INT(reply(token), 200);
}

static void
standby_events_cannot_be_replied_to(void **state)
{
    (void)state;
    CHECK_TEXT(reply_token(",\"mode\":\"standby\""), "");
    CHECK_TEXT(sim_peer_text(&p, "/deliveries/0/events/0/mode"), "standby");
}

static void
requests_must_bring_a_live_token_and_json(void **state)
{
    static const char *const text[] = {"Content-Type: text/plain", NULL, NULL};
    const char *headers[3];
    char line[2200], channel[2048];

    (void)state;
    CHECK_INT(sim_peer_json(&p, PUSH, NULL, "{}"), 401);
    CHECK_INT(sim_peer_json(&p, PUSH, "wrong", "{}"), 401);
    CHECK_THAT(str_starts(str_of(sim_peer_text(&p, "/message")), STR("Authentication failed")));
    CHECK_INT(strlen(p.request_id), 36);

    memcpy(headers, text, sizeof(headers));
    snprintf(line, sizeof(line), "Authorization: Bearer %s", p.token);
    headers[1] = line;
    CHECK_INT(sim_peer_call(&p, "POST", PUSH, headers, "{}"), 415);
    CHECK_TEXT(sim_peer_text(&p, "/message"), "The content type, text/plain, is not supported");
    CHECK_INT(sim_peer_json(&p, PUSH, p.token, "{\"to\":"), 400);
    CHECK_THAT(strstr(p.text, "could not be parsed as JSON") != NULL);
    CHECK_INT(sim_peer_json(&p, PUSH, p.token, "[]"), 400);

    CHECK_INT(sim_peer_form(&p, "/oauth2/v3/token",
                            "grant_type=client_credentials&client_id=" SIM_LOGIN_CHANNEL_ID
                            "&client_secret=" SIM_LOGIN_CHANNEL_SECRET),
              200);
    str_copy(str_of(sim_peer_text(&p, "/access_token")), channel, sizeof(channel));
    CHECK_INT(sim_peer_json(&p, PUSH, channel, "{}"), 401); /* of the login channel */
    CHECK_INT(sim_peer_get(&p, "/liff/v1/apps", channel), 200);
    CHECK_TEXT(sim_peer_text(&p, "/apps/0/liffId"), SIM_LIFF_ID);
    CHECK_INT(sim_peer_get(&p, "/liff/v1/apps", p.token), 401);
}

static void
stateless_token_dies_after_a_quarter_of_an_hour(void **state)
{
    (void)state;
    sim_peer_renew_token(&p);
    CHECK_INT(sim_peer_int(&p, "/expires_in"), 899);
    atomic_store(&p.clock.fixed_ms, SIM_PEER_NOW_MS + 899 * SECOND_MS - 1);
    CHECK_INT(sim_peer_get(&p, "/v2/bot/info", p.token), 200);
    CHECK_TEXT(sim_peer_text(&p, "/userId"), SIM_BOT_USER_ID);
    atomic_store(&p.clock.fixed_ms, SIM_PEER_NOW_MS + 899 * SECOND_MS);
    CHECK_INT(sim_peer_get(&p, "/v2/bot/info", p.token), 401);
    atomic_store(&p.clock.fixed_ms, SIM_PEER_NOW_MS);
}

static void
unknown_properties_are_refused_with_their_place(void **state)
{
    char body[512];

    (void)state;
    snprintf(body, sizeof(body), "{\"to\":\"%s\",\n \"message\":[]}", sim_peer_user(1));
    CHECK_INT(sim_peer_send(&p, PUSH, body, NULL), 400);
    CHECK_TEXT(sim_peer_text(&p, "/message"),
               "The property, 'message', in the request body is invalid (line: 2, column: 2)");
    snprintf(body, sizeof(body),
             "{\"to\":\"%s\",\"messages\":" HELLO ",\"notificationDisabled\":1}", sim_peer_user(1));
    CHECK_INT(sim_peer_send(&p, PUSH, body, NULL), 400);
    snprintf(body, sizeof(body),
             "{\"to\":\"%s\",\"messages\":" HELLO ",\"customAggregationUnits\":[\"a-b\"]}",
             sim_peer_user(1));
    CHECK_INT(sim_peer_send(&p, PUSH, body, NULL), 400);
    snprintf(body, sizeof(body),
             "{\"to\":\"%s\",\"messages\":" HELLO
             ",\"notificationDisabled\":true,\"customAggregationUnits\":[\"stamp_2026_04\"]}",
             sim_peer_user(1));
    CHECK_INT(sim_peer_send(&p, PUSH, body, NULL), 200);
}

static void
profiles_are_for_friends_and_delivery_counts_for_days_gone(void **state)
{
    char path[128];
    int64_t pushed;

    (void)state;
    snprintf(path, sizeof(path), "/v2/bot/profile/%s", sim_peer_user(7));
    CHECK_INT(sim_peer_get(&p, path, p.token), 200);
    CHECK_TEXT(sim_peer_text(&p, "/displayName"), "Shopper 7 (zh-Hant)");
    CHECK_TEXT(sim_peer_text(&p, "/language"), "zh-Hant");
    CHECK_INT(sim_peer_json(&p, "/sim/people", NULL, "{\"person\":7,\"friend\":false}"), 200);
    CHECK_INT(sim_peer_get(&p, path, p.token), 404);

    CHECK_INT(sim_peer_get(&p, "/v2/bot/message/delivery/push?date=20260401", p.token), 200);
    CHECK_TEXT(sim_peer_text(&p, "/status"), "unready");
    atomic_store(&p.clock.fixed_ms, SIM_PEER_NOW_MS + DAY_MS);
    sim_peer_renew_token(&p);
    CHECK_INT(sim_peer_get(&p, "/v2/bot/message/delivery/push?date=20260401", p.token), 200);
    CHECK_TEXT(sim_peer_text(&p, "/status"), "ready");
    pushed = sim_peer_int(&p, "/success");
    CHECK_THAT(pushed > 0);
    CHECK_INT(sim_peer_get(&p, "/v2/bot/message/delivery/push?date=2026", p.token), 400);
    atomic_store(&p.clock.fixed_ms, SIM_PEER_NOW_MS);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(accepted_message_has_an_id_and_reaches_the_talk),
        TEST(same_retry_key_is_carried_out_once_within_24_hours),
        TEST(refused_request_does_not_use_up_its_retry_key),
        TEST(retry_key_must_be_a_uuid_and_on_the_right_endpoint),
        TEST(quota_counts_those_who_can_receive_and_then_refuses),
        TEST(multicast_passes_over_strangers_and_push_does_not),
        TEST(stranger_who_wrote_lately_can_be_answered_by_push),
        TEST(reply_is_free_and_works_once),
        TEST(reply_token_dies_after_a_minute),
        TEST(wrong_messages_do_not_use_up_the_reply_token),
        TEST(standby_events_cannot_be_replied_to),
        TEST(requests_must_bring_a_live_token_and_json),
        TEST(stateless_token_dies_after_a_quarter_of_an_hour),
        TEST(unknown_properties_are_refused_with_their_place),
        TEST(profiles_are_for_friends_and_delivery_counts_for_days_gone),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
