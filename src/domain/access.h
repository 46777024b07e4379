/*
 * access.h - sessions: who holds which cookie, for how long.
 *
 * Only the SHA-256 of a cookie is kept. Functions that write expect a savepoint around them.
 *
 * A member's session also tells when the person last proved to LINE who it is. That never changes:
 * who proves it once more gets a new session, so that whoever copied the cookie of the old one has
 * gained nothing.
 */
#ifndef DOMAIN_ACCESS_H
#define DOMAIN_ACCESS_H

#include "base/digest.h"
#include "base/entropy.h"
#include "base/err.h"
#include "base/str.h"
#include "store/db.h"

#include <stdbool.h>
#include <stdint.h>

#define LOGIN_FRESH_MS (INT64_C(10) * 60 * 1000)

enum access_kind { ACCESS_MEMBER, ACCESS_TILL, ACCESS_STAFF, ACCESS_OWNER };

struct access {
    int64_t session_id;
    enum access_kind kind;
    int64_t member_id, till_id, shop_id, staff_id;
    int64_t role;
    int64_t seen_ms;
    int64_t until_ms; /* if it is not used again */
    int64_t login_ms; /* when LINE was shown who it is; 0: nobody knows */
};

struct access_life {
    int64_t idle_ms, absolute_ms;
};
/* Member 14 d and 90 d, till 60 d and 400 d, staff 15 min and 12 h, owner 15 min and 8 h. */
struct access_life access_life(enum access_kind kind);

/* A new session; the token goes into the cookie. A member keeps the newest five, an owner two; a
 * staff session replaces the one of the same till, a till's every one of that till. */
enum err_code
access_open(struct db *db, enum access_kind kind, int64_t member_id, int64_t till_id,
            int64_t staff_id, int64_t now_ms, char token_out[TOKEN_SIZE], struct err *e);

/* A member's, who proved to LINE at `login_ms` who it is; 0: LINE did not say when. A time that
 * lies ahead, as LINE's clock may, is now. */
enum err_code access_open_proven(struct db *db, int64_t member_id, int64_t login_ms, int64_t now_ms,
                                 char token_out[TOKEN_SIZE], struct err *e);

/*
 * Was it proven just now, for acts that a session alone is not enough for? Less than LOGIN_FRESH_MS
 * ago, and not in the future, as it would be for ever once a clock was set back; a second or two of
 * that are a clock being put right.
 */
bool access_is_fresh(int64_t login_ms, int64_t now_ms);

/* Role and shop are those of now, not of when it began.
 * ERR_AUTH "session_unknown", "session_over" (idle, absolute, staff not active or not of this shop
 * any more, till not enrolled) */
enum err_code
access_find(struct db *db, enum access_kind kind, const uint8_t token_hash[SHA256_SIZE],
            int64_t now_ms, struct access *out, struct err *e);

/* Idle sessions count from the last use: call when seen_ms is over a minute old. */
enum err_code access_touch(struct db *db, int64_t session_id, int64_t now_ms, struct err *e);
enum err_code access_end(struct db *db, int64_t session_id, struct err *e);

/* Something that may happen once up to `until_ms`. false in *fresh_out: it already did; a repeat
 * with the same non-empty device is allowed and reads as fresh. */
enum err_code access_burn(struct db *db, const uint8_t hash[SHA256_SIZE], struct str device,
                          int64_t until_ms, bool *fresh_out, struct err *e);
/* Forget what is over: of sessions, among the oldest only, so that a call stays short. */
enum err_code access_sweep(struct db *db, int64_t now_ms, struct err *e);

#endif
