/*
 * sim.h - line-sim: a stand-in for LINE's login, its Messaging API and a shopper's phone.
 *
 * It answers as LINE's documentation says LINE answers, refusals included, so that nothing of ours
 * has to be tried out on LINE itself. It keeps everything in memory, speaks plain HTTP, and for
 * that reason listens on loopback only and sends webhooks to loopback only.
 *
 * Written against LINE's OpenAPI descriptions of 2026-07-01 and shares no code with src/line, so
 * that a misreading on one side shows on the other.
 */
#ifndef SIM_SIM_H
#define SIM_SIM_H

#include "base/clock.h"
#include "base/err.h"

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

struct sim;

struct sim_channel {
    const char *id;
    const char *secret;
};

/* NULL and 0 stand for the values of demo_values.h. All borrowed until sim_start returns. */
struct sim_options {
    const char *listen;   /* "127.0.0.1:8091"; port 0: any free one */
    const char *webhook;  /* where events go; "": nowhere */
    const char *liff;     /* the LIFF app's endpoint URL */
    const char *callback; /* the registered callback URL; NULL: /line/callback beside `liff` */
    struct sim_channel login;
    struct sim_channel messaging;
    int64_t people;         /* 0: 8 */
    int64_t strangers;      /* so many of the last people are no friends of the account yet */
    int64_t quota;          /* messages a month; -1: no limit */
    struct clock *clock;    /* borrowed until sim_stop; NULL: a clock of its own */
    const char *clock_file; /* see sim_main.c --help; NULL: none */
    const char *record;     /* see sim_record.h; NULL: what SIM_RECORD in the environment says */
};

/*
 * New (sim_stop).
 *
 * ERR_INPUT "listen_not_loopback", "url_not_loopback", "people_range", "file_refused", or the
 * server's own refusals
 */
enum err_code sim_start(const struct sim_options *options, struct sim **out, struct err *e);
void sim_stop(struct sim *sim); /* Accepts NULL. */
int sim_port(const struct sim *sim);

/* Inspection, from any thread. */

/* How often a send with this retry key was carried out (0 or 1), and how often it was asked for. */
size_t sim_accepted(struct sim *sim, const char *retry_key);
size_t sim_asked(struct sim *sim, const char *retry_key);
/* Messages that reached the talk of person n, and those LINE took but the person will never see. */
size_t sim_shown(struct sim *sim, int person);
size_t sim_hidden(struct sim *sim, int person);
/* All of it, as GET /sim/state tells it: new (json_decref). */
json_t *sim_snapshot(struct sim *sim);
/* The last webhooks, newest last, as GET /sim/webhooks tells them: new (json_decref). */
json_t *sim_deliveries(struct sim *sim);

#endif
