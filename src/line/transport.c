#include "line/transport.h"

#include <assert.h>
#include <curl/curl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

#define CONNECTIONS_PER_HOST 8
#define RETRY_AFTER_MAX_S 86400 /* what asks for more is taken as a day */

/* One exchange on its way. */
struct flight {
    struct transport *transport;
    struct exchange *exchange;
    CURL *easy;
    struct curl_slist *headers;
    char *answer;
    size_t answer_n;
    bool overflowed;
    int written; /* how often libcurl began to write the request */
    char problem[CURL_ERROR_SIZE];
    struct flight *older, *newer;
};

struct transport {
    CURLM *multi;
    struct transport_options options;
    struct flight *newest;
    size_t under_way;
    bool is_stopping;
};

static void
library_start(void)
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
}

struct transport *
transport_new(const struct transport_options *options)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    struct transport *t = calloc(1, sizeof(*t));

    pthread_once(&once, library_start);
    if (t == NULL)
        return NULL;
    t->options = *options;
    t->multi = curl_multi_init();
    if (t->multi == NULL) {
        free(t);
        return NULL;
    }
    curl_multi_setopt(t->multi, CURLMOPT_PIPELINING, CURLPIPE_MULTIPLEX);
    curl_multi_setopt(t->multi, CURLMOPT_MAX_HOST_CONNECTIONS, (long)CONNECTIONS_PER_HOST);
    return t;
}

static void
flight_free(struct flight *f)
{
    struct transport *t = f->transport;

    if (f->older != NULL)
        f->older->newer = f->newer;
    if (f->newer != NULL)
        f->newer->older = f->older;
    if (t->newest == f)
        t->newest = f->older;
    t->under_way--;
    if (f->easy != NULL) {
        curl_multi_remove_handle(t->multi, f->easy); /* harmless when it never got in */
        curl_easy_cleanup(f->easy);
    }
    curl_slist_free_all(f->headers);
    free(f->answer);
    free(f);
}

/* Tell the caller, who may free the exchange and start others. */
static void
flight_end(struct flight *f)
{
    struct exchange *x = f->exchange;

    flight_free(f);
    x->done(x);
}

/* https, or http to this very machine where that is allowed; nothing with a password in it. */
static bool
url_is_allowed(const char *text, bool allow_http_loopback)
{
    static const char *const loopback[] = {"127.0.0.1", "localhost", "[::1]"};
    CURLU *url = curl_url();
    char *scheme = NULL, *host = NULL, *user = NULL;
    bool is_allowed = false;

    if (url != NULL && text != NULL && curl_url_set(url, CURLUPART_URL, text, 0) == CURLUE_OK &&
        curl_url_get(url, CURLUPART_USER, &user, 0) == CURLUE_NO_USER &&
        curl_url_get(url, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
        curl_url_get(url, CURLUPART_HOST, &host, 0) == CURLUE_OK) {
        is_allowed = strcmp(scheme, "https") == 0;
        for (size_t i = 0; i < sizeof(loopback) / sizeof(loopback[0]); i++)
            if (allow_http_loopback && strcmp(scheme, "http") == 0 &&
                strcmp(host, loopback[i]) == 0)
                is_allowed = true;
    }
    curl_free(user);
    curl_free(scheme);
    curl_free(host);
    curl_url_cleanup(url);
    return is_allowed;
}

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

enum err_code
transport_start(struct transport *t, struct exchange *x, struct err *e)
{
    struct flight *f;

    if (t->is_stopping)
        return err_set(e, ERR_BUSY, "transport_stopping", "no new requests while stopping");
    assert(x->done != NULL);
    assert(has_body(x->method) || strcmp(x->method, "GET") == 0 ||
           strcmp(x->method, "DELETE") == 0);
    if (!url_is_allowed(x->url, t->options.allow_http_loopback))
        return err_set(e, ERR_INPUT, "url_refused", "not an https address");
    f = calloc(1, sizeof(*f));
    if (f == NULL)
        return err_set(e, ERR_INTERNAL, "no_memory", "no memory for a request");
    f->transport = t;
    f->exchange = x;
    f->older = t->newest;
    if (f->older != NULL)
        f->older->newer = f;
    t->newest = f;
    t->under_way++;
    f->easy = curl_easy_init();
    if (f->easy == NULL || !set_rules(f->easy, &t->options) || !set_headers(f) || !set_request(f) ||
        curl_multi_add_handle(t->multi, f->easy) != CURLM_OK) {
        flight_free(f);
        return err_set(e, ERR_INTERNAL, "request_failed", "libcurl would not take a request");
    }
    x->status = 0;
    x->timed_out = x->sent = false;
    x->failure[0] = x->request_id[0] = x->accepted_request_id[0] = '\0';
    x->answer = STR("");
    x->date_ms = 0;
    x->retry_after_ms = -1;
    return OK;
}

/* Fill in the results of a flight that libcurl has finished with. */
static void
flight_land(struct flight *f, CURLcode result)
{
    struct exchange *x = f->exchange;
    long status = 0;

    if (result == CURLE_OK) {
        curl_easy_getinfo(f->easy, CURLINFO_RESPONSE_CODE, &status);
        x->status = (int)status;
        if (f->answer != NULL)
            x->answer = (struct str){f->answer, f->answer_n};
        f->answer = NULL; /* the exchange's now */
    } else {
        x->timed_out = result == CURLE_OPERATION_TIMEDOUT;
        x->sent = f->written > 0;
        str_copy(str_of(f->overflowed   ? "answer too long"
                        : f->problem[0] ? f->problem
                                        : curl_easy_strerror(result)),
                 x->failure, sizeof(x->failure));
    }
}

/* Move the network on and end what is finished; how many that were. */
static size_t
progress(struct transport *t)
{
    struct CURLMsg *message;
    struct flight *f;
    size_t ended = 0;
    int running, left;

    curl_multi_perform(t->multi, &running);
    while ((message = curl_multi_info_read(t->multi, &left)) != NULL) {
        CURLcode result = message->data.result; /* gone with its handle */

        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &f);
        flight_land(f, result);
        flight_end(f);
        ended++;
    }
    return ended;
}

size_t
transport_step(struct transport *t, int wait_ms)
{
    if (progress(t) == 0) {
        curl_multi_poll(t->multi, NULL, 0, wait_ms, NULL);
        progress(t);
    }
    return t->under_way;
}

void
transport_wake(struct transport *t)
{
    curl_multi_wakeup(t->multi);
}

void
transport_free(struct transport *t)
{
    if (t == NULL)
        return;
    t->is_stopping = true;
    while (t->newest != NULL) {
        t->newest->exchange->sent = t->newest->written > 0;
        str_copy(STR("stopped"), t->newest->exchange->failure,
                 sizeof(t->newest->exchange->failure));
        flight_end(t->newest);
    }
    curl_multi_cleanup(t->multi);
    free(t);
}

void
exchange_clear(struct exchange *x)
{
    if (x->answer.n > 0)
        free((char *)x->answer.at); /* of length 0 it is a literal */
    x->answer = STR("");
}
