/*
 * sim_rate.h - how often an endpoint may be called: a token bucket for each, as LINE has.
 *
 * An endpoint is a row of the route table. Time goes by for the buckets on the simulator's clock,
 * and while a test holds that one still, with the time that really passes.
 *
 * Source: line-platform 4.2.
 */
#ifndef SIM_SIM_RATE_H
#define SIM_SIM_RATE_H

#include "sim/sim_gate.h"

struct sim_rate {
    int64_t limit; /* calls in `per_ms`; -1: any number */
    int64_t per_ms;
    double left;
    int64_t at_ms;
    int64_t asked, refused;
};

/* New (free): one for each row. */
struct sim_rate *sim_rates_new(void);

/* Takes one of what is left. False after refusing with 429. */
bool sim_rate_allows(struct sim_call *call, const struct sim_row *row);

#endif
