/*
 * workload.h - random days of a shop as jobs for the writer: grants, reversals, redemptions and
 * their undoing, points that are credited late, thanked with, spent, held, swapped, given to
 * others, refunded and that end, vouchers that are cancelled and that expire, merges and their
 * undoing, what happens to notices.
 *
 * What is done next depends on the seed and on what was answered so far, nothing else. A step
 * checks nothing: it may run on the writer's thread, where a test cannot fail.
 */
#ifndef TESTS_SUPPORT_WORKLOAD_H
#define TESTS_SUPPORT_WORKLOAD_H

#include "domain/chain.h"
#include "domain/gift.h"
#include "domain/ledger.h"
#include "store/writer.h"
#include "tests/support/book.h"

#include <stddef.h>
#include <stdint.h>

#define WORKLOAD_CARDS 9
#define WORKLOAD_KEPT 256

enum step_kind {
    STEP_GRANT,
    STEP_REVERSE,
    STEP_REDEEM,
    STEP_MERGE,
    STEP_UNMERGE,
    STEP_NOTICES,
    STEP_EXPIRE,
    STEP_SPEND,
    STEP_HOLD,
    STEP_CAPTURE, /* of a part, so that points come back and go in one */
    STEP_SWAP,
    STEP_SWAP_BACK,
    STEP_GIFT,
    STEP_ACCEPT,
    STEP_LATE,
    STEP_BONUS,
    STEP_REFUND,
    STEP_UNREDEEM,
    STEP_CANCEL,
    STEP_LAPSE,
    STEP_FORGET,
    STEP_KINDS
};

/* Ids of things that were made, the newest ones; some may be gone again. */
struct made {
    int64_t id[WORKLOAD_KEPT];
    size_t n;
};

struct workload {
    const struct keys *keys;
    struct card card[WORKLOAD_CARDS]; /* of stamps, of a purse, of points, and so on */
    int64_t mug;                      /* the reward a purse's points are swapped for */
    int64_t now_ms, keys_used;
    struct made grants, vouchers, merges, notices, sales, holds, swaps;
    char gift_token[GIFT_TOKEN_SIZE]; /* of the newest */
    int64_t done[STEP_KINDS]; /* how often each was acknowledged, and had changed something */
    struct chain_head transfers, audit; /* as they stood after the last acknowledged step */
};

struct step {
    struct job job; /* first, so that a job is one of these; `done` is the caller's to set */
    struct workload *load;
    enum step_kind kind;
    int64_t now_ms, id, units, into_id;
    struct card card;
    uint8_t request_key[REQUEST_KEY_SIZE];
    /* what came of it */
    bool has_changed;
    struct grant_result granted;
    int64_t merge_id, made_id; /* of a merge; of a hold, swap or gift */
    char gift_token[GIFT_TOKEN_SIZE];
    struct chain_head transfers, audit;
};

/* Cards of members of their own, in an open book that is left open. */
void workload_open(struct workload *load, struct book *b);
/* What comes next; ready for writer_submit but for job.done. */
void workload_next(struct workload *load, enum step_kind kind, struct step *out);
enum step_kind workload_kind(void); /* any, as often as in a shop, or oftener */
/* It was acknowledged: steps to come build on it. */
void workload_acknowledge(const struct step *step);

#endif
