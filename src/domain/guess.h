/*
 * guess.h - tries at what only one person can know, counted until they were wrong too often.
 *
 * Whose tries they are is kept as a keyed hash, so the table names nobody. Functions that write
 * expect a savepoint around them that is kept: a wrong try is no error.
 */
#ifndef DOMAIN_GUESS_H
#define DOMAIN_GUESS_H

#include "base/err.h"
#include "store/db.h"

#include <stdbool.h>
#include <stdint.h>

#define GUESSES_A_DAY 5 /* wrong ones, in the 24 hours from the first */

enum guess_what {
    GUESS_CUSTOMER_BY_MEMBER, /* number and birthday, by who tries ... */
    GUESS_CUSTOMER_BY_NUMBER, /* ... and by what is tried */
    GUESS_RECOVERY,           /* a recovery code, by who tries */
};

enum err_code guess_may(struct db *db, enum guess_what what, struct str subject, int64_t now_ms,
                        bool *may_out, struct err *e);
enum err_code
guess_wrong(struct db *db, enum guess_what what, struct str subject, int64_t now_ms, struct err *e);
/* Forget what counts no longer. */
enum err_code guess_sweep(struct db *db, int64_t now_ms, struct err *e);

#endif
