/*
 * proof.h - a member's own lines, each with the proof that a signed head covers it.
 */
#ifndef DOMAIN_PROOF_H
#define DOMAIN_PROOF_H

#include "base/err.h"
#include "domain/head.h"
#include "domain/ledger.h"
#include "domain/tree.h"
#include "store/db.h"

#include <stddef.h>
#include <stdint.h>

struct proven_line {
    struct transfer transfer;
    size_t hashes; /* of its proof; 0: booked after the head, or alone under it */
    struct tree_hash hash[TREE_PROOF_MAX];
};

/*
 * Lines of the member's cards before `below` (INT64_MAX: from the newest), newest first, at most
 * `cap`. `size`: of the head; 0: there is none yet.
 */
enum err_code proof_of_member(struct db *db, int64_t member_id, int64_t size, int64_t below,
                              struct proven_line *out, size_t cap, size_t *n_out, struct err *e);

#endif
