#include "app/courier.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/errand.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/log.h"
#include "line/token.h"
#include "line/transport.h"

#define UNDER_WAY_MAX 64
#define TOKEN_RETRY_MS SECOND_MS

/* One exchange with LINE and what it is for: a parcel, an errand, or (neither) the channel token.
 */
struct trip {
    struct exchange exchange;
    struct courier *courier;
    struct parcel *parcel;
    struct errand *errand;
    char *(*keep)(void *context, const char *text, size_t n);
    void (*done)(void *context);
    void *context;
    bool token_is_second;
    char url[512], authorization[8 * KIB + 32], retry_key[80]; /* token.c: 8 KiB at most */
    struct trip *next;
};

struct courier {
    pthread_t thread;
    pthread_mutex_t lock;
    /* under the lock: */
    struct parcel *parcels, **parcels_end;
    struct trip *errands, **errands_end;
    bool stopping, forget_token;
    struct courier_counts counts;
    /* the thread's own: */
    struct transport *transport;
    struct token token;
    bool token_under_way;
    bool token_is_second;   /* LINE refused the one before, and has not accepted this one yet */
    int64_t token_after_ms; /* not before: the last try failed */
    size_t under_way;

    struct courier_options options;
    void (*delivered)(void *context, struct parcel *parcel);
    void *context;
};

void
parcel_free(struct parcel *p)
{
    if (!p)
        return;
    free((void *)(uintptr_t)p->body.at);
    free((void *)(uintptr_t)p->answer.at);
    free(p);
}

/* ---------------------------------------------------------------- what comes back */

static void
counted(struct courier *c, bool answered)
{
    pthread_mutex_lock(&c->lock);
    c->counts.answered += answered;
    c->counts.unanswered += !answered;
    pthread_mutex_unlock(&c->lock);
}

static void
parcel_done(struct exchange *x)
{
    struct trip *trip = x->context;
    struct courier *c = trip->courier;
    struct parcel *p = trip->parcel;

    c->under_way--;
    counted(c, x->status != 0);
    if (x->status != 0 && x->status != 401)
        c->token_is_second = false;
    p->token_renewed = x->status == 401 && trip->token_is_second;
    p->status = x->status;
    p->retry_after_ms = x->retry_after_ms;
    if (x->answer.n) { /* taken over: exchange_clear must not free it. An empty one is a literal */
        p->answer = x->answer;
        x->answer = STR("");
    }
    snprintf(p->request_id, sizeof(p->request_id), "%s",
             x->status == 409 && x->accepted_request_id[0] ? x->accepted_request_id
                                                           : x->request_id);
    snprintf(p->failure, sizeof(p->failure), "%.*s", (int)sizeof(p->failure) - 1, x->failure);
    exchange_clear(x);
    free(trip);
    c->delivered(c->context, p);
}

static void
errand_done(struct exchange *x)
{
    struct trip *trip = x->context;
    struct errand *errand = trip->errand;

    trip->courier->under_way--;
    counted(trip->courier, x->status != 0);
    errand->status = x->status;
    errand->answer =
        (struct str){trip->keep(trip->context, x->answer.at, x->answer.n), x->answer.n};
    errand->failure = trip->keep(trip->context, x->failure, strlen(x->failure));
    if (!errand->answer.at)
        errand->status = 0;
    exchange_clear(x);
    trip->done(trip->context);
    free(trip);
}

static void
token_done(struct exchange *x)
{
    struct trip *trip = x->context;
    struct courier *c = trip->courier;
    struct err e = {0};
    int64_t now_ms = clock_now_ms(c->options.clock);

    c->token_under_way = false;
    if (x->status == 0 ? err_set(&e, ERR_UPSTREAM, "line_unreachable", "%s", x->failure)
                       : token_response(x->answer, now_ms, &c->token, &e)) {
        c->token_after_ms = now_ms + TOKEN_RETRY_MS;
        LOG(LOG_WARN, "token.refused", L_INT("status", x->status), L_TEXT("why", e.text));
    }
    exchange_clear(x);
    free((void *)(uintptr_t)x->body.at);
    free(trip);
}

/* ---------------------------------------------------------------- what goes out */

static struct trip *
trip_new(struct courier *c, const char *path)
{
    struct trip *trip = calloc(1, sizeof(*trip));

    if (!trip)
        return NULL;
    trip->courier = c;
    snprintf(trip->url, sizeof(trip->url), "%.*s%s", (int)c->options.api_url.n,
             c->options.api_url.at, path);
    trip->exchange = (struct exchange){.method = "POST", .url = trip->url, .context = trip};
    return trip;
}

static void
token_fetch(struct courier *c)
{
    struct trip *trip = trip_new(c, "/oauth2/v3/token");
    struct arena *a = arena_new(8 * KIB);
    struct buf form = buf_new(a, 4 * KIB);
    struct err e = {0};
    char *body;

    token_request(&form, c->options.channel_id, c->options.channel_secret);
    body = trip && !buf_failed(&form) ? strdup(form.at) : NULL;
    arena_free(a);
    if (!body) {
        free(trip);
        return;
    }
    trip->exchange.headers[0] = "Content-Type: application/x-www-form-urlencoded";
    trip->exchange.body = str_of(body);
    trip->exchange.done = token_done;
    c->token_under_way = true;
    if (transport_start(c->transport, &trip->exchange, &e)) {
        LOG(LOG_ERROR, "token.unsent", L_TEXT("why", e.text));
        c->token_under_way = false;
        c->token_after_ms = clock_now_ms(c->options.clock) + TOKEN_RETRY_MS;
        free(body);
        free(trip);
    }
}

/* A parcel that cannot leave now: whoever gave it decides when to try again. */
static void
parcel_back(struct courier *c, struct parcel *p, const char *why)
{
    p->status = 0;
    p->retry_after_ms = -1;
    snprintf(p->failure, sizeof(p->failure), "%s", why);
    c->delivered(c->context, p);
}

static void
parcel_go(struct courier *c, struct parcel *p)
{
    struct trip *trip = trip_new(c, p->is_push ? "/v2/bot/message/push" : "/v2/bot/message/reply");
    struct exchange *x;
    struct err e = {0};

    if (!trip) {
        parcel_back(c, p, "no memory");
        return;
    }
    trip->parcel = p;
    trip->token_is_second = c->token_is_second;
    x = &trip->exchange;
    snprintf(trip->authorization, sizeof(trip->authorization), "Authorization: Bearer %s",
             c->token.text);
    x->headers[0] = "Content-Type: application/json";
    x->headers[1] = trip->authorization;
    if (p->is_push) {
        snprintf(trip->retry_key, sizeof(trip->retry_key), "X-Line-Retry-Key: %s", p->retry_key);
        x->headers[2] = trip->retry_key;
    }
    x->body = p->body;
    x->done = parcel_done;
    if (transport_start(c->transport, x, &e)) {
        free(trip);
        parcel_back(c, p, e.text);
        return;
    }
    c->under_way++;
}

static void
errand_go(struct courier *c, struct trip *trip)
{
    struct err e = {0};

    if (!transport_start(c->transport, &trip->exchange, &e)) {
        c->under_way++;
        return;
    }
    trip->errand->status = 0;
    trip->errand->failure = trip->keep(trip->context, e.text, strlen(e.text));
    trip->done(trip->context);
    free(trip);
}

/* ---------------------------------------------------------------- the thread */

static struct parcel *
parcel_next(struct courier *c)
{
    struct parcel *p;

    pthread_mutex_lock(&c->lock);
    p = c->parcels;
    if (p) {
        c->parcels = p->next;
        if (!c->parcels)
            c->parcels_end = &c->parcels;
        c->counts.waiting--;
    }
    pthread_mutex_unlock(&c->lock);
    return p;
}

static bool
parcels_wait(struct courier *c)
{
    bool wait;

    pthread_mutex_lock(&c->lock);
    wait = c->parcels != NULL;
    pthread_mutex_unlock(&c->lock);
    return wait;
}

static struct trip *
errand_next(struct courier *c)
{
    struct trip *trip;

    pthread_mutex_lock(&c->lock);
    trip = c->errands;
    if (trip) {
        c->errands = trip->next;
        if (!c->errands)
            c->errands_end = &c->errands;
    }
    pthread_mutex_unlock(&c->lock);
    return trip;
}

/* Parcels need a token; without one they wait here, or go back when LINE gives none. */
static void
parcels_move(struct courier *c, bool stopping)
{
    int64_t now_ms = clock_now_ms(c->options.clock);
    bool fresh = token_is_fresh(&c->token, now_ms);
    struct parcel *p;

    while ((stopping || ((fresh || now_ms < c->token_after_ms) && c->under_way < UNDER_WAY_MAX)) &&
           (p = parcel_next(c))) {
        if (stopping)
            parcel_back(c, p, "stopping");
        else if (fresh)
            parcel_go(c, p);
        else
            parcel_back(c, p, "no channel token");
    }
    if (!fresh && !stopping && !c->token_under_way && now_ms >= c->token_after_ms &&
        parcels_wait(c))
        token_fetch(c);
}

static void *
courier_run(void *context)
{
    struct courier *c = context;
    struct trip *trip;

    for (;;) {
        bool stopping;

        pthread_mutex_lock(&c->lock);
        stopping = c->stopping;
        if (c->forget_token) {
            token_clear(&c->token);
            c->token_is_second = true;
        }
        c->forget_token = false;
        c->counts.under_way = c->under_way;
        pthread_mutex_unlock(&c->lock);
        while ((trip = errand_next(c)))
            errand_go(c, trip);
        parcels_move(c, stopping);
        if (stopping)
            break;
        (void)transport_step(c->transport, 1000);
    }
    return NULL;
}

enum err_code
courier_start(struct courier **out, const struct courier_options *options,
              void (*delivered)(void *context, struct parcel *parcel), void *context, struct err *e)
{
    struct courier *c = calloc(1, sizeof(*c));
    const struct transport_options transport = {.allow_http_loopback =
                                                    options->allow_http_loopback};

    if (!c || !(c->transport = transport_new(&transport))) {
        free(c);
        return err_set(e, ERR_INTERNAL, "out_of_memory", "courier");
    }
    c->options = *options;
    c->delivered = delivered;
    c->context = context;
    c->parcels_end = &c->parcels;
    c->errands_end = &c->errands;
    pthread_mutex_init(&c->lock, NULL);
    if (pthread_create(&c->thread, NULL, courier_run, c)) {
        transport_free(c->transport);
        free(c);
        return err_set(e, ERR_INTERNAL, "thread", "courier");
    }
    *out = c;
    return OK;
}

void
courier_stop(struct courier *c)
{
    if (!c)
        return;
    pthread_mutex_lock(&c->lock);
    c->stopping = true;
    pthread_mutex_unlock(&c->lock);
    transport_wake(c->transport);
    pthread_join(c->thread, NULL);
    transport_free(c->transport); /* ends what is under way; not before: others wake it */
    token_clear(&c->token);
    pthread_mutex_destroy(&c->lock);
    free(c);
}

void
courier_send(struct courier *c, struct parcel *parcel)
{
    parcel->next = NULL;
    pthread_mutex_lock(&c->lock);
    *c->parcels_end = parcel;
    c->parcels_end = &parcel->next;
    c->counts.waiting++;
    pthread_mutex_unlock(&c->lock);
    transport_wake(c->transport);
}

void
courier_errand(struct courier *c, struct errand *errand,
               char *(*keep)(void *context, const char *text, size_t n),
               void (*done)(void *context), void *context)
{
    struct trip *trip = calloc(1, sizeof(*trip));

    if (!trip) {
        errand->status = 0;
        errand->failure = "no memory";
        done(context);
        return;
    }
    *trip = (struct trip){
        .courier = c, .errand = errand, .keep = keep, .done = done, .context = context};
    trip->exchange = (struct exchange){
        .method = errand->method,
        .url = errand->url,
        .headers = {errand->content_type},
        .body = errand->body,
        .context = trip,
        .done = errand_done,
    };
    pthread_mutex_lock(&c->lock);
    *c->errands_end = trip;
    c->errands_end = &trip->next;
    pthread_mutex_unlock(&c->lock);
    transport_wake(c->transport);
}

void
courier_renew_token(struct courier *c)
{
    pthread_mutex_lock(&c->lock);
    c->forget_token = true;
    pthread_mutex_unlock(&c->lock);
    transport_wake(c->transport);
}

struct courier_counts
courier_counts(struct courier *c)
{
    struct courier_counts counts;

    pthread_mutex_lock(&c->lock);
    counts = c->counts;
    pthread_mutex_unlock(&c->lock);
    return counts;
}
