#include "line/transport.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "line/flight.h"

struct transport {
    CURLM *multi;
    struct transport_options options;
    CURLSH *sessions; /* of TLS: a new connection to a host known before costs less */
    struct flight *newest;
    size_t under_way;
    bool is_stopping;
    bool is_doubtful; /* one timed out: the next goes on a connection of its own */
    struct transport_counts counts;
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
    t->sessions = curl_share_init();
    if (t->multi == NULL || t->sessions == NULL ||
        curl_share_setopt(t->sessions, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION) != CURLSHE_OK) {
        curl_share_cleanup(t->sessions);
        curl_multi_cleanup(t->multi);
        free(t);
        return NULL;
    }
    curl_multi_setopt(t->multi, CURLMOPT_PIPELINING, CURLPIPE_MULTIPLEX);
    curl_multi_setopt(t->multi, CURLMOPT_MAX_HOST_CONNECTIONS, (long)TRANSPORT_CONNECTIONS_MAX);
    curl_multi_setopt(t->multi, CURLMOPT_MAXCONNECTS, (long)(2 * TRANSPORT_CONNECTIONS_MAX));
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

enum err_code
transport_start(struct transport *t, struct exchange *x, struct err *e)
{
    struct flight *f;

    if (t->is_stopping)
        return err_set(e, ERR_BUSY, "transport_stopping", "no new requests while stopping");
    assert(x->done != NULL);
    if (!url_is_allowed(x->url, t->options.allow_http_loopback))
        return err_set(e, ERR_INPUT, "url_refused", "not an https address");
    f = calloc(1, sizeof(*f));
    if (f == NULL)
        return err_set(e, ERR_INTERNAL, "out_of_memory", "no memory for a request");
    f->transport = t;
    f->exchange = x;
    f->older = t->newest;
    if (f->older != NULL)
        f->older->newer = f;
    t->newest = f;
    t->under_way++;
    f->fresh = t->is_doubtful;
    if (!flight_prepare(f, &t->options, t->sessions) ||
        curl_multi_add_handle(t->multi, f->easy) != CURLM_OK) {
        flight_free(f);
        return err_set(e, ERR_INTERNAL, "request_failed", "libcurl would not take a request");
    }
    t->is_doubtful = false;
    x->status = 0;
    x->reason = "";
    x->timed_out = x->sent = false;
    x->failure[0] = x->request_id[0] = x->accepted_request_id[0] = '\0';
    x->answer = STR("");
    x->date_ms = 0;
    x->retry_after_ms = -1;
    return OK;
}

/* What an operator would have to look at. */
static const char *
reason_of(const struct flight *f, CURLcode result)
{
    static const struct {
        CURLcode code;
        const char *reason;
    } row[] = {
        {CURLE_COULDNT_RESOLVE_HOST, "host_unknown"},
        {CURLE_COULDNT_CONNECT, "no_connection"},
        {CURLE_PEER_FAILED_VERIFICATION, "certificate_refused"},
        {CURLE_SSL_CONNECT_ERROR, "tls_refused"},
        {CURLE_SSL_CIPHER, "tls_refused"},
        {CURLE_OPERATION_TIMEDOUT, "timed_out"},
        {CURLE_OUT_OF_MEMORY, "out_of_memory"},
    };

    if (f->overflowed)
        return "answer_too_long";
    for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++)
        if (row[i].code == result)
            return row[i].reason;
    return f->written > 0 ? "broken_off" : "no_connection";
}

/* Fill in the results of a flight that libcurl has finished with. */
static void
flight_land(struct flight *f, CURLcode result)
{
    struct exchange *x = f->exchange;
    struct transport *t = f->transport;
    long status = 0, connections = 0, version = 0;

    curl_easy_getinfo(f->easy, CURLINFO_NUM_CONNECTS, &connections);
    curl_easy_getinfo(f->easy, CURLINFO_HTTP_VERSION, &version);
    t->counts.requests += f->written > 0;
    t->counts.connections += (uint64_t)connections;
    t->counts.http2 += version == CURL_HTTP_VERSION_2_0;
    if (result == CURLE_OK) {
        curl_easy_getinfo(f->easy, CURLINFO_RESPONSE_CODE, &status);
        x->status = (int)status;
        if (f->answer != NULL)
            x->answer = (struct str){f->answer, f->answer_n};
        f->answer = NULL; /* the exchange's now */
    } else {
        x->timed_out = result == CURLE_OPERATION_TIMEDOUT;
        x->sent = f->written > 0;
        x->reason = reason_of(f, result);
        t->is_doubtful |= x->timed_out && x->sent;
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
        t->newest->exchange->reason = "stopped";
        str_copy(STR("stopped"), t->newest->exchange->failure,
                 sizeof(t->newest->exchange->failure));
        flight_end(t->newest);
    }
    curl_multi_cleanup(t->multi);
    curl_share_cleanup(t->sessions);
    free(t);
}

struct transport_counts
transport_counts(const struct transport *t)
{
    return t->counts;
}

void
exchange_clear(struct exchange *x)
{
    if (x->answer.n > 0)
        free((char *)x->answer.at); /* of length 0 it is a literal */
    x->answer = STR("");
}
