#include "domain/plan_expiry.h"

#include <assert.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "domain/plan.h"

#define DAYS_MAX 3660
#define MONTHS_MAX 120
#define YEARS_MAX 10

static const char *const kinds[] = {
    [EXPIRY_NONE] = "none",           [EXPIRY_AFTER] = "after",
    [EXPIRY_MONTH_END] = "month_end", [EXPIRY_FISCAL_YEAR] = "fiscal_year",
    [EXPIRY_FIXED] = "fixed",         [EXPIRY_ANNIVERSARY] = "anniversary",
    [EXPIRY_FIRST_USE] = "first_use", [EXPIRY_LAST_USE] = "last_use",
};

/* ---------------------------------------------------------------- days of the calendar */

/* A business day has the date of the calendar day it begins on. */
static struct tm
date_of(const struct plan_rules *rules, int64_t at_ms)
{
    int64_t shift_ms = rules->utc_offset_min * MINUTE_MS - rules->day_cut_hour * HOUR_MS;
    int64_t local_ms = at_ms + shift_ms;
    time_t at = (time_t)(local_ms / DAY_MS - (local_ms % DAY_MS < 0)) * (DAY_MS / SECOND_MS);
    struct tm tm;

    gmtime_r(&at, &tm);
    return tm;
}

static int
days_in(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    return days[month] + (month == 1 && is_leap);
}

/* So many months on; the 31st of a month that has none is its last day. */
static struct tm
months_on(struct tm tm, int64_t months)
{
    int64_t month = tm.tm_year * INT64_C(12) + tm.tm_mon + months;

    tm.tm_year = (int)(month / 12);
    tm.tm_mon = (int)(month % 12);
    if (tm.tm_mday > days_in(tm.tm_year + 1900, tm.tm_mon))
        tm.tm_mday = days_in(tm.tm_year + 1900, tm.tm_mon);
    return tm;
}

static struct tm
month_end(struct tm tm)
{
    tm.tm_mday = days_in(tm.tm_year + 1900, tm.tm_mon);
    return tm;
}

/* When the business day of that date is over. */
static int64_t
end_of(const struct plan_rules *rules, struct tm tm)
{
    int64_t shift_ms = rules->utc_offset_min * MINUTE_MS - rules->day_cut_hour * HOUR_MS;

    return timegm(&tm) * SECOND_MS + DAY_MS - shift_ms;
}

static struct tm
date_of_number(int64_t date)
{
    return (struct tm){.tm_year = (int)(date / 10000) - 1900,
                       .tm_mon = (int)(date / 100 % 100) - 1,
                       .tm_mday = (int)(date % 100)};
}

static bool
is_date(int64_t date)
{
    struct tm tm = date_of_number(date);

    return tm.tm_mon >= 0 && tm.tm_mon < 12 && tm.tm_mday >= 1 &&
           tm.tm_mday <= days_in(tm.tm_year + 1900, tm.tm_mon);
}

/* ---------------------------------------------------------------- the end */

static struct tm
so_long_after(const struct expiry_rules *expiry, struct tm tm)
{
    if (expiry->months > 0)
        return months_on(tm, expiry->months);
    tm.tm_mday += (int)expiry->days; /* timegm carries it over */
    return tm;
}

/* The year that runs ends with this month, or did: the next one then. */
static struct tm
fiscal_end(const struct expiry_rules *expiry, struct tm tm)
{
    int64_t ahead = expiry->month - 1 - tm.tm_mon;

    return month_end(months_on(tm, (ahead < 0 ? ahead + 12 : ahead) + 12 * expiry->years));
}

/* The day before the card's next birthday is the last one. */
static struct tm
anniversary(const struct expiry_rules *expiry, struct tm tm, struct tm issued)
{
    struct tm next = months_on(issued, (tm.tm_year - issued.tm_year) * INT64_C(12));

    if (next.tm_mon < tm.tm_mon || (next.tm_mon == tm.tm_mon && next.tm_mday <= tm.tm_mday))
        next = months_on(issued, (tm.tm_year - issued.tm_year + 1) * INT64_C(12));
    next = months_on(next, 12 * expiry->years);
    next.tm_mday--;
    return next;
}

static int64_t
end_after(const struct plan_rules *rules, const struct expiry_facts *facts)
{
    const struct expiry_rules *expiry = &rules->expiry;
    struct tm visit = date_of(rules, facts->visit_ms);

    switch (expiry->kind) {
    case EXPIRY_NONE:
        return 0;
    case EXPIRY_AFTER:
    case EXPIRY_LAST_USE:
        return end_of(rules, so_long_after(expiry, visit));
    case EXPIRY_FIRST_USE:
        return facts->together_ms > facts->visit_ms ? facts->together_ms
                                                    : end_of(rules, so_long_after(expiry, visit));
    case EXPIRY_MONTH_END:
        visit.tm_mday = 1;
        return end_of(rules, month_end(months_on(visit, expiry->months)));
    case EXPIRY_FISCAL_YEAR:
        visit.tm_mday = 1;
        return end_of(rules, fiscal_end(expiry, visit));
    case EXPIRY_FIXED:
        return end_of(rules, date_of_number(expiry->date));
    case EXPIRY_ANNIVERSARY:
        return end_of(rules, anniversary(expiry, visit, date_of(rules, facts->issued_ms)));
    }
    assert(0 && "a kind we know");
    return 0;
}

struct unit_life
unit_life_of(const struct plan_rules *rules, const struct expiry_facts *facts)
{
    struct unit_life life = {
        .expires_ms = end_after(rules, facts),
        .renews = rules->expiry.kind == EXPIRY_LAST_USE,
    };
    struct tm from = date_of(rules, facts->visit_ms);

    if (rules->expiry.pending_days > 0) {
        from.tm_mday += (int)rules->expiry.pending_days;
        life.usable_ms = end_of(rules, from);
    }
    return life;
}

bool
plan_is_over(const struct plan_rules *rules, int64_t visit_ms)
{
    return rules->expiry.kind == EXPIRY_FIXED &&
           end_of(rules, date_of_number(rules->expiry.date)) <= visit_ms;
}

/* ---------------------------------------------------------------- in a plan file */

static enum err_code
invalid(struct err *e, const char *field, const char *why)
{
    return err_field(e, ERR_INPUT, "plan_invalid", field, "%s %s", field, why);
}

static bool
kind_by_name(struct str name, enum expiry_kind *out)
{
    int i = str_index(name, kinds, sizeof(kinds) / sizeof(kinds[0]));

    if (i >= 0)
        *out = (enum expiry_kind)i;
    return i >= 0;
}

/* What a kind needs is there, and what would mean nothing is not. */
static enum err_code
check(const struct expiry_rules *r, struct err *e)
{
    bool has_length =
        r->kind == EXPIRY_AFTER || r->kind == EXPIRY_FIRST_USE || r->kind == EXPIRY_LAST_USE;
    bool has_months = has_length || r->kind == EXPIRY_MONTH_END;
    bool has_years = r->kind == EXPIRY_FISCAL_YEAR || r->kind == EXPIRY_ANNIVERSARY;

    if (has_length && (r->days > 0) == (r->months > 0))
        return invalid(e, "expiry.days", "or expiry.months, one of the two, says how long");
    if (!has_length && r->days != 0)
        return invalid(e, "expiry.days", "means nothing for this kind");
    if (!has_months && r->months != 0)
        return invalid(e, "expiry.months", "means nothing for this kind");
    if (!has_years && r->years != 0)
        return invalid(e, "expiry.years", "means nothing for this kind");
    if ((r->kind == EXPIRY_FISCAL_YEAR) != (r->month != 0))
        return invalid(e, "expiry.month", "is the last month of a fiscal_year, and of that only");
    if ((r->kind == EXPIRY_FIXED) != (r->date != 0))
        return invalid(e, "expiry.date", "is the last day of kind fixed, and of that only");
    if (r->date != 0 && !is_date(r->date))
        return invalid(e, "expiry.date", "is a day such as 20270331");
    if (r->kind == EXPIRY_LAST_USE && r->pending_days != 0)
        return invalid(e, "expiry.pending_days", "cannot be with last_use");
    if (r->kind == EXPIRY_NONE && r->remind_days != 0)
        return invalid(e, "expiry.remind_days", "means nothing where nothing ends");
    return OK;
}

enum err_code
expiry_read(const json_t *in, struct expiry_rules *out, struct err *e)
{
    struct expiry_rules r = {.kind = EXPIRY_NONE};
    struct str kind = STR("none");
    const struct json_field field[] = {
        {"kind", JSON_KIND_TEXT, true, 1, 16, &kind},
        {"days", JSON_KIND_INT, true, 0, DAYS_MAX, &r.days},
        {"months", JSON_KIND_INT, true, 0, MONTHS_MAX, &r.months},
        {"years", JSON_KIND_INT, true, 0, YEARS_MAX, &r.years},
        {"month", JSON_KIND_INT, true, 1, 12, &r.month},
        {"date", JSON_KIND_INT, true, 20200101, 29991231, &r.date},
        {"pending_days", JSON_KIND_INT, true, 0, 366, &r.pending_days},
        {"remind_days", JSON_KIND_INT, true, 0, 366, &r.remind_days},
    };

    if (json_read(in, field, sizeof(field) / sizeof(field[0]), e))
        return e->code;
    if (!kind_by_name(kind, &r.kind))
        return invalid(e, "expiry.kind",
                       "is none, after, month_end, fiscal_year, fixed, anniversary, first_use or "
                       "last_use");
    if (check(&r, e))
        return e->code;
    *out = r;
    return OK;
}

static bool
add_int(json_t *to, const char *name, int64_t value)
{
    return value == 0 || json_object_set_new(to, name, json_integer(value)) == 0;
}

bool
expiry_write(const struct expiry_rules *r, json_t *plan)
{
    json_t *out;

    if (r->kind == EXPIRY_NONE && r->pending_days == 0)
        return true;
    out = json_pack("{s:s}", "kind", kinds[r->kind]);
    return json_object_set_new(plan, "expiry", out) == 0 && add_int(out, "days", r->days) &&
           add_int(out, "months", r->months) && add_int(out, "years", r->years) &&
           add_int(out, "month", r->month) && add_int(out, "date", r->date) &&
           add_int(out, "pending_days", r->pending_days) &&
           add_int(out, "remind_days", r->remind_days);
}
