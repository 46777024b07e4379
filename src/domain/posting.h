/*
 * posting.h - how the ledger writes: the parts that grants, reversals and merges share. Only the
 * files of domain/ that post, or check what was posted, include it.
 *
 * A posting is one or more transfers on one card: opened on the head of the chain, each transfer
 * added behind the last, then closed, which moves the balances and the head once, reads everything
 * back and compares.
 */
#ifndef DOMAIN_POSTING_H
#define DOMAIN_POSTING_H

#include "domain/ledger.h"
#include "domain/lots.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DEPENDENTS_MAX 16 /* bonuses of a grant, and what it repays */
/* Rounds, and the grant or its reversal with what depends on it. */
#define POSTING_MAX (GRANT_REWARDS_MAX * 2 + DEPENDENTS_MAX + 1)

enum system_kind { SYSTEM_ISSUE = 1, SYSTEM_REDEEM, SYSTEM_EXPIRE, SYSTEM_ADJUST, SYSTEM_KINDS };

int64_t system_account(int64_t plan_id, enum system_kind kind);

struct place place_of(const struct card *card);

struct posting {
    struct db *db;
    struct card card; /* as it was before */
    const struct plan_rules *rules;
    struct chain_head from, head;
    int64_t now_ms;
    struct place place;           /* of the card, after the last transfer added */
    int64_t system[SYSTEM_KINDS]; /* what each system account gains */
    struct lots lots;
    bool has_lots; /* they were loaded */
    size_t n;
};

/* Nothing was written after a failure that is to stay; what was read is let go on every way out. */
#define POSTING __attribute__((cleanup(posting_clear))) struct posting
void posting_clear(struct posting *posting);

/*
 * The transfers will carry a time that never goes back. `rules`, borrowed, are those that units are
 * given under (kinds earn, bonus, late and bring); NULL where none are.
 */
enum err_code posting_open(struct posting *posting, struct db *db, const struct card *card,
                           const struct plan_rules *rules, int64_t now_ms, struct err *e);

/*
 * Append a transfer. The caller fills kind, amount, plan_version, who, where and why; the accounts
 * follow from the kind, when units begin and end from the rules, and seq, at_ms, balance and MACs
 * are set here, as are the card's lots.
 *
 * ERR_INTERNAL "ledger_unsound": so much is not there to be taken
 */
enum err_code posting_add(struct posting *posting, struct transfer *transfer, struct err *e);
/* Append the mirror of `undone`, a transfer of this card: kind, amount and accounts follow from it.
 */
enum err_code posting_mirror(struct posting *posting, struct transfer *transfer,
                             const struct transfer *undone, struct err *e);

/* What of the card's balance can be used now. */
enum err_code posting_usable(struct posting *posting, int64_t *out, struct err *e);

enum err_code posting_close(struct posting *posting, struct err *e);

/* ---------------------------------------------------------------- what units reach, and back */

/* posting_add, and its receipt: seq, mac, at_ms and amount of *out. */
enum err_code posting_earn(struct posting *posting, struct transfer *transfer,
                           struct grant_result *out, struct err *e);

/* A round that `cause` filled: its goal leaves the card. */
enum err_code posting_round(struct posting *posting, const struct transfer *cause, int64_t goal,
                            int64_t *seq_out, struct err *e);

/*
 * The voucher for a reward that `cause` reached, and the notice of it. round_seq 0: reached in
 * passing. Vouchers of a card get their ids in the order they were reached: a reversal walks back
 * along them.
 */
enum err_code posting_reward(struct db *db, const struct card *card, const struct plan_rules *rules,
                             size_t reward, const struct transfer *cause, int64_t round_seq,
                             int64_t now_ms, struct grant_voucher *out, struct err *e);

/*
 * All that `cause`, with which the posting began, reaches, as rounds_of says: what was earned
 * repays what the card owes, the rounds it fills follow, the posting is closed, and the vouchers
 * are issued in the order they were reached.
 */
enum err_code
posting_reach(struct posting *posting, const struct transfer *cause, const struct rounds *rounds,
              struct grant_voucher voucher[GRANT_REWARDS_MAX], struct err *e);
/* The notice of a transfer that reached nothing, once the posting is closed. */
enum err_code
posting_tell(const struct posting *posting, int64_t seq, int64_t *notice_id_out, struct err *e);

/*
 * Undo `what`, a transfer of in->seq, on the card it was made on. Units that entered it go back as
 * ledger_reverse says; units that left it come back. cause_seq: of the mirror; 0 for a grant's.
 *
 * Refused, of units that entered: ALREADY_REFUNDED, POINTS_LAPSED, VOUCHER_REDEEMED,
 * BALANCE_TOO_LOW, TOO_MUCH
 */
enum err_code
posting_take_back(struct db *db, const struct reversal *in, const struct transfer *what,
                  int64_t cause_seq, struct reversal_result *out, struct refusal *refusal,
                  struct err *e);

#endif
