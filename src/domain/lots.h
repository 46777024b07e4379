/*
 * lots.h - the units of a card that begin or end some day.
 *
 * A lot holds what one transfer brought and has not been used since. Only units with a beginning or
 * an end are in one; the rest of a balance has neither. What leaves a card takes what ends first,
 * what has no end after that, and what cannot be used yet never, unless all must go. What comes
 * back goes to where it was; if that has ended meanwhile it lives LOT_RETURN_DAYS more.
 *
 * The functions down to lots_end_ms decide and touch no book. The rest is for posting.c alone,
 * which keeps the lots of a card with each transfer it adds.
 */
#ifndef DOMAIN_LOTS_H
#define DOMAIN_LOTS_H

#include "base/err.h"
#include "domain/card.h"
#include "store/db.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LOT_RETURN_DAYS 30

struct lot {
    int64_t seq, part;
    int64_t plan_version; /* whose terms it was given under */
    int64_t amount;
    int64_t remaining;
    int64_t usable_ms;  /* 0: at once */
    int64_t expires_ms; /* 0: never */
    bool renews;        /* each use of the card moves its end */

    int64_t moved; /* by the transfer that is being added */
    bool is_own;   /* the transfer to be undone brought it */
    bool is_new, is_changed;
};

struct lots {
    struct lot *at; /* by seq and part */
    size_t n, room;
};

/* What may leave: all kinds of units, those that can be used now, or those that have ended. */
enum lots_take { TAKE_ANY, TAKE_USABLE, TAKE_ENDED };

/*
 * Take `amount` units of a card that has `balance`: sets `moved`, as negative numbers, and reduces
 * `remaining`. Own lots go first, then what can be used, ends first, then units without a lot, then
 * what cannot be used yet, then what has ended. False: there are not so many, and nothing is taken.
 */
bool
lots_take(struct lots *lots, enum lots_take what, int64_t balance, int64_t amount, int64_t now_ms);

/* What can be used now: neither pending nor ended. */
int64_t lots_usable(const struct lots *lots, int64_t balance, int64_t now_ms);
int64_t lots_ended(const struct lots *lots, int64_t now_ms);
/* When the next of them ends, or has; 0: none does. */
int64_t lots_end_ms(const struct lots *lots);

enum err_code lots_load(struct db *db, int64_t card_id, struct lots *out, struct err *e);
void lots_clear(struct lots *lots);
/* Zeroed but for what the caller knows; NULL: no memory, and *e says so. Valid until the next. */
struct lot *lots_add(struct lots *lots, int64_t seq, int64_t amount, struct err *e);
/* What is new or changed into the book, with the moves of transfer `seq`. */
enum err_code
lots_save(struct db *db, int64_t card_id, struct lots *lots, int64_t seq, struct err *e);

/* Mark as own what transfer `seq` brought. */
enum err_code
lots_mark_own(struct db *db, int64_t card_id, struct lots *lots, int64_t seq, struct err *e);
/* What transfer `seq` took from this card's lots comes back to them: `moved`, and new lots of
 * transfer `now_seq` for what has ended at now_ms. */
enum err_code lots_return(struct db *db, const struct card *card, struct lots *lots, int64_t seq,
                          int64_t now_seq, int64_t now_ms, struct err *e);
/* What transfer `seq` took, of this or another card of the plan, are lots of `into_seq` here, of
 * the same life. now_ms: what has ended by then lives on for a while; 0: it has ended. */
enum err_code lots_carry(struct db *db, const struct card *card, struct lots *lots, int64_t seq,
                         int64_t into_seq, int64_t now_ms, struct err *e);

/* ---------------------------------------------------------------- what a card shows */

struct coming_end {
    int64_t amount;
    int64_t expires_ms;
};

/* Every end that is still to come, soonest first, those of one moment together; at most `cap`. */
enum err_code lots_coming(struct db *db, int64_t card_id, int64_t now_ms, struct coming_end *out,
                          size_t cap, size_t *n_out, struct err *e);
/* Of units that can be used only later, the sum and the first moment at which some can. */
enum err_code lots_pending(struct db *db, int64_t card_id, int64_t now_ms, int64_t *amount_out,
                           int64_t *usable_ms_out, struct err *e);

#endif
