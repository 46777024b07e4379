#include "domain/plan_tier.h"

#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "domain/plan.h"
#include "domain/rules.h"

#define COUNT_MAX INT64_C(1000000000)

static const char *const bys[] = {
    [TIER_BY_VISITS] = "visits",
    [TIER_BY_YEN] = "yen",
    [TIER_BY_EARNED] = "earned",
    [TIER_BY_ROUNDS] = "rounds",
};

static const char *const looks[] = {
    [TIER_LOOK_USUAL] = "",    [TIER_LOOK_BRONZE] = "bronze", [TIER_LOOK_SILVER] = "silver",
    [TIER_LOOK_GOLD] = "gold", [TIER_LOOK_BLACK] = "black",
};

/* ---------------------------------------------------------------- what follows */

/* The business day so many months on, or back, begins then. */
static int64_t
months_from(const struct plan_rules *rules, int64_t at_ms, int64_t months)
{
    int64_t shift_ms = rules->utc_offset_min * MINUTE_MS - rules->day_cut_hour * HOUR_MS;
    time_t day = (time_t)((business_day(rules, at_ms).start_ms + shift_ms) / SECOND_MS);
    struct tm tm, month;

    gmtime_r(&day, &tm);
    month = (struct tm){.tm_year = tm.tm_year, .tm_mon = tm.tm_mon + (int)months, .tm_mday = 1};
    day = timegm(&month);
    month.tm_mon++;
    if (tm.tm_mday > (timegm(&month) - day) / (DAY_MS / SECOND_MS)) /* a shorter month */
        tm.tm_mday = (int)((timegm(&month) - day) / (DAY_MS / SECOND_MS));
    return (day * SECOND_MS + (tm.tm_mday - 1) * DAY_MS) - shift_ms;
}

int64_t
tier_since(const struct plan_rules *rules, int64_t now_ms)
{
    return rules->tier.months == 0 ? INT64_MIN : months_from(rules, now_ms, -rules->tier.months);
}

static int64_t
kept_until(const struct plan_rules *rules, int64_t now_ms)
{
    if (rules->tier.months == 0)
        return 0;
    return months_from(rules, now_ms, rules->tier.keep_months) +
           (rules->tier.grace_days + 1) * DAY_MS;
}

int64_t
tier_worth(const struct tier_rules *rules, const struct tier_count *count)
{
    switch (rules->by) {
    case TIER_BY_VISITS:
        return count->visits;
    case TIER_BY_YEN:
        return count->yen;
    case TIER_BY_EARNED:
        return count->earned;
    case TIER_BY_ROUNDS:
        return count->rounds;
    }
    return 0;
}

int64_t
tier_of(const struct tier_rules *rules, int64_t worth)
{
    int64_t tier = 0;

    for (size_t i = 0; i < rules->steps_n; i++)
        if (worth >= rules->step[i].from)
            tier = (int64_t)i + 1;
    return tier;
}

const char *
tier_name(const struct tier_rules *rules, int64_t tier)
{
    if (tier <= 0 || tier > (int64_t)rules->steps_n)
        return rules->name;
    return rules->step[tier - 1].name;
}

const char *
tier_look_name(enum tier_look look)
{
    return looks[look];
}

bool
tier_has_menus(const struct tier_rules *rules)
{
    for (size_t i = 0; i < rules->steps_n; i++)
        if (rules->step[i].look != TIER_LOOK_USUAL || rules->step[i].goal > 0)
            return true;
    return false;
}

enum tier_cause
tier_decide(const struct plan_rules *rules, const struct tier_state *is, int64_t worth,
            int64_t now_ms, struct tier_state *out)
{
    int64_t due = tier_of(&rules->tier, worth);

    *out = *is;
    if (due > is->tier) {
        *out = (struct tier_state){.tier = due, .until_ms = kept_until(rules, now_ms)};
        return TIER_RISES;
    }
    if (is->until_ms == 0 || is->until_ms > now_ms)
        return TIER_STAYS;
    if (due == is->tier) {
        out->until_ms = kept_until(rules, now_ms);
        return TIER_KEPT;
    }
    out->tier = rules->tier.falls_by_one ? is->tier - 1 : due;
    out->until_ms = out->tier == 0 ? 0 : kept_until(rules, now_ms);
    return TIER_FALLS;
}

int64_t
tier_undone(const struct tier_rules *rules, int64_t tier, int64_t before, int64_t worth)
{
    int64_t due = tier_of(rules, worth);

    if (due >= tier)
        return tier;
    return due > before ? due : before;
}

void
tier_apply(struct plan_rules *rules, int64_t tier)
{
    int64_t goal = tier > 0 ? rules->tier.step[tier - 1].goal : 0;
    struct plan_reward last;
    size_t n = 0;

    if (goal == 0 || rules->goal == 0)
        return;
    last = rules->reward[rules->rewards_n - 1];
    last.at = goal;
    while (n + 1 < rules->rewards_n && rules->reward[n].at < goal)
        n++;
    rules->reward[n] = last;
    rules->rewards_n = n + 1;
    rules->goal = goal;
}

/* ---------------------------------------------------------------- in a plan file */

static enum err_code
invalid(struct err *e, const char *field, const char *why)
{
    return err_field(e, ERR_INPUT, "plan_invalid", field, "%s %s", field, why);
}

/* Room for 24 code points is also room for more of them, if they are short. */
static bool
take_name(struct str name, char out[TIER_NAME_SIZE])
{
    size_t n = 0;

    for (size_t i = 0; i < name.n; i++)
        n += ((unsigned char)name.at[i] & 0xC0) != 0x80;
    return n <= 24 && str_copy(name, out, TIER_NAME_SIZE);
}

static bool
look_by_name(struct str name, enum tier_look *out)
{
    int i = str_index(name, looks, sizeof(looks) / sizeof(looks[0]));

    if (i >= 0)
        *out = (enum tier_look)i;
    return i >= 0;
}

static enum err_code
read_step(const json_t *in, struct tier_step *out, struct err *e)
{
    struct str name = {0}, menu = STR("");
    const struct json_field field[] = {
        {"name", JSON_KIND_TEXT, false, 1, TIER_NAME_SIZE - 1, &name},
        {"from", JSON_KIND_INT, false, 1, COUNT_MAX, &out->from},
        {"goal", JSON_KIND_INT, true, 1, 1000000, &out->goal},
        {"menu", JSON_KIND_TEXT, true, 1, 16, &menu},
    };

    if (json_read(in, field, sizeof(field) / sizeof(field[0]), e))
        return e->code;
    if (!look_by_name(menu, &out->look))
        return invalid(e, "menu", "is bronze, silver, gold or black");
    return take_name(name, out->name) ? OK : invalid(e, "name", "is of 24 characters");
}

static enum err_code
read_steps(const json_t *in, struct tier_rules *out, struct err *e)
{
    int64_t before = 0;

    if (json_array_size(in) == 0 || json_array_size(in) > TIER_STEPS_MAX)
        return invalid(e, "tier.steps", "are 1 to 6");
    for (out->steps_n = 0; out->steps_n < json_array_size(in); out->steps_n++) {
        struct tier_step *step = &out->step[out->steps_n];

        if (read_step(json_array_get(in, out->steps_n), step, e))
            return err_inside(e, "tier.steps.%zu", out->steps_n);
        if (step->from <= before)
            return invalid(e, "tier.steps", "must climb");
        before = step->from;
    }
    return OK;
}

static bool
by_name(struct str name, enum tier_by *out)
{
    int i = str_index(name, bys, sizeof(bys) / sizeof(bys[0]));

    if (i >= 0)
        *out = (enum tier_by)i;
    return i >= 0;
}

static enum err_code
take_rest(const json_t *steps, struct str by, struct str falls, struct str name,
          struct tier_rules *r, struct err *e)
{
    if (!by_name(by, &r->by))
        return invalid(e, "tier.by", "is visits, yen, earned or rounds");
    if (!str_eq(falls, STR("one")) && !str_eq(falls, STR("all")))
        return invalid(e, "tier.falls", "is one or all");
    r->falls_by_one = str_eq(falls, STR("one"));
    if (!take_name(name, r->name))
        return invalid(e, "tier.name", "is of 24 characters");
    if ((r->months == 0) != (r->keep_months == 0))
        return invalid(e, "tier.keep_months", "says how long a tier of some months is kept");
    if (r->months == 0 && r->grace_days > 0)
        return invalid(e, "tier.grace_days", "mean nothing where nobody goes down");
    return read_steps(steps, r, e);
}

enum err_code
tier_read(const json_t *in, struct tier_rules *out, struct err *e)
{
    struct tier_rules r = {.steps_n = 0};
    struct str by = {0}, falls = STR("all"), name = STR("");
    const json_t *steps = NULL;
    const struct json_field field[] = {
        {"by", JSON_KIND_TEXT, true, 1, 16, &by},
        {"months", JSON_KIND_INT, true, 0, 120, &r.months},
        {"keep_months", JSON_KIND_INT, true, 0, 120, &r.keep_months},
        {"grace_days", JSON_KIND_INT, true, 0, 366, &r.grace_days},
        {"falls", JSON_KIND_TEXT, true, 1, 8, &falls},
        {"name", JSON_KIND_TEXT, true, 0, TIER_NAME_SIZE - 1, &name},
        {"steps", JSON_KIND_ARRAY, true, 0, 0, &steps},
    };

    if (json_read(in, field, sizeof(field) / sizeof(field[0]), e))
        return e->code;
    if (json_object_size(in) > 0 && take_rest(steps, by, falls, name, &r, e))
        return e->code;
    *out = r;
    return OK;
}

/* What it does not say of its own is not written. */
static bool
write_own(const struct tier_step *in, json_t *step)
{
    return (in->goal == 0 || json_object_set_new(step, "goal", json_integer(in->goal)) == 0) &&
           (in->look == TIER_LOOK_USUAL ||
            json_object_set_new(step, "menu", json_string(looks[in->look])) == 0);
}

static json_t *
steps_of(const struct tier_rules *r)
{
    json_t *out = json_array();

    for (size_t i = 0; i < r->steps_n; i++) {
        json_t *step =
            json_pack("{s:s,s:I}", "name", r->step[i].name, "from", (json_int_t)r->step[i].from);

        if (json_array_append_new(out, step) != 0 || !write_own(&r->step[i], step)) {
            json_decref(out);
            return NULL;
        }
    }
    return out;
}

bool
tier_write(const struct tier_rules *r, json_t *plan)
{
    if (r->steps_n == 0)
        return true;
    return json_object_set_new(
               plan, "tier",
               json_pack("{s:s,s:I,s:I,s:I,s:s,s:s,s:o}", "by", bys[r->by], "months",
                         (json_int_t)r->months, "keep_months", (json_int_t)r->keep_months,
                         "grace_days", (json_int_t)r->grace_days, "falls",
                         r->falls_by_one ? "one" : "all", "name", r->name, "steps", steps_of(r))) ==
           0;
}
