#include "line/postback.h"

#include <stddef.h>

static const struct str actions[] = {
    [POSTBACK_NOTHING] = STR_INIT(""),  [POSTBACK_BALANCE] = STR_INIT("balance"),
    [POSTBACK_CARD] = STR_INIT("card"), [POSTBACK_SHOPS] = STR_INIT("shops"),
    [POSTBACK_RULE] = STR_INIT("rule"),
};

static bool
is_menu_key(struct str key)
{
    for (size_t i = 0; i < key.n; i++) {
        char c = key.at[i];

        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
              c == '-' || c == '_' || c == '.'))
            return false;
    }
    return key.n > 0 && key.n <= POSTBACK_MENU_MAX;
}

static bool
read_action(struct str value, struct postback *out)
{
    for (size_t i = POSTBACK_NOTHING + 1; i < sizeof(actions) / sizeof(actions[0]); i++)
        if (str_eq(value, actions[i])) {
            out->action = (enum postback_action)i;
            return true;
        }
    return false;
}

enum { HAS_ACTION = 1, HAS_ID = 2, HAS_MENU = 4, HAS_AREA = 8 };

/* One name and its value; *seen gets the name's bit. */
static bool
read_pair(struct str name, struct str value, struct postback *out, unsigned *seen)
{
    unsigned bit = str_eq(name, STR("action")) ? HAS_ACTION
                   : str_eq(name, STR("id"))   ? HAS_ID
                   : str_eq(name, STR("menu")) ? HAS_MENU
                   : str_eq(name, STR("area")) ? HAS_AREA
                                               : 0;

    if (bit == 0 || (*seen & bit))
        return false;
    *seen |= bit;
    switch (bit) {
    case HAS_ACTION:
        return read_action(value, out);
    case HAS_ID:
        return str_int(value, &out->rule_id, 1, INT32_MAX);
    case HAS_AREA:
        return str_int(value, &out->area, 0, POSTBACK_AREAS - 1);
    default:
        out->menu = value;
        return is_menu_key(value);
    }
}

bool
postback_read(struct str data, struct postback *out)
{
    struct postback read = {0};
    struct str pair, name;
    unsigned seen = 0;

    do {
        struct str rest = data;

        if (str_until(&rest, '&', &pair))
            data = rest;
        else {
            pair = data;
            data = (struct str){0};
        }
        if (!str_until(&pair, '=', &name) || !read_pair(name, pair, &read, &seen))
            return false;
    } while (data.at != NULL);
    /* A number belongs to a rule, and a menu and its area to each other. */
    if ((read.action == POSTBACK_RULE) != !!(seen & HAS_ID) ||
        !!(seen & HAS_MENU) != !!(seen & HAS_AREA))
        return false;
    *out = read;
    return true;
}

void
postback_write(struct buf *b, enum postback_action action, int64_t rule_id)
{
    buf_text(b, "action=");
    buf_str_raw(b, actions[action]);
    if (action == POSTBACK_RULE) {
        buf_text(b, "&id=");
        buf_int(b, rule_id);
    }
}
