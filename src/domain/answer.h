/*
 * answer.h - answers already given, so that a repeated request gets the same one.
 *
 * Key, work and answer are written in one transaction: find, do, store. An answer that is kept
 * names nobody, for it outlives a member who leaves; it lies there sealed all the same. Answers are
 * kept for 35 days at least; what a repeat could do after that is held by the ledger itself (one
 * grant a scan, one reversal a grant, one end a voucher).
 */
#ifndef DOMAIN_ANSWER_H
#define DOMAIN_ANSWER_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "store/db.h"

#include <stdbool.h>
#include <stdint.h>

#define ANSWER_KEY_SIZE 16
#define ANSWER_KEPT_MS (INT64_C(35) * 24 * 60 * 60 * 1000)

/* `actor` names who asks ("till:3"), `key` is the Idempotency-Key: the same key of two actors is
 * two. */
void
answer_key(const struct db *db, struct str actor, struct str key, uint8_t out[ANSWER_KEY_SIZE]);
/* Of what was asked: method, path and body. */
void answer_fingerprint(struct str method, struct str path, struct str body,
                        uint8_t out[ANSWER_KEY_SIZE]);

struct answer {
    bool is_found;
    int status;
    struct str body; /* in arena */
};

/* ERR_MISMATCH "idempotency_mismatch": the key was used for something else. */
enum err_code answer_find(struct db *db, const uint8_t key[ANSWER_KEY_SIZE],
                          const uint8_t fingerprint[ANSWER_KEY_SIZE], struct arena *a,
                          struct answer *out, struct err *e);

enum err_code answer_store(struct db *db, const uint8_t key[ANSWER_KEY_SIZE],
                           const uint8_t fingerprint[ANSWER_KEY_SIZE], int status, struct str body,
                           int64_t now_ms, struct err *e);

/* Forget what is older than ANSWER_KEPT_MS, at most `max` in one go. */
enum err_code answer_sweep(struct db *db, int64_t now_ms, int64_t max, struct err *e);

#endif
