/*
 * Small acts in a talk: the dots that say "wait", the mark that says "read", and going away.
 */
#include "sim/sim_check.h"
#include "sim/sim_handlers.h"

/* POST /v2/bot/chat/loading/start  {"chatId": "U...", "loadingSeconds": 5}  ->  202 {} */
enum err_code
sim_loading(struct sim_call *call)
{
    struct str chat = str_of(json_string_value(json_object_get(call->json, "chatId")));
    const json_t *seconds = sim_check_get(call->json, "loadingSeconds");
    json_int_t value = seconds != NULL ? json_integer_value(seconds) : 20;

    if (chat.n != SIM_USER_ID_SIZE - 1 || chat.at[0] != 'U')
        return sim_refuse_property(call, "chatId");
    if (value < 5 || value > 60 || value % 5 != 0)
        return sim_refuse_property(call, "loadingSeconds");
    return sim_answer(call, 202, json_object());
}

/* POST /v2/bot/chat/markAsRead  {"markAsReadToken"}: of a message event, and as often as one likes
 */
enum err_code
sim_mark_read(struct sim_call *call)
{
    const char *token = json_string_value(json_object_get(call->json, "markAsReadToken"));

    if (json_object_size(call->json) != 1 ||
        sim_table_get(call->sim->unread, str_of(token)) == NULL)
        return sim_refuse_property(call, "markAsReadToken");
    return sim_answer(call, 200, json_object());
}

/* POST /v2/bot/group/:group/leave, POST /v2/bot/room/:group/leave */
enum err_code
sim_group_leave(struct sim_call *call)
{
    struct str group = request_segment(call->req, ":group");

    if (sim_table_get(call->sim->groups, group) == NULL)
        return sim_refuse(call, 404, "Not found");
    sim_table_drop(call->sim->groups, group);
    return sim_answer(call, 200, json_object());
}
