/*
 * Errands against line-sim: the right channel's token goes along, it is there before anything waits
 * for it, and what LINE refused because of it is asked once more and no more.
 */
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "api/errand.h"
#include "app/courier.h"
#include "base/arena.h"
#include "sim/demo_values.h"
#include "tests/support/check.h"
#include "tests/support/sim_peer.h"

static struct sim_peer p;
static struct courier *courier;
static struct arena *arena;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t done = PTHREAD_COND_INITIALIZER;

static void
no_parcels(void *context, struct parcel *parcel)
{
    (void)context;
    parcel_free(parcel);
}

static int
start(void **state)
{
    struct err e = {0};

    (void)state;
    sim_peer_start(&p, NULL);
    arena = arena_new(4 * MIB);
    const struct courier_options options = {
        .api_url = str_of(p.base),
        .bot = {STR(SIM_MESSAGING_CHANNEL_ID), STR(SIM_MESSAGING_CHANNEL_SECRET)},
        .login = {STR(SIM_LOGIN_CHANNEL_ID), STR(SIM_LOGIN_CHANNEL_SECRET)},
        .allow_http_loopback = true,
        .clock = &p.clock,
    };
    CHECK_INT(courier_start(&courier, &options, no_parcels, NULL, &e), OK);
    return 0;
}

static int
stop(void **state)
{
    (void)state;
    courier_stop(courier);
    sim_peer_stop(&p);
    arena_free(arena);
    return 0;
}

static char *
keep(void *context, const char *text, size_t n)
{
    (void)context;
    return arena_dup(arena, text, n);
}

static void
ended(void *context)
{
    pthread_mutex_lock(&lock);
    *(bool *)context = true;
    pthread_cond_broadcast(&done);
    pthread_mutex_unlock(&lock);
}

/* Ask, and wait for what comes of it. */
static struct errand
run(struct errand errand, const char *path)
{
    static char url[256];
    bool is_over = false;

    snprintf(url, sizeof(url), "%s%s", p.base, path);
    errand.url = url;
    courier_errand(courier, &errand, keep, ended, &is_over);
    pthread_mutex_lock(&lock);
    while (!is_over)
        pthread_cond_wait(&done, &lock);
    pthread_mutex_unlock(&lock);
    return errand;
}

static int
status_of(const char *method, const char *path, enum errand_token token)
{
    return run((struct errand){.method = method, .token = token}, path).status;
}

static void
fault(const char *path, const char *kind, const char *times)
{
    char body[256];

    snprintf(body, sizeof(body), "{\"path\":\"%s\",\"kind\":\"%s\",%s}", path, kind, times);
    CHECK_INT(sim_peer_json(&p, "/sim/faults", NULL, body), 200);
}

/* Slow by nothing: a fault that only counts. */
static void
count_tokens_from_here(void)
{
    CHECK_INT(sim_peer_call(&p, "DELETE", "/sim/faults", NULL, NULL), 204);
    fault("/oauth2/v3/token", "slow", "\"rate\":1.0,\"ms\":0");
}

static int64_t
tokens_fetched(void)
{
    CHECK_INT(sim_peer_get(&p, "/sim/faults", NULL), 200);
    return sim_peer_int(&p, "/faults/0/happened");
}

static void
an_errand_carries_the_token_of_its_channel(void **state)
{
    static const struct {
        const char *path;
        enum errand_token token;
        int status;
    } row[] = {
        {"/v2/bot/info", ERRAND_BOT_TOKEN, 200},      {"/v2/bot/info", ERRAND_LOGIN_TOKEN, 401},
        {"/v2/bot/info", ERRAND_NO_TOKEN, 401},       {"/liff/v1/apps", ERRAND_LOGIN_TOKEN, 200},
        {"/liff/v1/apps", ERRAND_BOT_TOKEN, 401},     {"/liff/v1/apps", ERRAND_NO_TOKEN, 401},
        {"/oauth2/v2.1/certs", ERRAND_NO_TOKEN, 200},
    };
    struct errand errand;

    (void)state;
    CHECK_INT(sim_peer_json(&p, "/sim/settings", NULL, "{\"off_the_record\":true}"), 200);
    for (size_t i = 0; i < COUNT(row); i++) {
        CHECK_ROW(i);
        CHECK_INT(status_of("GET", row[i].path, row[i].token), row[i].status);
    }
    CHECK_INT(sim_peer_json(&p, "/sim/settings", NULL, "{\"off_the_record\":false}"), 200);
    errand = run((struct errand){.method = "GET", .token = ERRAND_BOT_TOKEN}, "/v2/bot/info");
    CHECK_THAT(errand.request_id[0] != '\0');
    CHECK_THAT(strstr(errand.answer.at, SIM_BOT_USER_ID) != NULL);
}

static void
what_an_errand_sends_arrives(void **state)
{
    struct errand put = {
        .method = "PUT",
        .token = ERRAND_BOT_TOKEN,
        .content_type = "Content-Type: application/json",
        .body = STR("{\"endpoint\":\"http://127.0.0.1:1/line/webhook\"}"),
    };
    struct errand small = {.method = "GET", .token = ERRAND_BOT_TOKEN, .answer_max = 10};

    (void)state;
    CHECK_INT(run(put, "/v2/bot/channel/webhook/endpoint").status, 200);
    CHECK_INT(status_of("DELETE", "/v2/bot/user/all/richmenu", ERRAND_BOT_TOKEN), 200);
    small = run(small, "/v2/bot/info");
    CHECK_INT(small.status, 0);
    CHECK_TEXT(small.failure, "answer too long");
}

static void
a_token_serves_until_a_minute_before_its_end_and_nothing_waits_for_the_next(void **state)
{
    (void)state;
    count_tokens_from_here();
    for (int i = 0; i < 3; i++)
        CHECK_INT(status_of("GET", "/v2/bot/info", ERRAND_BOT_TOKEN), 200);
    CHECK_INT(tokens_fetched(), 1);
    p.clock.fixed_ms += 840 * SECOND_MS; /* of 899 */
    CHECK_INT(status_of("GET", "/v2/bot/info", ERRAND_BOT_TOKEN), 200);
    while (tokens_fetched() < 2) /* in the background, because it is used */
        continue;
    p.clock.fixed_ms += 55 * SECOND_MS; /* the first one is over */
    CHECK_INT(status_of("GET", "/v2/bot/info", ERRAND_BOT_TOKEN), 200);
    CHECK_INT(tokens_fetched(), 2);
    p.clock.fixed_ms += 1000 * SECOND_MS; /* nobody asked: none was fetched, and now one is */
    count_tokens_from_here();
    CHECK_INT(status_of("GET", "/v2/bot/info", ERRAND_BOT_TOKEN), 200);
    CHECK_INT(tokens_fetched(), 1);
}

static void
a_refused_token_is_replaced_once(void **state)
{
    (void)state;
    CHECK_INT(status_of("GET", "/v2/bot/info", ERRAND_BOT_TOKEN), 200);
    count_tokens_from_here();
    fault("/v2/bot/info", "401", "\"times\":1");
    CHECK_INT(status_of("GET", "/v2/bot/info", ERRAND_BOT_TOKEN), 200);
    CHECK_INT(tokens_fetched(), 1);
    fault("/v2/bot/info", "401", "\"times\":5");
    CHECK_INT(status_of("GET", "/v2/bot/info", ERRAND_BOT_TOKEN), 401); /* the repeat as well */
    CHECK_INT(tokens_fetched(), 2);
}

static void
without_a_token_an_errand_ends_and_says_so(void **state)
{
    struct errand errand;

    (void)state;
    fault("/oauth2/v3/token", "500_before", "\"rate\":1.0");
    errand = run((struct errand){.method = "GET", .token = ERRAND_LOGIN_TOKEN}, "/liff/v1/apps");
    CHECK_INT(errand.status, 0);
    CHECK_TEXT(errand.failure, "no channel token");
    CHECK_INT(status_of("GET", "/oauth2/v2.1/certs", ERRAND_NO_TOKEN), 200); /* needs none */
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_errand_carries_the_token_of_its_channel, start, stop),
        cmocka_unit_test_setup_teardown(what_an_errand_sends_arrives, start, stop),
        cmocka_unit_test_setup_teardown(
            a_token_serves_until_a_minute_before_its_end_and_nothing_waits_for_the_next, start,
            stop),
        cmocka_unit_test_setup_teardown(a_refused_token_is_replaced_once, start, stop),
        cmocka_unit_test_setup_teardown(without_a_token_an_errand_ends_and_says_so, start, stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
