/*
 * sim_flex.h - Flex Messages: bubbles, boxes and what may stand in them.
 *
 * Source: messaging-api.yml, Flex*; limits from line-platform 4.7.
 */
#ifndef SIM_SIM_FLEX_H
#define SIM_SIM_FLEX_H

#include "sim/sim_check.h"

extern const struct sim_shapes sim_flex_containers; /* bubble, carousel */

#endif
