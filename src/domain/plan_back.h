/*
 * plan_back.h - what a plan says about points of a sale that is refunded.
 *
 * A sale keeps the terms it earned under, here as everywhere.
 */
#ifndef DOMAIN_PLAN_BACK_H
#define DOMAIN_PLAN_BACK_H

#include "base/err.h"
#include "base/json.h"

#include <stdbool.h>
#include <stdint.h>

/* What becomes of points that a refund should take, and the card no longer has. */
enum refund_short {
    SHORT_REFUSE,  /* the refund takes nothing, and says how many are missing */
    SHORT_FORGIVE, /* it takes what is there; the rest is let go, and recorded */
    SHORT_OWE,     /* it takes what is there; what is earned later repays the rest first */
};

struct back_rules {
    enum refund_short refund_short;
    int64_t
        refund_days;    /* business days after the sale's on which a cashier refunds; 0: that day */
    int64_t refund_yen; /* what a cashier refunds of one sale; 0: any part */
};

const char *refund_short_name(enum refund_short refund_short); /* "refuse", "forgive", "owe" */

/* From an object such as {"short": "owe", "days": 30, "yen": 10000}; *out is what it says and
 * nothing of before. ERR_INPUT "plan_invalid" with the field at fault. */
enum err_code back_read(const json_t *in, struct back_rules *out, struct err *e);
/* Into `plan` as its "refund", unless the rules say nothing. False: no memory. */
bool back_write(const struct back_rules *rules, json_t *plan);

#endif
