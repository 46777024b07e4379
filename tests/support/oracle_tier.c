/*
 * The part of oracle.h about tiers.
 */
#include "tests/support/oracle.h"

#include <time.h>

#include "tests/support/oracle_inside.h"

#define DAY_S INT64_C(86400)
#define DAY_MS (1000 * DAY_S)

/* The beginning of the business day so many months on, or of the last day of a shorter month. */
static int64_t
months_on(int64_t now_ms, int months)
{
    int64_t begins_ms = day_end(now_ms, -1), first, next, day;
    time_t at = (time_t)((begins_ms + DAY_MS) / DAY_MS * DAY_S); /* four in the morning in Tokyo */
    struct tm tm, month = {.tm_mday = 1};

    gmtime_r(&at, &tm);
    month.tm_year = tm.tm_year;
    month.tm_mon = tm.tm_mon + months;
    first = timegm(&month) / DAY_S;
    month.tm_mon++;
    next = timegm(&month) / DAY_S;
    day = tm.tm_mday < next - first ? tm.tm_mday : next - first;
    return begins_ms + (first + day - 1 - (int64_t)at / DAY_S) * DAY_MS;
}

static int64_t
due(const struct oracle *o, size_t card, int64_t at_ms)
{
    int64_t since_ms = months_on(at_ms, -ORACLE_TIER_MONTHS), earned = 0;

    for (size_t i = 0; i < o->grants_n; i++) {
        const struct oracle_grant *g = &o->grant[i];

        if (g->card == card && !g->is_undone && g->sold_ms >= since_ms)
            earned += g->amount - g->refunded;
    }
    return earned >= ORACLE_TIER_2 ? 2 : earned >= ORACLE_TIER_1 ? 1 : 0;
}

static void
change(struct oracle_card *c, int64_t tier, int64_t until_ms, int64_t now_ms)
{
    c->tier_before = c->tier;
    c->tier_from_ms = now_ms;
    c->tier = tier;
    c->tier_until_ms = tier == 0 ? 0 : until_ms;
}

void
tier_look(struct oracle *o, size_t card, int64_t now_ms)
{
    struct oracle_card *c = &o->card[card];
    int64_t until_ms = months_on(now_ms, ORACLE_TIER_KEPT) + (ORACLE_TIER_GRACE + 1) * DAY_MS;
    int64_t now = due(o, card, now_ms);

    if (card != ORACLE_FORGIVES)
        return;
    if (now > c->tier)
        change(c, now, until_ms, now_ms);
    else if (c->tier > 0 && c->tier_until_ms <= now_ms)
        change(c, now == c->tier ? now : c->tier - 1, until_ms, now_ms);
}

void
tier_undo(struct oracle *o, size_t card, int64_t now_ms)
{
    struct oracle_card *c = &o->card[card];
    int64_t left;

    if (c->tier_before >= c->tier)
        return;
    left = due(o, card, c->tier_from_ms);
    if (left < c->tier)
        change(c, left > c->tier_before ? left : c->tier_before, c->tier_until_ms, now_ms);
}
