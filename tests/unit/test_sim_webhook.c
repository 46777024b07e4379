/*
 * Webhooks: what arrives at a receiver that looks closely, ordinary and spoilt.
 */
#include "base/codec.h"
#include "base/digest.h"
#include "http/server.h"
#include "sim/demo_values.h"
#include "tests/support/check.h"
#include "tests/support/sim_peer.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECRET SIM_MESSAGING_CHANNEL_SECRET
#define ARRIVALS_MAX 16

static struct sim_peer p;
static struct server *receiver;

/* What came to the receiver, in order. */
static struct {
    pthread_mutex_t lock;
    size_t n;
    int answer; /* the status of the next ones */
    struct {
        char *body;
        size_t body_n;
        char signature[64], content_type[64], agent[64];
    } at[ARRIVALS_MAX];
} arrived = {.lock = PTHREAD_MUTEX_INITIALIZER, .answer = 200};

static enum err_code
receive(struct request *req, struct reply *reply, struct err *e)
{
    int status;

    pthread_mutex_lock(&arrived.lock);
    status = arrived.answer;
    if (arrived.n < ARRIVALS_MAX) {
        char *copy = calloc(1, req->body.n + 1);

        memcpy(copy, req->body.at, req->body.n);
        arrived.at[arrived.n].body = copy;
        arrived.at[arrived.n].body_n = req->body.n;
        str_copy(request_header(req, "X-Line-Signature"), arrived.at[arrived.n].signature, 64);
        str_copy(request_header(req, "Content-Type"), arrived.at[arrived.n].content_type, 64);
        str_copy(request_header(req, "User-Agent"), arrived.at[arrived.n].agent, 64);
        arrived.n++;
    }
    pthread_mutex_unlock(&arrived.lock);
    (void)e;
    return reply_empty(reply, status);
}

static const struct route routes[] = {
    {.method = POST, .path = "/hook", .handler = receive, .body_max = 8 * MIB},
};

static char hook[64];

static int
start(void **state)
{
    static struct clock clock;
    const struct server_options options = {
        .listen = "127.0.0.1:0",
        .csp = "default-src 'none'",
        .workers = 1,
        .arena_max = 16 * MIB,
        .clock = &clock,
        .routes = routes,
        .routes_n = 1,
    };
    const struct server_backend backend = {0};
    struct err e = {0};

    (void)state;
    CHECK_OK(server_start(&receiver, &options, &backend, &e), e);
    snprintf(hook, sizeof(hook), "http://127.0.0.1:%d/hook", server_port(receiver));
    sim_peer_start(&p, &(struct sim_options){.webhook = hook});
    return 0;
}

static int
stop(void **state)
{
    (void)state;
    sim_peer_stop(&p);
    server_stop(receiver);
    for (size_t i = 0; i < arrived.n; i++)
        free(arrived.at[i].body);
    return 0;
}

static void
forget(int answer)
{
    pthread_mutex_lock(&arrived.lock);
    for (size_t i = 0; i < arrived.n; i++)
        free(arrived.at[i].body);
    arrived.n = 0;
    arrived.answer = answer;
    pthread_mutex_unlock(&arrived.lock);
}

/* Order events with "wait"; what arrived stands in `arrived` then. */
static void
order(const char *events, const char *more)
{
    char body[2048];

    forget(arrived.answer);
    snprintf(body, sizeof(body), "{\"events\":[%s],\"wait\":true%s}", events, more);
    CHECK_INT(sim_peer_json(&p, "/sim/webhook", NULL, body), 200);
}

/* Until n have arrived; deliveries that follow by themselves are not waited for by the control. */
static void
wait_for(size_t n)
{
    const struct timespec pause = {.tv_nsec = 10 * 1000000L};
    size_t have = 0;

    for (int i = 0; i < 500 && have < n; i++) {
        pthread_mutex_lock(&arrived.lock);
        have = arrived.n;
        pthread_mutex_unlock(&arrived.lock);
        if (have < n)
            nanosleep(&pause, NULL);
    }
    CHECK_INT(have, n);
}

static bool
is_signed(size_t i, const char *secret)
{
    struct str body = {arrived.at[i].body, arrived.at[i].body_n};
    uint8_t digest[SHA256_SIZE];
    char text[BASE64_SIZE(SHA256_SIZE)];

    hmac_sha256(secret, strlen(secret), &body, 1, digest);
    base64_encode(digest, sizeof(digest), text);
    return strcmp(text, arrived.at[i].signature) == 0;
}

static const char *
event_text(size_t i, const char *name)
{
    static char text[128];
    json_t *body = json_loads(arrived.at[i].body, 0, NULL);
    json_t *event = json_array_get(json_object_get(body, "events"), 0);
    const char *value = json_string_value(json_object_get(event, name));

    str_copy(str_of(value), text, sizeof(text));
    json_decref(body);
    return text;
}

static bool
is_redelivery(size_t i)
{
    return strstr(arrived.at[i].body, "\"isRedelivery\":true") != NULL;
}

static void
event_arrives_signed_over_its_bytes(void **state)
{
    (void)state;
    order("{\"type\":\"text\",\"person\":1,\"text\":\"\xe4\xbc\x9a\"}", "");
    CHECK_INT(sim_peer_int(&p, "/deliveries/0/status"), 200);
    CHECK_INT(arrived.n, 1);
    CHECK_THAT(is_signed(0, SECRET));
    CHECK_TEXT(arrived.at[0].content_type, "application/json; charset=utf-8");
    CHECK_TEXT(arrived.at[0].agent, "LineBotWebhook/2.0");
    CHECK_TEXT(event_text(0, "type"), "message");
    CHECK_TEXT(event_text(0, "mode"), "active");
    CHECK_INT(strlen(event_text(0, "webhookEventId")), 26);
    CHECK_THAT(strstr(arrived.at[0].body, "\"destination\":\"" SIM_BOT_USER_ID "\"") != NULL);
    CHECK_THAT(strstr(arrived.at[0].body, sim_peer_user(1)) != NULL);
    CHECK_THAT(strstr(arrived.at[0].body, "\xe4\xbc\x9a") != NULL);
}

static void
signatures_can_be_wrong_in_every_way(void **state)
{
    static const char empty[] = "{\"type\":\"text\",\"person\":1,\"text\":\"a\"}";

    (void)state;
    order(empty, ",\"signature\":\"bad\"");
    CHECK_INT(strlen(arrived.at[0].signature), 44);
    CHECK_THAT(!is_signed(0, SECRET));
    order(empty, ",\"signature\":\"other\"");
    CHECK_THAT(is_signed(0, SIM_LOGIN_CHANNEL_SECRET));
    order(empty, ",\"signature\":\"missing\"");
    CHECK_TEXT(arrived.at[0].signature, "");
    order(empty, ",\"signature\":\"empty\"");
    CHECK_TEXT(arrived.at[0].signature, "");
    forget(200);
    CHECK_INT(sim_peer_json(&p, "/sim/webhook", NULL, "{\"events\":[],\"signature\":\"odd\"}"),
              400);
}

static void
emoji_come_as_escapes(void **state)
{
    (void)state;
    order("{\"type\":\"text\",\"person\":1,\"text\":\"\xf0\x9f\x98\x80\"}", "");
    CHECK_THAT(strstr(arrived.at[0].body, "\\uD83D\\uDE00") != NULL);
    CHECK_THAT(is_signed(0, SECRET));
    order("{\"type\":\"text\",\"person\":1,\"text\":\"\xe4\xbc\x9a\"}", ",\"escape\":true");
    CHECK_THAT(strstr(arrived.at[0].body, "\\u4F1A") != NULL);
}

static void
several_events_and_none_fit_into_one_body(void **state)
{
    json_t *body;

    (void)state;
    order("", "");
    CHECK_TEXT(arrived.at[0].body, "{\"destination\":\"" SIM_BOT_USER_ID "\",\"events\":[]}");
    order("{\"type\":\"postback\",\"person\":1,\"data\":\"a=b\"},"
          "{\"type\":\"unknown\",\"person\":2},{\"type\":\"sticker\",\"person\":3},"
          "{\"type\":\"raw\",\"event\":{\"type\":\"odd\"}}",
          ",\"destination\":\"Uother\",\"pad_bytes\":3000");
    body = json_loads(arrived.at[0].body, 0, NULL);
    CHECK_INT(json_array_size(json_object_get(body, "events")), 4);
    CHECK_TEXT(json_string_value(json_object_get(body, "destination")), "Uother");
    CHECK_THAT(arrived.at[0].body_n > 3000);
    json_decref(body);
}

static void
duplicates_and_disorder_can_be_ordered(void **state)
{
    char first[64];

    (void)state;
    order("{\"type\":\"text\",\"person\":1,\"text\":\"a\"}", ",\"duplicates\":2");
    CHECK_INT(arrived.n, 3);
    CHECK_TEXT(arrived.at[2].body, arrived.at[0].body);
    order("{\"type\":\"follow\",\"person\":1,\"at_ms\":1000},"
          "{\"type\":\"unfollow\",\"person\":1,\"at_ms\":2000}",
          ",\"reorder\":true");
    CHECK_INT(arrived.n, 2);
    CHECK_TEXT(event_text(0, "type"), "unfollow");
    CHECK_TEXT(event_text(1, "type"), "follow");
    order("{\"type\":\"follow\",\"person\":1}", ",\"redelivery\":true");
    wait_for(2);
    CHECK_THAT(!is_redelivery(0) && is_redelivery(1));
    str_copy(str_of(event_text(0, "webhookEventId")), first, sizeof(first));
    CHECK_TEXT(event_text(1, "webhookEventId"), first);
    str_copy(str_of(event_text(0, "replyToken")), first, sizeof(first));
    CHECK_TEXT(event_text(1, "replyToken"), first);
}

static void
failed_delivery_comes_again_only_with_the_switch_on(void **state)
{
    (void)state;
    forget(500);
    order("{\"type\":\"text\",\"person\":1,\"text\":\"a\"}", "");
    CHECK_INT(sim_peer_int(&p, "/deliveries/0/status"), 500);
    CHECK_INT(sim_peer_json(&p, "/sim/settings", NULL, "{\"redelivery\":true}"), 200);
    order("{\"type\":\"text\",\"person\":1,\"text\":\"b\"}", "");
    forget(200);
    wait_for(1);
    CHECK_THAT(is_redelivery(0) && is_signed(0, SECRET));
    CHECK_INT(sim_peer_json(&p, "/sim/settings", NULL, "{\"redelivery\":false}"), 200);
}

static void
webhooks_come_twice_under_that_fault(void **state)
{
    (void)state;
    CHECK_INT(sim_peer_json(&p, "/sim/faults", NULL, "{\"kind\":\"duplicate_webhooks\"}"), 200);
    order("{\"type\":\"text\",\"person\":1,\"text\":\"a\"}", "");
    CHECK_INT(arrived.n, 2);
    order("{\"type\":\"text\",\"person\":1,\"text\":\"a\"}", "");
    CHECK_INT(arrived.n, 1);
}

static void
blocking_and_unblocking_changes_friendship(void **state)
{
    char path[96];

    (void)state;
    snprintf(path, sizeof(path), "/v2/bot/profile/%s", sim_peer_user(2));
    order("{\"type\":\"unfollow\",\"person\":2}", "");
    CHECK_TEXT(event_text(0, "replyToken"), "");
    CHECK_INT(sim_peer_get(&p, path, p.token), 404);
    order("{\"type\":\"follow\",\"person\":2}", "");
    CHECK_INT(strlen(event_text(0, "replyToken")), 43);
    CHECK_THAT(strstr(arrived.at[0].body, "\"isUnblocked\":true") != NULL);
    CHECK_INT(sim_peer_get(&p, path, p.token), 200);
    CHECK_INT(sim_peer_json(&p, "/sim/webhook", NULL,
                            "{\"events\":[{\"type\":\"text\",\"person\":999}]}"),
              404);
}

static void
endpoint_can_be_read_set_and_tested(void **state)
{
    char body[128];
    const char *const json[] = {"Content-Type: application/json", NULL, NULL};
    const char *headers[3];
    char line[2200];

    (void)state;
    forget(200);
    CHECK_INT(sim_peer_get(&p, "/v2/bot/channel/webhook/endpoint", p.token), 200);
    CHECK_TEXT(sim_peer_text(&p, "/endpoint"), hook);
    CHECK_INT(sim_peer_json(&p, "/v2/bot/channel/webhook/test", p.token, "{}"), 200);
    CHECK_INT(sim_peer_int(&p, "/success"), 1);
    CHECK_TEXT(sim_peer_text(&p, "/reason"), "OK");
    CHECK_INT(arrived.n, 1);
    CHECK_THAT(is_signed(0, SECRET));
    forget(404);
    CHECK_INT(sim_peer_json(&p, "/v2/bot/channel/webhook/test", p.token, "{}"), 200);
    CHECK_TEXT(sim_peer_text(&p, "/reason"), "ERROR_STATUS_CODE");
    CHECK_INT(sim_peer_int(&p, "/statusCode"), 404);
    forget(200);
    CHECK_INT(sim_peer_json(&p, "/v2/bot/channel/webhook/test", p.token,
                            "{\"endpoint\":\"http://127.0.0.1:9/\"}"),
              200);
    CHECK_TEXT(sim_peer_text(&p, "/reason"), "COULD_NOT_CONNECT");

    memcpy(headers, json, sizeof(headers));
    snprintf(line, sizeof(line), "Authorization: Bearer %s", p.token);
    headers[1] = line;
    CHECK_INT(sim_peer_call(&p, "PUT", "/v2/bot/channel/webhook/endpoint", headers,
                            "{\"endpoint\":\"https://example.com/\"}"),
              400);
    snprintf(body, sizeof(body), "{\"endpoint\":\"%s?x=1\"}", hook);
    CHECK_INT(sim_peer_call(&p, "PUT", "/v2/bot/channel/webhook/endpoint", headers, body), 200);
    CHECK_INT(sim_peer_get(&p, "/v2/bot/channel/webhook/endpoint", p.token), 200);
    CHECK_THAT(strstr(sim_peer_text(&p, "/endpoint"), "?x=1") != NULL);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(event_arrives_signed_over_its_bytes),
        TEST(signatures_can_be_wrong_in_every_way),
        TEST(emoji_come_as_escapes),
        TEST(several_events_and_none_fit_into_one_body),
        TEST(duplicates_and_disorder_can_be_ordered),
        TEST(failed_delivery_comes_again_only_with_the_switch_on),
        TEST(webhooks_come_twice_under_that_fault),
        TEST(blocking_and_unblocking_changes_friendship),
        TEST(endpoint_can_be_read_set_and_tested),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
