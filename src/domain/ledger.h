/*
 * ledger.h - the book of stamps and points.
 *
 * A transfer moves units from one account to another and is never changed or removed; a mistake is
 * undone, once and in full, by one that reverses it. The units of a plan therefore always add up to
 * zero over its accounts, and a balance is always the sum of its transfers. Transfers form a chain
 * (chain.h).
 *
 * All functions that write expect a savepoint around them: an error leaves it to the caller to
 * undo. They return only after reading back what they wrote and finding balance and chain as they
 * must be.
 */
#ifndef DOMAIN_LEDGER_H
#define DOMAIN_LEDGER_H

#include "base/err.h"
#include "domain/card.h"
#include "domain/chain.h"
#include "domain/earning.h"
#include "domain/plan.h"
#include "domain/refusal.h"
#include "domain/rules.h"
#include "domain/transfer.h"
#include "store/db.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GRANT_VOUCHERS_MAX (2 * GRANT_REWARDS_MAX) /* of a grant and the bonus behind it */
#define NOTICE_DELAY_MS                                                                            \
    8000 /* how long an open card may take to show news before LINE is asked to */
#define NOTICE_GRANT_LIFE_MS                                                                       \
    (INT64_C(3) * 24 * 60 * 60 * 1000) /* after that a stamp is no news                            \
                                        */

struct grant {
    int64_t scan_id;
    int64_t stamps; /* stamp plans: 1..GRANT_STAMPS_MAX, yen 0 */
    int64_t yen;    /* point plans: 1..GRANT_YEN_MAX, stamps 0 */
    /* What a POS says of those yen; NULL: nothing. With lines it has yen under a stamp plan, too,
     * whose rules for items tell how many stamps it is. */
    const struct sale *sale;
    struct str receipt; /* the number that the POS printed; empty: it did not say */
    int64_t staff_id, till_id, shop_id;
    uint8_t request_key[REQUEST_KEY_SIZE]; /* answer_key */
    int64_t now_ms;
    int64_t shown_ms; /* as in scan_request */
};

struct grant_voucher {
    int64_t id;
    int64_t reward; /* index in rules.reward */
    int64_t as_id;  /* the reward whose terms and title it has, where the catalogue says; else 0 */
    int64_t expires_ms;
};

struct grant_result {
    int64_t seq; /* with mac: the receipt */
    uint8_t mac[MAC_SIZE];
    int64_t at_ms, visit_ms;
    int64_t amount;         /* with the bonus */
    struct earning earning; /* of the grant alone, and why it is so much */
    int64_t join_units;     /* the bonus of a first visit, a transfer behind it; 0: none */
    int64_t balance;        /* after the rounds it completed */
    int64_t rounds;
    int64_t undo_until_ms; /* a cashier may reverse it before */
    int64_t notice_id;     /* of the grant itself; 0: none */
    struct card card;      /* balance as above */
    struct plan_rules rules;
    size_t vouchers_n;
    struct grant_voucher voucher[GRANT_VOUCHERS_MAX];
};

/*
 * Earn on the card of a scan: the transfer, the rounds it completes, the vouchers it reaches, and
 * the notices the member is owed.
 *
 * A scan carries one grant; after a reversal it carries another, while its session lasts. That, and
 * one scan a code, keeps a request from counting twice even when its stored answer is long gone.
 *
 * Refused: SCAN_OVER, CARD_BLOCKED, CARD_MERGED, OWN_CARD, PLAN_OVER, TOO_SOON, DAY_FULL,
 *          NUMBER_FULL, NO_POINTS, TOO_MUCH, RECEIPT_USED, MEMBER_CAP, STAFF_CAP, TILL_CAP
 *
 * ERR_INPUT     "receipt_invalid"; "field_range", "field_unknown": stamps, yen or lines as the plan
 *               does not take them
 * ERR_NOT_FOUND "scan_unknown"
 * ERR_FORBIDDEN "staff_inactive", "till_inactive", "other_shop"
 * ERR_INTERNAL  "ledger_unsound": what was read back is not what was written; trust nothing
 */
enum err_code ledger_grant(struct db *db, const struct grant *in, struct grant_result *out,
                           struct refusal *refusal, struct err *e);

/* What ledger_grant would give now: of `out` the amount, its earning and bonus, and the rules. It
 * writes nothing, and in->request_key is not looked at. Errors and refusals as ledger_grant. */
enum err_code grant_foresee(struct db *db, const struct grant *in, struct grant_result *out,
                            struct refusal *refusal, struct err *e);

struct reversal {
    int64_t seq; /* of what is to be undone */
    int64_t staff_id, till_id, shop_id;
    uint8_t request_key[REQUEST_KEY_SIZE];
    int64_t now_ms;
    const char *reason; /* of the mirrors, at most 15 characters; NULL: "mistake". Borrowed */
};

struct reversal_result {
    int64_t seq;
    uint8_t mac[MAC_SIZE];
    int64_t at_ms;
    enum transfer_kind kind; /* of what was undone */
    int64_t amount;
    struct card card; /* balance after */
    int64_t rounds;   /* rounds that were undone with it */
    int64_t vouchers_cancelled;
};

/*
 * Undo a grant, late credit, bonus or spending, once and in full. A swap goes back with what it was
 * for (swap.h), and a hold is released (hold.h).
 *
 * Units that entered the card leave it: rewards above the new place are cancelled, and rounds that
 * are no longer filled are reversed, the newest first (way_back.h). For the newest grant of a card
 * that is exactly what it brought; for an older one the later visits move down to fill its place,
 * and what the card had reached before it stays. The bonuses of a grant go with it, and what it
 * repaid is owed again.
 *
 * Units that left the card come back to the lots they were taken from.
 *
 * Refused: as undo_decide; ALREADY_REFUNDED (a part of it: the rest is refunded, too),
 * POINTS_LAPSED (at_ms), VOUCHER_REDEEMED (one that would have to be cancelled), BALANCE_TOO_LOW
 * (missing), TOO_MUCH
 *
 * ERR_NOT_FOUND "transfer_unknown"; ERR_FORBIDDEN and ERR_INTERNAL as above
 */
enum err_code ledger_reverse(struct db *db, const struct reversal *in, struct reversal_result *out,
                             struct refusal *refusal, struct err *e);

/* Whether who asks, where and when, and what it is, let it be undone; whether its units are still
 * there is not looked at, which is for reversal_foresee. Errors and refusals as above. */
enum err_code
reversal_may(struct db *db, const struct reversal *in, struct refusal *refusal, struct err *e);

/* A reversal that was not made: what it would do. */
struct reversal_ahead {
    enum transfer_kind kind; /* of what is undone */
    int64_t amount, at_ms;
    bool is_credit;    /* it entered the card, and would leave it */
    int64_t with;      /* bonuses that would leave with it, less what comes back of a debt */
    struct card card;  /* as it stands now */
    int64_t balance;   /* and after it */
    int64_t rounds;    /* filled cards that would be open again */
    size_t vouchers_n; /* that would be cancelled */
    int64_t voucher_id[GRANT_VOUCHERS_MAX];
};

/* What ledger_reverse would answer now; it writes nothing, and in->request_key is not looked at.
 * Refused as ledger_reverse. */
enum err_code reversal_foresee(struct db *db, const struct reversal *in, struct reversal_ahead *out,
                               struct refusal *refusal, struct err *e);

/* What was made at a till by somebody's wish, for the list a cashier sees. */
struct till_line {
    int64_t seq;
    enum transfer_kind kind; /* earn, late, spend, swap, refund, or the reverse of one */
    int64_t amount;
    enum unit unit;
    int64_t member_id;
    int64_t staff_id;
    char staff[PLAN_TEXT_SIZE];
    int64_t at_ms;
    bool is_reversed;
    bool is_credit;                 /* it entered the card */
    bool is_held;                   /* for a basket that is not paid yet */
    int64_t sale_yen, refunded_yen; /* of what a sale earned; 0: it was not of a sale */
};

/* Newest first, not older than since_ms, at most `cap`. */
enum err_code ledger_of_till(struct db *db, int64_t till_id, int64_t since_ms,
                             struct till_line *out, size_t cap, size_t *n_out, struct err *e);

#endif
