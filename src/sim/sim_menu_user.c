/*
 * Which menu who sees: everybody's, and a person's own.
 */
#include "sim/sim_console.h"
#include "sim/sim_handlers.h"
#include "sim/sim_menu.h"

#include <string.h>

/* GET /v2/bot/user/all/richmenu */
enum err_code
sim_menu_default(struct sim_call *call)
{
    if (call->sim->console->menu_by_manager)
        return sim_refuse(call, 403, "The default richmenu was set by another tool");
    if (sim_menu_named(call->sim, call->sim->menus->fallback) == NULL)
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
    const struct sim_menu *found = sim_menu_asked(call);

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

    if (sim_menu_named(call->sim, id) == NULL)
        return sim_refuse(call, 404, "the user has no richmenu");
    return sim_answer(call, 200, json_pack("{s:s}", "richMenuId", id));
}

void
sim_menu_give(struct sim *sim, const struct sim_person *person, const struct sim_menu *menu)
{
    char *id;

    if (!person->is_friend)
        return;
    id = sim_alloc(sizeof(menu->id));
    memcpy(id, menu->id, sizeof(menu->id));
    sim_table_put(sim->menus->of_user, person->user_id, id);
    sim_talk_changed(sim, person);
}

void
sim_menu_take(struct sim *sim, const struct sim_person *person)
{
    sim_table_drop(sim->menus->of_user, str_of(person->user_id));
    sim_talk_changed(sim, person);
}

/* POST /v2/bot/user/:user/richmenu/:menu: 200 also for those who will not see it */
enum err_code
sim_menu_link(struct sim_call *call)
{
    const struct sim_menu *found = sim_menu_asked(call);
    const struct sim_person *person =
        sim_bot_person(call->sim, request_segment(call->req, ":user"));

    if (found == NULL)
        return OK;
    if (person == NULL)
        return sim_refuse(call, 400, "The value for the 'userId' parameter is invalid");
    if (found->image == NULL)
        return sim_refuse(call, 400, "must upload richmenu image before applying it to user");
    sim_menu_give(call->sim, person, found);
    return sim_answer(call, 200, json_object());
}

/* DELETE /v2/bot/user/:user/richmenu */
enum err_code
sim_menu_unlink(struct sim_call *call)
{
    const struct sim_person *person =
        sim_bot_person(call->sim, request_segment(call->req, ":user"));

    if (person == NULL)
        return sim_refuse(call, 400, "The value for the 'userId' parameter is invalid");
    sim_menu_take(call->sim, person);
    return sim_answer(call, 200, json_object());
}
