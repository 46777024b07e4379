/*
 * swap.h - points given for a reward of the catalogue, by the member's own tap or by staff at a
 * till.
 *
 * The transfer and its voucher are one, and so is what takes them back: while the voucher is
 * unused the member may change their mind for a few minutes, staff for the day, a manager later.
 * A code or a prize that was seen is not unseen: there only a manager takes back. A voucher that
 * ends unused gives its price back if its reward says so (voucher_expire_due), else nothing; its
 * piece is there for nobody else then.
 *
 * All functions that write expect a savepoint around them.
 */
#ifndef DOMAIN_SWAP_H
#define DOMAIN_SWAP_H

#include "base/arena.h"
#include "base/err.h"
#include "domain/catalogue.h"
#include "domain/ledger.h"
#include "domain/refusal.h"
#include "store/db.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SWAP_UNDO_MS (INT64_C(5) * 60 * 1000) /* the member's own second thoughts */

struct swap {
    int64_t reward_id;
    int64_t member_id;                  /* the member's own tap, or ... */
    int64_t scan_id;                    /* ... a scan at this till */
    int64_t staff_id, till_id, shop_id; /* 0: on the phone */
    uint8_t request_key[REQUEST_KEY_SIZE];
    int64_t now_ms;
};

struct swap_result {
    int64_t seq;
    uint8_t mac[MAC_SIZE];
    int64_t at_ms;
    int64_t amount;
    struct card card; /* balance after */
    int64_t voucher_id;
    int64_t expires_ms;
    int64_t undo_until_ms; /* 0: not by a member or cashier */
    struct reward as;      /* what the voucher is of: the reward, or the prize it drew */
    int64_t codes_left;    /* of that; -1: it has none */
};

/*
 * Refused: SCAN_OVER, SPEND_BY_CODE, CARD_BLOCKED, CARD_MERGED, OWN_CARD, GUEST, OFFER_OVER and the
 *          rest of reward_decide; SOLD_OUT, SOLD_OUT_TODAY, HAD_ENOUGH; NOT_ENOUGH with
 *          the units that are missing of those that can be used now
 * ERR_NOT_FOUND "reward_unknown" (it has no price, too), "scan_unknown"
 * ERR_FORBIDDEN as ledger_grant
 */
enum err_code swap_make(struct db *db, const struct swap *in, struct swap_result *out,
                        struct refusal *refusal, struct err *e);

struct swap_undo {
    int64_t seq;       /* of the swap */
    int64_t member_id; /* the member's own tap; 0: staff */
    int64_t staff_id, till_id, shop_id;
    uint8_t request_key[REQUEST_KEY_SIZE];
    int64_t now_ms;
};

struct swap_undone {
    int64_t seq;
    uint8_t mac[MAC_SIZE];
    int64_t amount;
    int64_t voucher_id;
    struct card card; /* balance after */
};

/*
 * Points back, voucher cancelled, the piece there for somebody else again; once. Audited.
 *
 * Refused: NOT_A_SWAP, ALREADY_REVERSED, VOUCHER_REDEEMED, VOUCHER_EXPIRED, VOUCHER_HELD,
 * CODE_STALE (the voucher moved with its card), CARD_BLOCKED, TOO_LATE, OTHER_TILL, CODE_GIVEN,
 * LOT_DRAWN ERR_NOT_FOUND "transfer_unknown": nor is another member's swap known
 */
enum err_code swap_take_back(struct db *db, const struct swap_undo *in, struct swap_undone *out,
                             struct refusal *refusal, struct err *e);

/* What swap_take_back would answer now, seq 0; it writes nothing. Refused as it. */
enum err_code swap_undo_foresee(struct db *db, const struct swap_undo *in, struct swap_undone *out,
                                struct refusal *refusal, struct err *e);

/* One thing on offer, as one card sees it. */
struct offer {
    struct reward reward;
    struct reward_counts counts;
    struct refusal may;   /* kind NONE: it can be had now */
    struct reward *prize; /* of a lottery */
};

/* What of the catalogue has a price, cheapest first; in arena. usable_out: units it can be paid
 * with. */
enum err_code offers_load(struct db *db, const struct card *card, int64_t now_ms, struct arena *a,
                          struct offer **out, size_t *n_out, int64_t *usable_out, struct err *e);

/* The card's newest swaps that it can still take back by itself; at most `cap`. */
struct swap_recent {
    int64_t seq, voucher_id, amount, until_ms;
    char title[PLAN_TEXT_SIZE];
};
enum err_code swaps_recent(struct db *db, int64_t card_id, int64_t now_ms, struct swap_recent *out,
                           size_t cap, size_t *n_out, struct err *e);

#endif
