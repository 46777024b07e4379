#include "domain/plan_late.h"

#define DAYS_MAX 92
#define UNITS_MAX 1000000

enum err_code
late_read(const json_t *in, struct late_rules *out, struct err *e)
{
    struct late_rules r = {.days = 0};
    struct str numbers = STR("lasting");
    const struct json_field field[] = {
        {"days", JSON_KIND_INT, true, 0, DAYS_MAX, &r.days},
        {"cashier_max", JSON_KIND_INT, true, 0, UNITS_MAX, &r.cashier_max},
        {"numbers", JSON_KIND_TEXT, true, 1, 16, &numbers},
    };

    if (json_read(in, field, sizeof(field) / sizeof(field[0]), e))
        return e->code;
    r.numbers_daily = str_eq(numbers, STR("daily"));
    if (!r.numbers_daily && !str_eq(numbers, STR("lasting")))
        return err_field(e, ERR_INPUT, "plan_invalid", "late.numbers",
                         "receipts' numbers are lasting, or daily");
    *out = r;
    return OK;
}

bool
late_write(const struct late_rules *rules, json_t *plan)
{
    if (rules->days == 0 && rules->cashier_max == 0 && !rules->numbers_daily)
        return true;
    return json_object_set_new(plan, "late",
                               json_pack("{s:I, s:I, s:s}", "days", (json_int_t)rules->days,
                                         "cashier_max", (json_int_t)rules->cashier_max, "numbers",
                                         rules->numbers_daily ? "daily" : "lasting")) == 0;
}
