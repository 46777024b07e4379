/*
 * card_level.h - which tier a card is of, until when, and what is missing to the next, for its page
 * and for its script.
 */
#ifndef API_CARD_LEVEL_H
#define API_CARD_LEVEL_H

#include "api/page.h"
#include "base/buf.h"
#include "base/err.h"
#include "domain/card.h"
#include "domain/plan.h"
#include "store/db.h"

#include <stdbool.h>
#include <stdint.h>

struct card_level {
    bool has_tiers; /* the plan; else the rest is unset */
    const struct tier_rules *rules;
    int64_t tier;
    int64_t until_ms; /* 0: it has no end */
    int64_t left;     /* of what counts, to the next tier; 0: there is none */
    int64_t utc_offset_min, day_cut_ms;
};

/* *rules are borrowed. */
enum err_code
card_level_load(struct db *db, const struct card *card, const struct plan_rules *rules,
                int64_t now_ms, struct card_level *out, struct err *e);
/* null, or {"name": "Gold", "last": the last day or null, "left": 3, "by": "visits", "next":
 * "Platinum"} */
void card_level_json(struct buf *b, const struct card_level *level);
/* The section; nothing for a plan without tiers. */
void card_level_html(struct buf *b, enum language language, const struct card_level *level);

#endif
