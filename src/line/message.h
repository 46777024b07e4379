/*
 * message.h - what we say in LINE's chat: Flex messages in four languages.
 *
 * One message is one fact about one card, with a button that opens the card; a digest is several
 * facts in one bubble, a line each, and cards are several bubbles in one message. The words stand
 * in message_ja.c and so on, and an owner's own words may take the place of each of the four parts
 * that people read first. Several messages may go in one push: LINE bills the recipient, not the
 * message.
 *
 * Source: Messaging API reference, "Flex Message"; limits in UTF-16 units as LINE counts, of labels
 * in grapheme clusters.
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
#define MESSAGE_MAX_TO 500 /* recipients of one multicast */
#define MESSAGE_MAX_ALT_UNITS 1500
#define MESSAGE_MAX_LABEL 40 /* grapheme clusters */
#define MESSAGE_MAX_URI_UNITS 1000
#define MESSAGE_MAX_TEXT_UNITS 5000
#define MESSAGE_MAX_QUICK 13
#define MESSAGE_QUICK_LABEL 20 /* of quick replies, in UTF-16 units */
#define MESSAGE_QUICK_SAYS 300
#define MESSAGE_MAX_BUBBLE_BYTES ((size_t)30 * 1024)
#define MESSAGE_MAX_CAROUSEL_BYTES ((size_t)50 * 1024)
#define MESSAGE_MAX_BUBBLES 12     /* of a carousel */
#define MESSAGE_MAX_NAME_UNITS 200 /* ours: names in the book have at most 64 characters */
#define MESSAGE_MAX_OWN_UNITS 500  /* ours: a part in the owner's words, before the merge */
#define MESSAGE_DIGEST_LINES 10    /* facts past these are told as a number */
#define MESSAGE_BODY_CAP                                                                           \
    ((size_t)320 * 1024) /* a buf of this cap holds every body but a multicast */

enum message_language { MESSAGE_JA, MESSAGE_EN, MESSAGE_ZH_HANT, MESSAGE_TH, MESSAGE_LANGUAGES };

enum message_kind {
    MESSAGE_GRANT,         /* units were added: how many, how many there are now, where and when */
    MESSAGE_ONE_MORE,      /* the next visit can win the reward */
    MESSAGE_VOUCHER,       /* a reward was issued, and until when it may be used */
    MESSAGE_VOUCHER_LAPSE, /* it ends soon and was not used */
    MESSAGE_POINTS_LAPSE,  /* units end soon */
    MESSAGE_TIER,          /* the member's rank is another one now */
    MESSAGE_WELCOME,       /* somebody became a friend, or has a first card */
    MESSAGE_WELCOME_BACK,  /* somebody who had blocked us is a friend again */
    MESSAGE_BIRTHDAY,      /* with what waits for it, if anything */
    MESSAGE_DORMANT,       /* no visit for a long time */
    MESSAGE_GIFT_TAKEN,    /* somebody accepted what the member gave */
    MESSAGE_GIFT_BACK,     /* nobody did: it is on the card again */
    MESSAGE_BALANCE,       /* the answer to somebody who asked */
    MESSAGE_INVITE,        /* the same, for somebody without a card */
    MESSAGE_STAFF,         /* what a person of the shop wrote: a plain text message */
    MESSAGE_DIGEST,        /* several of the above about one card, a line each */
    MESSAGE_CARDS,         /* several of the above side by side: one message, a bubble each */
    MESSAGE_KINDS,
};

enum message_unit { MESSAGE_STAMP, MESSAGE_POINT, MESSAGE_UNITS };

/* The parts of a bubble in an owner's words: templates with fields in braces. An empty part is
 * ours, and so is one that names a field for which this message has no value (a {reward} where none
 * waits): no sentence ends in nothing. */
enum message_part { MESSAGE_HEADLINE, MESSAGE_TEXT, MESSAGE_ALT, MESSAGE_BUTTON, MESSAGE_PARTS };

struct message_own {
    struct str part[MESSAGE_PARTS];
};

/* A button under the newest message, gone once something else is said. */
struct message_quick {
    struct str label; /* 1 to MESSAGE_QUICK_LABEL units */
    struct str says;  /* what whoever presses it says with it; empty: ... */
    struct str data;  /* ... what comes back to us (postback.h), with the label as what was said */
};

struct message {
    enum message_kind kind;
    enum message_language language;
    enum message_unit unit;
    struct str plan_name; /* never empty: the card's name, or the shop's where there is no card */
    int64_t amount;       /* GRANT: units added; POINTS_LAPSE: units that end; GIFT_*: given. > 0.
                             DIGEST: units added by all of its grants; 0: something else too */
    int64_t balance;      /* GRANT, ONE_MORE, BALANCE, DORMANT, DIGEST: units now */
    int64_t goal;         /* of the same: units that fill the card; 0: no such number, no bar */
    int days_left;        /* VOUCHER_LAPSE, POINTS_LAPSE: 0 today, 1 tomorrow, ... */
    struct str reward_title; /* VOUCHER, VOUCHER_LAPSE, ONE_MORE: never empty. BIRTHDAY: what waits,
                                or empty. Else what waits at `goal`, or empty */
    struct str shop_name;    /* GRANT: may be empty */
    struct str date_text;  /* as people read it. GRANT: of the visit; VOUCHER, *_LAPSE: last day to
                              use it; BIRTHDAY: the same, or empty; DORMANT: of the last visit;
                              BALANCE: as of. Else empty or as of */
    struct str tier_name;  /* TIER: never empty */
    struct str tier_gives; /* TIER: what it brings, or empty */
    struct str text;       /* STAFF: 1 to MESSAGE_MAX_TEXT_UNITS units */
    const struct message
        *facts; /* DIGEST: at least 2, of the kinds above STAFF; own words and URLs
                   of these are not read. CARDS: 2 to MESSAGE_MAX_BUBBLES, each
                   whole; of CARDS itself only these, quick and language are read */
    size_t facts_n;
    const struct message_own *own;     /* NULL: our words; of no use to STAFF and DIGEST */
    struct str card_url;               /* https, percent-encoded; of no use to STAFF */
    const struct message_quick *quick; /* LINE shows those of the last message */
    size_t quick_n;
};

/*
 * Write a whole request body for 1 to MESSAGE_MAX_PER_BODY messages: {"to":...,"messages":[...]} of
 * a push or a multicast to 1 to MESSAGE_MAX_TO people, {"replyToken":...,"messages":[...]}. Or only
 * the array, whose equal bytes show that people are told the same.
 *
 * ERR_INPUT "message_field" (with e->field)  a value LINE would refuse; nothing useful was written
 * ERR_INTERNAL "message_alt_too_long", "message_label_too_long", "message_text_too_long",
 *   "message_bubble_too_large", "message_carousel_too_large"  over LINE's limits with these values
 * ERR_INTERNAL "message_too_long"  over the buf's cap
 */
enum err_code message_push(struct buf *out, struct str user_id, const struct message *messages,
                           size_t n, struct err *e);
enum err_code message_multicast(struct buf *out, const struct str *user_ids, size_t ids_n,
                                const struct message *messages, size_t n, struct err *e);
enum err_code message_reply(struct buf *out, struct str reply_token, const struct message *messages,
                            size_t n, struct err *e);
enum err_code
message_array(struct buf *out, const struct message *messages, size_t n, struct err *e);

/* What LINE shows in the chat list and in the notification. In arena; false when that is full. */
bool message_alt_text(struct arena *arena, const struct message *message, struct str *out);

/* Whether a template may name the field: what an owner's words are checked for, apart from which
 * kind has which value. */
bool message_field_is_known(struct str name);

/* Our own template for a part, "" where the kind has none: what an owner begins with. */
const char *message_part_text(enum message_kind kind, enum message_language language,
                              enum message_unit unit, enum message_part part);

/* "ja", "en", "zh-Hant", "th"; anything else is Japanese. */
enum message_language message_language_of(struct str tag);

/* Does the text ask for the balance: ポイント, point, points, 點數, 点数, แต้ม, คะแนน and nothing
 * else? */
bool message_is_balance_word(struct arena *arena, struct str text);

#endif
