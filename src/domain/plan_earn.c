#include "domain/plan_earn.h"

#include <string.h>

#include "base/text.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const char *const whys[] = {
    [EARN_WEEKDAY] = "weekday",
    [EARN_HOUR] = "hour",
    [EARN_TIER] = "tier",
    [EARN_CAMPAIGN] = "campaign",
};
static const char *const cappeds[] = {
    [EARN_CAP_MEMBER] = "member", [EARN_CAP_STAFF] = "staff", [EARN_CAP_TILL] = "till"};
static const char *const onces[] = {
    [EARN_ONCE_EVER] = "ever",
    [EARN_ONCE_YEAR] = "year",
    [EARN_ONCE_MONTH] = "month",
    [EARN_ONCE_DAY] = "day",
};
static const char *const weekdays[] = {"sun", "mon", "tue", "wed", "thu", "fri", "sat"};

const char *
earn_why_name(enum earn_why why)
{
    return whys[why];
}

const char *
earn_capped_name(enum earn_capped capped)
{
    return cappeds[capped];
}

bool
earn_has_caps(const struct earn_rules *rules)
{
    for (int i = 0; i < EARN_CAPS; i++)
        if (rules->cap[i].grants != 0 || rules->cap[i].units != 0)
            return true;
    return false;
}

bool
earn_asks_tier(const struct earn_rules *rules)
{
    for (size_t i = 0; i < rules->factors_n; i++)
        if (rules->factor[i].tier != 0)
            return true;
    return false;
}

/* ---------------------------------------------------------------- reading */

static enum err_code
invalid(struct err *e, const char *field, const char *why)
{
    return err_field(e, ERR_INPUT, "plan_invalid", field, "%s %s", field, why);
}

/* The fields of one object, refused as a plan's. */
static enum err_code
fields(const json_t *in, const struct json_field *field, size_t n, struct err *e)
{
    char name[sizeof(e->field)];

    if (json_read(in, field, n, e) == OK)
        return OK;
    str_copy(str_of(e->field), name, sizeof(name));
    return err_field(e, ERR_INPUT, "plan_invalid", name, "%s",
                     name[0] ? name : "an object is wanted");
}

static bool
is_date(int64_t date)
{
    static const int64_t days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int64_t year = date / 10000, month = date / 100 % 100, day = date % 100;
    bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    return month >= 1 && month <= 12 && day >= 1 && day <= days[month - 1] &&
           (month != 2 || day != 29 || is_leap);
}

static enum err_code
read_weekdays(const json_t *in, uint8_t *out, struct err *e)
{
    size_t i;
    const json_t *value;

    json_array_foreach(in, i, value) {
        struct str name = {json_string_value(value), json_string_length(value)};
        int day = json_is_string(value) ? str_index(name, weekdays, COUNT(weekdays)) : -1;

        if (day < 0)
            return invalid(e, "weekdays", "are sun, mon, tue, wed, thu, fri and sat");
        *out = (uint8_t)(*out | 1U << day);
    }
    return OK;
}

static enum err_code
check_factor(const struct earn_factor *f, bool has_from_hour, bool has_until_hour, struct err *e)
{
    if (has_from_hour != has_until_hour || (has_from_hour && f->from_hour == f->until_hour))
        return invalid(e, "until_hour", "goes with from_hour, and is another hour");
    if ((f->from_day != 0 && !is_date(f->from_day)) ||
        (f->until_day != 0 && !is_date(f->until_day)))
        return invalid(e, f->from_day != 0 && !is_date(f->from_day) ? "from" : "until",
                       "is a day such as 20261224");
    if (f->until_day != 0 && f->until_day < f->from_day)
        return invalid(e, "until", "is before from");
    if (f->weekdays == 0 && !has_from_hour && f->tier == 0 && f->from_day == 0 && f->until_day == 0)
        return invalid(e, "", "a weekday, an hour, a tier or a day to hold at is wanted");
    return OK;
}

static enum err_code
read_factor(const json_t *in, struct earn_factor *out, struct err *e)
{
    int64_t percent = 0, from_hour = -1, until_hour = -1, tier = 0, from = 0, until = 0;
    const json_t *days = NULL;
    const struct json_field field[] = {
        {"percent", JSON_KIND_INT, false, 101, EARN_PERCENT_MAX, &percent},
        {"weekdays", JSON_KIND_ARRAY, true, 0, 0, &days},
        {"from_hour", JSON_KIND_INT, true, 0, 23, &from_hour},
        {"until_hour", JSON_KIND_INT, true, 0, 24, &until_hour},
        {"tier", JSON_KIND_INT, true, 1, 16, &tier},
        {"from", JSON_KIND_INT, true, 20200101, 29991231, &from},
        {"until", JSON_KIND_INT, true, 20200101, 29991231, &until},
    };

    *out = (struct earn_factor){0};
    if (fields(in, field, COUNT(field), e) ||
        (days != NULL && read_weekdays(days, &out->weekdays, e)))
        return e->code;
    out->percent = (int32_t)percent;
    out->from_hour = (int8_t)(from_hour < 0 ? 0 : from_hour);
    out->until_hour = (int8_t)(until_hour < 0 ? 0 : until_hour);
    out->tier = (uint8_t)tier;
    out->from_day = (int32_t)from;
    out->until_day = (int32_t)until;
    return check_factor(out, from_hour >= 0, until_hour >= 0, e);
}

static enum err_code
read_item(const json_t *in, struct earn_item *out, struct err *e)
{
    struct str code = {0}, category = {0};
    bool earns = true;
    int64_t yen_per_point = 0, units_each = 0;
    const struct json_field field[] = {
        {"code", JSON_KIND_TEXT, true, 1, EARN_CODE_SIZE - 1, &code},
        {"category", JSON_KIND_TEXT, true, 1, EARN_CODE_SIZE - 1, &category},
        {"earns", JSON_KIND_BOOL, true, 0, 0, &earns},
        {"yen_per_point", JSON_KIND_INT, true, 1, 1000000, &yen_per_point},
        {"units_each", JSON_KIND_INT, true, 1, 1000, &units_each},
    };

    if (fields(in, field, COUNT(field), e))
        return e->code;
    if ((code.n == 0) == (category.n == 0))
        return invalid(e, "", "a code or a category is wanted, one of the two");
    if (!earns && yen_per_point != 0)
        return invalid(e, "yen_per_point", "means nothing for what earns nothing");
    if (earns && yen_per_point == 0 && units_each == 0)
        return invalid(e, "", "earns false, yen_per_point or units_each is wanted");
    *out = (struct earn_item){
        .is_category = code.n == 0,
        .earns_nothing = !earns,
        .yen_per_point = (int32_t)yen_per_point,
        .units_each = (int32_t)units_each,
    };
    str_copy(code.n ? code : category, out->name, sizeof(out->name));
    return OK;
}

static bool
is_event_name(struct str name)
{
    for (size_t i = 0; i < name.n; i++)
        if (!((name.at[i] >= 'a' && name.at[i] <= 'z') ||
              (name.at[i] >= '0' && name.at[i] <= '9') || name.at[i] == '_'))
            return false;
    return true;
}

static enum err_code
read_event(const json_t *in, struct earn_event *out, struct err *e)
{
    struct str name = {0}, title = {0}, once = STR("ever");
    int64_t units = 0;
    int when = EARN_ONCE_EVER;
    const struct json_field field[] = {
        {"name", JSON_KIND_TEXT, false, 1, EARN_EVENT_SIZE - 1, &name},
        {"title", JSON_KIND_TEXT, false, 1, EARN_TITLE_SIZE - 1, &title},
        {"units", JSON_KIND_INT, false, 1, EARN_UNITS_MAX, &units},
        {"once", JSON_KIND_TEXT, true, 1, 8, &once},
    };

    if (fields(in, field, COUNT(field), e))
        return e->code;
    if (!is_event_name(name))
        return invalid(e, "name", "is of a to z, 0 to 9 and _");
    if (text_utf16_units(title) == 0 || text_utf16_units(title) > 24)
        return invalid(e, "title", "is 1 to 24 characters");
    when = str_index(once, onces, COUNT(onces));
    if (when < 0)
        return invalid(e, "once", "is ever, year, month or day");
    *out = (struct earn_event){.units = (int32_t)units, .once = (enum earn_once)when};
    str_copy(name, out->name, sizeof(out->name));
    str_copy(title, out->title, sizeof(out->title));
    return OK;
}

static enum err_code
few(const json_t *list, const char *name, size_t max, struct err *e)
{
    return json_array_size(list) <= max
               ? OK
               : err_field(e, ERR_INPUT, "plan_invalid", name, "%s: at most %zu", name, max);
}

static enum err_code
read_lists(const json_t *factors, const json_t *items, const json_t *events, struct earn_rules *out,
           struct err *e)
{
    if (few(factors, "factors", EARN_FACTORS_MAX, e) || few(items, "items", EARN_ITEMS_MAX, e) ||
        few(events, "events", EARN_EVENTS_MAX, e))
        return e->code;
    for (size_t i = 0; i < json_array_size(factors); i++)
        if (read_factor(json_array_get(factors, i), &out->factor[out->factors_n++], e))
            return err_inside(e, "factors.%zu", i);
    for (size_t i = 0; i < json_array_size(items); i++)
        if (read_item(json_array_get(items, i), &out->item[out->items_n++], e))
            return err_inside(e, "items.%zu", i);
    for (size_t i = 0; i < json_array_size(events); i++) {
        if (read_event(json_array_get(events, i), &out->event[out->events_n++], e))
            return err_inside(e, "events.%zu", i);
        for (size_t k = 0; k < i; k++)
            if (strcmp(out->event[k].name, out->event[i].name) == 0) {
                invalid(e, "name", "is that of another event");
                return err_inside(e, "events.%zu", i);
            }
    }
    return OK;
}

static enum err_code
read_join(const json_t *in, struct earn_rules *out, struct err *e)
{
    static const char *const whens[] = {"issue", "visit"};
    struct str when = STR("issue");
    int at = 0;
    const struct json_field field[] = {
        {"units", JSON_KIND_INT, false, 1, EARN_UNITS_MAX, &out->join_units},
        {"when", JSON_KIND_TEXT, true, 1, 8, &when},
    };

    if (in == NULL)
        return OK;
    if (fields(in, field, COUNT(field), e))
        return err_inside(e, "join");
    at = str_index(when, whens, COUNT(whens));
    if (at < 0)
        return invalid(e, "join.when", "is issue or visit");
    out->joins_at_visit = at == 1;
    return OK;
}

static enum err_code
read_birthday(const json_t *in, struct earn_rules *out, struct err *e)
{
    const struct json_field field[] = {
        {"units", JSON_KIND_INT, false, 1, EARN_UNITS_MAX, &out->birthday_units},
    };

    return in == NULL || !fields(in, field, COUNT(field), e) ? OK : err_inside(e, "birthday");
}

static enum err_code
read_at_shop(const json_t *in, struct earn_rules *out, struct err *e)
{
    const struct json_field field[] = {
        {"cool_down_min", JSON_KIND_INT, true, 0, 43200, &out->shop_cool_down_min},
        {"per_day_max", JSON_KIND_INT, true, 0, 1000, &out->shop_per_day_max},
    };

    return in == NULL || !fields(in, field, COUNT(field), e) ? OK : err_inside(e, "at_shop");
}

static enum err_code
read_cap(const json_t *in, struct earn_cap *out, struct err *e)
{
    const struct json_field field[] = {
        {"grants", JSON_KIND_INT, true, 0, EARN_CAP_MAX, &out->grants},
        {"units", JSON_KIND_INT, true, 0, EARN_CAP_MAX, &out->units},
    };

    return in == NULL ? OK : fields(in, field, COUNT(field), e);
}

static enum err_code
read_caps(const json_t *in, struct earn_rules *out, struct err *e)
{
    const json_t *cap[EARN_CAPS] = {NULL};
    const struct json_field field[] = {
        {cappeds[EARN_CAP_MEMBER], JSON_KIND_OBJECT, true, 0, 0, &cap[EARN_CAP_MEMBER]},
        {cappeds[EARN_CAP_STAFF], JSON_KIND_OBJECT, true, 0, 0, &cap[EARN_CAP_STAFF]},
        {cappeds[EARN_CAP_TILL], JSON_KIND_OBJECT, true, 0, 0, &cap[EARN_CAP_TILL]},
    };

    if (in == NULL)
        return OK;
    if (fields(in, field, COUNT(field), e))
        return err_inside(e, "caps");
    for (int i = 0; i < EARN_CAPS; i++)
        if (read_cap(cap[i], &out->cap[i], e))
            return err_inside(e, "caps.%s", cappeds[i]);
    return OK;
}

enum err_code
earn_read(const json_t *in, struct earn_rules *out, struct err *e)
{
    static const char *const combines[] = {"highest", "multiply"};
    static const char *const others[] = {"earn", "nothing"};
    struct earn_rules r = {0};
    struct str combine = STR("highest"), other = STR("earn");
    int combined = 0, others_are = 0;
    const json_t *factors = NULL, *items = NULL, *events = NULL;
    const json_t *join = NULL, *birthday = NULL, *at_shop = NULL, *caps = NULL;
    const struct json_field field[] = {
        {"visit_stamps", JSON_KIND_INT, true, 0, 100, &r.visit_stamps},
        {"tax_percent", JSON_KIND_INT, true, 0, 100, &r.tax_percent},
        {"combine", JSON_KIND_TEXT, true, 1, 16, &combine},
        {"max_percent", JSON_KIND_INT, true, 0, 10000, &r.max_percent},
        {"others", JSON_KIND_TEXT, true, 1, 16, &other},
        {"factors", JSON_KIND_ARRAY, true, 0, 0, &factors},
        {"items", JSON_KIND_ARRAY, true, 0, 0, &items},
        {"events", JSON_KIND_ARRAY, true, 0, 0, &events},
        {"join", JSON_KIND_OBJECT, true, 0, 0, &join},
        {"birthday", JSON_KIND_OBJECT, true, 0, 0, &birthday},
        {"at_shop", JSON_KIND_OBJECT, true, 0, 0, &at_shop},
        {"caps", JSON_KIND_OBJECT, true, 0, 0, &caps},
    };

    if (fields(in, field, COUNT(field), e))
        return e->code;
    combined = str_index(combine, combines, COUNT(combines));
    if (combined < 0)
        return invalid(e, "combine", "is highest or multiply");
    others_are = str_index(other, others, COUNT(others));
    if (others_are < 0)
        return invalid(e, "others", "is earn or nothing");
    if (r.max_percent != 0 && r.max_percent <= 100)
        return invalid(e, "max_percent", "is more than 100");
    r.multiplies = combined == 1;
    r.others_earn_nothing = others_are == 1;
    if (read_lists(factors, items, events, &r, e) || read_join(join, &r, e) ||
        read_birthday(birthday, &r, e) || read_at_shop(at_shop, &r, e) || read_caps(caps, &r, e))
        return e->code;
    *out = r;
    return OK;
}

/* ---------------------------------------------------------------- writing */

static bool
add_int(json_t *to, const char *name, int64_t value)
{
    return value == 0 || json_object_set_new(to, name, json_integer(value)) == 0;
}

static bool
add_text(json_t *to, const char *name, const char *value)
{
    return json_object_set_new(to, name, json_string(value)) == 0;
}

static json_t *
write_factor(const struct earn_factor *f)
{
    json_t *out = json_pack("{s:i}", "percent", (int)f->percent);
    json_t *days = f->weekdays != 0 ? json_array() : NULL;
    bool ok = add_int(out, "tier", f->tier) && add_int(out, "from", f->from_day) &&
              add_int(out, "until", f->until_day);

    if (f->from_hour != f->until_hour)
        ok = ok && json_object_set_new(out, "from_hour", json_integer(f->from_hour)) == 0 &&
             json_object_set_new(out, "until_hour", json_integer(f->until_hour)) == 0;
    for (size_t i = 0; i < COUNT(weekdays) && days != NULL; i++)
        if (f->weekdays & 1U << i)
            ok = json_array_append_new(days, json_string(weekdays[i])) == 0 && ok;
    if (f->weekdays != 0)
        ok = json_object_set_new(out, "weekdays", days) == 0 && ok;
    if (ok)
        return out;
    json_decref(out);
    return NULL;
}

static json_t *
write_item(const struct earn_item *item)
{
    json_t *out = json_object();

    if (add_text(out, item->is_category ? "category" : "code", item->name) &&
        (!item->earns_nothing || json_object_set_new(out, "earns", json_false()) == 0) &&
        add_int(out, "yen_per_point", item->yen_per_point) &&
        add_int(out, "units_each", item->units_each))
        return out;
    json_decref(out);
    return NULL;
}

static json_t *
write_event(const struct earn_event *event)
{
    return json_pack("{s:s, s:s, s:i, s:s}", "name", event->name, "title", event->title, "units",
                     (int)event->units, "once", onces[event->once]);
}

static bool
write_lists(const struct earn_rules *r, json_t *out)
{
    json_t *factors = json_array(), *items = json_array(), *events = json_array();
    bool ok = true;

    for (size_t i = 0; i < r->factors_n; i++)
        ok = json_array_append_new(factors, write_factor(&r->factor[i])) == 0 && ok;
    for (size_t i = 0; i < r->items_n; i++)
        ok = json_array_append_new(items, write_item(&r->item[i])) == 0 && ok;
    for (size_t i = 0; i < r->events_n; i++)
        ok = json_array_append_new(events, write_event(&r->event[i])) == 0 && ok;
    ok = (r->factors_n == 0 || json_object_set(out, "factors", factors) == 0) &&
         (r->items_n == 0 || json_object_set(out, "items", items) == 0) &&
         (r->events_n == 0 || json_object_set(out, "events", events) == 0) && ok;
    json_decref(factors);
    json_decref(items);
    json_decref(events);
    return ok;
}

/* An object of two numbers, unless both are zero. */
static bool
add_pair(json_t *to, const char *name, const char *a_name, int64_t a, const char *b_name, int64_t b)
{
    json_t *pair;

    if (a == 0 && b == 0)
        return true;
    pair = json_object();
    return json_object_set(to, name, pair) == 0 && add_int(pair, a_name, a) &&
                   add_int(pair, b_name, b)
               ? (json_decref(pair), true)
               : (json_decref(pair), false);
}

static bool
write_caps(const struct earn_rules *r, json_t *out)
{
    json_t *caps;
    bool ok = true;

    if (!earn_has_caps(r))
        return true;
    caps = json_object();
    for (int i = 0; i < EARN_CAPS; i++)
        ok = add_pair(caps, cappeds[i], "grants", r->cap[i].grants, "units", r->cap[i].units) && ok;
    return json_object_set_new(out, "caps", caps) == 0 && ok;
}

static bool
write_join(const struct earn_rules *r, json_t *out)
{
    return r->join_units == 0 ||
           json_object_set_new(out, "join",
                               json_pack("{s:I, s:s}", "units", (json_int_t)r->join_units, "when",
                                         r->joins_at_visit ? "visit" : "issue")) == 0;
}

bool
earn_write(const struct earn_rules *r, json_t *plan)
{
    json_t *out = json_object();
    bool ok = add_int(out, "visit_stamps", r->visit_stamps) &&
              add_int(out, "tax_percent", r->tax_percent) &&
              add_int(out, "max_percent", r->max_percent) &&
              (!r->multiplies || add_text(out, "combine", "multiply")) &&
              (!r->others_earn_nothing || add_text(out, "others", "nothing")) &&
              add_pair(out, "birthday", "units", r->birthday_units, "", 0) &&
              add_pair(out, "at_shop", "cool_down_min", r->shop_cool_down_min, "per_day_max",
                       r->shop_per_day_max) &&
              write_join(r, out) && write_lists(r, out) && write_caps(r, out);

    if (ok && json_object_size(out) > 0)
        ok = json_object_set(plan, "earn", out) == 0;
    json_decref(out);
    return ok;
}
