#include "domain/swap_rules.h"

static enum refusal_kind
person_may(const struct swap_facts *facts)
{
    if (facts->scan_is_over)
        return REFUSAL_SCAN_OVER;
    if (facts->by_number)
        return REFUSAL_SPEND_BY_CODE;
    if (facts->is_own_card)
        return REFUSAL_OWN_CARD;
    if (!facts->is_active)
        return facts->is_merged ? REFUSAL_CARD_MERGED : REFUSAL_CARD_BLOCKED;
    return facts->is_guest ? REFUSAL_GUEST : REFUSAL_NONE;
}

struct refusal
swap_decide(const struct plan_rules *rules, const struct reward *reward,
            const struct swap_facts *facts, int64_t now_ms)
{
    const struct reward_facts who = {.joined_ms = facts->joined_ms, .tier = facts->tier};
    struct refusal refusal = {.kind = person_may(facts)};

    if (refusal.kind == REFUSAL_NONE && reward->catalogue != rules->catalogue)
        refusal.kind = REFUSAL_OFFER_OVER;
    if (refusal.kind == REFUSAL_NONE)
        refusal = reward_decide(rules, &reward->issue, &who, now_ms);
    if (refusal.kind == REFUSAL_NONE)
        refusal = stock_decide(rules, reward, &facts->counts, now_ms);
    if (refusal.kind == REFUSAL_NONE && facts->usable < reward->price)
        refusal =
            (struct refusal){.kind = REFUSAL_NOT_ENOUGH, .missing = reward->price - facts->usable};
    return refusal;
}
