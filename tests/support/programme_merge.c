/*
 * Two members become one, and two again, in the book and as the terms tell it.
 */
#include "tests/support/programme_inside.h"

#include <inttypes.h>
#include <stdio.h>

#include "domain/merge.h"

#define SELDOM 4 /* so that gifts have two sides for a while */

/* Those that this merge, or its end, moved to `card` have new ids, in the same order. */
static void
find_vouchers(struct programme *p, size_t merge, size_t card)
{
    int64_t newest = 0;

    for (size_t i = 0; i < p->oracle.vouchers_n; i++)
        if (p->voucher[i] > newest)
            newest = p->voucher[i];
    for (size_t i = 0; i < p->oracle.vouchers_n; i++)
        if (p->oracle.voucher[i].is_moved && p->oracle.voucher[i].merge == merge &&
            p->oracle.voucher[i].card == card)
            p->voucher[i] = ++newest;
}

bool
act_merge(struct programme *p, const struct step *s)
{
    struct merge_new in = {.from_id = p->card[ORACLE_OWES_TOO].member_id,
                           .into_id = p->card[ORACLE_OWES].member_id,
                           .kind = MERGE_BY_STAFF,
                           .staff_id = BOOK_MANAGER,
                           .reason = STR("the same"),
                           .days = ORACLE_MERGE_DAYS,
                           .now_ms = p->book.now_ms};
    struct refusal none = {.kind = REFUSAL_NONE};
    struct merge_result out;
    size_t n = p->oracle.merges_n;
    struct err e;

    if (p->oracle.card[ORACLE_OWES_TOO].is_merged || s->which % SELDOM != 0)
        return true;
    book_request_key(&p->book, in.request_key);
    oracle_merge(&p->oracle, in.now_ms);
    WORKS(p, member_merge(p->book.db, &in, &out, &e), e);
    p->merge[n] = out.merge_id;
    find_vouchers(p, n, ORACLE_OWES);
    return judged(p, s, true, &none);
}

/* The card that comes back to life has another locator. */
static bool
keep_card(struct programme *p)
{
    struct err e;

    WORKS(p, card_load(p->book.db, p->card[ORACLE_OWES_TOO].id, &p->card[ORACLE_OWES_TOO], &e), e);
    return true;
}

/* The one that is not undone, or now and then any. */
static bool
recent_merge(const struct programme *p, uint64_t which, size_t *at_out)
{
    size_t n = p->oracle.merges_n;

    if (n == 0 || (p->oracle.merge[n - 1].is_undone && which % 9 != 0))
        return false;
    *at_out = which % 9 == 0 ? which / 9 % n : n - 1;
    return true;
}

bool
act_unmerge(struct programme *p, const struct step *s)
{
    struct merge_undo in = {.staff_id = BOOK_MANAGER, .now_ms = p->book.now_ms};
    struct err e = {.code = OK};
    bool wanted, is_done;
    size_t at;

    if (!recent_merge(p, s->which, &at))
        return true;
    in.merge_id = p->merge[at];
    book_request_key(&p->book, in.request_key);
    wanted = oracle_unmerge(&p->oracle, at, in.now_ms);
    is_done = member_unmerge(p->book.db, &in, &e) == OK;
    AGREE(p, is_done || e.code == ERR_CONFLICT, "unmerge: %s", e.text);
    p->done[s->kind]++;
    p->refused[s->kind] += !wanted;
    AGREE(p, is_done == wanted, "unmerge: %s, and the terms say %s", is_done ? "done" : e.text,
          wanted ? "yes" : "no");
    if (!is_done)
        return true;
    find_vouchers(p, at, ORACLE_OWES_TOO);
    return keep_card(p);
}
