/*
 * demo_points.h - what members of the demo do with their points: use some at the till, swap some,
 * are thanked for a review, and once give back what they bought.
 */
#ifndef APP_DEMO_POINTS_H
#define APP_DEMO_POINTS_H

#include "app/demo_past.h"
#include "base/err.h"
#include "domain/card.h"

#include <stdint.h>

/* Some of the points, at the till that has read the phone. */
enum err_code demo_points_spend(struct demo *d, const struct demo_visit *v, const struct card *card,
                                int64_t scan_id, struct err *e);

/* After grant `seq` of the visit. */
enum err_code
demo_points_after(struct demo *d, const struct demo_visit *v, int64_t seq, struct err *e);

#endif
