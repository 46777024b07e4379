/*
 * hold_rules.h - whether a person may end a hold: pure functions of what is held, who asks, and
 * time.
 */
#ifndef DOMAIN_HOLD_RULES_H
#define DOMAIN_HOLD_RULES_H

#include "domain/refusal.h"

#include <stdbool.h>
#include <stdint.h>

enum hold_state { HOLD_OPEN, HOLD_CAPTURED, HOLD_RELEASED, HOLD_OVER };

struct hold_facts {
    enum hold_state state;
    int64_t until_ms;
    int64_t closed_ms; /* when it left HOLD_OPEN */
    int64_t points;    /* that are held; 0: a voucher is */
    bool is_manager;
    bool is_own_shop;  /* of the till that holds it, the manager's */
    bool is_same_till; /* the till that holds it asks */
    bool is_active;    /* the card */
    bool is_own_card;  /* of whoever asks */
};

/* Captured or released: a manager what any till of their shops holds, a cashier what this till
 * does. REFUSAL_NONE, OTHER_TILL, HOLD_CAPTURED, HOLD_RELEASED, HOLD_OVER (each with at_ms) */
struct refusal hold_end_decide(const struct hold_facts *facts, int64_t now_ms);

/* Captured, `points` of it (0: all that is held). The same, or CARD_BLOCKED, OWN_CARD, HOLD_LESS
 * (most) */
struct refusal hold_capture_decide(const struct hold_facts *facts, int64_t points, int64_t now_ms);

#endif
