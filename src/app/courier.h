/*
 * courier.h - the one thread that talks to LINE.
 *
 * It knows no database. Errands come from requests that wait (keys, a token exchange) and from the
 * outbox (pushes, replies); what came of them goes back to whoever gave them. The access tokens of
 * our channels live here, in memory, and are renewed before they end.
 *
 * A host that keeps failing is left alone for a while, and an endpoint is not asked faster than
 * LINE allows: what has to wait for the one goes back untried, and for the other waits here, in
 * order.
 */
#ifndef APP_COURIER_H
#define APP_COURIER_H

#include "app/channel.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/str.h"
#include "line/breaker.h"
#include "line/transport.h"

#include <stdbool.h>
#include <stdint.h>

#define COURIER_WAITING_MAX 128 /* parcels; more are left in the outbox, where they are safe */

struct courier;
struct errand;

struct courier_options {
    struct str api_url;        /* "https://api.line.me" */
    struct channel_keys bot;   /* the Messaging API channel: messages, rich menus, profiles */
    struct channel_keys login; /* the LINE Login channel: errands that ask for its token */
    bool allow_http_loopback;  /* line-sim */
    int64_t timeout_ms;        /* for a parcel; 0: the transport's */
    struct clock *clock;
    /* There is room again, which courier_room had said there was not; on the courier's thread. May
     * be NULL. */
    void (*has_room)(void *context);
};

/* A message on its way. All that the courier needs is copied in; `delivered` gets it back and frees
 * it. */
struct parcel {
    int64_t outbox_id, try_number, first_ms;
    int kind;           /* the sender's */
    const char *method; /* "POST" or "DELETE"; a literal */
    char path[192];     /* at LINE's API */
    bool once;          /* must not reach LINE twice */
    bool token_renewed; /* refused although the token was fetched because the one before was */
    char retry_key[40]; /* "": none */
    struct str body;    /* heap: freed by parcel_free */

    int status; /* 0: no answer */
    bool sent;  /* with status 0: something of it left */
    int64_t retry_after_ms;
    struct str answer; /* heap */
    char request_id[64];
    char failure[128];
};
void parcel_free(struct parcel *p);

enum err_code courier_start(struct courier **out, const struct courier_options *options,
                            void (*delivered)(void *context, struct parcel *parcel), void *context,
                            struct err *e);
/* Ends what is under way with status 0; everything given gets its done. Accepts NULL. */
void courier_stop(struct courier *c);

/* From any thread: how many parcels it would take now. None while LINE is left alone, and one to
 * see whether it answers again. */
size_t courier_room(struct courier *c);
/* From any thread. The parcel is taken, and comes back through `delivered`, on the courier's
 * thread. */
void courier_send(struct courier *c, struct parcel *parcel);
/* From any thread: done(context) is called on the courier's thread when errand's outcome is filled
 * in; `keep` copies text to where the errand lives, NULL where it has no room. Without the channel
 * token it asks for it is not sent. */
void courier_errand(struct courier *c, struct errand *errand,
                    char *(*keep)(void *context, const char *text, size_t n),
                    void (*done)(void *context), void *context);

struct courier_counts {
    uint64_t waiting;              /* parcels and errands that have not gone yet */
    uint64_t under_way;            /* and that have */
    uint64_t answered, unanswered; /* since the start, as all that follow */
    uint64_t held_back;            /* parcels that went back untried: LINE was left alone */
    struct transport_counts wire;
    enum breaker_state state; /* of LINE's API */
};
struct courier_counts courier_counts(struct courier *c);

#endif
