/*
 * liability.h - what the shop owes: points and stamps that are outstanding, and how they came to
 * be.
 *
 * By plan and month: what was issued, given back, redeemed, lapsed; how much of what was issued in
 * a month has lapsed since (breakage); what will end in each month to come if nobody uses it; and
 * the vouchers that are out. All of it is held against the book three ways, to the point: opening
 * plus movements, the balances of all cards, and the accounts on the other side.
 */
#ifndef DOMAIN_LIABILITY_H
#define DOMAIN_LIABILITY_H

#include "base/arena.h"
#include "base/err.h"
#include "domain/month_totals.h"
#include "domain/plan.h"
#include "store/db.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LIABILITY_MONTHS_MAX 120
#define FORECAST_MONTHS_MAX 120 /* what ends later is in the last */

struct liability_month {
    int64_t month; /* 202604 */
    int64_t issued;
    int64_t returned; /* went back with a refunded sale, or was owed */
    int64_t redeemed;
    int64_t lapsed;
    int64_t forfeited;    /* of members who left */
    int64_t moved;        /* merges, gifts, brought along: more onto cards than off them */
    int64_t reversed;     /* by mistakes undone: more back onto cards than off them */
    int64_t closing;      /* outstanding at its end */
    int64_t lapsed_since; /* of what came onto cards in this month, by now */
};

struct forecast_month {
    int64_t month;
    int64_t units;
};

struct liability_plan {
    int64_t plan_id;
    char name[PLAN_TEXT_SIZE];
    enum unit unit;
    int64_t yen;     /* what a unit is worth; 0: the plan does not say */
    int64_t opening; /* before the first month */
    size_t months_n;
    struct liability_month month[LIABILITY_MONTHS_MAX];
    int64_t outstanding; /* now: opening and all movements */
    int64_t cards;       /* now: the balances of all cards */
    int64_t accounts;    /* now: what the accounts on the other side lack */
    bool is_sound;       /* the three are equal, and each account is what moved through it */
    int64_t vouchers;    /* that are out */
    int64_t ended;       /* of what is outstanding: has ended, and lapses with the next run */
    int64_t endless;     /* and has no end */
    size_t forecast_n;
    struct forecast_month forecast[FORECAST_MONTHS_MAX];
};

/* The months `from` to `until`, both included, of a plan's totals: everything but what stands
 * elsewhere in the book. Pure. */
void liability_months(const struct month_totals *totals, int64_t from, int64_t until,
                      struct liability_plan *plan);

/*
 * All plans, in arena. Expects to be alone in a read transaction, or begins one. Months without
 * anything are in it, too.
 *
 * ERR_INPUT "month_invalid": no months, out of order, or more than LIABILITY_MONTHS_MAX
 */
enum err_code
liability_report(struct db *db, struct arena *a, int64_t from, int64_t until, int64_t now_ms,
                 struct liability_plan **out, size_t *n_out, struct err *e);

/* 202604 and so many months later. */
int64_t month_after(int64_t month, int64_t months);

#endif
