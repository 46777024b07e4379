/*
 * unredeem.h - a redemption that was a mistake.
 *
 * The voucher is issued again, with its end as it was. What its row said of the redemption goes to
 * a table of its own, and both stand in the audit log.
 */
#ifndef DOMAIN_UNREDEEM_H
#define DOMAIN_UNREDEEM_H

#include "base/clock.h"
#include "base/err.h"
#include "domain/plan.h"
#include "domain/refusal.h"
#include "domain/staff.h"
#include "domain/voucher.h"
#include "store/db.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define UNREDEEM_MS (10 * MINUTE_MS) /* so long a cashier may; a manager also later */

/* Who asks, and for what. */
struct unredeem_facts {
    bool is_redeemed;
    bool is_blocked, is_merged; /* the card, or it has ended */
    bool is_own;                /* the card of the staff member who asks */
    enum role role;
    bool same_till; /* as that of the redemption */
    bool own_shop;  /* the shop of the redemption is one the staff member serves */
    int64_t redeemed_ms;
};

/* REFUSAL_NONE, NOT_REDEEMED, CARD_MERGED, CARD_BLOCKED, OWN_CARD, OTHER_TILL or TOO_LATE. */
enum refusal_kind unredeem_decide(const struct unredeem_facts *facts, int64_t now_ms);

/*
 * *out is the voucher afterwards. in->token is not looked at. Refused: as unredeem_decide.
 *
 * ERR_NOT_FOUND "voucher_unknown"
 * ERR_FORBIDDEN "staff_inactive", "till_inactive", "other_shop"
 */
enum err_code voucher_unredeem(struct db *db, const struct redemption *in, struct voucher *out,
                               struct refusal *refusal, struct err *e);

/* Whether voucher_unredeem would do it now; nothing is written. Errors and refusals as that. */
enum err_code
unredeem_may(struct db *db, const struct redemption *in, struct refusal *refusal, struct err *e);

/* Redemptions made at a till, for the list a cashier sees. */
struct redeemed_line {
    int64_t voucher_id;
    char title[PLAN_TEXT_SIZE];
    int64_t member_id;
    char staff[PLAN_TEXT_SIZE];
    int64_t at_ms;
    bool is_undone;
    int64_t expires_ms; /* of the voucher: until then it is good again, if this is undone */
};

/* Newest first, not older than since_ms, at most `cap`. */
enum err_code redeemed_at_till(struct db *db, int64_t till_id, int64_t since_ms,
                               struct redeemed_line *out, size_t cap, size_t *n_out, struct err *e);

#endif
