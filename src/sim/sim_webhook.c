/*
 * The control over the webhook: which events, and how spoilt on the way.
 */
#include "sim/sim_event.h"
#include "sim/sim_handlers.h"
#include "sim/sim_sender.h"

#define WAIT_MS (12 * SECOND_MS)

static const char *const signatures[] = {
    [SIGNATURE_GOOD] = "good",       [SIGNATURE_BAD] = "bad",     [SIGNATURE_OTHER] = "other",
    [SIGNATURE_MISSING] = "missing", [SIGNATURE_EMPTY] = "empty",
};

static const char *const damages[] = {
    [DAMAGE_NONE] = "none",
    [DAMAGE_TRUNCATED] = "truncated",
    [DAMAGE_NESTED] = "nested",
    [DAMAGE_NOT_UTF8] = "not_utf8",
};

/* The place of a word in a list, 0 for no word; ERR_INPUT when it is not there. */
static enum err_code
read_word(struct str name, const char *field, const char *const *words, size_t n, size_t *out,
          struct err *e)
{
    *out = 0;
    for (size_t i = 0; i < n; i++) {
        if (name.n == 0 || str_eq(name, str_of(words[i]))) {
            *out = i;
            return OK;
        }
    }
    return err_field(e, ERR_INPUT, "field_range", field, "no such %s", field);
}

#define READ_WORD(name, field, words, out, e)                                                      \
    read_word((name), (field), (words), sizeof(words) / sizeof((words)[0]), (out), (e))

/* How the control wants the events sent. */
struct order {
    const json_t *events;
    struct str signature, damage, mode, destination;
    bool wait, reorder, redelivery, escape;
    int64_t duplicates, pad_bytes, bytes_per_s;
};

static enum err_code
read_order(struct sim_call *call, struct order *o)
{
    const struct json_field fields[] = {
        {"events", JSON_KIND_ARRAY, false, 0, 0, &o->events},
        {"signature", JSON_KIND_TEXT, true, 1, 16, &o->signature},
        {"damage", JSON_KIND_TEXT, true, 1, 16, &o->damage},
        {"mode", JSON_KIND_TEXT, true, 1, 16, &o->mode},
        {"destination", JSON_KIND_TEXT, true, 1, 64, &o->destination},
        {"wait", JSON_KIND_BOOL, true, 0, 0, &o->wait},
        {"reorder", JSON_KIND_BOOL, true, 0, 0, &o->reorder},
        {"redelivery", JSON_KIND_BOOL, true, 0, 0, &o->redelivery},
        {"escape", JSON_KIND_BOOL, true, 0, 0, &o->escape},
        {"duplicates", JSON_KIND_INT, true, 0, 20, &o->duplicates},
        {"pad_bytes", JSON_KIND_INT, true, 0, 8 * 1024 * 1024, &o->pad_bytes},
        {"bytes_per_s", JSON_KIND_INT, true, 0, 1000000, &o->bytes_per_s},
    };

    return json_read(call->json, fields, sizeof(fields) / sizeof(fields[0]), call->e);
}

static enum err_code
make_events(struct sim_call *call, const struct order *o, json_t *out)
{
    const json_t *facts;
    size_t i;

    json_array_foreach(o->events, i, facts) {
        json_t *event = NULL;

        if (sim_event_make(call->sim, facts, str_eq(o->mode, STR("standby")), &event, call->e))
            return call->e->code;
        json_array_append_new(out, event);
    }
    return OK;
}

/* Queue all of it; the numbers of the deliveries go into `numbers`. */
static enum err_code
queue_all(struct sim_call *call, const struct order *o, json_t *events, json_t *numbers)
{
    size_t n = json_array_size(events);
    size_t bodies = o->reorder ? n : 1;
    struct sim_parcel parcel = {
        .escapes = o->escape,
        .again = o->redelivery,
        .pad_bytes = o->pad_bytes,
        .bytes_per_s = o->bytes_per_s,
    };
    char destination[65];
    size_t signature, damage;

    if (o->destination.n > 0 && str_copy(o->destination, destination, sizeof(destination)))
        parcel.destination = destination;
    if (READ_WORD(o->signature, "signature", signatures, &signature, call->e) ||
        READ_WORD(o->damage, "damage", damages, &damage, call->e))
        return call->e->code;
    parcel.signature = (enum sim_signature)signature;
    parcel.damage = (enum sim_damage)damage;
    for (size_t i = 0; i < bodies; i++) {
        json_t *one =
            o->reorder ? json_pack("[O]", json_array_get(events, n - 1 - i)) : json_incref(events);

        parcel.events = one;
        for (int64_t times = 0; times <= o->duplicates; times++)
            json_array_append_new(numbers, json_integer(sim_sender_queue(call->sim, &parcel)));
        json_decref(one);
    }
    return OK;
}

/*
 * POST /sim/webhook  {"events": [{"type": "text", "person": 1, "text": "hi"}, ...]} and any of
 *   "signature": "bad", "damage": "truncated", "mode": "standby", "destination": "U...",
 *   "reorder": true (last first, each in a body of its own), "duplicates": 2, "redelivery": true,
 *   "escape": true, "pad_bytes": 1000, "bytes_per_s": 100, "wait": true
 * ->  200 {"deliveries": [{"number", "status", "body", "signature", "events", ...}]}
 *
 * Without "wait" the deliveries are only queued and told by number.
 */
enum err_code
sim_webhook_send(struct sim_call *call)
{
    struct order o = {0};
    json_t *events = json_array(), *numbers = json_array(), *list = json_array();
    enum err_code code = read_order(call, &o);
    const json_t *number;
    size_t i;

    if (code == OK)
        code = make_events(call, &o, events);
    if (code == OK)
        code = queue_all(call, &o, events, numbers);
    json_array_foreach(numbers, i, number) {
        const struct sim_delivery *done = NULL;

        if (o.wait && json_integer_value(number) > 0)
            done = sim_sender_wait(call->sim, json_integer_value(number), WAIT_MS);
        json_array_append_new(
            list, done != NULL
                      ? sim_delivery_json(done)
                      : json_pack("{s:I, s:b}", "number", json_integer_value(number), "done", 0));
    }
    json_decref(events);
    json_decref(numbers);
    if (code == OK)
        return sim_answer(call, 200, json_pack("{s:o}", "deliveries", list));
    json_decref(list);
    return code;
}

/* GET /sim/webhooks  ->  {"deliveries": [...]}: the last ones, newest last */
enum err_code
sim_webhook_list(struct sim_call *call)
{
    return sim_answer(call, 200, json_pack("{s:o}", "deliveries", sim_sender_list(call->sim)));
}
