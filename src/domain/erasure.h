/*
 * erasure.h - a member is forgotten: by their own wish, or after a long absence.
 *
 * What the book is made of stays: transfers, vouchers and scans name a number, and that number is
 * nobody's any more. What says who it was goes: the member's key is destroyed, and with it what any
 * copy of the book knows of the name; identity, sessions, consents and choices are removed,
 * messages not yet sent are dropped. What was left on the cards expires by ordinary transfers, so
 * that the book still adds up.
 *
 * A keyed hash of the LINE user id stays for DEPARTED_MS, for a gift of welcome is given once. It
 * is another one than the identity had, so that no older copy of the book tells whose it is. A
 * multicast to many others that is under way keeps its text until it ends, within a day.
 */
#ifndef DOMAIN_ERASURE_H
#define DOMAIN_ERASURE_H

#include "base/clock.h"
#include "base/err.h"
#include "base/str.h"
#include "store/db.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DEPARTED_MS (90 * DAY_MS)

enum erasure_why { ERASURE_LEFT, ERASURE_UNFOLLOWED, ERASURE_DORMANT, ERASURE_WHYS };
const char *erasure_why_name(enum erasure_why why); /* "left", "unfollowed", "dormant" */

struct erased {
    int64_t cards, units, vouchers; /* what ended with them */
};

/*
 * Forget a member. Audited. Expects a savepoint around it; once that is committed, the writer
 * clears the write-ahead log (db_forget).
 *
 * ERR_NOT_FOUND "member_unknown"
 * ERR_CONFLICT  "member_erased": done before; "still_owner": the chain would lose its owner's way
 *               in: another owner has to end that first
 */
enum err_code erase_member(struct db *db, int64_t member_id, enum erasure_why why, int64_t now_ms,
                           struct erased *out, struct err *e);

/* Whether somebody of this LINE user id was erased not long ago. */
enum err_code
departed_lately(struct db *db, struct str line_id, int64_t now_ms, bool *out, struct err *e);
/* Forget hashes that are too old. */
enum err_code departed_sweep(struct db *db, int64_t now_ms, struct err *e);

/* How many were erased since then, by the reason. */
enum err_code
erased_since(struct db *db, int64_t since_ms, int64_t out[ERASURE_WHYS], struct err *e);

#endif
