#include "line/menu.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/codec.h"
#include "base/digest.h"
#include "base/json.h"
#include "base/text.h"

#define WIDTH_MIN 800
#define WIDTH_MAX 2500
#define HEIGHT_MIN 250
#define BAR_TEXT_MAX 14
#define LABEL_MAX 20
#define URL_UNITS_MAX 1000
#define DATA_UNITS_MAX 300
#define HASH_BYTES 16
#define JSON_MAX (64 * KIB)
#define LIST_LEVELS_MAX 16
#define LIST_KEYS_MAX 300000 /* 1,000 menus of 20 areas */

/* ---------------------------------------------------------------- before it is sent */

static enum err_code
refuse(struct err *e, const char *word, const char *field, const char *why)
{
    return err_field(e, ERR_INPUT, word, field, "rich menu: %s: %s", field, why);
}

static bool
is_inside(const struct menu *menu, const struct menu_box *box)
{
    return box->x >= 0 && box->y >= 0 && box->width >= 1 && box->height >= 1 &&
           box->width <= menu->width - box->x && box->height <= menu->height - box->y;
}

/* As LINE takes it: already percent-encoded. Loopback http is what the demo has. */
static bool
is_url(struct str url)
{
    if (!str_starts(url, STR("https://")) && !str_starts(url, STR("http://")))
        return false;
    for (size_t i = 0; i < url.n; i++)
        if (url.at[i] <= ' ' || url.at[i] > '~' || strchr("\"<>\\^`{|}", url.at[i]))
            return false;
    return url.n <= URL_UNITS_MAX;
}

static bool
is_data(struct str data)
{
    return data.n > 0 && text_utf16_units(data) <= DATA_UNITS_MAX;
}

static bool
act_is_right(const struct menu_area *area)
{
    switch (area->act) {
    case MENU_OPENS:
        return is_url(area->target);
    case MENU_TELLS:
        return is_data(area->target);
    case MENU_TURNS:
        return menu_alias_is_valid(area->target) && is_data(area->data);
    }
    return false;
}

static enum err_code
area_check(const struct menu *menu, size_t i, struct err *e)
{
    const struct menu_area *area = &menu->area[i];
    char field[48];

    snprintf(field, sizeof(field), "areas[%zu].bounds", i);
    if (!is_inside(menu, &area->box))
        return refuse(e, "menu_bounds", field, "empty, or not inside the picture");
    snprintf(field, sizeof(field), "areas[%zu].label", i);
    if (text_graphemes(area->label) > LABEL_MAX)
        return refuse(e, "menu_text", field, "over 20 characters");
    snprintf(field, sizeof(field), "areas[%zu].action", i);
    if (!act_is_right(area))
        return refuse(e, "menu_action", field, "not a URL, data or alias that LINE takes");
    return OK;
}

enum err_code
menu_check(const struct menu *menu, struct err *e)
{
    if (menu->width < WIDTH_MIN || menu->width > WIDTH_MAX || menu->height < HEIGHT_MIN)
        return refuse(e, "menu_size", "size", "800 to 2500 wide and at least 250 high");
    if (menu->width * 100 < menu->height * 145)
        return refuse(e, "menu_size", "size", "not 1.45 times as wide as it is high");
    if (menu->bar_text.n == 0 || text_graphemes(menu->bar_text) > BAR_TEXT_MAX)
        return refuse(e, "menu_text", "chatBarText", "empty, or over 14 characters");
    if (menu->areas_n > MENU_AREAS_MAX)
        return refuse(e, "menu_areas", "areas", "over 20");
    for (size_t i = 0; i < menu->areas_n; i++)
        if (area_check(menu, i, e))
            return e->code;
    return OK;
}

static int
number_at(const char *bytes)
{
    const unsigned char *b = (const unsigned char *)bytes;

    return b[0] > 0 || b[1] > 0 ? -1 : b[2] << 8 | b[3]; /* no picture of ours is that large */
}

/* Source: W3C PNG specification (third edition), 5.2 and 11.2.1: IHDR comes first. */
enum err_code
menu_check_picture(const struct menu *menu, struct str png, struct err *e)
{
    if (png.n < 33 || memcmp(png.at, "\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 16) != 0)
        return refuse(e, "menu_picture", "image", "not a PNG");
    if (number_at(png.at + 16) != menu->width || number_at(png.at + 20) != menu->height)
        return refuse(e, "menu_picture", "image", "not of the menu's size");
    if (png.n > MENU_PICTURE_MAX)
        return refuse(e, "menu_picture", "image", "over 1 MiB");
    return OK;
}

static void
write_member(struct buf *out, const char *name, struct str value)
{
    buf_format(out, ",\"%s\":", name);
    buf_json(out, value);
}

static void
write_area(struct buf *out, const struct menu_area *area)
{
    static const char *const types[] = {
        [MENU_OPENS] = "uri", [MENU_TELLS] = "postback", [MENU_TURNS] = "richmenuswitch"};
    static const char *const targets[] = {
        [MENU_OPENS] = "uri", [MENU_TELLS] = "data", [MENU_TURNS] = "richMenuAliasId"};

    buf_format(out,
               "{\"bounds\":{\"x\":%d,\"y\":%d,\"width\":%d,\"height\":%d},"
               "\"action\":{\"type\":\"%s\"",
               area->box.x, area->box.y, area->box.width, area->box.height, types[area->act]);
    if (area->label.n > 0)
        write_member(out, "label", area->label);
    write_member(out, targets[area->act], area->target);
    if (area->act == MENU_TURNS)
        write_member(out, "data", area->data);
    buf_text(out, "}}");
}

void
menu_write(struct buf *out, const struct menu *menu, const char *name)
{
    buf_format(out, "{\"size\":{\"width\":%d,\"height\":%d},\"selected\":%s,\"name\":", menu->width,
               menu->height, menu->is_open ? "true" : "false");
    buf_json(out, str_of(name));
    write_member(out, "chatBarText", menu->bar_text);
    buf_text(out, ",\"areas\":[");
    for (size_t i = 0; i < menu->areas_n; i++) {
        if (i > 0)
            buf_char(out, ',');
        write_area(out, &menu->area[i]);
    }
    buf_text(out, "]}");
}

bool
menu_name(struct arena *a, const struct menu *menu, struct str png, char out[MENU_NAME_SIZE])
{
    struct buf text = buf_new(a, JSON_MAX + MENU_PICTURE_MAX);
    uint8_t hash[SHA256_SIZE];

    menu_write(&text, menu, "");
    buf_char(&text, '\n');
    buf_str_raw(&text, png);
    if (buf_failed(&text))
        return false;
    sha256(text.at, text.n, hash);
    memcpy(out, MENU_NAME_PREFIX, sizeof(MENU_NAME_PREFIX));
    hex_encode(hash, HASH_BYTES, out + sizeof(MENU_NAME_PREFIX) - 1);
    return true;
}

static bool
is_made_of(struct str text, const char *alphabet, size_t max)
{
    for (size_t i = 0; i < text.n; i++)
        if (text.at[i] == '\0' || !strchr(alphabet, text.at[i]))
            return false;
    return text.n >= 1 && text.n <= max;
}

bool
menu_id_is_valid(struct str id)
{
    return is_made_of(id, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_",
                      MENU_ID_SIZE - 1);
}

bool
menu_alias_is_valid(struct str alias)
{
    return is_made_of(alias, "abcdefghijklmnopqrstuvwxyz0123456789_-", MENU_ALIAS_SIZE - 1);
}

/* ---------------------------------------------------------------- what LINE answers */

static enum err_code
bad_answer(struct err *e, const char *what)
{
    return err_set(e, ERR_UPSTREAM, "menu_answer", "LINE's answer is no %s", what);
}

/* False: not a text, or not one that fits. */
static bool
take_text(const json_t *object, const char *name, char *out, size_t cap)
{
    const json_t *value = json_object_get(object, name);

    return json_is_string(value) &&
           str_copy((struct str){json_string_value(value), json_string_length(value)}, out, cap);
}

static bool
take_id(const json_t *object, char out[MENU_ID_SIZE])
{
    return take_text(object, "richMenuId", out, MENU_ID_SIZE) && menu_id_is_valid(str_of(out));
}

enum err_code
menu_read_id(struct str answer, char out[MENU_ID_SIZE], struct err *e)
{
    json_auto_t *value = NULL;

    if (json_parse(answer, 4 * KIB, &value, e) || !take_id(value, out))
        return bad_answer(e, "rich menu's id");
    return OK;
}

/* The array `name` of an object that is long because its list is; *value_out is new. */
static enum err_code
parse_list(struct str answer, const char *name, json_t **value_out, const json_t **list_out,
           struct err *e)
{
    json_error_t problem;
    bool is_starved;

    if (answer.n > MENU_LIST_BYTES_MAX || !json_is_modest(answer, LIST_LEVELS_MAX, LIST_KEYS_MAX))
        return bad_answer(e, name);
    *value_out = json_load(answer, JSON_REJECT_DUPLICATES, &problem, &is_starved);
    if (is_starved)
        return err_set(e, ERR_INTERNAL, "out_of_memory", "a list of %zu bytes", answer.n);
    *list_out = json_object_get(*value_out, name);
    if (!json_is_array(*list_out) || json_array_size(*list_out) > 2 * MENU_LISTED_MAX)
        return bad_answer(e, name);
    return OK;
}

/* "stampd-" and 32 hexadecimal digits. */
static bool
is_our_name(struct str name)
{
    return str_skip(&name, STR(MENU_NAME_PREFIX)) && name.n == 2 * HASH_BYTES &&
           is_made_of(name, "0123456789abcdef", 2 * HASH_BYTES);
}

enum err_code
menu_read_list(struct str answer, struct arena *a, struct menu_listed **out, size_t *n_out,
               struct err *e)
{
    json_auto_t *value = NULL;
    const json_t *list;
    size_t n = 0;

    if (parse_list(answer, "richmenus", &value, &list, e))
        return e->code;
    *out = arena_alloc(a, (json_array_size(list) + 1) * sizeof(**out));
    if (!*out)
        return err_set(e, ERR_INTERNAL, "out_of_memory", "list of rich menus");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *one = json_array_get(list, i);
        struct menu_listed *listed = &(*out)[n];

        if (!take_id(one, listed->id))
            continue;
        if (!take_text(one, "name", listed->name, sizeof(listed->name)) ||
            !is_our_name(str_of(listed->name)))
            listed->name[0] = '\0';
        n++;
    }
    *n_out = n;
    return OK;
}

enum err_code
menu_read_aliases(struct str answer, struct arena *a, struct menu_alias **out, size_t *n_out,
                  struct err *e)
{
    json_auto_t *value = NULL;
    const json_t *list;
    size_t n = 0;

    if (parse_list(answer, "aliases", &value, &list, e))
        return e->code;
    *out = arena_alloc(a, (json_array_size(list) + 1) * sizeof(**out));
    if (!*out)
        return err_set(e, ERR_INTERNAL, "out_of_memory", "list of aliases");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *one = json_array_get(list, i);
        struct menu_alias *alias = &(*out)[n];

        n += take_id(one, alias->id) &&
             take_text(one, "richMenuAliasId", alias->alias, sizeof(alias->alias)) &&
             menu_alias_is_valid(str_of(alias->alias));
    }
    *n_out = n;
    return OK;
}
