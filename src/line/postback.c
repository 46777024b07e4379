#include "line/postback.h"

#include <stddef.h>

static const struct str actions[] = {
    [POSTBACK_MENU] = STR_INIT("menu"), [POSTBACK_BALANCE] = STR_INIT("balance"),
    [POSTBACK_CARD] = STR_INIT("card"), [POSTBACK_SHOPS] = STR_INIT("shops"),
    [POSTBACK_RULE] = STR_INIT("rule"),
};

static int
hex_digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Percent-encoded as buf_url does it; without control characters. */
static bool
read_menu(struct str value, char out[POSTBACK_MENU_SIZE])
{
    size_t n = 0;

    for (size_t i = 0; i < value.n && n < POSTBACK_MENU_SIZE - 1; i++, n++) {
        out[n] = value.at[i];
        if (value.at[i] == '%') {
            int high = i + 1 < value.n ? hex_digit(value.at[i + 1]) : -1;
            int low = i + 2 < value.n ? hex_digit(value.at[i + 2]) : -1;

            if (high < 0 || low < 0)
                return false;
            out[n] = (char)(high * 16 + low);
            i += 2;
        }
        if ((unsigned char)out[n] <= ' ' || out[n] == 0x7F)
            return false;
    }
    out[n] = '\0';
    return n > 0 && n < POSTBACK_MENU_SIZE - 1;
}

static bool
is_area(struct str area)
{
    for (size_t i = 0; i < area.n; i++)
        if (!((area.at[i] >= 'a' && area.at[i] <= 'z') || (area.at[i] >= '0' && area.at[i] <= '9')))
            return false;
    return area.n > 0 && area.n <= POSTBACK_AREA_MAX;
}

static bool
read_action(struct str value, struct postback *out)
{
    for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++)
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
        out->area = value;
        return is_area(value);
    default:
        return read_menu(value, out->menu);
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
    if (!(seen & HAS_ACTION) || (read.action == POSTBACK_RULE) != !!(seen & HAS_ID) ||
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
