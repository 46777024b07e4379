/*
 * programme.h - one book, and beside it the same programme as tests/support/oracle.h tells it:
 * steps that are done in both, and what must be the same afterwards.
 *
 * What a step means follows from what there is when its turn comes, so that any steps of a seed
 * mean something without the others.
 */
#ifndef TESTS_SUPPORT_PROGRAMME_H
#define TESTS_SUPPORT_PROGRAMME_H

#include "tests/support/book.h"
#include "tests/support/oracle.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PROGRAMME_STEPS(S)                                                                         \
    S(GRANT, "grant", 30)                                                                          \
    S(LATE, "late", 5)                                                                             \
    S(THANK, "thank", 4)                                                                           \
    S(SPEND, "spend", 13)                                                                          \
    S(HOLD, "hold", 9)                                                                             \
    S(CAPTURE, "capture", 7)                                                                       \
    S(RELEASE, "release", 4)                                                                       \
    S(SWAP, "swap", 8)                                                                             \
    S(SWAP_BACK, "swap back", 4)                                                                   \
    S(GIVE, "give", 8)                                                                             \
    S(ACCEPT, "accept", 8)                                                                         \
    S(GIFT_BACK, "gift back", 2)                                                                   \
    S(UNSPEND, "unspend", 5)                                                                       \
    S(REVERSE, "reverse", 6)                                                                       \
    S(REFUND, "refund", 8)                                                                         \
    S(CANCEL, "cancel", 4)                                                                         \
    S(REDEEM, "redeem", 8)                                                                         \
    S(UNREDEEM, "unredeem", 3)                                                                     \
    S(BORN, "birthday", 3)                                                                         \
    S(MERGE, "merge", 1)                                                                           \
    S(UNMERGE, "unmerge", 12)                                                                      \
    S(WAIT, "wait", 3)

enum step_kind {
#define STEP_KIND(kind, name, share) STEP_##kind,
    PROGRAMME_STEPS(STEP_KIND)
#undef STEP_KIND
        STEP_KINDS
};
const char *step_name(enum step_kind kind);

struct step {
    enum step_kind kind;
    uint64_t which, much;
    int64_t after_ms;
};

struct programme {
    struct oracle oracle;
    struct book book;
    struct card card[ORACLE_CARDS];
    int64_t mug[ORACLE_JARS];                             /* the reward's id, for each purse */
    int64_t grant[ORACLE_THINGS], voucher[ORACLE_THINGS]; /* ids in the book */
    int64_t gift[ORACLE_THINGS], merge[ORACLE_MERGES];
    int64_t use[ORACLE_THINGS];     /* the transfer by which points left ... */
    int64_t hold[ORACLE_THINGS];    /* ... and of a hold, its own */
    int64_t scanned[ORACLE_THINGS]; /* steps of codes, which come once */
    size_t scans_n;
    int64_t done[STEP_KINDS], refused[STEP_KINDS];
    int64_t birthdays, leap_birthdays; /* of those the ones of 29 February */
    char why[400];                     /* they do not agree */
};

/* From the generator of base/entropy.h, which the caller has seeded. */
struct step step_at_random(void);

/* Both anew; what was done and refused goes on. is_wrong: the oracle is, on purpose. */
void programme_open(struct programme *p, bool is_wrong);
void programme_close(struct programme *p); /* proves the book, if they agreed */

/* False, with the reason in p->why: the two do not agree. */
bool programme_step(struct programme *p, const struct step *step);
/* The step's part that is no operation: time passes, or goes back, and what ends by itself ends. */
bool programme_time(struct programme *p, int64_t ms);
/* Histories, lots, vouchers, debts. */
bool programme_same(struct programme *p);

#define AGREE(p, holds, ...)                                                                       \
    do {                                                                                           \
        if (!(holds)) {                                                                            \
            snprintf((p)->why, sizeof((p)->why), __VA_ARGS__);                                     \
            return false;                                                                          \
        }                                                                                          \
    } while (0)
#define WORKS(p, call, e) AGREE(p, (call) == OK, "%s: %s", #call, (e).text)

#endif
