/*
 * rehearsal.h - a draft of a plan, run over the real book before anybody is bound by it.
 *
 * The visits of every card of the plan, as the ledger has them - reversed ones left out, refunds
 * taken off - are replayed twice (replay.h): under the rules in force, and under the draft, as if
 * either had been in force from the beginning. Nothing is written. What comes of it answers two
 * questions: who would have gained and who lost, and what happens to the cards as they are on the
 * day the draft comes into force.
 *
 * It goes card by card, some at a time, in the memory of one card. Units that are on cards already
 * keep what they were given with, whatever is published; the ends that are compared here are those
 * of units the two rules would have given.
 */
#ifndef DOMAIN_REHEARSAL_H
#define DOMAIN_REHEARSAL_H

#include "base/err.h"
#include "domain/plan.h"
#include "domain/replay.h"
#include "store/db.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define REHEARSAL_TOP 10 /* largest gains, and losses */

/* A card whose outcome differs. */
struct outcome {
    int64_t card_id, member_id;
    int64_t vouchers_was, vouchers_is;
    int64_t units_was, units_is;     /* given by visits */
    int64_t balance_was, balance_is; /* now */
    int64_t weight;                  /* how much more, or less: to sort by */
};

struct outcomes {
    int64_t cards;
    size_t n;
    struct outcome top[REHEARSAL_TOP]; /* largest first */
};

struct rehearsal {
    struct plan_rules was, is;
    int64_t now_ms;
    int64_t after_card; /* go on behind this one */
    bool is_over;

    int64_t transfers; /* read */
    int64_t cards;     /* replayed */
    int64_t same;
    struct outcomes gain, loss;
    struct replay_sums sums_was, sums_is;

    /* Of units that both give for a visit. */
    int64_t end_earlier, end_later; /* under the draft */

    /* Transfers of which it is not known for certain what would have come of them, and why: one can
     * have several reasons. */
    int64_t doubted;
    int64_t doubts[REPLAY_DOUBTS];

    /* Of cards as they are. */
    int64_t fill_at_once; /* hold the draft's goal already: full at their next visit */
    int64_t under_way;    /* hold something, but not that */

    struct replay replay_was, replay_is;
    struct plan_rules given; /* those that the transfer before was given under */
};

/* Zeroed but for what is to be compared. */
void rehearsal_begin(struct rehearsal *r, const struct plan_rules *was, const struct plan_rules *is,
                     int64_t now_ms);

/* Go on for at least one card, and about so many transfers; r->is_over: that was the last. */
enum err_code rehearsal_go_on(struct db *db, struct rehearsal *r, int64_t transfers, struct err *e);

/*
 * How much better off one is under `is` than under `was`: first by rewards reached, then by how far
 * the card is on the way to the next, then by units. 0: the same; negative: worse.
 *
 * Units alone do not tell: half the points for half the goal is the same.
 */
int64_t outcome_weight(const struct replay *was, const struct replay *is);

#endif
