/*
 * plan_loss.h - what new rules would take from people who are on their way, as a pure function.
 *
 * A card that has begun was promised something: this reward at this place, and what its units are
 * worth. Rules that keep all of it, or give more, are published as they are. What is less for
 * somebody is named here, one by one, and published only when the owner has said so for each of
 * them: "change without breach". What units already on cards are good for until when is no matter
 * of rules in force - a unit keeps the end it was given (lots.h), a voucher its own.
 *
 * Whatever only concerns visits still to come - fewer points a yen, a longer cool-down, vouchers or
 * units that will last shorter - was promised to nobody, and is no loss.
 */
#ifndef DOMAIN_PLAN_LOSS_H
#define DOMAIN_PLAN_LOSS_H

#include "base/str.h"
#include "domain/plan.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum loss_kind {
    LOSS_GOAL_RAISED,    /* cards that have begun need more to be full */
    LOSS_REWARD_REMOVED, /* a reward they were on their way to is gone */
    LOSS_REWARD_LATER,   /* it comes at a later place */
    LOSS_WORTH_LESS,     /* points on cards buy less at the till, or nothing */
    LOSS_KINDS,
};
const char *loss_name(enum loss_kind kind); /* "goal_raised": what an owner says to accept it */
bool loss_by_name(struct str name, enum loss_kind *out);

#define LOSSES_MAX (2 + PLAN_REWARDS_MAX)

struct loss {
    enum loss_kind kind;
    int64_t was, is; /* places; is 0: none */
    int64_t below;   /* cards that hold 1 to so many units less one are concerned */
    const char
        *title; /* of the reward; "" for the goal and for yen; borrowed from `was` of plan_losses */
};

/*
 * A reward is the same one when its title is: with another title at the same place it was replaced,
 * and that counts as removed - only the owner knows which is better.
 */
size_t
plan_losses(const struct plan_rules *was, const struct plan_rules *is, struct loss out[LOSSES_MAX]);

#endif
