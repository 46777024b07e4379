#include "domain/rules.h"

#include <assert.h>

#include "base/clock.h"

/* Rounded towards the past, also before 1970. */
static int64_t
floor_div(int64_t n, int64_t by)
{
    return n / by - (n % by < 0);
}

struct business_day
business_day(const struct plan_rules *rules, int64_t at_ms)
{
    int64_t shift_ms = rules->utc_offset_min * MINUTE_MS - rules->day_cut_hour * HOUR_MS;
    int64_t start_ms = floor_div(at_ms + shift_ms, DAY_MS) * DAY_MS - shift_ms;

    return (struct business_day){.start_ms = start_ms, .end_ms = start_ms + DAY_MS};
}

/* What one limit says of the visits it looks at, over what the others said. */
static void
add_limit(struct refusal *refusal, const struct plan_rules *rules, const struct grants_seen *seen,
          int64_t cool_down_min, int64_t per_day_max, int64_t visit_ms)
{
    int64_t cool_down_ms = cool_down_min * MINUTE_MS;
    int64_t apart_ms = visit_ms - seen->near_ms;
    bool is_near = seen->has_near && apart_ms < cool_down_ms && -apart_ms < cool_down_ms;
    bool is_full = per_day_max > 0 && seen->day_count >= per_day_max;
    int64_t end_ms = business_day(rules, visit_ms).end_ms;

    if (!is_near && !is_full)
        return;
    /* "Come again tomorrow" says more than "in an hour" when both hold. */
    if (refusal->kind != REFUSAL_DAY_FULL)
        refusal->kind = is_full ? REFUSAL_DAY_FULL : REFUSAL_TOO_SOON;
    if (seen->has_near && refusal->last_ms == 0)
        refusal->last_ms = seen->near_ms;
    if (is_near && seen->near_ms + cool_down_ms > refusal->again_ms)
        refusal->again_ms = seen->near_ms + cool_down_ms;
    if (is_full && end_ms > refusal->again_ms)
        refusal->again_ms = end_ms;
}

struct refusal
grant_decide(const struct plan_rules *rules, const struct grant_history *history, int64_t visit_ms)
{
    const struct grants_seen any = {
        .has_near = history->has_near,
        .near_ms = history->near_ms,
        .day_count = history->day_count,
    };
    struct refusal refusal = {.kind = REFUSAL_NONE};

    add_limit(&refusal, rules, &any, rules->cool_down_min, rules->per_day_max, visit_ms);
    add_limit(&refusal, rules, &history->here, rules->earn.shop_cool_down_min,
              rules->earn.shop_per_day_max, visit_ms);
    if (refusal.kind == REFUSAL_NONE && history->by_number &&
        history->number_count >= rules->number_per_day)
        refusal.kind = REFUSAL_NUMBER_FULL; /* the code on the phone earns now */
    if (refusal.kind == REFUSAL_NONE && history->spent_ms != 0)
        refusal = (struct refusal){.kind = REFUSAL_SCAN_OVER, .last_ms = history->spent_ms};
    return refusal;
}

int64_t
points_at(enum rounding rounding, int64_t amount, int64_t each)
{
    int64_t points, rest;

    assert(each > 0 && amount >= 0);
    points = amount / each;
    rest = amount % each;
    switch (rounding) {
    case ROUNDING_DOWN:
        return points;
    case ROUNDING_NEAREST:
        return points + (rest >= each - rest); /* a half goes up */
    case ROUNDING_UP:
        return points + (rest > 0);
    }
    assert(0 && "a rounding we know");
    return 0;
}

int64_t
points_of_sale(const struct plan_rules *rules, int64_t yen)
{
    return points_at(rules->rounding, yen, rules->yen_per_point);
}

static void
add_step(struct rounds *out, size_t reward, bool is_round)
{
    if (out->steps_n == GRANT_REWARDS_MAX)
        out->too_many = true;
    else
        out->step[out->steps_n++] = (struct round_step){.reward = reward, .is_round = is_round};
}

int64_t
repaid_of(int64_t owed, int64_t given)
{
    return owed < given ? owed : given;
}

struct rounds
rounds_of(const struct plan_rules *rules, const struct place *before, int64_t amount)
{
    int64_t repaid = repaid_of(before->owed, amount);
    struct rounds out = {.steps_n = 0, .balance_after = before->balance + amount - repaid};
    int64_t from = before->reached;
    int64_t to = out.balance_after;
    bool is_full;

    assert(before->balance >= 0 && before->reached >= 0 && amount >= 0);
    if (rules->goal == 0)
        return out;
    assert(rules->rewards_n > 0 && rules->reward[rules->rewards_n - 1].at == rules->goal);
    do {
        is_full = to >= rules->goal;
        for (size_t i = 0; i + 1 < rules->rewards_n; i++)
            if (from < rules->reward[i].at && rules->reward[i].at <= to)
                add_step(&out, i, false);
        if (is_full) {
            add_step(&out, rules->rewards_n - 1, true);
            out.rounds++;
            from = 0;
            to -= rules->goal;
        }
    } while (is_full && !out.too_many);
    out.balance_after = to;
    return out;
}

bool
is_one_short(const struct plan_rules *rules, int64_t balance)
{
    if (rules->unit != UNIT_STAMP)
        return false;
    for (size_t i = 0; i < rules->rewards_n; i++)
        if (rules->reward[i].at == balance + 1)
            return true;
    return false;
}

int64_t
voucher_end(const struct plan_rules *rules, const struct plan_reward *reward, int64_t at_ms)
{
    return business_day(rules, at_ms).end_ms + reward->valid_days * DAY_MS;
}
