#include "sim/sim_menu.h"

#include "base/codec.h"
#include "sim/sim_check.h"
#include "sim/sim_handlers.h"

#include <stdio.h>
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
    free(menus);
}

static struct sim_menu *
menu_named(const struct sim *sim, const char *id)
{
    return id != NULL ? sim_table_get(sim->menus->by_id, str_of(id)) : NULL;
}

const struct sim_menu *
sim_menu_of(const struct sim *sim, const struct sim_person *person)
{
    const struct sim_menu *own = NULL;

    if (person->is_friend) /* others see only everybody's */
        own = menu_named(sim, sim_table_get(sim->menus->of_user, str_of(person->user_id)));
    return own != NULL ? own : menu_named(sim, sim->menus->fallback);
}

const struct sim_menu *
sim_menu_by_alias(const struct sim *sim, struct str alias)
{
    return menu_named(sim, sim_table_get(sim->menus->aliases, alias));
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

static bool
menu_will_do(struct sim_call *call)
{
    struct sim_check check;
    char summary[64];

    sim_check_init(&check, false, "");
    sim_check_object(&check, &menus, call->json);
    if (json_array_size(check.details) == 0) {
        sim_check_clear(&check);
        return true;
    }
    snprintf(summary, sizeof(summary), "The request body has %zu error(s)",
             json_array_size(check.details));
    sim_answer(call, 400, json_pack("{s:s, s:o}", "message", summary, "details", check.details));
    return false;
}

static struct sim_menu *
asked_menu(struct sim_call *call)
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

    if (!menu_will_do(call))
        return OK;
    if (sim_table_count(call->sim->menus->by_id) >= SIM_MENUS_MAX)
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
    return menu_will_do(call) ? sim_answer(call, 200, json_object()) : OK;
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
    struct sim_menu *found = asked_menu(call);

    return found != NULL ? sim_answer(call, 200, menu_json(found)) : OK;
}

/* DELETE /v2/bot/richmenu/:menu: links to it lead nowhere from now on */
enum err_code
sim_menu_delete(struct sim_call *call)
{
    if (asked_menu(call) == NULL)
        return OK;
    sim_table_drop(call->sim->menus->by_id, request_segment(call->req, ":menu"));
    return sim_answer(call, 200, json_object());
}

/* "image/png" or "image/jpeg" by what the bytes say; NULL: neither. */
static const char *
image_type(struct str bytes)
{
    if (str_starts(bytes, STR("\x89PNG\r\n\x1a\n")))
        return "image/png";
    return str_starts(bytes, STR("\xff\xd8\xff")) ? "image/jpeg" : NULL;
}

/* POST /v2/bot/richmenu/:menu/content: an image, once */
enum err_code
sim_menu_upload(struct sim_call *call)
{
    struct sim_menu *found = asked_menu(call);
    struct str body = call->req->body;
    const char *type = image_type(body);
    struct str said = request_header(call->req, "Content-Type");

    if (found == NULL)
        return OK;
    if (!str_eq(said, STR("image/png")) && !str_eq(said, STR("image/jpeg")))
        return sim_refuse(call, 415, "The content type, %.*s, is not supported",
                          (int)(said.n & 127), said.at);
    if (found->image != NULL)
        return sim_refuse(call, 400, "An image has already been uploaded to the richmenu");
    if (type == NULL || body.n > SIM_MENU_IMAGE_MAX)
        return sim_refuse(call, 400, "The image is invalid");
    found->image = sim_alloc(body.n);
    memcpy(found->image, body.at, body.n);
    found->image_n = body.n;
    found->image_type = type;
    return sim_answer(call, 200, json_object());
}

static enum err_code
answer_image(struct sim_call *call, const struct sim_menu *found)
{
    char *copy;

    if (found->image == NULL)
        return sim_refuse(call, 404, "Not found");
    copy = arena_dup(call->req->arena, found->image, found->image_n);
    if (copy == NULL)
        return err_set(call->e, ERR_INTERNAL, "internal", "no room for the image");
    call->reply->status = 200;
    call->reply->content_type = found->image_type;
    call->reply->body = (struct str){copy, found->image_n};
    return OK;
}

/* GET /v2/bot/richmenu/:menu/content */
enum err_code
sim_menu_download(struct sim_call *call)
{
    const struct sim_menu *found = asked_menu(call);

    return found != NULL ? answer_image(call, found) : OK;
}

/* GET /sim/menu/:menu: the same for the phone */
enum err_code
sim_menu_picture(struct sim_call *call)
{
    return sim_menu_download(call);
}

/* GET /v2/bot/user/all/richmenu */
enum err_code
sim_menu_default(struct sim_call *call)
{
    if (menu_named(call->sim, call->sim->menus->fallback) == NULL)
        return sim_refuse(call, 404, "no default richmenu");
    return sim_answer(call, 200, json_pack("{s:s}", "richMenuId", call->sim->menus->fallback));
}

/* Tell every phone to look again. */
static void
menus_changed(struct sim *sim)
{
    for (size_t i = 0; i < sim->people_n; i++)
        sim_talk_changed(sim, &sim->people[i]);
}

/* POST /v2/bot/user/all/richmenu/:menu */
enum err_code
sim_menu_default_set(struct sim_call *call)
{
    const struct sim_menu *found = asked_menu(call);

    if (found == NULL)
        return OK;
    if (found->image == NULL)
        return sim_refuse(call, 400, "must upload richmenu image before applying it to user");
    memcpy(call->sim->menus->fallback, found->id, sizeof(found->id));
    menus_changed(call->sim);
    return sim_answer(call, 200, json_object());
}

/* DELETE /v2/bot/user/all/richmenu */
enum err_code
sim_menu_default_clear(struct sim_call *call)
{
    call->sim->menus->fallback[0] = '\0';
    menus_changed(call->sim);
    return sim_answer(call, 200, json_object());
}

/* GET /v2/bot/user/:user/richmenu */
enum err_code
sim_menu_of_user(struct sim_call *call)
{
    const char *id = sim_table_get(call->sim->menus->of_user, request_segment(call->req, ":user"));

    if (menu_named(call->sim, id) == NULL)
        return sim_refuse(call, 404, "the user has no richmenu");
    return sim_answer(call, 200, json_pack("{s:s}", "richMenuId", id));
}

/* POST /v2/bot/user/:user/richmenu/:menu: 200 also for those who will not see it */
enum err_code
sim_menu_link(struct sim_call *call)
{
    const struct sim_menu *found = asked_menu(call);
    const struct sim_person *person =
        sim_person_by_id(call->sim, request_segment(call->req, ":user"));

    if (found == NULL)
        return OK;
    if (person == NULL)
        return sim_refuse(call, 400, "The value for the 'userId' parameter is invalid");
    if (found->image == NULL)
        return sim_refuse(call, 400, "must upload richmenu image before applying it to user");
    if (person->is_friend) {
        char *id = sim_alloc(sizeof(found->id));

        memcpy(id, found->id, sizeof(found->id));
        sim_table_put(call->sim->menus->of_user, person->user_id, id);
        sim_talk_changed(call->sim, person);
    }
    return sim_answer(call, 200, json_object());
}

/* DELETE /v2/bot/user/:user/richmenu */
enum err_code
sim_menu_unlink(struct sim_call *call)
{
    const struct sim_person *person =
        sim_person_by_id(call->sim, request_segment(call->req, ":user"));

    sim_table_drop(call->sim->menus->of_user, request_segment(call->req, ":user"));
    if (person != NULL)
        sim_talk_changed(call->sim, person);
    return sim_answer(call, 200, json_object());
}
