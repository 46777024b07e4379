/*
 * reward.h - what a reward is, as facts: how it is reached, what it is worth, and what it asks for.
 *
 * A reward is reached by its place on the card, by its price (a member swaps points for it), or by
 * lot (as a prize of another reward). What it is worth are facts, not words, so that tills and
 * cards say it in the language of whoever reads.
 *
 * Titles and places belong to a version of the plan. Prices, prizes, conditions and numbers change
 * more often than that: they are a catalogue of the plan (catalogue.h), replaced as a whole and
 * never changed. What is left of a reward is counted under its key, over all catalogues.
 */
#ifndef DOMAIN_REWARD_H
#define DOMAIN_REWARD_H

#include "base/err.h"
#include "domain/plan.h"
#include "domain/week.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define REWARD_KEY_SIZE 25 /* 1 to 24 of a-z 0-9 - and a NUL */
#define REWARD_SHOPS_MAX 8
#define REWARD_UNITS_MAX 1000000 /* a price, or a number of pieces */
#define REWARD_YEN_MAX 10000000
#define REWARD_YEN_LATER REWARD_YEN_MAX /* not known yet: nothing asks for more */
#define CATALOGUE_MAX 32                /* rewards of a plan that have a price */
#define PRIZES_MAX 8                    /* of one lottery */
#define ODDS_ALL 1000000 /* what the odds of its prizes add up to: every lot wins one of them */

/* What its holder gets. PLAIN: what the title says. */
enum reward_kind {
    REWARD_PLAIN,
    REWARD_YEN_OFF,     /* value: yen */
    REWARD_PERCENT_OFF, /* value: 1 to 100 */
    REWARD_FREE_ITEM,
    REWARD_CASH_BACK, /* value: yen */
    REWARD_GIFT,
    REWARD_KINDS,
};
const char *reward_kind_name(enum reward_kind kind); /* "plain", "yen_off" ... */
bool reward_kind_by_name(struct str name, enum reward_kind *out);

/* What a reward asks for, when it is issued or when it is redeemed. All zero: nothing. */
struct reward_when {
    size_t shops_n; /* 0: every shop */
    int64_t shop[REWARD_SHOPS_MAX];
    struct week_span span; /* in the plan's zone; days 0: always */
    int64_t from_day;      /* the first business day, counted from 1970-01-01; 0: at once */
    int64_t until_day;     /* the last one; 0: no end */
    int64_t wait_days;     /* redeeming: so many business days after the one it was issued on */
    int64_t least_yen;     /* of the sale */
    int64_t new_days;      /* only so many days from joining on; 0: everybody */
    int64_t least_tier;    /* cards of this tier or above; 0: all */
};

struct reward {
    int64_t id, plan_id;
    int64_t catalogue;  /* number of the one it stands in; 0: in none, a plan's own by place */
    int64_t at;         /* reached at this many units; 0: not by place */
    int64_t price;      /* units; 0: not by price */
    int64_t lottery_id; /* a prize of that reward; 0: it is none */
    int64_t odds;       /* of a prize, in ODDS_ALL */
    int64_t prizes_n;   /* of a lottery; 0: it is none */
    char title[PLAN_TEXT_SIZE];
    char key[REWARD_KEY_SIZE]; /* by which it is counted; "": it is not */
    enum reward_kind kind;
    int64_t value;
    int64_t cost_yen;   /* what one costs the shop, where the kind does not say so */
    int64_t valid_days; /* of the voucher, as in struct plan_reward */
    struct reward_when issue, redeem;
    int64_t most;        /* pieces in all; 0: no end */
    int64_t most_a_day;  /* a business day */
    int64_t most_a_card; /* for one member */
    bool has_codes;      /* each voucher carries one of the codes that were loaded */
    bool gives_back;     /* a voucher that ends unused gives its price back; else it is lost */
    int64_t stock_id;    /* where it is counted; 0: nowhere */
};

/* Rewards in their order: each lottery with its prizes behind it. */
struct catalogue {
    size_t n;
    struct reward *reward;
};

/* Whether it asks for anything at all. */
bool reward_asks(const struct reward_when *when);

/* What one costs the shop, in thousandths of a yen; of a lottery what is expected, by `prize`. */
int64_t reward_cost_milli(const struct reward *reward, const struct reward *prize, size_t prizes_n);

/*
 * One reward of a catalogue's file, without its prizes; *prizes_out is their array, or NULL. `path`
 * is where it stands: "rewards[2]".
 *
 * ERR_INPUT "reward_invalid" with the field at fault
 */
enum err_code reward_read(const json_t *in, const char *path, struct reward *out,
                          const json_t **prizes_out, struct err *e);
/* As reward_read takes it; new. NULL: no memory. */
json_t *reward_write(const struct reward *reward);

/* What of a reward stands in one text of the book: conditions, counts, codes, cost. "" is none of
 * all. */
json_t *reward_terms_write(const struct reward *reward);
enum err_code reward_terms_read(struct str text, struct reward *out, struct err *e);

/* Whether a reward fits the plan and its own way of being reached. ERR_INPUT "reward_invalid" */
enum err_code
reward_check(const struct reward *reward, const char *path, enum unit unit, struct err *e);

#endif
