/*
 * The part of oracle.h about points that are used, or given away.
 */
#include "tests/support/oracle.h"

#include <assert.h>

#include "tests/support/oracle_inside.h"

#define MUG_DAYS 10
#define DAY_MS (INT64_C(24) * 3600000)

static struct oracle_use *
use_points(struct oracle *o, enum oracle_use_kind kind, size_t card, int64_t points, int64_t now_ms)
{
    struct oracle_use *use;

    if (points > oracle_usable(&o->card[card], now_ms))
        return NULL;
    use = take_for(o, kind, card, points, true, now_ms);
    write_line(o, &o->card[card], kind == USE_SWAP ? LINE_SWAP : LINE_SPEND, points, false, now_ms);
    return use;
}

bool
oracle_spend(struct oracle *o, size_t card, int64_t points, int64_t now_ms)
{
    return use_points(o, USE_SPEND, card, points, now_ms) != NULL;
}

bool
oracle_hold(struct oracle *o, size_t card, int64_t points, int64_t until_ms, int64_t now_ms)
{
    struct oracle_use *use = use_points(o, USE_HOLD, card, points, now_ms);

    if (use == NULL)
        return false;
    use->is_open = true;
    use->until_ms = until_ms;
    return true;
}

bool
oracle_release(struct oracle *o, size_t use, int64_t now_ms)
{
    struct oracle_use *u = &o->use[use];

    if (!u->is_open)
        return false;
    bring_back(o, u, now_ms);
    write_line(o, &o->card[u->card], LINE_REVERSE, u->amount, true, now_ms);
    u->is_open = false;
    return true;
}

/* What is kept of a part is a spending of its own. */
bool
oracle_capture(struct oracle *o, size_t use, int64_t points, int64_t now_ms)
{
    struct oracle_use *u = &o->use[use];

    if (!u->is_open || points > u->amount)
        return false;
    if (points < u->amount) {
        oracle_release(o, use, now_ms);
        u->is_back = false;
        u->at_ms = book_time(o, now_ms);
        u->amount = points;
        take_into(o, u, false, now_ms);
        write_line(o, &o->card[u->card], LINE_SPEND, points, false, now_ms);
    }
    u->is_open = false;
    return true;
}

bool
oracle_swap(struct oracle *o, size_t card, int64_t now_ms)
{
    struct oracle_use *use = use_points(o, USE_SWAP, card, ORACLE_MUG, now_ms);

    if (use == NULL)
        return false;
    oracle_issue(o, card, ORACLE_MUG, MUG_DAYS, use, now_ms);
    return true;
}

bool
oracle_redeem(struct oracle *o, size_t voucher, int64_t now_ms)
{
    struct oracle_voucher *v = &o->voucher[voucher];

    if (v->state != OPEN || v->ends_ms <= now_ms)
        return false;
    v->state = USED;
    v->used_ms = now_ms;
    return true;
}

/* ---------------------------------------------------------------- gifts */

static bool
may_give(const struct oracle *o, size_t card, int64_t points, int64_t now_ms)
{
    int64_t today = 0;
    size_t open = 0;

    for (size_t i = 0; i < o->gifts_n; i++) {
        const struct oracle_gift *g = &o->gift[i];

        if (g->card != card || g->state == GIFT_CAME_BACK)
            continue;
        open += g->state == GIFT_OFFERED;
        today += g->made_ms >= day_end(now_ms, -1) ? g->amount : 0;
    }
    return points >= ORACLE_GIFT_LEAST && points <= oracle_usable(&o->card[card], now_ms) &&
           open < ORACLE_GIFTS_OPEN && today + points <= ORACLE_GIFT_DAY;
}

/* No longer open than the first of its points lives. */
static int64_t
gift_end(const struct oracle *o, const struct oracle_use *use, int64_t now_ms)
{
    int64_t end_ms = now_ms + ORACLE_GIFT_DAYS * DAY_MS;

    for (size_t i = 0; i < use->parts_n; i++) {
        const struct oracle_lot *lot = &o->card[use->card].lot[use->part[i].lot];

        if (lot->ends_ms != 0 && lot->ends_ms < end_ms)
            end_ms = lot->ends_ms;
    }
    return end_ms;
}

bool
oracle_give(struct oracle *o, size_t card, int64_t points, int64_t now_ms)
{
    struct oracle_use *use;

    if (!may_give(o, card, points, now_ms))
        return false;
    use = take_for(o, USE_GIFT, card, points, true, now_ms);
    write_line(o, &o->card[card], LINE_GIFT_OUT, points, false, now_ms);
    assert(o->gifts_n < ORACLE_THINGS);
    o->gift[o->gifts_n++] = (struct oracle_gift){.card = card,
                                                 .use = o->uses_n - 1,
                                                 .amount = points,
                                                 .made_ms = now_ms,
                                                 .until_ms = gift_end(o, use, now_ms)};
    return true;
}

/* The points live there as long as they would have here. */
bool
oracle_accept(struct oracle *o, size_t gift, size_t card, int64_t now_ms)
{
    struct oracle_gift *g = &o->gift[gift];
    const struct oracle_use *use = &o->use[g->use];

    if (g->state != GIFT_OFFERED || g->until_ms <= now_ms || g->card == card)
        return false;
    for (size_t i = 0; i < use->parts_n; i++) {
        struct oracle_lot lot = o->card[g->card].lot[use->part[i].lot];

        lot.left = use->part[i].amount;
        lot.origin = ORACLE_NONE;
        add_lot(&o->card[card], lot);
    }
    write_line(o, &o->card[card], LINE_GIFT_IN, g->amount, true, now_ms);
    g->state = GIFT_ARRIVED;
    return true;
}

/* To where it was, and what ended on the way has ended. */
bool
oracle_gift_back(struct oracle *o, size_t gift, int64_t now_ms)
{
    struct oracle_gift *g = &o->gift[gift];
    struct oracle_use *use = &o->use[g->use];

    if (g->state != GIFT_OFFERED)
        return false;
    bring_back(o, use, INT64_MIN);
    write_line(o, &o->card[g->card], LINE_REVERSE, g->amount, true, now_ms);
    lapse(o, &o->card[g->card], now_ms);
    g->state = GIFT_CAME_BACK;
    return true;
}
