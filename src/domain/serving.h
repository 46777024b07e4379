/*
 * serving.h - what the book is asked before something is done at a till: who serves there, the scan
 * it rests on, and the visits before.
 */
#ifndef DOMAIN_SERVING_H
#define DOMAIN_SERVING_H

#include "base/err.h"
#include "domain/card.h"
#include "domain/plan.h"
#include "domain/rules.h"
#include "store/db.h"

#include <stdbool.h>
#include <stdint.h>

struct serving {
    int64_t role;
    int64_t staff_shop_id; /* 0: every shop */
    int64_t member_id;     /* the staff member's own; 0: none declared */
};

/* ERR_FORBIDDEN "staff_inactive", "till_inactive", "other_shop" */
enum err_code serving_load(struct db *db, int64_t staff_id, int64_t till_id, int64_t shop_id,
                           struct serving *out, struct err *e);

struct scan_row {
    int64_t id, card_id, till_id, at_ms, until_ms;
    bool by_number;
    bool by_code; /* the 22 digits */
};

/* What grant_decide needs to know for a visit to this shop, told by this scan. */
enum err_code grants_before(struct db *db, const struct card *card, const struct plan_rules *rules,
                            const struct scan_row *scan, int64_t shop_id, int64_t visit_ms,
                            struct grant_history *history, struct err *e);

void scan_read(const struct stmt *s, struct scan_row *out);

/* When a request's visit took place: shown_ms of a queued one, at most now_ms. */
int64_t visit_of(int64_t now_ms, int64_t shown_ms);
/* Whether a visit falls into the session of a scan. Queued ones come with the till's own clock,
 * which may be behind ours by as much as a session is long. */
bool scan_is_live(const struct scan_row *scan, int64_t till_id, int64_t visit_ms);

#endif
