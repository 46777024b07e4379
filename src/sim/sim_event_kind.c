#include "sim/sim_event_kind.h"

#include <inttypes.h>
#include <string.h>

#define FIRST_MESSAGE_ID UINT64_C(561230966842064896)

const char *
sim_event_given(const json_t *facts, const char *name, const char *otherwise)
{
    const char *text = json_string_value(json_object_get(facts, name));

    return text != NULL ? text : otherwise;
}

/* ---------------------------------------------------------------- messages */

/* In the talk with the account; what is said in a group is not shown anywhere. */
static void
say(struct sim *sim, struct sim_person *person, const json_t *facts, json_t *message)
{
    json_t *messages = json_pack("[o]", message);

    if (json_object_get(facts, "group") != NULL || json_object_get(facts, "room") != NULL) {
        json_decref(messages);
        return;
    }
    person->wrote_ms = sim_now_ms(sim);
    sim_talk_add(sim, person, "person", messages, true);
    json_decref(messages);
}

static void
say_words(struct sim *sim, struct sim_person *person, const json_t *facts, const char *words)
{
    say(sim, person, facts, json_pack("{s:s, s:s}", "type", "text", "text", words));
}

/* A message of this type with `more` (taken) in it, its id and its tokens. */
static json_t *
message(struct sim *sim, const char *type, bool can_be_quoted, json_t *more)
{
    char token[TOKEN_SIZE];

    json_object_set_new(more, "type", json_string(type));
    json_object_set_new(more, "id",
                        json_sprintf("%" PRIu64, FIRST_MESSAGE_ID + ++sim->messages_sent));
    entropy_token(token);
    json_object_set_new(more, "markAsReadToken", json_string(token));
    sim_table_put(sim->unread, token, sim_alloc(1));
    entropy_token(token);
    if (can_be_quoted)
        json_object_set_new(more, "quoteToken", json_string(token));
    return json_pack("{s:s, s:o}", "type", "message", "message", more);
}

static json_t *
text_event(struct sim *sim, struct sim_person *person, const json_t *facts)
{
    const char *text = sim_event_given(facts, "text", "");

    say_words(sim, person, facts, text);
    return message(sim, "text", true, json_pack("{s:s}", "text", text));
}

/* In group talks only, and in LINE's documentation only (line-platform 15). */
static json_t *
edited_event(struct sim *sim, struct sim_person *person, const json_t *facts)
{
    json_t *event = text_event(sim, person, facts);

    json_object_set_new(event, "type", json_string("messageEdited"));
    return event;
}

static json_t *
sticker_event(struct sim *sim, struct sim_person *person, const json_t *facts)
{
    const char *package = sim_event_given(facts, "packageId", "446");
    const char *sticker = sim_event_given(facts, "stickerId", "1988");

    say(sim, person, facts,
        json_pack("{s:s, s:s, s:s}", "type", "sticker", "packageId", package, "stickerId",
                  sticker));
    return message(sim, "sticker", true,
                   json_pack("{s:s, s:s, s:s}", "packageId", package, "stickerId", sticker,
                             "stickerResourceType", "STATIC"));
}

static json_t *
image_event(struct sim *sim, struct sim_person *person, const json_t *facts)
{
    say_words(sim, person, facts, "(photo)");
    return message(sim, "image", true, json_pack("{s:{s:s}}", "contentProvider", "type", "line"));
}

static json_t *
video_event(struct sim *sim, struct sim_person *person, const json_t *facts)
{
    say_words(sim, person, facts, "(video)");
    return message(
        sim, "video", true,
        json_pack("{s:i, s:{s:s}}", "duration", 60000, "contentProvider", "type", "line"));
}

static json_t *
audio_event(struct sim *sim, struct sim_person *person, const json_t *facts)
{
    say_words(sim, person, facts, "(voice)");
    return message(
        sim, "audio", false,
        json_pack("{s:i, s:{s:s}}", "duration", 60000, "contentProvider", "type", "line"));
}

static json_t *
file_event(struct sim *sim, struct sim_person *person, const json_t *facts)
{
    say_words(sim, person, facts, "(file)");
    return message(sim, "file", false,
                   json_pack("{s:s, s:i}", "fileName", "list.pdf", "fileSize", 2138));
}

static double
given_number(const json_t *facts, const char *name, double otherwise)
{
    const json_t *value = json_object_get(facts, name);

    return json_is_number(value) ? json_number_value(value) : otherwise;
}

static json_t *
location_event(struct sim *sim, struct sim_person *person, const json_t *facts)
{
    say_words(sim, person, facts, "(location)");
    return message(sim, "location", false,
                   json_pack("{s:f, s:f}", "latitude", given_number(facts, "latitude", 35.6812),
                             "longitude", given_number(facts, "longitude", 139.7671)));
}

static json_t *
unsend_event(struct sim *sim, struct sim_person *person, const json_t *facts)
{
    (void)sim, (void)person;
    return json_pack("{s:s, s:{s:s}}", "type", "unsend", "unsend", "messageId",
                     sim_event_given(facts, "messageId", "561230966842064897"));
}

/* ---------------------------------------------------------------- friends and groups */

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

static const char *
group_of(const json_t *facts)
{
    return sim_event_given(facts, "group", sim_event_given(facts, "room", SIM_GROUP_ID));
}

static json_t *
join_event(struct sim *sim, struct sim_person *person, const json_t *facts)
{
    (void)person;
    sim_table_put(sim->groups, group_of(facts), sim_alloc(1));
    return json_pack("{s:s}", "type", "join");
}

static json_t *
leave_event(struct sim *sim, struct sim_person *person, const json_t *facts)
{
    (void)person;
    sim_table_drop(sim->groups, str_of(group_of(facts)));
    return json_pack("{s:s}", "type", "leave");
}

static json_t *
members(const char *type, const char *property, const struct sim_person *person)
{
    return json_pack("{s:s, s:{s:[{s:s, s:s}]}}", "type", type, property, "members", "type", "user",
                     "userId", person->user_id);
}

static json_t *
member_joined_event(struct sim *sim, struct sim_person *person, const json_t *facts)
{
    (void)sim, (void)facts;
    return members("memberJoined", "joined", person);
}

static json_t *
member_left_event(struct sim *sim, struct sim_person *person, const json_t *facts)
{
    (void)sim, (void)facts;
    return members("memberLeft", "left", person);
}

/* ---------------------------------------------------------------- taps, places, contracts */

static json_t *
postback_event(struct sim *sim, struct sim_person *person, const json_t *facts)
{
    const char *shown = sim_event_given(facts, "displayText", NULL);
    json_t *params = json_object_get(facts, "params");
    json_t *event = json_pack("{s:s, s:{s:s}}", "type", "postback", "postback", "data",
                              sim_event_given(facts, "data", ""));

    if (shown != NULL)
        say_words(sim, person, facts, shown);
    if (json_is_object(params))
        json_object_set(json_object_get(event, "postback"), "params", params);
    return event;
}

static json_t *
video_played_event(struct sim *sim, struct sim_person *person, const json_t *facts)
{
    (void)sim, (void)person;
    return json_pack("{s:s, s:{s:s}}", "type", "videoPlayComplete", "videoPlayComplete",
                     "trackingId", sim_event_given(facts, "trackingId", "track-1"));
}

static json_t *
beacon_event(struct sim *sim, struct sim_person *person, const json_t *facts)
{
    const char *message = sim_event_given(facts, "dm", NULL);
    json_t *event = json_pack("{s:s, s:{s:s, s:s}}", "type", "beacon", "beacon", "hwid",
                              sim_event_given(facts, "hwid", "d41d8cd98f"), "type",
                              sim_event_given(facts, "how", "enter"));

    (void)sim, (void)person;
    if (message != NULL)
        json_object_set_new(json_object_get(event, "beacon"), "dm", json_string(message));
    return event;
}

static json_t *
link_event(struct sim *sim, struct sim_person *person, const json_t *facts)
{
    (void)sim, (void)person;
    return json_pack("{s:s, s:{s:s, s:s}}", "type", "accountLink", "link", "result",
                     sim_event_given(facts, "result", "ok"), "nonce",
                     sim_event_given(facts, "nonce", "nonce"));
}

static json_t *
membership_event(struct sim *sim, struct sim_person *person, const json_t *facts)
{
    (void)sim, (void)person;
    return json_pack("{s:s, s:{s:s, s:i}}", "type", "membership", "membership", "type",
                     sim_event_given(facts, "how", "joined"), "membershipId", 3189);
}

/* Without a source: it is about a telephone number (line-platform 9.1). */
static json_t *
delivery_event(struct sim *sim, struct sim_person *person, const json_t *facts)
{
    (void)sim, (void)person;
    return json_pack("{s:s, s:{s:s}}", "type", "delivery", "delivery", "data",
                     sim_event_given(facts, "data", "15034552939884E28681A7D668CEA94C147C716C"));
}

static json_t *
suspended_event(struct sim *sim, struct sim_person *person, const json_t *facts)
{
    (void)sim, (void)person, (void)facts;
    return json_pack("{s:s}", "type", "botSuspended");
}

static json_t *
module_event(struct sim *sim, struct sim_person *person, const json_t *facts)
{
    (void)sim, (void)person, (void)facts;
    return json_pack("{s:s, s:{s:s, s:s, s:[s]}}", "type", "module", "module", "type", "attached",
                     "botId", "U53387d54817a2ecb0000000000000000", "scopes", "message:send");
}

/* What LINE may add without notice (line-platform 12.5). */
static json_t *
future_event(struct sim *sim, struct sim_person *person, const json_t *facts)
{
    (void)sim, (void)person, (void)facts;
    return json_pack("{s:s, s:{s:[i, i]}}", "type", "somethingNew", "somethingNew", "parts", 1, 2);
}

/* clang-format off */
static const struct sim_event_kind kinds[] = {
    /* type              reply  group */
    {"text",              true,  false, text_event},
    {"sticker",           true,  false, sticker_event},
    {"image",             true,  false, image_event},
    {"video",             true,  false, video_event},
    {"audio",             true,  false, audio_event},
    {"file",              true,  false, file_event},
    {"location",          true,  false, location_event},
    {"messageEdited",     true,  false, edited_event},
    {"unsend",            false, false, unsend_event},
    {"follow",            true,  false, follow_event},
    {"unfollow",          false, false, unfollow_event},
    {"join",              true,  true,  join_event},
    {"leave",             false, true,  leave_event},
    {"memberJoined",      true,  true,  member_joined_event},
    {"memberLeft",        false, true,  member_left_event},
    {"postback",          true,  false, postback_event},
    {"videoPlayComplete", true,  false, video_played_event},
    {"beacon",            true,  false, beacon_event},
    {"accountLink",       true,  false, link_event},
    {"membership",        true,  false, membership_event},
    {"delivery",          false, false, delivery_event},
    {"botSuspended",      false, false, suspended_event},
    {"module",            false, false, module_event},
    {"unknown",           false, false, future_event},
};
/* clang-format on */

const struct sim_event_kind *
sim_event_kind(const char *type)
{
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (strcmp(kinds[i].type, type) == 0)
            return &kinds[i];
    }
    return NULL;
}
