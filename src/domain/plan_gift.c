#include "domain/plan_gift.h"

#define UNITS_MAX 1000000
#define DAYS_MAX 30
#define DAYS 7

enum err_code
gift_read(const json_t *in, struct gift_rules *out, struct err *e)
{
    struct gift_rules r = {.min = 1, .days = DAYS};
    const struct json_field field[] = {
        {"day_max", JSON_KIND_INT, true, 0, UNITS_MAX, &r.day_max},
        {"min", JSON_KIND_INT, true, 1, UNITS_MAX, &r.min},
        {"days", JSON_KIND_INT, true, 1, DAYS_MAX, &r.days},
    };

    if (json_read(in, field, sizeof(field) / sizeof(field[0]), e))
        return e->code;
    if (r.day_max > 0 && r.min > r.day_max)
        return err_field(e, ERR_INPUT, "plan_invalid", "gift.min", "more than gift.day_max");
    *out = r.day_max > 0 ? r : (struct gift_rules){.day_max = 0};
    return OK;
}

bool
gift_write(const struct gift_rules *rules, json_t *plan)
{
    if (rules->day_max == 0)
        return true;
    return json_object_set_new(plan, "gift",
                               json_pack("{s:I, s:I, s:I}", "day_max", (json_int_t)rules->day_max,
                                         "min", (json_int_t)rules->min, "days",
                                         (json_int_t)rules->days)) == 0;
}
