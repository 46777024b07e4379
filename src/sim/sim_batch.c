/*
 * Rich menus of many people: LINE answers 202, and does it a while later (line-platform 7.2).
 */
#include "sim/sim_check.h"
#include "sim/sim_console.h"
#include "sim/sim_handlers.h"
#include "sim/sim_menu.h"
#include "sim/sim_sender.h"

#include <string.h>

#define USERS_MAX 500
#define OPERATIONS_MAX 1000
#define KEEP_MS (14 * DAY_MS)

static const char *
text(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

/* ---------------------------------------------------------------- doing it */

struct change {
    struct sim *sim;
    const json_t *operations;
};

/* At most one operation per person: "a to b" and "b to a" in one batch swap the two menus. */
static bool
change_one(const char *user_id, void *value, void *context)
{
    const struct change *change = context;
    const struct sim_person *person = sim_bot_person(change->sim, str_of(user_id));
    const json_t *operation;
    char *menu = value;
    size_t i;

    json_array_foreach(change->operations, i, operation) {
        const char *from = text(operation, "from"), *to = text(operation, "to");

        if (from != NULL && strcmp(from, menu) != 0)
            continue;
        if (person != NULL)
            sim_talk_changed(change->sim, person);
        if (to != NULL)
            memcpy(menu, to, SIM_MENU_ID_SIZE);
        return to != NULL;
    }
    return true;
}

static bool
all_targets_are_there(const struct sim *sim, const json_t *operations)
{
    const json_t *operation;
    size_t i;

    json_array_foreach(operations, i, operation) {
        const char *to = text(operation, "to");

        if (to != NULL && sim_menu_named(sim, to) == NULL)
            return false;
    }
    return true;
}

static void
carry_out(struct sim *sim, struct sim_batch *batch)
{
    const json_t *operations = json_object_get(batch->order, "operations");
    const struct sim_menu *menu = sim_menu_named(sim, text(batch->order, "richMenuId"));
    bool links = json_object_get(batch->order, "richMenuId") != NULL;
    struct change change = {sim, operations};
    const json_t *user;
    size_t i;

    if (operations != NULL && all_targets_are_there(sim, operations))
        sim_table_sweep(sim->menus->of_user, change_one, &change);
    else if (operations != NULL || (links && menu == NULL))
        batch->has_failed = true; /* deleted in between */
    json_array_foreach(json_object_get(batch->order, "userIds"), i, user) {
        const struct sim_person *person = sim_bot_person(sim, str_of(json_string_value(user)));

        if (person != NULL && menu != NULL)
            sim_menu_give(sim, person, menu);
        else if (person != NULL && !links)
            sim_menu_take(sim, person);
    }
    batch->completed_ms = sim_now_ms(sim);
}

int64_t
sim_batch_step(struct sim *sim)
{
    struct sim_menus *menus = sim->menus;
    int64_t now_ms = clock_monotonic_ms();

    for (; menus->batch_done < menus->batch_last; menus->batch_done++) {
        struct sim_batch *next = &menus->batch[(menus->batch_done + 1) % SIM_BATCHES_MAX];

        if (next->due_ms > now_ms)
            return next->due_ms - now_ms;
        carry_out(sim, next);
    }
    return MINUTE_MS;
}

/* ---------------------------------------------------------------- taking the order */

static enum err_code
accept(struct sim_call *call)
{
    struct sim_menus *menus = call->sim->menus;
    struct sim_batch *batch = &menus->batch[(menus->batch_last + 1) % SIM_BATCHES_MAX];

    if (menus->batch_last - menus->batch_done == SIM_BATCHES_MAX)
        return sim_refuse(call, 429, "The API rate limit has been exceeded. Try again later.");
    json_decref(batch->order);
    *batch = (struct sim_batch){
        .order = json_incref(call->json),
        .accepted_ms = call->now_ms,
        .due_ms = clock_monotonic_ms() + menus->wait_ms,
    };
    memcpy(batch->request_id, call->request_id, sizeof(batch->request_id));
    menus->batch_last++;
    sim_sender_wake(call->sim);
    return sim_answer(call, 202, json_object());
}

/* 1 to 500 user ids and nothing else beside `more`; who they are is looked at later. */
static bool
users_will_do(struct sim_call *call, const char *words)
{
    const json_t *users = json_object_get(call->json, "userIds"), *ignored;
    const char *name;
    size_t n = json_array_size(users);

    json_object_foreach(call->json, name, ignored) {
        if (!sim_check_is_word(name, words)) {
            sim_refuse_property(call, name);
            return false;
        }
    }
    for (size_t i = 0; i < n; i++) {
        const char *id = json_string_value(json_array_get(users, i));

        if (id == NULL || strlen(id) != SIM_USER_ID_SIZE - 1 || id[0] != 'U')
            n = 0;
    }
    if (n >= 1 && n <= USERS_MAX)
        return true;
    sim_refuse_property(call, "userIds");
    return false;
}

/* POST /v2/bot/richmenu/bulk/link  {"richMenuId", "userIds": []}  ->  202 */
enum err_code
sim_bulk_link(struct sim_call *call)
{
    const struct sim_menu *menu;

    if (!users_will_do(call, "richMenuId|userIds"))
        return OK;
    menu = sim_menu_named(call->sim, text(call->json, "richMenuId"));
    if (menu == NULL)
        return sim_refuse(call, 404, "richmenu not found");
    if (menu->image == NULL)
        return sim_refuse(call, 400, "must upload richmenu image before applying it to user");
    return accept(call);
}

/* POST /v2/bot/richmenu/bulk/unlink  {"userIds": []}  ->  202 */
enum err_code
sim_bulk_unlink(struct sim_call *call)
{
    return users_will_do(call, "userIds") ? accept(call) : OK;
}

static const struct sim_property link_it[] = {TEXT("from", MUST, 1, 64), TEXT("to", MUST, 1, 64)};
static const struct sim_property unlink_it[] = {TEXT("from", MUST, 1, 64)};

static const struct sim_shape operation_shape[] = {
    SHAPE("link", link_it, NULL),
    SHAPE("unlink", unlink_it, NULL),
    {.type = "unlinkAll"},
};
static const struct sim_shapes operation_shapes = SHAPES(operation_shape);
static const struct sim_property order[] = {
    LIST("operations", MUST, 1, OPERATIONS_MAX, &operation_shapes),
    PATTERN("resumeRequestKey", MAY, 1, 100, "-_"),
};

/* Whoever takes all away has nothing left for another operation. */
static void
is_alone(struct sim_check *check, const json_t *object)
{
    const json_t *operations = json_object_get(object, "operations"), *operation;
    size_t i;

    json_array_foreach(operations, i, operation) {
        if (json_array_size(operations) > 1 &&
            sim_check_is_word(text(operation, "type"), "unlinkAll"))
            sim_check_found(check, "operations", "unlinkAll must be the only operation");
    }
}

static const struct sim_shape order_shape[] = {SHAPE(NULL, order, is_alone)};
static const struct sim_shapes order_shapes = SHAPES(order_shape);

static bool
order_will_do(struct sim_call *call)
{
    if (!sim_body_will_do(call, &order_shapes))
        return false;
    if (all_targets_are_there(call->sim, json_object_get(call->json, "operations")))
        return true;
    sim_refuse(call, 400, "richmenu not found");
    return false;
}

/* POST /v2/bot/richmenu/batch  {"operations": [{"type": "link", "from", "to"}]}  ->  202 */
enum err_code
sim_batch_ask(struct sim_call *call)
{
    return order_will_do(call) ? accept(call) : OK;
}

/* POST /v2/bot/richmenu/validate/batch */
enum err_code
sim_batch_validate(struct sim_call *call)
{
    return order_will_do(call) ? sim_answer(call, 200, json_object()) : OK;
}

/* GET /v2/bot/richmenu/progress/batch?requestId=: not of bulk/link and bulk/unlink */
enum err_code
sim_batch_progress(struct sim_call *call)
{
    const struct sim_menus *menus = call->sim->menus;
    struct str asked = sim_query(call, "requestId");

    for (size_t i = 0; asked.n > 0 && i < SIM_BATCHES_MAX; i++) {
        const struct sim_batch *batch = &menus->batch[i];
        char accepted[CLOCK_TEXT_SIZE], completed[CLOCK_TEXT_SIZE];

        if (json_object_get(batch->order, "operations") == NULL ||
            !str_eq(asked, str_of(batch->request_id)) ||
            call->now_ms > batch->accepted_ms + KEEP_MS)
            continue;
        clock_text(batch->accepted_ms, accepted);
        clock_text(batch->completed_ms, completed);
        if (batch->completed_ms == 0)
            return sim_answer(
                call, 200, json_pack("{s:s, s:s}", "phase", "ongoing", "acceptedTime", accepted));
        return sim_answer(call, 200,
                          json_pack("{s:s, s:s, s:s}", "phase",
                                    batch->has_failed ? "failed" : "succeeded", "acceptedTime",
                                    accepted, "completedTime", completed));
    }
    return sim_refuse(call, 404, "Not found");
}
