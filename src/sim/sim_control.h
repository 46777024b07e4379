/*
 * sim_control.h - the simulator's state as JSON.
 */
#ifndef SIM_SIM_CONTROL_H
#define SIM_SIM_CONTROL_H

#include "sim/sim_state.h"

/* All new; person 0: everybody's. */
json_t *sim_entry_json(const struct sim_entry *entry);
json_t *sim_entries_json(const struct sim *sim, int person);
json_t *sim_state_json(struct sim *sim, int person);

#endif
