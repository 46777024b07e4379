#include "sim/sim_event.h"

#include "sim/sim_sender.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#define FIRST_MESSAGE_ID UINT64_C(561230966842064896)

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

static json_t *
message_id(struct sim *sim)
{
    return json_sprintf("%" PRIu64, FIRST_MESSAGE_ID + ++sim->messages_sent);
}

static const char *
given(const json_t *facts, const char *name, const char *otherwise)
{
    const char *text = json_string_value(json_object_get(facts, name));

    return text != NULL ? text : otherwise;
}

static void
say(struct sim *sim, struct sim_person *person, json_t *message)
{
    json_t *messages = json_pack("[o]", message);

    person->wrote_ms = sim_now_ms(sim);
    sim_talk_add(sim, person, "person", messages, true);
    json_decref(messages);
}

static json_t *
text_event(struct sim *sim, struct sim_person *person, const json_t *facts)
{
    const char *text = given(facts, "text", "");
    char quote[TOKEN_SIZE];

    entropy_token(quote);
    say(sim, person, json_pack("{s:s, s:s}", "type", "text", "text", text));
    return json_pack("{s:s, s:{s:s, s:o, s:s, s:s}}", "type", "message", "message", "type", "text",
                     "id", message_id(sim), "quoteToken", quote, "text", text);
}

static json_t *
sticker_event(struct sim *sim, struct sim_person *person, const json_t *facts)
{
    const char *package = given(facts, "packageId", "446");
    const char *sticker = given(facts, "stickerId", "1988");

    say(sim, person,
        json_pack("{s:s, s:s, s:s}", "type", "sticker", "packageId", package, "stickerId",
                  sticker));
    return json_pack("{s:s, s:{s:s, s:o, s:s, s:s, s:s}}", "type", "message", "message", "type",
                     "sticker", "id", message_id(sim), "packageId", package, "stickerId", sticker,
                     "stickerResourceType", "STATIC");
}

static json_t *
image_event(struct sim *sim, struct sim_person *person, const json_t *facts)
{
    (void)facts;
    say(sim, person, json_pack("{s:s, s:s}", "type", "text", "text", "(photo)"));
    return json_pack("{s:s, s:{s:s, s:o, s:{s:s}}}", "type", "message", "message", "type", "image",
                     "id", message_id(sim), "contentProvider", "type", "line");
}

static json_t *
location_event(struct sim *sim, struct sim_person *person, const json_t *facts)
{
    (void)facts;
    say(sim, person, json_pack("{s:s, s:s}", "type", "text", "text", "(location)"));
    return json_pack("{s:s, s:{s:s, s:o, s:f, s:f}}", "type", "message", "message", "type",
                     "location", "id", message_id(sim), "latitude", 35.6812, "longitude", 139.7671);
}

static json_t *
postback_event(struct sim *sim, struct sim_person *person, const json_t *facts)
{
    const char *shown = given(facts, "displayText", NULL);
    json_t *params = json_object_get(facts, "params");
    json_t *event = json_pack("{s:s, s:{s:s}}", "type", "postback", "postback", "data",
                              given(facts, "data", ""));

    if (shown != NULL)
        say(sim, person, json_pack("{s:s, s:s}", "type", "text", "text", shown));
    if (json_is_object(params))
        json_object_set(json_object_get(event, "postback"), "params", params);
    return event;
}

static json_t *
follow_event(struct sim *sim, struct sim_person *person, const json_t *facts)
{
    bool was_blocking = person->is_blocking;

    (void)facts;
    person->is_friend = true;
    person->is_blocking = false;
    sim_talk_changed(sim, person);
    return json_pack("{s:s, s:{s:b}}", "type", "follow", "follow", "isUnblocked",
                     (int)was_blocking);
}

static json_t *
unfollow_event(struct sim *sim, struct sim_person *person, const json_t *facts)
{
    (void)facts;
    person->is_friend = false;
    person->is_blocking = true;
    sim_talk_changed(sim, person);
    return json_pack("{s:s}", "type", "unfollow");
}

static json_t *
unsend_event(struct sim *sim, struct sim_person *person, const json_t *facts)
{
    (void)sim, (void)person;
    return json_pack("{s:s, s:{s:s}}", "type", "unsend", "unsend", "messageId",
                     given(facts, "messageId", "561230966842064897"));
}

static json_t *
link_event(struct sim *sim, struct sim_person *person, const json_t *facts)
{
    (void)sim, (void)person;
    return json_pack("{s:s, s:{s:s, s:s}}", "type", "accountLink", "link", "result",
                     given(facts, "result", "ok"), "nonce", given(facts, "nonce", "nonce"));
}

/* What LINE may add without notice (line-platform 12.5). */
static json_t *
future_event(struct sim *sim, struct sim_person *person, const json_t *facts)
{
    (void)sim, (void)person, (void)facts;
    return json_pack("{s:s, s:{s:[i, i]}}", "type", "somethingNew", "somethingNew", "parts", 1, 2);
}

static const struct {
    const char *type;
    bool replyable;
    json_t *(*make)(struct sim *sim, struct sim_person *person, const json_t *facts);
} kinds[] = {
    {"text", true, text_event},          {"sticker", true, sticker_event},
    {"image", true, image_event},        {"location", true, location_event},
    {"postback", true, postback_event},  {"follow", true, follow_event},
    {"unfollow", false, unfollow_event}, {"unsend", false, unsend_event},
    {"accountLink", true, link_event},   {"unknown", false, future_event},
};

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
    return strcmp(given(facts, "result", ""), "failed") == 0;
}

/* What every event carries (line-platform 5.3). */
static void
add_envelope(struct sim *sim, const struct sim_person *person, const json_t *facts, bool standby,
             json_t *event)
{
    const json_t *at = json_object_get(facts, "at_ms");
    int64_t at_ms = json_is_integer(at) ? json_integer_value(at) : sim_now_ms(sim);
    char ulid[27];

    write_ulid(at_ms, ulid);
    json_object_set_new(event, "webhookEventId", json_string(ulid));
    json_object_set_new(event, "deliveryContext", json_pack("{s:b}", "isRedelivery", 0));
    json_object_set_new(event, "timestamp", json_integer(at_ms));
    json_object_set_new(event, "mode", json_string(standby ? "standby" : "active"));
    if (json_is_true(json_object_get(facts, "without_source")) || has_failed(facts))
        return;
    json_object_set_new(event, "source", json_pack("{s:s}", "type", "user"));
    if (!json_is_true(json_object_get(facts, "without_user")))
        json_object_set_new(json_object_get(event, "source"), "userId",
                            json_string(person->user_id));
}

enum err_code
sim_event_make(struct sim *sim, const json_t *facts, bool standby, json_t **out, struct err *e)
{
    const char *type = given(facts, "type", "");
    const json_t *raw = json_object_get(facts, "event");
    struct sim_person *person;

    if (strcmp(type, "raw") == 0 && json_is_object(raw)) {
        *out = json_deep_copy(raw);
        return OK;
    }
    person = sim_person(sim, json_integer_value(json_object_get(facts, "person")));
    if (person == NULL)
        return err_field(e, ERR_NOT_FOUND, "person_unknown", "person", "no such person");
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        json_t *event;

        if (strcmp(kinds[i].type, type) != 0)
            continue;
        event = kinds[i].make(sim, person, facts);
        if (event == NULL) /* json_pack: not UTF-8; jansson has refused that before */
            return err_set(e, ERR_INTERNAL, "internal", "event could not be built");
        add_envelope(sim, person, facts, standby, event);
        if (kinds[i].replyable && !standby && !has_failed(facts))
            add_reply_token(sim, person, event);
        *out = event;
        return OK;
    }
    return err_field(e, ERR_INPUT, "event_unknown", "type", "no such event");
}

json_t *
sim_event_redelivered(struct sim *sim, const json_t *events)
{
    json_t *copy = json_deep_copy(events);
    int64_t now_ms = sim_now_ms(sim);
    json_t *event;
    size_t i;

    json_array_foreach(copy, i, event)
    {
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
