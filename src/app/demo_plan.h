/*
 * demo_plan.h - the demo's two plans: stamps for whoever wants a card that fills, and points with
 * all that a plan of points can say.
 */
#ifndef APP_DEMO_PLAN_H
#define APP_DEMO_PLAN_H

#include "app/demo_past.h"
#include "base/err.h"

#include <stdint.h>

#define DEMO_STAMPS 0 /* index of the plan */
#define DEMO_POINTS 1

extern const struct demo_names demo_names_en, demo_names_ja;

/* The i-th plan, and what its points are swapped for; d->plan[i] is set. */
enum err_code demo_plan_make(struct demo *d, int i, int64_t at_ms, struct err *e);

#endif
