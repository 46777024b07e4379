#include "sim/sim_check.h"
#include "sim/sim_handlers.h"
#include "sim/sim_menu.h"

#include <string.h>

#define ALIASES_MAX 1000
#define ALIAS_MAX 32

static bool
is_alias(struct str text)
{
    return text.n >= 1 && text.n <= ALIAS_MAX &&
           strspn(text.at, "abcdefghijklmnopqrstuvwxyz0123456789_-") == text.n;
}

static enum err_code
point(struct sim_call *call, const char *alias)
{
    const char *menu = json_string_value(json_object_get(call->json, "richMenuId"));
    const struct sim_menu *found = sim_table_get(call->sim->menus->by_id, str_of(menu));
    char *id;

    if (found == NULL || found->image == NULL)
        return sim_refuse(call, 400, "richmenu not found, or without an image");
    id = sim_alloc(sizeof(found->id));
    memcpy(id, found->id, sizeof(found->id));
    sim_table_put(call->sim->menus->aliases, alias, id);
    return sim_answer(call, 200, json_object());
}

/* POST /v2/bot/richmenu/alias  {"richMenuAliasId", "richMenuId"} */
enum err_code
sim_alias_create(struct sim_call *call)
{
    const char *alias = json_string_value(json_object_get(call->json, "richMenuAliasId"));

    if (!is_alias(str_of(alias)))
        return sim_refuse_property(call, "richMenuAliasId");
    if (sim_table_get(call->sim->menus->aliases, str_of(alias)) != NULL)
        return sim_refuse(call, 400, "conflict richmenu alias id");
    if (sim_table_count(call->sim->menus->aliases) >= ALIASES_MAX)
        return sim_refuse(call, 400, "The number of rich menu aliases exceeds the limit");
    return point(call, alias);
}

static json_t *
alias_json(const char *alias, const char *menu)
{
    return json_pack("{s:s, s:s}", "richMenuAliasId", alias, "richMenuId", menu);
}

static bool
add_alias(const char *name, void *value, void *context)
{
    json_array_append_new(context, alias_json(name, value));
    return true;
}

/* GET /v2/bot/richmenu/alias/list */
enum err_code
sim_alias_list(struct sim_call *call)
{
    json_t *list = json_array();

    sim_table_sweep(call->sim->menus->aliases, add_alias, list);
    return sim_answer(call, 200, json_pack("{s:o}", "aliases", list));
}

/* The alias of the path in `out`, and its menu; NULL and 404 when there is none. */
static const char *
asked_alias(struct sim_call *call, char out[ALIAS_MAX + 1])
{
    struct str alias = request_segment(call->req, ":alias");
    const char *menu = sim_table_get(call->sim->menus->aliases, alias);

    if (menu == NULL || !str_copy(alias, out, ALIAS_MAX + 1)) {
        sim_refuse(call, 404, "richmenu alias not found");
        return NULL;
    }
    return menu;
}

/* GET /v2/bot/richmenu/alias/:alias */
enum err_code
sim_alias_show(struct sim_call *call)
{
    char alias[ALIAS_MAX + 1];
    const char *menu = asked_alias(call, alias);

    return menu != NULL ? sim_answer(call, 200, alias_json(alias, menu)) : OK;
}

/* POST /v2/bot/richmenu/alias/:alias  {"richMenuId"} */
enum err_code
sim_alias_update(struct sim_call *call)
{
    char alias[ALIAS_MAX + 1];

    return asked_alias(call, alias) != NULL ? point(call, alias) : OK;
}

/* DELETE /v2/bot/richmenu/alias/:alias */
enum err_code
sim_alias_delete(struct sim_call *call)
{
    char alias[ALIAS_MAX + 1];

    if (asked_alias(call, alias) == NULL)
        return OK;
    sim_table_drop(call->sim->menus->aliases, str_of(alias));
    return sim_answer(call, 200, json_object());
}
