/*
 * figures.h - today's numbers for the owner, counted from the book itself.
 */
#ifndef DOMAIN_FIGURES_H
#define DOMAIN_FIGURES_H

#include "base/err.h"
#include "domain/name.h"
#include "store/db.h"

#include <stddef.h>
#include <stdint.h>

#define FIGURES_SHOPS_MAX 64

struct figures_shop {
    int64_t shop_id;
    char name[NAME_SIZE];
    int64_t visits, grants, redemptions;
};

struct figures {
    int64_t members, new_members;
    int64_t visits;                 /* a card in a shop, once */
    int64_t grants, stamps, points; /* without those that were reversed since */
    int64_t reversals;              /* made in the span, of whichever grant */
    int64_t vouchers_issued;        /* by these grants, without those cancelled since */
    int64_t vouchers_redeemed;
    int64_t visits_before, grants_before; /* the same hours a week earlier */
    int64_t hours[24];                    /* grants by local hour */
    size_t shops_n;
    struct figures_shop shop[FIGURES_SHOPS_MAX]; /* the busiest first; totals count all */
};

/* From from_ms to now_ms, both included, and the same span seven days earlier. A visit that a till
 * booked late, after being offline, counts when it happened. */
enum err_code figures_of_day(struct db *db, int64_t from_ms, int64_t now_ms, int utc_offset_min,
                             struct figures *out, struct err *e);

#endif
