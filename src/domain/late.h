/*
 * late.h - credit afterwards, for a sale that was made without the card.
 *
 * The member shows the card at a till and says what they bought; whoever serves there credits it,
 * with the receipt's number and a reason. It is a transfer of its own kind, reaches what a grant
 * reaches, and is reversed like one. late_case.h says when it may be.
 */
#ifndef DOMAIN_LATE_H
#define DOMAIN_LATE_H

#include "base/err.h"
#include "base/str.h"
#include "domain/late_case.h"
#include "domain/ledger.h"
#include "domain/refusal.h"
#include "store/db.h"

#include <stdint.h>

struct late_credit {
    int64_t scan_id; /* of the card, at this till, live; 0: there is neither, and a manager ... */
    int64_t card_id; /* ... names the card */
    struct str receipt; /* as typed; empty: there is none */
    int64_t sold_ms;
    int64_t stamps, yen; /* as in struct grant */
    enum late_reason reason;
    int64_t staff_id, till_id; /* till_id 0 without a scan */
    int64_t second_id; /* with neither scan nor receipt: another manager, who agrees; else 0 */
    int64_t shop_id;   /* the receipt is this shop's, and so is the staff */
    uint8_t request_key[REQUEST_KEY_SIZE];
    int64_t now_ms;
};

/*
 * Audited. Where neither the member's card at a till nor a receipt proves anything, it takes two:
 * a manager who vouches for it and another one who agrees. Points follow from the sale by the plan
 * in force, without what was multiplied or added in that hour. Expects a savepoint around it.
 *
 * Refused: as late_decide; SCAN_OVER, CARD_BLOCKED, CARD_MERGED, OWN_CARD, NO_POINTS, TOO_MUCH
 * ERR_INPUT     "receipt_invalid", "field_range", "field_unknown": stamps or yen as the plan does
 *               not take them
 * ERR_NOT_FOUND "scan_unknown", "card_unknown", "staff_unknown"; ERR_FORBIDDEN "second_needed", and
 * as ledger_grant; ERR_INTERNAL as there
 */
enum err_code late_credit(struct db *db, const struct late_credit *in, struct grant_result *out,
                          struct refusal *refusal, struct err *e);

#endif
