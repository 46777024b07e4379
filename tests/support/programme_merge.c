/*
 * Two members become one, in the book and as the terms tell it.
 */
#include "tests/support/programme_inside.h"

#include <inttypes.h>
#include <stdio.h>

#include "domain/merge.h"

#define SELDOM 8 /* so that gifts have two sides for a while */

/* Those that went over have new ids, in the same order. */
static void
find_vouchers(struct programme *p)
{
    int64_t newest = 0;

    for (size_t i = 0; i < p->oracle.vouchers_n; i++)
        if (p->voucher[i] > newest)
            newest = p->voucher[i];
    for (size_t i = 0; i < p->oracle.vouchers_n; i++)
        if (p->oracle.voucher[i].is_moved)
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
                           .days = 30,
                           .now_ms = p->book.now_ms};
    struct refusal none = {.kind = REFUSAL_NONE};
    struct merge_result out;
    struct err e;

    if (p->oracle.card[ORACLE_OWES_TOO].is_merged || s->which % SELDOM != 0)
        return true;
    book_request_key(&p->book, in.request_key);
    oracle_merge(&p->oracle, in.now_ms);
    WORKS(p, member_merge(p->book.db, &in, &out, &e), e);
    find_vouchers(p);
    return judged(p, s, true, &none);
}
