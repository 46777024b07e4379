#include "domain/plan_spend.h"

#include "domain/rules.h"

#define YEN_MAX 10000

static enum err_code
invalid(struct err *e, const char *field, const char *why)
{
    return err_field(e, ERR_INPUT, "plan_invalid", field, "%s %s", field, why);
}

/* The least that can be spent at all: a multiple of the step. */
static int64_t
first_step(const struct spend_rules *r)
{
    return (r->least + r->step - 1) / r->step * r->step;
}

enum err_code
spend_read(const json_t *in, struct spend_rules *out, struct err *e)
{
    struct spend_rules r = {.step = 1, .least = 1, .percent_max = 100};
    const struct json_field field[] = {
        {"yen", JSON_KIND_INT, true, 1, YEN_MAX, &r.yen},
        {"step", JSON_KIND_INT, true, 1, GRANT_AMOUNT_MAX, &r.step},
        {"least", JSON_KIND_INT, true, 1, GRANT_AMOUNT_MAX, &r.least},
        {"per_day", JSON_KIND_INT, true, 0, GRANT_AMOUNT_MAX, &r.per_day_max},
        {"percent", JSON_KIND_INT, true, 1, 100, &r.percent_max},
    };

    if (json_read(in, field, sizeof(field) / sizeof(field[0]), e))
        return e->code;
    if (json_object_size(in) == 0) {
        *out = (struct spend_rules){.yen = 0};
        return OK;
    }
    if (r.yen == 0)
        return invalid(e, "spend.yen", "says what a point is worth");
    if (r.per_day_max != 0 && r.per_day_max < first_step(&r))
        return invalid(e, "spend.per_day", "is less than can be spent at once");
    *out = r;
    return OK;
}

static bool
add_int(json_t *to, const char *name, int64_t value, int64_t unless)
{
    return value == unless || json_object_set_new(to, name, json_integer(value)) == 0;
}

bool
spend_write(const struct spend_rules *r, json_t *plan)
{
    json_t *out;

    if (r->yen == 0)
        return true;
    out = json_pack("{s:I}", "yen", (json_int_t)r->yen);
    return json_object_set_new(plan, "spend", out) == 0 && add_int(out, "step", r->step, 1) &&
           add_int(out, "least", r->least, 1) && add_int(out, "per_day", r->per_day_max, 0) &&
           add_int(out, "percent", r->percent_max, 100);
}
