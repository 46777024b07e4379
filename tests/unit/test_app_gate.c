/*
 * The courier against line-sim on its bad days: what it leaves alone, and how fast it goes.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/errand.h"
#include "app/courier.h"
#include "base/arena.h"
#include "base/entropy.h"
#include "sim/demo_values.h"
#include "tests/support/check.h"
#include "tests/support/sim_peer.h"

#define PUSH "/v2/bot/message/push"
#define MULTICAST "/v2/bot/message/multicast"

static struct sim_peer p;
static struct courier *courier;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static int back[600]; /* by status; 0: with some of it sent, 1: with nothing */
static int back_n, roomy;

static void
delivered(void *context, struct parcel *parcel)
{
    (void)context;
    pthread_mutex_lock(&lock);
    back[parcel->status == 0 && !parcel->sent ? 1 : parcel->status]++;
    back_n++;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
    parcel_free(parcel);
}

static void
has_room(void *context)
{
    (void)context;
    pthread_mutex_lock(&lock);
    roomy++;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
}

static int
start(void **state)
{
    struct err e = {0};

    (void)state;
    memset(back, 0, sizeof(back));
    back_n = roomy = 0;
    sim_peer_start(&p, NULL);
    CHECK_INT(sim_peer_json(&p, "/sim/settings", NULL, "{\"quota\":-1}"), 200);
    const struct courier_options options = {
        .api_url = str_of(p.base),
        .bot = {STR(SIM_MESSAGING_CHANNEL_ID), STR(SIM_MESSAGING_CHANNEL_SECRET)},
        .login = {STR(SIM_LOGIN_CHANNEL_ID), STR(SIM_LOGIN_CHANNEL_SECRET)},
        .allow_http_loopback = true,
        .clock = &p.clock,
        .has_room = has_room,
    };
    CHECK_INT(courier_start(&courier, &options, delivered, NULL, &e), OK);
    return 0;
}

static int
stop(void **state)
{
    (void)state;
    courier_stop(courier);
    sim_peer_stop(&p);
    return 0;
}

static void
send_one(const char *path)
{
    struct parcel *parcel = calloc(1, sizeof(*parcel));
    char body[256];

    CHECK_THAT(parcel != NULL);
    snprintf(body, sizeof(body),
             "{\"to\":%s\"%s\"%s,\"messages\":[{\"type\":\"text\",\"text\":\"hi\"}]}",
             strcmp(path, MULTICAST) == 0 ? "[" : "", sim_peer_user(1),
             strcmp(path, MULTICAST) == 0 ? "]" : "");
    parcel->method = "POST";
    parcel->body = (struct str){strdup(body), strlen(body)};
    CHECK_THAT(str_copy(str_of(path), parcel->path, sizeof(parcel->path)));
    entropy_uuid(parcel->retry_key);
    courier_send(courier, parcel);
}

static void
wait_for(int n)
{
    pthread_mutex_lock(&lock);
    while (back_n < n)
        pthread_cond_wait(&changed, &lock);
    pthread_mutex_unlock(&lock);
}

/* One after another, each waited for. */
static void
send_each(const char *path, int n)
{
    for (int i = 0; i < n; i++) {
        int before = back_n;

        send_one(path);
        wait_for(before + 1);
    }
}

static void
fault(const char *path, const char *kind)
{
    char body[256];

    snprintf(body, sizeof(body), "{\"path\":\"%s\",\"kind\":\"%s\",\"rate\":1.0}", path, kind);
    CHECK_INT(sim_peer_json(&p, "/sim/faults", NULL, body), 200);
}

static int64_t
asked(void)
{
    CHECK_INT(sim_peer_get(&p, "/sim/faults", NULL), 200);
    return sim_peer_int(&p, "/faults/0/happened");
}

static void
until_state(enum breaker_state state)
{
    int64_t until_ms = clock_monotonic_ms() + 20000;

    while (courier_counts(courier).state != state)
        CHECK_THAT(clock_monotonic_ms() < until_ms);
}

static char *
keep(void *context, const char *text, size_t n)
{
    (void)context;
    (void)n;
    return (char *)(uintptr_t)(strstr(text, "left alone") != NULL ? "left alone"
                                                                  : "something else");
}

static void
errand_ended(void *context)
{
    pthread_mutex_lock(&lock);
    *(bool *)context = true;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
}

static void
while_line_fails_it_is_left_alone_and_nothing_is_used_up(void **state)
{
    char url[128];
    bool is_over = false;
    struct errand errand = {.method = "GET", .url = url};

    (void)state;
    send_each(PUSH, 1);
    fault(PUSH, "500_before");
    send_each(PUSH, BREAKER_IN_ROW);
    CHECK_INT(back[500], BREAKER_IN_ROW);
    until_state(BREAKER_OPEN);
    CHECK_INT(courier_room(courier), 0); /* so that nothing more is taken from the outbox */
    send_each(PUSH, 5);                  /* what had been taken already */
    CHECK_INT(back[1], 5);
    CHECK_INT(asked(), BREAKER_IN_ROW);
    CHECK_INT(courier_counts(courier).held_back, 5);
    snprintf(url, sizeof(url), "%s/oauth2/v2.1/certs", p.base);
    courier_errand(courier, &errand, keep, errand_ended, &is_over); /* nobody waits in vain */
    pthread_mutex_lock(&lock);
    while (!is_over)
        pthread_cond_wait(&changed, &lock);
    pthread_mutex_unlock(&lock);
    CHECK_INT(errand.status, 0);
    CHECK_TEXT(errand.failure, "left alone");

    p.clock.fixed_ms += BREAKER_FIRST_MS + BREAKER_FIRST_MS / 4 + 1;
    until_state(BREAKER_HALF_OPEN);
    CHECK_INT(courier_room(courier), 1);
    send_one(PUSH);
    send_one(PUSH); /* waits for what becomes of the first, and is given back */
    wait_for(1 + BREAKER_IN_ROW + 5 + 2);
    CHECK_INT(asked(), BREAKER_IN_ROW + 1);
    CHECK_INT(back[1], 6);
    until_state(BREAKER_OPEN);

    CHECK_INT(sim_peer_call(&p, "DELETE", "/sim/faults", NULL, NULL), 204);
    p.clock.fixed_ms += 2 * (BREAKER_FIRST_MS + BREAKER_FIRST_MS / 4) + 1;
    until_state(BREAKER_HALF_OPEN);
    send_each(PUSH, 1);
    until_state(BREAKER_CLOSED);
    send_each(PUSH, 20);
    CHECK_INT(back[200], 22);
}

static void
without_line_there_is_no_token_and_nothing_is_tried(void **state)
{
    (void)state;
    fault("/oauth2/v3/token", "500_before");
    for (int i = 0; i < BREAKER_IN_ROW; i++) {
        send_each(PUSH, 1);
        p.clock.fixed_ms += 2 * SECOND_MS; /* a token is asked for once a second */
    }
    CHECK_INT(back[1], BREAKER_IN_ROW);
    until_state(BREAKER_OPEN);
    CHECK_INT(sim_peer_call(&p, "DELETE", "/sim/faults", NULL, NULL), 204);
    p.clock.fixed_ms += BREAKER_MOST_MS;
    until_state(BREAKER_HALF_OPEN);
    send_each(PUSH, 3); /* the token is what is tried first */
    until_state(BREAKER_CLOSED);
    CHECK_INT(back[200], 3);
}

static void
an_endpoint_is_not_asked_faster_than_line_allows(void **state)
{
    int64_t second;

    (void)state;
    send_each(MULTICAST, 1); /* the token is there */
    CHECK_INT(sim_peer_json(&p, "/sim/faults", NULL,
                            "{\"path\":\"" MULTICAST "\",\"kind\":\"slow\",\"rate\":1.0,\"ms\":0}"),
              200);
    for (int i = 0; i < 300; i++)
        send_one(MULTICAST);
    wait_for(160);       /* 80 % of 200 a second, and the clock stands still */
    send_each(PUSH, 10); /* nobody waits behind them */
    CHECK_INT(asked(), 159);
    CHECK_INT(courier_counts(courier).waiting, 141);
    CHECK_INT(courier_room(courier), 0);
    CHECK_INT(roomy, 0);
    p.clock.fixed_ms += 500;
    wait_for(160 + 10 + 80);
    second = asked();
    CHECK_INT(second, 159 + 80);
    pthread_mutex_lock(&lock);
    while (roomy == 0) /* 61 wait: the outbox may send again */
        pthread_cond_wait(&changed, &lock);
    pthread_mutex_unlock(&lock);
    CHECK_THAT(courier_room(courier) > 0);
    p.clock.fixed_ms += 500;
    wait_for(301 + 10);
    CHECK_INT(back[200], 311);
}

static void
what_waits_when_it_stops_goes_back_untried(void **state)
{
    (void)state;
    for (int i = 0; i < 300; i++)
        send_one(MULTICAST);
    wait_for(160);
    courier_stop(courier);
    courier = NULL;
    CHECK_INT(back_n, 300);
    CHECK_INT(back[1], 140);
}

int
main(void)
{
#define BAD_DAY(name) cmocka_unit_test_setup_teardown(name, start, stop)
    const struct CMUnitTest tests[] = {
        BAD_DAY(while_line_fails_it_is_left_alone_and_nothing_is_used_up),
        BAD_DAY(without_line_there_is_no_token_and_nothing_is_tried),
        BAD_DAY(an_endpoint_is_not_asked_faster_than_line_allows),
        BAD_DAY(what_waits_when_it_stops_goes_back_untried),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
