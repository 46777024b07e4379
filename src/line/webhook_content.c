#include "line/webhook_content.h"

#include <string.h>

#define NONCE_LEAST 10 /* Messaging API reference, "Link user account": 10 to 255 characters */
#define DEVICE_MESSAGE_MAX 32

/* What a reader makes of one event: a reason not to go on sticks. */
struct reading {
    const json_t *event;
    struct arena *arena;
    struct webhook_event *out;
    bool is_strange; /* not what the type promises */
    bool is_full;    /* the arena is */
};

bool
webhook_is_id(struct str id, size_t max)
{
    for (size_t i = 0; i < id.n; i++)
        if (id.at[i] <= ' ' || id.at[i] > '~')
            return false;
    return id.n > 0 && id.n <= max;
}

struct str
webhook_text_at(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);

    if (!json_is_string(value))
        return STR("");
    return (struct str){json_string_value(value), json_string_length(value)};
}

static struct str
kept(struct reading *r, struct str text)
{
    const char *copy = arena_dup(r->arena, text.at, text.n);

    r->is_full |= copy == NULL;
    return copy == NULL ? STR("") : (struct str){copy, text.n};
}

/* A text that must be there. */
static struct str
required(struct reading *r, const json_t *object, const char *name)
{
    r->is_strange |= !json_is_string(json_object_get(object, name));
    return kept(r, webhook_text_at(object, name));
}

/* A text that may be left out; what else stands there is left out as well. */
static struct str
optional(struct reading *r, const json_t *object, const char *name)
{
    return kept(r, webhook_text_at(object, name));
}

static bool
is_digits(struct str text, size_t max)
{
    for (size_t i = 0; i < text.n; i++)
        if (text.at[i] < '0' || text.at[i] > '9')
            return false;
    return text.n > 0 && text.n <= max;
}

static bool
is_hex(struct str text)
{
    for (size_t i = 0; i < text.n; i++)
        if (text.at[i] == '\0' || strchr("0123456789abcdefABCDEF", text.at[i]) == NULL)
            return false;
    return true;
}

/* ---------------------------------------------------------------- messages */

static void
read_text(struct reading *r, const json_t *message)
{
    r->out->text = required(r, message, "text");
}

static void
read_sticker(struct reading *r, const json_t *message)
{
    const json_t *words = json_object_get(message, "keywords");
    size_t n = json_array_size(words); /* 0 if it is none */
    struct str *keyword;

    r->out->sticker.package_id = required(r, message, "packageId");
    r->out->sticker.id = required(r, message, "stickerId");
    r->is_strange |= !is_digits(r->out->sticker.package_id, WEBHOOK_STICKER_ID_MAX) ||
                     !is_digits(r->out->sticker.id, WEBHOOK_STICKER_ID_MAX);
    if (n > WEBHOOK_KEYWORDS_MAX)
        n = WEBHOOK_KEYWORDS_MAX;
    keyword = arena_alloc(r->arena, (n > 0 ? n : 1) * sizeof(*keyword));
    if (keyword == NULL) {
        r->is_full = true;
        return;
    }
    r->out->sticker.keywords = keyword;
    for (size_t i = 0; i < n; i++) {
        const json_t *word = json_array_get(words, i);

        if (json_is_string(word))
            keyword[r->out->sticker.keywords_n++] =
                kept(r, (struct str){json_string_value(word), json_string_length(word)});
    }
}

static double
degrees(struct reading *r, const json_t *message, const char *name, double most)
{
    const json_t *value = json_object_get(message, name);
    double degrees = json_number_value(value); /* 0 if it is none */

    r->is_strange |= !json_is_number(value) || degrees < -most || degrees > most;
    return degrees;
}

static void
read_location(struct reading *r, const json_t *message)
{
    r->out->place.title = optional(r, message, "title");
    r->out->place.address = optional(r, message, "address");
    r->out->place.latitude = degrees(r, message, "latitude", 90);
    r->out->place.longitude = degrees(r, message, "longitude", 180);
}

static void
read_message(struct reading *r)
{
    static const struct {
        struct str type;
        enum webhook_kind kind;
        void (*read)(struct reading *, const json_t *message);
    } row[] = {
        {STR_INIT("text"), WEBHOOK_MESSAGE_TEXT, read_text},
        {STR_INIT("sticker"), WEBHOOK_MESSAGE_STICKER, read_sticker},
        {STR_INIT("image"), WEBHOOK_MESSAGE_IMAGE, NULL},
        {STR_INIT("video"), WEBHOOK_MESSAGE_VIDEO, NULL},
        {STR_INIT("audio"), WEBHOOK_MESSAGE_AUDIO, NULL},
        {STR_INIT("file"), WEBHOOK_MESSAGE_FILE, NULL},
        {STR_INIT("location"), WEBHOOK_MESSAGE_LOCATION, read_location},
    };
    const json_t *message = json_object_get(r->event, "message");
    struct str type = webhook_text_at(message, "type"), id = webhook_text_at(message, "id");
    size_t i = 0;

    while (i < sizeof(row) / sizeof(row[0]) && !str_eq(type, row[i].type))
        i++;
    r->is_strange |= i == sizeof(row) / sizeof(row[0]);
    if (r->is_strange)
        return;
    r->out->kind = row[i].kind;
    if (webhook_is_id(id, WEBHOOK_MESSAGE_ID_MAX))
        r->out->message_id = kept(r, id);
    if (row[i].read != NULL)
        row[i].read(r, message);
}

/* In the documentation, but not in webhook.yml: only that it came is of use. */
static void
read_message_edited(struct reading *r)
{
    const json_t *message = json_object_get(r->event, "message");
    struct str id = webhook_text_at(message, "id");

    if (webhook_is_id(id, WEBHOOK_MESSAGE_ID_MAX))
        r->out->message_id = kept(r, id);
    r->out->text = optional(r, message, "text");
}

static void
read_unsend(struct reading *r)
{
    r->out->message_id = required(r, json_object_get(r->event, "unsend"), "messageId");
    r->is_strange |= !webhook_is_id(r->out->message_id, WEBHOOK_MESSAGE_ID_MAX);
}

/* ---------------------------------------------------------------- the others */

/* The object is missing in some of LINE's samples. */
static void
read_follow(struct reading *r)
{
    const json_t *follow = json_object_get(r->event, "follow");

    r->out->is_unblocked = json_is_true(json_object_get(follow, "isUnblocked"));
}

static void
read_postback(struct reading *r)
{
    static const char *const picked[] = {"datetime", "date", "time"};
    const json_t *postback = json_object_get(r->event, "postback");
    const json_t *params = json_object_get(postback, "params");

    r->out->text = required(r, postback, "data");
    for (size_t i = 0; i < 3 && r->out->postback.picked.n == 0; i++)
        r->out->postback.picked = optional(r, params, picked[i]);
    r->out->postback.menu_alias = optional(r, params, "newRichMenuAliasId");
    r->out->postback.menu_is_switched = str_eq(webhook_text_at(params, "status"), STR("SUCCESS"));
}

static void
read_beacon(struct reading *r)
{
    static const struct str types[] = {
        [WEBHOOK_BEACON_ENTER] = STR_INIT("enter"),
        [WEBHOOK_BEACON_BANNER] = STR_INIT("banner"),
        [WEBHOOK_BEACON_STAY] = STR_INIT("stay"),
    };
    const json_t *beacon = json_object_get(r->event, "beacon");
    struct str hwid = webhook_text_at(beacon, "hwid"), type = webhook_text_at(beacon, "type");
    struct str message = webhook_text_at(beacon, "dm");
    size_t i = 0;

    while (i < sizeof(types) / sizeof(types[0]) && !str_eq(type, types[i]))
        i++;
    r->is_strange |=
        i == sizeof(types) / sizeof(types[0]) || hwid.n != WEBHOOK_HWID_SIZE - 1 || !is_hex(hwid);
    if (r->is_strange)
        return;
    r->out->beacon.type = (enum webhook_beacon)i;
    for (size_t j = 0; j < hwid.n; j++)
        r->out->beacon.hwid[j] =
            (char)(hwid.at[j] >= 'A' && hwid.at[j] <= 'F' ? hwid.at[j] - 'A' + 'a' : hwid.at[j]);
    if (message.n <= DEVICE_MESSAGE_MAX && is_hex(message))
        r->out->beacon.device_message = kept(r, message);
}

static void
read_account_link(struct reading *r)
{
    const json_t *link = json_object_get(r->event, "link");
    struct str result = webhook_text_at(link, "result");

    r->out->nonce = required(r, link, "nonce");
    r->out->link_is_ok = str_eq(result, STR("ok"));
    r->is_strange |= !webhook_is_id(r->out->nonce, WEBHOOK_NONCE_MAX) ||
                     r->out->nonce.n < NONCE_LEAST ||
                     (!r->out->link_is_ok && !str_eq(result, STR("failed")));
}

/* ---------------------------------------------------------------- by type */

static const struct {
    struct str type; /* as LINE says it */
    const char *name;
    void (*read)(struct reading *r);
} kinds[WEBHOOK_KINDS] = {
    [WEBHOOK_OTHER] = {STR_INIT(""), "other", NULL},
    [WEBHOOK_FOLLOW] = {STR_INIT("follow"), "follow", read_follow},
    [WEBHOOK_UNFOLLOW] = {STR_INIT("unfollow"), "unfollow", NULL},
    [WEBHOOK_MESSAGE_TEXT] = {STR_INIT("message"), "message.text", read_message},
    /* Told apart by read_message; their names are no types of LINE's. */
    [WEBHOOK_MESSAGE_STICKER] = {STR_INIT(""), "message.sticker", NULL},
    [WEBHOOK_MESSAGE_IMAGE] = {STR_INIT(""), "message.image", NULL},
    [WEBHOOK_MESSAGE_VIDEO] = {STR_INIT(""), "message.video", NULL},
    [WEBHOOK_MESSAGE_AUDIO] = {STR_INIT(""), "message.audio", NULL},
    [WEBHOOK_MESSAGE_FILE] = {STR_INIT(""), "message.file", NULL},
    [WEBHOOK_MESSAGE_LOCATION] = {STR_INIT(""), "message.location", NULL},
    [WEBHOOK_MESSAGE_EDITED] = {STR_INIT("messageEdited"), "message.edited", read_message_edited},
    [WEBHOOK_UNSEND] = {STR_INIT("unsend"), "unsend", read_unsend},
    [WEBHOOK_POSTBACK] = {STR_INIT("postback"), "postback", read_postback},
    [WEBHOOK_BEACON] = {STR_INIT("beacon"), "beacon", read_beacon},
    [WEBHOOK_ACCOUNT_LINK] = {STR_INIT("accountLink"), "account_link", read_account_link},
    [WEBHOOK_JOIN] = {STR_INIT("join"), "join", NULL},
    [WEBHOOK_LEAVE] = {STR_INIT("leave"), "leave", NULL},
    [WEBHOOK_MEMBER_JOINED] = {STR_INIT("memberJoined"), "member_joined", NULL},
    [WEBHOOK_MEMBER_LEFT] = {STR_INIT("memberLeft"), "member_left", NULL},
    [WEBHOOK_VIDEO_PLAY_COMPLETE] = {STR_INIT("videoPlayComplete"), "video_play_complete", NULL},
    [WEBHOOK_MEMBERSHIP] = {STR_INIT("membership"), "membership", NULL},
    [WEBHOOK_DELIVERY] = {STR_INIT("delivery"), "delivery", NULL},
    [WEBHOOK_MODULE] = {STR_INIT("module"), "module", NULL},
    [WEBHOOK_ACTIVATED] = {STR_INIT("activated"), "activated", NULL},
    [WEBHOOK_DEACTIVATED] = {STR_INIT("deactivated"), "deactivated", NULL},
    [WEBHOOK_BOT_SUSPENDED] = {STR_INIT("botSuspended"), "bot_suspended", NULL},
    [WEBHOOK_BOT_RESUMED] = {STR_INIT("botResumed"), "bot_resumed", NULL},
};

const char *
webhook_kind_name(enum webhook_kind kind)
{
    return kinds[kind].name;
}

bool
webhook_content(const json_t *event, struct arena *arena, struct webhook_event *out)
{
    const struct webhook_event envelope = *out;
    struct str type = webhook_text_at(event, "type");
    struct reading r = {.event = event, .arena = arena, .out = out};

    out->kind = WEBHOOK_OTHER;
    for (size_t kind = 1; kind < WEBHOOK_KINDS; kind++) {
        if (kinds[kind].type.n == 0 || !str_eq(type, kinds[kind].type))
            continue;
        out->kind = (enum webhook_kind)kind;
        if (kinds[kind].read != NULL)
            kinds[kind].read(&r);
        break;
    }
    if (r.is_strange) {
        *out = envelope;
        out->kind = WEBHOOK_OTHER;
    }
    return !r.is_full;
}
