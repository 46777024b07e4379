/*
 * undoing.h - what goes with units that a card gives back: the rounds they filled, the vouchers
 * they reached, and the bonuses that came with them. Only reversal.c, refund.c and
 * voucher_cancel.c include it.
 */
#ifndef DOMAIN_UNDOING_H
#define DOMAIN_UNDOING_H

#include "domain/ledger.h"
#include "domain/posting.h"
#include "domain/way_back.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One grant reaches at most GRANT_REWARDS_MAX rewards, but those it undoes may be of a plan whose
 * goal was lowered since. */
#define UNDO_MAX (GRANT_REWARDS_MAX * 2)

struct undo {
    int64_t voucher_id;
    bool is_issued; /* else it expired: there is nothing left to cancel */
    int64_t cause_seq;
    int64_t round_seq; /* 0: reached in passing */
};

struct undoing {
    size_t n;
    struct undo undo[UNDO_MAX];
    struct way_end end; /* where the card will stand */
};

/*
 * What it takes for `card` to give back `amount` units that transfer since_seq, and what came with
 * it, brought. keeps_redeemed: as in struct way.
 *
 * Refused: VOUCHER_REDEEMED, TOO_MUCH. Units that are not to be had stand in out->end.missing.
 */
enum err_code
undoing_find(struct db *db, const struct card *card, int64_t since_seq, int64_t amount,
             bool keeps_redeemed, struct undoing *out, struct refusal *refusal, struct err *e);

/* What the surplus of the newest round has reached since: its round is to be undone, and then the
 * next visit reaches that again. Refused: VOUCHER_REDEEMED, TOO_MUCH */
enum err_code undoing_of_surplus(struct db *db, const struct card *card, struct undoing *out,
                                 struct refusal *refusal, struct err *e);

/* What came or left because of a grant, and was not undone: its bonuses, and what it repaid. */
struct dependents {
    size_t n;
    struct transfer transfer[DEPENDENTS_MAX];
    int64_t entered; /* units that came with it, less those that left */
};
/* Refused: TOO_MUCH, when there are more. */
enum err_code dependents_of(struct db *db, const struct transfer *what, struct dependents *out,
                            struct refusal *refusal, struct err *e);

/* Whether units that `what`, or a bonus with it, brought have come to their end: giving them back
 * would take others. Refused: POINTS_LAPSED with when */
enum err_code judge_lapse(struct db *db, const struct transfer *what, const struct dependents *with,
                          struct refusal *refusal, struct err *e);

/* ---------------------------------------------------------------- writing */

/* `t`, the mirror of `undone`. */
enum err_code
mirror_add(struct posting *posting, const struct reversal *in, const struct transfer *undone,
           int64_t cause_seq, struct transfer *t, struct err *e);
/* Mirrors of its rounds: their units come back to the card. */
enum err_code undoing_rounds(struct posting *posting, const struct reversal *in,
                             const struct undoing *undoing, int64_t *rounds_out, struct err *e);

/* Its vouchers are cancelled by transfer `seq`; 0: by nobody's transfer, and an audit line each. */
enum err_code undoing_vouchers(struct db *db, const struct undoing *undoing, int64_t seq,
                               const struct by *by, int64_t *cancelled_out, struct err *e);
/* One of them, which cause_seq had reached, with the notice of it. */
enum err_code undoing_voucher(struct db *db, int64_t voucher_id, int64_t cause_seq, int64_t seq,
                              const struct by *by, struct err *e);
/* News of transfer `seq` that nobody has been told yet is no news any more. */
enum err_code undoing_news(struct db *db, int64_t seq, struct err *e);

#endif
