/*
 * webhook.h - what LINE tells us: signed requests with events in them.
 *
 * The signature covers the bytes as they came, so check it before anything reads them; it is the
 * only proof that LINE is speaking. Parsing is strict about the envelope that every event has and
 * lets pass what it does not know: new types, fields and values come without notice. An event whose
 * content is not what its type promises is one that we do not know either (WEBHOOK_OTHER).
 *
 * Source: Messaging API reference, "Webhooks"; webhook.yml.
 */
#ifndef LINE_WEBHOOK_H
#define LINE_WEBHOOK_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "line/userid.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WEBHOOK_MAX_BYTES ((size_t)1024 * 1024)
#define WEBHOOK_MAX_LEVELS 16 /* of nesting; LINE's own events reach 7 */
#define WEBHOOK_MAX_EVENTS 100
#define WEBHOOK_EVENT_ID_MAX 64 /* a ULID of 26 today */
#define WEBHOOK_MESSAGE_ID_MAX 64
#define WEBHOOK_STICKER_ID_MAX 20 /* digits */
#define WEBHOOK_KEYWORDS_MAX 15
#define WEBHOOK_HWID_SIZE 11 /* 10 hexadecimal digits and a NUL */
#define WEBHOOK_NONCE_MAX 255

enum webhook_kind {
    WEBHOOK_OTHER, /* a type we do not know, or content that is not its type's */
    WEBHOOK_FOLLOW,
    WEBHOOK_UNFOLLOW,
    WEBHOOK_MESSAGE_TEXT,
    WEBHOOK_MESSAGE_STICKER,
    WEBHOOK_MESSAGE_IMAGE,
    WEBHOOK_MESSAGE_VIDEO,
    WEBHOOK_MESSAGE_AUDIO,
    WEBHOOK_MESSAGE_FILE,
    WEBHOOK_MESSAGE_LOCATION,
    WEBHOOK_MESSAGE_EDITED,
    WEBHOOK_UNSEND,
    WEBHOOK_POSTBACK,
    WEBHOOK_BEACON,
    WEBHOOK_ACCOUNT_LINK,
    WEBHOOK_JOIN, /* from here on nothing but the envelope is read */
    WEBHOOK_LEAVE,
    WEBHOOK_MEMBER_JOINED,
    WEBHOOK_MEMBER_LEFT,
    WEBHOOK_VIDEO_PLAY_COMPLETE,
    WEBHOOK_MEMBERSHIP,
    WEBHOOK_DELIVERY,
    WEBHOOK_MODULE,
    WEBHOOK_ACTIVATED,
    WEBHOOK_DEACTIVATED,
    WEBHOOK_BOT_SUSPENDED,
    WEBHOOK_BOT_RESUMED,
    WEBHOOK_KINDS,
};

enum webhook_beacon { WEBHOOK_BEACON_ENTER, WEBHOOK_BEACON_BANNER, WEBHOOK_BEACON_STAY };

struct webhook_event {
    enum webhook_kind kind;
    struct str event_id; /* unique: the same event may come twice */
    int64_t at_ms;       /* when it happened: events come in any order */
    bool is_active_mode; /* false: another system has the chat, send nothing */
    bool is_redelivery;
    char user_id[USERID_SIZE]; /* "" if not said or not a one-to-one chat: nobody to speak with */
    struct str reply_token;    /* empty if the event cannot be replied to */
    struct str json;           /* the event alone, for webhook_event_parse */

    /* What the kind carries; else empty. */
    struct str message_id; /* MESSAGE_*: its own; UNSEND: of the message taken back. May be empty */
    struct str text;       /* MESSAGE_TEXT, _EDITED: the text; POSTBACK: its data */
    bool is_unblocked;     /* FOLLOW: a friend again rather than a new one, as LINE believes */
    struct {
        struct str package_id, id; /* digits */
        const struct str *keywords;
        size_t keywords_n;
    } sticker; /* MESSAGE_STICKER */
    struct {
        struct str title, address;  /* may be empty */
        double latitude, longitude; /* degrees, within +-90 and +-180 */
    } place;                        /* MESSAGE_LOCATION */
    struct {
        struct str picked;     /* the date, time or date and time chosen */
        struct str menu_alias; /* the rich menu switched to ... */
        bool menu_is_switched; /* ... if that went well */
    } postback;                /* POSTBACK */
    struct {
        char hwid[WEBHOOK_HWID_SIZE]; /* lower case */
        enum webhook_beacon type;
        struct str device_message; /* hexadecimal digits; may be empty */
    } beacon;                      /* BEACON */
    struct str nonce;              /* ACCOUNT_LINK: as we gave it to LINE */
    bool link_is_ok;               /* ACCOUNT_LINK: false: it failed, and there is no user */
};

/* "message.text", "follow" ...: for the log. */
const char *webhook_kind_name(enum webhook_kind kind);

/*
 * True if `header` (x-line-signature) is the signature of the body under one of the secrets:
 * two are in force while a channel secret is being replaced. Compares in constant time; empty
 * secrets never match.
 */
bool webhook_signed(struct str body, struct str header, const struct str *secrets, size_t n);

/*
 * Read a request's body. No events at all is LINE's connection check and fine. All results are in
 * arena. `*destination_out` is the bot's own user id, for the caller to compare.
 *
 * ERR_TOO_LARGE                 over WEBHOOK_MAX_BYTES
 * ERR_INPUT "webhook_deep"      over WEBHOOK_MAX_LEVELS
 * ERR_INPUT "webhook_malformed" no JSON, no UTF-8, or without what every envelope has
 * ERR_INPUT "webhook_crowded"   over WEBHOOK_MAX_EVENTS
 * ERR_INTERNAL                  the arena is full
 */
enum err_code webhook_parse(struct str body, struct arena *arena, struct str *destination_out,
                            struct webhook_event **events_out, size_t *n_out, struct err *e);

/* Read again one event that was kept as `json`. In arena; errors as above. */
enum err_code
webhook_event_parse(struct str json, struct arena *arena, struct webhook_event *out, struct err *e);

#endif
