/*
 * message.h - what we say in LINE's chat: Flex messages in four languages.
 *
 * One message is one fact about one card, with a button that opens the card. The words stand in
 * message_words.c. Several messages may go in one push: LINE bills the recipient, not the message.
 *
 * Source: Messaging API reference, "Flex Message"; limits in UTF-16 units as LINE counts.
 */
#ifndef LINE_MESSAGE_H
#define LINE_MESSAGE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MESSAGE_MAX_PER_BODY 5
#define MESSAGE_MAX_ALT_UNITS 1500
#define MESSAGE_MAX_LABEL 40
#define MESSAGE_MAX_URI_UNITS 1000
#define MESSAGE_MAX_BUBBLE_BYTES ((size_t)30 * 1024)
#define MESSAGE_MAX_NAME_UNITS 200 /* ours: names in the book have at most 64 characters */
#define MESSAGE_BODY_CAP ((size_t)160 * 1024) /* a buf of this cap holds every body */

enum message_language { MESSAGE_JA, MESSAGE_EN, MESSAGE_ZH_HANT, MESSAGE_TH, MESSAGE_LANGUAGES };

enum message_kind {
    MESSAGE_GRANT,   /* units were added: how many, how many there are now, where and when */
    MESSAGE_VOUCHER, /* a reward was issued, and until when it may be used */
    MESSAGE_BALANCE, /* the answer to somebody who asked */
    MESSAGE_INVITE,  /* the same, for somebody without a card */
    MESSAGE_KINDS,
};

enum message_unit { MESSAGE_STAMP, MESSAGE_POINT, MESSAGE_UNITS };

struct message {
    enum message_kind kind;
    enum message_language language;
    enum message_unit unit;
    struct str plan_name;    /* never empty */
    int64_t amount;          /* GRANT: units added, > 0 */
    int64_t balance;         /* GRANT, BALANCE: units now */
    int64_t goal;            /* GRANT, BALANCE: units that fill the card; 0: no such number */
    struct str reward_title; /* VOUCHER: what was won. Else what waits at `goal`, or empty */
    struct str shop_name;    /* GRANT: may be empty */
    struct str date_text;    /* as people read it. GRANT: of the visit; VOUCHER: last day to use it;
                                BALANCE: as of; INVITE: unused */
    struct str card_url;     /* https, percent-encoded */
};

/*
 * Write a whole request body, {"to":...,"messages":[...]} or {"replyToken":...,"messages":[...]},
 * for 1 to MESSAGE_MAX_PER_BODY messages.
 *
 * ERR_INPUT "message_field" (with e->field)  a value LINE would refuse; nothing useful was written
 * ERR_INTERNAL "message_too_long"            over LINE's limits, or over the buf's cap
 */
enum err_code message_push(struct buf *out, struct str user_id, const struct message *messages,
                           size_t n, struct err *e);
enum err_code message_reply(struct buf *out, struct str reply_token, const struct message *messages,
                            size_t n, struct err *e);

/* What LINE shows in the chat list and in the notification. In arena; false when that is full. */
bool message_alt_text(struct arena *arena, const struct message *message, struct str *out);

/* "ja", "en", "zh-Hant", "th"; anything else is Japanese. */
enum message_language message_language_of(struct str tag);

/* Does the text ask for the balance: ポイント, point, points, 點數, 点数, แต้ม, คะแนน and nothing
 * else? */
bool message_is_balance_word(struct arena *arena, struct str text);

#endif
