#include "domain/plan.h"

#include "domain/earning.h"

static const char *const units[] = {[UNIT_STAMP] = "stamp", [UNIT_POINT] = "point"};
static const char *const linears[] = {
    [LINEAR_CODE128] = "code128", [LINEAR_JAN13] = "jan13", [LINEAR_NUMBER] = "number"};
static const char *const roundings[] = {
    [ROUNDING_DOWN] = "down", [ROUNDING_NEAREST] = "nearest", [ROUNDING_UP] = "up"};

const char *
unit_name(enum unit unit)
{
    return units[unit];
}

const char *
linear_name(enum linear linear)
{
    return linears[linear];
}

const char *
rounding_name(enum rounding rounding)
{
    return roundings[rounding];
}

bool
unit_by_name(struct str name, enum unit *out)
{
    int i = str_index(name, units, sizeof(units) / sizeof(units[0]));

    if (i >= 0)
        *out = (enum unit)i;
    return i >= 0;
}

bool
linear_by_name(struct str name, enum linear *out)
{
    int i = str_index(name, linears, sizeof(linears) / sizeof(linears[0]));

    if (i >= 0)
        *out = (enum linear)i;
    return i >= 0;
}

bool
rounding_by_name(struct str name, enum rounding *out)
{
    int i = str_index(name, roundings, sizeof(roundings) / sizeof(roundings[0]));

    if (i >= 0)
        *out = (enum rounding)i;
    return i >= 0;
}

/* ---------------------------------------------------------------- what can be kept */

static enum err_code
invalid(struct err *e, const char *field, const char *why)
{
    return err_field(e, ERR_INPUT, "plan_invalid", field, "%s %s", field, why);
}

/* How many code points, for UTF-8 that was checked where it came in. */
static size_t
points_in(const char *text)
{
    size_t n = 0;

    for (; *text != '\0'; text++)
        n += ((unsigned char)*text & 0xC0) != 0x80;
    return n;
}

static bool
is_title(const char *text)
{
    return points_in(text) >= 1 && points_in(text) <= 64;
}

enum err_code
plan_check_name(const char *name, struct err *e)
{
    return is_title(name) ? OK : invalid(e, "name", "must be 1 to 64 characters");
}

static enum err_code
check_rewards(const struct plan_rules *rules, struct err *e)
{
    int64_t before = 0;

    if (rules->goal == 0 && rules->rewards_n > 0)
        return invalid(e, "rewards", "need a goal to be reached on the way to");
    if (rules->goal == 0)
        return OK;
    if (rules->rewards_n == 0 || rules->rewards_n > PLAN_REWARDS_MAX)
        return invalid(e, "rewards", "must be 1 to 8");
    for (size_t i = 0; i < rules->rewards_n; i++) {
        const struct plan_reward *reward = &rules->reward[i];

        if (reward->at <= before)
            return invalid(e, "rewards", "must climb");
        if (!is_title(reward->title))
            return invalid(e, "rewards", "need titles of 1 to 64 characters");
        if (reward->valid_days < 1 || reward->valid_days > 3660)
            return invalid(e, "rewards", "are valid for 1 to 3660 days");
        before = reward->at;
    }
    if (before != rules->goal)
        return invalid(e, "rewards", "must end at the goal");
    return OK;
}

enum err_code
plan_check(const struct plan_rules *rules, struct err *e)
{
    const struct {
        const char *field;
        int64_t value, min, max;
    } range[] = {
        {"goal", rules->goal, rules->unit == UNIT_STAMP, 1000000},
        {"cool_down_min", rules->cool_down_min, 0, 43200},
        {"per_day_max", rules->per_day_max, 0, 1000},
        {"yen_per_point", rules->yen_per_point, rules->unit == UNIT_POINT,
         rules->unit == UNIT_POINT ? 1000000 : 0},
        {"utc_offset_min", rules->utc_offset_min, -720, 840},
        {"day_cut_hour", rules->day_cut_hour, 0, 23},
        {"jan_prefix", rules->jan_prefix, 20, 29},
        {"number_per_day", rules->number_per_day, 0, rules->number.is_set ? 1000 : 0},
    };

    for (size_t i = 0; i < sizeof(range) / sizeof(range[0]); i++)
        if (range[i].value < range[i].min || range[i].value > range[i].max)
            return invalid(e, range[i].field, "is out of range");
    if (rules->linear == LINEAR_NUMBER && !rules->number.is_set)
        return invalid(e, "linear", "is number, but the plan has no fixed numbers");
    if (rules->number.is_set && number_format_check(&rules->number, e))
        return e->code;
    if (rules->expiry.pending_days > 0 && rules->goal > 0)
        return invalid(e, "expiry.pending_days", "needs a plan of points without a goal");
    for (size_t i = 0; i < rules->tier.steps_n; i++)
        if (rules->tier.step[i].goal > 0 && rules->goal == 0)
            return invalid(e, "tier.steps", "have goals of their own, but the plan has none");
    if (rules->spend.yen > 0 && rules->unit == UNIT_STAMP)
        return invalid(e, "spend", "is of points");
    if (rules->gift.day_max > 0 && rules->rewards_n > 1)
        return invalid(e, "gift", "needs a plan without rewards on the way to its goal");
    if (earn_check(rules, e))
        return err_inside(e, "earn");
    return check_rewards(rules, e);
}
