/*
 * transfer.h - one line of the book: its fields, its MAC in the chain (chain.h), and its row.
 */
#ifndef DOMAIN_TRANSFER_H
#define DOMAIN_TRANSFER_H

#include "base/err.h"
#include "domain/card.h"
#include "domain/chain.h"
#include "store/db.h"

#include <stdint.h>

#define REQUEST_KEY_SIZE 16

/* A transfer as it stands in the book. Ids are 0 where the column is NULL. */
struct transfer {
    int64_t card_id, seq;
    enum transfer_kind kind;
    int64_t debit, credit, amount, balance_after;
    int64_t at_ms, visit_ms;
    int64_t plan_id, plan_version;
    int64_t shop_id, till_id, staff_id, scan_id;
    int64_t yen;
    char reason[16];
    int64_t cause_seq, reverses_seq;
    int64_t usable_ms, expires_ms; /* of what enters the card */
    uint8_t request_key[REQUEST_KEY_SIZE];
    uint8_t prev_mac[MAC_SIZE], mac[MAC_SIZE];
};

void
transfer_mac(const uint8_t key[KEY_SIZE], const struct transfer *transfer, uint8_t out[MAC_SIZE]);

/* From a row of SQL_TRANSFER_ALL and its like. */
void transfer_read(const struct stmt *s, struct transfer *out);
/* ERR_NOT_FOUND "transfer_unknown" */
enum err_code transfer_by_seq(struct db *db, int64_t seq, struct transfer *out, struct err *e);
/* Its row and nothing else: what keeps the balances is posting.h. */
enum err_code transfer_insert(struct db *db, const struct transfer *transfer, struct err *e);

#endif
