/*
 * guest.h - a card before its member is known: held by one browser, and by nothing else.
 *
 * A guest earns like anybody; what was earned can be exchanged only once LINE has said who it is,
 * so that no one collects welcome after welcome. At that login the guest's cards go over whole
 * (merge.h). A guest whose browser no longer holds a session is nobody's, and is erased.
 */
#ifndef DOMAIN_GUEST_H
#define DOMAIN_GUEST_H

#include "base/err.h"
#include "domain/member.h"
#include "store/db.h"

#include <stdbool.h>
#include <stdint.h>

#define GUESTS_TAKEN_OVER_MAX                                                                      \
    3 /* by one member in GUEST_LIFE_MS: a cool-down is for one person                             \
       */
#define GUEST_LIFE_MS (INT64_C(30) * 24 * 60 * 60 * 1000)

/* Expects a savepoint around it, as all here that write. */
enum err_code guest_make(struct db *db, enum language language, int64_t now_ms, struct member *out,
                         struct err *e);

/*
 * All that the guest has is the member's. *done_out false: `guest_id` is no guest, or a rule of
 * merging says no; nothing was written.
 */
enum err_code guest_take_over(struct db *db, int64_t guest_id, int64_t member_id, int64_t days,
                              int64_t now_ms, bool *done_out, struct err *e);

/* Those without a session for whom GUEST_LIFE_MS is over are erased, at most `max`. */
enum err_code guest_sweep(struct db *db, int64_t now_ms, int64_t max, struct err *e);

#endif
