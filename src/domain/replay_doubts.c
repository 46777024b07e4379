/*
 * What the book does not tell (replay.h), and when it need not.
 */
#include "domain/replay.h"

#include "domain/replay_inside.h"

static const char *const doubt_names[REPLAY_DOUBTS] = {[REPLAY_ITEMS] = "items",
                                                       [REPLAY_CAPS] = "caps",
                                                       [REPLAY_TIERS] = "tiers",
                                                       [REPLAY_REFUNDS] = "refunds"};

const char *
replay_doubt_name(enum replay_doubt doubt)
{
    return doubt_names[doubt];
}

/* Whatever it was held against others by, it lets through. */
static bool
is_no_less(int64_t cap, int64_t was)
{
    return cap == 0 || (was != 0 && cap >= was);
}

static bool
lets_as_much(const struct earn_rules *earn, const struct earn_rules *was, enum earn_capped capped)
{
    const struct earn_cap *cap = &earn->cap[capped], *then = &was->cap[capped];

    return is_no_less(cap->grants, then->grants) && is_no_less(cap->units, then->units);
}

static bool
is_capped(const struct earn_rules *earn)
{
    const struct earn_cap *staff = &earn->cap[EARN_CAP_STAFF], *till = &earn->cap[EARN_CAP_TILL];

    return staff->grants != 0 || staff->units != 0 || till->grants != 0 || till->units != 0;
}

/* What everybody had on that day passed these caps then, and nobody has more now. */
static bool
passes_caps(const struct plan_rules *rules, const struct plan_rules *given)
{
    return given != NULL && sales_earn_alike(rules, given) &&
           rules->earn.cap[EARN_CAP_MEMBER].units == given->earn.cap[EARN_CAP_MEMBER].units &&
           lets_as_much(&rules->earn, &given->earn, EARN_CAP_STAFF) &&
           lets_as_much(&rules->earn, &given->earn, EARN_CAP_TILL);
}

/* Whether they look at lines, pieces, or at the tax that a till told. */
static bool
asks_receipts(const struct earn_rules *earn)
{
    return earn->items_n > 0 || earn->others_earn_nothing || earn->tax_percent > 0;
}

bool
counts_as_booked(const struct plan_rules *rules, const struct replay_event *event)
{
    const struct plan_rules *given = event->given;

    return event->kind == REPLAY_VISIT && event->yen > 0 && given != NULL &&
           asks_receipts(&rules->earn) && sales_count_alike(rules, given) &&
           (given->earn.cap[EARN_CAP_MEMBER].units == 0 ||
            given->earn.cap[EARN_CAP_MEMBER].units == rules->earn.cap[EARN_CAP_MEMBER].units);
}

static bool
goals_differ(const struct plan_rules *a, const struct plan_rules *b)
{
    bool is_same = a->goal == b->goal;

    for (size_t i = 0; i < a->tier.steps_n && is_same; i++)
        is_same = a->tier.step[i].goal == b->tier.step[i].goal;
    return !is_same;
}

/* Whether a card may have had another tier under them than under those it was given by. */
static bool
tiers_differ(const struct plan_rules *rules, const struct plan_rules *was)
{
    const struct tier_rules *a = &rules->tier, *b = &was->tier;
    bool is_same = a->by == b->by && a->steps_n == b->steps_n && a->months == b->months &&
                   a->keep_months == b->keep_months && a->grace_days == b->grace_days &&
                   a->falls_by_one == b->falls_by_one;

    for (size_t i = 0; i < a->steps_n && is_same; i++)
        is_same = a->step[i].from == b->step[i].from;
    if (a->by == TIER_BY_EARNED)
        is_same = is_same && sales_earn_alike(rules, was);
    if (a->by == TIER_BY_ROUNDS)
        is_same = is_same && sales_earn_alike(rules, was) && !goals_differ(rules, was);
    return !is_same;
}

/* Whether anything depends on it. */
static bool
asks_tiers(const struct plan_rules *rules)
{
    bool does = earn_asks_tier(&rules->earn);

    for (size_t i = 0; i < rules->tier.steps_n; i++)
        does = does || rules->tier.step[i].goal != 0;
    return does;
}

unsigned
replay_doubts(const struct plan_rules *rules, const struct plan_rules *was,
              const struct replay_event *event)
{
    const struct earn_rules *earn = &rules->earn;
    bool is_visit = event->kind == REPLAY_VISIT;
    unsigned doubts = 0;

    if (is_visit && event->yen > 0 && (earn->items_n > 0 || earn->others_earn_nothing) &&
        !counts_as_booked(rules, event))
        doubts |= 1U << REPLAY_ITEMS;
    if (is_visit && is_capped(earn) && !passes_caps(rules, event->given))
        doubts |= 1U << REPLAY_CAPS;
    if (is_visit && asks_tiers(rules) && tiers_differ(rules, was))
        doubts |= 1U << REPLAY_TIERS;
    return doubts;
}
