/*
 * keys.h - every key this service uses, derived from one secret of 32 bytes.
 *
 * The root lives in a file of mode 0600 outside the book; without it nothing in the book can be
 * forged, nobody in it is known by name, and no code can be made. A purpose has a key of its own,
 * so that what is said for one purpose never counts for another.
 */
#ifndef DOMAIN_KEYS_H
#define DOMAIN_KEYS_H

#include "base/digest.h"
#include "base/err.h"
#include "store/db.h"

#include <stdint.h>

struct keys {
    uint8_t ledger[KEY_SIZE];       /* the chain of transfers */
    uint8_t audit[KEY_SIZE];        /* the chain of audit lines */
    uint8_t code[KEY_SIZE];         /* the changing part of a 22-digit code */
    uint8_t locator[KEY_SIZE];      /* the permutation behind a rotating JAN-13 */
    uint8_t number[KEY_SIZE];       /* the permutation behind fixed numbers */
    uint8_t redeem[KEY_SIZE];       /* ties a redemption to the scan before it */
    uint8_t answer[KEY_SIZE];       /* idempotency keys, as stored */
    uint8_t kept[KEY_SIZE];         /* answers at rest */
    uint8_t index[KEY_SIZE];        /* LINE user ids, as found again */
    uint8_t identity[KEY_SIZE];     /* wraps each member's own key */
    uint8_t inbox[KEY_SIZE];        /* events at rest */
    uint8_t outbox[KEY_SIZE];       /* messages at rest */
    uint8_t enrol[KEY_SIZE];        /* enrolment codes, as stored */
    uint8_t cookie[KEY_SIZE];       /* the cookie between us and LINE's login page */
    uint8_t csrf[KEY_SIZE];         /* marks in pages of whom they are about */
    uint8_t reward[KEY_SIZE];       /* seeds of lotteries and codes of others at rest */
    uint8_t reward_index[KEY_SIZE]; /* those codes, as found again */
    uint8_t head[KEY_SIZE];         /* what the signing key of heads is made from (p256.h) */
};

void keys_derive(const uint8_t root[KEY_SIZE], struct keys *out);

/*
 * The keys from the root in the file at `path`.
 *
 * ERR_NOT_FOUND "key_missing"
 * ERR_INPUT     "key_unsafe" (others may read it, or it is no plain file), "key_invalid" (not 32
 * bytes)
 */
enum err_code keys_load(const char *path, struct keys *out, struct err *e);

/* Make a new root, on the disk before this returns. ERR_CONFLICT "key_exists": nothing was changed.
 */
enum err_code keys_create(const char *path, struct err *e);

/* Those given to db_attach when the connection was made. */
const struct keys *keys_of(const struct db *db);

#endif
