/*
 * Requests that wait for another thread: the writer for WRITE and KEYED routes, the courier for
 * errands. The backend here is one thread that does both, slowly enough that answers cross.
 */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "http/server.h"
#include "tests/support/check.h"
#include "tests/support/http_peer.h"

#define CLIENTS 4
#define REQUESTS 60

struct errand {
    int number;
};

struct work {
    struct pending *pending;
    struct errand *errand;
    struct work *next;
};

static struct {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    pthread_t thread;
    struct work *first, **last;
    bool ends, held; /* held: takes work, does nothing */
    int waiting;
    _Atomic int64_t total; /* "the database" */
} backend = {
    .lock = PTHREAD_MUTEX_INITIALIZER,
    .changed = PTHREAD_COND_INITIALIZER,
    .last = &backend.first,
};

static pthread_t writer_thread;
static _Atomic int readers;

static void
enqueue(struct pending *pending, struct errand *errand)
{
    struct work *work = arena_alloc(pending->req->arena, sizeof(*work));

    *work = (struct work){.pending = pending, .errand = errand};
    pthread_mutex_lock(&backend.lock);
    *backend.last = work;
    backend.last = &work->next;
    backend.waiting++;
    pthread_cond_broadcast(&backend.changed);
    pthread_mutex_unlock(&backend.lock);
}

static void
submit_write(void *service, struct pending *pending)
{
    (void)service;
    enqueue(pending, NULL);
}

static void
submit_errand(void *service, struct pending *pending, struct errand *errand)
{
    (void)service;
    enqueue(pending, errand);
}

static void
do_errand(struct work *work)
{
    struct request *req = work->pending->req;

    if (work->errand->number < 0) {
        err_set(work->pending->err, ERR_UPSTREAM, "line_failed", "LINE did not answer");
        server_continue(work->pending);
        return;
    }
    req->prepared = arena_format(req->arena, "outcome %d", work->errand->number);
    server_continue_handler(work->pending);
}

static void
do_work(struct work *work)
{
    struct err e = {0};

    if (work->errand != NULL) {
        do_errand(work);
        return;
    }
    server_run_handler(work->pending, (struct db *)(void *)&backend, &e);
    server_continue(work->pending);
}

static void *
run_backend(void *unused)
{
    (void)unused;
    pthread_mutex_lock(&backend.lock);
    for (;;) {
        struct work *work = backend.held ? NULL : backend.first;

        if (work == NULL && backend.ends)
            break;
        if (work == NULL) {
            pthread_cond_wait(&backend.changed, &backend.lock);
            continue;
        }
        backend.first = work->next;
        if (backend.first == NULL)
            backend.last = &backend.first;
        backend.waiting--;
        pthread_mutex_unlock(&backend.lock);
        do_work(work);
        pthread_mutex_lock(&backend.lock);
    }
    pthread_mutex_unlock(&backend.lock);
    return NULL;
}

static void
hold_backend(bool held)
{
    pthread_mutex_lock(&backend.lock);
    backend.held = held;
    pthread_cond_broadcast(&backend.changed);
    pthread_mutex_unlock(&backend.lock);
}

static void
wait_for_work(int n)
{
    pthread_mutex_lock(&backend.lock);
    while (backend.waiting < n)
        pthread_cond_wait(&backend.changed, &backend.lock);
    pthread_mutex_unlock(&backend.lock);
}

static struct db *
reader(void *service, struct err *e)
{
    (void)e;
    atomic_fetch_add(&readers, 1);
    return service;
}

static void
reader_done(void *service, struct db *db)
{
    assert((void *)db == service);
    atomic_fetch_sub(&readers, 1);
}

/* ---- routes */

static enum err_code
add(struct request *req, struct reply *reply, struct err *e)
{
    struct str amount = request_segment(req, ":n");
    struct buf out = buf_new(req->arena, KIB);
    int64_t n = 0;

    assert(req->db != NULL);
    assert(pthread_equal(pthread_self(), writer_thread));
    if (!str_int(amount, &n, 0, 1000))
        return err_set(e, ERR_CONFLICT, "not_addable", "no number");
    backend.total += n;
    buf_int(&out, n);
    reply_publish(reply, 9, "added", buf_str(&out));
    return reply_json(reply, 201, &out, e);
}

static enum err_code
ask_line(struct request *req, struct errand **errand_out, struct err *e)
{
    struct str text = request_segment(req, ":n");
    struct errand *errand;
    int64_t n = 0;

    assert(req->db != NULL);
    if (str_eq(text, STR("refuse")))
        return err_set(e, ERR_FORBIDDEN, "pin_wrong", "asked and refused");
    if (str_eq(text, STR("local"))) {
        req->prepared = arena_dup(req->arena, "local", 5);
        return OK;
    }
    if (!str_int(text, &n, -1, 1000))
        return err_set(e, ERR_INPUT, "no_number", "no number");
    errand = arena_alloc(req->arena, sizeof(*errand));
    errand->number = (int)n;
    *errand_out = errand;
    return OK;
}

static enum err_code
tell_outcome(struct request *req, struct reply *reply, struct err *e)
{
    bool on_writer = pthread_equal(pthread_self(), writer_thread);

    assert(on_writer == (req->route->mode == WRITE));
    assert((req->db != NULL) == (req->route->mode != PLAIN));
    return reply_plain(reply, 200, str_of(req->prepared), e);
}

static const struct route routes[] = {
    {.method = POST, .path = "/add/:n", .mode = WRITE, .handler = add},
    {.method = PUT, .path = "/add/:n", .mode = KEYED, .handler = add, .body_max = 100},
    {.method = GET, .path = "/plain/:n", .mode = PLAIN, .handler = tell_outcome, .ask = ask_line},
    {.method = GET, .path = "/read/:n", .mode = READ, .handler = tell_outcome, .ask = ask_line},
    {.method = POST, .path = "/write/:n", .mode = WRITE, .handler = tell_outcome, .ask = ask_line},
};

static struct server *server;
static int port;
static struct http_answer answer;

#define H "Host: card.test\r\n\r\n"

static void
writes_run_on_the_writer_and_the_answer_waits(void **state)
{
    (void)state;
    backend.total = 0;
    CHECK_INT(http_ask(port, "POST /add/5 HTTP/1.1\r\n" H, &answer), 201);
    CHECK_TEXT(answer.body, "5");
    CHECK_INT(http_ask(port, "PUT /add/6 HTTP/1.1\r\nContent-Length: 2\r\n" H "{}", &answer), 201);
    CHECK_TEXT(answer.body, "6");
    CHECK_INT(http_ask(port, "POST /add/x HTTP/1.1\r\n" H, &answer), 409);
    CHECK_INT(http_ask(port, "POST /add/5 HTTP/1.1\r\n" H, &answer), 201);
    CHECK_INT(backend.total, 16);
}

static void
errands_come_first_and_then_the_handler_in_its_place(void **state)
{
    static const struct {
        const char *request;
        int status;
        const char *body;
    } row[] = {
        {"GET /plain/1 HTTP/1.1\r\n" H, 200, "outcome 1"},
        {"GET /read/2 HTTP/1.1\r\n" H, 200, "outcome 2"},
        {"POST /write/3 HTTP/1.1\r\n" H, 200, "outcome 3"},
        {"GET /plain/local HTTP/1.1\r\n" H, 200, "local"},
        {"GET /read/local HTTP/1.1\r\n" H, 200, "local"},
        {"POST /write/local HTTP/1.1\r\n" H, 200, "local"},
        {"GET /read/refuse HTTP/1.1\r\n" H, 403, NULL},
        {"POST /write/refuse HTTP/1.1\r\n" H, 403, NULL},
        {"GET /read/-1 HTTP/1.1\r\n" H, 502, NULL},
        {"POST /write/-1 HTTP/1.1\r\n" H, 502, NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        CHECK_ROW(i);
        CHECK_INT(http_ask(port, row[i].request, &answer), row[i].status);
        if (row[i].body != NULL)
            CHECK_TEXT(answer.body, row[i].body);
    }
    CHECK_INT(atomic_load(&readers), 0);
}

/* Each on its own connection, a stream of requests of all kinds, three on the way at a time. */
static void *
run_client(void *number)
{
    static const char *const request[] = {
        "POST /add/1 HTTP/1.1\r\n" H,
        "GET /read/2 HTTP/1.1\r\n" H,
        "POST /write/3 HTTP/1.1\r\n" H,
    };
    struct http_answer *got = malloc(sizeof(*got));
    struct http_peer *p = http_peer_open(port);
    intptr_t good = 0;

    (void)number;
    for (int i = 0; i < REQUESTS; i++) {
        for (int j = 0; j < 3; j++)
            http_peer_text(p, request[j]);
        for (int j = 0; j < 3; j++)
            good += http_peer_receive(p, got) / 100 == 2;
    }
    http_peer_close(p);
    free(got);
    return (void *)good;
}

static void
many_clients_at_once_get_their_own_answers(void **state)
{
    pthread_t client[CLIENTS];
    intptr_t good = 0;
    void *got;

    (void)state;
    backend.total = 0;
    for (int i = 0; i < CLIENTS; i++)
        assert(pthread_create(&client[i], NULL, run_client, NULL) == 0);
    for (int i = 0; i < CLIENTS; i++) {
        pthread_join(client[i], &got);
        good += (intptr_t)got;
    }
    CHECK_INT(good, CLIENTS * REQUESTS * 3);
    CHECK_INT(backend.total, CLIENTS * REQUESTS);
    CHECK_INT(atomic_load(&readers), 0);
}

static void
a_client_that_leaves_while_waiting_hurts_nobody(void **state)
{
    struct http_peer *p = http_peer_open(port);

    (void)state;
    hold_backend(true);
    http_peer_text(p, "POST /add/1 HTTP/1.1\r\n" H);
    wait_for_work(1);
    http_peer_close(p);
    hold_backend(false);
    CHECK_INT(http_ask(port, "POST /add/1 HTTP/1.1\r\n" H, &answer), 201);
}

static void *
stop_server(void *s)
{
    server_stop(s);
    return NULL;
}

static int start_server(void);

static void
stopping_answers_what_was_begun_and_begins_nothing(void **state)
{
    struct http_peer *written = http_peer_open(port);
    struct http_peer *asked = http_peer_open(port);
    struct http_peer *idle = http_peer_open(port);
    pthread_t stopper;

    (void)state;
    http_peer_text(idle, "GET /plain/local HTTP/1.1\r\n" H);
    CHECK_INT(http_peer_receive(idle, &answer), 200);
    hold_backend(true);
    http_peer_text(written, "POST /add/1 HTTP/1.1\r\n" H);
    http_peer_text(asked, "GET /read/2 HTTP/1.1\r\n" H);
    wait_for_work(2);
    assert(pthread_create(&stopper, NULL, stop_server, server) == 0);
    do {
        http_peer_text(idle, "GET /plain/local HTTP/1.1\r\n" H);
    } while (http_peer_receive(idle, &answer) == 200);
    CHECK_INT(answer.status, 503);
    CHECK_STR(http_answer_header(&answer, "Connection"), "close");
    hold_backend(false);
    CHECK_INT(http_peer_receive(written, &answer), 201);
    CHECK_INT(http_peer_receive(asked, &answer), 200);
    pthread_join(stopper, NULL);
    CHECK_THAT(http_peer_ended(written, 5000));
    http_peer_close(written);
    http_peer_close(asked);
    http_peer_close(idle);
    CHECK_INT(start_server(), 0);
}

static int
start_server(void)
{
    static struct clock clock;
    struct server_options options = {
        .listen = "127.0.0.1:0",
        .workers = 2,
        .clock = &clock,
        .routes = routes,
        .routes_n = COUNT(routes),
    };
    struct server_backend hooks = {
        .service = &backend,
        .reader = reader,
        .reader_done = reader_done,
        .write = submit_write,
        .errand = submit_errand,
    };
    struct err e = {0};

    if (server_start(&server, &options, &hooks, &e))
        return -1;
    port = server_port(server);
    return 0;
}

static int
start(void **state)
{
    (void)state;
    if (pthread_create(&backend.thread, NULL, run_backend, NULL) != 0)
        return -1;
    writer_thread = backend.thread;
    return start_server();
}

static int
stop(void **state)
{
    (void)state;
    server_stop(server);
    pthread_mutex_lock(&backend.lock);
    backend.ends = true;
    pthread_cond_broadcast(&backend.changed);
    pthread_mutex_unlock(&backend.lock);
    pthread_join(backend.thread, NULL);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(writes_run_on_the_writer_and_the_answer_waits),
        TEST(errands_come_first_and_then_the_handler_in_its_place),
        TEST(many_clients_at_once_get_their_own_answers),
        TEST(a_client_that_leaves_while_waiting_hurts_nobody),
        TEST(stopping_answers_what_was_begun_and_begins_nothing),
    };

    return cmocka_run_group_tests_name("http suspend", tests, start, stop);
}
