#include "app/courier.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/errand.h"
#include "line/transport.h"

#define UNDER_WAY_MAX 64

/* One exchange with LINE and what it is for: a parcel or an errand. */
struct trip {
    struct exchange exchange;
    struct courier *courier;
    struct parcel *parcel;
    struct errand *errand;
    char *(*keep)(void *context, const char *text, size_t n);
    void (*done)(void *context);
    void *context;
    struct channel *channel; /* whose token goes along; NULL: none does */
    uint64_t token_number;
    bool repeated; /* an errand whose first token was refused */
    char url[512], authorization[CHANNEL_AUTHORIZATION_SIZE], retry_key[80];
    struct trip *next;
};

struct courier {
    pthread_t thread;
    pthread_mutex_t lock;
    /* under the lock: */
    struct parcel *parcels, **parcels_end;
    struct trip *errands, **errands_end;
    bool stopping;
    struct courier_counts counts;
    /* the thread's own: */
    struct transport *transport;
    struct channel bot, login;
    struct trip *held; /* errands that wait for a token, the oldest first */
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
errand_hold(struct courier *c, struct trip *trip)
{
    struct trip **end = &c->held;

    while (*end)
        end = &(*end)->next;
    trip->next = NULL;
    *end = trip;
}

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
    p->token_renewed = channel_answered(trip->channel, trip->token_number, x->status);
    p->status = x->status;
    p->sent = x->sent;
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
errand_end(struct trip *trip, const char *failure)
{
    trip->errand->failure = trip->keep(trip->context, failure, strlen(failure));
    trip->done(trip->context);
    free(trip);
}

static void
errand_done(struct exchange *x)
{
    struct trip *trip = x->context;
    struct courier *c = trip->courier;
    struct errand *errand = trip->errand;
    const char *failure = x->failure;

    c->under_way--;
    counted(c, x->status != 0);
    if (trip->channel) {
        (void)channel_answered(trip->channel, trip->token_number, x->status);
        if (x->status == 401 && !trip->repeated) {
            exchange_clear(x);
            trip->repeated = true;
            errand_hold(c, trip);
            return;
        }
    }
    errand->status = x->status;
    errand->answer =
        (struct str){trip->keep(trip->context, x->answer.at, x->answer.n), x->answer.n};
    if (!errand->answer.at) {
        errand->status = 0;
        errand->answer = STR("");
        failure = "no room for the answer";
    }
    (void)str_copy(str_of(x->request_id), errand->request_id, sizeof(errand->request_id));
    exchange_clear(x);
    errand_end(trip, failure);
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
    trip->exchange = (struct exchange){.url = trip->url, .context = trip};
    return trip;
}

/* A parcel that cannot leave now: whoever gave it decides when to try again. */
static void
parcel_back(struct courier *c, struct parcel *p, const char *why)
{
    p->status = 0;
    p->sent = false;
    p->retry_after_ms = -1;
    snprintf(p->failure, sizeof(p->failure), "%s", why);
    c->delivered(c->context, p);
}

static void
parcel_go(struct courier *c, struct parcel *p)
{
    struct trip *trip = trip_new(c, p->path);
    struct exchange *x;
    struct err e = {0};

    if (!trip) {
        parcel_back(c, p, "no memory");
        return;
    }
    trip->parcel = p;
    trip->channel = &c->bot;
    trip->token_number = channel_authorize(trip->channel, trip->authorization);
    x = &trip->exchange;
    x->method = p->method;
    x->once = p->once;
    x->headers[0] = trip->authorization;
    if (p->body.n > 0)
        x->headers[1] = "Content-Type: application/json";
    if (p->retry_key[0]) {
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
    struct exchange *x = &trip->exchange;
    struct err e = {0};
    size_t n = 0;

    if (trip->errand->content_type)
        x->headers[n++] = trip->errand->content_type;
    if (trip->channel) {
        trip->token_number = channel_authorize(trip->channel, trip->authorization);
        x->headers[n++] = trip->authorization;
    }
    if (transport_start(c->transport, x, &e) == OK)
        c->under_way++;
    else
        errand_end(trip, e.text);
}

/* Errands that need a token wait for it here, or end when LINE gives none. */
static void
errands_move(struct courier *c, bool stopping, int64_t now_ms)
{
    struct trip *trip, *all = c->held;

    c->held = NULL;
    while ((trip = all)) {
        all = trip->next;
        if (stopping)
            errand_end(trip, "stopping");
        else if (!trip->channel || channel_is_ready(trip->channel, now_ms))
            errand_go(c, trip);
        else if (channel_is_refused(trip->channel, now_ms))
            errand_end(trip, "no channel token");
        else
            errand_hold(c, trip);
    }
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

/* What was given is ours from now on. */
static void
errands_take(struct courier *c)
{
    struct trip **end = &c->held;

    while (*end)
        end = &(*end)->next;
    pthread_mutex_lock(&c->lock);
    *end = c->errands;
    c->errands = NULL;
    c->errands_end = &c->errands;
    pthread_mutex_unlock(&c->lock);
}

static bool
errands_want(const struct courier *c, const struct channel *channel)
{
    for (const struct trip *trip = c->held; trip; trip = trip->next)
        if (trip->channel == channel)
            return true;
    return false;
}

/* Parcels need a token; without one they wait here, or go back when LINE gives none. */
static void
parcels_move(struct courier *c, bool stopping, int64_t now_ms)
{
    bool ready = channel_is_ready(&c->bot, now_ms), refused = channel_is_refused(&c->bot, now_ms);
    struct parcel *p;

    while ((stopping || refused || (ready && c->under_way < UNDER_WAY_MAX)) &&
           (p = parcel_next(c))) {
        if (stopping)
            parcel_back(c, p, "stopping");
        else if (ready)
            parcel_go(c, p);
        else
            parcel_back(c, p, "no channel token");
    }
}

static void *
courier_run(void *context)
{
    struct courier *c = context;
    bool stopping;

    do {
        int64_t now_ms = clock_now_ms(c->options.clock);

        pthread_mutex_lock(&c->lock);
        stopping = c->stopping;
        c->counts.under_way = c->under_way;
        pthread_mutex_unlock(&c->lock);
        errands_take(c);
        errands_move(c, stopping, now_ms);
        parcels_move(c, stopping, now_ms);
        if (!stopping) {
            channel_keep(&c->bot, parcels_wait(c) || errands_want(c, &c->bot), now_ms);
            channel_keep(&c->login, errands_want(c, &c->login), now_ms);
            (void)transport_step(c->transport, 1000);
        }
    } while (!stopping);
    return NULL;
}

static struct channel
channel_of(const struct courier *c, const char *name, struct channel_keys keys)
{
    return (struct channel){.name = name,
                            .keys = keys,
                            .api_url = c->options.api_url,
                            .transport = c->transport,
                            .clock = c->options.clock};
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
    c->bot = channel_of(c, "messaging", options->bot);
    c->login = channel_of(c, "login", options->login);
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
    errands_take(c);
    errands_move(c, true, 0); /* given, or to be repeated, while it stopped */
    channel_clear(&c->bot);
    channel_clear(&c->login);
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
        .courier = c,
        .errand = errand,
        .keep = keep,
        .done = done,
        .context = context,
        .channel = errand->token == ERRAND_BOT_TOKEN     ? &c->bot
                   : errand->token == ERRAND_LOGIN_TOKEN ? &c->login
                                                         : NULL,
    };
    trip->exchange = (struct exchange){
        .method = errand->method,
        .url = errand->url,
        .body = errand->body,
        .answer_max = errand->answer_max,
        .timeout_ms = errand->timeout_ms,
        .context = trip,
        .done = errand_done,
    };
    pthread_mutex_lock(&c->lock);
    *c->errands_end = trip;
    c->errands_end = &trip->next;
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
