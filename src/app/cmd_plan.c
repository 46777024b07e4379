#include <inttypes.h>

#include "app/commands.h"
#include "domain/plan.h"

enum {
    PLAN_NAME,
    PLAN_UNIT,
    PLAN_GOAL,
    PLAN_REWARDS,
    PLAN_VALID,
    PLAN_COOL_DOWN,
    PLAN_PER_DAY,
    PLAN_YEN,
    PLAN_ROUNDING,
    PLAN_LINEAR,
    PLAN_PREFIX,
    PLAN_OFFSET,
    PLAN_CUT,
    PLAN_NOTIFY,
};

const struct option_row plan_add_options[] = {
    {"name", "NAME", NULL, "what shoppers read on the card"},
    {"unit", "UNIT", "stamp", "stamp or point"},
    {"goal", "N", NULL, "stamps or points that fill the card"},
    {"rewards", "AT=TITLE,...", NULL,
     "what is reached where, the last at the goal: 5=Cookie,10=Free coffee"},
    {"valid-days", "N", "90", "days a voucher lives"},
    {"cool-down-min", "N", "240", "minutes between two grants"},
    {"per-day", "N", "0", "grants a business day; 0: no limit"},
    {"yen-per-point", "N", "0", "point plans: so many yen a point"},
    {"rounding", "HOW", "down", "of points: down, nearest or up"},
    {"linear", "CODE", "code128",
     "the card's bars: code128, or jan13 for tills that read no other"},
    {"jan-prefix", "NN", "29", "in-store prefix, 20 to 29, that the till's own goods do not use"},
    {"utc-offset-min", "N", "540", "where business days are counted; 540 is Japan"},
    {"day-cut-hour", "H", "4", "local hour at which a business day ends"},
    {"notify-grants", NULL, NULL, "owe a LINE message for each grant the open card did not show"},
    {0},
};

static enum err_code
plan_number(const struct call *call, int option, int64_t min, int64_t max, int64_t *out,
            struct err *e)
{
    if (str_int(call->value[option], out, min, max))
        return OK;
    return err_set(e, ERR_INPUT, "number", "--%s: a whole number from %" PRId64 " to %" PRId64,
                   plan_add_options[option].name, min, max);
}

static enum err_code
plan_rewards(struct str text, int64_t valid_days, struct plan_rules *rules, struct err *e)
{
    while (text.n) {
        struct plan_reward *reward = &rules->reward[rules->rewards_n];
        struct str one, at;

        if (!str_until(&text, ',', &one)) {
            one = text;
            text.n = 0;
        }
        if (rules->rewards_n == PLAN_REWARDS_MAX)
            return err_set(e, ERR_INPUT, "rewards", "--rewards: at most %d", PLAN_REWARDS_MAX);
        if (!str_until(&one, '=', &at) || !str_int(str_trim(at), &reward->at, 1, 1000000) ||
            !str_copy(str_trim(one), reward->title, sizeof(reward->title)) || !reward->title[0])
            return err_set(e, ERR_INPUT, "rewards", "--rewards: AT=TITLE,AT=TITLE is wanted");
        reward->valid_days = valid_days;
        rules->rewards_n++;
    }
    return OK;
}

static enum err_code
plan_words(const struct call *call, struct plan_rules *rules, struct err *e)
{
    bool stamp = str_eq(call->value[PLAN_UNIT], str_of(unit_name(UNIT_STAMP)));
    bool jan = str_eq(call->value[PLAN_LINEAR], str_of(linear_name(LINEAR_JAN13)));
    enum rounding rounding = ROUNDING_DOWN;

    if (!stamp && !str_eq(call->value[PLAN_UNIT], str_of(unit_name(UNIT_POINT))))
        return err_set(e, ERR_INPUT, "unit", "--unit is stamp or point");
    if (!jan && !str_eq(call->value[PLAN_LINEAR], str_of(linear_name(LINEAR_CODE128))))
        return err_set(e, ERR_INPUT, "linear", "--linear is code128 or jan13");
    while (rounding <= ROUNDING_UP &&
           !str_eq(call->value[PLAN_ROUNDING], str_of(rounding_name(rounding))))
        rounding++;
    if (rounding > ROUNDING_UP)
        return err_set(e, ERR_INPUT, "rounding", "--rounding is down, nearest or up");
    rules->unit = stamp ? UNIT_STAMP : UNIT_POINT;
    rules->linear = jan ? LINEAR_JAN13 : LINEAR_CODE128;
    rules->rounding = rounding;
    rules->notify_grants = call->value[PLAN_NOTIFY].at != NULL;
    return OK;
}

enum err_code
command_plan_add(struct call *call, struct err *e)
{
    struct plan_rules rules = {0};
    int64_t valid_days, id;

    if (plan_words(call, &rules, e) || plan_number(call, PLAN_GOAL, 1, 1000000, &rules.goal, e) ||
        plan_number(call, PLAN_VALID, 1, 3660, &valid_days, e) ||
        plan_number(call, PLAN_COOL_DOWN, 0, 43200, &rules.cool_down_min, e) ||
        plan_number(call, PLAN_PER_DAY, 0, 1000, &rules.per_day_max, e) ||
        plan_number(call, PLAN_YEN, 0, 1000000, &rules.yen_per_point, e) ||
        plan_number(call, PLAN_PREFIX, 20, 29, &rules.jan_prefix, e) ||
        plan_number(call, PLAN_OFFSET, -720, 840, &rules.utc_offset_min, e) ||
        plan_number(call, PLAN_CUT, 0, 23, &rules.day_cut_hour, e) ||
        plan_rewards(call->value[PLAN_REWARDS], valid_days, &rules, e))
        return e->code;
    if (!str_copy(call->value[PLAN_NAME], rules.name, sizeof(rules.name)))
        return err_set(e, ERR_INPUT, "text_too_long", "--name: at most 64 characters");
    if (plan_create(call->db, &rules, call->now_ms, &id, e))
        return e->code;
    buf_format(call->out, "plan %" PRId64 "\n", id);
    return OK;
}

enum err_code
command_plan_list(struct call *call, struct err *e)
{
    struct plan_rules *plan;
    size_t n;

    if (plan_list(call->db, call->arena, &plan, &n, e))
        return e->code;
    for (size_t i = 0; i < n; i++) {
        buf_format(call->out,
                   "%4" PRId64 "  %s: %ss, goal %" PRId64 ", cool-down %" PRId64
                   " min, version %" PRId64 ", %s\n",
                   plan[i].plan_id, plan[i].name, unit_name(plan[i].unit), plan[i].goal,
                   plan[i].cool_down_min, plan[i].version, linear_name(plan[i].linear));
        for (size_t r = 0; r < plan[i].rewards_n; r++)
            buf_format(call->out, "      at %" PRId64 ": %s, valid %" PRId64 " days\n",
                       plan[i].reward[r].at, plan[i].reward[r].title, plan[i].reward[r].valid_days);
    }
    return OK;
}
