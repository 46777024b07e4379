/*
 * refund_row.h - refunds as other files of domain/ find them. Only refund.c, reversal.c and check.c
 * include it.
 */
#ifndef DOMAIN_REFUND_ROW_H
#define DOMAIN_REFUND_ROW_H

#include "domain/refund_rules.h"
#include "domain/transfer.h"

#include <stdint.h>

/* All refunds of a grant together. */
struct refunds {
    int64_t yen;
    int64_t units; /* that those yen had earned */
};
enum err_code refunds_of(struct db *db, int64_t grant_seq, struct refunds *out, struct err *e);

/* A sale that earned, and what it brought. Refused: TOO_MUCH */
enum err_code refundable_of(struct db *db, const struct transfer *grant, struct refundable *out,
                            struct refusal *refusal, struct err *e);
/* The units that go back once refunded_yen of it are refunded. */
int64_t
refund_due(const struct plan_rules *rules, const struct refundable *sale, int64_t refunded_yen);

#endif
