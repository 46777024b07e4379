#include "tests/support/oracle.h"

#include <assert.h>
#include <string.h>

#include "tests/support/oracle_inside.h"

#define HOUR INT64_C(3600000)
#define DAY (24 * HOUR)
#define SHIFT (5 * HOUR) /* nine hours east of Greenwich, cut at four */
#define MORE_DAYS 30     /* for what comes back and has ended */

/* ---------------------------------------------------------------- days, sums, lines */

int64_t
day_end(int64_t now_ms, int64_t days)
{
    return ((now_ms + SHIFT) / DAY + days + 1) * DAY - SHIFT;
}

static bool
has_ended(const struct oracle_lot *lot, int64_t now_ms)
{
    return lot->ends_ms != 0 && lot->ends_ms <= now_ms;
}

int64_t
oracle_balance(const struct oracle_card *c)
{
    int64_t sum = 0;

    for (size_t i = 0; i < c->lots_n; i++)
        sum += c->lot[i].left;
    return sum;
}

int64_t
oracle_usable(const struct oracle_card *c, int64_t now_ms)
{
    int64_t sum = 0;

    for (size_t i = 0; i < c->lots_n; i++)
        if (c->lot[i].usable_ms <= now_ms && !has_ended(&c->lot[i], now_ms))
            sum += c->lot[i].left;
    return sum;
}

int64_t
book_time(const struct oracle *o, int64_t now_ms)
{
    return o->head_ms > now_ms ? o->head_ms : now_ms;
}

void
write_line(struct oracle *o, struct oracle_card *c, enum oracle_line_kind kind, int64_t amount,
           bool is_credit, int64_t now_ms)
{
    o->head_ms = book_time(o, now_ms);
    assert(c->lines_n < ORACLE_LINES);
    c->line[c->lines_n++] = (struct oracle_line){kind, amount, oracle_balance(c), is_credit};
}

void
oracle_open(struct oracle *o)
{
    *o = (struct oracle){.grants_n = 0};
    for (size_t i = ORACLE_JARS; i < ORACLE_CARDS; i++)
        o->card[i].is_jar = true;
}

/* ---------------------------------------------------------------- what comes and goes */

void
add_lot(struct oracle_card *c, struct oracle_lot lot)
{
    assert(c->lots_n < ORACLE_LOTS);
    c->lot[c->lots_n++] = lot;
}

/* Lower goes first. */
static int
turn_of(const struct oracle_lot *lot, size_t own, int64_t now_ms)
{
    if (own != ORACLE_NONE && lot->origin == own)
        return 0;
    if (has_ended(lot, now_ms))
        return 3;
    return lot->usable_ms > now_ms ? 2 : 1;
}

static bool
goes_before(const struct oracle *o, const struct oracle_lot *a, const struct oracle_lot *b,
            size_t own, int64_t now_ms)
{
    int turn_a = turn_of(a, own, now_ms), turn_b = turn_of(b, own, now_ms);

    if (turn_a != turn_b)
        return turn_a < turn_b;
    if (a->ends_ms == b->ends_ms)
        return false; /* the older one stays first */
    if (a->ends_ms == 0 || b->ends_ms == 0)
        return b->ends_ms == 0;
    return o->takes_last ? a->ends_ms > b->ends_ms : a->ends_ms < b->ends_ms;
}

static size_t
next_lot(const struct oracle *o, const struct oracle_card *c, size_t own, bool only_usable,
         int64_t now_ms)
{
    size_t first = c->lots_n;

    for (size_t i = 0; i < c->lots_n; i++)
        if (c->lot[i].left > 0 && (!only_usable || turn_of(&c->lot[i], own, now_ms) == 1) &&
            (first == c->lots_n || goes_before(o, &c->lot[i], &c->lot[first], own, now_ms)))
            first = i;
    return first;
}

/* `use` remembers from where, and may be NULL. */
static void
take_lots(struct oracle *o, struct oracle_card *c, int64_t amount, size_t own, bool only_usable,
          struct oracle_use *use, int64_t now_ms)
{
    while (amount > 0) {
        size_t at = next_lot(o, c, own, only_usable, now_ms);
        int64_t part;

        assert(at < c->lots_n);
        part = c->lot[at].left < amount ? c->lot[at].left : amount;
        c->lot[at].left -= part;
        amount -= part;
        if (use == NULL)
            continue;
        assert(use->parts_n < ORACLE_PARTS);
        use->part[use->parts_n].lot = at;
        use->part[use->parts_n++].amount = part;
    }
}

void
take(struct oracle *o, size_t card, int64_t amount, size_t own, int64_t now_ms)
{
    take_lots(o, &o->card[card], amount, own, false, NULL, now_ms);
}

void
take_into(struct oracle *o, struct oracle_use *use, bool only_usable, int64_t now_ms)
{
    take_lots(o, &o->card[use->card], use->amount, ORACLE_NONE, only_usable, use, now_ms);
}

struct oracle_use *
take_for(struct oracle *o, enum oracle_use_kind kind, size_t card, int64_t amount, bool only_usable,
         int64_t now_ms)
{
    struct oracle_use *use = &o->use[o->uses_n];

    assert(o->uses_n < ORACLE_THINGS);
    o->uses_n++;
    *use = (struct oracle_use){.kind = kind,
                               .card = card,
                               .at_ms = book_time(o, now_ms),
                               .amount = amount,
                               .voucher = ORACLE_NONE};
    take_into(o, use, only_usable, now_ms);
    return use;
}

void
bring_back(struct oracle *o, struct oracle_use *use, int64_t now_ms)
{
    struct oracle_card *c = &o->card[use->card];

    for (size_t i = 0; i < use->parts_n; i++) {
        struct oracle_lot *lot = &c->lot[use->part[i].lot];

        if (has_ended(lot, now_ms))
            add_lot(c, (struct oracle_lot){.left = use->part[i].amount,
                                           .ends_ms = day_end(now_ms, MORE_DAYS),
                                           .origin = ORACLE_NONE});
        else
            lot->left += use->part[i].amount;
    }
    use->parts_n = 0;
    use->is_back = true;
}

/* ---------------------------------------------------------------- what ends by itself */

void
lapse(struct oracle *o, struct oracle_card *c, int64_t now_ms)
{
    int64_t ended = 0;

    for (size_t i = 0; i < c->lots_n; i++) {
        struct oracle_lot *lot = &c->lot[i];

        if (lot->left == 0 || !has_ended(lot, now_ms))
            continue;
        if (lot->origin < ORACLE_THINGS)
            o->grant[lot->origin].has_lapsed = true;
        else if (lot->origin != ORACLE_NONE)
            o->merge[lot->origin - ORACLE_THINGS].has_lapsed = true;
        ended += lot->left;
        lot->left = 0;
    }
    if (ended > 0)
        write_line(o, c, LINE_LAPSE, ended, false, now_ms);
}

/* The hold that was over first. */
static size_t
next_hold(const struct oracle *o, int64_t now_ms)
{
    size_t first = o->uses_n;

    for (size_t i = 0; i < o->uses_n; i++) {
        const struct oracle_use *u = &o->use[i];

        if (u->is_open && u->until_ms <= now_ms &&
            (first == o->uses_n || u->until_ms < o->use[first].until_ms))
            first = i;
    }
    return first;
}

/* The gift that was over first. */
static size_t
next_gift(const struct oracle *o, int64_t now_ms)
{
    size_t first = o->gifts_n;

    for (size_t i = 0; i < o->gifts_n; i++) {
        const struct oracle_gift *g = &o->gift[i];

        if (g->state == GIFT_OFFERED && g->until_ms <= now_ms &&
            (first == o->gifts_n || g->until_ms < o->gift[first].until_ms))
            first = i;
    }
    return first;
}

void
oracle_time(struct oracle *o, int64_t now_ms)
{
    size_t hold, gift;

    while ((hold = next_hold(o, now_ms)) < o->uses_n)
        oracle_release(o, hold, now_ms);
    for (size_t i = 0; i < o->vouchers_n; i++)
        if (o->voucher[i].state == OPEN && o->voucher[i].ends_ms <= now_ms)
            o->voucher[i].state = ENDED;
    for (size_t i = 0; i < ORACLE_CARDS; i++)
        lapse(o, &o->card[i], now_ms);
    if (o->card[ORACLE_FORGIVES].tier > 0 && o->card[ORACLE_FORGIVES].tier_until_ms <= now_ms)
        tier_look(o, ORACLE_FORGIVES, now_ms);
    while ((gift = next_gift(o, now_ms)) < o->gifts_n)
        oracle_gift_back(o, gift, now_ms);
    thank_for_birthdays(o, now_ms);
}
