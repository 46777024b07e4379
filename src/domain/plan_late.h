/*
 * plan_late.h - what a plan says about credit afterwards: for a sale that was made without the
 * card.
 */
#ifndef DOMAIN_PLAN_LATE_H
#define DOMAIN_PLAN_LATE_H

#include "base/err.h"
#include "base/json.h"

#include <stdbool.h>
#include <stdint.h>

struct late_rules {
    int64_t days; /* whole business days after that of the sale; 0: there is no such credit */
    int64_t cashier_max; /* units that a cashier may give at once; for more a manager has to */
    bool numbers_daily;  /* a register's receipts begin with number 1 again each business day */
};

/* From an object such as {"days": 14, "cashier_max": 3, "numbers": "daily"}; *out is what it says
 * and nothing of before. ERR_INPUT "plan_invalid" or a word of json_read, with the field. */
enum err_code late_read(const json_t *in, struct late_rules *out, struct err *e);
/* Into `plan` as its "late", unless the rules say nothing. False: no memory. */
bool late_write(const struct late_rules *rules, json_t *plan);

#endif
