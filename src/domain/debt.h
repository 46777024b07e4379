/*
 * debt.h - units that a card owes: a refund should have taken them, and they were spent.
 *
 * A debt stands in the card's own row, so that a grant on a card without one asks nothing. It
 * follows from the book: what refunds recorded as owed, less what the card repaid, and what went
 * over with a merge. What a card earns repays first; rewards are reached by what is left.
 */
#ifndef DOMAIN_DEBT_H
#define DOMAIN_DEBT_H

#include "base/err.h"
#include "domain/card.h"
#include "store/db.h"

#include <stdint.h>

struct posting;
struct transfer;

/* More that a card owes. */
enum err_code card_owes(struct db *db, int64_t card_id, int64_t amount, struct err *e);

/* After `earned`, with which the posting began: what the card owes of it leaves it again. Only
 * posting_reach calls it. */
enum err_code debt_repay(struct posting *posting, const struct transfer *earned, struct err *e);

/* All that `from` owes is owed by `into`; 0: by nobody, for its member is no more. */
enum err_code
debt_move(struct db *db, const struct card *from, int64_t into_id, int64_t now_ms, struct err *e);
/* Of so much that went over so, what was not repaid goes back. */
enum err_code debt_move_back(struct db *db, int64_t from_id, const struct card *into,
                             int64_t amount, int64_t now_ms, struct err *e);

#endif
