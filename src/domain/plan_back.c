#include "domain/plan_back.h"

#define DAYS_MAX 3660
#define YEN_MAX 10000000

static const char *const shorts[] = {
    [SHORT_REFUSE] = "refuse", [SHORT_FORGIVE] = "forgive", [SHORT_OWE] = "owe"};

const char *
refund_short_name(enum refund_short refund_short)
{
    return shorts[refund_short];
}

static bool
short_by_name(struct str name, enum refund_short *out)
{
    int i = str_index(name, shorts, sizeof(shorts) / sizeof(shorts[0]));

    if (i >= 0)
        *out = (enum refund_short)i;
    return i >= 0;
}

enum err_code
back_read(const json_t *in, struct back_rules *out, struct err *e)
{
    struct str name = STR("refuse");
    const struct json_field field[] = {
        {"short", JSON_KIND_TEXT, true, 1, 16, &name},
        {"days", JSON_KIND_INT, true, 0, DAYS_MAX, &out->refund_days},
        {"yen", JSON_KIND_INT, true, 0, YEN_MAX, &out->refund_yen},
    };

    *out = (struct back_rules){.refund_days = 0};
    if (json_read(in, field, sizeof(field) / sizeof(field[0]), e))
        return e->code;
    if (!short_by_name(name, &out->refund_short))
        return err_field(e, ERR_INPUT, "plan_invalid", "refund.short",
                         "refund.short is refuse, forgive or owe");
    return OK;
}

bool
back_write(const struct back_rules *rules, json_t *plan)
{
    if (rules->refund_short == SHORT_REFUSE && rules->refund_days == 0 && rules->refund_yen == 0)
        return true;
    return json_object_set_new(plan, "refund",
                               json_pack("{s:s,s:I,s:I}", "short", shorts[rules->refund_short],
                                         "days", (json_int_t)rules->refund_days, "yen",
                                         (json_int_t)rules->refund_yen)) == 0;
}
