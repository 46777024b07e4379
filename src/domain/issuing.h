/*
 * issuing.h - from a reward to a voucher of it: one piece less, a code, a prize drawn, the voucher.
 * Only ledger.c, moving.c and swap.c include it; functions here expect their savepoint.
 */
#ifndef DOMAIN_ISSUING_H
#define DOMAIN_ISSUING_H

#include "base/err.h"
#include "domain/ledger.h"
#include "domain/reward.h"
#include "store/db.h"

#include <stdint.h>

struct issue {
    const struct card *card;
    const struct plan_rules *rules;
    int64_t reward_id;          /* what was reached, or swapped for */
    const struct reward *terms; /* what the catalogue says of it; NULL: nothing */
    int64_t valid_days;         /* without terms */
    const struct transfer *cause;
    int64_t round_seq; /* 0: half-way, or a swap */
};

struct issued {
    int64_t id;
    int64_t expires_ms;
    struct reward as; /* whose terms the voucher has; .id 0: no catalogue's */
};

/* ERR_INTERNAL "ledger_unsound": there was none left, which the caller had made sure of */
enum err_code
issue_voucher(struct db *db, const struct issue *in, struct issued *out, struct err *e);

#endif
