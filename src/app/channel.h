/*
 * channel.h - the access token of one of our channels at LINE: fetched when it is first needed,
 * renewed in the background while it is in use, fetched anew when LINE refuses it.
 *
 * Belongs to the courier's thread, as the transport does. A token has a number, so that of many
 * requests refused with the same one only the first has it replaced.
 */
#ifndef APP_CHANNEL_H
#define APP_CHANNEL_H

#include "app/gate.h"
#include "base/str.h"
#include "line/token.h"
#include "line/transport.h"

#include <stdbool.h>
#include <stdint.h>

#define CHANNEL_AUTHORIZATION_SIZE (8 * 1024 + 32) /* token.c: 8 KiB at most */

struct channel_keys {
    struct str id, secret; /* borrowed for the channel's life */
};

struct channel {
    const char *name; /* for the log */
    struct channel_keys keys;
    struct str api_url;
    struct transport *transport;
    struct gate *gate;
    struct clock *clock;
    struct token token;
    uint64_t number;  /* of the token: counts those LINE gave */
    bool used;        /* the token has been, so a successor will be wanted */
    bool is_second;   /* LINE refused the one before, and has not accepted this one yet */
    bool fetching;    /* a new one is under way */
    int64_t after_ms; /* not fetched before: the last try failed */
};

/* A token that may be sent along now is there. */
bool channel_is_ready(const struct channel *c, int64_t now_ms);
/* None is there, and none can be fetched yet: what waits for one should not. */
bool channel_is_refused(const struct channel *c, int64_t now_ms);
/* Fetch one when it is needed and the gate lets it: `wanted` says that something waits for it. */
void channel_keep(struct channel *c, bool wanted, int64_t now_ms);

/* The header line for a request; the token's number, for channel_answered. Ready channels only. */
uint64_t channel_authorize(struct channel *c, char out[CHANNEL_AUTHORIZATION_SIZE]);
/*
 * What LINE said to a request with that token. True: it refused a token that was itself fetched
 * because the one before was refused, so that another one will not help soon.
 */
bool channel_answered(struct channel *c, uint64_t number, int status);

void channel_clear(struct channel *c); /* nothing may be under way */

#endif
