#include "domain/spend_decide.h"

#include "domain/rules.h"

/* A limit, and what is told when it is the one that stands in the way. */
struct limit {
    int64_t points;
    enum refusal_kind why;
};

static void
tighten(struct limit *limit, int64_t points, enum refusal_kind why)
{
    if (points < limit->points)
        *limit = (struct limit){.points = points > 0 ? points : 0, .why = why};
}

static struct limit
limit_of(const struct spend_rules *spend, const struct spend_facts *facts)
{
    struct limit limit = {.points = GRANT_AMOUNT_MAX, .why = REFUSAL_TOO_MUCH};

    tighten(&limit, facts->usable, REFUSAL_POINTS_SHORT);
    if (spend->per_day_max > 0)
        tighten(&limit, spend->per_day_max - facts->day_spent, REFUSAL_SPEND_DAY);
    if (facts->sale_yen > 0)
        tighten(&limit, facts->sale_yen * spend->percent_max / 100 / spend->yen,
                REFUSAL_SPEND_SHARE);
    return limit;
}

/* NONE when `points` may be spent, as far as the rules go. */
static enum refusal_kind
judge(const struct spend_rules *spend, const struct limit *limit, int64_t points)
{
    if (points % spend->step != 0)
        return REFUSAL_SPEND_STEP;
    if (points < spend->least)
        return REFUSAL_SPEND_LEAST;
    return points > limit->points ? limit->why : REFUSAL_NONE;
}

struct spend_verdict
spend_decide(const struct plan_rules *rules, const struct spend_facts *facts, int64_t now_ms)
{
    const struct spend_rules *spend = &rules->spend;
    struct spend_verdict out = {.refusal = {.kind = REFUSAL_NONE}};
    struct limit limit;
    int64_t most;

    if (spend->yen == 0 || !facts->by_code) {
        out.refusal.kind = spend->yen == 0 ? REFUSAL_NOT_SPENT : REFUSAL_SPEND_BY_CODE;
        return out;
    }
    limit = limit_of(spend, facts);
    most = limit.points - limit.points % spend->step;
    if (most < spend->least)
        most = 0;
    if (facts->points == SPEND_ALL)
        out.refusal.kind = most == 0 ? limit.why : REFUSAL_NONE;
    else
        out.refusal.kind = judge(spend, &limit, facts->points);
    if (out.refusal.kind == REFUSAL_NONE) {
        out.points = facts->points == SPEND_ALL ? most : facts->points;
        out.yen = out.points * spend->yen;
        if (facts->agreed < out.points)
            out.refusal.kind = REFUSAL_SPEND_ASK;
    }
    if (out.refusal.kind == REFUSAL_SPEND_DAY)
        out.refusal.again_ms = business_day(rules, now_ms).end_ms;
    if (out.refusal.kind != REFUSAL_NONE) {
        out.refusal.most = most;
        out.refusal.step = spend->step;
        out.refusal.least = spend->least;
        out.refusal.have = facts->usable;
    }
    return out;
}

bool
spend_needs_sale(const struct plan_rules *rules)
{
    return rules->spend.yen > 0 && rules->spend.percent_max < 100;
}
