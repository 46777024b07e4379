/*
 * The other half of oracle.h: what is taken back.
 */
#include "tests/support/oracle.h"

#include "tests/support/oracle_inside.h"

bool
oracle_swap_back(struct oracle *o, size_t use, bool is_manager, int64_t now_ms)
{
    struct oracle_use *u = &o->use[use];

    if (u->is_back || o->voucher[u->voucher].state != OPEN ||
        (!is_manager && now_ms >= day_end(u->at_ms, 0)))
        return false;
    bring_back(o, u, now_ms);
    write_line(&o->card[u->card], LINE_REVERSE, u->amount, true);
    o->voucher[u->voucher].state = TAKEN_BACK;
    return true;
}

#define MINUTES_10 INT64_C(600000)

bool
oracle_unspend(struct oracle *o, size_t use, bool is_manager, int64_t now_ms)
{
    struct oracle_use *u = &o->use[use];

    if (u->is_open || u->is_back || (!is_manager && now_ms >= u->at_ms + MINUTES_10))
        return false;
    bring_back(o, u, now_ms);
    write_line(&o->card[u->card], LINE_REVERSE, u->amount, true);
    return true;
}

bool
oracle_unredeem(struct oracle *o, size_t voucher, bool is_manager, int64_t now_ms)
{
    struct oracle_voucher *v = &o->voucher[voucher];

    if (v->state != USED || (!is_manager && now_ms >= v->used_ms + MINUTES_10))
        return false;
    v->state = OPEN;
    return true;
}

/* Whatever the newest jar has reached goes; false, with nothing done: it was eaten. */
static bool
empty_newest_jar(struct oracle *o, size_t card)
{
    size_t from = o->vouchers_n;

    while (from > 0) {
        const struct oracle_voucher *v = &o->voucher[from - 1];

        if (v->card == card && v->price == ORACLE_CAKE && v->state != TAKEN_BACK)
            break;
        if (v->card == card && v->price == ORACLE_BISCUIT && v->state == USED)
            return false;
        from--;
    }
    for (size_t i = from; i < o->vouchers_n; i++)
        if (o->voucher[i].card == card && o->voucher[i].state == OPEN)
            o->voucher[i].state = TAKEN_BACK;
    return true;
}

bool
oracle_cancel(struct oracle *o, size_t voucher, bool is_manager, int64_t now_ms)
{
    struct oracle_voucher *v = &o->voucher[voucher];
    struct oracle_card *c = &o->card[v->card];

    if (!is_manager || v->state != OPEN || v->ends_ms <= now_ms)
        return false;
    if (v->price == ORACLE_MUG)
        return oracle_swap_back(o, v->paid, true, now_ms);
    if (v->price == ORACLE_CAKE) {
        if (!empty_newest_jar(o, v->card))
            return false;
        bring_back(o, &o->use[v->paid], now_ms);
        write_line(c, LINE_REVERSE, ORACLE_CAKE, true);
        c->reached += ORACLE_CAKE;
    }
    v->state = TAKEN_BACK;
    return true;
}

bool
oracle_reverse(struct oracle *o, size_t grant, bool is_manager, int64_t now_ms)
{
    struct oracle_grant *g = &o->grant[grant];
    struct oracle_card *c = &o->card[g->card];
    struct oracle_use *repaid = g->repaid != ORACLE_NONE ? &o->use[g->repaid] : NULL;
    int64_t brought = g->amount - (repaid != NULL ? repaid->amount : 0);

    if (g->is_undone || g->has_lapsed || g->refunded_yen > 0 || oracle_balance(c) < brought ||
        (!is_manager && (g->kind == LINE_BONUS || now_ms >= day_end(g->at_ms, 0))))
        return false;
    if (repaid != NULL) {
        bring_back(o, repaid, now_ms);
        write_line(c, LINE_REVERSE, repaid->amount, true);
        c->owed += repaid->amount;
    }
    take(o, g->card, g->amount, grant, now_ms);
    write_line(c, LINE_REVERSE, g->amount, false);
    g->is_undone = true;
    return true;
}

static bool
may_refund(const struct oracle_grant *g, int64_t yen, bool is_manager, int64_t now_ms)
{
    bool is_cashiers = now_ms < day_end(g->sold_ms, ORACLE_REFUND_DAYS) &&
                       g->refunded_yen + yen <= ORACLE_REFUND_YEN;

    return !g->is_undone && !g->has_lapsed && g->refunded_yen < g->yen &&
           g->refunded_yen + yen <= g->yen && (is_manager || is_cashiers);
}

bool
oracle_refund(struct oracle *o, size_t grant, int64_t yen, bool is_manager, int64_t now_ms)
{
    struct oracle_grant *g = &o->grant[grant];
    struct oracle_card *c = &o->card[g->card];
    int64_t part = yen != 0 ? yen : g->yen - g->refunded_yen;
    int64_t keeps = (g->yen - g->refunded_yen - part) / YEN_A_POINT;
    int64_t due = g->amount - keeps - g->refunded, missing = due - oracle_balance(c);

    if (missing < 0)
        missing = 0;
    if (!may_refund(g, part, is_manager, now_ms) || (missing > 0 && g->card == ORACLE_REFUSES))
        return false;
    if (due > missing) {
        take(o, g->card, due - missing, grant, now_ms);
        write_line(c, LINE_REFUND, due - missing, false);
    }
    if (g->card != ORACLE_FORGIVES)
        c->owed += missing;
    g->refunded_yen += part;
    g->refunded += due;
    return true;
}
