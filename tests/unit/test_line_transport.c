/* The road to LINE, against a small server of our own that hangs, breaks off and lies. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "base/clock.h"
#include "line/transport.h"

/* ---------------------------------------------------------------- the server */

#define SERVED_MOST 64

static struct server {
    int fd;
    int port;
    SSL_CTX *tls; /* NULL: plain http */
    pthread_t thread;
    pthread_t served[SERVED_MOST];
    int served_n;
    _Atomic int connections, requests, redirected, resumed;
} plain, secure;

static char big[EXCHANGE_ANSWER_MAX + 1];

/* A connection as the server has it. */
struct guest {
    int fd;
    SSL *ssl;
    struct server *server;
};

static long
take(struct guest *c, char *bytes, size_t n)
{
    return c->ssl != NULL ? SSL_read(c->ssl, bytes, (int)n) : recv(c->fd, bytes, n, 0);
}

static void
give(struct guest *c, const char *bytes, size_t n)
{
    while (n > 0) {
        long done =
            c->ssl != NULL ? SSL_write(c->ssl, bytes, (int)n) : send(c->fd, bytes, n, MSG_NOSIGNAL);

        if (done <= 0)
            return;
        bytes += done;
        n -= (size_t)done;
    }
}

static void
answer(struct guest *c, const char *status, const char *headers, const char *body, size_t n)
{
    char head[512];
    int head_n = snprintf(head, sizeof(head), "HTTP/1.1 %s\r\n%sContent-Length: %zu\r\n\r\n",
                          status, headers, n);

    give(c, head, (size_t)head_n);
    give(c, body, n);
}

/* One request with its body, as text; false at the end of the connection. */
static bool
request_read(struct guest *c, char *text, size_t cap)
{
    size_t n = 0, want = 0;

    while (want == 0 || n < want) {
        long got = take(c, text + n, cap - 1 - n);
        char *end, *length;

        if (got <= 0)
            return false;
        n += (size_t)got;
        text[n] = '\0';
        end = strstr(text, "\r\n\r\n");
        length = strstr(text, "Content-Length: ");
        if (end != NULL)
            want = (size_t)(end + 4 - text) + (length != NULL ? strtoul(length + 16, NULL, 10) : 0);
    }
    return true;
}

/* What each path does; false ends the connection. */
static bool
respond(struct guest *c, const char *text)
{
    struct linger reset = {.l_onoff = 1};
    char rest[16];

    if (strstr(text, "/echo") != NULL) {
        answer(c, "200 OK", "X-Line-Request-Id: 80ad8ab5\r\n", text, strlen(text));
    } else if (strstr(text, "/limit") != NULL) {
        answer(c, "429 Too Many", "retry-after: 7\r\n", "{}", 2);
    } else if (strstr(text, "/date") != NULL) {
        answer(c, "503 Busy", "Retry-After: Fri, 31 Dec 2027 23:59:59 GMT\r\n", "", 0);
    } else if (strstr(text, "/again") != NULL) {
        answer(c, "409 Conflict",
               "x-line-accepted-request-id:  first-one \r\nx-line-request-id: a b\r\n", "{}", 2);
    } else if (strstr(text, "/full") != NULL || strstr(text, "/over") != NULL) {
        answer(c, "200 OK", "", big, sizeof(big) - (strstr(text, "/full") != NULL));
    } else if (strstr(text, "/redirect") != NULL) {
        answer(c, "302 Found", "Location: /taken\r\n", "", 0);
    } else if (strstr(text, "/taken") != NULL) {
        c->server->redirected++;
        answer(c, "200 OK", "", "", 0);
    } else if (strstr(text, "/half") != NULL) {
        give(c, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", 43);
        return false;
    } else if (strstr(text, "/reset") != NULL) {
        setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
        return false;
    } else if (strstr(text, "/nonsense") != NULL) {
        give(c, "SSH-2.0-OpenSSH_9.2\r\n\r\n", 23);
        return false;
    } else if (strstr(text, "/hang") != NULL) {
        return take(c, rest, sizeof(rest)) > 0; /* until the client has enough of it */
    }
    return true;
}

static void *
serve(void *arg)
{
    struct guest c = *(struct guest *)arg;
    static _Thread_local char text[64 * 1024];

    free(arg);
    if (c.server->tls != NULL) {
        c.ssl = SSL_new(c.server->tls);
        SSL_set_fd(c.ssl, c.fd);
    }
    if (c.ssl == NULL || SSL_accept(c.ssl) == 1) {
        c.server->resumed += c.ssl != NULL && SSL_session_reused(c.ssl);
        while (request_read(&c, text, sizeof(text))) {
            c.server->requests++;
            if (!respond(&c, text))
                break;
        }
    }
    SSL_free(c.ssl);
    close(c.fd);
    return NULL;
}

static void *
listen_on(void *arg)
{
    struct server *s = arg;
    int fd;

    while ((fd = accept(s->fd, NULL, NULL)) >= 0) {
        struct guest *c = malloc(sizeof(*c));

        *c = (struct guest){.fd = fd, .server = s};
        s->connections++;
        if (s->served_n == SERVED_MOST ||
            pthread_create(&s->served[s->served_n], NULL, serve, c) != 0)
            abort();
        s->served_n++;
    }
    return NULL;
}

static void
server_start(struct server *s, SSL_CTX *tls)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof(at);

    s->tls = tls;
    s->fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(s->fd, (struct sockaddr *)&at, n), 0);
    assert_int_equal(listen(s->fd, 64), 0);
    assert_int_equal(getsockname(s->fd, (struct sockaddr *)&at, &n), 0);
    s->port = ntohs(at.sin_port);
    assert_int_equal(pthread_create(&s->thread, NULL, listen_on, s), 0);
}

static void
server_stop(struct server *s)
{
    shutdown(s->fd, SHUT_RDWR);
    pthread_join(s->thread, NULL);
    for (int i = 0; i < s->served_n; i++)
        pthread_join(s->served[i], NULL);
    close(s->fd);
    SSL_CTX_free(s->tls);
}

/* ---------------------------------------------------------------- the client */

struct seen {
    int times;
    struct exchange x;
    char url[256];
};

static void
on_done(struct exchange *x)
{
    ((struct seen *)x->context)->times++;
}

static struct exchange *
request(struct seen *seen, const char *method, const char *host, int port, const char *path)
{
    *seen = (struct seen){0};
    snprintf(seen->url, sizeof(seen->url), "%s:%d%s", host, port, path);
    seen->x.method = method;
    seen->x.url = seen->url;
    seen->x.done = on_done;
    seen->x.context = seen;
    return &seen->x;
}

/* Start it and step until it is done. */
static void
run(struct transport *t, struct seen *seen)
{
    struct err e;

    assert_int_equal(transport_start(t, &seen->x, &e), OK);
    assert_int_equal(seen->times, 0);
    while (transport_step(t, 1000) > 0)
        continue;
    assert_int_equal(seen->times, 1);
}

static struct transport *
loopback(void)
{
    return transport_new(&(struct transport_options){.allow_http_loopback = true});
}

static void
get(struct transport *t, struct seen *seen, const char *path)
{
    request(seen, "GET", "http://127.0.0.1", plain.port, path);
    run(t, seen);
}

/* ---------------------------------------------------------------- the claims */

static void
a_request_arrives_as_written(void **state)
{
    struct transport *t = loopback();
    struct seen seen;

    (void)state;
    request(&seen, "POST", "http://localhost", plain.port, "/echo");
    seen.x.body = STR("{\"to\":\"U1\"}");
    seen.x.headers[0] = "Content-Type: application/json";
    seen.x.headers[1] = "Authorization: Bearer abc";
    seen.x.headers[2] = "X-Line-Retry-Key: 123e4567-e89b-42d3-a456-426614174000";
    run(t, &seen);
    assert_int_equal(seen.x.status, 200);
    assert_true(str_starts(seen.x.answer, STR("POST /echo HTTP/1.1\r\n")));
    assert_non_null(strstr(seen.x.answer.at, "\r\nContent-Type: application/json\r\n"));
    assert_non_null(strstr(seen.x.answer.at, "\r\nAuthorization: Bearer abc\r\n"));
    assert_non_null(strstr(seen.x.answer.at, "\r\nX-Line-Retry-Key: 123e4567-e89b"));
    assert_non_null(strstr(seen.x.answer.at, "\r\nContent-Length: 11\r\n"));
    assert_non_null(strstr(seen.x.answer.at, "\r\n\r\n{\"to\":\"U1\"}"));
    assert_null(strstr(seen.x.answer.at, "Expect:"));
    assert_string_equal(seen.x.request_id, "80ad8ab5");
    assert_string_equal(seen.x.failure, "");
    assert_int_equal(seen.x.retry_after_ms, -1);
    exchange_clear(&seen.x);
    exchange_clear(&seen.x); /* harmless */
    transport_free(t);
}

static void
what_the_outbox_needs_is_taken_from_the_headers(void **state)
{
    struct transport *t = loopback();
    struct seen seen;

    (void)state;
    get(t, &seen, "/limit");
    assert_int_equal(seen.x.status, 429);
    assert_int_equal(seen.x.retry_after_ms, 7000);
    assert_true(str_eq(seen.x.answer, STR("{}")));
    exchange_clear(&seen.x);
    get(t, &seen, "/date"); /* the other form of Retry-After is let be */
    assert_int_equal(seen.x.status, 503);
    assert_int_equal(seen.x.retry_after_ms, -1);
    assert_int_equal(seen.x.answer.n, 0);
    exchange_clear(&seen.x);
    get(t, &seen, "/again");
    assert_int_equal(seen.x.status, 409);
    assert_string_equal(seen.x.accepted_request_id, "first-one");
    assert_string_equal(seen.x.request_id, ""); /* one with a space in it is no id */
    exchange_clear(&seen.x);
    transport_free(t);
}

static void
no_whole_answer_is_no_answer(void **state)
{
    static const char *const row[] = {"/half", "/reset", "/nonsense", "/over"};
    struct transport *t = loopback();
    struct seen seen;

    (void)state;
    for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
        get(t, &seen, row[i]);
        assert_int_equal(seen.x.status, 0);
        assert_false(seen.x.timed_out);
        assert_string_not_equal(seen.x.failure, "");
        assert_int_equal(seen.x.answer.n, 0);
    }
    get(t, &seen, "/full");
    assert_int_equal(seen.x.status, 200);
    assert_int_equal(seen.x.answer.n, EXCHANGE_ANSWER_MAX);
    assert_int_equal(seen.x.answer.at[EXCHANGE_ANSWER_MAX], '\0');
    exchange_clear(&seen.x);
    request(&seen, "GET", "http://127.0.0.1", 1, "/nobody-listens");
    run(t, &seen);
    assert_int_equal(seen.x.status, 0);
    transport_free(t);
}

static void
what_may_have_arrived_is_told_from_what_never_left(void **state)
{
    static const struct {
        const char *host, *path;
        bool sent;
    } row[] = {
        {"http://127.0.0.1", "/half", true},
        {"http://127.0.0.1", "/reset", true},
        {"http://127.0.0.1", "/hang", true},
        {"https://127.0.0.1", "/echo", false}, /* spoken to without TLS */
    };
    struct transport *t = loopback();
    struct seen seen;

    (void)state;
    for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
        request(&seen, "POST", row[i].host, plain.port, row[i].path);
        seen.x.timeout_ms = 300;
        run(t, &seen);
        assert_int_equal(seen.x.status, 0);
        assert_int_equal(seen.x.sent, row[i].sent);
    }
    request(&seen, "POST", "http://127.0.0.1", 1, "/nobody-listens");
    run(t, &seen);
    assert_false(seen.x.sent);
    request(&seen, "POST", "http://localhost.invalid", 1, "/nobody-of-that-name");
    assert_int_equal(transport_start(t, &seen.x, &(struct err){0}), ERR_INPUT);
    request(&seen, "POST", "https://nobody.invalid", 443, "/");
    run(t, &seen);
    assert_false(seen.x.sent);
    transport_free(t);
}

static void
what_may_not_be_asked_twice_is_written_once(void **state)
{
    struct transport *t = loopback();
    struct seen seen;

    (void)state;
    for (int once = 0; once <= 1; once++) {
        int requests;

        get(t, &seen, "/limit"); /* the connection is kept, and libcurl trusts it */
        exchange_clear(&seen.x);
        requests = plain.requests;
        request(&seen, "POST", "http://127.0.0.1", plain.port, "/reset");
        seen.x.once = once;
        run(t, &seen);
        assert_int_equal(seen.x.status, 0);
        assert_true(seen.x.sent);
        assert_int_equal(plain.requests - requests, once ? 1 : 2);
    }
    transport_free(t);
}

static void
a_server_that_hangs_is_left_in_time(void **state)
{
    struct transport *t = loopback();
    int64_t before_ms = clock_monotonic_ms();
    struct seen seen;

    (void)state;
    request(&seen, "POST", "http://127.0.0.1", plain.port, "/hang");
    seen.x.timeout_ms = 300;
    run(t, &seen);
    assert_int_equal(seen.x.status, 0);
    assert_true(seen.x.timed_out);
    assert_true(clock_monotonic_ms() - before_ms >= 290);
    assert_true(clock_monotonic_ms() - before_ms < 5000);
    transport_free(t);
}

static void
redirects_are_not_followed(void **state)
{
    struct transport *t = loopback();
    struct seen seen;

    (void)state;
    get(t, &seen, "/redirect");
    assert_int_equal(seen.x.status, 302);
    assert_int_equal(plain.redirected, 0);
    exchange_clear(&seen.x);
    transport_free(t);
}

static void
a_connection_is_used_again(void **state)
{
    struct transport *t = loopback();
    int connections = plain.connections;
    struct seen seen;

    (void)state;
    for (int i = 0; i < 5; i++) {
        get(t, &seen, "/limit");
        exchange_clear(&seen.x);
    }
    assert_int_equal(plain.connections - connections, 1);
    transport_free(t);
}

static void
many_go_at_once_and_a_slow_one_holds_up_nobody(void **state)
{
    struct transport *t = loopback();
    struct seen slow, seen[20];
    struct err e;

    (void)state;
    request(&slow, "GET", "http://127.0.0.1", plain.port, "/hang");
    assert_int_equal(transport_start(t, &slow.x, &e), OK);
    for (int i = 0; i < 20; i++) {
        request(&seen[i], "GET", "http://127.0.0.1", plain.port, "/echo");
        assert_int_equal(transport_start(t, &seen[i].x, &e), OK);
    }
    while (transport_step(t, 1000) > 1)
        continue;
    for (int i = 0; i < 20; i++) {
        assert_int_equal(seen[i].times, 1);
        assert_int_equal(seen[i].x.status, 200);
        exchange_clear(&seen[i].x);
    }
    assert_int_equal(slow.times, 0);
    transport_free(t); /* ends the slow one */
    assert_int_equal(slow.times, 1);
    assert_int_equal(slow.x.status, 0);
    assert_string_equal(slow.x.failure, "stopped");
}

static struct transport *chained;

/* Two more after each, until three are done; then it tries to go on while stopping. */
static void
on_done_start_another(struct exchange *x)
{
    struct seen *seen = x->context;
    struct err e;

    seen->times++;
    exchange_clear(x);
    if (seen->times < 3)
        assert_int_equal(transport_start(chained, x, &e), OK);
    else if (strcmp(x->failure, "stopped") == 0)
        assert_int_equal(transport_start(chained, x, &e), ERR_BUSY);
}

static void
a_done_may_start_the_next(void **state)
{
    struct seen seen, last;
    struct err e;

    (void)state;
    chained = loopback();
    request(&seen, "GET", "http://127.0.0.1", plain.port, "/echo");
    seen.x.done = on_done_start_another;
    assert_int_equal(transport_start(chained, &seen.x, &e), OK);
    while (transport_step(chained, 1000) > 0)
        continue;
    assert_int_equal(seen.times, 3);
    request(&last, "GET", "http://127.0.0.1", plain.port, "/hang");
    last.x.done = on_done_start_another;
    last.times = 2;
    assert_int_equal(transport_start(chained, &last.x, &e), OK);
    transport_free(chained);
    assert_int_equal(last.times, 3);
}

static void
other_addresses_are_refused(void **state)
{
    static const char *const row[] = {
        "http://example.com/",
        "http://127.0.0.1.example.com/",
        "http://127.0.0.2/",
        "http://user:pw@127.0.0.1/",
        "https://user@localhost/",
        "http://localhost.example/",
        "ftp://127.0.0.1/",
        "file:///etc/passwd",
        "127.0.0.1/",
        "",
        "gopher://localhost/",
        "unix:///run/x",
    };
    struct transport *t = loopback();
    struct transport *strict = transport_new(&(struct transport_options){0});
    struct seen seen;
    struct err e;

    (void)state;
    for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
        request(&seen, "GET", "", 0, "");
        seen.x.url = row[i];
        if (transport_start(t, &seen.x, &e) != ERR_INPUT)
            fail_msg("%s was let through", row[i]);
        assert_string_equal(e.word, "url_refused");
    }
    request(&seen, "GET", "http://127.0.0.1", plain.port, "/echo");
    assert_int_equal(transport_start(strict, &seen.x, &e), ERR_INPUT);
    seen.x.url = NULL;
    assert_int_equal(transport_start(t, &seen.x, &e), ERR_INPUT);
    assert_int_equal(transport_step(t, 0), 0);
    assert_int_equal(seen.times, 0);
    transport_free(t);
    transport_free(strict);
    transport_free(NULL);
}

static void *
wake_soon(void *arg)
{
    usleep(50 * 1000);
    transport_wake(arg);
    return NULL;
}

static void
waiting_ends_when_woken(void **state)
{
    struct transport *t = loopback();
    int64_t before_ms = clock_monotonic_ms();
    pthread_t waker;

    (void)state;
    assert_int_equal(pthread_create(&waker, NULL, wake_soon, t), 0);
    assert_int_equal(transport_step(t, 10000), 0);
    assert_true(clock_monotonic_ms() - before_ms < 5000);
    pthread_join(waker, NULL);
    transport_wake(t); /* before the wait: that one ends at once */
    transport_step(t, 10000);
    assert_true(clock_monotonic_ms() - before_ms < 5000);
    before_ms = clock_monotonic_ms();
    transport_step(t, 100); /* and no later one */
    assert_true(clock_monotonic_ms() - before_ms >= 90);
    transport_free(t);
}

static void
certificates_are_checked(void **state)
{
    const char *ca_file = *state;
    struct transport *trusting = transport_new(&(struct transport_options){.ca_file = ca_file});
    struct transport *usual = transport_new(&(struct transport_options){0});
    struct seen seen;

    request(&seen, "GET", "https://localhost", secure.port, "/echo");
    run(trusting, &seen);
    assert_string_equal(seen.x.failure, "");
    assert_int_equal(seen.x.status, 200);
    exchange_clear(&seen.x);
    request(&seen, "GET", "https://127.0.0.1", secure.port, "/echo"); /* not its name */
    run(trusting, &seen);
    assert_int_equal(seen.x.status, 0);
    assert_string_equal(seen.x.reason, "certificate_refused");
    assert_non_null(strstr(seen.x.failure, "127.0.0.1"));
    request(&seen, "GET", "https://localhost", secure.port, "/echo"); /* nobody vouches for it */
    run(usual, &seen);
    assert_int_equal(seen.x.status, 0);
    assert_string_equal(seen.x.reason, "certificate_refused");
    assert_non_null(strstr(seen.x.failure, "self-signed"));
    assert_false(seen.x.sent);
    assert_false(seen.x.timed_out);
    assert_int_equal(secure.requests, 1);
    transport_free(trusting);
    transport_free(usual);
}

/* ---------------------------------------------------------------- HTTP/2 */

/* nghttpd, which speaks HTTP/2 over TLS, with the certificate of `secure`. */
static struct {
    pid_t pid;
    int port;
} second;

static void
second_start(const char *ca_file)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof(at);
    char port[8], key_file[300];
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    assert_int_equal(bind(fd, (struct sockaddr *)&at, n), 0); /* to learn of a free port */
    assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &n), 0);
    close(fd);
    second.port = ntohs(at.sin_port);
    snprintf(port, sizeof(port), "%d", second.port);
    snprintf(key_file, sizeof(key_file), "%s.key", ca_file);
    second.pid = fork();
    if (second.pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL); /* a test that fails leaves nobody behind */
        execl("/usr/sbin/nghttpd", "nghttpd", "-a", "127.0.0.1", "--echo-upload", "-d", P_tmpdir,
              port, key_file, ca_file, (char *)NULL);
        _exit(127);
    }
    assert_true(second.pid > 0);
    do {
        assert_int_equal(waitpid(second.pid, NULL, WNOHANG), 0); /* nghttp2-server is installed */
        usleep(10 * 1000);
        fd = socket(AF_INET, SOCK_STREAM, 0);
        n = (socklen_t)connect(fd, (struct sockaddr *)&at, sizeof(at));
        close(fd);
    } while (n != 0);
}

static void
second_stop(void)
{
    kill(second.pid, SIGCONT);
    kill(second.pid, SIGTERM);
    waitpid(second.pid, NULL, 0);
}

/* `n` requests at once, each answered with its own body; false when one was not. */
static void
ask_second(struct transport *t, int n)
{
    static struct seen seen[100];
    static char body[100][32];
    struct err e;

    for (int i = 0; i < n; i++) {
        request(&seen[i], "POST", "https://localhost", second.port, "/");
        snprintf(body[i], sizeof(body[i]), "number %d", i);
        seen[i].x.body = str_of(body[i]);
        assert_int_equal(transport_start(t, &seen[i].x, &e), OK);
    }
    while (transport_step(t, 1000) > 0)
        continue;
    for (int i = 0; i < n; i++) {
        assert_string_equal(seen[i].x.failure, "");
        assert_int_equal(seen[i].x.status, 200);
        assert_true(str_eq(seen[i].x.answer, str_of(body[i])));
        exchange_clear(&seen[i].x);
    }
}

static void
over_http2_many_requests_share_a_connection(void **state)
{
    struct transport *t = transport_new(&(struct transport_options){.ca_file = *state});
    struct transport_counts counts;

    second_start(*state);
    ask_second(t, 64); /* and none of them knew that there would be HTTP/2 */
    counts = transport_counts(t);
    assert_int_equal(counts.requests, 64);
    assert_int_equal(counts.http2, 64);
    assert_int_equal(counts.connections, 1);
    for (int i = 0; i < 20; i++)
        ask_second(t, i);
    ask_second(t, 100);
    counts = transport_counts(t);
    assert_int_equal(counts.requests, 64 + 190 + 100);
    assert_int_equal(counts.http2, counts.requests);
    assert_int_equal(counts.connections, 1); /* kept */
    transport_free(t);
    second_stop();
}

static void
a_shared_connection_that_one_timed_out_on_is_left(void **state)
{
    struct transport *t = transport_new(&(struct transport_options){.ca_file = *state});
    uint64_t connections;
    struct seen seen;

    second_start(*state);
    ask_second(t, 1);
    connections = transport_counts(t).connections;
    kill(second.pid, SIGSTOP); /* as a network that swallows everything */
    request(&seen, "POST", "https://localhost", second.port, "/");
    seen.x.timeout_ms = 200;
    run(t, &seen);
    assert_int_equal(seen.x.status, 0);
    assert_string_equal(seen.x.reason, "timed_out");
    kill(second.pid, SIGCONT);
    ask_second(t, 5);
    assert_int_equal(transport_counts(t).connections, connections + 1);
    transport_free(t);
    second_stop();
}

static void
no_more_than_a_few_connections_are_opened(void **state)
{
    struct transport *t = loopback();
    int before = plain.connections, requests = plain.requests, sent = 0;
    struct seen seen[3 * TRANSPORT_CONNECTIONS_MAX];
    struct err e;

    (void)state;
    for (size_t i = 0; i < 3 * TRANSPORT_CONNECTIONS_MAX; i++) {
        request(&seen[i], "GET", "http://127.0.0.1", plain.port, "/hang");
        assert_int_equal(transport_start(t, &seen[i].x, &e), OK);
    }
    while (plain.requests - requests < TRANSPORT_CONNECTIONS_MAX)
        transport_step(t, 10);
    for (int i = 0; i < 10; i++)
        transport_step(t, 10);
    assert_int_equal(plain.connections - before, TRANSPORT_CONNECTIONS_MAX);
    transport_free(t);
    for (size_t i = 0; i < 3 * TRANSPORT_CONNECTIONS_MAX; i++)
        sent += seen[i].x.sent;
    assert_int_equal(sent, TRANSPORT_CONNECTIONS_MAX); /* the others had to wait */
}

static void
a_tls_session_is_resumed_on_a_new_connection(void **state)
{
    struct transport *t = transport_new(&(struct transport_options){.ca_file = *state});
    int resumed = secure.resumed, connections = secure.connections;
    struct seen seen;

    for (int i = 0; i < 3; i++) {
        request(&seen, "GET", "https://localhost", secure.port, "/limit");
        run(t, &seen);
        assert_int_equal(seen.x.status, 429);
        exchange_clear(&seen.x);
        request(&seen, "GET", "https://localhost", secure.port, "/half"); /* it ends with this */
        run(t, &seen);
    }
    assert_int_equal(secure.connections - connections, 3);
    assert_int_equal(secure.resumed - resumed, 2);
    transport_free(t);
}

static void
old_tls_is_refused(void **state)
{
    static struct server old;
    struct transport *t = transport_new(&(struct transport_options){.ca_file = *state});
    SSL_CTX *tls = SSL_CTX_new(TLS_server_method());
    char key_file[300];
    struct seen seen;

    snprintf(key_file, sizeof(key_file), "%s.key", (const char *)*state);
    SSL_CTX_set_security_level(tls, 0);
    assert_int_equal(SSL_CTX_set_max_proto_version(tls, TLS1_1_VERSION), 1);
    assert_int_equal(SSL_CTX_use_certificate_file(tls, *state, SSL_FILETYPE_PEM), 1);
    assert_int_equal(SSL_CTX_use_PrivateKey_file(tls, key_file, SSL_FILETYPE_PEM), 1);
    server_start(&old, tls);
    request(&seen, "GET", "https://localhost", old.port, "/echo");
    run(t, &seen);
    assert_int_equal(seen.x.status, 0);
    assert_string_equal(seen.x.reason, "tls_refused");
    assert_false(seen.x.sent);
    transport_free(t);
    server_stop(&old);
}

/* ---------------------------------------------------------------- set-up */

static void
write_key(const char *path, EVP_PKEY *key)
{
    char name[300];
    FILE *file;

    snprintf(name, sizeof(name), "%s.key", path);
    file = fopen(name, "w");
    assert_non_null(file);
    assert_int_equal(PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL), 1);
    fclose(file);
}

/* A certificate for "localhost" that vouches for itself, its PEM in `path`, its key beside it. */
static SSL_CTX *
tls_new(const char *path)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *cert = X509_new();
    SSL_CTX *tls = SSL_CTX_new(TLS_server_method());
    X509_EXTENSION *names = X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name, "DNS:localhost");
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    X509_set_version(cert, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(cert), 1);
    X509_gmtime_adj(X509_getm_notBefore(cert), -3600);
    X509_gmtime_adj(X509_getm_notAfter(cert), 3600);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(cert), "CN", MBSTRING_ASC,
                               (const unsigned char *)"localhost", -1, -1, 0);
    X509_set_issuer_name(cert, X509_get_subject_name(cert));
    X509_set_pubkey(cert, key);
    X509_add_ext(cert, names, -1);
    assert_true(X509_sign(cert, key, EVP_sha256()) > 0);
    assert_int_equal(PEM_write_X509(file, cert), 1);
    fclose(file);
    write_key(path, key);
    assert_int_equal(SSL_CTX_use_certificate(tls, cert), 1);
    assert_int_equal(SSL_CTX_use_PrivateKey(tls, key), 1);
    X509_EXTENSION_free(names);
    X509_free(cert);
    EVP_PKEY_free(key);
    return tls;
}

static int
set_up(void **state)
{
    static char path[] = P_tmpdir "/test_line_transport_XXXXXX";
    int fd = mkstemp(path);

    assert_true(fd >= 0);
    close(fd);
    *state = path;
    memset(big, 'x', sizeof(big));
    server_start(&plain, NULL);
    server_start(&secure, tls_new(path));
    return 0;
}

static int
tear_down(void **state)
{
    char key_file[300];

    server_stop(&plain);
    server_stop(&secure);
    unlink(*state);
    snprintf(key_file, sizeof(key_file), "%s.key", (const char *)*state);
    unlink(key_file);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_arrives_as_written),
        cmocka_unit_test(what_the_outbox_needs_is_taken_from_the_headers),
        cmocka_unit_test(no_whole_answer_is_no_answer),
        cmocka_unit_test(what_may_have_arrived_is_told_from_what_never_left),
        cmocka_unit_test(what_may_not_be_asked_twice_is_written_once),
        cmocka_unit_test(a_server_that_hangs_is_left_in_time),
        cmocka_unit_test(redirects_are_not_followed),
        cmocka_unit_test(a_connection_is_used_again),
        cmocka_unit_test(many_go_at_once_and_a_slow_one_holds_up_nobody),
        cmocka_unit_test(a_done_may_start_the_next),
        cmocka_unit_test(other_addresses_are_refused),
        cmocka_unit_test(waiting_ends_when_woken),
        cmocka_unit_test(certificates_are_checked),
        cmocka_unit_test(over_http2_many_requests_share_a_connection),
        cmocka_unit_test(a_shared_connection_that_one_timed_out_on_is_left),
        cmocka_unit_test(no_more_than_a_few_connections_are_opened),
        cmocka_unit_test(a_tls_session_is_resumed_on_a_new_connection),
        cmocka_unit_test(old_tls_is_refused),
    };

    signal(SIGPIPE, SIG_IGN); /* SSL_write to a client that has gone */
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
