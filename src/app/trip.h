/*
 * trip.h - what the courier is made of: the requests it was given, one trip each. Nobody else
 * includes it.
 *
 * A trip is given by any thread, held by the courier's until it may go, and under way until its
 * exchange is done. Then it is freed, and whoever gave it has been told.
 */
#ifndef APP_TRIP_H
#define APP_TRIP_H

#include <pthread.h>

#include "app/channel.h"
#include "app/courier.h"
#include "app/gate.h"

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
    struct way way;
    bool has_way;  /* which only the courier's thread may ask for */
    bool repeated; /* an errand whose first token was refused */
    char url[512], authorization[CHANNEL_AUTHORIZATION_SIZE], retry_key[80];
    struct trip *next;
};

struct courier {
    pthread_t thread;
    pthread_mutex_t lock;
    /* under the lock: */
    struct trip *given, **given_end;
    bool stopping;
    bool is_starved; /* who sends found no room, and wants to hear of some */
    size_t given_parcels, room;
    struct courier_counts counts;
    /* the thread's own: */
    struct transport *transport;
    struct gate gate;
    struct way api; /* of parcels */
    struct channel bot, login;
    struct trip *held, **held_end; /* what has not gone yet, the oldest first */
    size_t held_n;
    size_t parcels_held, under_way;

    struct courier_options options;
    void (*delivered)(void *context, struct parcel *parcel);
    void *context;
};

void trip_hold(struct courier *c, struct trip *trip);
/* Let it go, give it back, or hold it: then *wait_ms may become shorter. */
void
trip_move(struct courier *c, struct trip *trip, bool stopping, int64_t now_ms, int64_t *wait_ms);

/* The exchange's `done`, for a parcel and for an errand. */
void trip_parcel_done(struct exchange *x);
void trip_errand_done(struct exchange *x);

#endif
