#include "domain/earning.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "domain/rules.h"

/* ---------------------------------------------------------------- do the rules fit */

static enum err_code
invalid(struct err *e, const char *field, const char *why)
{
    return err_field(e, ERR_INPUT, "plan_invalid", field, "%s %s", field, why);
}

/* One bonus fills a card at most once. */
static bool
is_too_much(const struct plan_rules *rules, int64_t units)
{
    return rules->goal > 0 && units > rules->goal;
}

enum err_code
earn_check(const struct plan_rules *rules, struct err *e)
{
    const struct earn_rules *earn = &rules->earn;

    if (earn->visit_stamps != 0 && rules->unit != UNIT_STAMP)
        return invalid(e, "visit_stamps", "needs a plan of stamps");
    if (earn->tax_percent != 0 && rules->unit != UNIT_POINT)
        return invalid(e, "tax_percent", "needs a plan of points");
    if (earn->others_earn_nothing && earn->items_n == 0)
        return invalid(e, "others", "are those beside items, and there are none");
    if (is_too_much(rules, earn->join_units))
        return invalid(e, "join", "is more than the goal");
    if (is_too_much(rules, earn->birthday_units))
        return invalid(e, "birthday", "is more than the goal");
    for (size_t i = 0; i < earn->events_n; i++)
        if (is_too_much(rules, earn->event[i].units))
            return invalid(e, "events", "are of no more than the goal");
    return OK;
}

/* ---------------------------------------------------------------- yen and lines */

/* Yen that count together, at one rate. */
struct group {
    int64_t yen, tax, quantity;
};

/* Without the tax that the till told, or else that of the plan's rate, rounded down. */
static int64_t
counted_yen(const struct plan_rules *rules, const struct sale *sale, const struct group *group)
{
    if (rules->earn.tax_percent == 0)
        return group->yen;
    if (sale->has_tax)
        return group->yen - group->tax;
    return group->yen * 100 / (100 + rules->earn.tax_percent);
}

static bool
fits(const struct earn_item *item, const struct sale_line *line)
{
    return str_eq(str_of(item->name), item->is_category ? line->category : line->code);
}

/* By the item rule each line falls under; the last group is of those that none names. */
static void
group_lines(const struct earn_rules *earn, const struct sale *sale,
            struct group group[EARN_ITEMS_MAX + 1])
{
    for (size_t i = 0; i <= earn->items_n; i++)
        group[i] = (struct group){0};
    for (size_t l = 0; l < sale->lines_n; l++) {
        const struct sale_line *line = &sale->line[l];
        size_t i = 0;

        while (i < earn->items_n && !fits(&earn->item[i], line))
            i++;
        group[i].yen += line->yen;
        group[i].tax += line->tax;
        group[i].quantity += line->quantity;
    }
}

struct units {
    int64_t of_yen, of_pieces;
};

static struct units
units_of_lines(const struct plan_rules *rules, const struct sale *sale)
{
    const struct earn_rules *earn = &rules->earn;
    struct group group[EARN_ITEMS_MAX + 1];
    struct group others = {0};
    struct units units = {0};

    group_lines(earn, sale, group);
    if (!earn->others_earn_nothing)
        others = group[earn->items_n];
    for (size_t i = 0; i < earn->items_n; i++) {
        const struct earn_item *item = &earn->item[i];

        units.of_pieces += item->units_each * group[i].quantity;
        if (item->yen_per_point > 0) {
            units.of_yen += points_at(rules->rounding, counted_yen(rules, sale, &group[i]),
                                      item->yen_per_point);
        } else if (!item->earns_nothing) {
            others.yen += group[i].yen;
            others.tax += group[i].tax;
        }
    }
    if (rules->unit == UNIT_POINT)
        units.of_yen += points_of_sale(rules, counted_yen(rules, sale, &others));
    return units;
}

static struct units
units_of_sale(const struct plan_rules *rules, const struct sale *sale)
{
    int64_t each = rules->earn.visit_stamps > 0 ? rules->earn.visit_stamps : 1;

    if (sale->lines_n > 0 && (rules->earn.items_n > 0 || rules->earn.others_earn_nothing))
        return units_of_lines(rules, sale);
    if (rules->unit == UNIT_STAMP)
        return (struct units){.of_yen = sale->stamps * each};
    return (struct units){
        .of_yen = points_of_sale(
            rules, counted_yen(rules, sale, &(struct group){sale->yen, sale->tax, 0}))};
}

/* ---------------------------------------------------------------- factors */

/* A visit, as factors look at it. */
struct moment {
    int64_t day; /* 20261224 */
    int hour;    /* by the clock on the wall */
    int weekday; /* of the business day, 0: Sunday */
    int64_t tier;
};

static struct tm
local_tm(int64_t at_ms, int64_t shift_ms)
{
    int64_t local_ms = at_ms + shift_ms;
    time_t at = (time_t)(local_ms / SECOND_MS - (local_ms % SECOND_MS < 0));
    struct tm tm;

    gmtime_r(&at, &tm);
    return tm;
}

static struct tm
day_tm(const struct plan_rules *rules, int64_t at_ms)
{
    return local_tm(at_ms, rules->utc_offset_min * MINUTE_MS - rules->day_cut_hour * HOUR_MS);
}

static int64_t
date_of(struct tm tm)
{
    return (tm.tm_year + INT64_C(1900)) * 10000 + (tm.tm_mon + 1) * 100 + tm.tm_mday;
}

int64_t
earn_day(const struct plan_rules *rules, int64_t at_ms)
{
    return date_of(day_tm(rules, at_ms));
}

int
earn_weekday(const struct plan_rules *rules, int64_t at_ms)
{
    return day_tm(rules, at_ms).tm_wday;
}

static struct moment
moment_of(const struct plan_rules *rules, int64_t tier, int64_t visit_ms)
{
    struct tm day = day_tm(rules, visit_ms);

    return (struct moment){
        .day = date_of(day),
        .hour = local_tm(visit_ms, rules->utc_offset_min * MINUTE_MS).tm_hour,
        .weekday = day.tm_wday,
        .tier = tier,
    };
}

static bool
hour_holds(const struct earn_factor *f, int hour)
{
    if (f->from_hour == f->until_hour)
        return true;
    if (f->from_hour < f->until_hour)
        return hour >= f->from_hour && hour < f->until_hour;
    return hour >= f->from_hour || hour < f->until_hour;
}

static bool
holds(const struct earn_factor *f, const struct moment *m)
{
    return (f->weekdays == 0 || (f->weekdays & 1U << m->weekday) != 0) && hour_holds(f, m->hour) &&
           m->tier >= f->tier && m->day >= f->from_day &&
           (f->until_day == 0 || m->day <= f->until_day);
}

static enum earn_why
why_of(const struct earn_factor *f)
{
    return f->from_day != 0 || f->until_day != 0 ? EARN_CAMPAIGN
           : f->tier != 0                        ? EARN_TIER
           : f->from_hour != f->until_hour       ? EARN_HOUR
                                                 : EARN_WEEKDAY;
}

/* The highest that holds of each sort; 100: none does. */
static void
best_of(const struct earn_rules *earn, const struct moment *m, int64_t best[EARN_WHYS])
{
    for (int why = 0; why < EARN_WHYS; why++)
        best[why] = 100;
    for (size_t i = 0; i < earn->factors_n; i++) {
        const struct earn_factor *f = &earn->factor[i];

        if (holds(f, m) && f->percent > best[why_of(f)])
            best[why_of(f)] = f->percent;
    }
}

static void
add_part(struct earning *out, const char *reason, int64_t units)
{
    struct earn_part *part = &out->part[out->parts_n];

    if (units == 0)
        return;
    assert(out->parts_n < EARN_PARTS_MAX && units > 0);
    str_copy(str_of(reason), part->reason, sizeof(part->reason));
    part->units = units;
    out->parts_n++;
    out->total += units;
}

/* Raise the total from what it is to `percent` of the base; `own` is the factor's own percent. */
static void
raise(const struct plan_rules *rules, struct earning *out, enum earn_why why, int64_t own,
      int64_t percent)
{
    char reason[EARN_REASON_SIZE];

    snprintf(reason, sizeof(reason), "%s:%d", earn_why_name(why), (int)own);
    add_part(out, reason, points_at(rules->rounding, out->base * percent, 100) - out->total);
}

/* Whole percent: 150 and 115 together are 172. */
static void
add_factors(const struct plan_rules *rules, const struct moment *m, struct earning *out)
{
    int64_t max =
        rules->earn.max_percent != 0 ? rules->earn.max_percent : (int64_t)EARN_PERCENT_MAX;
    int64_t best[EARN_WHYS], percent = 100;
    int top = 0;

    best_of(&rules->earn, m, best);
    for (int why = 0; why < EARN_WHYS; why++)
        if (best[why] > best[top])
            top = why;
    for (int why = 0; why < EARN_WHYS; why++) {
        if (best[why] == 100 || (!rules->earn.multiplies && why != top))
            continue;
        percent = percent * best[why] / 100;
        percent = percent > max ? max : percent;
        raise(rules, out, (enum earn_why)why, best[why], percent);
    }
}

static struct earning
earning_of(const struct plan_rules *rules, struct units units, int64_t tier, int64_t visit_ms)
{
    struct earning out = {.base = units.of_yen, .total = units.of_yen};
    struct moment m;

    if (rules->earn.factors_n > 0 && out.base > 0) {
        m = moment_of(rules, tier, visit_ms);
        add_factors(rules, &m, &out);
    }
    if (out.base > 0)
        add_part(&out, "items", units.of_pieces);
    else
        out.base = out.total = units.of_pieces;
    return out;
}

struct earning
units_of(const struct plan_rules *rules, const struct sale *sale, int64_t tier, int64_t visit_ms)
{
    return earning_of(rules, units_of_sale(rules, sale), tier, visit_ms);
}

struct earning
units_again(const struct plan_rules *rules, int64_t base, int64_t pieces, int64_t tier,
            int64_t visit_ms)
{
    return earning_of(rules, (struct units){base, pieces}, tier, visit_ms);
}

/* ---------------------------------------------------------------- two rules */

static bool
items_are_alike(const struct earn_rules *a, const struct earn_rules *b)
{
    if (a->items_n != b->items_n || a->others_earn_nothing != b->others_earn_nothing)
        return false;
    for (size_t i = 0; i < a->items_n; i++) {
        const struct earn_item *one = &a->item[i], *other = &b->item[i];

        if (strcmp(one->name, other->name) != 0 || one->is_category != other->is_category ||
            one->earns_nothing != other->earns_nothing ||
            one->yen_per_point != other->yen_per_point || one->units_each != other->units_each)
            return false;
    }
    return true;
}

static bool
factors_are_alike(const struct earn_rules *a, const struct earn_rules *b)
{
    if (a->factors_n != b->factors_n || a->multiplies != b->multiplies ||
        a->max_percent != b->max_percent)
        return false;
    for (size_t i = 0; i < a->factors_n; i++) {
        const struct earn_factor *one = &a->factor[i], *other = &b->factor[i];

        if (one->percent != other->percent || one->from_day != other->from_day ||
            one->until_day != other->until_day || one->from_hour != other->from_hour ||
            one->until_hour != other->until_hour || one->weekdays != other->weekdays ||
            one->tier != other->tier)
            return false;
    }
    return true;
}

bool
sales_count_alike(const struct plan_rules *a, const struct plan_rules *b)
{
    return a->unit == b->unit && a->yen_per_point == b->yen_per_point &&
           a->rounding == b->rounding && a->earn.visit_stamps == b->earn.visit_stamps &&
           a->earn.tax_percent == b->earn.tax_percent && items_are_alike(&a->earn, &b->earn);
}

bool
sales_earn_alike(const struct plan_rules *a, const struct plan_rules *b)
{
    return sales_count_alike(a, b) && factors_are_alike(&a->earn, &b->earn);
}

/* ---------------------------------------------------------------- caps of a day */

static void
cut_to(struct earning *earning, int64_t most)
{
    while (earning->total > most) {
        int64_t over = earning->total - most;
        struct earn_part *last = earning->parts_n > 0 ? &earning->part[earning->parts_n - 1] : NULL;
        int64_t *units = last != NULL ? &last->units : &earning->base;
        int64_t cut = over < *units ? over : *units;

        *units -= cut;
        earning->total -= cut;
        if (last != NULL && last->units == 0)
            earning->parts_n--;
    }
}

struct refusal
caps_decide(const struct plan_rules *rules, const struct earn_used used[EARN_CAPS],
            int64_t visit_ms, struct earning *earning)
{
    static const enum refusal_kind kind[] = {
        [EARN_CAP_MEMBER] = REFUSAL_MEMBER_CAP,
        [EARN_CAP_STAFF] = REFUSAL_STAFF_CAP,
        [EARN_CAP_TILL] = REFUSAL_TILL_CAP,
    };
    struct refusal refusal = {.kind = REFUSAL_NONE};

    for (int i = 0; i < EARN_CAPS && refusal.kind == REFUSAL_NONE; i++) {
        const struct earn_cap *cap = &rules->earn.cap[i];
        int64_t left = cap->units - used[i].units;

        if (cap->units > 0 && i == EARN_CAP_MEMBER && left > 0 && earning->total > left) {
            cut_to(earning, left);
            earning->is_cut = true;
        }
        if ((cap->grants > 0 && used[i].grants >= cap->grants) ||
            (cap->units > 0 && earning->total > left))
            refusal.kind = kind[i];
    }
    if (refusal.kind != REFUSAL_NONE)
        refusal.again_ms = business_day(rules, visit_ms).end_ms;
    return refusal;
}

/* ---------------------------------------------------------------- what is given once */

bool
join_is_due(const struct earn_rules *rules, const struct join_facts *facts, bool at_visit)
{
    return rules->join_units > 0 && rules->joins_at_visit == at_visit && !facts->is_guest &&
           !facts->is_back && !facts->was_given && !facts->has_visited;
}

/* When the business day of that date begins; a month 12 is the next year's first. */
static int64_t
day_begins(const struct plan_rules *rules, int year, int month, int day)
{
    struct tm tm = {.tm_year = year, .tm_mon = month, .tm_mday = day};

    return timegm(&tm) * SECOND_MS -
           (rules->utc_offset_min * MINUTE_MS - rules->day_cut_hour * HOUR_MS);
}

int64_t
once_since(const struct plan_rules *rules, enum earn_once once, int64_t now_ms)
{
    struct tm tm = day_tm(rules, now_ms);

    switch (once) {
    case EARN_ONCE_EVER:
        return INT64_MIN;
    case EARN_ONCE_YEAR:
        return day_begins(rules, tm.tm_year, 0, 1);
    case EARN_ONCE_MONTH:
        return day_begins(rules, tm.tm_year, tm.tm_mon, 1);
    case EARN_ONCE_DAY:
        return day_begins(rules, tm.tm_year, tm.tm_mon, tm.tm_mday);
    }
    assert(0 && "a time we know");
    return INT64_MIN;
}

int64_t
once_until(const struct plan_rules *rules, enum earn_once once, int64_t now_ms)
{
    struct tm tm = day_tm(rules, now_ms);

    switch (once) {
    case EARN_ONCE_EVER:
        return 0;
    case EARN_ONCE_YEAR:
        return day_begins(rules, tm.tm_year + 1, 0, 1);
    case EARN_ONCE_MONTH:
        return day_begins(rules, tm.tm_year, tm.tm_mon + 1, 1);
    case EARN_ONCE_DAY:
        return day_begins(rules, tm.tm_year, tm.tm_mon, tm.tm_mday + 1);
    }
    assert(0 && "a time we know");
    return 0;
}

void
event_reason(const struct earn_event *event, char out[EARN_REASON_SIZE])
{
    snprintf(out, EARN_REASON_SIZE, "event:%s", event->name);
}

const struct earn_event *
event_by_name(const struct earn_rules *rules, struct str name)
{
    for (size_t i = 0; i < rules->events_n; i++)
        if (str_eq(str_of(rules->event[i].name), name))
            return &rules->event[i];
    return NULL;
}
