/*
 * recovery.h - the way back to a card whose LINE account is gone.
 *
 * A member makes a code while they still can and keeps it; whoever enters it with another LINE
 * account is that member from then on (merge.h, a rescue). 16 characters of an alphabet without
 * look-alikes: 14 at random, 70 bits, and two by which a slip of the finger shows before it counts
 * as a guess. Only a keyed hash is kept; one code is good at a time, and once.
 */
#ifndef DOMAIN_RECOVERY_H
#define DOMAIN_RECOVERY_H

#include "base/err.h"
#include "base/str.h"
#include "domain/merge.h"
#include "store/db.h"

#include <stdbool.h>
#include <stdint.h>

#define RECOVERY_LENGTH 16
#define RECOVERY_SIZE (RECOVERY_LENGTH + 1)
#define RECOVERY_LIFE_MS (INT64_C(366) * 24 * 60 * 60 * 1000)

/*
 * What was typed as a code: case, spaces, dashes and full-width letters do not matter, O is 0, I
 * and L are 1. false: not 16 characters, or the last two say that one is wrong.
 */
bool recovery_read(struct str typed, char out[RECOVERY_SIZE]);

/* A new code; the one before is void. Audited. Expects a savepoint around it.
 * ERR_CONFLICT "line_account_none": who has no LINE account has nothing to lose */
enum err_code recovery_make(struct db *db, int64_t member_id, int64_t now_ms,
                            char code_out[RECOVERY_SIZE], int64_t *until_ms_out, struct err *e);
/* When the member's code ends; 0: there is none. */
enum err_code
recovery_until(struct db *db, int64_t member_id, int64_t now_ms, int64_t *out, struct err *e);

struct recovery_use {
    int64_t member_id; /* who came with the new LINE account */
    struct str typed;
    uint8_t request_key[REQUEST_KEY_SIZE];
    int64_t days, now_ms; /* as in struct merge_new */
};

/*
 * The member of the code takes over from in->member_id, whose cards go along; *into_out is who that
 * is. OK with a word in *refused_out (else NULL) when it may not be, which counts as a guess where
 * it was one: "code_typo", "code_unknown", "code_own", "tries_over", or a word of member_merge.
 */
enum err_code recovery_use(struct db *db, const struct recovery_use *in, int64_t *into_out,
                           struct merge_result *out, const char **refused_out, struct err *e);

/* Codes that are over. */
enum err_code recovery_sweep(struct db *db, int64_t now_ms, struct err *e);

#endif
