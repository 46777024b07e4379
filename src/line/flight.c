#include "line/flight.h"

#include <assert.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"

#define RETRY_AFTER_MAX_S 86400 /* what asks for more is taken as a day */
#define IDLE_S 60               /* a connection idle for longer is not used again */
#define LIFE_S 600              /* nor one older: LINE's addresses change */

/* ---------------------------------------------------------------- what comes back */

static size_t
answer_max(const struct exchange *x)
{
    return x->answer_max > 0 ? x->answer_max : EXCHANGE_ANSWER_MAX;
}

static size_t
on_body(char *bytes, size_t size, size_t n, void *arg)
{
    struct flight *f = arg;
    char *more;

    (void)size; /* always 1: CURLOPT_WRITEFUNCTION(3) */
    if (n > answer_max(f->exchange) - f->answer_n) {
        f->overflowed = true;
        return 0; /* ends the transfer */
    }
    more = realloc(f->answer, f->answer_n + n + 1);
    if (more == NULL)
        return 0;
    memcpy(more + f->answer_n, bytes, n);
    f->answer = more;
    f->answer_n += n;
    f->answer[f->answer_n] = '\0';
    return n;
}

/* An id for the log: visible ASCII of a sane length, or nothing. */
static void
keep_id(struct str value, char *out, size_t cap)
{
    for (size_t i = 0; i < value.n; i++)
        if (value.at[i] <= ' ' || value.at[i] > '~')
            return;
    str_copy(value, out, cap);
}

/* A date as HTTP writes it, or 0. */
static int64_t
date_of(struct str value)
{
    char text[64];
    time_t at = str_copy(value, text, sizeof(text)) ? curl_getdate(text, NULL) : -1;

    return at > 0 ? (int64_t)at * 1000 : 0;
}

static size_t
on_header(char *bytes, size_t size, size_t n, void *arg)
{
    struct exchange *x = ((struct flight *)arg)->exchange;
    struct str line = {bytes, n}, name;
    uint64_t seconds;

    (void)size;
    while (line.n > 0 && (line.at[line.n - 1] == '\n' || line.at[line.n - 1] == '\r'))
        line.n--;
    if (!str_until(&line, ':', &name))
        return n;
    line = str_trim(line);
    if (str_eq_nocase(name, STR("date")))
        x->date_ms = date_of(line);
    else if (str_eq_nocase(name, STR("x-line-request-id")))
        keep_id(line, x->request_id, sizeof(x->request_id));
    else if (str_eq_nocase(name, STR("x-line-accepted-request-id")))
        keep_id(line, x->accepted_request_id, sizeof(x->accepted_request_id));
    else if (str_eq_nocase(name, STR("retry-after")) && str_number(&line, &seconds, INT32_MAX) &&
             line.n == 0)
        x->retry_after_ms =
            (int64_t)(seconds < RETRY_AFTER_MAX_S ? seconds : RETRY_AFTER_MAX_S) * SECOND_MS;
    return n;
}

/* ---------------------------------------------------------------- what goes out */

/* A connection whose other end has silently gone ends when what was sent on it is not acknowledged;
 * over HTTP/2, which shares it, libcurl would go on using it. */
static int
on_socket(void *arg, curl_socket_t fd, curlsocktype purpose)
{
    unsigned ms = EXCHANGE_TIMEOUT_MS;

    (void)arg;
    (void)purpose;
    (void)setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &ms, sizeof(ms));
    return CURL_SOCKOPT_OK;
}

/* What holds for every request: this is where nothing may be loosened. */
static bool
set_rules(CURL *c, const struct transport_options *options)
{
    const char *protocols = options->allow_http_loopback ? "https,http" : "https";

    return curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, protocols) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 1L) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 2L) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_MAXAGE_CONN, (long)IDLE_S) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_MAXLIFETIME_CONN, (long)LIFE_S) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_TCP_KEEPALIVE, 1L) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_SOCKOPTFUNCTION, on_socket) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_NOPROXY, "localhost,127.0.0.1,::1") == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_USERAGENT, "stampd") == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, (long)EXCHANGE_CONNECT_MS) == CURLE_OK &&
           (options->ca_file == NULL ||
            curl_easy_setopt(c, CURLOPT_CAINFO, options->ca_file) == CURLE_OK);
}

static bool
set_headers(struct flight *f)
{
    const struct exchange *x = f->exchange;

    f->headers = curl_slist_append(NULL, "Expect:"); /* no waiting for 100 Continue */
    for (size_t i = 0; f->headers != NULL && i < EXCHANGE_HEADERS && x->headers[i] != NULL; i++) {
        struct curl_slist *longer = curl_slist_append(f->headers, x->headers[i]);

        if (longer == NULL)
            return false;
        f->headers = longer;
    }
    return f->headers != NULL &&
           curl_easy_setopt(f->easy, CURLOPT_HTTPHEADER, f->headers) == CURLE_OK;
}

/*
 * Called when a connection stands and the request is about to be written to it. libcurl writes it
 * again, on a new connection, when one that was kept ends without an answer: LINE may have carried
 * it out, so that whoever may not ask twice must not.
 */
static int
on_write(void *arg, char *peer, char *local, int peer_port, int local_port)
{
    struct flight *f = arg;

    (void)peer;
    (void)local;
    (void)peer_port;
    (void)local_port;
    if (f->written > 0 && f->exchange->once)
        return CURL_PREREQFUNC_ABORT;
    f->written++;
    return CURL_PREREQFUNC_OK;
}

static bool
has_body(const char *method)
{
    return strcmp(method, "POST") == 0 || strcmp(method, "PUT") == 0;
}

static bool
set_request(struct flight *f)
{
    const struct exchange *x = f->exchange;
    long timeout_ms = x->timeout_ms > 0 ? (long)x->timeout_ms : EXCHANGE_TIMEOUT_MS;
    CURL *c = f->easy;

    if (has_body(x->method) &&
        (curl_easy_setopt(c, CURLOPT_POST, 1L) != CURLE_OK ||
         curl_easy_setopt(c, CURLOPT_POSTFIELDS, x->body.n > 0 ? x->body.at : "") != CURLE_OK ||
         curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)x->body.n) != CURLE_OK))
        return false;
    return curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, x->method) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_URL, x->url) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, timeout_ms) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_body) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_WRITEDATA, f) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, on_header) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_HEADERDATA, f) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_PREREQFUNCTION, on_write) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_PREREQDATA, f) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_ERRORBUFFER, f->problem) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_PRIVATE, f) == CURLE_OK;
}

bool
flight_prepare(struct flight *f, const struct transport_options *options, CURLSH *sessions)
{
    /* A second request waits for the first to tell whether the connection can be shared. */
    const struct exchange *x = f->exchange;
    bool wait = strncmp(x->url, "https", 5) == 0;

    assert(has_body(x->method) || strcmp(x->method, "GET") == 0 ||
           strcmp(x->method, "DELETE") == 0);
    f->easy = curl_easy_init();
    return f->easy != NULL && set_rules(f->easy, options) && set_headers(f) && set_request(f) &&
           curl_easy_setopt(f->easy, CURLOPT_SHARE, sessions) == CURLE_OK &&
           curl_easy_setopt(f->easy, CURLOPT_PIPEWAIT, wait ? 1L : 0L) == CURLE_OK &&
           curl_easy_setopt(f->easy, CURLOPT_FRESH_CONNECT, f->fresh ? 1L : 0L) == CURLE_OK;
}
