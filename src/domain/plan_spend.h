/*
 * plan_spend.h - what a plan says about points that are used at the till like money.
 */
#ifndef DOMAIN_PLAN_SPEND_H
#define DOMAIN_PLAN_SPEND_H

#include "base/err.h"
#include "base/json.h"

#include <stdbool.h>
#include <stdint.h>

struct spend_rules {
    int64_t yen;         /* what a point is worth; 0: points are not spent at tills */
    int64_t step;        /* points are spent in multiples of so many */
    int64_t least;       /* and at least so many at once */
    int64_t per_day_max; /* points a business day; 0: no limit */
    int64_t percent_max; /* of the sale; 100: it may be paid for with points alone */
};

/*
 * From an object such as {"yen": 1, "step": 100, "least": 100, "per_day": 5000, "percent": 50};
 * what is left out does not limit, and an empty one says that points are not spent. *out is what it
 * says and nothing of before.
 *
 * ERR_INPUT "plan_invalid" with the field at fault
 */
enum err_code spend_read(const json_t *in, struct spend_rules *out, struct err *e);
/* As `spend` of the object, unless points are not spent. False: no memory. */
bool spend_write(const struct spend_rules *rules, json_t *plan);

#endif
