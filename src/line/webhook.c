#include "line/webhook.h"

#include <jansson.h>
#include <limits.h>
#include <string.h>

#include "base/codec.h"
#include "base/digest.h"
#include "base/json.h"
#include "line/webhook_content.h"

/*
 * base/json.h would refuse a body of a hundred events for its many keys. The signature has proven
 * that LINE wrote this one, so its size is limit enough; a NUL in what a person typed is allowed.
 */
#define LOAD_FLAGS (JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL)

bool
webhook_signed(struct str body, struct str header, const struct str *secrets, size_t n)
{
    uint8_t given[SHA256_SIZE], mac[SHA256_SIZE];
    size_t given_n;
    bool is_signed = false;

    if (!base64_decode(header, given, sizeof(given), &given_n) || given_n != sizeof(given))
        return false;
    for (size_t i = 0; i < n; i++) {
        if (secrets[i].n == 0)
            continue;
        hmac_sha256(secrets[i].at, secrets[i].n, &body, 1, mac);
        is_signed |= digest_equal(mac, given, sizeof(mac));
    }
    return is_signed;
}

static enum err_code
malformed(struct err *e, const char *what)
{
    return err_set(e, ERR_INPUT, "webhook_malformed", "webhook: %s", what);
}

static enum err_code
full(struct err *e)
{
    return err_set(e, ERR_INTERNAL, "arena_full", "no room for a webhook");
}

static bool
keep(struct arena *arena, struct str text, struct str *out)
{
    *out = (struct str){arena_dup(arena, text.at, text.n), text.n};
    return out->at != NULL;
}

/* Only a one-to-one chat is a place for somebody's card: ids seen in groups are left out. */
static void
user_read(const json_t *event, struct webhook_event *out)
{
    const json_t *source = json_object_get(event, "source");
    struct str id = webhook_text_at(source, "userId");

    if (str_eq(webhook_text_at(source, "type"), STR("user")) && userid_is_valid(id))
        str_copy(id, out->user_id, sizeof(out->user_id));
}

static enum err_code
event_read(const json_t *event, struct str text, struct arena *arena, struct webhook_event *out,
           struct err *e)
{
    const json_t *at = json_object_get(event, "timestamp");
    const json_t *delivery = json_object_get(event, "deliveryContext");
    struct str mode = webhook_text_at(event, "mode");
    struct str reply_token = STR("");

    *out = (struct webhook_event){.kind = WEBHOOK_OTHER};
    if (webhook_text_at(event, "type").n == 0)
        return malformed(e, "an event without a type");
    if (!webhook_is_id(webhook_text_at(event, "webhookEventId"), WEBHOOK_EVENT_ID_MAX))
        return malformed(e, "an event without a usable webhookEventId");
    if (!json_is_integer(at) || json_integer_value(at) < 0)
        return malformed(e, "an event without a timestamp");
    if (mode.n == 0)
        return malformed(e, "an event without a mode");
    out->at_ms = json_integer_value(at);
    out->is_active_mode = str_eq(mode, STR("active"));
    out->is_redelivery = json_is_true(json_object_get(delivery, "isRedelivery"));
    if (out->is_active_mode)
        reply_token = webhook_text_at(event, "replyToken");
    user_read(event, out);
    if (!keep(arena, webhook_text_at(event, "webhookEventId"), &out->event_id) ||
        !keep(arena, reply_token, &out->reply_token) || !keep(arena, text, &out->json) ||
        !webhook_content(event, arena, out))
        return full(e);
    return OK;
}

static enum err_code
load(struct str text, json_t **out, struct err *e)
{
    json_error_t problem;
    bool is_starved;

    if (text.n > WEBHOOK_MAX_BYTES)
        return err_set(e, ERR_TOO_LARGE, "webhook_too_large", "webhook of %zu bytes", text.n);
    if (!json_is_modest(text, WEBHOOK_MAX_LEVELS, INT_MAX))
        return err_set(e, ERR_INPUT, "webhook_deep", "webhook over %d levels", WEBHOOK_MAX_LEVELS);
    *out = json_load(text, LOAD_FLAGS, &problem, &is_starved);
    if (is_starved)
        return full(e);
    if (!json_is_object(*out))
        return malformed(e, "not a JSON object");
    return OK;
}

enum err_code
webhook_parse(struct str body, struct arena *arena, struct str *destination_out,
              struct webhook_event **events_out, size_t *n_out, struct err *e)
{
    json_auto_t *root = NULL;
    const json_t *list;
    struct webhook_event *events;
    struct str destination, *texts;
    size_t n;

    if (load(body, &root, e))
        return e->code;
    list = json_object_get(root, "events");
    n = json_array_size(list);
    if (webhook_text_at(root, "destination").n == 0 || !json_is_array(list))
        return malformed(e, "no destination or no events");
    if (n > WEBHOOK_MAX_EVENTS)
        return err_set(e, ERR_INPUT, "webhook_crowded", "webhook of %zu events", n);
    events = arena_alloc(arena, (n > 0 ? n : 1) * sizeof(*events));
    texts = arena_alloc(arena, (n > 0 ? n : 1) * sizeof(*texts));
    if (events == NULL || texts == NULL ||
        !keep(arena, webhook_text_at(root, "destination"), &destination))
        return full(e);
    if (json_elements(body, "events", texts, n) != n)
        return malformed(e, "events under another name");
    for (size_t i = 0; i < n; i++)
        if (event_read(json_array_get(list, i), texts[i], arena, &events[i], e))
            return e->code;
    *destination_out = destination;
    *events_out = events;
    *n_out = n;
    return OK;
}

enum err_code
webhook_event_parse(struct str json, struct arena *arena, struct webhook_event *out, struct err *e)
{
    struct webhook_event event;
    json_auto_t *root = NULL;

    if (load(json, &root, e) || event_read(root, json, arena, &event, e))
        return e->code;
    *out = event;
    return OK;
}
