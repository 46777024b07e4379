/*
 * The other half of oracle.h: what is taken back.
 */
#include "tests/support/oracle.h"

#include "tests/support/oracle_inside.h"

bool
oracle_swap_back(struct oracle *o, size_t use, bool is_manager, int64_t now_ms)
{
    struct oracle_use *u = &o->use[use];

    if (u->is_back || o->voucher[u->voucher].is_moved || o->voucher[u->voucher].state != OPEN ||
        (!is_manager && now_ms >= day_end(u->at_ms, 0)))
        return false;
    bring_back(o, u, now_ms);
    write_line(o, &o->card[u->card], LINE_REVERSE, u->amount, true, now_ms);
    o->voucher[u->voucher].state = TAKEN_BACK;
    return true;
}

#define MINUTES_10 INT64_C(600000)

bool
oracle_unspend(struct oracle *o, size_t use, bool is_manager, int64_t now_ms)
{
    struct oracle_use *u = &o->use[use];

    if (u->is_open || u->is_back || o->card[u->card].is_merged ||
        (!is_manager && now_ms >= u->at_ms + MINUTES_10))
        return false;
    bring_back(o, u, now_ms);
    write_line(o, &o->card[u->card], LINE_REVERSE, u->amount, true, now_ms);
    return true;
}

bool
oracle_unredeem(struct oracle *o, size_t voucher, bool is_manager, int64_t now_ms)
{
    struct oracle_voucher *v = &o->voucher[voucher];

    if (v->state != USED || o->card[v->card].is_merged ||
        (!is_manager && now_ms >= v->used_ms + MINUTES_10))
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
        write_line(o, c, LINE_REVERSE, ORACLE_CAKE, true, now_ms);
        c->reached += ORACLE_CAKE;
    }
    v->state = TAKEN_BACK;
    return true;
}

/* The bonus of joining that came with a visit and is still there; else NULL. */
static struct oracle_grant *
joining_of(struct oracle *o, const struct oracle_grant *visit)
{
    struct oracle_grant *g;

    if (visit->kind != LINE_EARN || visit->joining == ORACLE_NONE)
        return NULL;
    g = &o->grant[visit->joining];
    return g->is_undone ? NULL : g;
}

/* What is left of it on the card, if nothing was used. */
static int64_t
brought(const struct oracle *o, const struct oracle_grant *g)
{
    return g == NULL ? 0 : g->amount - (g->repaid != ORACLE_NONE ? o->use[g->repaid].amount : 0);
}

/* What it repaid is owed again. */
static void
owe_again(struct oracle *o, const struct oracle_grant *g, int64_t now_ms)
{
    struct oracle_card *c;

    if (g == NULL || g->repaid == ORACLE_NONE)
        return;
    c = &o->card[g->card];
    bring_back(o, &o->use[g->repaid], now_ms);
    write_line(o, c, LINE_REVERSE, o->use[g->repaid].amount, true, now_ms);
    c->owed += o->use[g->repaid].amount;
}

static void
take_grant(struct oracle *o, struct oracle_grant *g, int64_t now_ms)
{
    if (g == NULL)
        return;
    take(o, g->card, g->amount, (size_t)(g - o->grant), now_ms);
    write_line(o, &o->card[g->card], LINE_REVERSE, g->amount, false, now_ms);
    g->is_undone = true;
}

static bool
is_cashiers(const struct oracle_grant *g, int64_t now_ms)
{
    bool is_thanks = g->kind == LINE_BONUS && g->joining == ORACLE_NONE;

    return !is_thanks && day_end(now_ms, 0) == day_end(g->at_ms, 0);
}

bool
oracle_reverse(struct oracle *o, size_t grant, bool is_manager, int64_t now_ms)
{
    struct oracle_grant *g = &o->grant[grant], *bonus = joining_of(o, g);
    bool is_refunded =
        g->refunded_yen > 0 || (g->joining != ORACLE_NONE && o->grant[g->joining].refunded_yen > 0);

    if (o->card[g->card].is_merged || g->is_undone || g->has_lapsed ||
        (bonus != NULL && bonus->has_lapsed) || is_refunded ||
        oracle_balance(&o->card[g->card]) < brought(o, g) + brought(o, bonus) ||
        (!is_manager && !is_cashiers(g, now_ms)))
        return false;
    owe_again(o, g, now_ms);
    owe_again(o, bonus, now_ms);
    take_grant(o, bonus, now_ms);
    take_grant(o, g, now_ms);
    tier_undo(o, g->card, now_ms);
    return true;
}

static bool
may_refund(const struct oracle_grant *g, const struct oracle_grant *bonus, int64_t yen,
           bool is_manager, int64_t now_ms)
{
    bool may_cashier = now_ms < day_end(g->sold_ms, ORACLE_REFUND_DAYS) &&
                       g->refunded_yen + yen <= ORACLE_REFUND_YEN;

    return !g->is_undone && !g->has_lapsed && (bonus == NULL || !bonus->has_lapsed) &&
           g->refunded_yen < g->yen && g->refunded_yen + yen <= g->yen &&
           (is_manager || may_cashier);
}

/* What the sale keeps: points for what is left of it, and in proportion what came on top. */
static int64_t
kept(const struct oracle_grant *g, const struct oracle_grant *bonus, int64_t left_yen)
{
    int64_t points = left_yen / YEN_A_POINT, whole = g->amount - g->extra;

    return points + g->extra * points / whole +
           (bonus != NULL ? bonus->amount * points / whole : 0);
}

bool
oracle_refund(struct oracle *o, size_t grant, int64_t yen, bool is_manager, int64_t now_ms)
{
    struct oracle_grant *g = &o->grant[grant], *bonus = joining_of(o, g);
    struct oracle_card *c = &o->card[g->card];
    int64_t part = yen != 0 ? yen : g->yen - g->refunded_yen, due, missing;

    if (c->is_merged || !may_refund(g, bonus, part, is_manager, now_ms))
        return false;
    due = g->amount + (bonus != NULL ? bonus->amount : 0) - g->refunded -
          kept(g, bonus, g->yen - g->refunded_yen - part);
    missing = due > oracle_balance(c) ? due - oracle_balance(c) : 0;
    if (missing > 0 && g->card == ORACLE_REFUSES)
        return false;
    if (due > missing) {
        take(o, g->card, due - missing, grant, now_ms);
        write_line(o, c, LINE_REFUND, due - missing, false, now_ms);
    }
    if (g->card != ORACLE_FORGIVES)
        c->owed += missing;
    g->refunded_yen += part;
    g->refunded += due;
    tier_undo(o, g->card, now_ms);
    return true;
}
