#include "domain/plan_json.h"

#include <stdlib.h>
#include <string.h>

#include "domain/number.h"

static enum err_code
invalid(struct err *e, const char *field, const char *why)
{
    return err_field(e, ERR_INPUT, "plan_invalid", field, "%s %s", field, why);
}

static enum err_code
no_memory(struct err *e)
{
    return err_set(e, ERR_INTERNAL, "out_of_memory", "a plan as JSON");
}

/* ---------------------------------------------------------------- the parts */

static enum err_code
read_earn(const json_t *in, struct plan_rules *rules, struct err *e)
{
    return earn_read(in, &rules->earn, e);
}

static bool
write_earn(const struct plan_rules *rules, json_t *plan)
{
    return earn_write(&rules->earn, plan);
}

static enum err_code
read_expiry(const json_t *in, struct plan_rules *rules, struct err *e)
{
    return expiry_read(in, &rules->expiry, e);
}

static bool
write_expiry(const struct plan_rules *rules, json_t *plan)
{
    return expiry_write(&rules->expiry, plan);
}

static enum err_code
read_late(const json_t *in, struct plan_rules *rules, struct err *e)
{
    return late_read(in, &rules->late, e);
}

static bool
write_late(const struct plan_rules *rules, json_t *plan)
{
    return late_write(&rules->late, plan);
}

static enum err_code
read_spend(const json_t *in, struct plan_rules *rules, struct err *e)
{
    return spend_read(in, &rules->spend, e);
}

static bool
write_spend(const struct plan_rules *rules, json_t *plan)
{
    return spend_write(&rules->spend, plan);
}

static enum err_code
read_back(const json_t *in, struct plan_rules *rules, struct err *e)
{
    return back_read(in, &rules->back, e);
}

static bool
write_back(const struct plan_rules *rules, json_t *plan)
{
    return back_write(&rules->back, plan);
}

static enum err_code
read_gift(const json_t *in, struct plan_rules *rules, struct err *e)
{
    return gift_read(in, &rules->gift, e);
}

static bool
write_gift(const struct plan_rules *rules, json_t *plan)
{
    return gift_write(&rules->gift, plan);
}

static enum err_code
read_tier(const json_t *in, struct plan_rules *rules, struct err *e)
{
    return tier_read(in, &rules->tier, e);
}

static bool
write_tier(const struct plan_rules *rules, json_t *plan)
{
    return tier_write(&rules->tier, plan);
}

static const struct part {
    const char *name;
    enum err_code (*read)(const json_t *in, struct plan_rules *rules, struct err *e);
    bool (*write)(const struct plan_rules *rules, json_t *plan);
} parts[] = {
    {"earn", read_earn, write_earn},   {"expiry", read_expiry, write_expiry},
    {"late", read_late, write_late},   {"spend", read_spend, write_spend},
    {"refund", read_back, write_back}, {"gift", read_gift, write_gift},
    {"tier", read_tier, write_tier},
};
#define PARTS (sizeof(parts) / sizeof(parts[0]))

/* An empty object says of every part what it is when nothing is said. */
static enum err_code
read_part(const struct part *part, const json_t *in, struct plan_rules *rules, struct err *e)
{
    json_auto_t *nothing = json_object();

    if (nothing == NULL)
        return no_memory(e);
    return part->read(json_is_null(in) ? nothing : in, rules, e) ? err_inside(e, "%s", part->name)
                                                                 : OK;
}

enum err_code
plan_terms_write(const struct plan_rules *rules, char **out, struct err *e)
{
    json_auto_t *all = json_object();

    for (size_t i = 0; i < PARTS; i++)
        if (all == NULL || !parts[i].write(rules, all))
            return no_memory(e);
    *out = json_dumps(all, JSON_COMPACT | JSON_SORT_KEYS);
    return *out != NULL ? OK : no_memory(e);
}

enum err_code
plan_terms_read(struct str text, struct plan_rules *rules, struct err *e)
{
    json_auto_t *all = NULL;

    if (json_parse(text, PLAN_FILE_MAX, &all, e))
        return e->code;
    for (size_t i = 0; i < PARTS; i++) {
        const json_t *in = json_object_get(all, parts[i].name);

        if (in != NULL && read_part(&parts[i], in, rules, e))
            return e->code;
    }
    return OK;
}

/* ---------------------------------------------------------------- rewards and numbers */

static enum err_code
read_reward(const json_t *in, struct plan_reward *out, struct err *e)
{
    struct str title = {0};
    const struct json_field field[] = {
        {"at", JSON_KIND_INT, false, 1, 1000000, &out->at},
        {"title", JSON_KIND_TEXT, false, 1, PLAN_TEXT_SIZE - 1, &title},
        {"valid_days", JSON_KIND_INT, false, 1, 3660, &out->valid_days},
    };

    *out = (struct plan_reward){.id = 0};
    if (json_read(in, field, sizeof(field) / sizeof(field[0]), e))
        return e->code;
    str_copy(title, out->title, sizeof(out->title));
    return OK;
}

static enum err_code
read_rewards(const json_t *in, struct plan_rules *rules, struct err *e)
{
    if (json_array_size(in) > PLAN_REWARDS_MAX)
        return invalid(e, "rewards", "are at most 8");
    rules->rewards_n = json_array_size(in);
    for (size_t i = 0; i < rules->rewards_n; i++)
        if (read_reward(json_array_get(in, i), &rules->reward[i], e))
            return err_inside(e, "rewards.%zu", i);
    return OK;
}

static json_t *
rewards_of(const struct plan_rules *rules)
{
    json_t *out = json_array();

    for (size_t i = 0; i < rules->rewards_n; i++)
        if (json_array_append_new(out,
                                  json_pack("{s:I,s:s,s:I}", "at", (json_int_t)rules->reward[i].at,
                                            "title", rules->reward[i].title, "valid_days",
                                            (json_int_t)rules->reward[i].valid_days)) != 0) {
            json_decref(out);
            return NULL;
        }
    return out;
}

static enum err_code
read_number(const json_t *in, struct plan_rules *rules, struct err *e)
{
    struct number_format *number = &rules->number;
    struct str type = {0}, prefix = STR(""), check = STR("none"), frame = STR("");
    struct str ratio = STR("2.5");
    char word[24];
    int64_t per_day = 0;
    const struct json_field field[] = {
        {"type", JSON_KIND_TEXT, false, 1, 16, &type},
        {"prefix", JSON_KIND_TEXT, true, 0, NUMBER_MAX, &prefix},
        {"length", JSON_KIND_INT, false, 1, NUMBER_MAX, &number->length},
        {"check", JSON_KIND_TEXT, true, 1, sizeof(word) - 1, &check},
        {"frame", JSON_KIND_TEXT, true, 2, 2, &frame},
        {"ratio", JSON_KIND_TEXT, true, 1, 4, &ratio},
        {"per_day", JSON_KIND_INT, true, 0, 1000, &per_day},
    };

    *number = (struct number_format){.is_set = true};
    if (json_read(in, field, sizeof(field) / sizeof(field[0]), e))
        return e->code;
    rules->number_per_day = per_day;
    str_copy(prefix, number->prefix, sizeof(number->prefix));
    if (!number_type_by_name(type, &number->type))
        return invalid(e, "number.type", "is jan13, code128, nw7 or code39");
    str_copy(check, word, sizeof(word));
    if (!barcode_check_by_name(word, &number->check))
        return invalid(e, "number.check", "is none of the check digits we know");
    str_copy(ratio, word, sizeof(word));
    if (!barcode_ratio_by_name(word, &number->ratio))
        return invalid(e, "number.ratio", "is 2, 2.5 or 3");
    if (frame.n == 2) {
        number->start = frame.at[0];
        number->stop = frame.at[1];
    }
    return OK;
}

static json_t *
number_of(const struct plan_rules *rules)
{
    const struct number_format *n = &rules->number;
    char frame[3] = {n->start, n->stop, '\0'};
    json_t *out = json_pack("{s:s,s:s,s:I,s:s,s:s,s:I}", "type", number_type_name(n->type),
                            "prefix", n->prefix, "length", (json_int_t)n->length, "check",
                            barcode_check_name(n->check), "ratio", barcode_ratio_name(n->ratio),
                            "per_day", (json_int_t)rules->number_per_day);

    if (frame[0] != '\0' && json_object_set_new(out, "frame", json_string(frame)) != 0) {
        json_decref(out);
        return NULL;
    }
    return out;
}

/* ---------------------------------------------------------------- a whole plan */

/* What stands in the file as a word, and in the rules as an enum. */
struct words {
    struct str unit, rounding, linear;
};

static enum err_code
take_words(const struct words *words, struct plan_rules *rules, struct err *e)
{
    if (words->unit.n && !unit_by_name(words->unit, &rules->unit))
        return invalid(e, "unit", "is stamp or point");
    if (words->rounding.n && !rounding_by_name(words->rounding, &rules->rounding))
        return invalid(e, "rounding", "is down, nearest or up");
    if (words->linear.n && !linear_by_name(words->linear, &rules->linear))
        return invalid(e, "linear", "is code128, jan13 or number");
    return OK;
}

/* Taken out of the object, so that the plain fields can be read strictly. */
static enum err_code
take_parts(json_t *all, struct plan_rules *rules, struct err *e)
{
    const json_t *number = json_object_get(all, "number");

    for (size_t i = 0; i < PARTS; i++) {
        const json_t *in = json_object_get(all, parts[i].name);

        if (in != NULL && read_part(&parts[i], in, rules, e))
            return e->code;
        json_object_del(all, parts[i].name);
    }
    if (json_is_null(number)) {
        rules->number = (struct number_format){.is_set = false};
        rules->number_per_day = 0;
    } else if (number != NULL && read_number(number, rules, e)) {
        return err_inside(e, "number");
    }
    json_object_del(all, "number");
    return OK;
}

static enum err_code
take_plain(const json_t *all, struct plan_rules *rules, struct err *e)
{
    struct words words = {0};
    struct str name = {0};
    const json_t *rewards = NULL;
    const struct json_field field[] = {
        {"name", JSON_KIND_TEXT, true, 1, PLAN_TEXT_SIZE - 1, &name},
        {"unit", JSON_KIND_TEXT, true, 1, 16, &words.unit},
        {"goal", JSON_KIND_INT, true, 0, 1000000, &rules->goal},
        {"rewards", JSON_KIND_ARRAY, true, 0, 0, &rewards},
        {"cool_down_min", JSON_KIND_INT, true, 0, 43200, &rules->cool_down_min},
        {"per_day_max", JSON_KIND_INT, true, 0, 1000, &rules->per_day_max},
        {"yen_per_point", JSON_KIND_INT, true, 0, 1000000, &rules->yen_per_point},
        {"rounding", JSON_KIND_TEXT, true, 1, 16, &words.rounding},
        {"utc_offset_min", JSON_KIND_INT, true, -720, 840, &rules->utc_offset_min},
        {"day_cut_hour", JSON_KIND_INT, true, 0, 23, &rules->day_cut_hour},
        {"notify_grants", JSON_KIND_BOOL, true, 0, 0, &rules->notify_grants},
        {"linear", JSON_KIND_TEXT, true, 1, 16, &words.linear},
        {"jan_prefix", JSON_KIND_INT, true, 20, 29, &rules->jan_prefix},
    };

    if (json_read(all, field, sizeof(field) / sizeof(field[0]), e) || take_words(&words, rules, e))
        return e->code;
    if (name.n)
        str_copy(name, rules->name, sizeof(rules->name));
    return rewards != NULL ? read_rewards(rewards, rules, e) : OK;
}

enum err_code
plan_file_read(struct str text, struct plan_rules *rules, struct err *e)
{
    json_auto_t *all = NULL;

    if (json_parse(text, PLAN_FILE_MAX, &all, e) || take_parts(all, rules, e) ||
        take_plain(all, rules, e))
        return err_wrap(e, "plan file");
    return OK;
}

enum err_code
plan_file_write(const struct plan_rules *rules, json_t **out, struct err *e)
{
    json_auto_t *all =
        json_pack("{s:s,s:s,s:I,s:o,s:I,s:I,s:I,s:s,s:I,s:I,s:b,s:s,s:I}", "name", rules->name,
                  "unit", unit_name(rules->unit), "goal", (json_int_t)rules->goal, "rewards",
                  rewards_of(rules), "cool_down_min", (json_int_t)rules->cool_down_min,
                  "per_day_max", (json_int_t)rules->per_day_max, "yen_per_point",
                  (json_int_t)rules->yen_per_point, "rounding", rounding_name(rules->rounding),
                  "utc_offset_min", (json_int_t)rules->utc_offset_min, "day_cut_hour",
                  (json_int_t)rules->day_cut_hour, "notify_grants", rules->notify_grants, "linear",
                  linear_name(rules->linear), "jan_prefix", (json_int_t)rules->jan_prefix);

    if (all == NULL ||
        (rules->number.is_set && json_object_set_new(all, "number", number_of(rules)) != 0))
        return no_memory(e);
    for (size_t i = 0; i < PARTS; i++)
        if (!parts[i].write(rules, all))
            return no_memory(e);
    *out = json_incref(all);
    return OK;
}
