/*
 * gift_case.h - whether units may be given away, and whether a gift may be taken: pure functions of
 * the plan, the cards on both sides, and time.
 */
#ifndef DOMAIN_GIFT_CASE_H
#define DOMAIN_GIFT_CASE_H

#include "domain/refusal.h"
#include "domain/rules.h"

#include <stdbool.h>
#include <stdint.h>

#define GIFTS_OPEN_MAX 10 /* of one card */

enum gift_state { GIFT_OPEN, GIFT_ACCEPTED, GIFT_RETURNED };

/* A card at either end of a gift. */
struct gift_party {
    bool is_active; /* else blocked, merged, or its member has left */
    bool is_guest;  /* nobody has signed in for it: it neither gives nor takes */
};

struct gift_giving {
    struct gift_party giver;
    int64_t amount;
    int64_t usable;    /* on the card, now */
    int64_t given_day; /* this business day, without what came back */
    int64_t open;      /* gifts that nobody has taken yet */
};

/* REFUSAL_NONE, GIFT_OFF, GUEST, CARD_BLOCKED, GIFT_SMALL (least), BALANCE_TOO_LOW (missing),
 * GIFT_OPEN_FULL, or DAY_FULL with again_ms. */
struct refusal
gift_may_give(const struct plan_rules *rules, const struct gift_giving *g, int64_t now_ms);

/* When a gift made now is over: no later than the first of its units is. first_end_ms 0: none
 * ends. */
int64_t gift_until(const struct plan_rules *rules, int64_t first_end_ms, int64_t now_ms);

struct gift_taking {
    enum gift_state state;
    int64_t until_ms, closed_ms;
    struct gift_party giver, taker;
    bool is_own; /* the giver's own, or of a member who is one with them by now */
};

/* REFUSAL_NONE, GUEST, GIFT_OWN, GIFT_TAKEN (at_ms), GIFT_OVER (at_ms: it went back or ended then),
 * CARD_BLOCKED (the taker's), GIFT_STOPPED (the giver's card is blocked). */
struct refusal gift_may_take(const struct gift_taking *t, int64_t now_ms);

/* Taken back by its giver: REFUSAL_NONE, GIFT_TAKEN or GIFT_OVER (at_ms). */
struct refusal gift_may_return(enum gift_state state, int64_t closed_ms);

#endif
