/*
 * The part of oracle.h about what brings points, and what they reach.
 */
#include "tests/support/oracle.h"

#include <assert.h>

#include "tests/support/oracle_inside.h"

#define LIFE_DAYS 20
#define PENDING_DAYS 1
#define BISCUIT_DAYS 3
#define CAKE_DAYS 40

void
oracle_issue(struct oracle *o, size_t card, int64_t price, int64_t days, struct oracle_use *paid,
             int64_t now_ms)
{
    assert(o->vouchers_n < ORACLE_THINGS);
    if (paid != NULL)
        paid->voucher = o->vouchers_n;
    o->voucher[o->vouchers_n++] =
        (struct oracle_voucher){.card = card,
                                .price = price,
                                .ends_ms = day_end(book_time(o, now_ms), days),
                                .paid = paid != NULL ? (size_t)(paid - o->use) : ORACLE_NONE};
}

static void
fill_jar(struct oracle *o, size_t card, int64_t now_ms)
{
    struct oracle_card *c = &o->card[card];

    for (bool is_full = true; is_full;) {
        int64_t balance = oracle_balance(c);

        is_full = balance >= ORACLE_CAKE;
        if (c->reached < ORACLE_BISCUIT && balance >= ORACLE_BISCUIT)
            oracle_issue(o, card, ORACLE_BISCUIT, BISCUIT_DAYS, NULL, now_ms);
        if (is_full) {
            struct oracle_use *use = take_for(o, USE_ROUND, card, ORACLE_CAKE, false, now_ms);

            write_line(o, c, LINE_ROUND, ORACLE_CAKE, false, now_ms);
            oracle_issue(o, card, ORACLE_CAKE, CAKE_DAYS, use, now_ms);
            c->reached = 0;
        } else if (balance > c->reached) {
            c->reached = balance;
        }
    }
}

/* What is owed comes first. */
static void
repay(struct oracle *o, struct oracle_grant *g, int64_t now_ms)
{
    struct oracle_card *c = &o->card[g->card];
    int64_t part = c->owed < g->amount ? c->owed : g->amount;

    if (part == 0)
        return;
    g->repaid = o->uses_n;
    take_for(o, USE_REPAY, g->card, part, false, now_ms);
    write_line(o, c, LINE_REPAY, part, false, now_ms);
    c->owed -= part;
}

struct oracle_grant *
add_grant(struct oracle *o, size_t card, enum oracle_line_kind kind, int64_t points,
          int64_t from_ms, int64_t now_ms)
{
    struct oracle_card *c = &o->card[card];
    struct oracle_grant *g = &o->grant[o->grants_n];
    struct oracle_lot lot = {.left = points, .origin = o->grants_n};

    assert(o->grants_n < ORACLE_THINGS);
    o->grants_n++;
    *g = (struct oracle_grant){.kind = kind,
                               .card = card,
                               .at_ms = book_time(o, now_ms),
                               .sold_ms = from_ms,
                               .amount = points,
                               .repaid = ORACLE_NONE,
                               .joining = ORACLE_NONE};
    if (!c->is_jar) {
        lot.usable_ms = day_end(from_ms, PENDING_DAYS);
        lot.ends_ms = day_end(from_ms, LIFE_DAYS);
    }
    add_lot(c, lot);
    write_line(o, c, kind, points, true, now_ms);
    repay(o, g, now_ms);
    if (c->is_jar)
        fill_jar(o, card, now_ms);
    return g;
}

static bool
joins_now(const struct oracle *o, size_t card)
{
    if (card != ORACLE_OWES && card != ORACLE_OWES_TOO)
        return false;
    for (size_t i = 0; i < o->grants_n; i++) {
        const struct oracle_grant *g = &o->grant[i];

        if (is_one_person(o, g->card, card) && !g->is_undone &&
            (g->kind == LINE_EARN || g->joining != ORACLE_NONE))
            return false;
    }
    return true;
}

bool
oracle_grant(struct oracle *o, size_t card, int64_t yen, int64_t now_ms)
{
    int64_t points = yen / YEN_A_POINT, extra = o->card[card].tier == 2 ? points : 0;
    bool joins = joins_now(o, card);
    struct oracle_grant *g;

    if (points == 0)
        return false;
    g = add_grant(o, card, LINE_EARN, points + extra, now_ms, now_ms);
    g->yen = yen;
    g->extra = extra;
    if (joins) {
        g->joining = o->grants_n;
        add_grant(o, card, LINE_BONUS, ORACLE_JOIN, now_ms, now_ms)->joining =
            (size_t)(g - o->grant);
    }
    tier_look(o, card, now_ms);
    return true;
}

static bool
is_used(const struct oracle *o, int64_t receipt)
{
    for (size_t i = 0; i < o->grants_n; i++)
        if (o->grant[i].receipt == receipt && !o->grant[i].is_undone)
            return true;
    return false;
}

bool
oracle_late(struct oracle *o, size_t card, const struct oracle_sale *sale, bool is_manager,
            int64_t now_ms)
{
    int64_t points = sale->yen / YEN_A_POINT;
    struct oracle_grant *g;

    if (points == 0 || sale->sold_ms > now_ms ||
        day_end(sale->sold_ms, ORACLE_LATE_DAYS) <= now_ms || is_used(o, sale->receipt) ||
        (!is_manager && points > ORACLE_LATE_POINTS))
        return false;
    g = add_grant(o, card, LINE_LATE, points, sale->sold_ms, now_ms);
    g->yen = sale->yen;
    g->receipt = sale->receipt;
    tier_look(o, card, now_ms);
    return true;
}

bool
oracle_thank(struct oracle *o, size_t card, bool is_daily, int64_t now_ms)
{
    int64_t since_ms = is_daily ? day_end(now_ms, -1) : INT64_MIN;

    for (size_t i = 0; i < o->grants_n; i++) {
        const struct oracle_grant *g = &o->grant[i];

        if (g->kind == LINE_BONUS && g->joining == ORACLE_NONE && is_one_person(o, g->card, card) &&
            !g->is_birthday && g->is_daily == is_daily && !g->is_undone && g->at_ms >= since_ms)
            return false;
    }
    add_grant(o, card, LINE_BONUS, is_daily ? ORACLE_DAILY : ORACLE_ONCE, now_ms, now_ms)
        ->is_daily = is_daily;
    tier_look(o, card, now_ms);
    return true;
}
