/* Server-sent events: what is published arrives, and who does not listen is let go. */
#include <assert.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "http/connection.h"
#include "tests/support/check.h"
#include "tests/support/http_peer.h"

#define PUBLISHERS 3
#define EVENTS 200
#define RETRY "retry: 2000\n\n"

static struct server *server;
static int port;
static struct http_answer answer;

static enum err_code
listen_to(struct request *req, struct reply *reply, struct err *e)
{
    struct sse_feed *feed;
    int64_t topic = 0;

    if (!str_int(request_segment(req, ":topic"), &topic, 0, 1000))
        return err_set(e, ERR_INPUT, "no_topic", "no topic");
    if (sse_listen(server_hub(req->service), (uint64_t)topic, &feed, e))
        return e->code;
    return reply_stream(reply, feed);
}

static enum err_code
listen_then_fail(struct request *req, struct reply *reply, struct err *e)
{
    return listen_to(req, reply, e) ? e->code : err_set(e, ERR_CONFLICT, "changed_mind", "no");
}

static enum err_code
publish(struct request *req, struct reply *reply, struct err *e)
{
    reply_publish(reply, 1, "stamp", STR("{\"stamps\":3}"));
    if (str_eq(request_segment(req, ":how"), STR("fail")))
        return err_set(e, ERR_CONFLICT, "too_soon", "no");
    return reply_empty(reply, 204);
}

static const struct route routes[] = {
    {.method = GET, .path = "/events/:topic", .handler = listen_to},
    {.method = GET, .path = "/fail/:topic", .handler = listen_then_fail},
    {.method = POST, .path = "/publish/:how", .handler = publish},
};

#define H "Host: card.test\r\n\r\n"

static void
pause_ms(int ms)
{
    struct timespec t = {.tv_nsec = ms * 1000000L};

    nanosleep(&t, NULL);
}

/* Wait until so many listen; they are counted when the handler has run, and gone when the worker
 * saw the connection's end. */
static bool
listeners_become(uint64_t topic, size_t n)
{
    for (int i = 0; i < 1000; i++) {
        if (sse_listeners(server_hub(server), topic) == n)
            return true;
        pause_ms(10);
    }
    return false;
}

static struct http_peer *
open_stream(const char *topic)
{
    struct http_peer *p = http_peer_open(port);
    char request[128], text[64];
    size_t n = 0;

    snprintf(request, sizeof(request), "GET /events/%s HTTP/1.1\r\n" H, topic);
    http_peer_text(p, request);
    CHECK_INT(http_peer_receive_head(p, &answer), 200);
    CHECK_THAT(http_peer_chunk(p, text, sizeof(text), &n));
    CHECK_STR(((struct str){text, n}), RETRY);
    return p;
}

/* The stream's next bytes are exactly these, in however many chunks. */
static bool
next_is(struct http_peer *p, const char *want)
{
    char got[4096];
    size_t n = 0, part;

    while (n < strlen(want) && http_peer_chunk(p, got + n, sizeof(got) - n, &part))
        n += part;
    return str_eq((struct str){got, n}, str_of(want));
}

static void
what_is_published_arrives_at_once_and_only_there(void **state)
{
    struct http_peer *one = open_stream("1");
    struct http_peer *two = open_stream("1");
    struct http_peer *other = open_stream("2");

    (void)state;
    CHECK_STR(http_answer_header(&answer, "Content-Type"), "text/event-stream; charset=utf-8");
    CHECK_STR(http_answer_header(&answer, "X-Accel-Buffering"), "no");
    CHECK_STR(http_answer_header(&answer, "Cache-Control"), "no-store");
    CHECK_INT(server_counts(server).streams, 3);
    sse_publish(server_hub(server), 1, "stamp", STR("{\"stamps\":1}"));
    CHECK_THAT(next_is(one, "event: stamp\ndata: {\"stamps\":1}\n\n"));
    CHECK_THAT(next_is(two, "event: stamp\ndata: {\"stamps\":1}\n\n"));
    sse_publish(server_hub(server), 1, "note", STR("two\nlines\r\n"));
    CHECK_THAT(next_is(one, "event: note\ndata: two\ndata: lines\ndata: \n\n"));
    CHECK_THAT(http_peer_quiet(other, 50));
    sse_hub_beat(server_hub(server));
    CHECK_THAT(next_is(other, ":\n\n"));
    http_peer_close(one);
    http_peer_close(two);
    http_peer_close(other);
    sse_hub_beat(server_hub(server)); /* this is when a closed browser is noticed */
    CHECK_THAT(listeners_become(1, 0) && listeners_become(2, 0));
}

static void
a_reply_publishes_only_when_it_counts(void **state)
{
    struct http_peer *p = open_stream("1");

    (void)state;
    CHECK_INT(http_ask(port, "POST /publish/fail HTTP/1.1\r\n" H, &answer), 409);
    CHECK_THAT(http_peer_quiet(p, 30));
    CHECK_INT(http_ask(port, "POST /publish/well HTTP/1.1\r\n" H, &answer), 204);
    CHECK_THAT(next_is(p, "event: stamp\ndata: {\"stamps\":3}\n\n"));
    http_peer_close(p);
    sse_hub_beat(server_hub(server));
    CHECK_THAT(listeners_become(1, 0));
}

static void
a_topic_has_eight_listeners_and_a_failed_one_is_none(void **state)
{
    struct http_peer *p[8];

    (void)state;
    CHECK_INT(http_ask(port, "GET /fail/3 HTTP/1.1\r\n" H, &answer), 409);
    CHECK_INT(http_ask(port, "HEAD /events/3 HTTP/1.1\r\n" H, &answer), 200);
    CHECK_THAT(listeners_become(3, 0));
    for (size_t i = 0; i < COUNT(p); i++)
        p[i] = open_stream("3");
    CHECK_INT(http_ask(port, "GET /events/3 HTTP/1.1\r\n" H, &answer), 429);
    http_peer_close(p[0]); /* makes room at once: a page that is opened again and again */
    p[0] = open_stream("3");
    CHECK_INT(http_ask(port, "GET /events/3 HTTP/1.1\r\n" H, &answer), 429);
    for (size_t i = 0; i < COUNT(p); i++)
        http_peer_close(p[i]);
    sse_hub_beat(server_hub(server));
    CHECK_THAT(listeners_become(3, 0));
}

static void
who_does_not_read_is_let_go_and_costs_nobody_else(void **state)
{
    static char text[8 * 1024];
    struct http_peer *deaf = open_stream("4");
    struct http_peer *near = open_stream("5");
    int sent = 0;

    (void)state;
    memset(text, 'x', sizeof(text));
    while (sse_listeners(server_hub(server), 4) > 0 && sent++ < 20000)
        sse_publish(server_hub(server), 4, "flood", (struct str){text, sizeof(text)});
    CHECK_THAT(listeners_become(4, 0));
    sse_publish(server_hub(server), 5, "calm", STR("still here"));
    CHECK_THAT(next_is(near, "event: calm\ndata: still here\n\n"));
    http_peer_close(deaf);
    http_peer_close(near);
    sse_hub_beat(server_hub(server));
    CHECK_THAT(listeners_become(5, 0));
}

static void *
run_publisher(void *unused)
{
    (void)unused;
    for (int i = 0; i < EVENTS; i++)
        sse_publish(server_hub(server), 6, "e", STR("12345"));
    return NULL;
}

static void
many_publishers_lose_nothing(void **state)
{
    static const char event[] = "event: e\ndata: 12345\n\n";
    static char got[PUBLISHERS * EVENTS * sizeof(event)];
    struct http_peer *p = open_stream("6");
    pthread_t thread[PUBLISHERS];
    size_t n = 0, part, want_n = PUBLISHERS * EVENTS * (sizeof(event) - 1);

    (void)state;
    for (int i = 0; i < PUBLISHERS; i++)
        assert(pthread_create(&thread[i], NULL, run_publisher, NULL) == 0);
    while (n < want_n && http_peer_chunk(p, got + n, sizeof(got) - n, &part))
        n += part;
    CHECK_INT(n, want_n);
    for (size_t i = 0; i < n; i += sizeof(event) - 1)
        CHECK_THAT(memcmp(got + i, event, sizeof(event) - 1) == 0);
    for (int i = 0; i < PUBLISHERS; i++)
        pthread_join(thread[i], NULL);
    http_peer_close(p);
    sse_hub_beat(server_hub(server));
    CHECK_THAT(listeners_become(6, 0));
}

static int start(void **state);

static void
stopping_ends_every_stream(void **state)
{
    struct http_peer *p[20];
    char text[64], topic[8];
    size_t n;

    for (size_t i = 0; i < COUNT(p); i++) {
        snprintf(topic, sizeof(topic), "%zu", 10 + i / 2);
        p[i] = open_stream(topic);
    }
    server_stop(server);
    for (size_t i = 0; i < COUNT(p); i++) {
        CHECK_THAT(!http_peer_chunk(p[i], text, sizeof(text), &n));
        CHECK_THAT(http_peer_ended(p[i], 5000));
        http_peer_close(p[i]);
    }
    CHECK_INT(start(state), 0);
}

static int
start(void **state)
{
    static struct clock clock;
    struct server_options options = {
        .listen = "127.0.0.1:0",
        .workers = 2,
        .clock = &clock,
        .routes = routes,
        .routes_n = COUNT(routes),
    };
    struct server_backend backend = {0};
    struct err e = {0};

    (void)state;
    if (server_start(&server, &options, &backend, &e))
        return -1;
    server->backend.service = server; /* before the first request */
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
        TEST(what_is_published_arrives_at_once_and_only_there),
        TEST(a_reply_publishes_only_when_it_counts),
        TEST(a_topic_has_eight_listeners_and_a_failed_one_is_none),
        TEST(who_does_not_read_is_let_go_and_costs_nobody_else),
        TEST(many_publishers_lose_nothing),
        TEST(stopping_ends_every_stream),
    };

    return cmocka_run_group_tests_name("http stream", tests, start, stop);
}
