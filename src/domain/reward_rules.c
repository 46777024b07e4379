#include "domain/reward_rules.h"

#include "base/clock.h"
#include "domain/rules.h"

#define WEEK_DAYS 7

/* ---------------------------------------------------------------- conditions */

static bool
is_among(const struct reward_when *when, int64_t shop_id)
{
    for (size_t i = 0; i < when->shops_n; i++)
        if (when->shop[i] == shop_id)
            return true;
    return when->shops_n == 0;
}

/* Midnight of the plan's zone before now. */
static int64_t
day_start(const struct plan_rules *rules, int64_t now_ms)
{
    const struct plan_rules at_midnight = {.utc_offset_min = rules->utc_offset_min};

    return business_day(&at_midnight, now_ms).start_ms;
}

static bool
span_holds(const struct plan_rules *rules, const struct week_span *span, int64_t at_ms)
{
    return week_span_holds(span, week_minute(at_ms, (int)rules->utc_offset_min));
}

/* A day of the week is one on which the span begins. */
static bool
is_day(const struct plan_rules *rules, const struct week_span *span, int64_t at_ms)
{
    return span->days >> (week_minute(at_ms, (int)rules->utc_offset_min) / WEEK_DAY_MIN) & 1U;
}

static struct refusal
out_of_hours(const struct plan_rules *rules, const struct week_span *span, int64_t now_ms)
{
    int64_t midnight = day_start(rules, now_ms);
    struct refusal refusal = {.kind = is_day(rules, span, now_ms) ? REFUSAL_WRONG_HOUR
                                                                  : REFUSAL_WRONG_WEEKDAY};

    for (int day = 0; day <= WEEK_DAYS && refusal.again_ms == 0; day++) {
        int64_t begins_ms = midnight + day * DAY_MS;

        if (!is_day(rules, span, begins_ms))
            continue;
        if (span->from_min != span->until_min)
            begins_ms += span->from_min * MINUTE_MS;
        if (begins_ms > now_ms)
            refusal.again_ms = begins_ms;
    }
    return refusal;
}

/* When the business day of that date begins. */
static int64_t
date_start(const struct plan_rules *rules, int64_t day)
{
    return day * DAY_MS - rules->utc_offset_min * MINUTE_MS + rules->day_cut_hour * HOUR_MS;
}

/* The later of the day it begins for everybody, and the end of this voucher's own wait. */
int64_t
when_begins(const struct plan_rules *rules, const struct reward_when *when, int64_t issued_ms)
{
    int64_t from_ms = when->from_day == 0 ? 0 : date_start(rules, when->from_day);
    int64_t wait_ms = when->wait_days == 0 || issued_ms == 0
                          ? 0
                          : business_day(rules, issued_ms).end_ms + (when->wait_days - 1) * DAY_MS;

    return from_ms > wait_ms ? from_ms : wait_ms;
}

int64_t
when_ends(const struct plan_rules *rules, const struct reward_when *when)
{
    return when->until_day == 0 ? 0 : date_start(rules, when->until_day + 1);
}

struct refusal
reward_decide(const struct plan_rules *rules, const struct reward_when *when,
              const struct reward_facts *facts, int64_t now_ms)
{
    int64_t from_ms = when_begins(rules, when, facts->issued_ms);
    int64_t until_ms = when_ends(rules, when);
    int64_t new_until_ms =
        business_day(rules, facts->joined_ms).start_ms + (when->new_days + 1) * DAY_MS;

    if (now_ms < from_ms)
        return (struct refusal){.kind = REFUSAL_NOT_YET, .again_ms = from_ms};
    if (until_ms != 0 && now_ms >= until_ms)
        return (struct refusal){.kind = REFUSAL_OFFER_OVER, .at_ms = until_ms};
    if (!is_among(when, facts->shop_id))
        return (struct refusal){.kind = REFUSAL_WRONG_SHOP};
    if (when->span.days != 0 && !span_holds(rules, &when->span, now_ms))
        return out_of_hours(rules, &when->span, now_ms);
    if (when->new_days != 0 && now_ms >= new_until_ms)
        return (struct refusal){.kind = REFUSAL_NEW_MEMBERS_ONLY, .at_ms = new_until_ms};
    if (facts->tier < when->least_tier)
        return (struct refusal){.kind = REFUSAL_TIER_TOO_LOW};
    return reward_decide_captured(when, facts->yen);
}

struct refusal
reward_decide_captured(const struct reward_when *when, int64_t yen)
{
    if (yen < when->least_yen)
        return (struct refusal){.kind = REFUSAL_SPEND_TOO_LOW, .least = when->least_yen};
    return (struct refusal){.kind = REFUSAL_NONE};
}

/* ---------------------------------------------------------------- how many there are */

struct refusal
stock_decide(const struct plan_rules *rules, const struct reward *reward,
             const struct reward_counts *counts, int64_t now_ms)
{
    if ((reward->most != 0 && counts->issued >= reward->most) ||
        (reward->has_codes && counts->codes_left == 0))
        return (struct refusal){.kind = REFUSAL_SOLD_OUT};
    if (reward->most_a_card != 0 && counts->of_card >= reward->most_a_card)
        return (struct refusal){.kind = REFUSAL_HAD_ENOUGH};
    if (reward->most_a_day != 0 && counts->issued_today >= reward->most_a_day)
        return (struct refusal){.kind = REFUSAL_SOLD_OUT_TODAY,
                                .again_ms = business_day(rules, now_ms).end_ms};
    return (struct refusal){.kind = REFUSAL_NONE};
}

/* Not below nothing: a later version may allow fewer than were issued. */
static void
at_most(int64_t *left, int64_t n)
{
    if (n < 0)
        n = 0;
    if (*left < 0 || n < *left)
        *left = n;
}

int64_t
stock_left(const struct reward *reward, const struct reward_counts *counts)
{
    int64_t left = -1;

    if (reward->most != 0)
        at_most(&left, reward->most - counts->issued);
    if (reward->most_a_day != 0)
        at_most(&left, reward->most_a_day - counts->issued_today);
    if (reward->has_codes)
        at_most(&left, counts->codes_left);
    return left;
}
