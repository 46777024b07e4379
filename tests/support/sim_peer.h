/*
 * sim_peer.h - a client of line-sim for tests: starts it in this process, asks, keeps the answer.
 *
 * Whatever cannot be asked at all fails the test. One call at a time; the answer lives until the
 * next.
 */
#ifndef TESTS_SUPPORT_SIM_PEER_H
#define TESTS_SUPPORT_SIM_PEER_H

#include "base/clock.h"
#include "base/str.h"
#include "sim/sim.h"

#include <jansson.h>

#define SIM_PEER_NOW_MS INT64_C(1775005200000) /* 2026-04-01 10:00 in Tokyo */

struct sim_peer {
    struct sim *sim;
    struct clock clock; /* stands still at SIM_PEER_NOW_MS until the test moves it */
    char base[64];      /* "http://127.0.0.1:45678" */
    char data_base[64]; /* the same under the name of the host for pictures */
    char token[2048];   /* a channel access token of the Messaging API channel */

    /* The last answer. */
    int status;   /* 0: the connection ended without one */
    json_t *json; /* NULL when it was not JSON */
    char text[65536];
    char request_id[64], accepted_id[64];
    char location[4096];
    int64_t took_ms;
};

/* With these options, but for listen and clock. NULL: the usual ones, without a webhook. */
void sim_peer_start(struct sim_peer *p, const struct sim_options *options);
void sim_peer_stop(struct sim_peer *p);
void sim_peer_renew_token(struct sim_peer *p);

/* The status. `token` NULL: no Authorization header. */
int sim_peer_get(struct sim_peer *p, const char *path, const char *token);
int sim_peer_form(struct sim_peer *p, const char *path, const char *form);
int sim_peer_json(struct sim_peer *p, const char *path, const char *token, const char *json);
/* A call to the Messaging API with a retry key (NULL: none). */
int sim_peer_send(struct sim_peer *p, const char *path, const char *json, const char *retry_key);
/* A picture for a rich menu, at the host for pictures. */
int sim_peer_upload(struct sim_peer *p, const char *menu, const char *type, struct str bytes);
/* Everything said: method, header lines (NULL-terminated, or NULL), body (NULL: none). */
int sim_peer_call(struct sim_peer *p, const char *method, const char *path,
                  const char *const *headers, const char *body);

/* A text, number or boolean of the answer by its place, "/details/0/property"; "" or 0 when not
 * there. */
const char *sim_peer_text(const struct sim_peer *p, const char *place);
int64_t sim_peer_int(const struct sim_peer *p, const char *place);

/* A PNG of this size as far as its header goes; in the same rotating places. */
struct str sim_peer_png(uint32_t width, uint32_t height);

/* The user id of person n; borrowed until the next call but three. */
const char *sim_peer_user(int person);
/* Percent-encoded, in the same rotating places. */
const char *sim_peer_encode(const char *text);

#endif
