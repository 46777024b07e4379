/*
 * refusal.h - a rule says no.
 *
 * A refusal is an answer, not a failure: the function returns OK, has written nothing, and tells
 * the rule and the facts a cashier needs. Whoever calls looks at `kind` first.
 */
#ifndef DOMAIN_REFUSAL_H
#define DOMAIN_REFUSAL_H

#include <stdint.h>

#define REFUSAL_TABLE(R)                                                                           \
    R(NONE, "none")                                                                                \
    /* a code */                                                                                   \
    R(CODE_UNREADABLE, "code_unreadable") /* a digit is wrong, or two codes ran together: again */ \
    R(CODE_UNKNOWN, "code_unknown")       /* well formed, but of no card of ours */                \
    R(CODE_GOODS, "code_goods")           /* a product, not a card */                              \
    R(CODE_STALE, "code_stale")           /* too old, or never valid: the card shows a new one */  \
    R(CODE_USED, "code_used")             /* at_ms, till_id: read before, elsewhere */             \
    R(CODE_AMBIGUOUS, "code_ambiguous")   /* the number of two cards: the 22 digits tell */        \
    R(CARD_GUARDED, "card_guarded")       /* too many guesses: its member has to tap */            \
    R(CARD_BLOCKED, "card_blocked")                                                                \
    R(CARD_MERGED, "card_merged") /* its member is one with another, whose card has its units */   \
    /* a grant */                                                                                  \
    R(SCAN_OVER, "scan_over")     /* too late, another till's; last_ms: it has granted */          \
    R(OWN_CARD, "own_card")       /* nobody serves the own card */                                 \
    R(TOO_SOON, "too_soon")       /* last_ms, again_ms */                                          \
    R(DAY_FULL, "day_full")       /* again_ms */                                                   \
    R(NUMBER_FULL, "number_full") /* by fixed number often enough: the phone's code still earns */ \
    R(PLAN_OVER, "plan_over")     /* its last day has passed: nothing is earned any more */        \
    R(NO_POINTS, "no_points")     /* the sale is too small for a point */                          \
    R(TOO_MUCH, "too_much")       /* more than one grant may carry: split the sale */              \
    R(MEMBER_CAP, "member_cap")   /* again_ms: the member has earned enough for the day */         \
    R(STAFF_CAP, "staff_cap")     /* again_ms: so has whoever serves given */                      \
    R(TILL_CAP, "till_cap")       /* again_ms: so has the till */                                  \
    /* a bonus */                                                                                  \
    R(BONUS_GIVEN, "bonus_given") /* last_ms, again_ms (0: never): it is given once in a while */  \
    /* a receipt, and credit for it afterwards */                                                  \
    R(LATE_OFF, "late_off")               /* the plan has no credit afterwards */                  \
    R(RECEIPT_FUTURE, "receipt_future")   /* its time lies ahead: a slip of the finger */          \
    R(RECEIPT_TOO_OLD, "receipt_too_old") /* at_ms: it was too late from then on */                \
    R(RECEIPT_USED, "receipt_used")       /* at_ms, till_id: it was credited there */              \
    R(MANAGER_NEEDED, "manager_needed")   /* more than a cashier may, or without a receipt */      \
    /* a gift from one member to another */                                                        \
    R(GIFT_OFF, "gift_off")             /* the plan has no gifts */                                \
    R(GIFT_SMALL, "gift_small")         /* least: of the plan */                                   \
    R(GIFT_OPEN_FULL, "gift_open_full") /* too many that nobody has taken yet */                   \
    R(GIFT_OWN, "gift_own")             /* nobody gives to themselves */                           \
    R(GIFT_TAKEN, "gift_taken")         /* at_ms: somebody has accepted it */                      \
    R(GIFT_OVER, "gift_over")           /* at_ms: it went back to the giver */                     \
    R(GIFT_STOPPED, "gift_stopped")     /* the giver's card is blocked */                          \
    /* a reversal */                                                                               \
    R(NOT_A_GRANT, "not_a_grant") /* a consequence, or one of two sides: not undone by itself */   \
    R(ALREADY_REVERSED, "already_reversed")                                                        \
    R(BALANCE_TOO_LOW, "balance_too_low") /* missing: units that were used since */                \
    R(POINTS_LAPSED, "points_lapsed")     /* at_ms: what it gave came to its end then */           \
    R(OTHER_TILL, "other_till")           /* a cashier reverses at the till of the grant */        \
    R(TOO_LATE, "too_late") /* a cashier reverses on the day of a grant, minutes after a use */    \
    /* a refund */                                                                                 \
    R(NOT_A_SALE, "not_a_sale") /* a visit, or points without a sale: reverse it */                \
    R(ALREADY_REFUNDED, "already_refunded")                                                        \
    R(REFUND_TOO_MUCH, "refund_too_much") /* left: yen of the sale that were not refunded yet */   \
    /* a voucher */                                                                                \
    R(GUEST, "guest")                         /* nobody has signed in for this card yet */         \
    R(VOUCHER_REDEEMED, "voucher_redeemed")   /* at_ms */                                          \
    R(VOUCHER_EXPIRED, "voucher_expired")     /* at_ms */                                          \
    R(VOUCHER_CANCELLED, "voucher_cancelled") /* at_ms */                                          \
    R(VOUCHER_HELD, "voucher_held")           /* till_id, again_ms: for a basket, until then */    \
    R(NOT_REDEEMED, "not_redeemed")           /* there is no redemption to undo */                 \
    /* points at the till; from SPEND_STEP to SPEND_ASK all of: most, step, least, have */         \
    R(NOT_SPENT, "not_spent")         /* points of this plan are not spent at tills */             \
    R(SPEND_BY_CODE, "spend_by_code") /* numbers and JANs can be copied: the phone's QR code */    \
    R(SPEND_STEP, "spend_step")       /* most, step: only multiples of it */                       \
    R(SPEND_LEAST, "spend_least")     /* most, least: so many at once */                           \
    R(POINTS_SHORT, "points_short")   /* most, have: more than there are */                        \
    R(SPEND_DAY, "spend_day")         /* most, again_ms: enough for this day */                    \
    R(SPEND_SHARE, "spend_share")     /* most: of a sale only a part may be paid */                \
    R(SPEND_ASK, "spend_ask")         /* the member has to say yes on the card first */            \
    /* a hold */                                                                                   \
    R(HOLD_CAPTURED, "hold_captured") /* at_ms */                                                  \
    R(HOLD_RELEASED, "hold_released") /* at_ms */                                                  \
    R(HOLD_OVER, "hold_over")         /* at_ms: nobody captured it in time */                      \
    R(HOLD_OPEN, "hold_open")         /* it is released, not reversed */                           \
    R(HOLD_LESS, "hold_less")         /* most: no more than was held can be captured */            \
    /* what a reward asks for, when it is issued or redeemed */                                    \
    R(NOT_YET, "not_yet")       /* again_ms */                                                     \
    R(OFFER_OVER, "offer_over") /* at_ms; or it is of a catalogue that is no longer in force */    \
    R(WRONG_SHOP, "wrong_shop")                                                                    \
    R(WRONG_WEEKDAY, "wrong_weekday") /* again_ms */                                               \
    R(WRONG_HOUR, "wrong_hour")       /* again_ms */                                               \
    R(NEW_MEMBERS_ONLY, "new_members_only")                                                        \
    R(TIER_TOO_LOW, "tier_too_low")   /* the card shows how far the next tier is */                \
    R(SPEND_TOO_LOW, "spend_too_low") /* least: yen */                                             \
    /* a swap of points for a reward */                                                            \
    R(NOT_ENOUGH, "not_enough") /* missing: units */                                               \
    R(SOLD_OUT, "sold_out")                                                                        \
    R(SOLD_OUT_TODAY, "sold_out_today") /* again_ms */                                             \
    R(HAD_ENOUGH, "had_enough")         /* as many as one member may get */                        \
    R(NOT_A_SWAP, "not_a_swap")                                                                    \
    R(CODE_GIVEN, "code_given") /* the member has its code: only a manager takes it back */        \
    R(LOT_DRAWN, "lot_drawn")   /* the same of a prize: nobody draws again and again */            \
    /* leaving, taking one's data away, tying accounts together */                                 \
    R(LOGIN_STALE, "login_stale") /* a session is not enough: LINE's login once more, just now */

enum refusal_kind {
#define REFUSAL_ID(name, word) REFUSAL_##name,
    REFUSAL_TABLE(REFUSAL_ID)
#undef REFUSAL_ID
};

struct refusal {
    enum refusal_kind kind;
    int64_t last_ms;  /* the visit that stands in the way */
    int64_t again_ms; /* when it will work */
    int64_t at_ms;    /* when it was used */
    int64_t till_id;  /* and where */
    int64_t most;     /* points that would do */
    int64_t step;     /* in multiples of so many */
    int64_t least;    /* and no fewer; of SPEND_TOO_LOW: yen that the sale has to be */
    int64_t have;     /* points that are there */
    int64_t missing;  /* units that are needed beside those there are */
    int64_t left;     /* yen of a sale */
};

const char *refusal_word(enum refusal_kind kind); /* as in the answer to a client: "too_soon" */

#endif
