/*
 * spend_decide.h - how many points may be spent at a till, as a pure function of rules and facts.
 */
#ifndef DOMAIN_SPEND_DECIDE_H
#define DOMAIN_SPEND_DECIDE_H

#include "domain/plan.h"
#include "domain/refusal.h"

#include <stdbool.h>
#include <stdint.h>

#define SPEND_ALL 0 /* as many points as may be */

struct spend_facts {
    bool by_code;      /* told by the 22 digits of the phone: a number or a JAN can be copied */
    int64_t usable;    /* points that are on the card and may be used now */
    int64_t day_spent; /* on this business day, and not taken back; of a plan that limits it */
    int64_t sale_yen;  /* what is to be paid; 0: not told */
    int64_t points;    /* asked for, or SPEND_ALL */
    int64_t agreed;    /* points that the member said yes to; 0: none yet */
};

struct spend_verdict {
    struct refusal refusal;
    int64_t
        points;  /* to be spent; when only the member's yes is missing, that is what to ask for */
    int64_t yen; /* what they are worth */
};

/*
 * Refused, in this order: NOT_SPENT (the plan), SPEND_BY_CODE, SPEND_STEP, SPEND_LEAST,
 * POINTS_SHORT, SPEND_DAY (again_ms), SPEND_SHARE, and SPEND_ASK when the member has not yet said
 * yes to as many. From SPEND_STEP on, `most` tells what may be spent, `step` and `least` of what
 * kind it has to be, and `have` what is there.
 */
struct spend_verdict
spend_decide(const struct plan_rules *rules, const struct spend_facts *facts, int64_t now_ms);

/* A sale has to be told before points are spent on it. */
bool spend_needs_sale(const struct plan_rules *rules);

#endif
