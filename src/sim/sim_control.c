#include "sim/sim_control.h"

#include "sim/sim_handlers.h"
#include "sim/sim_menu.h"
#include "sim/sim_retry.h"
#include "sim/sim_sender.h"

#include <stdlib.h>
#include <string.h>

#define ENTRIES_TOLD 500

json_t *
sim_entry_json(const struct sim_entry *entry)
{
    return json_pack("{s:I, s:i, s:I, s:s, s:b, s:s, s:s, s:O}", "n", (json_int_t)entry->number,
                     "person", entry->person, "at_ms", (json_int_t)entry->at_ms, "how", entry->how,
                     "shown", (int)entry->shown, "retryKey", entry->retry_key, "requestId",
                     entry->request_id, "messages", entry->messages);
}

/* The newest entries of everybody (person 0) or of one, oldest first. */
json_t *
sim_entries_json(const struct sim *sim, int person)
{
    int64_t first = sim->talk_last > SIM_TALK_MAX ? sim->talk_last - SIM_TALK_MAX + 1 : 1;
    size_t found = 0;
    json_t *list = json_array();

    for (int64_t n = sim->talk_last; n >= first && found < ENTRIES_TOLD; n--) {
        const struct sim_entry *entry = sim_talk_entry(sim, n);

        if (entry != NULL && (person == 0 || entry->person == person)) {
            json_array_insert_new(list, 0, sim_entry_json(entry));
            found++;
        }
    }
    return list;
}

json_t *
sim_state_json(struct sim *sim, int person)
{
    json_t *people = json_array();

    for (size_t i = 0; i < sim->people_n && i < ENTRIES_TOLD; i++)
        json_array_append_new(people, sim_person_json(&sim->people[i]));
    return json_pack(
        "{s:I, s:I, s:o, s:o, s:o, s:{s:I, s:I}, s:I, s:I, s:I, s:s, s:o}", "now_ms",
        (json_int_t)sim_now_ms(sim), "menus", (json_int_t)sim_table_count(sim->menus->by_id),
        "people", people, "entries", sim_entries_json(sim, person), "retries", sim_retry_list(sim),
        "quota", "limit", (json_int_t)sim->quota, "used",
        (json_int_t)(sim->usage_month == sim_month(sim_now_ms(sim)) ? sim->usage : 0), "asked",
        (json_int_t)sim->asked, "keysAsked", (json_int_t)sim->keys_asked, "deauthorized",
        (json_int_t)sim->deauthorized, "webhook", sim->webhook, "faults", sim_fault_list(sim));
}

/* GET /sim/state?person=N  ->  {now_ms, people[], entries[], retries{}, quota{}, faults[], ...} */
enum err_code
sim_state_show(struct sim_call *call)
{
    int64_t person = 0;
    struct str asked = sim_query(call, "person");

    if (asked.n > 0 && !str_int(asked, &person, 0, SIM_PEOPLE_MAX))
        return err_field(call->e, ERR_INPUT, "field_range", "person", "no such person");
    return sim_answer(call, 200, sim_state_json(call->sim, (int)person));
}

/* GET /sim/faults */
enum err_code
sim_faults_list(struct sim_call *call)
{
    return sim_answer(call, 200, json_pack("{s:o}", "faults", sim_fault_list(call->sim)));
}

/*
 * POST /sim/faults  {"path": "/v2/bot/message/push", "kind": "500_after", "times": 1}
 *                   {"path": "*", "kind": "429", "rate": 0.3}
 */
enum err_code
sim_faults_add(struct sim_call *call)
{
    const json_t *rate = json_object_get(call->json, "rate");
    struct str kind = {0}, path = STR("*");
    struct sim_fault fault = {.times = 1, .delay_ms = SIM_HANG_MS};
    const struct json_field fields[] = {
        {"kind", JSON_KIND_TEXT, false, 1, 32, &kind},
        {"path", JSON_KIND_TEXT, true, 1, sizeof(fault.path) - 1, &path},
        {"times", JSON_KIND_INT, true, 1, 1000000, &fault.times},
        {"ms", JSON_KIND_INT, true, 0, SIM_HANG_MS, &fault.delay_ms},
    };

    if (json_read_some(call->json, fields, sizeof(fields) / sizeof(fields[0]), call->e))
        return call->e->code;
    fault.kind = sim_fault_kind_of(kind);
    if (fault.kind == FAULT_NONE)
        return err_field(call->e, ERR_INPUT, "field_range", "kind", "no such fault");
    if (json_is_number(rate)) {
        fault.rate = json_number_value(rate);
        fault.times = -1;
    }
    if (fault.kind == FAULT_SLOW && json_object_get(call->json, "ms") == NULL)
        fault.delay_ms = 3 * SECOND_MS;
    str_copy(path, fault.path, sizeof(fault.path));
    if (!sim_fault_add(call->sim, &fault))
        return err_set(call->e, ERR_LIMIT, "too_many_faults", "at most %d", SIM_FAULTS_MAX);
    return sim_faults_list(call);
}

/* DELETE /sim/faults */
enum err_code
sim_faults_clear(struct sim_call *call)
{
    sim_fault_clear(call->sim);
    return reply_empty(call->reply, 204);
}

/* POST /sim/people  {"person": 1, "friend": true, "blocking": false}: as it is, without a webhook
 */
enum err_code
sim_people_set(struct sim_call *call)
{
    int64_t number = 0;
    bool is_friend = false, is_blocking = false;
    const struct json_field fields[] = {
        {"person", JSON_KIND_INT, false, 1, SIM_PEOPLE_MAX, &number},
        {"friend", JSON_KIND_BOOL, false, 0, 0, &is_friend},
        {"blocking", JSON_KIND_BOOL, true, 0, 0, &is_blocking},
    };
    struct sim_person *person;

    if (json_read(call->json, fields, sizeof(fields) / sizeof(fields[0]), call->e))
        return call->e->code;
    person = sim_person(call->sim, number);
    if (person == NULL)
        return err_field(call->e, ERR_NOT_FOUND, "person_unknown", "person", "no such person");
    person->is_friend = is_friend;
    person->is_blocking = is_blocking;
    sim_talk_changed(call->sim, person);
    return sim_answer(call, 200, sim_person_json(person));
}

/*
 * POST /sim/settings: any of {"quota": 200, "used": 0, "redelivery": true, "webhook": URL,
 *                             "menus_max": 1000, "batch_ms": 50, "off_the_record": true,
 *                             "fixed_ms": 1767225600000,
 * "ahead_ms": 86400000}
 *
 * off_the_record: what comes now is wrong on purpose. quota -1: no limit. fixed_ms 0: time moves
 * again.
 */
enum err_code
sim_settings_set(struct sim_call *call)
{
    struct sim *sim = call->sim;
    struct str webhook = {0};
    int64_t fixed_ms = -1, ahead_ms = -1, menus_max = (int64_t)sim->menus->most;
    const struct json_field fields[] = {
        {"quota", JSON_KIND_INT, true, -1, INT32_MAX, &sim->quota},
        {"used", JSON_KIND_INT, true, 0, INT32_MAX, &sim->usage},
        {"menus_max", JSON_KIND_INT, true, 0, SIM_MENUS_MAX, &menus_max},
        {"batch_ms", JSON_KIND_INT, true, 0, MINUTE_MS, &sim->menus->wait_ms},
        {"off_the_record", JSON_KIND_BOOL, true, 0, 0, &sim->is_off_the_record},
        {"redelivery", JSON_KIND_BOOL, true, 0, 0, &sim->is_redelivering},
        {"webhook", JSON_KIND_TEXT, true, 0, 500, &webhook},
        {"fixed_ms", JSON_KIND_INT, true, 0, INT64_MAX / 2, &fixed_ms},
        {"ahead_ms", JSON_KIND_INT, true, 0, INT64_MAX / 2, &ahead_ms},
    };

    if (json_read(call->json, fields, sizeof(fields) / sizeof(fields[0]), call->e))
        return call->e->code;
    if (webhook.at != NULL) {
        if (webhook.n > 0 && !sim_is_loopback_url(webhook))
            return err_field(call->e, ERR_INPUT, "url_not_loopback", "webhook",
                             "webhooks go to loopback only");
        str_copy(webhook, sim->webhook, sizeof(sim->webhook));
    }
    if (fixed_ms >= 0)
        atomic_store(&sim->clock->fixed_ms, fixed_ms);
    if (ahead_ms >= 0)
        atomic_store(&sim->clock->ahead_ms, ahead_ms);
    sim->menus->most = (size_t)menus_max;
    sim->usage_month = sim_month(sim_now_ms(sim));
    return sim_answer(call, 200, sim_state_json(sim, 0));
}

/* POST /sim/keys  {"rotate": true, "forget": false}: a new key for ES256 ID tokens */
enum err_code
sim_keys_set(struct sim_call *call)
{
    bool rotate = false, forget = false;
    const struct json_field fields[] = {
        {"rotate", JSON_KIND_BOOL, false, 0, 0, &rotate},
        {"forget", JSON_KIND_BOOL, true, 0, 0, &forget},
    };

    if (json_read(call->json, fields, sizeof(fields) / sizeof(fields[0]), call->e))
        return call->e->code;
    if (rotate)
        sim_keys_rotate(&call->sim->keys, forget);
    return sim_answer(call, 200, sim_keys_jwks(&call->sim->keys));
}
