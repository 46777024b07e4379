/*
 * earn_book.h - what the book keeps of the rules for earning: why a grant gave what it gave, how
 * much a business day has seen, and which bonuses a person has had.
 *
 * Nothing is written, or read, for plans without such rules. What a person has had is told by the
 * transfers of their card and of those that went into it, so that merging two members, and undoing
 * that, needs nothing done here. Functions that write expect a savepoint around them.
 */
#ifndef DOMAIN_EARN_BOOK_H
#define DOMAIN_EARN_BOOK_H

#include "base/err.h"
#include "domain/card.h"
#include "domain/earning.h"
#include "store/db.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define EARN_TALLY_KEPT_MS (INT64_C(7) * 24 * 60 * 60 * 1000) /* a queued grant is a day old */

/* ---- why a grant gave what it gave */

enum err_code
earn_parts_add(struct db *db, int64_t seq, const struct earning *earning, struct err *e);
/* At most EARN_PARTS_MAX. */
enum err_code earn_parts_load(struct db *db, int64_t seq, struct earn_part out[EARN_PARTS_MAX],
                              size_t *n_out, struct err *e);

/* ---- caps of a business day */

/* Whose caps a grant counts under. */
struct earn_who {
    int64_t card_id, staff_id, till_id;
    int64_t visit_ms;
};

enum err_code
earn_used_load(struct db *db, const struct plan_rules *rules, const struct earn_who *who,
               struct earn_used out[EARN_CAPS], struct err *e);
/* A grant of so many units under these rules, and one that is taken back. */
enum err_code earn_tally(struct db *db, const struct plan_rules *rules, const struct earn_who *who,
                         int64_t units, struct err *e);
enum err_code earn_untally(struct db *db, const struct plan_rules *rules,
                           const struct earn_who *who, int64_t units, struct err *e);
/* Days that no grant can fall into any more; at most `max` rows. */
enum err_code earn_tally_sweep(struct db *db, int64_t now_ms, int64_t max, struct err *e);

/* ---- tiers */

/* The tier the card is of; 0 is the lowest. */
enum err_code card_tier(struct db *db, const struct card *card, const struct plan_rules *rules,
                        int64_t *out, struct err *e);

/* ---- bonuses */

enum err_code
join_facts_load(struct db *db, int64_t card_id, struct join_facts *out, struct err *e);
/* When the person last got a bonus for this reason that was not taken back; 0: never. */
enum err_code
bonus_last(struct db *db, int64_t card_id, const char *reason, int64_t *at_ms_out, struct err *e);

#endif
