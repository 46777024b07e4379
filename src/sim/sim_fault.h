/*
 * sim_fault.h - faults on demand: what LINE and the network do on a bad day.
 *
 * A fault belongs to a path (with a star at its end: to all that begin so) and happens a number of
 * times, or with a probability until it is cleared.
 */
#ifndef SIM_SIM_FAULT_H
#define SIM_SIM_FAULT_H

#include "base/str.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#define SIM_FAULTS_MAX 32
#define SIM_HANG_MS 30000

struct sim;
struct reply;
struct arena;

enum sim_fault_kind {
    FAULT_NONE,
    FAULT_400,
    FAULT_401,        /* the token has died early */
    FAULT_429,        /* too many requests */
    FAULT_429_USER,   /* too many messages to one person */
    FAULT_429_MONTH,  /* the month's messages are used up */
    FAULT_500_BEFORE, /* and nothing was done */
    FAULT_500_AFTER,  /* although it was done */
    FAULT_HANG,       /* no answer, nothing done */
    FAULT_HANG_AFTER, /* no answer, although it was done */
    FAULT_RESET,      /* the connection ends, nothing done */
    FAULT_RESET_AFTER,
    FAULT_DROP_200,           /* accepted, and lost */
    FAULT_SLOW,               /* done, but late */
    FAULT_NOT_JSON,           /* done, but the answer is a page of HTML, */
    FAULT_TRUNCATED,          /* or breaks off in the middle, */
    FAULT_NESTED,             /* or is lists in lists, 100,000 deep, */
    FAULT_NOT_UTF8,           /* or has a byte 0xff in it, */
    FAULT_HUGE,               /* or is 4 MiB long, */
    FAULT_EMPTY,              /* or there is none */
    FAULT_DUPLICATE_WEBHOOKS, /* every webhook comes twice; the path is not looked at */
    FAULT_KINDS
};

struct sim_fault {
    enum sim_fault_kind kind; /* FAULT_NONE: an empty place */
    char path[96];
    int64_t times; /* left; -1: by `rate` */
    double rate;   /* 0..1 */
    int64_t delay_ms;
    int64_t happened;
};

enum sim_fault_kind sim_fault_kind_of(struct str name); /* FAULT_NONE: no such kind */
const char *sim_fault_name(enum sim_fault_kind kind);

/* False when there is no place left. */
bool sim_fault_add(struct sim *sim, const struct sim_fault *fault);
/* Take all away and let those that hang go on. */
void sim_fault_clear(struct sim *sim);

/* Does one happen now? *delay_ms_out is set for FAULT_SLOW and the hanging ones. */
enum sim_fault_kind sim_fault_take(struct sim *sim, struct str path, int64_t *delay_ms_out);
bool sim_fault_doubles_webhooks(struct sim *sim);

/* Spoil a finished answer, when it is a fault of that kind; the new text is in arena. */
void sim_fault_spoil(enum sim_fault_kind kind, struct reply *reply, struct arena *arena);

/* Sleep without the lock until the time is over, the faults are cleared or the simulator stops. */
void sim_fault_wait(struct sim *sim, int64_t delay_ms);

json_t *sim_fault_list(const struct sim *sim); /* new */

#endif
