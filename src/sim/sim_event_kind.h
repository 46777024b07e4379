/*
 * sim_event_kind.h - what each type of event holds, and what it changes here.
 *
 * Source: webhook.yml; line-platform 5.4.
 */
#ifndef SIM_SIM_EVENT_KIND_H
#define SIM_SIM_EVENT_KIND_H

#include "sim/sim_state.h"

/* "C4af4980629..." or "R..." of 33 characters: what an event of a group comes from otherwise. */
#define SIM_GROUP_ID "Cca56f94637cc4347f90a25382909b24b9"

struct sim_event_kind {
    const char *type; /* as the control names it */
    bool is_replyable;
    bool is_of_group; /* never of a person: its source has no userId */
    /* The event without its envelope: new. */
    json_t *(*make)(struct sim *sim, struct sim_person *person, const json_t *facts);
};

/* NULL: no such type. */
const struct sim_event_kind *sim_event_kind(const char *type);

/* A text of the facts, or what stands for it. */
const char *sim_event_given(const json_t *facts, const char *name, const char *otherwise);

#endif
