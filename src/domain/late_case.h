/*
 * late_case.h - whether a sale may be credited afterwards: a pure function of the plan, the visits
 * around it, and time.
 *
 * The credit counts for the day of the sale. It needs the room there that a visit would have
 * needed, with all visits and late credits of that time: nobody gets a second stamp for one visit
 * this way. But no visit ever waits for it: a card that was credited late earns as if it had not
 * been.
 */
#ifndef DOMAIN_LATE_CASE_H
#define DOMAIN_LATE_CASE_H

#include "domain/refusal.h"
#include "domain/rules.h"

#include <stdbool.h>
#include <stdint.h>

/* Why the card was not there: what stands with the transfer. */
enum late_reason { LATE_FORGOTTEN, LATE_NO_PHONE, LATE_TILL_DOWN, LATE_OVERLOOKED, LATE_REASONS };
const char *late_reason_name(enum late_reason reason); /* "forgotten", "no_phone" ... */
bool late_reason_by_name(struct str name, enum late_reason *out);

struct late_case {
    int64_t sold_ms; /* what the receipt says */
    int64_t amount;
    bool has_receipt; /* with its number: what has none, a manager vouches for */
    bool is_used;     /* it was credited, and that was not undone ... */
    int64_t used_ms;  /* ... then */
    bool by_number;   /* the card was told by its fixed number, or its owner is not there */
    bool by_manager;
};

/*
 * REFUSAL_NONE, LATE_OFF, RECEIPT_FUTURE, RECEIPT_TOO_OLD (at_ms: it was too late from then on),
 * RECEIPT_USED (at_ms), MANAGER_NEEDED, or as grant_decide at the time of the sale, without a time
 * to come again: it will not become earlier.
 */
struct refusal late_decide(const struct plan_rules *rules, const struct grant_history *around,
                           const struct late_case *c, int64_t now_ms);

#endif
