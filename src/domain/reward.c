#include "domain/reward.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"

#define TERMS_MAX 2048
#define DAY_SIZE 11 /* 2026-04-01 and a NUL */
#define PATH_SIZE 48

static const char *const expiries[] = {"lost", "back"}; /* by reward.gives_back */

static const char *const kinds[REWARD_KINDS] = {
    [REWARD_PLAIN] = "plain",         [REWARD_YEN_OFF] = "yen_off",
    [REWARD_PERCENT_OFF] = "percent", [REWARD_FREE_ITEM] = "free_item",
    [REWARD_CASH_BACK] = "cash_back", [REWARD_GIFT] = "gift",
};

const char *
reward_kind_name(enum reward_kind kind)
{
    return kinds[kind];
}

bool
reward_kind_by_name(struct str name, enum reward_kind *out)
{
    int i = str_index(name, kinds, REWARD_KINDS);

    if (i >= 0)
        *out = (enum reward_kind)i;
    return i >= 0;
}

bool
reward_asks(const struct reward_when *when)
{
    return when->shops_n != 0 || when->span.days != 0 || when->from_day != 0 ||
           when->until_day != 0 || when->wait_days != 0 || when->least_yen != 0 ||
           when->new_days != 0 || when->least_tier != 0;
}

/* ---------------------------------------------------------------- what one costs */

static int64_t
own_cost(const struct reward *reward)
{
    bool is_money = reward->kind == REWARD_YEN_OFF || reward->kind == REWARD_CASH_BACK;

    return is_money ? reward->value : reward->cost_yen;
}

int64_t
reward_cost_milli(const struct reward *reward, const struct reward *prize, size_t prizes_n)
{
    int64_t sum = 0; /* at most 1,000,000 times 10,000,000: no overflow */

    if (prizes_n == 0)
        return own_cost(reward) * 1000;
    for (size_t i = 0; i < prizes_n; i++)
        sum += prize[i].odds * own_cost(&prize[i]);
    return sum / (ODDS_ALL / 1000);
}

/* ---------------------------------------------------------------- reading */

static enum err_code
invalid(const char *path, const char *field, const char *why, struct err *e)
{
    char where[PATH_SIZE];

    snprintf(where, sizeof(where), "%s%s%s", path, *field ? "." : "", field);
    return err_field(e, ERR_INPUT, "reward_invalid", where, "%s: %s", where, why);
}

/* What json_read says of a field, said of its place in the file. */
static enum err_code
misread(const char *path, struct err *e)
{
    char field[sizeof(e->field)], why[sizeof(e->text)];

    str_copy(str_of(e->field), field, sizeof(field));
    str_copy(str_of(e->text), why, sizeof(why));
    return invalid(path, field, why, e);
}

/* "2026-04-01" as days since 1970-01-01. */
static bool
read_day(struct str text, int64_t *out)
{
    struct tm tm = {0}, back;
    uint64_t year, month, day;
    time_t at;

    if (text.n != DAY_SIZE - 1 || !str_number(&text, &year, 9999) || !str_skip(&text, STR("-")) ||
        !str_number(&text, &month, 12) || !str_skip(&text, STR("-")) ||
        !str_number(&text, &day, 31) || text.n > 0 || year < 1971)
        return false;
    tm.tm_year = (int)year - 1900;
    tm.tm_mon = (int)month - 1;
    tm.tm_mday = (int)day;
    at = timegm(&tm);
    gmtime_r(&at, &back);
    *out = (int64_t)at / (DAY_MS / SECOND_MS);
    return back.tm_mday == (int)day && back.tm_mon == (int)month - 1;
}

static enum err_code
read_shops(const json_t *in, const char *path, struct reward_when *out, struct err *e)
{
    size_t n = json_array_size(in);

    if (in != NULL && (n == 0 || n > REWARD_SHOPS_MAX))
        return invalid(path, "shops", "1 to 8 numbers of shops", e);
    for (size_t i = 0; i < n; i++) {
        const json_t *shop = json_array_get(in, i);

        if (!json_is_integer(shop) || json_integer_value(shop) < 1)
            return invalid(path, "shops", "1 to 8 numbers of shops", e);
        out->shop[out->shops_n++] = json_integer_value(shop);
    }
    return OK;
}

static enum err_code
read_when(const json_t *in, const char *parent, const char *name, struct reward_when *out,
          struct err *e)
{
    struct str days = {0}, hours = {0}, from = {0}, until = {0};
    const json_t *shops = NULL;
    const struct json_field field[] = {
        {"shops", JSON_KIND_ARRAY, true, .out = &shops},
        {"days", JSON_KIND_TEXT, true, 1, 40, &days},
        {"hours", JSON_KIND_TEXT, true, 1, 20, &hours},
        {"from", JSON_KIND_TEXT, true, 1, 20, &from},
        {"until", JSON_KIND_TEXT, true, 1, 20, &until},
        {"wait_days", JSON_KIND_INT, true, 0, 3660, &out->wait_days},
        {"min_yen", JSON_KIND_INT, true, 0, REWARD_YEN_MAX, &out->least_yen},
        {"new_days", JSON_KIND_INT, true, 0, 3660, &out->new_days},
        {"tier", JSON_KIND_INT, true, 0, TIER_STEPS_MAX, &out->least_tier},
    };
    char path[PATH_SIZE];

    if (in == NULL)
        return OK;
    snprintf(path, sizeof(path), "%s.%s", parent, name);
    if (json_read(in, field, sizeof(field) / sizeof(field[0]), e))
        return misread(path, e);
    out->span.days = hours.n > 0 ? WEEK_DAILY : 0;
    if (days.n > 0 && !week_days_read(days, &out->span.days))
        return invalid(path, "days", "mon-fri, sat,sun or daily", e);
    if (hours.n > 0 && !week_hours_read(hours, &out->span))
        return invalid(path, "hours", "10:00-17:00 or all day", e);
    if (from.n > 0 && !read_day(from, &out->from_day))
        return invalid(path, "from", "a day as 2026-04-01", e);
    if (until.n > 0 && !read_day(until, &out->until_day))
        return invalid(path, "until", "a day as 2026-04-30", e);
    if (out->until_day != 0 && out->until_day < out->from_day)
        return invalid(path, "until", "before it begins", e);
    return read_shops(shops, path, out, e);
}

static enum err_code
read_stock(const json_t *in, const char *parent, struct reward *out, struct err *e)
{
    const struct json_field field[] = {
        {"all", JSON_KIND_INT, true, 1, REWARD_UNITS_MAX, &out->most},
        {"a_day", JSON_KIND_INT, true, 1, REWARD_UNITS_MAX, &out->most_a_day},
        {"a_member", JSON_KIND_INT, true, 1, REWARD_UNITS_MAX, &out->most_a_card},
    };
    char path[PATH_SIZE];

    if (in == NULL)
        return OK;
    snprintf(path, sizeof(path), "%s.stock", parent);
    return json_read(in, field, sizeof(field) / sizeof(field[0]), e) ? misread(path, e) : OK;
}

/* The parts that json_read has put somewhere: objects of their own, and what is named. */
struct parts {
    const json_t *issue, *redeem, *stock;
    struct str on_expiry;
};

static enum err_code
read_parts(const struct parts *parts, const char *path, struct reward *out, struct err *e)
{
    if (read_when(parts->issue, path, "issue", &out->issue, e) ||
        read_when(parts->redeem, path, "redeem", &out->redeem, e))
        return e->code;
    out->gives_back = str_eq(parts->on_expiry, str_of(expiries[true]));
    if (!out->gives_back && !str_eq(parts->on_expiry, str_of(expiries[false])))
        return invalid(path, "on_expiry", "lost or back", e);
    return read_stock(parts->stock, path, out, e);
}

enum err_code
reward_read(const json_t *in, const char *path, struct reward *out, const json_t **prizes_out,
            struct err *e)
{
    struct str title = {0}, key = {0}, kind = STR("plain");
    struct parts parts = {.on_expiry = STR("lost")};
    const struct json_field field[] = {
        {"at", JSON_KIND_INT, true, 1, REWARD_UNITS_MAX, &out->at},
        {"price", JSON_KIND_INT, true, 1, REWARD_UNITS_MAX, &out->price},
        {"odds", JSON_KIND_INT, true, 1, ODDS_ALL, &out->odds},
        {"title", JSON_KIND_TEXT, false, 1, PLAN_TEXT_SIZE - 1, &title},
        {"key", JSON_KIND_TEXT, true, 1, REWARD_KEY_SIZE - 1, &key},
        {"kind", JSON_KIND_TEXT, true, 1, 16, &kind},
        {"value", JSON_KIND_INT, true, 1, REWARD_YEN_MAX, &out->value},
        {"cost_yen", JSON_KIND_INT, true, 0, REWARD_YEN_MAX, &out->cost_yen},
        {"valid_days", JSON_KIND_INT, false, 1, 3660, &out->valid_days},
        {"issue", JSON_KIND_OBJECT, true, .out = &parts.issue},
        {"redeem", JSON_KIND_OBJECT, true, .out = &parts.redeem},
        {"stock", JSON_KIND_OBJECT, true, .out = &parts.stock},
        {"codes", JSON_KIND_BOOL, true, .out = &out->has_codes},
        {"on_expiry", JSON_KIND_TEXT, true, 1, 8, &parts.on_expiry},
        {"prizes", JSON_KIND_ARRAY, true, .out = prizes_out},
    };

    *out = (struct reward){.valid_days = 0};
    *prizes_out = NULL;
    if (json_read(in, field, sizeof(field) / sizeof(field[0]), e))
        return misread(path, e);
    if (!reward_kind_by_name(kind, &out->kind))
        return invalid(path, "kind", "plain, yen_off, percent, free_item, cash_back or gift", e);
    str_copy(title, out->title, sizeof(out->title));
    str_copy(key, out->key, sizeof(out->key));
    return read_parts(&parts, path, out, e);
}

/* ---------------------------------------------------------------- writing */

static bool
put(json_t *object, const char *name, json_t *value)
{
    return json_object_set_new(object, name, value) == 0;
}

static bool
put_int(json_t *object, const char *name, int64_t value)
{
    return value == 0 || put(object, name, json_integer(value));
}

static bool
put_day(json_t *object, const char *name, int64_t day)
{
    time_t at = (time_t)(day * (DAY_MS / SECOND_MS));
    char text[DAY_SIZE];
    struct tm tm;

    if (day == 0)
        return true;
    gmtime_r(&at, &tm);
    strftime(text, sizeof(text), "%Y-%m-%d", &tm);
    return put(object, name, json_string(text));
}

static bool
put_span(json_t *object, const struct week_span *span)
{
    struct arena *a = span->days == 0 ? NULL : arena_new(KIB);
    struct str text, days;
    struct buf b;
    bool is_whole;

    if (span->days == 0)
        return true;
    if (a == NULL)
        return false;
    b = buf_new(a, KIB / 2);
    week_span_write(&b, span);
    text = buf_str(&b);
    is_whole = !buf_failed(&b) && str_until(&text, ' ', &days) &&
               put(object, "days", json_stringn(days.at, days.n)) &&
               put(object, "hours", json_stringn(text.at, text.n));
    arena_free(a);
    return is_whole;
}

static bool
put_shops(json_t *object, const struct reward_when *when)
{
    json_t *shops = when->shops_n == 0 ? NULL : json_array();

    for (size_t i = 0; i < when->shops_n; i++)
        if (json_array_append_new(shops, json_integer(when->shop[i])) != 0) {
            json_decref(shops);
            return false;
        }
    return when->shops_n == 0 || put(object, "shops", shops);
}

/* Nothing at all is not written. */
static bool
put_when(json_t *reward, const char *name, const struct reward_when *when)
{
    json_t *object = json_object();
    bool is_whole =
        put_shops(object, when) && put_span(object, &when->span) &&
        put_day(object, "from", when->from_day) && put_day(object, "until", when->until_day) &&
        put_int(object, "wait_days", when->wait_days) &&
        put_int(object, "min_yen", when->least_yen) &&
        put_int(object, "new_days", when->new_days) && put_int(object, "tier", when->least_tier);

    if (is_whole && json_object_size(object) > 0)
        return put(reward, name, object);
    json_decref(object);
    return is_whole;
}

static bool
put_stock(json_t *reward, const struct reward *from)
{
    json_t *object = json_object();
    bool is_whole = put_int(object, "all", from->most) &&
                    put_int(object, "a_day", from->most_a_day) &&
                    put_int(object, "a_member", from->most_a_card);

    if (is_whole && json_object_size(object) > 0)
        return put(reward, "stock", object);
    json_decref(object);
    return is_whole;
}

json_t *
reward_terms_write(const struct reward *reward)
{
    json_t *out = json_object();

    if (put_when(out, "issue", &reward->issue) && put_when(out, "redeem", &reward->redeem) &&
        put_stock(out, reward) && put_int(out, "cost_yen", reward->cost_yen) &&
        (!reward->has_codes || put(out, "codes", json_true())) &&
        (!reward->gives_back || put(out, "on_expiry", json_string(expiries[true]))))
        return out;
    json_decref(out);
    return NULL;
}

enum err_code
reward_terms_read(struct str text, struct reward *out, struct err *e)
{
    struct parts parts = {.on_expiry = STR("lost")};
    const struct json_field field[] = {
        {"issue", JSON_KIND_OBJECT, true, .out = &parts.issue},
        {"redeem", JSON_KIND_OBJECT, true, .out = &parts.redeem},
        {"stock", JSON_KIND_OBJECT, true, .out = &parts.stock},
        {"cost_yen", JSON_KIND_INT, true, 0, REWARD_YEN_MAX, &out->cost_yen},
        {"codes", JSON_KIND_BOOL, true, .out = &out->has_codes},
        {"on_expiry", JSON_KIND_TEXT, true, 1, 8, &parts.on_expiry},
    };
    json_auto_t *in = NULL;

    if (text.n == 0)
        return OK;
    if (json_parse(text, TERMS_MAX, &in, e) ||
        json_read(in, field, sizeof(field) / sizeof(field[0]), e))
        return err_wrap(e, "terms of a reward");
    return read_parts(&parts, "terms", out, e);
}

json_t *
reward_write(const struct reward *reward)
{
    json_auto_t *terms = reward_terms_write(reward);
    json_t *out = json_object();

    if (terms != NULL && put_int(out, "at", reward->at) && put_int(out, "price", reward->price) &&
        put_int(out, "odds", reward->odds) &&
        (reward->key[0] == '\0' || put(out, "key", json_string(reward->key))) &&
        put(out, "title", json_string(reward->title)) &&
        (reward->kind == REWARD_PLAIN ||
         put(out, "kind", json_string(reward_kind_name(reward->kind)))) &&
        put_int(out, "value", reward->value) && put_int(out, "valid_days", reward->valid_days) &&
        json_object_update(out, terms) == 0)
        return out;
    json_decref(out);
    return NULL;
}

/* ---------------------------------------------------------------- does it fit */

static bool
key_is_valid(const char *key)
{
    size_t n = strlen(key);

    return n > 0 && strspn(key, "abcdefghijklmnopqrstuvwxyz0123456789-") == n;
}

static enum err_code
check_value(const struct reward *reward, const char *path, struct err *e)
{
    bool is_money = reward->kind == REWARD_YEN_OFF || reward->kind == REWARD_CASH_BACK;
    bool is_percent = reward->kind == REWARD_PERCENT_OFF;

    if ((reward->value != 0) != (is_money || is_percent))
        return invalid(path, "value", "yen_off, percent and cash_back have one, others do not", e);
    if (is_percent && reward->value > 100)
        return invalid(path, "value", "1 to 100 percent", e);
    if (is_money && reward->cost_yen != 0)
        return invalid(path, "cost_yen", "its value is what it costs", e);
    return OK;
}

/* A filled card is promised its reward, and a lot its prize: nobody is asked where or when. */
static enum err_code
check_unasked(const struct reward *reward, const char *path, struct err *e)
{
    if (reward_asks(&reward->issue))
        return invalid(path, "issue", "only what has a price is issued under conditions", e);
    return OK;
}

static enum err_code
check_placed(const struct reward *reward, const char *path, struct err *e)
{
    if (reward->most != 0 || reward->most_a_day != 0 || reward->most_a_card != 0)
        return invalid(path, "stock", "what a card reaches is never sold out", e);
    if (reward->has_codes)
        return invalid(path, "codes", "what a card reaches is never sold out", e);
    return check_unasked(reward, path, e);
}

static enum err_code
check_swap(const struct reward *reward, const char *path, enum unit unit, struct err *e)
{
    if (unit != UNIT_POINT)
        return invalid(path, "price", "only points are swapped", e);
    if (reward->key[0] == '\0')
        return invalid(path, "key", "what has a price has a key", e);
    if (reward->issue.wait_days != 0)
        return invalid(path, "issue", "there is nothing before it to wait for", e);
    if (reward->issue.shops_n != 0 || reward->issue.least_yen != 0)
        return invalid(path, "issue", "a phone is in no shop and knows no sale", e);
    return OK;
}

/* Only points that were given come back; and a code or a prize that was seen is not unseen. */
static enum err_code
check_back(const struct reward *reward, const char *path, struct err *e)
{
    if (reward->gives_back && (reward->price == 0 || reward->prizes_n != 0 || reward->has_codes))
        return invalid(path, "on_expiry", "back is for what has a price, no prizes and no codes",
                       e);
    return OK;
}

enum err_code
reward_check(const struct reward *reward, const char *path, enum unit unit, struct err *e)
{
    if ((reward->at != 0) + (reward->price != 0) + (reward->odds != 0) != 1)
        return invalid(path, "", "one of at, price and odds is wanted", e);
    if (reward->valid_days < 1 || reward->valid_days > 3660)
        return invalid(path, "valid_days", "1 to 3660 days", e);
    if (reward->key[0] != '\0' && !key_is_valid(reward->key))
        return invalid(path, "key", "1 to 24 of a-z, 0-9 and -", e);
    if (reward->key[0] == '\0' && reward->odds != 0)
        return invalid(path, "key", "a prize has a key", e);
    if (reward->prizes_n != 0 && reward->has_codes)
        return invalid(path, "codes", "its prizes may have codes", e);
    if (check_value(reward, path, e) || check_back(reward, path, e))
        return e->code;
    return reward->price != 0 ? check_swap(reward, path, unit, e)
           : reward->at != 0  ? check_placed(reward, path, e)
                              : check_unasked(reward, path, e);
}
