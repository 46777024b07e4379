/*
 * plan_gift.h - what a plan says about units that members give to each other.
 *
 * A plan with rewards on the way to its goal has no gifts: the same units would reach them on one
 * card after the other. A goal is spent when it is reached, so that gifts may fill a card.
 */
#ifndef DOMAIN_PLAN_GIFT_H
#define DOMAIN_PLAN_GIFT_H

#include "base/err.h"
#include "base/json.h"

#include <stdbool.h>
#include <stdint.h>

struct gift_rules {
    int64_t day_max; /* units that a card may give in a business day; 0: there are no gifts */
    int64_t min;     /* of one gift */
    int64_t days;    /* that it can be taken for, 24 hours each */
};

/* From an object such as {"day_max": 500, "min": 10, "days": 7}; *out is what it says and nothing
 * of before. ERR_INPUT "plan_invalid" or a word of json_read, with the field. */
enum err_code gift_read(const json_t *in, struct gift_rules *out, struct err *e);
/* Into `plan` as its "gift", unless there are none. False: no memory. */
bool gift_write(const struct gift_rules *rules, json_t *plan);

#endif
