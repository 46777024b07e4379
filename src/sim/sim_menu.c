#include "sim/sim_menu.h"

#include "base/codec.h"
#include "sim/sim_check.h"
#include "sim/sim_handlers.h"

#include <stdlib.h>
#include <string.h>

#define AREAS_MAX 20
#define ANY_NUMBER 2147483647
#define MENU_TAPS "postback|message|uri|datetimepicker|richmenuswitch|clipboard"

static void
menu_free(void *value)
{
    struct sim_menu *menu = value;

    json_decref(menu->object);
    free(menu->image);
    free(menu);
}

struct sim_menus *
sim_menus_new(void)
{
    struct sim_menus *menus = sim_alloc(sizeof(*menus));

    menus->by_id = sim_table_new(menu_free);
    menus->aliases = sim_table_new(free);
    menus->of_user = sim_table_new(free);
    menus->most = SIM_MENUS_MAX;
    menus->wait_ms = SIM_BATCH_MS;
    return menus;
}

void
sim_menus_free(struct sim_menus *menus)
{
    if (menus == NULL)
        return;
    sim_table_free(menus->by_id);
    sim_table_free(menus->aliases);
    sim_table_free(menus->of_user);
    for (size_t i = 0; i < SIM_BATCHES_MAX; i++)
        json_decref(menus->batch[i].order);
    free(menus);
}

struct sim_menu *
sim_menu_named(const struct sim *sim, const char *id)
{
    return id != NULL ? sim_table_get(sim->menus->by_id, str_of(id)) : NULL;
}

const struct sim_menu *
sim_menu_of(const struct sim *sim, const struct sim_person *person)
{
    const struct sim_menu *own = NULL;

    if (person->is_friend) /* others see only everybody's */
        own = sim_menu_named(sim, sim_table_get(sim->menus->of_user, str_of(person->user_id)));
    return own != NULL ? own : sim_menu_named(sim, sim->menus->fallback);
}

const struct sim_menu *
sim_menu_by_alias(const struct sim *sim, struct str alias)
{
    return sim_menu_named(sim, sim_table_get(sim->menus->aliases, alias));
}

static const struct sim_property size[] = {
    INTEGER("width", MUST, 800, 2500),
    INTEGER("height", MUST, 250, 1724),
};
static const struct sim_shape size_shape[] = {SHAPE(NULL, size, NULL)};
static const struct sim_shapes sizes = SHAPES(size_shape);
static const struct sim_property bounds[] = {
    INTEGER("x", MUST, 0, ANY_NUMBER),
    INTEGER("y", MUST, 0, ANY_NUMBER),
    INTEGER("width", MUST, 1, ANY_NUMBER),
    INTEGER("height", MUST, 1, ANY_NUMBER),
};
static const struct sim_shape bounds_shape[] = {SHAPE(NULL, bounds, NULL)};
static const struct sim_shapes bounds_shapes = SHAPES(bounds_shape);
static const struct sim_property area[] = {
    OBJECT("bounds", MUST, &bounds_shapes),
    ACTION("action", MUST, 0, 20, MENU_TAPS),
};
static const struct sim_shape area_shape[] = {SHAPE(NULL, area, NULL)};
static const struct sim_shapes areas = SHAPES(area_shape);
static const struct sim_property menu[] = {
    OBJECT("size", MUST, &sizes),
    BOOLEAN("selected", MUST),
    GRAPHEMES("name", MUST, 1, 300),
    GRAPHEMES("chatBarText", MUST, 1, 14),
    LIST("areas", MUST, 0, AREAS_MAX, &areas),
};

static void
is_wide(struct sim_check *check, const json_t *object)
{
    const json_t *given = json_object_get(object, "size");
    double width = json_number_value(json_object_get(given, "width"));
    double height = json_number_value(json_object_get(given, "height"));

    if (width < 1.45 * height)
        sim_check_found(check, "size", "The aspect ratio (width / height) must be 1.45 or more");
}

static const struct sim_shape menu_shape[] = {SHAPE(NULL, menu, is_wide)};
static const struct sim_shapes menus = SHAPES(menu_shape);

struct sim_menu *
sim_menu_asked(struct sim_call *call)
{
    struct sim_menu *found =
        sim_table_get(call->sim->menus->by_id, request_segment(call->req, ":menu"));

    if (found == NULL)
        sim_refuse(call, 404, "richmenu not found");
    return found;
}

static json_t *
menu_json(const struct sim_menu *m)
{
    json_t *copy = json_deep_copy(m->object);

    json_object_set_new(copy, "richMenuId", json_string(m->id));
    return copy;
}

/* POST /v2/bot/richmenu  ->  200 {"richMenuId"} */
enum err_code
sim_menu_create(struct sim_call *call)
{
    struct sim_menu *made;
    uint8_t random[16];

    if (!sim_body_will_do(call, &menus))
        return OK;
    if (sim_table_count(call->sim->menus->by_id) >= call->sim->menus->most)
        return sim_refuse(call, 400, "The number of rich menus exceeds the limit");
    made = sim_alloc(sizeof(*made));
    entropy_fill(random, sizeof(random));
    memcpy(made->id, "richmenu-", 9);
    hex_encode(random, sizeof(random), made->id + 9);
    made->object = json_incref(call->json);
    sim_table_put(call->sim->menus->by_id, made->id, made);
    return sim_answer(call, 200, json_pack("{s:s}", "richMenuId", made->id));
}

/* POST /v2/bot/richmenu/validate */
enum err_code
sim_menu_validate(struct sim_call *call)
{
    return sim_body_will_do(call, &menus) ? sim_answer(call, 200, json_object()) : OK;
}

static bool
add_menu(const char *name, void *value, void *context)
{
    (void)name;
    json_array_append_new(context, menu_json(value));
    return true;
}

/* GET /v2/bot/richmenu/list */
enum err_code
sim_menu_list(struct sim_call *call)
{
    json_t *list = json_array();

    sim_table_sweep(call->sim->menus->by_id, add_menu, list);
    return sim_answer(call, 200, json_pack("{s:o}", "richmenus", list));
}

/* GET /v2/bot/richmenu/:menu */
enum err_code
sim_menu_show(struct sim_call *call)
{
    struct sim_menu *found = sim_menu_asked(call);

    return found != NULL ? sim_answer(call, 200, menu_json(found)) : OK;
}

/* DELETE /v2/bot/richmenu/:menu: links to it lead nowhere from now on */
enum err_code
sim_menu_delete(struct sim_call *call)
{
    if (sim_menu_asked(call) == NULL)
        return OK;
    sim_table_drop(call->sim->menus->by_id, request_segment(call->req, ":menu"));
    return sim_answer(call, 200, json_object());
}
