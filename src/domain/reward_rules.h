/*
 * reward_rules.h - whether a reward may be issued or redeemed now, and what a lot wins: pure
 * functions of facts and time, as rules.h has them for grants.
 */
#ifndef DOMAIN_REWARD_RULES_H
#define DOMAIN_REWARD_RULES_H

#include "domain/plan.h"
#include "domain/refusal.h"
#include "domain/reward.h"

#include <stdint.h>

/* Who asks, where, and with what. */
struct reward_facts {
    int64_t shop_id;   /* 0: no shop, on the phone */
    int64_t yen;       /* the sale, as the cashier or the POS says; 0: not said. What is not known
                          before the basket is paid for is REWARD_YEN_LATER */
    int64_t joined_ms; /* when the member did */
    int64_t issued_ms; /* of the voucher; 0: it is being issued now */
    int64_t tier;      /* of the card */
};

/*
 * Whether the conditions hold. The first that does not is told, in this order, with what would
 * help:
 *
 * NOT_YET (again_ms), OFFER_OVER, WRONG_SHOP, WRONG_WEEKDAY and WRONG_HOUR (again_ms: when it works
 * next), NEW_MEMBERS_ONLY, TIER_TOO_LOW, SPEND_TOO_LOW (least: the yen it takes)
 */
struct refusal reward_decide(const struct plan_rules *rules, const struct reward_when *when,
                             const struct reward_facts *facts, int64_t now_ms);

/*
 * The same for one that is captured for a basket: shop, time, and who comes were judged when it was
 * reserved, and stay as they were then. What the sale has to be is judged by what it came to.
 *
 * SPEND_TOO_LOW (least)
 */
struct refusal reward_decide_captured(const struct reward_when *when, int64_t yen);

/* From when on it works by date and wait, and until when; 0: at once, without end. */
int64_t
when_begins(const struct plan_rules *rules, const struct reward_when *when, int64_t issued_ms);
int64_t when_ends(const struct plan_rules *rules, const struct reward_when *when);

/* How much of a reward was issued before. */
struct reward_counts {
    int64_t issued;       /* in all */
    int64_t issued_today; /* on the business day of now */
    int64_t of_card;      /* to this member */
    int64_t codes_left;
};

/* Whether there is one for this member: NONE, SOLD_OUT, SOLD_OUT_TODAY (again_ms), HAD_ENOUGH. */
struct refusal stock_decide(const struct plan_rules *rules, const struct reward *reward,
                            const struct reward_counts *counts, int64_t now_ms);
/* How many more there are to be had today; -1: no end. */
int64_t stock_left(const struct reward *reward, const struct reward_counts *counts);

#endif
