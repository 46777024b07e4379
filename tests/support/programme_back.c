/*
 * What is taken back, in the book and as the terms tell it.
 */
#include "tests/support/programme_inside.h"

#include <inttypes.h>
#include <stdio.h>

#include "domain/refund.h"
#include "domain/swap.h"
#include "domain/unredeem.h"
#include "domain/voucher_cancel.h"

bool
act_swap_back(struct programme *p, const struct step *s)
{
    size_t at;
    struct swap_undo in = {.staff_id = step_staff(s),
                           .till_id = BOOK_UENO_TILL,
                           .shop_id = BOOK_UENO,
                           .now_ms = p->book.now_ms};
    struct swap_undone out;
    struct refusal refusal;
    struct err e;
    bool wanted;

    if (!recent_use(p, KIND(USE_SWAP), false, s->which, &at))
        return true;
    in.seq = p->use[at];
    wanted = oracle_swap_back(&p->oracle, at, by_manager(s), p->book.now_ms);
    book_request_key(&p->book, in.request_key);
    WORKS(p, swap_take_back(p->book.db, &in, &out, &refusal, &e), e);
    return judged(p, s, wanted, &refusal);
}

bool
act_unspend(struct programme *p, const struct step *s)
{
    struct reversal in;
    struct reversal_result out;
    struct refusal refusal;
    struct err e;
    bool wanted;
    size_t at;

    if (!recent_use(p, KIND(USE_SPEND) | KIND(USE_HOLD), false, s->which, &at))
        return true;
    in = book_reversal_of(&p->book, p->use[at], step_staff(s));
    wanted = oracle_unspend(&p->oracle, at, by_manager(s), in.now_ms);
    WORKS(p, ledger_reverse(p->book.db, &in, &out, &refusal, &e), e);
    return judged(p, s, wanted, &refusal);
}

bool
act_cancel(struct programme *p, const struct step *s)
{
    struct cancellation in = {.till_id = BOOK_UENO_TILL,
                              .shop_id = BOOK_UENO,
                              .staff_id = step_staff(s),
                              .now_ms = p->book.now_ms};
    struct reversal_result out;
    struct refusal refusal;
    struct err e;
    bool wanted;
    size_t at;

    if (!recent_voucher(p, OPEN, s->which, &at))
        return true;
    in.voucher_id = p->voucher[at];
    book_request_key(&p->book, in.request_key);
    wanted = oracle_cancel(&p->oracle, at, by_manager(s), in.now_ms);
    WORKS(p, voucher_cancel(p->book.db, &in, &out, &refusal, &e), e);
    return judged(p, s, wanted, &refusal);
}

bool
act_unredeem(struct programme *p, const struct step *s)
{
    struct redemption in = {.till_id = BOOK_UENO_TILL,
                            .shop_id = BOOK_UENO,
                            .staff_id = step_staff(s),
                            .now_ms = p->book.now_ms};
    struct voucher out;
    struct refusal refusal;
    struct err e;
    bool wanted;
    size_t at;

    if (!recent_voucher(p, USED, s->which, &at))
        return true;
    in.voucher_id = p->voucher[at];
    wanted = oracle_unredeem(&p->oracle, at, by_manager(s), in.now_ms);
    WORKS(p, voucher_unredeem(p->book.db, &in, &out, &refusal, &e), e);
    return judged(p, s, wanted, &refusal);
}

/* Of a purse, mostly one that can still be taken back; a jar's is test_domain_model.c's matter, and
 * test_domain_refund.c's. */
static bool
recent_grant(const struct programme *p, uint64_t which, size_t *at_out)
{
    size_t at[ORACLE_THINGS], n = 0;

    for (size_t i = 0; i < p->oracle.grants_n; i++) {
        const struct oracle_grant *g = &p->oracle.grant[i];
        bool is_over = g->is_undone || g->has_lapsed || (g->yen > 0 && g->refunded_yen == g->yen);

        if (!p->oracle.card[g->card].is_jar && (!is_over || which % 9 == 0))
            at[n++] = i;
    }
    if (n > 0)
        *at_out = at[recent(n, which)];
    return n > 0;
}

bool
act_reverse(struct programme *p, const struct step *s)
{
    struct reversal in;
    struct reversal_result out;
    struct refusal refusal;
    struct err e;
    bool wanted;
    size_t at;

    if (!recent_grant(p, s->which, &at))
        return true;
    in = book_reversal_of(&p->book, p->grant[at], step_staff(s));
    wanted = oracle_reverse(&p->oracle, at, by_manager(s), in.now_ms);
    WORKS(p, ledger_reverse(p->book.db, &in, &out, &refusal, &e), e);
    return judged(p, s, wanted, &refusal);
}

/* Some of it, all that is left, or a yen too much. */
static int64_t
yen_to_refund(const struct step *s, const struct oracle_grant *g)
{
    int64_t left = g->yen - g->refunded_yen;

    if (left == 0 || s->much % 8 == 0)
        return left + 1;
    return s->much % 8 < 3 ? 0 : 1 + (int64_t)(s->much / 8 % (uint64_t)left);
}

bool
act_refund(struct programme *p, const struct step *s)
{
    struct refund in = {.till_id = BOOK_UENO_TILL,
                        .shop_id = BOOK_UENO,
                        .staff_id = step_staff(s),
                        .now_ms = p->book.now_ms};
    struct refund_result out;
    struct refusal refusal;
    struct err e;
    bool wanted;
    size_t at;

    if (!recent_grant(p, s->which, &at))
        return true;
    in.grant_seq = p->grant[at];
    in.yen = yen_to_refund(s, &p->oracle.grant[at]);
    book_request_key(&p->book, in.request_key);
    wanted = oracle_refund(&p->oracle, at, in.yen, by_manager(s), in.now_ms);
    WORKS(p, ledger_refund(p->book.db, &in, &out, &refusal, &e), e);
    return judged(p, s, wanted, &refusal);
}
