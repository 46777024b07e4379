#include "domain/gift_case.h"

#include "base/clock.h"

struct refusal
gift_may_give(const struct plan_rules *rules, const struct gift_giving *g, int64_t now_ms)
{
    struct refusal refusal = {.kind = REFUSAL_NONE};

    if (rules->gift.day_max == 0) {
        refusal.kind = REFUSAL_GIFT_OFF;
    } else if (g->giver.is_guest) {
        refusal.kind = REFUSAL_GUEST;
    } else if (!g->giver.is_active) {
        refusal.kind = REFUSAL_CARD_BLOCKED;
    } else if (g->amount < rules->gift.min) {
        refusal = (struct refusal){.kind = REFUSAL_GIFT_SMALL, .least = rules->gift.min};
    } else if (g->amount > g->usable) {
        refusal =
            (struct refusal){.kind = REFUSAL_BALANCE_TOO_LOW, .missing = g->amount - g->usable};
    } else if (g->open >= GIFTS_OPEN_MAX) {
        refusal.kind = REFUSAL_GIFT_OPEN_FULL;
    } else if (g->given_day + g->amount > rules->gift.day_max) {
        refusal.kind = REFUSAL_DAY_FULL;
        refusal.again_ms = business_day(rules, now_ms).end_ms;
    }
    return refusal;
}

int64_t
gift_until(const struct plan_rules *rules, int64_t first_end_ms, int64_t now_ms)
{
    int64_t until_ms = now_ms + rules->gift.days * DAY_MS;

    return first_end_ms != 0 && first_end_ms < until_ms ? first_end_ms : until_ms;
}

struct refusal
gift_may_return(enum gift_state state, int64_t closed_ms)
{
    if (state == GIFT_ACCEPTED)
        return (struct refusal){.kind = REFUSAL_GIFT_TAKEN, .at_ms = closed_ms};
    if (state == GIFT_RETURNED)
        return (struct refusal){.kind = REFUSAL_GIFT_OVER, .at_ms = closed_ms};
    return (struct refusal){.kind = REFUSAL_NONE};
}

struct refusal
gift_may_take(const struct gift_taking *t, int64_t now_ms)
{
    struct refusal refusal = gift_may_return(t->state, t->closed_ms);

    if (refusal.kind != REFUSAL_NONE)
        return refusal;
    if (t->until_ms <= now_ms)
        refusal = (struct refusal){.kind = REFUSAL_GIFT_OVER, .at_ms = t->until_ms};
    else if (t->taker.is_guest)
        refusal.kind = REFUSAL_GUEST;
    else if (t->is_own)
        refusal.kind = REFUSAL_GIFT_OWN;
    else if (!t->taker.is_active)
        refusal.kind = REFUSAL_CARD_BLOCKED;
    else if (!t->giver.is_active)
        refusal.kind = REFUSAL_GIFT_STOPPED;
    return refusal;
}
