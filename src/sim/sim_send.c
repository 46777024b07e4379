/*
 * Messages from the account to people (line-platform 4.3, 4.4, 4.6).
 */
#include "sim/sim_check.h"
#include "sim/sim_console.h"
#include "sim/sim_event.h"
#include "sim/sim_handlers.h"
#include "sim/sim_message.h"
#include "sim/sim_retry.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define MULTICAST_MAX 500
#define WROTE_LATELY_MS (7 * DAY_MS)
#define FIRST_MESSAGE_ID UINT64_C(461230966842064896) /* as long as LINE's are */

/* What one request wants to send, and to whom. */
struct sending {
    const char *how;
    json_t *messages;       /* borrowed from the body */
    struct sim_person **to; /* in the request's arena */
    size_t to_n;
    size_t counted; /* of them, those who can receive it: they cost a message each */
};

static bool
can_receive(const struct sim_call *call, const struct sim_person *person)
{
    return !person->is_blocking &&
           (person->is_friend ||
            (person->wrote_ms > 0 && person->wrote_ms + WROTE_LATELY_MS > call->now_ms));
}

/* Only properties LINE knows, and those it knows of the right type. */
static bool
body_is_plausible(struct sim_call *call, const char *words)
{
    const json_t *units = sim_check_get(call->json, "customAggregationUnits");
    const json_t *silent = sim_check_get(call->json, "notificationDisabled");
    const char *unit = json_string_value(json_array_get(units, 0));
    const char *name;
    json_t *ignored;

    json_object_foreach(call->json, name, ignored) {
        if (!sim_check_is_word(name, words)) {
            sim_refuse_property(call, name);
            return false;
        }
    }
    if (silent != NULL && !json_is_boolean(silent)) {
        sim_refuse_property(call, "notificationDisabled");
        return false;
    }
    if (units != NULL &&
        (json_array_size(units) != 1 || unit == NULL || strlen(unit) < 1 || strlen(unit) > 30 ||
         unit[strspn(unit, "0123456789_ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")] !=
             '\0')) {
        sim_refuse_property(call, "customAggregationUnits");
        return false;
    }
    return true;
}

static bool
messages_will_do(struct sim_call *call)
{
    json_t *problem = sim_messages_problem(json_object_get(call->json, "messages"));

    if (problem == NULL)
        return true;
    sim_answer(call, 400, problem);
    return false;
}

static json_t *
sent_messages(struct sim_call *call, const json_t *messages)
{
    json_t *list = json_array();

    for (size_t i = 0; i < json_array_size(messages); i++) {
        const char *type = json_string_value(json_object_get(json_array_get(messages, i), "type"));
        json_t *sent = json_pack(
            "{s:o}", "id", json_sprintf("%" PRIu64, FIRST_MESSAGE_ID + ++call->sim->messages_sent));
        char quote[TOKEN_SIZE];

        if (sim_check_is_word(type, "text|textV2|sticker|image|video|template")) {
            entropy_token(quote);
            json_object_set_new(sent, "quoteToken", json_string(quote));
        }
        json_array_append_new(list, sent);
    }
    return list;
}

static struct str
retry_key(const struct sim_call *call)
{
    return request_header(call->req, "X-Line-Retry-Key");
}

/* True when the key has settled the matter: malformed, or carried out before. */
static bool
key_has_answered(struct sim_call *call)
{
    struct str key = retry_key(call);
    const struct sim_retry *retry = sim_retry_find(call->sim, key);
    json_t *answer;

    if (key.n == 0)
        return false;
    if (!sim_retry_is_key(key)) {
        sim_refuse(call, 400, "The value of the X-Line-Retry-Key header is invalid");
        return true;
    }
    if (!sim_retry_is_accepted(retry, call->now_ms))
        return false;
    answer = json_pack("{s:s}", "message", "The retry key is already accepted");
    if (retry->sent != NULL)
        json_object_set(answer, "sentMessages", retry->sent);
    reply_header(call->reply, "x-line-accepted-request-id",
                 arena_dup(call->req->arena, retry->request_id, UUID_SIZE - 1));
    sim_answer(call, 409, answer);
    return true;
}

static bool
month_allows(struct sim_call *call, size_t counted)
{
    struct sim *sim = call->sim;

    if (sim->usage_month != sim_month(call->now_ms)) {
        sim->usage_month = sim_month(call->now_ms);
        sim->usage = 0;
    }
    if (counted == 0 || sim->quota < 0 || sim->usage + (int64_t)counted <= sim->quota)
        return true;
    sim_refuse(call, 429, "You have reached your monthly limit.");
    return false;
}

static void
deliver(struct sim_call *call, const struct sending *s)
{
    for (size_t i = 0; i < s->to_n; i++) {
        bool shown = can_receive(call, s->to[i]) && !call->is_lost;
        struct sim_entry *entry = sim_talk_add(call->sim, s->to[i], s->how, s->messages, shown);

        str_copy(retry_key(call), entry->retry_key, sizeof(entry->retry_key));
        memcpy(entry->request_id, call->request_id, sizeof(entry->request_id));
    }
}

/* The common end of push, multicast and broadcast; `sent` is taken, NULL where LINE tells no ids.
 */
static enum err_code
carry_out(struct sim_call *call, struct sending *s, json_t *sent)
{
    struct sim_retry *retry = sim_retry_find(call->sim, retry_key(call));

    for (size_t i = 0; i < s->to_n; i++)
        s->counted += can_receive(call, s->to[i]);
    if (!month_allows(call, s->counted)) {
        json_decref(sent);
        return OK;
    }
    sim_unit_note(call, json_string_value(json_array_get(
                            json_object_get(call->json, "customAggregationUnits"), 0)));
    if (!call->is_lost)
        call->sim->usage += (int64_t)s->counted;
    deliver(call, s);
    if (retry != NULL)
        sim_retry_accept(retry, call->request_id, sent, call->now_ms);
    return sim_answer(call, 200,
                      sent != NULL ? json_pack("{s:o}", "sentMessages", sent) : json_object());
}

static bool
is_recipient_id(struct str text)
{
    return text.n == SIM_USER_ID_SIZE - 1 &&
           (text.at[0] == 'U' || text.at[0] == 'C' || text.at[0] == 'R') &&
           strspn(text.at + 1, "0123456789abcdef") == text.n - 1;
}

/* POST /v2/bot/message/push */
enum err_code
sim_push(struct sim_call *call)
{
    struct str to = str_of(json_string_value(json_object_get(call->json, "to")));
    struct sending s = {.how = "push", .messages = json_object_get(call->json, "messages")};
    struct sim_person *person = sim_bot_person(call->sim, to);

    if (key_has_answered(call) ||
        !body_is_plausible(call, "to|messages|notificationDisabled|customAggregationUnits"))
        return OK;
    if (!is_recipient_id(to))
        return sim_refuse_property(call, "to");
    if (!messages_will_do(call))
        return OK;
    if (person == NULL) /* an id of another provider, or of nobody */
        return sim_refuse(call, 400, "Failed to send messages");
    s.to = &person;
    s.to_n = 1;
    return carry_out(call, &s, sent_messages(call, s.messages));
}

/* POST /v2/bot/message/multicast: friends only; ids nobody has are passed over in silence */
enum err_code
sim_multicast(struct sim_call *call)
{
    const json_t *to = json_object_get(call->json, "to");
    struct sending s = {.how = "multicast", .messages = json_object_get(call->json, "messages")};

    if (key_has_answered(call) ||
        !body_is_plausible(call, "to|messages|notificationDisabled|customAggregationUnits"))
        return OK;
    if (json_array_size(to) < 1 || json_array_size(to) > MULTICAST_MAX)
        return sim_refuse_property(call, "to");
    s.to = arena_alloc(call->req->arena, json_array_size(to) * sizeof(struct sim_person *));
    if (s.to == NULL)
        return err_set(call->e, ERR_INTERNAL, "internal", "no room for recipients");
    for (size_t i = 0; i < json_array_size(to); i++) {
        struct str id = str_of(json_string_value(json_array_get(to, i)));
        struct sim_person *person = sim_bot_person(call->sim, id);

        if (!is_recipient_id(id) || id.at[0] != 'U')
            return sim_refuse_property(call, "to");
        if (person != NULL && person->is_friend)
            s.to[s.to_n++] = person;
    }
    if (!messages_will_do(call))
        return OK;
    return carry_out(call, &s, NULL);
}

/* POST /v2/bot/message/broadcast */
enum err_code
sim_broadcast(struct sim_call *call)
{
    struct sim *sim = call->sim;
    struct sending s = {.how = "broadcast", .messages = json_object_get(call->json, "messages")};

    if (key_has_answered(call) || !body_is_plausible(call, "messages|notificationDisabled") ||
        !messages_will_do(call))
        return OK;
    s.to = arena_alloc(call->req->arena, sim->people_n * sizeof(struct sim_person *));
    if (s.to == NULL)
        return err_set(call->e, ERR_INTERNAL, "internal", "no room for recipients");
    for (size_t i = 0; i < sim->people_n; i++) {
        if (sim->people[i].is_friend)
            s.to[s.to_n++] = &sim->people[i];
    }
    return carry_out(call, &s, NULL);
}

/* POST /v2/bot/message/reply: free, once, and only while the token lives */
enum err_code
sim_reply(struct sim_call *call)
{
    struct str text = str_of(json_string_value(json_object_get(call->json, "replyToken")));
    struct sim_reply_token *token;
    struct sending s = {.how = "reply", .messages = json_object_get(call->json, "messages")};
    json_t *sent;

    if (!body_is_plausible(call, "replyToken|messages|notificationDisabled") ||
        !messages_will_do(call))
        return OK;
    token = sim_table_get(call->sim->replies, text);
    if (token == NULL || token->is_used || call->now_ms > token->until_ms)
        return sim_refuse(call, 400, "Invalid reply token");
    token->is_used = true;
    s.to = &token->person;
    s.to_n = 1;
    sent = sent_messages(call, s.messages);
    deliver(call, &s);
    return sim_answer(call, 200, json_pack("{s:o}", "sentMessages", sent));
}

/* POST /v2/bot/message/validate/:kind: nothing is sent, recipients are not looked at */
enum err_code
sim_validate(struct sim_call *call)
{
    struct str kind = request_segment(call->req, ":kind");
    static const char *const kinds[] = {"reply", "push", "multicast", "narrowcast", "broadcast"};

    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (!str_eq(kind, str_of(kinds[i])))
            continue;
        if (!body_is_plausible(call, "messages") || !messages_will_do(call))
            return OK;
        return sim_answer(call, 200, json_object());
    }
    return sim_refuse(call, 404, "Not found");
}
