/*
 * sim_sender.h - the webhook's other end: signs events and posts them, one delivery after another.
 *
 * A thread of its own does the posting; what became of the last deliveries can be asked for. It
 * posts to loopback only.
 */
#ifndef SIM_SIM_SENDER_H
#define SIM_SIM_SENDER_H

#include "sim/sim_state.h"

#define SIM_DELIVERIES_MAX 512 /* waiting and remembered */

enum sim_signature {
    SIGNATURE_GOOD,
    SIGNATURE_BAD,   /* of other bytes */
    SIGNATURE_OTHER, /* made with the login channel's secret */
    SIGNATURE_MISSING,
    SIGNATURE_EMPTY,
};

/* What happens to the body before it is signed. */
enum sim_damage {
    DAMAGE_NONE,
    DAMAGE_TRUNCATED, /* breaks off in the middle */
    DAMAGE_NESTED,    /* lists in lists, 100,000 deep, beside the events */
    DAMAGE_NOT_UTF8,  /* a byte 0xff in a text */
};

/* What to send and how. Zero is the ordinary case. */
struct sim_parcel {
    json_t *events;          /* a reference is taken */
    const char *url;         /* NULL: the webhook's */
    const char *destination; /* NULL: the account */
    enum sim_signature signature;
    enum sim_damage damage;
    bool escapes;        /* every character beyond ASCII as \uXXXX, not just those beyond the BMP */
    bool again;          /* once more afterwards, marked as redelivery */
    int64_t pad_bytes;   /* a property nobody knows, of this size */
    int64_t bytes_per_s; /* a slow upload */
    int attempt;
    int64_t wait_ms; /* before it goes */
};

/* What became of it. */
struct sim_delivery {
    int64_t number; /* from 1; 0: an empty place */
    json_t *events;
    char *body;
    size_t body_n;
    char url[SIM_URL_SIZE];
    char signature[64];
    struct sim_parcel how;
    int64_t due_ms; /* monotonic */
    bool is_done;
    int status;      /* 0: no answer */
    char reason[96]; /* with status 0 */
    int64_t took_ms;
};

enum err_code sim_sender_start(struct sim *sim, struct err *e);
void sim_sender_stop(struct sim *sim);

/* Lock held. Its number, or 0 when too many wait or there is no webhook. */
int64_t sim_sender_queue(struct sim *sim, const struct sim_parcel *parcel);

/* Lock held. Its thread looks again at what is due, batches of rich menus included. */
void sim_sender_wake(struct sim *sim);

/* Lock held (let go while waiting). NULL when it was forgotten or the time is over. Borrowed. */
const struct sim_delivery *sim_sender_wait(struct sim *sim, int64_t number, int64_t wait_ms);

json_t *sim_sender_list(struct sim *sim); /* new; newest last */
json_t *sim_delivery_json(const struct sim_delivery *delivery);

/* http://127.0.0.1:..., http://[::1]:... or http://localhost:... */
bool sim_is_loopback_url(struct str url);

#endif
