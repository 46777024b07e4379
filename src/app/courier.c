#include "app/courier.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/errand.h"
#include "app/trip.h"

#define STEP_MS 1000 /* tokens are looked after at least so often */

void
parcel_free(struct parcel *p)
{
    if (!p)
        return;
    free((void *)(uintptr_t)p->body.at);
    free((void *)(uintptr_t)p->answer.at);
    free(p);
}

/* ---------------------------------------------------------------- the thread */

/* How long nothing more can happen by itself. */
static int64_t
move_all(struct courier *c, bool stopping)
{
    int64_t now_ms = clock_now_ms(c->options.clock), wait_ms = STEP_MS;
    struct trip *trip, *all = c->held;

    c->held = NULL;
    c->held_end = &c->held;
    c->held_n = c->parcels_held = 0;
    while ((trip = all)) {
        all = trip->next;
        trip_move(c, trip, stopping, now_ms, &wait_ms);
    }
    return wait_ms;
}

/* What was given is held from now on. */
static bool
take_given(struct courier *c)
{
    struct trip *trip, *all;
    bool stopping;

    pthread_mutex_lock(&c->lock);
    all = c->given;
    c->given = NULL;
    c->given_end = &c->given;
    c->given_parcels = 0;
    stopping = c->stopping;
    pthread_mutex_unlock(&c->lock);
    while ((trip = all)) {
        all = trip->next;
        trip_hold(c, trip);
    }
    return stopping;
}

static bool
wanted(const struct courier *c, const struct channel *channel)
{
    for (const struct trip *trip = c->held; trip; trip = trip->next)
        if (trip->channel == channel)
            return true;
    return false;
}

static size_t
room_of(const struct courier *c, int64_t now_ms)
{
    if (gate_state(&c->gate, c->api, now_ms) == BREAKER_CLOSED)
        return c->parcels_held < COURIER_WAITING_MAX ? COURIER_WAITING_MAX - c->parcels_held : 0;
    return breaker_lets_go(&c->gate.host[c->api.host].breaker, now_ms) && c->parcels_held == 0 ? 1
                                                                                               : 0;
}

/* What other threads may know; and whoever waits for room is told of it. */
static void
publish(struct courier *c)
{
    int64_t now_ms = clock_now_ms(c->options.clock);
    size_t room = room_of(c, now_ms);
    bool tell;

    pthread_mutex_lock(&c->lock);
    c->room = room > c->given_parcels ? room - c->given_parcels : 0;
    tell = c->is_starved && c->room > 0;
    c->is_starved &= !tell;
    c->counts.waiting = c->held_n;
    c->counts.under_way = c->under_way;
    c->counts.wire = transport_counts(c->transport);
    c->counts.state = gate_state(&c->gate, c->api, now_ms);
    pthread_mutex_unlock(&c->lock);
    if (tell && c->options.has_room)
        c->options.has_room(c->context);
}

static void *
courier_run(void *context)
{
    struct courier *c = context;
    bool stopping;

    do {
        int64_t now_ms = clock_now_ms(c->options.clock), wait_ms;

        stopping = take_given(c);
        wait_ms = move_all(c, stopping);
        if (!stopping) {
            channel_keep(&c->bot, wanted(c, &c->bot), now_ms);
            channel_keep(&c->login, wanted(c, &c->login), now_ms);
        }
        publish(c);
        if (!stopping)
            (void)transport_step(c->transport, (int)wait_ms);
    } while (!stopping);
    return NULL;
}

static struct channel
channel_of(struct courier *c, const char *name, struct channel_keys keys)
{
    return (struct channel){.name = name,
                            .keys = keys,
                            .api_url = c->options.api_url,
                            .transport = c->transport,
                            .gate = &c->gate,
                            .clock = c->options.clock};
}

enum err_code
courier_start(struct courier **out, const struct courier_options *options,
              void (*delivered)(void *context, struct parcel *parcel), void *context, struct err *e)
{
    struct courier *c = calloc(1, sizeof(*c));
    const struct transport_options transport = {.allow_http_loopback =
                                                    options->allow_http_loopback};
    char url[sizeof(((struct trip *)0)->url)];

    if (!c || !(c->transport = transport_new(&transport))) {
        free(c);
        return err_set(e, ERR_INTERNAL, "out_of_memory", "courier");
    }
    c->options = *options;
    c->delivered = delivered;
    c->context = context;
    (void)str_copy(options->api_url, url, sizeof(url));
    c->api = gate_way(&c->gate, "POST", url);
    c->bot = channel_of(c, "messaging", options->bot);
    c->login = channel_of(c, "login", options->login);
    c->given_end = &c->given;
    c->held_end = &c->held;
    c->room = COURIER_WAITING_MAX;
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
    (void)take_given(c);
    (void)move_all(c, true); /* given, or to be repeated, while it stopped */
    channel_clear(&c->bot);
    channel_clear(&c->login);
    pthread_mutex_destroy(&c->lock);
    free(c);
}

/* ---------------------------------------------------------------- from other threads */

static void
give(struct courier *c, struct trip *trip)
{
    trip->courier = c;
    trip->exchange.context = trip;
    pthread_mutex_lock(&c->lock);
    *c->given_end = trip;
    c->given_end = &trip->next;
    c->given_parcels += trip->parcel != NULL;
    if (trip->parcel && c->room > 0)
        c->room--;
    pthread_mutex_unlock(&c->lock);
    transport_wake(c->transport);
}

size_t
courier_room(struct courier *c)
{
    size_t room;

    pthread_mutex_lock(&c->lock);
    room = c->room;
    c->is_starved = room == 0;
    pthread_mutex_unlock(&c->lock);
    return room;
}

void
courier_send(struct courier *c, struct parcel *p)
{
    struct trip *trip = calloc(1, sizeof(*trip));

    if (!trip) {
        p->status = 0;
        p->sent = false;
        c->delivered(c->context, p);
        return;
    }
    trip->parcel = p;
    trip->channel = &c->bot;
    snprintf(trip->url, sizeof(trip->url), "%.*s%s", (int)c->options.api_url.n,
             c->options.api_url.at, p->path);
    trip->exchange = (struct exchange){
        .method = p->method,
        .url = trip->url,
        .body = p->body,
        .timeout_ms = c->options.timeout_ms,
        .once = p->once,
        .done = trip_parcel_done,
    };
    give(c, trip);
}

static struct channel *
channel_for(struct courier *c, enum errand_token token)
{
    switch (token) {
    case ERRAND_BOT_TOKEN:
        return &c->bot;
    case ERRAND_LOGIN_TOKEN:
        return &c->login;
    case ERRAND_NO_TOKEN:
        break;
    }
    return NULL;
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
        .errand = errand,
        .keep = keep,
        .done = done,
        .context = context,
        .channel = channel_for(c, errand->token),
    };
    trip->exchange = (struct exchange){
        .method = errand->method,
        .url = errand->url,
        .body = errand->body,
        .answer_max = errand->answer_max,
        .timeout_ms = errand->timeout_ms,
        .done = trip_errand_done,
    };
    give(c, trip);
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
