#include "sim/sim_event.h"

#include "sim/sim_event_kind.h"
#include "sim/sim_sender.h"

#include <assert.h>
#include <string.h>

/* A time and 80 random bits in Crockford's base 32 (the ULID specification). */
static void
write_ulid(int64_t at_ms, char out[27])
{
    static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    uint8_t random[16];
    uint64_t time = (uint64_t)at_ms;

    for (size_t i = 10; i-- > 0; time >>= 5)
        out[i] = digits[time & 31];
    entropy_fill(random, sizeof(random));
    for (size_t i = 0; i < 16; i++)
        out[10 + i] = digits[random[i] & 31];
    out[26] = '\0';
}

static void
add_reply_token(struct sim *sim, struct sim_person *person, json_t *event)
{
    struct sim_reply_token *token = sim_alloc(sizeof(*token));
    char text[TOKEN_SIZE];

    entropy_token(text);
    token->person = person;
    token->event_ms = sim_now_ms(sim);
    token->until_ms = token->event_ms + SIM_REPLY_MS;
    sim_table_put(sim->replies, text, token);
    json_object_set_new(event, "replyToken", json_string(text));
}

/* A link that failed is told without a source and without a reply token (line-platform 5.4). */
static bool
has_failed(const json_t *facts)
{
    return strcmp(sim_event_given(facts, "result", ""), "failed") == 0;
}

/* {"type":"user","userId"}, or a group or a room with or without somebody in it. */
static json_t *
make_source(const struct sim_person *person, const json_t *facts, bool is_of_group)
{
    const char *room = sim_event_given(facts, "room", NULL);
    const char *group = sim_event_given(facts, "group", is_of_group && !room ? SIM_GROUP_ID : NULL);
    json_t *source;

    if (room != NULL)
        source = json_pack("{s:s, s:s}", "type", "room", "roomId", room);
    else if (group != NULL)
        source = json_pack("{s:s, s:s}", "type", "group", "groupId", group);
    else
        source = json_pack("{s:s}", "type", "user");
    if (!is_of_group && !json_is_true(json_object_get(facts, "without_user")))
        json_object_set_new(source, "userId", json_string(person->user_id));
    return source;
}

/* What every event carries (line-platform 5.3). */
static void
add_envelope(struct sim *sim, const json_t *facts, bool standby, json_t *event)
{
    const json_t *at = json_object_get(facts, "at_ms");
    int64_t at_ms = json_is_integer(at) ? json_integer_value(at) : sim_now_ms(sim);
    char ulid[27];

    write_ulid(at_ms, ulid);
    json_object_set_new(event, "webhookEventId", json_string(ulid));
    json_object_set_new(event, "deliveryContext", json_pack("{s:b}", "isRedelivery", 0));
    json_object_set_new(event, "timestamp", json_integer(at_ms));
    json_object_set_new(event, "mode", json_string(standby ? "standby" : "active"));
}

static json_t *
make(struct sim *sim, struct sim_person *person, const json_t *facts, bool standby,
     const struct sim_event_kind *kind)
{
    json_t *event = kind->make(sim, person, facts), *with = json_object_get(facts, "with");

    add_envelope(sim, facts, standby, event);
    if (!json_is_true(json_object_get(facts, "without_source")) && !has_failed(facts) &&
        strcmp(kind->type, "delivery") != 0)
        json_object_set_new(event, "source", make_source(person, facts, kind->is_of_group));
    if (kind->is_replyable && !standby && !has_failed(facts))
        add_reply_token(sim, person, event);
    if (json_is_object(with))
        json_object_update_recursive(event, with);
    return event;
}

enum err_code
sim_event_make(struct sim *sim, const json_t *facts, bool standby, json_t **out, struct err *e)
{
    const char *type = sim_event_given(facts, "type", "");
    const json_t *raw = json_object_get(facts, "event");
    const struct sim_event_kind *kind = sim_event_kind(type);
    struct sim_person *person;

    if (strcmp(type, "raw") == 0 && json_is_object(raw)) {
        *out = json_deep_copy(raw);
        return OK;
    }
    person = sim_person(sim, json_integer_value(json_object_get(facts, "person")));
    if (person == NULL)
        return err_field(e, ERR_NOT_FOUND, "person_unknown", "person", "no such person");
    if (kind == NULL)
        return err_field(e, ERR_INPUT, "event_unknown", "type", "no such event");
    *out = make(sim, person, facts, standby, kind);
    return OK;
}

json_t *
sim_event_redelivered(struct sim *sim, const json_t *events)
{
    json_t *copy = json_deep_copy(events);
    int64_t now_ms = sim_now_ms(sim);
    json_t *event;
    size_t i;

    json_array_foreach(copy, i, event) {
        const char *text = json_string_value(json_object_get(event, "replyToken"));
        struct sim_reply_token *token = sim_table_get(sim->replies, str_of(text));

        json_object_set_new(event, "deliveryContext", json_pack("{s:b}", "isRedelivery", 1));
        if (token != NULL && !token->is_used && now_ms < token->event_ms + SIM_REPLY_REDELIVERED_MS)
            token->until_ms = now_ms + SIM_REPLY_MS;
    }
    return copy;
}

void
sim_event_send(struct sim *sim, json_t *facts)
{
    struct sim_parcel parcel = {.events = json_array()};
    json_t *event = NULL;
    struct err e = {0};
    enum err_code code = sim_event_make(sim, facts, false, &event, &e);

    assert(code == OK);
    (void)code;
    json_array_append_new(parcel.events, event);
    sim_sender_queue(sim, &parcel);
    json_decref(parcel.events);
    json_decref(facts);
}

void
sim_befriend(struct sim *sim, struct sim_person *person)
{
    sim_event_send(sim, json_pack("{s:s, s:i}", "type", "follow", "person", person->number));
}
