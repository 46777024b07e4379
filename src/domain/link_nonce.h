/*
 * link_nonce.h - between the shop's login and LINE's word for whose it was.
 *
 * The shop said which customer logged in; LINE says, with the nonce we sent along, whose LINE it
 * was (LINE developers, "Linking user accounts"). 256 random bits, good for LINK_NONCE_LIFE_MS,
 * once; only a hash is kept. Functions that write expect a savepoint around them.
 */
#ifndef DOMAIN_LINK_NONCE_H
#define DOMAIN_LINK_NONCE_H

#include "base/entropy.h"
#include "base/err.h"
#include "base/str.h"
#include "store/db.h"

#include <stdint.h>

#define LINK_NONCE_LIFE_MS                                                                         \
    (INT64_C(15) * 60 * 1000) /* longer than the 10 minutes of a link token */

enum err_code link_nonce_make(struct db *db, int64_t customer_id, int64_t now_ms,
                              char nonce_out[TOKEN_SIZE], struct err *e);
/* Whose it is, and it is burnt; 0: nobody's, over, or used. */
enum err_code link_nonce_take(struct db *db, struct str nonce, int64_t now_ms,
                              int64_t *customer_id_out, struct err *e);
enum err_code link_nonce_sweep(struct db *db, int64_t now_ms, struct err *e);

#endif
