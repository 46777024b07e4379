/*
 * refund_rules.h - what a refund takes back, as pure functions of the sale and what was refunded of
 * it so far.
 *
 * However a sale is refunded, in one part or in many, what is left is what the rest of it would
 * have earned: a refund is never computed from its own part, but from what is left before it and
 * after it. So nothing drifts, and nothing is taken twice.
 */
#ifndef DOMAIN_REFUND_RULES_H
#define DOMAIN_REFUND_RULES_H

#include "domain/plan.h"
#include "domain/refusal.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define REFUND_BONUSES_MAX 24

/* A sale, and what it brought. */
struct refundable {
    int64_t yen;
    int64_t units; /* for the sale itself */
    size_t bonuses_n;
    int64_t bonus[REFUND_BONUSES_MAX]; /* what each factor or bonus added */
};

/* The units a sale keeps when left_yen of it are left: all of them, or none, at the two ends. */
int64_t units_left(const struct plan_rules *rules, const struct refundable *sale, int64_t left_yen);

/* What decides who may refund. */
struct refund_facts {
    int64_t sale_ms, now_ms;
    int64_t sale_yen;
    int64_t refunded_yen; /* so far */
    int64_t yen;          /* that are to be refunded now */
    bool is_manager;
    bool is_own_shop; /* of the sale, or of all */
};

/* REFUSAL_NONE, ALREADY_REFUNDED (all of it), REFUND_TOO_MUCH with the yen that are left,
 * OTHER_TILL, TOO_LATE or MANAGER_NEEDED. */
struct refusal refund_decide(const struct plan_rules *rules, const struct refund_facts *facts);

/* What becomes of `units` that go back of a card that lacks `missing` of them. */
struct refund_parts {
    int64_t taken, forgiven, owed; /* together `units` */
    bool is_refused;
};
struct refund_parts refund_split(const struct plan_rules *rules, int64_t units, int64_t missing);

#endif
