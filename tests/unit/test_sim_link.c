/*
 * Account link: from the token to the webhook; and the record of what stampd asked.
 */
#include "tests/support/check.h"
#include "tests/support/sim_peer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NONCE "bm9uY2UgbWFkZSBvZiBieXRlcw%3D%3D"
#define NOBODY_LISTENS                                                                             \
    "http://127.0.0.1:1/hook" /* what is sent is read from the simulator's list */

static struct sim_peer p;
static char record[64];

static int
start(void **state)
{
    (void)state;
    strcpy(record, "/tmp/sim-record-XXXXXX");
    CHECK_THAT(close(mkstemp(record)) == 0);
    sim_peer_start(&p, &(struct sim_options){.webhook = NOBODY_LISTENS, .record = record});
    return 0;
}

static int
stop(void **state)
{
    (void)state;
    sim_peer_stop(&p);
    unlink(record);
    return 0;
}

static int
ask_token(const char *user)
{
    char path[128];

    snprintf(path, sizeof(path), "/v2/bot/user/%s/linkToken", user);
    return sim_peer_json(&p, path, p.token, "{}");
}

static int
open_dialog(const char *token, const char *nonce, const char *more)
{
    char path[512];

    snprintf(path, sizeof(path), "/dialog/bot/accountLink?linkToken=%s&nonce=%s%s", token, nonce,
             more);
    return sim_peer_get(&p, path, NULL);
}

static int
webhooks(void)
{
    CHECK_INT(sim_peer_get(&p, "/sim/webhooks", NULL), 200);
    return (int)json_array_size(json_object_get(p.json, "deliveries"));
}

static const char *
link_token(int person)
{
    static char token[64];

    CHECK_INT(ask_token(sim_peer_user(person)), 200);
    CHECK_THAT(str_copy(str_of(sim_peer_text(&p, "/linkToken")), token, sizeof(token)));
    return token;
}

static void
link_is_told_once_with_its_nonce_and_its_person(void **state)
{
    const char *token = link_token(2);

    (void)state;
    CHECK_INT(open_dialog(token, NONCE, ""), 200);
    CHECK_INT(webhooks(), 1);
    CHECK_TEXT(sim_peer_text(&p, "/deliveries/0/events/0/type"), "accountLink");
    CHECK_TEXT(sim_peer_text(&p, "/deliveries/0/events/0/link/result"), "ok");
    CHECK_TEXT(sim_peer_text(&p, "/deliveries/0/events/0/link/nonce"),
               "bm9uY2UgbWFkZSBvZiBieXRlcw==");
    CHECK_TEXT(sim_peer_text(&p, "/deliveries/0/events/0/source/userId"), sim_peer_user(2));
    CHECK_THAT(sim_peer_text(&p, "/deliveries/0/events/0/replyToken")[0] != '\0');
    CHECK_INT(open_dialog(token, NONCE, ""), 400); /* used: a page, and no webhook */
    CHECK_INT(webhooks(), 1);
}

static void
link_from_somebody_elses_phone_fails_without_a_source(void **state)
{
    int before = webhooks();
    char place[64];

    (void)state;
    CHECK_INT(open_dialog(link_token(2), NONCE, "&person=3"), 200);
    CHECK_INT(webhooks(), before + 1);
    snprintf(place, sizeof(place), "/deliveries/%d/events/0/link/result", before);
    CHECK_TEXT(sim_peer_text(&p, place), "failed");
    snprintf(place, sizeof(place), "/deliveries/%d/events/0/source/type", before);
    CHECK_TEXT(sim_peer_text(&p, place), "");
    snprintf(place, sizeof(place), "/deliveries/%d/events/0/replyToken", before);
    CHECK_TEXT(sim_peer_text(&p, place), "");
}

static void
old_token_or_a_poor_nonce_links_nothing(void **state)
{
    int before = webhooks();
    char token[64];

    (void)state;
    CHECK_INT(ask_token("U00000000000000000000000000000000"), 400);
    CHECK_INT(open_dialog("unknown", NONCE, ""), 400);
    str_copy(str_of(link_token(1)), token, sizeof(token));
    CHECK_INT(open_dialog(token, "ninechars", ""), 400);
    atomic_fetch_add(&p.clock.fixed_ms, 10 * MINUTE_MS - 1);
    CHECK_INT(open_dialog(token, "tenletters", ""), 200); /* neither of them used it up */
    str_copy(str_of(link_token(1)), token, sizeof(token));
    atomic_fetch_add(&p.clock.fixed_ms, 10 * MINUTE_MS);
    CHECK_INT(open_dialog(token, NONCE, ""), 400);
    CHECK_INT(webhooks(), before + 1);
}

static void
only_stampd_is_recorded_and_no_token_is(void **state)
{
    char token[2200], line[4096] = "";
    const char *headers[] = {"User-Agent: stampd", "Content-Type: application/json", token,
                             "X-Line-Retry-Key: x", NULL};
    json_t *said;
    FILE *file;

    (void)state;
    sim_peer_renew_token(&p);
    snprintf(token, sizeof(token), "Authorization: Bearer %s", p.token);
    sim_peer_call(&p, "POST", "/v2/bot/message/nothing?a=b", headers, "{\"to\":\"ä\"}");
    CHECK_INT(p.status, 404);
    sim_peer_call(&p, "POST", "/v2/bot/message/reply", headers, "\xff");
    CHECK_INT(p.status, 400);
    file = fopen(record, "re");
    CHECK_THAT(file != NULL && fgets(line, sizeof(line), file) != NULL);
    CHECK_THAT(strstr(line, p.token) == NULL);
    said = json_loads(line, 0, NULL);
    CHECK_TEXT(json_string_value(json_object_get(said, "method")), "POST");
    CHECK_TEXT(json_string_value(json_object_get(said, "path")), "/v2/bot/message/nothing");
    CHECK_TEXT(json_string_value(json_object_get(said, "query")), "a=b");
    CHECK_TEXT(json_string_value(json_object_get(said, "body")), "{\"to\":\"ä\"}");
    CHECK_TEXT(
        json_string_value(json_object_get(json_object_get(said, "headers"), "X-Line-Retry-Key")),
        "x");
    CHECK_TEXT(
        json_string_value(json_object_get(json_object_get(said, "headers"), "Authorization")),
        "Bearer");
    json_decref(said);
    CHECK_THAT(fgets(line, sizeof(line), file) != NULL && strstr(line, "\"bytes\":1}") != NULL);
    CHECK_THAT(fgets(line, sizeof(line), file) == NULL); /* the test's own are not there */
    fclose(file);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(link_is_told_once_with_its_nonce_and_its_person),
        TEST(link_from_somebody_elses_phone_fails_without_a_source),
        TEST(old_token_or_a_poor_nonce_links_nothing),
        TEST(only_stampd_is_recorded_and_no_token_is),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
