/*
 * figures.h - today's numbers for the owner, counted from the book itself.
 */
#ifndef DOMAIN_FIGURES_H
#define DOMAIN_FIGURES_H

#include "base/err.h"
#include "store/db.h"

#include <stddef.h>
#include <stdint.h>

#define FIGURES_SHOPS_MAX 64

struct figures_shop {
    int64_t shop_id;
    char name[65 * 4];
    int64_t visits, grants, redemptions;
};

struct figures {
    int64_t members, new_members;
    int64_t visits;  /* distinct (card, shop) with a grant that was not reversed */
    int64_t grants, stamps, points, reversals;
    int64_t vouchers_issued, vouchers_redeemed;
    int64_t visits_before, grants_before; /* the same hours a week earlier */
    int64_t hours[24];                    /* grants by local hour */
    size_t shops_n;
    struct figures_shop shop[FIGURES_SHOPS_MAX];
};

/* From from_ms up to now_ms, and the same span seven days earlier. */
enum err_code figures_of_day(struct db *db, int64_t from_ms, int64_t now_ms, int utc_offset_min,
                             struct figures *out, struct err *e);

#endif
