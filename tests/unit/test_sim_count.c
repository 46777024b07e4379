/*
 * What LINE counts, and how often it lets itself be asked.
 */
#include "tests/support/check.h"
#include "tests/support/sim_peer.h"

#include <stdio.h>
#include <string.h>

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

static int
ask(const char *path)
{
    return sim_peer_get(&p, path, p.token);
}

static int
push(int person, const char *more)
{
    char body[256];

    snprintf(body, sizeof(body),
             "{\"to\":\"%s\",\"messages\":[{\"type\":\"text\",\"text\":\"a\"}]%s}",
             sim_peer_user(person), more);
    return sim_peer_send(&p, "/v2/bot/message/push", body, NULL);
}

static void
a_day_is_counted_when_it_is_over(void **state)
{
    (void)state;
    CHECK_INT(push(1, ""), 200);
    CHECK_INT(push(2, ""), 200);
    CHECK_INT(ask("/v2/bot/insight/message/delivery?date=20260401"), 200);
    CHECK_TEXT(sim_peer_text(&p, "/status"), "unready");
    CHECK_INT(ask("/v2/bot/insight/message/delivery?date=2026-04-01"), 400);
    atomic_fetch_add(&p.clock.fixed_ms, DAY_MS);
    sim_peer_renew_token(&p);
    CHECK_INT(ask("/v2/bot/insight/message/delivery?date=20260401"), 200);
    CHECK_INT(sim_peer_int(&p, "/apiPush"), 2);
    CHECK_INT(sim_peer_int(&p, "/apiMulticast"), 0);
    CHECK_INT(ask("/v2/bot/message/delivery/push?date=20260401"), 200);
    CHECK_INT(sim_peer_int(&p, "/success"), 2);
}

static void
followers_are_those_who_ever_were_and_blocks_those_who_block(void **state)
{
    (void)state;
    CHECK_INT(
        sim_peer_json(&p, "/sim/people", NULL, "{\"person\":3,\"friend\":false,\"blocking\":true}"),
        200);
    CHECK_INT(ask("/v2/bot/insight/followers?date=20260401"), 200);
    CHECK_INT(sim_peer_int(&p, "/followers"), 8);
    CHECK_INT(sim_peer_int(&p, "/blocks"), 1);
}

static void
friends_are_listed_page_by_page(void **state)
{
    char path[128];

    (void)state;
    CHECK_INT(ask("/v2/bot/followers/ids?limit=5"), 200);
    CHECK_INT(json_array_size(json_object_get(p.json, "userIds")), 5);
    CHECK_TEXT(sim_peer_text(&p, "/userIds/2"), sim_peer_user(4)); /* 3 blocks the account */
    snprintf(path, sizeof(path), "/v2/bot/followers/ids?start=%s", sim_peer_text(&p, "/next"));
    CHECK_INT(ask(path), 200);
    CHECK_INT(json_array_size(json_object_get(p.json, "userIds")), 2);
    CHECK_TEXT(sim_peer_text(&p, "/next"), "");
    atomic_fetch_add(&p.clock.fixed_ms, DAY_MS + 1);
    sim_peer_renew_token(&p);
    CHECK_INT(ask(path), 400); /* the token is too old */
    CHECK_INT(ask("/v2/bot/followers/ids?limit=1001"), 400);
    CHECK_INT(sim_peer_json(&p, "/sim/console", NULL, "{\"unverified\":true}"), 200);
    CHECK_INT(ask("/v2/bot/followers/ids"), 403);
}

static void
units_are_counted_once_a_month(void **state)
{
    (void)state;
    CHECK_INT(push(1, ",\"customAggregationUnits\":[\"stamp\"]"), 200);
    CHECK_INT(push(2, ",\"customAggregationUnits\":[\"stamp\"]"), 200);
    CHECK_INT(push(2, ",\"customAggregationUnits\":[\"voucher\"]"), 200);
    CHECK_INT(ask("/v2/bot/message/aggregation/info"), 200);
    CHECK_INT(sim_peer_int(&p, "/numOfCustomAggregationUnits"), 2);
    atomic_fetch_add(&p.clock.fixed_ms, 31 * DAY_MS);
    sim_peer_renew_token(&p);
    CHECK_INT(ask("/v2/bot/message/aggregation/list"), 200);
    CHECK_INT(json_array_size(json_object_get(p.json, "customAggregationUnits")), 0);
}

static int
set_limit(const char *method, const char *path, int limit)
{
    char body[160];

    snprintf(body, sizeof(body),
             "{\"method\":\"%s\",\"path\":\"%s\",\"limit\":%d,\"per_ms\":3600000}", method, path,
             limit);
    return sim_peer_json(&p, "/sim/limits", NULL, body);
}

static const json_t *
limit_of(const char *method, const char *path)
{
    const json_t *row;
    size_t i;

    CHECK_INT(sim_peer_get(&p, "/sim/limits", NULL), 200);
    json_array_foreach(json_object_get(p.json, "limits"), i, row) {
        if (strcmp(json_string_value(json_object_get(row, "method")), method) == 0 &&
            strcmp(json_string_value(json_object_get(row, "path")), path) == 0)
            return row;
    }
    return NULL;
}

static int64_t
number_of(const json_t *row, const char *name)
{
    return json_integer_value(json_object_get(row, name));
}

static void
each_endpoint_has_its_own_limit_whoever_it_is_about(void **state)
{
    const char *const path = "/v2/bot/profile/:user";
    char one[80], other[80];
    const json_t *row;

    (void)state;
    snprintf(one, sizeof(one), "/v2/bot/profile/%s", sim_peer_user(1));
    snprintf(other, sizeof(other), "/v2/bot/profile/%s", sim_peer_user(2));
    CHECK_INT(set_limit("GET", path, 2), 200);
    CHECK_INT(set_limit("GET", "/v2/bot/nothing", 2), 400);
    CHECK_INT(set_limit("GET", "/sim/state", 2), 400);
    CHECK_INT(ask(one), 200);
    CHECK_INT(ask(other), 200);
    CHECK_INT(ask(one), 429);
    CHECK_TEXT(sim_peer_text(&p, "/message"),
               "The API rate limit has been exceeded. Try again later.");
    CHECK_INT(ask("/v2/bot/info"), 200); /* has its own */
    row = limit_of("GET", path);
    CHECK_INT(number_of(row, "asked"), 3);
    CHECK_INT(number_of(row, "refused"), 1);
    CHECK_INT(set_limit("GET", path, -1), 200);
    CHECK_INT(ask(one), 200);
    CHECK_INT(number_of(limit_of("POST", "/v2/bot/message/multicast"), "limit"), 200);
    CHECK_INT(number_of(limit_of("POST", "/v2/bot/message/push"), "limit"), 2000);
    CHECK_INT(number_of(limit_of("POST", "/v2/bot/richmenu/batch"), "limit"), 3);
}

static void
refused_push_was_not_carried_out_and_may_come_again(void **state)
{
    static const char key[] = "123e4567-e89b-12d3-a456-426614174000";
    char body[160];

    (void)state;
    snprintf(body, sizeof(body),
             "{\"to\":\"%s\",\"messages\":[{\"type\":\"text\",\"text\":\"a\"}]}", sim_peer_user(1));
    CHECK_INT(set_limit("POST", "/v2/bot/message/push", 0), 200);
    CHECK_INT(sim_peer_send(&p, "/v2/bot/message/push", body, key), 429);
    CHECK_INT(sim_accepted(p.sim, key), 0);
    CHECK_INT(sim_asked(p.sim, key), 1);
    CHECK_INT(sim_peer_call(&p, "DELETE", "/sim/limits", NULL, NULL), 204);
    CHECK_INT(sim_peer_send(&p, "/v2/bot/message/push", body, key), 200);
    CHECK_INT(sim_accepted(p.sim, key), 1);
}

static void
groups_can_be_left_and_messages_marked_as_read(void **state)
{
    char token[64], body[128];

    (void)state;
    CHECK_INT(sim_peer_json(&p, "/v2/bot/group/C1/leave", p.token, ""), 404);
    CHECK_INT(sim_peer_json(&p, "/sim/webhook", NULL,
                            "{\"events\":[{\"type\":\"join\",\"person\":1,\"group\":\"C1\"}]}"),
              200);
    CHECK_INT(sim_peer_json(&p, "/v2/bot/group/C1/leave", p.token, ""), 200);
    CHECK_INT(sim_peer_json(&p, "/v2/bot/group/C1/leave", p.token, ""), 404);
    CHECK_INT(sim_peer_json(&p, "/sim/settings", NULL, "{\"webhook\":\"http://127.0.0.1:1/hook\"}"),
              200);
    CHECK_INT(sim_peer_json(&p, "/sim/webhook", NULL,
                            "{\"events\":[{\"type\":\"text\",\"person\":1}],\"wait\":true}"),
              200);
    strcpy(token, sim_peer_text(&p, "/deliveries/0/events/0/message/markAsReadToken"));
    snprintf(body, sizeof(body), "{\"markAsReadToken\":\"%s\"}", token);
    CHECK_INT(sim_peer_json(&p, "/v2/bot/chat/markAsRead", p.token, body), 200);
    CHECK_INT(sim_peer_json(&p, "/v2/bot/chat/markAsRead", p.token, "{\"markAsReadToken\":\"x\"}"),
              400);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_day_is_counted_when_it_is_over),
        TEST(followers_are_those_who_ever_were_and_blocks_those_who_block),
        TEST(friends_are_listed_page_by_page),
        TEST(units_are_counted_once_a_month),
        TEST(each_endpoint_has_its_own_limit_whoever_it_is_about),
        TEST(refused_push_was_not_carried_out_and_may_come_again),
        TEST(groups_can_be_left_and_messages_marked_as_read),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
