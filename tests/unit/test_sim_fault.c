/*
 * Faults on demand, and the walls around the simulator.
 */
#include "tests/support/check.h"
#include "tests/support/sim_peer.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define PUSH "/v2/bot/message/push"
#define KEY "33333333-3333-4333-8333-3333333333%02d"

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
fault(const char *kind, const char *more)
{
    char body[256];

    snprintf(body, sizeof(body), "{\"path\":\"" PUSH "\",\"kind\":\"%s\"%s}", kind, more);
    return sim_peer_json(&p, "/sim/faults", NULL, body);
}

static int
push(const char *retry_key)
{
    char body[256];

    snprintf(body, sizeof(body),
             "{\"to\":\"%s\",\"messages\":[{\"type\":\"text\",\"text\":\"hi\"}]}",
             sim_peer_user(1));
    return sim_peer_send(&p, PUSH, body, retry_key);
}

static int
clear(void)
{
    return sim_peer_call(&p, "DELETE", "/sim/faults", NULL, NULL);
}

/* What the first request gets, what a repeat with the same key gets, and whether it was seen. */
static void
fault_happens_once_and_the_retry_key_settles_it(void **state)
{
    static const struct {
        const char *kind, *more;
        int first, again;
        size_t shown;
    } row[] = {
        {"400", "", 400, 200, 1},
        {"401", "", 401, 200, 1},
        {"429", "", 429, 200, 1},
        {"429_user", "", 429, 200, 1},
        {"429_month", "", 429, 200, 1},
        {"500_before", "", 500, 200, 1},
        {"500_after", "", 500, 409, 1},
        {"reset", "", 0, 200, 1},
        {"reset_after", "", 0, 409, 1},
        {"hang", ",\"ms\":50", 0, 200, 1},
        {"hang_after", ",\"ms\":50", 0, 409, 1},
        {"drop_200", "", 200, 409, 0},
        {"slow", ",\"ms\":120", 200, 409, 1},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        size_t before = sim_shown(p.sim, 1);
        char key[64];

        CHECK_ROW(i);
        snprintf(key, sizeof(key), KEY, (int)i);
        CHECK_INT(fault(row[i].kind, row[i].more), 200);
        CHECK_INT(push(key), row[i].first);
        if (strcmp(row[i].kind, "slow") == 0)
            CHECK_THAT(p.took_ms >= 120);
        CHECK_INT(push(key), row[i].again);
        CHECK_INT(sim_shown(p.sim, 1) - before, row[i].shown);
        CHECK_INT(sim_accepted(p.sim, key), 1);
        CHECK_INT(sim_asked(p.sim, key), 2);
        CHECK_INT(clear(), 204);
    }
}

static void
three_meanings_of_429_have_their_own_words(void **state)
{
    static const char *const row[][2] = {
        {"429", "The API rate limit has been exceeded. Try again later."},
        {"429_user", "Too many messages have been sent to this user."},
        {"429_month", "You have reached your monthly limit."},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        CHECK_ROW(i);
        CHECK_INT(fault(row[i][0], ""), 200);
        CHECK_INT(push(NULL), 429);
        CHECK_TEXT(sim_peer_text(&p, "/message"), row[i][1]);
        CHECK_INT(strlen(p.request_id), 36);
    }
    CHECK_INT(clear(), 204);
}

static void
fault_keeps_to_its_path_and_its_number(void **state)
{
    (void)state;
    CHECK_INT(fault("500_before", ",\"times\":2"), 200);
    CHECK_INT(sim_peer_get(&p, "/v2/bot/info", p.token), 200);
    CHECK_INT(push(NULL), 500);
    CHECK_INT(push(NULL), 500);
    CHECK_INT(push(NULL), 200);
    CHECK_INT(sim_peer_get(&p, "/sim/faults", NULL), 200);
    CHECK_INT(sim_peer_int(&p, "/faults/0/happened"), 2);
    CHECK_INT(clear(), 204);
    CHECK_INT(sim_peer_json(&p, "/sim/faults", NULL,
                            "{\"path\":\"/v2/bot/*\",\"kind\":\"429\",\"times\":9}"),
              200);
    CHECK_INT(sim_peer_get(&p, "/v2/bot/info", p.token), 429);
    CHECK_INT(sim_peer_get(&p, "/oauth2/v2.1/certs", NULL), 200);
    CHECK_INT(clear(), 204);
    CHECK_INT(push(NULL), 200);
}

static void
fault_with_a_rate_goes_on(void **state)
{
    int failed = 0;

    (void)state;
    CHECK_INT(fault("500_before", ",\"rate\":0.5"), 200);
    for (int i = 0; i < 60; i++)
        failed += push(NULL) == 500;
    CHECK_THAT(failed > 5 && failed < 55);
    CHECK_INT(clear(), 204);
    CHECK_INT(fault("sunshine", ""), 400);
}

static void *
clear_soon(void *context)
{
    const struct timespec pause = {.tv_nsec = 100 * 1000000L};
    struct sim_peer other;

    (void)context;
    nanosleep(&pause, NULL);
    memset(&other, 0, sizeof(other));
    memcpy(other.base, p.base, sizeof(other.base));
    sim_peer_call(&other, "DELETE", "/sim/faults", NULL, NULL);
    return NULL;
}

static void
clearing_lets_a_hanging_request_go(void **state)
{
    pthread_t thread;

    (void)state;
    CHECK_INT(fault("hang", ""), 200);
    CHECK_INT(pthread_create(&thread, NULL, clear_soon, NULL), 0);
    CHECK_INT(push(NULL), 0);
    CHECK_THAT(p.took_ms < 10000);
    pthread_join(thread, NULL);
}

static void
simulator_keeps_to_loopback(void **state)
{
    static const struct {
        struct sim_options options;
        const char *word;
    } row[] = {
        {{.listen = "0.0.0.0:0"}, "listen_not_loopback"},
        {{.listen = "192.168.1.1:8091"}, "listen_not_loopback"},
        {{.listen = "[::]:0"}, "listen_not_loopback"},
        {{.listen = "127.0.0.1.example.com:0"}, "listen_not_loopback"},
        {{.listen = "unix:/tmp/x"}, "listen_not_loopback"},
        {{.listen = "127.0.0.1:0", .webhook = "https://example.com/hook"}, "url_not_loopback"},
        {{.listen = "127.0.0.1:0", .webhook = "http://127.0.0.1.example.com/"}, "url_not_loopback"},
        {{.listen = "127.0.0.1:0", .webhook = "http://127.0.0.1:1@example.com/"},
         "url_not_loopback"},
        {{.listen = "127.0.0.1:0", .people = 100001}, "people_range"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        struct sim *sim = NULL;
        struct err e = {0};

        CHECK_ROW(i);
        CHECK_FAILS(sim_start(&row[i].options, &sim, &e), e, ERR_INPUT, row[i].word);
        CHECK_THAT(sim == NULL);
    }
}

static void
pages_of_other_sites_get_nothing(void **state)
{
    static const char *const foreign[] = {"Host: evil.test", NULL};
    static const char *const form[] = {"Content-Type: text/plain", NULL};

    (void)state;
    CHECK_INT(sim_peer_call(&p, "GET", "/sim/liff-token?person=1", foreign, NULL), 421);
    CHECK_INT(sim_peer_call(&p, "POST", "/sim/webhook", form, "{\"events\":[]}"), 415);
}

static void
write_clock(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");

    CHECK_THAT(file != NULL && fputs(text, file) >= 0 && fclose(file) == 0);
}

static void
clock_file_is_read_at_every_request(void **state)
{
    struct sim_peer other;
    char path[256];

    (void)state;
    str_copy(str_of(check_path("clock")), path, sizeof(path));
    write_clock(path, "1767225600000\n");
    sim_peer_start(&other, &(struct sim_options){.webhook = "", .clock_file = path});
    CHECK_INT(sim_peer_get(&other, "/sim/talk?person=1", NULL), 200);
    CHECK_INT(sim_peer_int(&other, "/now_ms"), 1767225600000);
    write_clock(path, "+86400000");
    CHECK_INT(sim_peer_get(&other, "/sim/talk?person=1", NULL), 200);
    CHECK_THAT(sim_peer_int(&other, "/now_ms") > 1767225600000 + DAY_MS);
    sim_peer_stop(&other);
}

static void
answer_can_be_spoilt_though_all_was_done(void **state)
{
    static const struct {
        const char *kind;
        size_t least;
    } row[] = {
        {"not_json", 20}, {"truncated", 10}, {"nested", 0},
        {"not_utf8", 5},  {"huge", 0},       {"empty", 0},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        char key[64];

        CHECK_ROW(i);
        snprintf(key, sizeof(key), KEY, 70 + (int)i);
        CHECK_INT(fault(row[i].kind, ""), 200);
        (void)push(key); /* of 0 where the answer is longer than this test's client can take */
        CHECK_THAT(p.json == NULL);
        CHECK_THAT(strlen(p.text) >= row[i].least);
        CHECK_INT(push(key), 409);
    }
    CHECK_INT(clear(), 204);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(fault_happens_once_and_the_retry_key_settles_it),
        TEST(three_meanings_of_429_have_their_own_words),
        TEST(fault_keeps_to_its_path_and_its_number),
        TEST(fault_with_a_rate_goes_on),
        TEST(clearing_lets_a_hanging_request_go),
        TEST(simulator_keeps_to_loopback),
        TEST(pages_of_other_sites_get_nothing),
        TEST(clock_file_is_read_at_every_request),
        TEST(answer_can_be_spoilt_though_all_was_done),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
