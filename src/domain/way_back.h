/*
 * way_back.h - how far a card goes back when units leave it that should not have come, as pure
 * functions of the way it came.
 *
 * A card's vouchers, newest first, are that way: rewards reached in passing, and before each
 * round's the one that round was spent for. Units that go back move the card's place down, and the
 * highest place of its round with it; what lies above is undone: a reward in passing when the round
 * did not come so far, a round when its units are needed. What the card had reached before those
 * units came is deserved without them, and stays.
 */
#ifndef DOMAIN_WAY_BACK_H
#define DOMAIN_WAY_BACK_H

#include "domain/voucher.h"

#include <stdbool.h>
#include <stdint.h>

/* What the card was before the units came, without what has been taken back since. */
struct way_before {
    int64_t peak;         /* the highest place, in the round they came into */
    int64_t round_spare;  /* what the round before left; below 0: it was not filled */
    int64_t rounds_since; /* rounds they, or later ones, filled */
};

struct way {
    int64_t since_seq; /* the transfer whose units go back */
    struct way_before before;
    bool keeps_redeemed; /* what was used stays, and its units with it; else it blocks the way */
    int64_t balance;     /* where the card stands so far; below 0 so much is missing */
    int64_t reached;     /* the highest place of the round it stands in */
    int64_t kept_at;     /* a reward of that round that stays: it is not reached a second time */
    int64_t rounds_kept; /* rounds that stay */
    bool is_below;       /* rounds of before were undone, too */
};

/* A card of this balance and highest place gives `amount` back; the rest of `way` is set. */
void way_begin(struct way *way, int64_t balance, int64_t reached, int64_t amount);

/* A voucher on the way. */
struct passed {
    int64_t cause_seq;
    int64_t at;    /* its reward's place in a round */
    int64_t round; /* the units of the round it was paid with; 0: reached in passing */
    enum voucher_state state;
    bool is_undone; /* its round already is: it had expired before that */
};

enum way_step {
    WAY_ENDS,    /* the card stands here: nothing older is touched */
    WAY_GOES_ON, /* it tells nothing, or stays */
    WAY_UNDOES,  /* its round is mirrored, and it is cancelled if it is still issued */
    WAY_BLOCKED, /* it was redeemed */
};
enum way_step way_meets(struct way *way, const struct passed *voucher);

/* Where the card stands in the end; `missing` units were not to be had. */
struct way_end {
    int64_t balance, reached, missing;
};
struct way_end way_end(const struct way *way);

#endif
