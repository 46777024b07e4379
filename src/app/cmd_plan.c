#include <inttypes.h>
#include <string.h>

#include "app/commands.h"
#include "app/plan_words.h"
#include "domain/audit.h"
#include "domain/card_number.h"
#include "domain/code.h"
#include "domain/plan.h"

/* ---------------------------------------------------------------- the codes of a plan's cards */

/* Of `plan add` and `plan set` alike; in the first, what is not given is none. */
#define CODE_OPTIONS(linear, prefix)                                                               \
    {"linear", "CODE", linear,                                                                     \
     "the card's bars: code128 or jan13, which change, or number, which does not"},                \
        {"jan-prefix", "NN", prefix,                                                               \
         "of jan13: an in-store prefix, 20 to 29, that the till's own goods do not use"},          \
        {"number", "TYPE", "",                                                                     \
         "fixed numbers in your tills' format: jan13, code128, nw7 or code39; off: none"},         \
        {"number-prefix", "TEXT", "", "what they begin with; of a jan13: 20 to 29 and more"},      \
        {"number-length", "N", "", "characters, prefix and check digit included, up to 18"},       \
        {"number-check", "HOW", "",                                                                \
         "check digit: none, m10w31, m10w21-split, m10w21-lump, 7dr, 7dsr, 7dsr-7, m11w2-7, "      \
         "m11w2-7-to-9, mod16 (nw7), mod43 (code39)"},                                             \
        {"number-frame", "AB", "", "of nw7: start and stop, each A to D"},                         \
        {"number-ratio", "R", "", "of nw7 and code39, wide to narrow: 2, 2.5 or 3"},               \
    {                                                                                              \
        "number-per-day", "N", "", "grants a business day by the number alone; it never redeems"   \
    }

enum {
    CODE_LINEAR,
    CODE_PREFIX,
    CODE_NUMBER,
    CODE_NUMBER_PREFIX,
    CODE_NUMBER_LENGTH,
    CODE_NUMBER_CHECK,
    CODE_NUMBER_FRAME,
    CODE_NUMBER_RATIO,
    CODE_NUMBER_PER_DAY,
};

static enum err_code
wrong(const char *option, const char *why, struct err *e)
{
    return err_set(e, ERR_INPUT, option, "--%s: %s", option, why);
}

/* "" leaves what was. */
static enum err_code
code_int(struct str text, const char *option, int64_t min, int64_t max, int64_t *out, struct err *e)
{
    if (text.n == 0 || str_int(text, out, min, max))
        return OK;
    return err_set(e, ERR_INPUT, option, "--%s: a whole number from %" PRId64 " to %" PRId64,
                   option, min, max);
}

static enum err_code
number_words(const struct str *value, struct number_format *number, struct err *e)
{
    char check[24] = "", ratio[8] = "";
    struct str frame = value[CODE_NUMBER_FRAME];

    str_copy(value[CODE_NUMBER_CHECK], check, sizeof(check));
    str_copy(value[CODE_NUMBER_RATIO], ratio, sizeof(ratio));
    if (value[CODE_NUMBER_CHECK].n && !barcode_check_by_name(check, &number->check))
        return wrong("number-check", "no such check digit; see --help", e);
    if (value[CODE_NUMBER_RATIO].n && !barcode_ratio_by_name(ratio, &number->ratio))
        return wrong("number-ratio", "2, 2.5 or 3", e);
    if (frame.n != 0 && frame.n != 2)
        return wrong("number-frame", "two letters, start and stop", e);
    if (frame.n == 2) {
        number->start = frame.at[0];
        number->stop = frame.at[1];
    }
    if (value[CODE_NUMBER_PREFIX].n &&
        !str_copy(value[CODE_NUMBER_PREFIX], number->prefix, sizeof(number->prefix)))
        return wrong("number-prefix", "too long", e);
    return code_int(value[CODE_NUMBER_LENGTH], "number-length", 1, NUMBER_MAX, &number->length, e);
}

/* What a format leaves open when its type is named. */
static struct number_format
number_of_type(enum barcode_type type)
{
    bool is_jan = type == BARCODE_EAN13;

    return (struct number_format){
        .is_set = true,
        .type = type,
        .length = is_jan ? JAN_DIGITS : 0,
        .check = is_jan ? BARCODE_CHECK_M10W31 : BARCODE_CHECK_NONE,
        .start = type == BARCODE_NW7 ? 'A' : '\0',
        .stop = type == BARCODE_NW7 ? 'A' : '\0',
    };
}

/* The options over what `rules` have. */
static enum err_code
code_options(const struct str *value, struct plan_rules *rules, struct err *e)
{
    enum barcode_type type;

    if (value[CODE_LINEAR].n && !linear_by_name(value[CODE_LINEAR], &rules->linear))
        return wrong("linear", "code128, jan13 or number", e);
    if (code_int(value[CODE_PREFIX], "jan-prefix", 20, 29, &rules->jan_prefix, e))
        return e->code;
    if (str_eq(value[CODE_NUMBER], STR("off"))) {
        rules->number = (struct number_format){.is_set = false};
        rules->number_per_day = 0;
    } else if (value[CODE_NUMBER].n) {
        if (!number_type_by_name(value[CODE_NUMBER], &type))
            return wrong("number", "jan13, code128, nw7, code39 or off", e);
        if (!rules->number.is_set)
            rules->number_per_day = 1;
        if (!rules->number.is_set || rules->number.type != type)
            rules->number = number_of_type(type);
    }
    for (int i = CODE_NUMBER_PREFIX; i <= CODE_NUMBER_PER_DAY && !rules->number.is_set; i++)
        if (value[i].n)
            return wrong("number", "without it the other --number options mean nothing", e);
    if (!rules->number.is_set)
        return OK;
    return number_words(value, &rules->number, e) ||
                   code_int(value[CODE_NUMBER_PER_DAY], "number-per-day", 0, 1000,
                            &rules->number_per_day, e)
               ? e->code
               : OK;
}

static void
say_codes(struct buf *out, const struct plan_rules *rules)
{
    const struct number_format *number = &rules->number;

    buf_format(out, "      card shows %s; jan prefix %" PRId64 "\n", linear_name(rules->linear),
               rules->jan_prefix);
    if (!number->is_set)
        return;
    buf_format(out, "      fixed numbers: %s, %" PRId64 " long, begin with \"%s\", check %s",
               number_type_name(number->type), number->length, number->prefix,
               barcode_check_name(number->check));
    if (number->type == BARCODE_NW7)
        buf_format(out, ", %c...%c", number->start, number->stop);
    if (number->type == BARCODE_NW7 || number->type == BARCODE_CODE39)
        buf_format(out, ", ratio %s:1", barcode_ratio_name(number->ratio));
    buf_format(out, "; earn %" PRId64 " times a day, never redeem\n", rules->number_per_day);
}

/* ---------------------------------------------------------------- plan add */

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
    PLAN_OFFSET,
    PLAN_CUT,
    PLAN_NOTIFY,
    PLAN_CODES,
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
    {"utc-offset-min", "N", "540", "where business days are counted; 540 is Japan"},
    {"day-cut-hour", "H", "4", "local hour at which a business day ends"},
    {"notify-grants", NULL, NULL, "owe a LINE message for each grant the open card did not show"},
    CODE_OPTIONS("code128", "29"),
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
    enum rounding rounding = ROUNDING_DOWN;

    if (!stamp && !str_eq(call->value[PLAN_UNIT], str_of(unit_name(UNIT_POINT))))
        return err_set(e, ERR_INPUT, "unit", "--unit is stamp or point");
    while (rounding <= ROUNDING_UP &&
           !str_eq(call->value[PLAN_ROUNDING], str_of(rounding_name(rounding))))
        rounding++;
    if (rounding > ROUNDING_UP)
        return err_set(e, ERR_INPUT, "rounding", "--rounding is down, nearest or up");
    rules->unit = stamp ? UNIT_STAMP : UNIT_POINT;
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
        plan_number(call, PLAN_OFFSET, -720, 840, &rules.utc_offset_min, e) ||
        plan_number(call, PLAN_CUT, 0, 23, &rules.day_cut_hour, e) ||
        plan_rewards(call->value[PLAN_REWARDS], valid_days, &rules, e) ||
        code_options(call->value + PLAN_CODES, &rules, e))
        return e->code;
    if (!str_copy(call->value[PLAN_NAME], rules.name, sizeof(rules.name)))
        return err_set(e, ERR_INPUT, "text_too_long", "--name: at most 64 characters");
    if (plan_create(call->db, &rules, call->now_ms, &id, e))
        return e->code;
    buf_format(call->out, "plan %" PRId64 "\n", id);
    return OK;
}

/* ---------------------------------------------------------------- plan set, show, list */

const struct option_row plan_set_options[] = {
    {"plan", "N", NULL, "its number, see plan list"},
    CODE_OPTIONS("", ""),
    {0},
};

/* The rules in force of the plan named by the first option. */
static enum err_code
plan_of(struct call *call, struct plan_rules *out, struct err *e)
{
    enum err_code code;
    int64_t id;

    if (command_number(call, &id, e))
        return e->code;
    code = plan_load(call->db, id, 0, out, e);
    if (code == ERR_NOT_FOUND)
        return err_set(e, code, "plan_unknown", "there is no plan %" PRId64, id);
    return code;
}

enum err_code
command_plan_set(struct call *call, struct err *e)
{
    struct plan_rules rules;
    int64_t version, made;

    if (plan_of(call, &rules, e) || code_options(call->value + 1, &rules, e) ||
        plan_add_version(call->db, &rules, call->now_ms, &version, e) ||
        card_number_make_missing(call->db, rules.plan_id, call->now_ms, &made, e) ||
        audit_write(call->db, "plan.set", 0, 0, rules.plan_id, call->now_ms, e))
        return e->code;
    buf_format(call->out, "plan %" PRId64 ", version %" PRId64 "\n", rules.plan_id, version);
    say_codes(call->out, &rules);
    if (made > 0)
        buf_format(call->out, "      %" PRId64 " cards got a number\n", made);
    return OK;
}

static void
say_plan(struct buf *out, const struct plan_rules *plan)
{
    buf_format(out,
               "%4" PRId64 "  %s: %ss, goal %" PRId64 ", cool-down %" PRId64
               " min, version %" PRId64 ", %s\n",
               plan->plan_id, plan->name, unit_name(plan->unit), plan->goal, plan->cool_down_min,
               plan->version, linear_name(plan->linear));
    for (size_t r = 0; r < plan->rewards_n; r++)
        buf_format(out, "      at %" PRId64 ": %s, valid %" PRId64 " days\n", plan->reward[r].at,
                   plan->reward[r].title, plan->reward[r].valid_days);
}

const struct option_row plan_show_options[] = {
    {"plan", "N", NULL, "its number, see plan list"},
    {0},
};

/* Two made-up numbers of the format, to try at the till before any card has one. */
static enum err_code
say_samples(struct call *call, const struct number_format *format, struct err *e)
{
    static const uint8_t nobody[KEY_SIZE] = "sample numbers belong to nobody";
    char number[NUMBER_SIZE];
    struct keys keys;
    int said = 0;

    keys_derive(nobody, &keys);
    for (int64_t place = 1; said < 2 && place < 20; place++) {
        if (number_make(&keys, format, place, number, e)) {
            if (strcmp(e->word, "number_none") != 0)
                return e->code;
            continue;
        }
        buf_format(call->out, "      for example %s\n", number);
        said++;
    }
    return OK;
}

enum err_code
command_plan_show(struct call *call, struct err *e)
{
    struct plan_rules rules;

    if (plan_of(call, &rules, e))
        return e->code;
    say_plan(call->out, &rules);
    say_codes(call->out, &rules);
    if (say_plan_waits(call, rules.plan_id, e))
        return e->code;
    return rules.number.is_set ? say_samples(call, &rules.number, e) : OK;
}

enum err_code
command_plan_list(struct call *call, struct err *e)
{
    struct plan_rules *plan;
    size_t n;

    if (plan_list(call->db, call->arena, &plan, &n, e))
        return e->code;
    for (size_t i = 0; i < n; i++)
        say_plan(call->out, &plan[i]);
    return OK;
}
