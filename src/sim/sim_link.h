/*
 * sim_link.h - account link: a token for one person, and LINE's page that uses it up.
 *
 * Source: line-platform 6.
 */
#ifndef SIM_SIM_LINK_H
#define SIM_SIM_LINK_H

#include "sim/sim_state.h"

#define SIM_LINK_TOKEN_MS (10 * MINUTE_MS)

struct sim_link {
    const struct sim_person *person;
    int64_t until_ms;
    bool is_used;
};

#endif
