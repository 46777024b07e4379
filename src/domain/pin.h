/*
 * pin.h - what a person types at a till to be let in.
 *
 * A PIN is 4 to 8 digits, kept as a yescrypt hash (crypt(5)). Checking it takes 0.06 s of CPU and
 * 64 MiB on purpose: pin_matches runs on a worker, never on the writer; pin_tried then records how
 * it went. Five wrong ones in a row, and that person waits at that till.
 */
#ifndef DOMAIN_PIN_H
#define DOMAIN_PIN_H

#include "base/err.h"
#include "base/str.h"
#include "store/db.h"

#include <stdbool.h>
#include <stdint.h>

#define PIN_TRIES 5
#define PIN_LOCK_MS (15 * 60 * 1000)
#define PIN_HASH_SIZE 384

/* ERR_INPUT "pin_invalid": not 4-8 digits, or all the same digit, or a straight run */
enum err_code pin_hash(struct str pin, char out[PIN_HASH_SIZE], struct err *e);
/* ERR_INTERNAL "crypt_failed": no memory, or a hash that is damaged, for crypt(3) does not always
 * tell them apart: neither says anything about the PIN, so it must not count as a wrong one. */
enum err_code pin_matches(struct str pin, const char *hash, bool *matched_out, struct err *e);

/* May this person try a PIN at this till now? Gives the hash. ERR_CONFLICT "pin_locked" with
 * *until_ms_out; ERR_NOT_FOUND "staff_unknown": not serving at this till, or has no PIN. */
enum err_code pin_open(struct db *db, int64_t till_id, int64_t staff_id, int64_t now_ms,
                       char hash_out[PIN_HASH_SIZE], int64_t *until_ms_out, struct err *e);

/*
 * Record a try, in a savepoint of the caller's. *left_out is how many are left before the lock; 0:
 * locked up to *until_ms_out by this one. A wrong PIN is OK here, for it must be written; audited.
 *
 * ERR_CONFLICT "pin_locked", with *until_ms_out: tries made at the same time brought the lock on,
 * and this one counts for nothing, matched or not
 */
enum err_code pin_tried(struct db *db, int64_t till_id, int64_t staff_id, bool matched,
                        int64_t now_ms, int64_t *left_out, int64_t *until_ms_out, struct err *e);

#endif
