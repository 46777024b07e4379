#include "domain/hold_rules.h"

struct refusal
hold_end_decide(const struct hold_facts *facts, int64_t now_ms)
{
    static const enum refusal_kind ended[] = {[HOLD_OPEN] = REFUSAL_NONE,
                                              [HOLD_CAPTURED] = REFUSAL_HOLD_CAPTURED,
                                              [HOLD_RELEASED] = REFUSAL_HOLD_RELEASED,
                                              [HOLD_OVER] = REFUSAL_HOLD_OVER};

    if (!(facts->is_manager ? facts->is_own_shop : facts->is_same_till))
        return (struct refusal){.kind = REFUSAL_OTHER_TILL};
    if (facts->state == HOLD_OPEN && facts->until_ms <= now_ms) /* nobody has closed it yet */
        return (struct refusal){.kind = REFUSAL_HOLD_OVER, .at_ms = facts->until_ms};
    return (struct refusal){.kind = ended[facts->state], .at_ms = facts->closed_ms};
}

struct refusal
hold_capture_decide(const struct hold_facts *facts, int64_t points, int64_t now_ms)
{
    struct refusal refusal = hold_end_decide(facts, now_ms);

    if (refusal.kind != REFUSAL_NONE)
        return refusal;
    if (!facts->is_active)
        return (struct refusal){.kind = REFUSAL_CARD_BLOCKED};
    if (facts->is_own_card)
        return (struct refusal){.kind = REFUSAL_OWN_CARD};
    if (points > facts->points)
        return (struct refusal){.kind = REFUSAL_HOLD_LESS, .most = facts->points};
    return refusal;
}
