#include <inttypes.h>

#include "app/commands.h"
#include "domain/beacon.h"

static enum err_code
no_shop(struct str name, struct err *e)
{
    return err_set(e, ERR_NOT_FOUND, "shop_unknown", "there is no shop \"%.*s\"", (int)name.n,
                   name.at);
}

const struct option_row beacon_add_options[] = {
    {"hwid", "ID", NULL, "its hardware id, 10 hexadecimal digits, as LINE gave it out"},
    {"shop", "SHOP", NULL, "where it stands"},
    {"every-hours", "N", "12", "a member who comes in is shown the card at most so often, 1 to 24"},
    {0},
};

enum err_code
command_beacon_add(struct call *call, struct err *e)
{
    int64_t hours;

    if (!str_int(call->value[2], &hours, 1, BEACON_EVERY_HOURS_MAX))
        return err_set(e, ERR_INPUT, "every-hours", "--every-hours: a whole number from 1 to 24");
    if (beacon_add(call->db, call->value[0], call->value[1], hours, call->now_ms, e))
        return e->code == ERR_NOT_FOUND ? no_shop(call->value[1], e) : e->code;
    buf_text(call->out, "saved\n");
    return OK;
}

const struct option_row beacon_remove_options[] = {
    {"hwid", "ID", NULL, "see beacon list"},
    {0},
};

enum err_code
command_beacon_remove(struct call *call, struct err *e)
{
    if (beacon_remove(call->db, call->value[0], call->now_ms, e))
        return e->code;
    buf_text(call->out, "removed\n");
    return OK;
}

static enum err_code
say_beacon(void *context, const struct beacon *beacon)
{
    buf_format(context, "%s  %s, every %" PRId64 " h\n", beacon->hwid, beacon->shop_name,
               beacon->every_hours);
    return OK;
}

enum err_code
command_beacon_list(struct call *call, struct err *e)
{
    return beacon_list(call->db, say_beacon, call->out, e);
}
