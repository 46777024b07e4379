/*
 * replay.h - what a card's visits come to under given rules, as a pure function of the visits.
 *
 * The visits of one card are told in the order they were booked. Each is decided as the ledger
 * would have decided it - by the same functions (rules.h, plan_expiry.h, lots.h) - from what these
 * rules made of the visits before it. So the visits of the past can be held against rules that
 * never were in force (rehearsal.h), and against those that were: then the outcome is what
 * happened.
 *
 * What the book does not tell is taken as it was: units that entered by a merge, a gift or a bonus,
 * and what a member used - or as much of that as these rules have left on the card. What comes back
 * of it begins anew. The tier of a visit is the one the card then had, and its goal is that tier's.
 *
 * What was on a receipt the book does not tell either, but what it came to: under rules by which
 * sales count alike that is enough, under others rules for items give as for any sale. What a sale
 * that is given back takes with it is what these rules gave for it, in proportion; so is what is
 * owed then, and repaid. Caps of staff and tills are not held against a visit: one card does not
 * tell what others had on that day. replay_doubts and struct replay say of which events it matters
 * that something is not known.
 */
#ifndef DOMAIN_REPLAY_H
#define DOMAIN_REPLAY_H

#include "domain/earning.h"
#include "domain/lots.h"
#include "domain/plan.h"
#include "domain/refund_rules.h"
#include "domain/rules.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define REPLAY_VISITS_MAX 1024 /* of one card that a later visit may be held against */
#define REPLAY_SALES_MAX 64    /* of one card that were given back, or a part of them */
#define REPLAY_LOTS_MAX 512    /* of one card: those of one end count together */

enum replay_kind {
    REPLAY_VISIT,      /* at a till */
    REPLAY_LATE,       /* credited afterwards: no visit waits for it, and it for none */
    REPLAY_BONUS,      /* given without a visit, with what it reaches */
    REPLAY_ENTERS,     /* from another card, with what only the sum of both reaches */
    REPLAY_USED,       /* spent or swapped by the member */
    REPLAY_COMES_BACK, /* the price of a voucher that ended unused; it reaches nothing */
    REPLAY_GIVEN_AWAY, /* to another member */
    REPLAY_REFUND,     /* a part of a sale is given back, or all that is left of it */
    REPLAY_ENDS,       /* all that is left went: merged into another card, or erased */
};

/* Whether a part of a sale was given back later, and each time units went with it. */
enum replay_refunded { REPLAY_KEPT, REPLAY_REFUNDED, REPLAY_REFUNDED_SILENTLY };

struct replay_event {
    enum replay_kind kind;
    int64_t seq;       /* of the transfer */
    int64_t cause_seq; /* of the sale that a refund is of, or a bonus came with; 0: none */
    int64_t booked_ms;
    int64_t visit_ms; /* before it for what was queued */
    int64_t units;    /* a visit's stamps; what entered or left */
    int64_t yen;      /* of a sale; 0: none. Of a refund: that were given back so far, with it */
    int64_t base;     /* what the visit counted as, without factors ... */
    int64_t pieces;   /* ... and what it gave for pieces ... */
    const struct plan_rules *given; /* ... under these rules; borrowed, NULL: nobody knows */
    enum replay_refunded refunded;
    int64_t shop_id;
    int64_t tier;   /* of the card, before it */
    bool by_number; /* told by a fixed number alone */
};

/* Why what comes of an event is not known for certain. */
enum replay_doubt {
    REPLAY_ITEMS, /* a sale under other rules for items: its lines are not kept */
    REPLAY_CAPS,  /* a visit under other caps of staff or tills: one card does not tell what others
                     had */
    REPLAY_TIERS, /* of a card that may have another tier */
    REPLAY_REFUNDS, /* of rewards that may have been used by then, units that had ended, or which no
                       transfer tells */
    REPLAY_DOUBTS,
};
const char *replay_doubt_name(enum replay_doubt doubt); /* "items" */
/* Which of them hold under these rules, as bits, but for refunds: struct replay has those. `was`:
 * those that the tiers of the past are of. */
unsigned replay_doubts(const struct plan_rules *rules, const struct plan_rules *was,
                       const struct replay_event *event);

/* Why a visit that did earn would not have. */
enum replay_refusal {
    REPLAY_TOO_SOON,
    REPLAY_DAY_FULL,
    REPLAY_NUMBER_FULL,
    REPLAY_CAPPED,     /* the member has earned enough that day */
    REPLAY_TOO_LITTLE, /* the sale is too small for a point */
    REPLAY_TOO_MUCH,   /* it would reach too many rewards at once */
    REPLAY_OVER,       /* the plan has ended */
    REPLAY_REFUSALS,
};
const char *replay_refusal_name(enum replay_refusal refusal); /* "too_soon" */

/* What came of it; sums of several cards add up field by field. */
struct replay_sums {
    int64_t visits; /* that earned */
    int64_t refused[REPLAY_REFUSALS];
    int64_t units;                    /* given by visits */
    int64_t rounds;                   /* cards filled */
    int64_t vouchers;                 /* of all rewards */
    int64_t reward[PLAN_REWARDS_MAX]; /* of each, as the rules list them */
    int64_t lapsed;                   /* units that came to their end */
};

struct replay_visit {
    int64_t booked_ms, visit_ms;
    int64_t shop_id, units;
    bool by_number;
};

/* One that is given back later. */
struct replay_sale {
    int64_t seq;
    struct refundable what; /* as these rules have it */
    struct unit_life life;  /* of its units */
    int64_t units;          /* given back so far */
    bool is_silent;         /* some of that took nothing in the book, and is not told there */
};

struct replay {
    const struct plan_rules *rules; /* borrowed */
    struct plan_rules own;          /* the same, of a tier that has a goal of its own ... */
    int64_t own_tier;               /* ... this one; 0: unset */
    int64_t issued_ms;
    struct place place;
    struct replay_sums sums; /* of this card */
    struct unit_life last;   /* of the units that the newest visit gave; 0 if it gave none */
    int64_t last_units;
    bool is_doubtful; /* what came of the newest event, a refund: REPLAY_REFUNDS */
    struct lots lots; /* over the array below */
    struct lot lot[REPLAY_LOTS_MAX];
    size_t sales_n;
    bool has_lost_sales; /* there was no room for more */
    struct replay_sale sale[REPLAY_SALES_MAX];
    size_t visits; /* how many were kept, the last REPLAY_VISITS_MAX of them here */
    struct replay_visit visit[REPLAY_VISITS_MAX];
};

/* A card without units; everything of another card before is forgotten. */
void replay_begin(struct replay *replay, const struct plan_rules *rules, int64_t issued_ms);
void replay_add(struct replay *replay, const struct replay_event *event);
/* Up to now: what ended meanwhile is gone. */
void replay_end(struct replay *replay, int64_t now_ms);

void replay_sum(struct replay_sums *all, const struct replay_sums *one);

#endif
