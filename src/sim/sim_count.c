/*
 * Who the account reaches and what was sent, in numbers (line-platform 4.5, 4.6, 4.11, 10).
 */
#include "base/codec.h"
#include "sim/sim_check.h"
#include "sim/sim_console.h"
#include "sim/sim_handlers.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define IDS_MAX 1000
#define IDS_USUAL 300
#define UNITS_MAX 100 /* in one answer */

static int64_t
delivered_on(const struct sim *sim, struct str how, int day)
{
    int64_t n = 0;

    for (size_t i = 0; i < SIM_TALK_MAX; i++) {
        const struct sim_entry *entry = &sim->talk[i];

        if (entry->number > 0 && entry->shown && str_eq(how, str_of(entry->how)) &&
            sim_day(entry->at_ms) == day)
            n++;
    }
    return n;
}

/* The day asked for. A day is counted when it is over (UTC+9). False after having answered. */
static bool
asks_for_a_past_day(struct sim_call *call, int64_t *day)
{
    if (!str_int(sim_query(call, "date"), day, 20000101, 99991231))
        sim_refuse(call, 400, "The value for the 'date' parameter is invalid");
    else if (*day >= sim_day(call->now_ms))
        sim_answer(call, 200, json_pack("{s:s}", "status", "unready"));
    else
        return true;
    return false;
}

/* GET /v2/bot/message/delivery/:kind?date=yyyyMMdd */
enum err_code
sim_delivery_count(struct sim_call *call)
{
    struct str kind = request_segment(call->req, ":kind");
    char how[16];
    int64_t day;

    if (!str_copy(kind, how, sizeof(how)) ||
        !sim_check_is_word(how, "push|reply|multicast|broadcast"))
        return sim_refuse(call, 404, "Not found");
    if (!asks_for_a_past_day(call, &day))
        return OK;
    return sim_answer(call, 200,
                      json_pack("{s:s, s:I}", "status", "ready", "success",
                                (json_int_t)delivered_on(call->sim, kind, (int)day)));
}

/* GET /v2/bot/insight/message/delivery?date=yyyyMMdd */
enum err_code
sim_insight_delivery(struct sim_call *call)
{
    static const struct {
        const char *name, *how;
    } parts[] = {
        {"apiPush", "push"},
        {"apiMulticast", "multicast"},
        {"apiBroadcast", "broadcast"},
        {"apiReply", "reply"},
    };
    json_t *facts;
    int64_t day;

    if (!asks_for_a_past_day(call, &day))
        return OK;
    facts = json_pack("{s:s}", "status", "ready");
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
        json_object_set_new(facts, parts[i].name,
                            json_integer(delivered_on(call->sim, str_of(parts[i].how), (int)day)));
    return sim_answer(call, 200, facts);
}

/* GET /v2/bot/insight/followers?date=yyyyMMdd: "followers" never falls, as LINE's does not */
enum err_code
sim_insight_followers(struct sim_call *call)
{
    json_int_t friends = 0, blocking = 0;
    int64_t day;

    if (!asks_for_a_past_day(call, &day))
        return OK;
    for (size_t i = 0; i < call->sim->people_n; i++) {
        friends += call->sim->people[i].is_friend;
        blocking += call->sim->people[i].is_blocking;
    }
    return sim_answer(call, 200,
                      json_pack("{s:s, s:I, s:I, s:I}", "status", "ready", "followers",
                                friends + blocking, "targetedReaches", friends / 2, "blocks",
                                blocking));
}

/* The token says where to go on and until when: "<index>.<end in ms>". */
static bool
read_start(const struct sim_call *call, size_t *index)
{
    struct str token = sim_query(call, "start"), number;
    int64_t at, until_ms;

    *index = 0;
    if (token.n == 0)
        return true;
    if (!str_until(&token, '.', &number) || !str_int(number, &at, 0, SIM_PEOPLE_MAX) ||
        !str_int(token, &until_ms, 0, INT64_MAX / 2) || until_ms < call->now_ms)
        return false;
    *index = (size_t)at;
    return true;
}

/* GET /v2/bot/followers/ids?limit=&start=: for accounts that LINE has verified */
enum err_code
sim_followers(struct sim_call *call)
{
    const struct sim *sim = call->sim;
    struct str given = sim_query(call, "limit");
    int64_t limit = IDS_USUAL;
    json_t *ids, *answer;
    size_t i;

    if (sim->console->unverified)
        return sim_refuse(call, 403, "Access to this API is not available for your account");
    if (given.n > 0 && !str_int(given, &limit, 1, IDS_MAX))
        return sim_refuse(call, 400, "The value for the 'limit' parameter is invalid");
    if (!read_start(call, &i))
        return sim_refuse(call, 400, "The value for the 'start' parameter is invalid");
    ids = json_array();
    for (; i < sim->people_n && json_array_size(ids) < (size_t)limit; i++) {
        if (sim->people[i].is_friend)
            json_array_append_new(ids, json_string(sim->people[i].user_id));
    }
    answer = json_pack("{s:o}", "userIds", ids);
    if (i < sim->people_n)
        json_object_set_new(answer, "next", json_sprintf("%zu.%" PRId64, i, call->now_ms + DAY_MS));
    return sim_answer(call, 200, answer);
}

/* Units live as long as the month (UTC+9) they were first named in. */
static bool
is_of_month(const char *name, void *value, void *context)
{
    (void)name;
    return *(const int *)value == *(const int *)context;
}

void
sim_unit_note(struct sim_call *call, const char *name)
{
    int month = sim_month(call->now_ms), *kept;

    sim_table_sweep(call->sim->units, is_of_month, &month);
    if (name == NULL || sim_table_get(call->sim->units, str_of(name)) != NULL ||
        sim_table_count(call->sim->units) >= SIM_UNITS_MAX) /* the 1,001st is not assigned */
        return;
    kept = sim_alloc(sizeof(*kept));
    *kept = month;
    sim_table_put(call->sim->units, name, kept);
}

/* GET /v2/bot/message/aggregation/info */
enum err_code
sim_unit_count(struct sim_call *call)
{
    sim_unit_note(call, NULL);
    return sim_answer(call, 200,
                      json_pack("{s:I}", "numOfCustomAggregationUnits",
                                (json_int_t)sim_table_count(call->sim->units)));
}

static bool
add_unit(const char *name, void *value, void *context)
{
    (void)value;
    if (json_array_size(context) < UNITS_MAX)
        json_array_append_new(context, json_string(name));
    return true;
}

/* GET /v2/bot/message/aggregation/list: the first hundred */
enum err_code
sim_unit_list(struct sim_call *call)
{
    json_t *list = json_array();

    sim_unit_note(call, NULL);
    sim_table_sweep(call->sim->units, add_unit, list);
    return sim_answer(call, 200, json_pack("{s:o}", "customAggregationUnits", list));
}
