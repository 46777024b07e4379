/*
 * Sales that are given back (replay.h): what these rules gave for them goes, in proportion.
 */
#include "domain/replay.h"

#include "domain/replay_inside.h"

void
replay_remember_sale(struct replay *r, const struct replay_event *event,
                     const struct earning *earning)
{
    struct replay_sale *sale = &r->sale[r->sales_n];

    if (event->refunded == REPLAY_KEPT)
        return;
    if (r->sales_n == REPLAY_SALES_MAX) {
        r->has_lost_sales = true;
        return;
    }
    r->sales_n++;
    *sale = (struct replay_sale){.seq = event->seq,
                                 .what = {.yen = event->yen, .units = earning->base},
                                 .life = r->last,
                                 .is_silent = event->refunded == REPLAY_REFUNDED_SILENTLY};
    for (size_t i = 0; i < earning->parts_n; i++)
        sale->what.bonus[sale->what.bonuses_n++] = earning->part[i].units;
}

struct replay_sale *
replay_sale_of(struct replay *r, int64_t seq)
{
    for (size_t i = 0; i < r->sales_n && seq != 0; i++)
        if (r->sale[i].seq == seq)
            return &r->sale[i];
    return NULL;
}

static int64_t
larger(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static int64_t
given_for(const struct refundable *what)
{
    int64_t sum = what->units;

    for (size_t i = 0; i < what->bonuses_n; i++)
        sum += what->bonus[i];
    return sum;
}

/* Its own units first. */
static void
take_of_sale(struct replay *r, const struct replay_sale *sale, int64_t amount, int64_t now_ms)
{
    for (size_t i = 0; i < r->lots.n; i++)
        r->lots.at[i].is_own = r->lots.at[i].usable_ms == sale->life.usable_ms &&
                               r->lots.at[i].expires_ms == sale->life.expires_ms;
    replay_take(r, TAKE_ANY, amount, now_ms);
    for (size_t i = 0; i < r->lots.n; i++)
        r->lots.at[i].is_own = false;
}

/* The highest place that the card has reached and goes back below; 0: none. */
static int64_t
place_lost(const struct plan_rules *rules, int64_t reached, int64_t due)
{
    int64_t place = 0;

    for (size_t i = 0; i + 1 < rules->rewards_n; i++)
        if (rules->reward[i].at <= reached && rules->reward[i].at > reached - due)
            place = rules->reward[i].at;
    return place;
}

/* What was reached with it stays reached: whether it was used by then is not known. */
static void
give_back(struct replay *r, const struct plan_rules *rules, struct replay_sale *sale, int64_t due,
          int64_t now_ms)
{
    int64_t missing = due > r->place.balance ? due - r->place.balance : 0;
    int64_t lost = place_lost(rules, r->place.reached, due);
    struct refund_parts parts = refund_split(rules, due, missing);
    bool has_ended = sale->life.expires_ms != 0 && sale->life.expires_ms <= now_ms;

    r->is_doubtful = sale->is_silent || has_ended || lost > 0 ||
                     (missing > 0 && r->sums.rounds > 0 && rules->goal > 0);
    if (parts.is_refused)
        return;
    take_of_sale(r, sale, parts.taken, now_ms);
    r->place.owed += parts.owed;
    r->place.reached = larger(larger(r->place.reached - due, lost), r->place.balance);
    sale->units += due;
}

void
replay_refund(struct replay *r, const struct replay_event *event)
{
    const struct plan_rules *rules = replay_rules_for(r, event->tier);
    struct replay_sale *sale = replay_sale_of(r, event->cause_seq);
    int64_t left_yen;

    r->is_doubtful = sale == NULL && r->has_lost_sales;
    if (sale == NULL || event->yen > sale->what.yen)
        return;
    left_yen = sale->what.yen - event->yen;
    give_back(r, rules, sale,
              given_for(&sale->what) - units_left(rules, &sale->what, left_yen) - sale->units,
              event->booked_ms);
}
