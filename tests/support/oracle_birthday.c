/*
 * The part of oracle.h about birthdays.
 */
#include "tests/support/oracle.h"

#include <time.h>

#include "tests/support/oracle_inside.h"

#define DAY_MS INT64_C(86400000)

/* The date of a business day, which begins at four in the morning in Tokyo. */
static struct tm
date_of(int64_t now_ms, int64_t days)
{
    time_t at = (time_t)(day_end(now_ms, days - 1) / DAY_MS + 1) * 86400;
    struct tm tm;

    gmtime_r(&at, &tm);
    return tm;
}

int64_t
oracle_month_day(int64_t now_ms, int64_t days)
{
    struct tm tm = date_of(now_ms, days);

    return (tm.tm_mon + 1) * 100 + tm.tm_mday;
}

void
oracle_born(struct oracle *o, size_t card, int64_t month_day)
{
    o->card[card].born = month_day;
}

static bool
is_today(int64_t born, int64_t now_ms)
{
    bool is_last_of_february =
        oracle_month_day(now_ms, 0) / 100 == 2 && oracle_month_day(now_ms, 1) == 301;

    return born == oracle_month_day(now_ms, 0) || (born == 229 && is_last_of_february);
}

static bool
was_thanked(const struct oracle *o, size_t card, int64_t since_ms)
{
    for (size_t i = 0; i < o->grants_n; i++) {
        const struct oracle_grant *g = &o->grant[i];

        if (g->is_birthday && is_one_person(o, g->card, card) && g->at_ms >= since_ms)
            return true;
    }
    return false;
}

void
thank_for_birthdays(struct oracle *o, int64_t now_ms)
{
    int64_t year_ms = day_end(now_ms, -1 - date_of(now_ms, 0).tm_yday);

    for (size_t card = 0; card < ORACLE_CARDS; card++) {
        const struct oracle_card *c = &o->card[card];

        if (c->is_merged || !is_today(c->born, now_ms) || was_thanked(o, card, year_ms))
            continue;
        add_grant(o, card, LINE_BONUS, ORACLE_BIRTHDAY, now_ms, now_ms)->is_birthday = true;
        tier_look(o, card, now_ms);
    }
}
