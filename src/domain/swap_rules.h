/*
 * swap_rules.h - whether points may be swapped for a reward: a pure function of the reward, the
 * card, and who asks.
 */
#ifndef DOMAIN_SWAP_RULES_H
#define DOMAIN_SWAP_RULES_H

#include "domain/plan.h"
#include "domain/refusal.h"
#include "domain/reward_rules.h"

#include <stdbool.h>
#include <stdint.h>

struct swap_facts {
    /* At a till; all false on the member's own phone. */
    bool scan_is_over;
    bool by_number;   /* a fixed number shows nobody's phone */
    bool is_own_card; /* of whoever serves */
    /* The card. */
    bool is_active, is_merged;
    bool is_guest;
    int64_t joined_ms;
    int64_t tier;
    int64_t usable; /* units */
    struct reward_counts counts;
};

/*
 * Who, what, whether there is one; the price last, so that nobody saves up for what is gone.
 *
 * SCAN_OVER, SPEND_BY_CODE, OWN_CARD, CARD_MERGED, CARD_BLOCKED, GUEST, OFFER_OVER (it is of a
 * catalogue that is no longer in force), as reward_decide, as stock_decide, NOT_ENOUGH (missing)
 */
struct refusal swap_decide(const struct plan_rules *rules, const struct reward *reward,
                           const struct swap_facts *facts, int64_t now_ms);

#endif
