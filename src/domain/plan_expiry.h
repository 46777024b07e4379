/*
 * plan_expiry.h - what a plan says about the end of its units, and what follows for a visit.
 *
 * An end is always the end of a business day of the plan: whoever comes on the last day can still
 * use what ends with it. What was given keeps the end it was given with, whatever later versions
 * of the plan say; only ends that move with each use move by the terms they were given under.
 */
#ifndef DOMAIN_PLAN_EXPIRY_H
#define DOMAIN_PLAN_EXPIRY_H

#include "base/err.h"
#include "base/json.h"

#include <stdbool.h>
#include <stdint.h>

struct plan_rules;

enum expiry_kind {
    EXPIRY_NONE,
    EXPIRY_AFTER,       /* each award so many days or months after its visit */
    EXPIRY_MONTH_END,   /* the end of the month, so many months after the visit's */
    EXPIRY_FISCAL_YEAR, /* the end of the fiscal year, so many years after the visit's */
    EXPIRY_FIXED,       /* one date for all */
    EXPIRY_ANNIVERSARY, /* the next day of the year on which the card was issued, or a later one */
    EXPIRY_FIRST_USE,   /* all together, so long after the first of them */
    EXPIRY_LAST_USE,    /* all together, so long after the card was last used */
};

struct expiry_rules {
    enum expiry_kind kind;
    int64_t days, months; /* of AFTER, FIRST_USE and LAST_USE one of the two; MONTH_END: months */
    int64_t years;        /* FISCAL_YEAR, ANNIVERSARY: further years; 0: the one that runs */
    int64_t month;        /* FISCAL_YEAR: its last month, 1 to 12 */
    int64_t date;         /* FIXED: 20270331 */
    int64_t pending_days; /* whole business days until units can be used; 0: at once */
    int64_t remind_days;  /* a notice is owed so long before an end; 0: none */
};

/* From an object such as {"kind": "after", "months": 12, "remind_days": 14}; *out is what it says
 * and nothing of before. ERR_INPUT "plan_invalid" with the field at fault. */
enum err_code expiry_read(const json_t *in, struct expiry_rules *out, struct err *e);
/* Into `plan` as its "expiry", unless the rules say nothing. False: no memory. */
bool expiry_write(const struct expiry_rules *rules, json_t *plan);

struct expiry_facts {
    int64_t visit_ms;
    int64_t issued_ms;   /* of the card */
    int64_t together_ms; /* FIRST_USE: when the lots end that the card still has; 0: it has none */
};

struct unit_life {
    int64_t usable_ms;  /* 0: at once */
    int64_t expires_ms; /* 0: never */
    bool renews;        /* the end moves with each use of the card */
};

/* Of units given for a visit. */
struct unit_life unit_life_of(const struct plan_rules *rules, const struct expiry_facts *facts);

/* A fixed date that has passed: there is nothing to earn any more. */
bool plan_is_over(const struct plan_rules *rules, int64_t visit_ms);

#endif
