/*
 * bonus.h - units that are given beside a visit, or without one: for joining, on a birthday, for an
 * event that the shop thanks for.
 *
 * A bonus is a transfer of its own, with the reason for it, and reaches what a grant reaches. Each
 * is given once in its time to a person, whatever cards became one since (earn_book.h). Functions
 * here expect a savepoint around them.
 */
#ifndef DOMAIN_BONUS_H
#define DOMAIN_BONUS_H

#include "base/err.h"
#include "base/str.h"
#include "domain/card.h"
#include "domain/ledger.h"
#include "domain/plan.h"
#include "domain/refusal.h"
#include "store/db.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bonus {
    const struct card *card;        /* as it is now */
    const struct plan_rules *rules; /* in force */
    int64_t units;
    const char *reason;
    int64_t cause_seq; /* of the grant it came with; 0: none */
    int64_t staff_id, till_id, shop_id;
    uint8_t request_key[REQUEST_KEY_SIZE];
    int64_t now_ms;
    bool is_told; /* a notice is owed, as of a grant */
};

struct bonus_result {
    int64_t seq;
    uint8_t mac[MAC_SIZE];
    int64_t at_ms;
    int64_t notice_id; /* 0: none, or of the vouchers only */
    int64_t rounds;
    struct card card; /* afterwards */
    size_t vouchers_n;
    struct grant_voucher voucher[GRANT_REWARDS_MAX];
};

/* Whether it was given before is not asked here. Refused: TOO_MUCH */
enum err_code bonus_give(struct db *db, const struct bonus *in, struct bonus_result *out,
                         struct refusal *refusal, struct err *e);

/* What a new card brings, if the plan says so and its member has had none. */
enum err_code bonus_join(struct db *db, const struct card *card, int64_t now_ms, struct err *e);

struct event_bonus {
    int64_t card_id;
    struct str event; /* its name in the plan */
    int64_t staff_id; /* 0: the operator, for nobody */
    bool by_operator; /* at the command line, whomever it is for; else staff_id asked for it */
    uint8_t request_key[REQUEST_KEY_SIZE];
    int64_t now_ms;
};

/*
 * Thank a member for an event. Audited. *rules_out is what it was given under.
 *
 * Refused: CARD_BLOCKED, CARD_MERGED, OWN_CARD, PLAN_OVER, BONUS_GIVEN, TOO_MUCH
 * ERR_NOT_FOUND "card_unknown", "event_unknown": the plan in force has none of that name
 */
enum err_code bonus_event(struct db *db, const struct event_bonus *in, struct bonus_result *out,
                          struct plan_rules *rules_out, struct refusal *refusal, struct err *e);

/* Whether bonus_event would give it, and under which rules; nothing is written. Refused and errors
 * as of it, but TOO_MUCH. */
enum err_code bonus_event_may(struct db *db, const struct event_bonus *in,
                              struct plan_rules *rules_out, struct refusal *refusal, struct err *e);

/* The active cards of a plan whose tier it is (-1: whatever it is), in order behind card after_id;
 * at most `max`. */
enum err_code bonus_cards(struct db *db, int64_t plan_id, int64_t tier, int64_t after_id,
                          int64_t *card_out, size_t max, size_t *n_out, struct err *e);

/* For members whose birthday it is by the clock of the plan, those of 29 February on the 28th of a
 * year without one; at most `max`, *n_out of them. */
enum err_code
bonus_birthdays(struct db *db, int64_t now_ms, size_t max, size_t *n_out, struct err *e);

#endif
