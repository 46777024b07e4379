/*
 * What a member and a cashier do, in the book and as the terms tell it.
 */
#include "tests/support/programme_inside.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

#include "base/clock.h"
#include "domain/hold.h"
#include "domain/swap.h"

int64_t
scan_now(struct programme *p, size_t card)
{
    assert(p->scans_n < ORACLE_THINGS);
    p->scanned[p->scans_n++] = code_step(p->book.now_ms);
    p->book.now_ms -= CODE_STEP_MS; /* which it adds again */
    return book_scan(&p->book, &p->card[card]);
}

/* The bonus that came with grant n: nothing but what it repaid is newer. */
static bool
keep_joining(struct programme *p, size_t n)
{
    struct card_line line[2];
    size_t lines;
    struct err e;

    AGREE(p, p->oracle.grant[n].joining == n + 1, "grant %zu has no bonus", n);
    WORKS(p, card_history(p->book.db, p->card[p->oracle.grant[n].card].id, line, 2, &lines, &e), e);
    p->grant[n + 1] = line[0].kind == TRANSFER_BONUS ? line[0].seq : line[1].seq;
    return true;
}

bool
keep_grant(struct programme *p, size_t n, size_t made, const struct grant_result *out)
{
    AGREE(p, out->vouchers_n == p->oracle.vouchers_n - made, "%zu vouchers, %zu wanted",
          out->vouchers_n, p->oracle.vouchers_n - made);
    for (size_t i = 0; i < out->vouchers_n; i++)
        p->voucher[made + i] = out->voucher[i].id;
    p->grant[n] = out->seq;
    return out->join_units == 0 || keep_joining(p, n);
}

bool
act_grant(struct programme *p, const struct step *s)
{
    size_t card = living(p, s->which % ORACLE_CARDS), made = p->oracle.vouchers_n,
           n = p->oracle.grants_n;
    int64_t yen = 1 + (int64_t)(s->much % (s->much % 5 == 0 ? 20000 : 7000)), scan;
    struct grant_result out;
    struct refusal refusal;
    struct grant in;
    struct err e;
    bool wanted = oracle_grant(&p->oracle, card, yen, p->book.now_ms);

    scan = scan_now(p, card);
    in = book_grant_of(&p->book, scan, &p->card[card], yen);
    WORKS(p, ledger_grant(p->book.db, &in, &out, &refusal, &e), e);
    if (!judged(p, s, wanted, &refusal) || !wanted)
        return !wanted;
    return keep_grant(p, n, made, &out);
}

/* As much as there is, one too many, or some. */
static int64_t
points_to_use(struct programme *p, const struct step *s, size_t card)
{
    int64_t usable = oracle_usable(&p->oracle.card[card], p->book.now_ms);

    if (usable == 0 || s->much % 8 == 0)
        return usable + 1;
    return s->much % 8 == 1 ? usable : 1 + (int64_t)(s->much % (uint64_t)usable);
}

bool
act_use(struct programme *p, const struct step *s)
{
    size_t card = living(p, s->which % ORACLE_CARDS), n = p->oracle.uses_n;
    int64_t points = points_to_use(p, s, card), now_ms = p->book.now_ms, scan;
    const struct spend_yes yes = {.member_id = p->card[card].member_id,
                                  .plan_id = p->card[card].plan_id,
                                  .points = points,
                                  .now_ms = now_ms};
    bool wanted = s->kind == STEP_HOLD
                      ? oracle_hold(&p->oracle, card, points, now_ms + HOLD_MAX_MS, now_ms)
                      : oracle_spend(&p->oracle, card, points, now_ms);
    struct spend_yes_result said;
    struct spend_result spent;
    struct hold_result held;
    struct refusal refusal;
    struct spend in;
    struct err e;

    WORKS(p, spend_say_yes(p->book.db, &yes, &said, &refusal, &e), e);
    if (!wanted || refusal.kind != REFUSAL_NONE)
        return judged(p, s, wanted, &refusal);
    scan = scan_now(p, card);
    in = book_spend_of(&p->book, scan, points);
    if (s->kind == STEP_HOLD)
        WORKS(p, hold_points(p->book.db, &in, HOLD_MAX_MS, &held, &refusal, &e), e);
    else
        WORKS(p, spend_points(p->book.db, &in, &spent, &refusal, &e), e);
    p->use[n] = s->kind == STEP_HOLD ? held.spend.seq : spent.seq;
    p->hold[n] = s->kind == STEP_HOLD ? held.id : 0;
    return judged(p, s, wanted, &refusal);
}

bool
act_end_hold(struct programme *p, const struct step *s)
{
    size_t at;
    int64_t points;
    struct hold_end in;
    struct hold_ended out = {.seq = 0};
    struct refusal refusal;
    struct err e;
    bool wanted;

    if (!recent_use(p, KIND(USE_HOLD), true, s->which, &at))
        return true;
    points = 1 + (int64_t)(s->much % ((uint64_t)p->oracle.use[at].amount + 1));
    in = book_end_of(&p->book, p->hold[at], s->kind == STEP_CAPTURE ? points : 0);
    if (s->kind == STEP_CAPTURE) {
        wanted = oracle_capture(&p->oracle, at, points, p->book.now_ms);
        WORKS(p, hold_capture(p->book.db, &in, &out, &refusal, &e), e);
        p->use[at] = out.seq != 0 ? out.seq : p->use[at];
    } else {
        wanted = oracle_release(&p->oracle, at, p->book.now_ms);
        WORKS(p, hold_release(p->book.db, &in, &out, &refusal, &e), e);
    }
    return judged(p, s, wanted, &refusal);
}

bool
act_swap(struct programme *p, const struct step *s)
{
    size_t card = living(p, s->which % ORACLE_JARS), n = p->oracle.uses_n,
           made = p->oracle.vouchers_n;
    struct swap in = {
        .reward_id = p->mug[card], .member_id = p->card[card].member_id, .now_ms = p->book.now_ms};
    bool wanted = oracle_swap(&p->oracle, card, p->book.now_ms);
    struct swap_result out;
    struct refusal refusal;
    struct err e;

    book_request_key(&p->book, in.request_key);
    WORKS(p, swap_make(p->book.db, &in, &out, &refusal, &e), e);
    if (wanted && refusal.kind == REFUSAL_NONE) {
        p->use[n] = out.seq;
        p->voucher[made] = out.voucher_id;
    }
    return judged(p, s, wanted, &refusal);
}

bool
act_redeem(struct programme *p, const struct step *s)
{
    char token[VOUCHER_TOKEN_SIZE];
    struct redemption in = {.staff_id = BOOK_CASHIER,
                            .till_id = BOOK_UENO_TILL,
                            .shop_id = BOOK_UENO,
                            .now_ms = p->book.now_ms};
    struct voucher out;
    struct refusal refusal;
    struct err e;
    bool wanted;
    size_t at;

    if (!recent_voucher(p, OPEN, s->which, &at))
        return true;
    in.voucher_id = p->voucher[at];
    wanted = oracle_redeem(&p->oracle, at, p->book.now_ms);
    voucher_token(p->book.db, in.voucher_id, in.till_id, in.now_ms + MINUTE_MS, token);
    in.token = str_of(token);
    WORKS(p, voucher_redeem(p->book.db, &in, &out, &refusal, &e), e);
    return judged(p, s, wanted, &refusal);
}
