/*
 * plan_tier.h - what a plan says about its members' tiers, and what follows from what they did.
 *
 * A tier is reached the moment what counts is enough, and kept for a stated time. When that is
 * over, what counts is looked at anew: it is kept for as long again, or the member goes down. A
 * balance never counts: who uses points does not go down for it.
 */
#ifndef DOMAIN_PLAN_TIER_H
#define DOMAIN_PLAN_TIER_H

#include "base/err.h"
#include "base/json.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct plan_rules;

#define TIER_STEPS_MAX 6
#define TIER_NAME_SIZE (24 * 4 + 1) /* 24 code points of UTF-8 and a NUL */

enum tier_by {
    TIER_BY_VISITS,
    TIER_BY_YEN,    /* spent, less what was refunded */
    TIER_BY_EARNED, /* units, bonuses included */
    TIER_BY_ROUNDS, /* cards filled: the next one is of a higher rank */
};

/* What its rich menus look like. */
enum tier_look {
    TIER_LOOK_USUAL,
    TIER_LOOK_BRONZE,
    TIER_LOOK_SILVER,
    TIER_LOOK_GOLD,
    TIER_LOOK_BLACK
};

struct tier_step {
    char name[TIER_NAME_SIZE];
    int64_t from; /* so much of what counts */
    int64_t goal; /* of cards of this tier; 0: the plan's */
    enum tier_look look;
};

struct tier_rules {
    size_t steps_n; /* 0: the plan has no tiers. Tier 1 is step 0; tier 0 is below all steps */
    enum tier_by by;
    int64_t months;      /* what counts is of so many months; 0: of ever, and nobody goes down */
    int64_t keep_months; /* a tier is kept for so many after it was reached or kept */
    int64_t grace_days;  /* and so many days more */
    bool falls_by_one;   /* whoever goes down; else to what counts then */
    char name[TIER_NAME_SIZE]; /* of tier 0; may be "" */
    struct tier_step step[TIER_STEPS_MAX];
};

/* From an object such as {"by": "yen", "months": 12, "keep_months": 12, "steps": [{"name": "Gold",
 * "from": 50000}]}. ERR_INPUT "plan_invalid" with the field at fault. */
enum err_code tier_read(const json_t *in, struct tier_rules *out, struct err *e);
/* Into `plan` as its "tier", unless there are none. False: no memory. */
bool tier_write(const struct tier_rules *rules, json_t *plan);

struct tier_count {
    int64_t visits, yen, earned, rounds; /* since tier_since */
};

struct tier_state {
    int64_t tier;
    int64_t until_ms; /* looked at anew then; 0: never */
};

enum tier_cause { TIER_STAYS, TIER_RISES, TIER_KEPT, TIER_FALLS };

/* What counts is of visits from then on. */
int64_t tier_since(const struct plan_rules *rules, int64_t now_ms);
/* What these counts are worth under the rules, as one number: of yen, of visits ... */
int64_t tier_worth(const struct tier_rules *rules, const struct tier_count *count);
int64_t tier_of(const struct tier_rules *rules, int64_t worth);
const char *tier_name(const struct tier_rules *rules, int64_t tier);
const char *tier_look_name(enum tier_look look); /* "bronze" ...; the usual one: "" */
/* Whether members of each tier above 0 have rich menus of their own: once one of them has a look,
 * or a goal, of its own. */
bool tier_has_menus(const struct tier_rules *rules);

/* How things stand at now_ms for a member who had *is. */
enum tier_cause tier_decide(const struct plan_rules *rules, const struct tier_state *is,
                            int64_t worth, int64_t now_ms, struct tier_state *out);
/* Something was taken back: a rise that it carried is undone, to no less than what was before. */
int64_t tier_undone(const struct tier_rules *rules, int64_t tier, int64_t before, int64_t worth);

/* A card of this tier is filled by its own goal: the reward of the goal moves there, and rewards on
 * the way that lie behind it are left out. */
void tier_apply(struct plan_rules *rules, int64_t tier);

#endif
