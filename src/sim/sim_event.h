/*
 * sim_event.h - webhook events as LINE writes them, and what they change here.
 *
 * Source: webhook.yml; line-platform 5.3 and 5.4.
 */
#ifndef SIM_SIM_EVENT_H
#define SIM_SIM_EVENT_H

#include "sim/sim_state.h"

#define SIM_REPLY_MS MINUTE_MS /* how long a reply token lives */
#define SIM_REPLY_REDELIVERED_MS                                                                   \
    (20 * MINUTE_MS) /* since the event: later, redelivery helps no more */

struct sim_reply_token {
    struct sim_person *person;
    int64_t until_ms;
    int64_t event_ms;
    bool is_used;
};

/*
 * One event from what the control was given, such as {"type":"text","person":1,"text":"hi"}
 * (sim_event_kind.c has the types); {"with": {...}} is merged into it, {"group": "C..."} says where
 * it happened. What it means for friendship and talk has happened when this returns. New.
 *
 * ERR_INPUT "event_unknown" or a field that is missing; ERR_NOT_FOUND "person_unknown"
 */
enum err_code
sim_event_make(struct sim *sim, const json_t *facts, bool standby, json_t **out, struct err *e);

/* The same events, marked as delivered again; their reply tokens live a little longer. New. */
json_t *sim_event_redelivered(struct sim *sim, const json_t *events);

/* Make an event of these facts (taken) and send it; facts that are none are our own mistake. */
void sim_event_send(struct sim *sim, json_t *facts);

/* The person adds the account (again), and the webhook is told. */
void sim_befriend(struct sim *sim, struct sim_person *person);

#endif
