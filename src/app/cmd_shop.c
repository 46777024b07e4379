#include <inttypes.h>

#include "app/commands.h"
#include "domain/shop.h"

const struct option_row shop_add_options[] = {
    {"name", "NAME", NULL, "what shoppers call it"},
    {0},
};

enum err_code
command_shop_add(struct call *call, struct err *e)
{
    int64_t id;

    if (shop_add(call->db, call->value[0], call->now_ms, &id, e))
        return e->code;
    buf_format(call->out, "shop %" PRId64 "\n", id);
    return OK;
}

const struct option_row shop_set_options[] = {
    {"shop", "SHOP", NULL, "its name"},
    {"linear", "CODE", NULL,
     "the bars of cards that were here last: code128, jan13 or number; plan: what their plan says"},
    {0},
};

enum err_code
command_shop_set(struct call *call, struct err *e)
{
    struct str word = call->value[1];
    bool as_plan = str_eq(word, STR("plan"));
    enum linear linear;

    if (!as_plan && !linear_by_name(word, &linear))
        return err_set(e, ERR_INPUT, "linear", "--linear is code128, jan13, number or plan");
    if (shop_set_linear(call->db, call->value[0], as_plan ? NULL : &linear, call->now_ms, e))
        return e->code != ERR_NOT_FOUND
                   ? e->code
                   : err_set(e, ERR_NOT_FOUND, "shop_unknown", "there is no shop \"%.*s\"",
                             (int)call->value[0].n, call->value[0].at);
    buf_format(call->out, "%.*s: cards show %s\n", (int)call->value[0].n, call->value[0].at,
               as_plan ? "what their plan says" : linear_name(linear));
    return OK;
}

const struct option_row shop_place_options[] = {
    {"shop", "SHOP", NULL, "its name"},
    {"at", "LAT,LNG", NULL, "degrees as maps show them, such as 35.714765,139.796655"},
    {0},
};

/* Degrees with up to six digits behind the point, in millionths. */
static bool
take_degrees(struct str text, int64_t *out)
{
    bool is_minus = str_skip(&text, STR("-"));
    uint64_t whole, part = 0;
    size_t digits;

    if (!str_number(&text, &whole, 180))
        return false;
    if (text.n > 0) {
        if (!str_skip(&text, STR(".")) || (digits = text.n) > 6 ||
            !str_number(&text, &part, 999999) || text.n > 0)
            return false;
        for (; digits < 6; digits++)
            part *= 10;
    }
    *out = (int64_t)(whole * 1000000 + part) * (is_minus ? -1 : 1);
    return true;
}

enum err_code
command_shop_place(struct call *call, struct err *e)
{
    struct str at = call->value[1], first;
    int64_t latitude, longitude;

    if (!str_until(&at, ',', &first) || !take_degrees(str_trim(first), &latitude) ||
        !take_degrees(str_trim(at), &longitude))
        return err_set(e, ERR_INPUT, "at", "--at is such as 35.714765,139.796655");
    if (shop_set_place(call->db, call->value[0], latitude, longitude, call->now_ms, e))
        return e->code != ERR_NOT_FOUND
                   ? e->code
                   : err_set(e, ERR_NOT_FOUND, "shop_unknown", "there is no shop \"%.*s\"",
                             (int)call->value[0].n, call->value[0].at);
    buf_text(call->out, "saved\n");
    return OK;
}

static enum err_code
say_shop(void *context, const struct shop *shop)
{
    buf_format(context, "%4" PRId64 "  %s%s%s\n", shop->id, shop->name,
               shop->has_linear ? ": cards show " : "",
               shop->has_linear ? linear_name(shop->linear) : "");
    return OK;
}

enum err_code
command_shop_list(struct call *call, struct err *e)
{
    return shop_list(call->db, say_shop, call->out, e);
}

const struct option_row till_add_options[] = {
    {"shop", "SHOP", NULL, "the shop it stands in"},
    {"name", "NAME", NULL, "what staff call it; a till of that name gets a new code"},
    {0},
};

enum err_code
command_till_add(struct call *call, struct err *e)
{
    char code[ENROL_CODE_SIZE];
    int64_t id;

    if (till_add(call->db, call->value[0], call->value[1], call->now_ms, code, &id, e))
        return e->code;
    buf_format(call->out,
               "till %" PRId64 "\ncode %s\nopen %s/till and type the code within ten minutes\n", id,
               code, call->config->public_url);
    return OK;
}

const struct option_row till_revoke_options[] = {
    {"till", "N", NULL, "its number, see till list"},
    {0},
};

enum err_code
command_till_revoke(struct call *call, struct err *e)
{
    int64_t id;

    if (command_number(call, &id, e) || till_revoke(call->db, id, call->now_ms, e))
        return e->code;
    buf_format(call->out, "till %" PRId64 " is revoked; till add gives it a new code\n", id);
    return OK;
}

static enum err_code
say_till(void *context, const struct till *till)
{
    buf_format(context, "%4" PRId64 "  %-9s %s, %s\n", till->id, till->state, till->shop_name,
               till->name);
    return OK;
}

enum err_code
command_till_list(struct call *call, struct err *e)
{
    return till_list(call->db, say_till, call->out, e);
}
