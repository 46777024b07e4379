/*
 * demo_past.h - a shop chain with a past, for the demo, for screenshots and for measuring.
 *
 * Made through the same functions that serve, at times that lie behind us, so that `stampd check`
 * proves it like any book. The same seed makes the same past.
 */
#ifndef APP_DEMO_PAST_H
#define APP_DEMO_PAST_H

#include "base/err.h"
#include "domain/keys.h"
#include "store/db.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DEMO_SHOPS 3
#define DEMO_STAFF 5
#define DEMO_PLANS 2
#define DEMO_DAYS 180
#define DEMO_TIERS 3
#define DEMO_OFFERS 7
#define DEMO_PEOPLE 8 /* members that line-sim can play; the others only have a past */

struct demo_names {
    const char *title, *shop[DEMO_SHOPS], *till, *plan[DEMO_PLANS], *half[DEMO_PLANS],
        *full[DEMO_PLANS];
    const char *tier[DEMO_TIERS], *event, *offer[DEMO_OFFERS]; /* of the plan of points */
    const char *staff, *member;                                /* a number follows */
};

/* One visit to come, while the past is made. */
struct demo_visit {
    int64_t at_ms;
    int member; /* index */
    int plan, shop, staff;
    bool gives_back; /* what was bought, when its points are used */
};

struct demo {
    struct db *db;
    const struct keys *keys;
    const struct demo_names *names;
    int64_t now_ms;
    int64_t members_n;
    int64_t shop[DEMO_SHOPS], till[DEMO_SHOPS], staff[DEMO_STAFF], plan[DEMO_PLANS];
    char pin[DEMO_STAFF][8];
    int64_t *member; /* ids */
    struct demo_visit *visit;
    size_t visits_n, visits_cap;
    int64_t grants, redemptions;
};

/* Who comes when, and then every one of those visits. The chain (shops, tills, staff, plans) is
 * there already. */
enum err_code demo_past(struct demo *d, struct err *e);

#endif
