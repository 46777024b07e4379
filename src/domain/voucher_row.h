/*
 * voucher_row.h - how the ledger issues and moves vouchers. Nobody else includes it.
 */
#ifndef DOMAIN_VOUCHER_ROW_H
#define DOMAIN_VOUCHER_ROW_H

#include "domain/voucher.h"

#include <stdint.h>

struct voucher_new {
    int64_t card_id;
    int64_t reward_id;
    int64_t cause_seq; /* the grant that reached it */
    int64_t round_seq; /* the round it was paid with; 0: reached in passing */
    int64_t now_ms;
    int64_t expires_ms;
};

enum err_code
voucher_issue(struct db *db, const struct voucher_new *in, int64_t *id_out, struct err *e);

/* An issued one goes on as a new voucher of that card, with the same end. */
enum err_code
voucher_move(struct db *db, int64_t voucher_id, int64_t card_id, int64_t now_ms, struct err *e);

#endif
