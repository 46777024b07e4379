/*
 * card_ends.h - which units of a card end when, and which cannot be used yet, for its page and for
 * its script.
 */
#ifndef API_CARD_ENDS_H
#define API_CARD_ENDS_H

#include "api/page.h"
#include "base/buf.h"
#include "base/err.h"
#include "domain/card.h"
#include "domain/lots.h"
#include "store/db.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CARD_ENDS_MAX 24 /* ends told one by one: two years of month ends */

struct card_ends {
    struct coming_end coming[CARD_ENDS_MAX]; /* soonest first */
    size_t n;
    int64_t pending;   /* units that can be used later */
    int64_t usable_ms; /* the first of them from then on */
    bool is_stamp;
    int64_t utc_offset_min, day_cut_ms;
};

enum err_code card_ends_load(struct db *db, const struct card *card, const struct plan_rules *rules,
                             int64_t now_ms, struct card_ends *out, struct err *e);
/* Until when this is true, if that is before until_ms. */
int64_t card_ends_until(const struct card_ends *ends, int64_t until_ms);

/* [{"amount": 5, "last": when it can last be used}, ...] */
void card_ends_json(struct buf *b, const struct card_ends *ends);
/* The list's section, hidden while nothing ends: the script fills it as well. */
void card_ends_html(struct buf *b, enum language language, const struct card_ends *ends);

#endif
