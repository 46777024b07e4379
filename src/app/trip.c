#include "app/trip.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/errand.h"

#define UNDER_WAY_MAX 64 /* parcels; over HTTP/2 all of them share a connection */

void
trip_hold(struct courier *c, struct trip *trip)
{
    trip->next = NULL;
    *c->held_end = trip;
    c->held_end = &trip->next;
    c->held_n++;
    c->parcels_held += trip->parcel != NULL;
}

/* ---------------------------------------------------------------- what comes back */

static void
ended(struct trip *trip, const struct exchange *x)
{
    struct courier *c = trip->courier;

    c->under_way--;
    gate_ended(&c->gate, trip->way, x, clock_now_ms(c->options.clock));
    pthread_mutex_lock(&c->lock);
    c->counts.answered += x->status != 0;
    c->counts.unanswered += x->status == 0;
    pthread_mutex_unlock(&c->lock);
}

void
trip_parcel_done(struct exchange *x)
{
    struct trip *trip = x->context;
    struct courier *c = trip->courier;
    struct parcel *p = trip->parcel;

    ended(trip, x);
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

void
trip_errand_done(struct exchange *x)
{
    struct trip *trip = x->context;
    struct errand *errand = trip->errand;
    const char *failure = x->failure;

    ended(trip, x);
    if (trip->channel) {
        (void)channel_answered(trip->channel, trip->token_number, x->status);
        if (x->status == 401 && !trip->repeated) {
            exchange_clear(x);
            trip->repeated = true;
            trip_hold(trip->courier, trip);
            return;
        }
    }
    errand->status = x->status;
    errand->date_ms = x->date_ms;
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

/* It cannot leave: whoever gave it decides when to try again. */
static void
give_back(struct trip *trip, const char *why)
{
    struct courier *c = trip->courier;
    struct parcel *p = trip->parcel;

    if (!p) {
        trip->errand->status = 0;
        errand_end(trip, why);
        return;
    }
    p->status = 0;
    p->sent = false;
    p->retry_after_ms = -1;
    snprintf(p->failure, sizeof(p->failure), "%s", why);
    free(trip);
    c->delivered(c->context, p);
}

static void
go(struct courier *c, struct trip *trip)
{
    struct exchange *x = &trip->exchange;
    struct parcel *p = trip->parcel;
    struct err e = {0};
    size_t n = 0;

    if (trip->channel) {
        trip->token_number = channel_authorize(trip->channel, trip->authorization);
        x->headers[n++] = trip->authorization;
    }
    if (p && p->body.n > 0)
        x->headers[n++] = "Content-Type: application/json";
    if (p && p->retry_key[0]) {
        snprintf(trip->retry_key, sizeof(trip->retry_key), "X-Line-Retry-Key: %s", p->retry_key);
        x->headers[n++] = trip->retry_key;
    }
    if (!p && trip->errand->content_type)
        x->headers[n++] = trip->errand->content_type;
    if (transport_start(c->transport, x, &e) == OK) {
        c->under_way++;
        return;
    }
    gate_ended(&c->gate, trip->way, x, clock_now_ms(c->options.clock));
    give_back(trip, e.text);
}

void
trip_move(struct courier *c, struct trip *trip, bool stopping, int64_t now_ms, int64_t *wait_ms)
{
    if (!trip->has_way)
        trip->way = gate_way(&c->gate, trip->exchange.method, trip->exchange.url);
    trip->has_way = true;
    if (stopping)
        give_back(trip, "stopping");
    else if (gate_is_shut(&c->gate, trip->way, now_ms)) {
        pthread_mutex_lock(&c->lock);
        c->counts.held_back++;
        pthread_mutex_unlock(&c->lock);
        give_back(trip, "LINE does not answer and is left alone for a while");
    } else if (trip->channel && channel_is_refused(trip->channel, now_ms))
        give_back(trip, "no channel token");
    else if ((trip->channel && !channel_is_ready(trip->channel, now_ms)) ||
             (trip->parcel && c->under_way >= UNDER_WAY_MAX) ||
             !gate_lets_go(&c->gate, trip->way, now_ms, wait_ms))
        trip_hold(c, trip);
    else
        go(c, trip);
}
