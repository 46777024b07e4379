/*
 * webhook.h - what LINE tells us: signed requests with events in them.
 *
 * The signature covers the bytes as they came, so check it before anything reads them; it is the
 * only proof that LINE is speaking. Parsing is strict about the envelope that every event has and
 * lets pass what it does not know: new types, fields and values come without notice.
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
#define WEBHOOK_MAX_EVENTS 100
#define WEBHOOK_EVENT_ID_MAX 64 /* a ULID of 26 today */

enum webhook_kind {
    WEBHOOK_OTHER, /* nothing we act on, or a type we do not know */
    WEBHOOK_FOLLOW,
    WEBHOOK_UNFOLLOW,
    WEBHOOK_MESSAGE_TEXT,
    WEBHOOK_POSTBACK,
};

struct webhook_event {
    enum webhook_kind kind;
    struct str event_id; /* unique: the same event may come twice */
    int64_t at_ms;       /* when it happened: events come in any order */
    bool is_active_mode; /* false: another system has the chat, send nothing */
    bool is_redelivery;
    char user_id[USERID_SIZE]; /* "" if not said or not a one-to-one chat: nobody to speak with */
    struct str reply_token;    /* empty if the event cannot be replied to */
    struct str text;           /* MESSAGE_TEXT: the text; POSTBACK: its data; else empty */
    bool is_unblocked;         /* FOLLOW: a friend again rather than a new one, as LINE believes */
    struct str json;           /* the event alone, for webhook_event_parse */
};

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
 * ERR_INPUT "webhook_malformed" no JSON, or without what every envelope has
 * ERR_INPUT "webhook_crowded"   over WEBHOOK_MAX_EVENTS
 * ERR_INTERNAL                  the arena is full
 */
enum err_code webhook_parse(struct str body, struct arena *arena, struct str *destination_out,
                            struct webhook_event **events_out, size_t *n_out, struct err *e);

/* Read again one event that was kept as `json`. In arena; errors as above. */
enum err_code
webhook_event_parse(struct str json, struct arena *arena, struct webhook_event *out, struct err *e);

#endif
