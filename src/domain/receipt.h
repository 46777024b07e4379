/*
 * receipt.h - receipts that were credited: each once in the whole chain.
 *
 * A receipt is known by the shop whose register printed it and by its number there; where numbers
 * begin again each day, by the business day, too. What was credited can be credited again only
 * after that was reversed. Only ledger.c, late.c, whoever refunds and check's
 * queries know of it.
 */
#ifndef DOMAIN_RECEIPT_H
#define DOMAIN_RECEIPT_H

#include "base/err.h"
#include "domain/plan.h"
#include "domain/receipt_number.h"
#include "store/db.h"

#include <stdbool.h>
#include <stdint.h>

struct receipt {
    int64_t shop_id;
    int64_t day; /* since 1970; 0: the number says it all */
    char number[RECEIPT_NUMBER_SIZE];
};

/* ERR_INPUT "receipt_invalid" */
enum err_code receipt_read(const struct plan_rules *rules, int64_t shop_id, struct str typed,
                           int64_t sold_ms, struct receipt *out, struct err *e);

struct receipt_use {
    bool is_used;           /* and that was not reversed */
    int64_t at_ms, till_id; /* when and where, if it is */
    int64_t turn;           /* that it is credited in next */
};
enum err_code
receipt_find(struct db *db, const struct receipt *receipt, struct receipt_use *out, struct err *e);

/*
 * The transfer that a receipt of this shop was credited with, and that was not reversed.
 *
 * ERR_INPUT "receipt_invalid"; "receipt_ambiguous": numbers begin again there, and several days'
 * have this one: the transfer has to be told
 * ERR_NOT_FOUND "receipt_unknown"
 */
enum err_code
receipt_sale(struct db *db, int64_t shop_id, struct str typed, int64_t *seq_out, struct err *e);

/* It was credited with this transfer. Expects a savepoint around it, and that it is not used. */
enum err_code
receipt_add(struct db *db, const struct receipt *receipt, int64_t turn, int64_t seq, struct err *e);

#endif
