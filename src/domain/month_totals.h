/*
 * month_totals.h - what moved in each month, so that a report need not read every transfer.
 *
 * A total is of one plan, one month (of the plan's business days, 202604), one kind of transfer,
 * and the account on the other side. Totals of all that stands below stored nodes of the tree
 * (tree_book.h) are stored and grow with it; what was booked since is added when they are asked
 * for. Beside them, for units that lapsed, how many there were by the month in which they had come
 * onto their card.
 */
#ifndef DOMAIN_MONTH_TOTALS_H
#define DOMAIN_MONTH_TOTALS_H

#include "base/err.h"
#include "domain/ledger.h"
#include "store/db.h"

#include <stddef.h>
#include <stdint.h>

#define TOTAL_OF_ORIGIN 0 /* in place of an account: lapsed, by the month in which it had come */

struct month_total {
    int64_t plan_id;
    int64_t month;   /* 202604 */
    int64_t kind;    /* enum transfer_kind */
    int64_t account; /* enum system_kind, or TOTAL_OF_ORIGIN */
    int64_t in, out; /* units that entered cards, and left them */
    int64_t transfers;
};

#define PLAN_ZONES_MAX 8

struct month_totals {
    struct plan_zone {
        int64_t plan_id, version; /* 0: none */
        int64_t utc_offset_min, day_cut_hour;
    } zone[PLAN_ZONES_MAX]; /* of the versions met last */
    size_t next_zone;
    struct month_total *at; /* free with month_totals_clear */
    size_t n, room;
};
void month_totals_clear(struct month_totals *totals);

/* 202604 for a moment, by the business days of a plan. */
int64_t plan_month(const struct plan_rules *rules, int64_t at_ms);

enum err_code month_totals_add(struct month_totals *totals, struct db *db, const struct transfer *t,
                               struct err *e);
/* Add them to the stored ones. */
enum err_code month_totals_keep(const struct month_totals *totals, struct db *db, struct err *e);
/* Those stored. */
enum err_code month_totals_stored(struct month_totals *totals, struct db *db, struct err *e);
/* Of all transfers: those stored, and what was booked since. */
enum err_code month_totals_all(struct month_totals *totals, struct db *db, struct err *e);

#endif
