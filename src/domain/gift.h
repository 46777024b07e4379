/*
 * gift.h - units that one member gives to another.
 *
 * They leave the giver's card at once, so that they can be given once only, and wait behind a link
 * that the giver passes on. Whoever opens it and accepts first has them; what nobody takes in time,
 * or the giver takes back, returns to the lots it came from. The units keep their ends on the way.
 * Each gift therefore has one transfer out, and in the end either one in or one that reverses it.
 *
 * The link holds 128 random bits, of which the book keeps a keyed hash, and for as long as the gift
 * is open a sealed copy, so that the giver can send the link again. Neither side learns who the
 * other is: the taker reads only what the giver chose to be called.
 *
 * All functions that write expect a savepoint around them.
 */
#ifndef DOMAIN_GIFT_H
#define DOMAIN_GIFT_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "domain/card.h"
#include "domain/gift_case.h"
#include "domain/ledger.h"
#include "store/db.h"

#include <stddef.h>
#include <stdint.h>

#define GIFT_TOKEN_SIZE 23 /* 128 bits as base64url, and a NUL */
#define GIFT_NICKNAME_POINTS 20
#define GIFTS_LISTED_MAX 30

const char *gift_state_name(enum gift_state state); /* "open", "accepted", "returned" */

struct gift {
    int64_t id;
    int64_t card_id, plan_id, member_id; /* the giver's */
    int64_t amount;
    enum gift_state state;
    int64_t out_seq;
    int64_t made_ms, until_ms, closed_ms; /* closed_ms 0: still open */
};

struct gift_new {
    int64_t member_id, plan_id;
    int64_t amount;      /* 1..GRANT_AMOUNT_MAX */
    struct str nickname; /* as typed; empty: none */
    uint8_t request_key[REQUEST_KEY_SIZE];
    int64_t now_ms;
};

/* Audited. Refused: as gift_may_give. *card_out is as it is then.
 * ERR_INPUT text_*, of the nickname; ERR_NOT_FOUND "card_unknown", "plan_unknown" */
enum err_code gift_make(struct db *db, const struct gift_new *in, struct gift *out,
                        struct card *card_out, struct refusal *refusal, struct err *e);

struct gift_take {
    struct str token;
    int64_t member_id; /* who accepts */
    uint8_t request_key[REQUEST_KEY_SIZE];
    int64_t now_ms;
};

struct gift_taken {
    struct gift gift;
    int64_t seq;
    int64_t rewards; /* that it reached: goals it filled the card to */
    struct card card;
};

/* Audited; the giver is owed a notice. Refused: as gift_may_take, and TOO_MUCH. ERR_NOT_FOUND
 * "gift_unknown" */
enum err_code gift_accept(struct db *db, const struct gift_take *in, struct gift_taken *out,
                          struct refusal *refusal, struct err *e);

/* The giver changes their mind. Audited. Refused: GIFT_TAKEN, GIFT_OVER.
 * ERR_NOT_FOUND "gift_unknown": none, or another member's */
enum err_code gift_take_back(struct db *db, int64_t gift_id, int64_t member_id,
                             const uint8_t request_key[REQUEST_KEY_SIZE], int64_t now_ms,
                             struct card *card_out, struct refusal *refusal, struct err *e);

/* All that a member has open goes back: before they leave, or are merged into another. */
enum err_code gifts_return(struct db *db, int64_t member_id, int64_t now_ms, struct err *e);

/* What nobody took in time goes back, at most `max` gifts, *n_out of them; each giver is owed a
 * notice. */
enum err_code
gift_expire_due(struct db *db, int64_t now_ms, int64_t max, int64_t *n_out, struct err *e);

/* ---------------------------------------------------------------- reading */

struct gift_seen {
    struct gift gift;
    struct str nickname;    /* in arena; empty: none, or it is closed */
    struct refusal refusal; /* why `member_id` may not take it now */
};
/* As whoever has the link sees it; member_id 0: nobody has signed in. ERR_NOT_FOUND "gift_unknown"
 */
enum err_code gift_see(struct db *db, struct str token, int64_t member_id, int64_t now_ms,
                       struct arena *a, struct gift_seen *out, struct err *e);

struct gift_line {
    struct gift gift;
    char token[GIFT_TOKEN_SIZE]; /* "" when it is closed */
};
/* What a member gave, newest first; at most `cap`. */
enum err_code gifts_of_member(struct db *db, int64_t member_id, struct gift_line *out, size_t cap,
                              size_t *n_out, struct err *e);

/* What the card may give now, by its rules: 0 when nothing. */
enum err_code gift_room(struct db *db, const struct card *card, const struct plan_rules *rules,
                        int64_t now_ms, int64_t *out, struct err *e);

#endif
