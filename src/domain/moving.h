/*
 * moving.h - all that one card holds goes to another of the same plan: its units, and the vouchers
 * that are still good. Only merge.c, unmerge.c, customer.c and gift.c include it.
 *
 * Units that come over count like a grant of the smaller balance on top of the larger one: what the
 * larger has reached was rewarded there already, what only the sum reaches is rewarded now, and a
 * card that fills is spent for its reward. Nobody loses a reward by holding two cards, and nobody
 * gets one twice. Functions here expect a savepoint around them.
 */
#ifndef DOMAIN_MOVING_H
#define DOMAIN_MOVING_H

#include "base/err.h"
#include "domain/card.h"
#include "domain/ledger.h"
#include "domain/refusal.h"
#include "store/db.h"

#include <stdint.h>

/* Units that enter a card, or leave it, other than by a visit. */
struct entry {
    const struct card *card;
    int64_t amount;  /* 1..GRANT_AMOUNT_MAX */
    int64_t reached; /* units_enter and move_all: so far they were rewarded where they come from */
    enum transfer_kind kind;
    const char *reason; /* as in struct transfer */
    int64_t cause_seq;
    int64_t staff_id;
    uint8_t request_key[REQUEST_KEY_SIZE];
    int64_t now_ms;
};

/* Units from outside of the book, with what they reach. Refused: TOO_MUCH */
enum err_code units_enter(struct db *db, const struct entry *in, int64_t *seq_out,
                          int64_t *rewards_out, struct refusal *refusal, struct err *e);

/* The same, with what they reach as the caller counted it; and units that leave. */
enum err_code units_put(struct db *db, const struct entry *in, const struct plan_rules *rules,
                        const struct rounds *rounds, int64_t *seq_out, struct err *e);
enum err_code units_leave(struct db *db, const struct entry *in, const struct plan_rules *rules,
                          int64_t *seq_out, struct err *e);

struct move {
    struct card from, into; /* of one plan, two members */
    int64_t staff_id;       /* who approved it; 0: nobody */
    uint8_t request_key[REQUEST_KEY_SIZE];
    int64_t now_ms;
};

struct moved {
    int64_t out_seq, in_seq; /* 0: there were no units */
    int64_t amount;
    int64_t owed;     /* went over as well */
    int64_t vouchers; /* that went over */
    int64_t rewards;  /* that were reached by it */
};

/* Refused: TOO_MUCH */
enum err_code move_all(struct db *db, const struct move *in, struct moved *out,
                       struct refusal *refusal, struct err *e);

/*
 * What move_all did at since_ms goes back: `was` names its transfers and what was owed, in->from
 * gets back what it had, and owes again what of that is still owed. Later visits stay on in->into.
 *
 * Refused: BALANCE_TOO_LOW, VOUCHER_REDEEMED (one that came over, or that the units reached)
 */
enum err_code move_back(struct db *db, const struct move *in, const struct moved *was,
                        int64_t since_ms, struct refusal *refusal, struct err *e);

#endif
