/*
 * tier.h - the tiers of cards, as they are kept: how each came to its tier is written down, and
 * what it is now follows from the last line.
 *
 * Cards of plans without tiers have no row here, and cost nothing.
 */
#ifndef DOMAIN_TIER_H
#define DOMAIN_TIER_H

#include "base/err.h"
#include "domain/card.h"
#include "domain/plan.h"
#include "store/db.h"

#include <stdbool.h>
#include <stdint.h>

/* 0 where the card has risen to none. */
enum err_code tier_load(struct db *db, int64_t card_id, struct tier_state *out, struct err *e);

/* The rules in force as they are for this card: of its tier's goal. */
enum err_code
tier_rules_load(struct db *db, const struct card *card, struct plan_rules *out, struct err *e);

/* Those that a visit counts under. */
enum err_code tier_rules_at(struct db *db, const struct card *card, int64_t visit_ms,
                            struct plan_rules *out, struct err *e);

/* What counts for the card now. */
enum err_code tier_count(struct db *db, const struct card *card, const struct plan_rules *rules,
                         int64_t now_ms, int64_t *worth_out, struct err *e);

/* After something was earned: the card rises when it is enough, and its member is told. */
enum err_code tier_after(struct db *db, const struct card *card, const struct plan_rules *rules,
                         int64_t seq, int64_t now_ms, struct err *e);
/* After transfer `seq` took something back. */
enum err_code
tier_after_undo(struct db *db, const struct card *card, int64_t seq, int64_t now_ms, struct err *e);
/* A card that takes over another's units takes over its tier, if that is higher. */
enum err_code tier_merge(struct db *db, const struct card *from, const struct card *into,
                         int64_t now_ms, struct err *e);

/* Look anew at no more than `max` cards whose time is over; *done_out: no more are left. Bounded,
 * goes on where it was, and finds nothing to do the second time. */
enum err_code tier_run(struct db *db, int64_t now_ms, int64_t max, bool *done_out, struct err *e);

#endif
