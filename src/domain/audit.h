/*
 * audit.h - what was done by whom, beside the ledger, in a chain of its own.
 */
#ifndef DOMAIN_AUDIT_H
#define DOMAIN_AUDIT_H

#include "base/err.h"
#include "domain/chain.h"
#include "store/db.h"

#include <stdint.h>

#define AUDIT_ACT_MAX 64 /* bytes */

/* `act` is a literal such as "till.enrolled"; staff, till and subject are 0 where there is none. */
enum err_code audit_write(struct db *db, const char *act, int64_t staff_id, int64_t till_id,
                          int64_t subject, int64_t now_ms, struct err *e);

/* One line as stored, for the proof of the chain. */
struct audit_line {
    int64_t seq, at_ms;
    struct str act;
    int64_t staff_id, till_id, subject;
};
void audit_mac(const uint8_t key[KEY_SIZE], const uint8_t prev_mac[MAC_SIZE],
               const struct audit_line *line, uint8_t out[MAC_SIZE]);

#endif
