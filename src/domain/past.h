/*
 * past.h - what a shop did, or what was done on one card, for a manager who looks for a mistake.
 *
 * One list, newest first: units that moved because somebody wished it, and rewards that were handed
 * over. What followed from those by itself is not in it: it goes back with its cause.
 */
#ifndef DOMAIN_PAST_H
#define DOMAIN_PAST_H

#include "base/clock.h"
#include "base/err.h"
#include "domain/card.h"
#include "domain/name.h"
#include "domain/plan.h"
#include "store/db.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PAST_MS (31 * DAY_MS) /* so far back a manager looks */
#define PAST_LINES_MAX 50     /* of one page */

struct past_line {
    int64_t seq;        /* of a transfer; 0: a reward that was handed over ... */
    int64_t voucher_id; /* ... which is this one */
    enum transfer_kind kind;
    int64_t amount;
    bool is_credit; /* it entered the card */
    enum unit unit;
    char title[PLAN_TEXT_SIZE]; /* of a reward */
    int64_t expires_ms;         /* of a reward */
    int64_t member_id;
    char staff[NAME_SIZE], till[NAME_SIZE], shop[NAME_SIZE]; /* "": nobody, none */
    int64_t at_ms;
    bool is_undone;
};

/* Where a page begins: behind all that is named; INT64_MAX: nothing is. */
struct past_place {
    int64_t seq;
    int64_t redeemed_ms, voucher_id;
};
#define PAST_NEWEST                                                                                \
    (struct past_place)                                                                            \
    {                                                                                              \
        .seq = INT64_MAX, .redeemed_ms = INT64_MAX, .voucher_id = INT64_MAX                        \
    }

struct past_page {
    size_t n;
    struct past_line line[PAST_LINES_MAX];
    bool has_more;
    struct past_place next; /* where the one behind it begins */
};

/* Of a card, or with card_id 0 of a shop's tills; nothing that is older than since_ms. */
enum err_code past_load(struct db *db, int64_t card_id, int64_t shop_id, int64_t since_ms,
                        const struct past_place *from, struct past_page *out, struct err *e);

#endif
