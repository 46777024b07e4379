/*
 * hold.h - points or a voucher kept for a basket at a till until it is paid for.
 *
 *   open -> captured | released | over, and then never again anything else
 *
 * Held points are spent at once, so that nothing but the balance decides what can be spent:
 * capturing only closes the hold, and whatever else ends it gives the points back by reversing that
 * spending, once. Of points a smaller part can be captured: then all are given back and the part is
 * spent, in one posting. A held voucher stays issued, but nobody can redeem it but by capturing it.
 * A hold that nobody ends in time is over.
 *
 * What a reward asks for is judged when it is reserved and honoured while the hold lasts: an hour
 * that passes, a tier that is lost or the end of being new at the shop take nothing from a basket.
 * Only the least sale is judged by what the basket came to, which the capture says.
 *
 * Functions that write expect a savepoint around them.
 */
#ifndef DOMAIN_HOLD_H
#define DOMAIN_HOLD_H

#include "base/err.h"
#include "domain/refusal.h"
#include "domain/spend.h"
#include "domain/voucher.h"
#include "store/db.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HOLD_MIN_MS (30 * INT64_C(1000))
#define HOLD_MS (15 * 60 * INT64_C(1000)) /* unless the till says otherwise */
#define HOLD_MAX_MS (2 * 60 * 60 * INT64_C(1000))

struct hold_result {
    int64_t id;
    int64_t until_ms;
    struct spend_result spend; /* unset for a voucher */
    struct voucher voucher;    /* unset for points */
};

/* As spend_points; life_ms: HOLD_MIN_MS..HOLD_MAX_MS. */
enum err_code hold_points(struct db *db, const struct spend *in, int64_t life_ms,
                          struct hold_result *out, struct refusal *refusal, struct err *e);

/* With what voucher_redeem wants to see, and refused as it; not beyond the voucher's own end.
 * in->yen 0: nobody knows yet what the sale will be. */
enum err_code hold_voucher(struct db *db, const struct redemption *in, int64_t life_ms,
                           struct hold_result *out, struct refusal *refusal, struct err *e);

struct hold_end {
    int64_t hold_id;
    int64_t points; /* to capture; 0: all that is held, as of a voucher */
    int64_t yen;    /* to capture a voucher: what the sale came to; 0: not said, as of points */
    int64_t staff_id, till_id, shop_id;
    uint8_t request_key[REQUEST_KEY_SIZE];
    int64_t now_ms;
};

struct hold_ended {
    int64_t card_id, member_id, plan_id;
    int64_t voucher_id; /* 0: of points, and the rest is of them */
    int64_t points;     /* that stay spent */
    int64_t yen;        /* what they are worth */
    int64_t back;       /* points that were given back */
    int64_t seq;        /* with mac, the receipt: of what stays spent, or of what gave it back */
    uint8_t mac[MAC_SIZE];
    int64_t balance;
};

/*
 * The basket is paid for. A manager captures and releases what any till of their shops holds, a
 * cashier what this till does.
 *
 * Refused: HOLD_CAPTURED, HOLD_RELEASED, HOLD_OVER, OTHER_TILL, CARD_BLOCKED, OWN_CARD, HOLD_LESS
 * (more than is held), VOUCHER_* (it was cancelled meanwhile), SPEND_TOO_LOW (least)
 * ERR_INPUT     "field_unknown", field "points": of a voucher; "yen": of points
 * ERR_NOT_FOUND "hold_unknown"
 * ERR_FORBIDDEN "staff_inactive", "till_inactive", "other_shop"
 */
enum err_code hold_capture(struct db *db, const struct hold_end *in, struct hold_ended *out,
                           struct refusal *refusal, struct err *e);

/* The basket is not paid for. Refused: HOLD_*, OTHER_TILL; errors as above; in->points and
 * in->yen are not looked at. */
enum err_code hold_release(struct db *db, const struct hold_end *in, struct hold_ended *out,
                           struct refusal *refusal, struct err *e);

/* What is held of a card now. */
struct held {
    int64_t id;
    int64_t voucher_id; /* 0: of points */
    int64_t points;
    int64_t till_id, until_ms;
    bool may_release; /* by whoever looks */
};

/* The oldest first, at most `cap`; `by` says who looks, and when. */
enum err_code holds_of_card(struct db *db, int64_t card_id, const struct hold_end *by,
                            struct held *out, size_t cap, size_t *n_out, struct err *e);

/* Ends holds that nobody ended by now_ms, at most `max` in one go; *n_out is how many. `out` has
 * room for as many; NULL: nobody has to be told. */
enum err_code hold_end_due(struct db *db, int64_t now_ms, int64_t max, struct hold_ended *out,
                           int64_t *n_out, struct err *e);

/* Releases all that is held of a member's cards: before they are merged, or erased. */
enum err_code hold_release_member(struct db *db, int64_t member_id, int64_t now_ms, struct err *e);

#endif
