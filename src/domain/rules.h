/*
 * rules.h - what the rules say, as pure functions of facts and time.
 *
 * Nothing here reads the book or the clock, so every case can stand in a table of a test.
 */
#ifndef DOMAIN_RULES_H
#define DOMAIN_RULES_H

#include "domain/plan.h"
#include "domain/refusal.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GRANT_STAMPS_MAX 3       /* stamps of one visit */
#define GRANT_YEN_MAX 10000000   /* one sale */
#define GRANT_AMOUNT_MAX 1000000 /* units in one transfer */
#define GRANT_REWARDS_MAX 32     /* rewards one grant may reach */

/* From start_ms up to but not including end_ms. */
struct business_day {
    int64_t start_ms, end_ms;
};

/* The business day that at_ms belongs to: the plan's zone, cut at the plan's hour. */
struct business_day business_day(const struct plan_rules *rules, int64_t at_ms);

/* Visits of the past, nearest and of the day; of no more than the plan's limits reach back. */
struct grants_seen {
    bool has_near;
    int64_t near_ms;   /* the visit nearest in time, before or after */
    int64_t day_count; /* grants in the business day of the visit */
};

/*
 * What counts of a card's past: grants that were not reversed, by the time of the visit, which for
 * grants queued offline is before the time they were booked.
 */
struct grant_history {
    bool has_near;
    int64_t near_ms;         /* as in grants_seen, in all shops */
    int64_t day_count;       /* the same */
    bool by_number;          /* the visit in question is told by a fixed number alone */
    int64_t number_count;    /* so were these of that day; unset if it is not */
    struct grants_seen here; /* in the shop of the visit */
    int64_t spent_ms;        /* the visit that the scan in question granted for; 0: for none yet */
    bool has_visited;        /* ever, on this card */
};

/* Whether a visit at visit_ms may earn. REFUSAL_NONE, TOO_SOON, DAY_FULL, NUMBER_FULL, or SCAN_OVER
 * of a scan that has granted, where nothing else stands in the way: a card that is read twice is
 * told when it may come again, not that a scan has ended. again_ms is the first moment at which
 * neither would refuse, as far as the past can tell: being refused is no part of it, so asking too
 * early puts nothing off. */
struct refusal
grant_decide(const struct plan_rules *rules, const struct grant_history *history, int64_t visit_ms);

/* How often `each` goes into an amount >= 0, rounded. */
int64_t points_at(enum rounding rounding, int64_t amount, int64_t each);
/* Points for a sale, rounded as the plan says; 0 when it is too small. Any yen >= 0. */
int64_t points_of_sale(const struct plan_rules *rules, int64_t yen);

/* Where a card stands. */
struct place {
    int64_t balance;
    int64_t reached; /* rewards of this round up to here were given. Points that are used leave it
                        as it is, and so do points that come back: the next visit reaches what
                        those lift the card over */
    int64_t owed;    /* what comes repays it first, and reaches nothing with that */
};

/* What of `given` units a card that owes `owed` repays at once. */
int64_t repaid_of(int64_t owed, int64_t given);

struct round_step {
    size_t reward; /* index in rules->reward */
    bool is_round; /* the card is full: its goal is spent for this reward, the surplus stays */
};

struct rounds {
    size_t steps_n;
    struct round_step step[GRANT_REWARDS_MAX]; /* in the order they are reached */
    int64_t rounds;                            /* how many times the card fills */
    int64_t balance_after;                     /* what is left on the card */
    bool too_many; /* more than GRANT_REWARDS_MAX: nothing above holds */
};

/*
 * What `amount` more units reach. Rewards before the goal are reached in passing, once a round; the
 * goal fills the card and the surplus starts the next one. A card that already holds its goal (the
 * goal was lowered, or points came back) is full. Without a goal nothing is reached.
 */
struct rounds rounds_of(const struct plan_rules *rules, const struct place *before, int64_t amount);

/* Whether the next stamp reaches a reward. Never so of points: a sale decides how many they are. */
bool is_one_short(const struct plan_rules *rules, int64_t balance);

/* When a voucher issued at at_ms is over: valid_days whole business days after that one. */
int64_t
voucher_end(const struct plan_rules *rules, const struct plan_reward *reward, int64_t at_ms);

#endif
