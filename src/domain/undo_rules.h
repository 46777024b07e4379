/*
 * undo_rules.h - who may take back what, and until when: pure functions of what was done, who asks,
 * and time.
 *
 * Whoever did it may take it back soon, at the same till; a manager also later, and in the whole
 * shop, or the chain when that is what they manage. What no shop did is every manager's. And nobody
 * serves their own card, not even by taking something back.
 */
#ifndef DOMAIN_UNDO_RULES_H
#define DOMAIN_UNDO_RULES_H

#include "domain/card.h"
#include "domain/plan.h"
#include "domain/refusal.h"
#include "domain/serving.h"
#include "domain/transfer.h"
#include "domain/voucher.h"

#include <stdbool.h>
#include <stdint.h>

/* Who asks at a till. */
struct undo_by {
    bool is_manager;
    bool is_own_card;
    bool is_own_shop;   /* it was done in a shop that the manager has, or in none */
    bool is_same_till;  /* it was done there */
    bool is_same_staff; /* by them */
};

/* Of `done`, on a card of that member; who serves does so at `till_id`. */
struct undo_by undo_by(const struct serving *serving, int64_t staff_id, int64_t till_id,
                       const struct transfer *done, int64_t member_id);

/* ---------------------------------------------------------------- a transfer */

struct undo_facts {
    enum transfer_kind kind;
    int64_t at_ms;             /* when it was booked */
    bool is_reversed, is_held; /* held for a basket that is not paid yet */
    bool is_ended, is_merged;  /* the card */
    struct undo_by by;
};

/*
 * A cashier undoes what this till did on this business day, but of spendings only their own, and
 * for SPEND_UNDO_MS.
 *
 * REFUSAL_NONE, NOT_A_GRANT (rounds, repayments, lapses and the like are consequences; merges,
 * gifts, swaps and what a customer brought along have two sides, and are undone as a whole),
 * ALREADY_REVERSED, CARD_BLOCKED, CARD_MERGED, OWN_CARD, OTHER_TILL, MANAGER_NEEDED, TOO_LATE,
 * HOLD_OPEN
 */
enum refusal_kind
undo_decide(const struct plan_rules *rules, const struct undo_facts *facts, int64_t now_ms);

/* ---------------------------------------------------------------- a swap */

struct swap_undo_facts {
    int64_t at_ms;            /* of the swap */
    enum voucher_state state; /* of what it was for */
    int64_t closed_ms;        /* when that ended */
    int64_t held_till_id;     /* where a basket holds it; 0: none does */
    int64_t held_until_ms;    /* and until when, at the latest */
    bool is_active;           /* the card */
    bool has_code, was_drawn; /* what the member has seen cannot be unseen: only a manager may */
    bool was_on_phone;        /* of no till: any of the day may take it back */
    bool by_member;           /* on the phone, too; else as `by` says */
    struct undo_by by;
};

/* The member for SWAP_UNDO_MS, a cashier on the business day, at that till. REFUSAL_NONE,
 * VOUCHER_REDEEMED, VOUCHER_EXPIRED, ALREADY_REVERSED, CODE_STALE (it moved, each with at_ms),
 * VOUCHER_HELD (till_id, again_ms), CARD_BLOCKED, OWN_CARD, OTHER_TILL, CODE_GIVEN, LOT_DRAWN,
 * TOO_LATE */
struct refusal swap_undo_decide(const struct plan_rules *rules, const struct swap_undo_facts *facts,
                                int64_t now_ms);

/* ---------------------------------------------------------------- a voucher */

struct cancel_facts {
    struct voucher voucher;
    bool is_ended; /* its card */
    bool is_moved; /* it was another card's before ... */
    bool was_paid; /* ... whose units paid for it: a round, or a swap */
    struct undo_by by;
};

/* A manager may, of any voucher that is still good, a guest's too. MANAGER_NEEDED, OTHER_TILL,
 * OWN_CARD, as voucher_refusal, CARD_BLOCKED, CARD_MERGED */
struct refusal cancel_decide(const struct cancel_facts *facts, int64_t now_ms);

#endif
