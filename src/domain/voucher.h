/*
 * voucher.h - a reward issued to a card: issued -> redeemed | expired | cancelled | moved, and then
 * never again anything else - but that a redemption which was a mistake is undone, on record. One
 * that moved goes on as another voucher, of another card.
 *
 * Vouchers are issued and cancelled by the ledger, together with the transfers they follow from.
 */
#ifndef DOMAIN_VOUCHER_H
#define DOMAIN_VOUCHER_H

#include "base/err.h"
#include "base/str.h"
#include "domain/plan.h"
#include "domain/refusal.h"
#include "domain/reward.h"
#include "store/db.h"

#include <stddef.h>
#include <stdint.h>

#define VOUCHER_TOKEN_SIZE 33

enum voucher_state {
    VOUCHER_ISSUED,
    VOUCHER_REDEEMED,
    VOUCHER_EXPIRED,
    VOUCHER_CANCELLED,
    VOUCHER_MOVED,
};
const char *voucher_state_name(enum voucher_state state);

struct voucher {
    int64_t id;
    int64_t card_id;
    int64_t member_id;
    int64_t plan_id;
    int64_t locator; /* what its code carries */
    enum voucher_state state;
    char title[PLAN_TEXT_SIZE];
    int64_t issued_ms;
    int64_t expires_ms;    /* over from here on */
    int64_t closed_ms;     /* 0 while issued */
    bool is_guests;        /* one nobody has signed in for; not told by voucher_list */
    int64_t held_until_ms; /* for a basket at held_till_id; 0: it is not */
    int64_t held_till_id;
    int64_t terms_id; /* the reward whose terms it has */
    bool has_terms;   /* which asks for something, or is counted */
    enum reward_kind kind;
    int64_t value;
};

/* ERR_NOT_FOUND "voucher_unknown" */
enum err_code voucher_load(struct db *db, int64_t voucher_id, struct voucher *out, struct err *e);
enum err_code
voucher_by_locator(struct db *db, int64_t locator, struct voucher *out, struct err *e);

/* Those a card may still redeem at now_ms, the soonest to expire first; at most `cap`. */
enum err_code voucher_list(struct db *db, int64_t card_id, int64_t now_ms, struct voucher *out,
                           size_t cap, size_t *n_out, struct err *e);

/* Why it cannot be redeemed at now_ms; kind NONE when it can. */
struct refusal voucher_refusal(const struct voucher *voucher, int64_t now_ms);

/* Proof that this till has scanned this voucher's code and may redeem it up to until_ms. */
void voucher_token(const struct db *db, int64_t voucher_id, int64_t till_id, int64_t until_ms,
                   char out[VOUCHER_TOKEN_SIZE]);

struct redemption {
    int64_t voucher_id;
    struct str token;
    int64_t staff_id, till_id, shop_id;
    int64_t yen; /* the sale, where the reward asks for one; 0: not said */
    int64_t now_ms;
};

/* Whether what the reward asks for is there, in this shop and for a sale of so many yen (0: not
 * said; REWARD_YEN_LATER). */
enum err_code
voucher_conditions(struct db *db, const struct voucher *voucher, int64_t shop_id, int64_t yen,
                   int64_t now_ms, struct refusal *refusal, struct err *e);
/* Of one that was reserved: reward_decide_captured. */
enum err_code voucher_captured(struct db *db, const struct voucher *voucher, int64_t yen,
                               struct refusal *refusal, struct err *e);

/*
 * Redeem, once. Audited. *out is the voucher afterwards.
 *
 * Refused: SCAN_OVER (the token is not for this voucher and till, or too old), OWN_CARD,
 * CARD_BLOCKED, VOUCHER_REDEEMED, VOUCHER_EXPIRED, VOUCHER_CANCELLED, CODE_STALE (it moved),
 * GUEST, VOUCHER_HELD, and those of reward_decide
 */
enum err_code voucher_redeem(struct db *db, const struct redemption *in, struct voucher *out,
                             struct refusal *refusal, struct err *e);

/* How many were redeemed at a till since then. */
enum err_code voucher_redeemed_count(struct db *db, int64_t till_id, int64_t since_ms,
                                     int64_t *n_out, struct err *e);

/* End what expired by now_ms, at most `max` of them in one go; *n_out is how many. Where the reward
 * says so the price comes back with it, once: a run that breaks off goes on where it was. */
enum err_code
voucher_expire_due(struct db *db, int64_t now_ms, int64_t max, int64_t *n_out, struct err *e);
/* All that expired of a member's cards, before these are closed. */
enum err_code
voucher_expire_member(struct db *db, int64_t member_id, int64_t now_ms, struct err *e);

#endif
