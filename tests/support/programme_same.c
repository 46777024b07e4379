/*
 * What must be the same in the book and as the terms tell it.
 */
#include "tests/support/programme.h"

#include <inttypes.h>
#include <stdio.h>

#include "domain/lots.h"
#include "domain/tier.h"

#define LINES 40
#define ENDS 200

static bool
lines_agree(struct programme *p, size_t card)
{
    static const enum transfer_kind kind[] = {
        [LINE_EARN] = TRANSFER_EARN,           [LINE_ROUND] = TRANSFER_ROUND,
        [LINE_REVERSE] = TRANSFER_REVERSE,     [LINE_LAPSE] = TRANSFER_LAPSE,
        [LINE_SPEND] = TRANSFER_SPEND,         [LINE_SWAP] = TRANSFER_SWAP,
        [LINE_LATE] = TRANSFER_LATE,           [LINE_BONUS] = TRANSFER_BONUS,
        [LINE_GIFT_OUT] = TRANSFER_GIFT_OUT,   [LINE_GIFT_IN] = TRANSFER_GIFT_IN,
        [LINE_MERGE_OUT] = TRANSFER_MERGE_OUT, [LINE_MERGE_IN] = TRANSFER_MERGE_IN,
        [LINE_REFUND] = TRANSFER_REFUND,       [LINE_REPAY] = TRANSFER_REPAY};
    const struct oracle_card *c = &p->oracle.card[card];
    struct card_line line[LINES];
    struct err e;
    size_t n;

    WORKS(p, card_history(p->book.db, p->card[card].id, line, LINES, &n, &e), e);
    AGREE(p, n == (c->lines_n < LINES ? c->lines_n : LINES), "card %zu: %zu lines, %zu wanted",
          card, n, c->lines_n);
    for (size_t i = 0; i < n; i++) {
        const struct oracle_line *want = &c->line[c->lines_n - 1 - i];

        AGREE(p,
              line[i].kind == kind[want->kind] && line[i].amount == want->amount &&
                  line[i].is_credit == want->is_credit && line[i].balance == want->balance,
              "card %zu, %zu lines back: %s of %" PRId64 ", then %" PRId64 "; wanted %s of %" PRId64
              ", then %" PRId64,
              card, i, transfer_kind_name(line[i].kind), line[i].amount, line[i].balance,
              transfer_kind_name(kind[want->kind]), want->amount, want->balance);
    }
    return true;
}

static int64_t
ending_at(const struct oracle_card *c, int64_t ends_ms)
{
    int64_t sum = 0;

    for (size_t i = 0; i < c->lots_n; i++)
        sum += c->lot[i].ends_ms == ends_ms ? c->lot[i].left : 0;
    return sum;
}

static bool
lots_agree(struct programme *p, size_t card)
{
    const struct oracle_card *c = &p->oracle.card[card];
    int64_t sum = ending_at(c, 0), pending, pending_ms, balance = oracle_balance(c);
    struct coming_end end[ENDS];
    struct err e;
    size_t n;

    WORKS(p, lots_coming(p->book.db, p->card[card].id, p->book.now_ms, end, ENDS, &n, &e), e);
    for (size_t i = 0; i < n; i++) {
        AGREE(p, end[i].amount == ending_at(c, end[i].expires_ms),
              "card %zu: %" PRId64 " end at %" PRId64 ", wanted %" PRId64, card, end[i].amount,
              end[i].expires_ms, ending_at(c, end[i].expires_ms));
        sum += end[i].amount;
    }
    AGREE(p, sum == balance, "card %zu: %" PRId64 " have an end or none, of %" PRId64, card, sum,
          balance);
    WORKS(p, lots_pending(p->book.db, p->card[card].id, p->book.now_ms, &pending, &pending_ms, &e),
          e);
    AGREE(p, balance - pending == oracle_usable(c, p->book.now_ms),
          "card %zu: %" PRId64 " of %" PRId64 " are pending", card, pending, balance);
    return true;
}

static bool
vouchers_agree(struct programme *p)
{
    static const enum voucher_state state[] = {[OPEN] = VOUCHER_ISSUED,
                                               [USED] = VOUCHER_REDEEMED,
                                               [ENDED] = VOUCHER_EXPIRED,
                                               [TAKEN_BACK] = VOUCHER_CANCELLED};
    struct err e;

    for (size_t i = 0; i < p->oracle.vouchers_n; i++) {
        const struct oracle_voucher *want = &p->oracle.voucher[i];
        struct voucher got;

        WORKS(p, voucher_load(p->book.db, p->voucher[i], &got, &e), e);
        AGREE(p, got.state == state[want->state] && got.expires_ms == want->ends_ms,
              "voucher %zu: %s until %" PRId64 ", wanted %s until %" PRId64, i,
              voucher_state_name(got.state), got.expires_ms, voucher_state_name(state[want->state]),
              want->ends_ms);
    }
    return true;
}

static bool
debts_agree(struct programme *p, size_t card)
{
    struct card got;
    struct err e;

    WORKS(p, card_load(p->book.db, p->card[card].id, &got, &e), e);
    AGREE(p, got.owed == p->oracle.card[card].owed, "card %zu owes %" PRId64 ", wanted %" PRId64,
          card, got.owed, p->oracle.card[card].owed);
    return true;
}

static bool
tiers_agree(struct programme *p)
{
    const struct oracle_card *c = &p->oracle.card[ORACLE_FORGIVES];
    struct tier_state got;
    struct err e;

    WORKS(p, tier_load(p->book.db, p->card[ORACLE_FORGIVES].id, &got, &e), e);
    AGREE(p, got.tier == c->tier && got.until_ms == c->tier_until_ms,
          "tier %" PRId64 " until %" PRId64 ", wanted %" PRId64 " until %" PRId64, got.tier,
          got.until_ms, c->tier, c->tier_until_ms);
    return true;
}

bool
programme_same(struct programme *p)
{
    for (size_t card = 0; card < ORACLE_CARDS; card++)
        if (!lines_agree(p, card) || !lots_agree(p, card) || !debts_agree(p, card))
            return false;
    return vouchers_agree(p) && tiers_agree(p);
}
