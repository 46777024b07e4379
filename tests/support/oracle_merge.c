/*
 * The part of oracle.h about two members who are one person, or were thought to be.
 */
#include "tests/support/oracle.h"

#include <assert.h>

#include "tests/support/oracle_inside.h"

#define MERGE_LIFE_MS (INT64_C(86400000) * ORACLE_MERGE_DAYS)

bool
is_one_person(const struct oracle *o, size_t a, size_t b)
{
    return a == b || (o->card[a].is_merged && b == ORACLE_OWES);
}

static void
let_come_back(struct oracle *o, int64_t now_ms)
{
    for (size_t i = 0; i < o->gifts_n; i++)
        if (o->gift[i].card == ORACLE_OWES_TOO)
            oracle_gift_back(o, i, now_ms);
    for (size_t i = 0; i < o->uses_n; i++)
        if (o->use[i].card == ORACLE_OWES_TOO)
            oracle_release(o, i, now_ms);
}

/* Lots of the same life there. */
static void
move_points(struct oracle *o, struct oracle_merge *merge, int64_t now_ms)
{
    struct oracle_card *from = &o->card[ORACLE_OWES_TOO], *into = &o->card[ORACLE_OWES];
    int64_t balance = oracle_balance(from);
    const struct oracle_use *use;

    merge->use = ORACLE_NONE;
    if (balance == 0)
        return;
    merge->use = o->uses_n;
    use = take_for(o, USE_MERGE, ORACLE_OWES_TOO, balance, false, now_ms);
    for (size_t i = 0; i < use->parts_n; i++) {
        struct oracle_lot lot = from->lot[use->part[i].lot];

        lot.left = use->part[i].amount;
        lot.origin = ORACLE_OF_MERGE(o->merges_n);
        add_lot(into, lot);
    }
    write_line(o, from, LINE_MERGE_OUT, balance, false, now_ms);
    write_line(o, into, LINE_MERGE_IN, balance, true, now_ms);
}

void
oracle_merge(struct oracle *o, int64_t now_ms)
{
    struct oracle_card *from = &o->card[ORACLE_OWES_TOO], *into = &o->card[ORACLE_OWES];
    struct oracle_merge *merge = &o->merge[o->merges_n];

    assert(o->merges_n < ORACLE_MERGES && !from->is_merged);
    *merge = (struct oracle_merge){.owed = from->owed, .until_ms = now_ms + MERGE_LIFE_MS};
    let_come_back(o, now_ms);
    move_points(o, merge, now_ms);
    for (size_t i = 0; i < o->vouchers_n; i++) {
        struct oracle_voucher *v = &o->voucher[i];

        if (v->card == ORACLE_OWES_TOO && v->state == OPEN && v->ends_ms > now_ms) {
            v->card = ORACLE_OWES;
            v->is_moved = true;
            v->merge = o->merges_n;
        }
    }
    into->owed += from->owed;
    from->owed = 0;
    from->is_merged = true;
    o->merges_n++;
}

/* ---------------------------------------------------------------- and two again */

static bool
may_unmerge(const struct oracle *o, size_t merge, int64_t now_ms)
{
    const struct oracle_merge *m = &o->merge[merge];
    int64_t amount = m->use != ORACLE_NONE ? o->use[m->use].amount : 0;

    for (size_t i = 0; i < o->vouchers_n; i++) {
        const struct oracle_voucher *v = &o->voucher[i];

        if (v->is_moved && v->merge == merge && v->state == USED)
            return false;
    }
    return !m->is_undone && now_ms < m->until_ms && !m->has_lapsed &&
           oracle_balance(&o->card[ORACLE_OWES]) >= amount;
}

static void
move_points_back(struct oracle *o, size_t merge, int64_t now_ms)
{
    struct oracle_use *use = &o->use[o->merge[merge].use];

    take(o, ORACLE_OWES, use->amount, ORACLE_OF_MERGE(merge), now_ms);
    write_line(o, &o->card[ORACLE_OWES], LINE_REVERSE, use->amount, false, now_ms);
    bring_back(o, use, now_ms);
    write_line(o, &o->card[ORACLE_OWES_TOO], LINE_REVERSE, use->amount, true, now_ms);
}

bool
oracle_unmerge(struct oracle *o, size_t merge, int64_t now_ms)
{
    struct oracle_card *from = &o->card[ORACLE_OWES_TOO], *into = &o->card[ORACLE_OWES];
    struct oracle_merge *m = &o->merge[merge];

    if (!may_unmerge(o, merge, now_ms))
        return false;
    for (size_t i = 0; i < o->vouchers_n; i++) {
        struct oracle_voucher *v = &o->voucher[i];

        if (v->is_moved && v->merge == merge && v->state == OPEN && v->ends_ms > now_ms)
            v->card = ORACLE_OWES_TOO;
    }
    from->owed = m->owed < into->owed ? m->owed : into->owed;
    into->owed -= from->owed;
    from->is_merged = false;
    m->is_undone = true;
    if (m->use != ORACLE_NONE)
        move_points_back(o, merge, now_ms);
    return true;
}
