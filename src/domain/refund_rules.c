#include "domain/refund_rules.h"

#include <assert.h>

#include "base/clock.h"
#include "domain/earning.h"
#include "domain/rules.h"

/* `given` in proportion, rounded as the plan rounds points. No product is near 2^63: units are at
 * most GRANT_AMOUNT_MAX, yen GRANT_YEN_MAX. */
static int64_t
share(const struct plan_rules *rules, int64_t given, int64_t part, int64_t whole)
{
    int64_t units = given * part / whole;
    int64_t rest = given * part % whole;

    switch (rules->rounding) {
    case ROUNDING_DOWN:
        return units;
    case ROUNDING_NEAREST:
        return units + (rest >= whole - rest);
    case ROUNDING_UP:
        return units + (rest > 0);
    }
    assert(0 && "a rounding we know");
    return 0;
}

static int64_t
plain_units(const struct plan_rules *rules, int64_t yen)
{
    return units_of(rules, &(struct sale){.yen = yen}, 0, 0).base;
}

/* A sale that earned by its yen alone earns by them again; of one that earned by its lines, or was
 * cut by a cap, the rest has its share. */
static int64_t
sale_left(const struct plan_rules *rules, const struct refundable *sale, int64_t left_yen)
{
    if (rules->yen_per_point > 0 && sale->units == plain_units(rules, sale->yen))
        return plain_units(rules, left_yen);
    return share(rules, sale->units, left_yen, sale->yen);
}

int64_t
units_left(const struct plan_rules *rules, const struct refundable *sale, int64_t left_yen)
{
    int64_t left = sale_left(rules, sale, left_yen);
    int64_t sum = left;

    assert(sale->yen > 0 && left_yen >= 0 && left_yen <= sale->yen);
    for (size_t i = 0; i < sale->bonuses_n; i++) /* a double of nine points is a double of nine */
        sum += sale->units > 0 ? share(rules, sale->bonus[i], left, sale->units)
                               : share(rules, sale->bonus[i], left_yen, sale->yen);
    return sum;
}

static bool
is_in_time(const struct plan_rules *rules, const struct refund_facts *facts)
{
    int64_t last_ms = business_day(rules, facts->sale_ms).end_ms + rules->back.refund_days * DAY_MS;

    return facts->now_ms < last_ms;
}

struct refusal
refund_decide(const struct plan_rules *rules, const struct refund_facts *facts)
{
    int64_t left_yen = facts->sale_yen - facts->refunded_yen;
    int64_t after_yen = facts->refunded_yen + facts->yen;
    struct refusal refusal = {.kind = REFUSAL_NONE};

    if (left_yen == 0)
        refusal.kind = REFUSAL_ALREADY_REFUNDED;
    else if (facts->yen > left_yen)
        refusal = (struct refusal){.kind = REFUSAL_REFUND_TOO_MUCH, .left = left_yen};
    else if (!facts->is_own_shop)
        refusal.kind = REFUSAL_OTHER_TILL;
    else if (!facts->is_manager && !is_in_time(rules, facts))
        refusal.kind = REFUSAL_TOO_LATE;
    else if (!facts->is_manager && rules->back.refund_yen > 0 && after_yen > rules->back.refund_yen)
        refusal.kind = REFUSAL_MANAGER_NEEDED;
    return refusal;
}

struct refund_parts
refund_split(const struct plan_rules *rules, int64_t units, int64_t missing)
{
    struct refund_parts parts = {.taken = units - missing};

    assert(missing >= 0 && missing <= units);
    switch (rules->back.refund_short) {
    case SHORT_REFUSE:
        parts.is_refused = missing > 0;
        break;
    case SHORT_FORGIVE:
        parts.forgiven = missing;
        break;
    case SHORT_OWE:
        parts.owed = missing;
        break;
    }
    return parts;
}
