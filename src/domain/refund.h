/*
 * refund.h - a sale is given back, whole or in part, and its points with it.
 *
 * The grant stays in the book, and so does every refund: a line of its own, with the part of the
 * sale it was for. Together the refunds of a grant take what refund_rules.h says, and never more
 * than it gave. Rewards that only those points reached go with them, as in a reversal; what was
 * used already stays, and the plan says what becomes of points that are no longer there.
 */
#ifndef DOMAIN_REFUND_H
#define DOMAIN_REFUND_H

#include "base/err.h"
#include "domain/ledger.h"
#include "domain/refusal.h"
#include "store/db.h"

#include <stdint.h>

struct refund {
    int64_t grant_seq;
    int64_t yen; /* of the sale; 0: all that is left of it */
    int64_t staff_id, till_id, shop_id;
    uint8_t request_key[REQUEST_KEY_SIZE];
    int64_t now_ms;
};

struct refund_result {
    int64_t id;
    int64_t seq; /* 0: no points left the card */
    uint8_t mac[MAC_SIZE];
    int64_t yen, left_yen;
    int64_t taken, forgiven, owed; /* units */
    struct card card;              /* balance and debt after */
    int64_t rounds;                /* that were undone with it */
    int64_t vouchers_cancelled;
};

/*
 * Refused: NOT_A_SALE, ALREADY_REVERSED, ALREADY_REFUNDED, REFUND_TOO_MUCH, OTHER_TILL, TOO_LATE
 * and MANAGER_NEEDED (cashiers; managers may, in their shop), OWN_CARD, CARD_BLOCKED (its member
 * was erased), CARD_MERGED, POINTS_LAPSED, BALANCE_TOO_LOW (under a plan that refuses), TOO_MUCH
 * ERR_NOT_FOUND "transfer_unknown"
 * ERR_FORBIDDEN "staff_inactive", "till_inactive", "other_shop"
 */
enum err_code ledger_refund(struct db *db, const struct refund *in, struct refund_result *out,
                            struct refusal *refusal, struct err *e);

/* A refund that was not made: what it would do, and to whose sale. */
struct refund_ahead {
    struct refund_result result; /* id and seq 0; the card as it stands now */
    int64_t balance;             /* of the card after it */
    int64_t sale_yen, sale_ms;
};

/* What ledger_refund would answer now; it writes nothing, and in->request_key is not looked at.
 * Refused as ledger_refund. */
enum err_code refund_foresee(struct db *db, const struct refund *in, struct refund_ahead *out,
                             struct refusal *refusal, struct err *e);

#endif
