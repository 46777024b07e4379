/*
 * card.h - a member's account under a plan.
 *
 * What codes carry is the locator: random, unique, replaceable at any time. The card's id is never
 * shown outside.
 */
#ifndef DOMAIN_CARD_H
#define DOMAIN_CARD_H

#include "base/err.h"
#include "domain/plan.h"
#include "store/db.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LOCATOR_LIMIT INT64_C(10000000000) /* ten digits */
#define CARDS_OF_MEMBER_MAX 16

enum transfer_kind {
    TRANSFER_EARN = 1,
    TRANSFER_ROUND = 2,
    TRANSFER_REVERSE = 3,
    TRANSFER_EXPIRE = 4,
    TRANSFER_MERGE_OUT = 5,
    TRANSFER_MERGE_IN = 6,
    TRANSFER_BRING = 7,
    TRANSFER_SPEND = 8,
    TRANSFER_SWAP = 9,
    TRANSFER_LAPSE = 10,
    TRANSFER_BONUS = 11,
    TRANSFER_GIFT_OUT = 12,
    TRANSFER_GIFT_IN = 13,
    TRANSFER_REFUND = 14,
    TRANSFER_LATE = 15,
    TRANSFER_REPAY = 16,
    TRANSFER_SWAP_BACK = 17,
};
const char *transfer_kind_name(enum transfer_kind kind); /* "earn", "round", "merge_in" ... */

struct card {
    int64_t id;
    int64_t member_id;
    int64_t plan_id;
    int64_t locator;
    bool is_active; /* else blocked, ended or merged */
    bool is_ended;  /* its member was erased */
    bool is_merged; /* its member was closed: another card has its units */
    int64_t balance;
    int64_t issued_ms;
    int64_t reached; /* rewards of this round up to this place were given: rules.h */
    int64_t ends_ms; /* when the next of its lots ends, or has; 0: none does */
    int64_t owed;    /* units that what it earns repays first: debt.h */
};

/* Who does it, for the audit log; 0 where there is none. */
struct by {
    int64_t staff_id, till_id;
    int64_t now_ms;
};

/* ERR_CONFLICT "card_exists": one card a member and plan. */
enum err_code card_issue(struct db *db, int64_t member_id, int64_t plan_id, int64_t now_ms,
                         struct card *out, struct err *e);

/* ERR_NOT_FOUND "card_unknown" */
enum err_code card_load(struct db *db, int64_t card_id, struct card *out, struct err *e);
enum err_code
card_of_plan(struct db *db, int64_t member_id, int64_t plan_id, struct card *out, struct err *e);
enum err_code card_of_locator(struct db *db, int64_t locator, struct card *out, struct err *e);
/* By plan; at most `cap`. */
enum err_code cards_of_member(struct db *db, int64_t member_id, struct card *out, size_t cap,
                              size_t *n_out, struct err *e);

/* A blocked card can be neither scanned nor granted on; its balance stays. Audited.
 * ERR_CONFLICT "card_blocked", "card_active": it already was; "card_ended": it is nobody's. */
enum err_code card_block(struct db *db, int64_t card_id, const struct by *by, struct err *e);
enum err_code card_unblock(struct db *db, int64_t card_id, const struct by *by, struct err *e);

/* A new locator, and a new fixed number where the plan has them: every code shown or copied before
 * is dead, and what is on plastic with it. Audited. */
enum err_code card_reissue(struct db *db, int64_t card_id, const struct by *by, struct err *e);

/* For erasure.c: no code or number of it leads to it any more. */
enum err_code card_end(struct db *db, int64_t card_id, int64_t now_ms, struct err *e);

/*
 * What the card's bars hold. `rules` are those in force.
 *
 * A shop may show another code than the plan does: its tills, or a book beside ours, read nothing
 * else. A phone does not know where it is, so the card shows what the shop of its last visit does;
 * a shop that shows fixed numbers has no say over a plan without them.
 */
enum err_code card_linear(struct db *db, const struct card *card, const struct plan_rules *rules,
                          enum linear *out, struct err *e);

struct card_line {
    int64_t seq;
    enum transfer_kind kind;
    int64_t amount;
    bool is_credit; /* it entered the card */
    int64_t balance;
    int64_t at_ms; /* of the visit */
    int64_t shop_id;
    char shop[PLAN_TEXT_SIZE]; /* "" where there is none */
    int64_t reverses_seq;      /* a reverse: what it undid; else 0 */
    char reason[16];           /* as in the book: visit, sale, join, event:survey */
    bool has_parts;            /* a grant that was more than its visit or sale: earn_parts_load */
    bool is_reversed;
};

/* The newest lines of the card's history, newest first; at most `cap`. */
enum err_code card_history(struct db *db, int64_t card_id, struct card_line *out, size_t cap,
                           size_t *n_out, struct err *e);

#endif
