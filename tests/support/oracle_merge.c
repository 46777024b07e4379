/*
 * The part of oracle.h about two members who are one person.
 */
#include "tests/support/oracle.h"

#include "tests/support/oracle_inside.h"

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

static void
move_points(struct oracle *o, struct oracle_card *from, struct oracle_card *into, int64_t now_ms)
{
    int64_t balance = oracle_balance(from);

    if (balance == 0)
        return;
    for (size_t i = 0; i < from->lots_n; i++) {
        struct oracle_lot lot = from->lot[i];

        if (lot.left == 0)
            continue;
        lot.origin = ORACLE_NONE;
        from->lot[i].left = 0;
        add_lot(into, lot);
    }
    write_line(o, from, LINE_MERGE_OUT, balance, false, now_ms);
    write_line(o, into, LINE_MERGE_IN, balance, true, now_ms);
}

void
oracle_merge(struct oracle *o, int64_t now_ms)
{
    struct oracle_card *from = &o->card[ORACLE_OWES_TOO], *into = &o->card[ORACLE_OWES];

    let_come_back(o, now_ms);
    move_points(o, from, into, now_ms);
    for (size_t i = 0; i < o->vouchers_n; i++) {
        struct oracle_voucher *v = &o->voucher[i];

        if (v->card == ORACLE_OWES_TOO && v->state == OPEN && v->ends_ms > now_ms) {
            v->card = ORACLE_OWES;
            v->is_moved = true;
        }
    }
    into->owed += from->owed;
    from->owed = 0;
    from->is_merged = true;
}
