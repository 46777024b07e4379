/*
 * Every phase of a connection has an end, however often a byte is sent. Here real time is the
 * subject; all connections of a test wait side by side.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "http/server.h"
#include "tests/support/check.h"
#include "tests/support/http_peer.h"

#define DEADLINE_MS 400
#define STEP_MS 20

static struct server *server;
static int port;
static struct http_answer answer;
static struct pending *_Atomic waiting;

static enum err_code
say_hello(struct request *req, struct reply *reply, struct err *e)
{
    (void)req;
    return reply_plain(reply, 200, STR("hello"), e);
}

static void
keep_waiting(void *service, struct pending *pending)
{
    (void)service;
    atomic_store(&waiting, pending);
}

static const struct route routes[] = {
    {.method = GET, .path = "/hello", .handler = say_hello},
    {.method = POST, .path = "/body", .handler = say_hello, .body_max = 1000},
    {.method = POST, .path = "/slow", .mode = WRITE, .handler = say_hello},
};

#define H "Host: card.test\r\n"

static void
pause_ms(int ms)
{
    struct timespec t = {.tv_nsec = ms * 1000000L};

    nanosleep(&t, NULL);
}

/* Send a byte every STEP_MS; how long until the server had enough, or -1. */
static int64_t
trickle(struct http_peer **peer, const char *const *text, size_t peers)
{
    int64_t start_ms = clock_monotonic_ms();
    size_t gone = 0;

    for (size_t i = 0; gone < peers && i < 200; i++) {
        pause_ms(STEP_MS);
        gone = 0;
        for (size_t j = 0; j < peers; j++) {
            size_t n = strlen(text[j]);

            gone += !http_peer_send(peer[j], (struct str){text[j] + i % (n > 0 ? n : 1), n > 0}) ||
                    http_peer_ended(peer[j], 0);
        }
    }
    return gone == peers ? clock_monotonic_ms() - start_ms : -1;
}

static void
a_byte_now_and_then_keeps_nothing_open(void **state)
{
    static const char *const first[] = {
        "",
        "",
        "GET /hello HTTP/1.1\r\n",
        "POST /body HTTP/1.1\r\n" H "Content-Length: 900\r\n\r\n",
        "POST /body HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n300\r\n",
    };
    static const char *const then[] = {"", "GET /hello-hello-hello-hello", "X: yyyyyyyyyyyyyyyyyyy",
                                       "abcdef", "abcdef"};
    struct http_peer *peer[COUNT(first)];
    uint64_t before = server_counts(server).closed_late;
    int64_t took_ms;

    (void)state;
    for (size_t i = 0; i < COUNT(first); i++) {
        peer[i] = http_peer_open(port);
        http_peer_text(peer[i], first[i]);
    }
    took_ms = trickle(peer, then, COUNT(first));
    CHECK_THAT(took_ms >= DEADLINE_MS - STEP_MS && took_ms < 3000);
    CHECK_INT(server_counts(server).closed_late, before + COUNT(first));
    for (size_t i = 0; i < COUNT(first); i++)
        http_peer_close(peer[i]);
}

/* One request more; on a new connection if this machine was too slow for the old one to stay busy.
 */
static void
keep_busy(struct http_peer **busy, int64_t *last_ms)
{
    if (clock_monotonic_ms() - *last_ms > DEADLINE_MS / 2) {
        http_peer_close(*busy);
        *busy = http_peer_open(port);
    }
    http_peer_text(*busy, "GET /hello HTTP/1.1\r\n" H "\r\n");
    CHECK_INT(http_peer_receive(*busy, &answer), 200);
    *last_ms = clock_monotonic_ms();
}

static void
an_idle_connection_is_closed_and_a_busy_one_is_not(void **state)
{
    struct http_peer *idle = http_peer_open(port);
    struct http_peer *busy = http_peer_open(port);
    int64_t last_ms = clock_monotonic_ms();
    struct http_peer *patient = http_peer_open(port);
    struct pending *pending;
    bool ended = false;

    (void)state;
    http_peer_text(idle, "GET /hello HTTP/1.1\r\n" H "\r\n");
    CHECK_INT(http_peer_receive(idle, &answer), 200);
    http_peer_text(patient, "POST /slow HTTP/1.1\r\n" H "\r\n");
    for (int i = 0; i < 2 * DEADLINE_MS / STEP_MS + 5; i++) {
        keep_busy(&busy, &last_ms);
        pause_ms(STEP_MS);
        ended = ended || http_peer_ended(idle, 0);
    }
    CHECK_THAT(ended);
    /* Our own slowness is not the client's. */
    pending = atomic_load(&waiting);
    CHECK_THAT(pending != NULL && http_peer_quiet(patient, 0));
    server_run_handler(pending, (struct db *)(void *)&waiting, pending->err);
    server_continue(pending);
    CHECK_INT(http_peer_receive(patient, &answer), 200);
    http_peer_close(idle);
    http_peer_close(busy);
    http_peer_close(patient);
}

static int
start(void **state)
{
    static struct clock clock;
    struct server_options options = {
        .listen = "127.0.0.1:0",
        .workers = 2,
        .header_deadline_ms = DEADLINE_MS,
        .body_deadline_ms = DEADLINE_MS,
        .idle_ms = DEADLINE_MS,
        .clock = &clock,
        .routes = routes,
        .routes_n = COUNT(routes),
    };
    struct err e = {0};

    (void)state;
    if (server_start(&server, &options, &(struct server_backend){.write = keep_waiting}, &e))
        return -1;
    port = server_port(server);
    return 0;
}

static int
stop(void **state)
{
    (void)state;
    server_stop(server);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_byte_now_and_then_keeps_nothing_open),
        TEST(an_idle_connection_is_closed_and_a_busy_one_is_not),
    };

    return cmocka_run_group_tests_name("http deadline", tests, start, stop);
}
