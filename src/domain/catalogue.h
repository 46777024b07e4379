/*
 * catalogue.h - what a plan offers beside the places on its card: rewards for points, lotteries,
 * and what the rewards by place are worth and ask for.
 *
 * A catalogue is set as a whole, from a file, and stands beside the versions of the plan: a shop
 * changes its gifts more often than its rules, and a new version of the rules must not end them.
 * Vouchers keep the terms they were issued under; what is left is counted under a reward's key,
 * from one catalogue to the next.
 */
#ifndef DOMAIN_CATALOGUE_H
#define DOMAIN_CATALOGUE_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "domain/plan.h"
#include "domain/reward.h"
#include "domain/reward_rules.h"
#include "store/db.h"

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#define CATALOGUE_FILE_MAX (64 * 1024) /* bytes */
#define CATALOGUE_ALL_MAX (CATALOGUE_MAX * (1 + PRIZES_MAX) + PLAN_REWARDS_MAX)

/*
 * A file {"rewards": [...]}, each as reward_read takes it, a lottery with its prizes in it. In
 * arena, with the prizes behind their lottery.
 *
 * ERR_INPUT "json_malformed", "reward_invalid" with the place at fault ("rewards[2].price"): a key
 * that is there twice, odds that do not add up to ODDS_ALL, a last prize that could be sold out, or
 * what reward_check refuses; ERR_TOO_LARGE
 */
enum err_code catalogue_read(struct str text, enum unit unit, struct arena *a,
                             struct catalogue *out, struct err *e);
/* As catalogue_read takes it; new. ERR_INTERNAL "out_of_memory" */
enum err_code catalogue_write(const struct catalogue *in, json_t **out, struct err *e);

/*
 * In force from now on, instead of what was; an empty one ends all offers. Audited: staff_id 0 is
 * the operator.
 *
 * ERR_NOT_FOUND "plan_unknown"
 * ERR_INPUT "reward_invalid": it says what a place is worth that the plan in force does not have
 */
enum err_code catalogue_set(struct db *db, int64_t plan_id, const struct catalogue *in,
                            int64_t staff_id, int64_t now_ms, int64_t *number_out, struct err *e);

/* Whether the plan's catalogue has anything that points are swapped for. */
enum err_code
catalogue_sells(struct db *db, const struct plan_rules *rules, bool *out, struct err *e);

/* The catalogue in force; in arena. ERR_NOT_FOUND "plan_unknown" */
enum err_code catalogue_load(struct db *db, int64_t plan_id, struct arena *a, struct catalogue *out,
                             struct err *e);

/* ERR_NOT_FOUND "reward_unknown" */
enum err_code reward_load(struct db *db, int64_t reward_id, struct reward *out, struct err *e);
/* What the catalogue says of the place that the plan has that reward at, whatever goal the card's
 * tier has; *found_out false: nothing. */
enum err_code reward_of_place(struct db *db, const struct plan_rules *rules, int64_t reward_id,
                              struct reward *out, bool *found_out, struct err *e);
/* Of a lottery, in order; at most PRIZES_MAX. */
enum err_code reward_prizes(struct db *db, int64_t lottery_id, struct reward out[PRIZES_MAX],
                            size_t *n_out, struct err *e);

/* How much was issued. card_id 0: to nobody in particular. */
enum err_code stock_load(struct db *db, const struct plan_rules *rules, const struct reward *reward,
                         int64_t card_id, int64_t now_ms, struct reward_counts *out, struct err *e);
/* Count one as issued, and its code as given; *taken_out false: there was none left. At most once a
 * transaction and voucher: the counts are those of vouchers. */
enum err_code stock_take(struct db *db, const struct plan_rules *rules, const struct reward *reward,
                         int64_t now_ms, bool *taken_out, struct err *e);
/* One that was issued at issued_ms is there again. */
enum err_code stock_give_back(struct db *db, const struct plan_rules *rules, int64_t stock_id,
                              int64_t issued_ms, struct err *e);

#endif
