/*
 * access.h - sessions: who holds which cookie, for how long.
 *
 * Only the SHA-256 of a cookie is kept. Idle and absolute lives are those of security.md 6.3.
 */
#ifndef DOMAIN_ACCESS_H
#define DOMAIN_ACCESS_H

#include "base/digest.h"
#include "base/entropy.h"
#include "base/err.h"
#include "base/str.h"
#include "store/db.h"

#include <stdint.h>

enum access_kind { ACCESS_MEMBER, ACCESS_TILL, ACCESS_STAFF, ACCESS_OWNER };

struct access {
    int64_t session_id;
    enum access_kind kind;
    int64_t member_id, till_id, shop_id, staff_id;
    int64_t role;
    int64_t seen_ms;
};

struct access_life {
    int64_t idle_ms, absolute_ms;
};
struct access_life access_life(enum access_kind kind); /* member 14 d/90 d, till 60 d idle/400 d, staff 15 min/12 h, owner 15 min/8 h */

/* A new session; the token goes into the cookie. A member keeps the newest five; a till or a staff
 * session replaces the one of the same till. */
enum err_code access_open(struct db *db, enum access_kind kind, int64_t member_id, int64_t till_id,
                          int64_t staff_id, int64_t now_ms, char token_out[TOKEN_SIZE],
                          struct err *e);

/* ERR_AUTH "session_unknown" or "session_over" (idle, absolute, staff not active, till not enrolled). */
enum err_code access_find(struct db *db, enum access_kind kind,
                          const uint8_t token_hash[SHA256_SIZE], int64_t now_ms,
                          struct access *out, struct err *e);

/* Idle sessions count from the last use: call when seen_ms is over a minute old. */
enum err_code access_touch(struct db *db, int64_t session_id, int64_t now_ms, struct err *e);
enum err_code access_end(struct db *db, int64_t session_id, struct err *e);

/* Something that may happen once until `until_ms`. false in *fresh_out: it already did; a repeat with the
 * same non-empty device is allowed and reads as fresh. */
enum err_code access_burn(struct db *db, const uint8_t hash[SHA256_SIZE], struct str device,
                          int64_t until_ms, bool *fresh_out, struct err *e);
/* Forget what is over. */
enum err_code access_sweep(struct db *db, int64_t now_ms, struct err *e);

#endif
