#include "domain/way_back.h"

void
way_begin(struct way *way, int64_t balance, int64_t reached, int64_t amount)
{
    way->balance = balance - amount;
    way->reached = reached - amount;
    way->kept_at = 0;
    way->rounds_kept = 0;
    way->is_below = false;
}

/* The highest place of the round the card stands in: what was reached before the units came counts
 * once the walk is back in the round they came into. */
static int64_t
peak(const struct way *way)
{
    bool is_there = way->before.rounds_since == 0 && !way->is_below;

    return is_there && way->before.peak > way->reached ? way->before.peak : way->reached;
}

/* Points that were used and came back reached nothing, but they are there. */
static int64_t
held_or_reached(const struct way *way)
{
    return peak(way) > way->balance ? peak(way) : way->balance;
}

static void
keep(struct way *way, int64_t at)
{
    if (way->rounds_kept == 0 && at > way->kept_at)
        way->kept_at = at;
}

static enum way_step
undo_round(struct way *way, int64_t units, bool is_older)
{
    way->balance += units;
    way->reached += units;
    if (way->rounds_kept == 0)
        way->kept_at = 0;
    if (is_older) {
        way->is_below = true;
        way->before.round_spare += units;
    } else {
        way->before.rounds_since--;
    }
    return WAY_UNDOES;
}

static enum way_step
meets_round(struct way *way, const struct passed *voucher)
{
    bool is_older = voucher->cause_seq < way->since_seq;

    if (voucher->is_undone)
        return WAY_GOES_ON;
    if (way->balance >= 0 || (is_older && way->before.round_spare >= 0))
        return WAY_ENDS;
    if (voucher->state != VOUCHER_REDEEMED)
        return undo_round(way, voucher->round, is_older);
    way->rounds_kept++;
    return way->keeps_redeemed ? WAY_GOES_ON : WAY_BLOCKED;
}

/* One that expired tells nothing: the card may have gone back below it since. */
static enum way_step
meets_in_passing(struct way *way, const struct passed *voucher)
{
    bool is_older = voucher->cause_seq < way->since_seq;
    bool is_deserved = (way->balance >= 0 || is_older) && voucher->at <= held_or_reached(way);

    if (voucher->state != VOUCHER_ISSUED && voucher->state != VOUCHER_REDEEMED)
        return WAY_GOES_ON;
    if (!is_deserved && voucher->state == VOUCHER_ISSUED)
        return WAY_UNDOES;
    keep(way, voucher->at);
    if (is_deserved)
        return WAY_ENDS;
    return way->keeps_redeemed ? WAY_GOES_ON : WAY_BLOCKED;
}

enum way_step
way_meets(struct way *way, const struct passed *voucher)
{
    return voucher->round != 0 ? meets_round(way, voucher) : meets_in_passing(way, voucher);
}

struct way_end
way_end(const struct way *way)
{
    struct way_end end = {.balance = way->balance, .reached = peak(way)};

    if (end.balance < 0) {
        end.missing = -end.balance;
        end.balance = 0;
    }
    if (end.reached < way->kept_at)
        end.reached = way->kept_at;
    if (end.reached < 0)
        end.reached = 0;
    return end;
}
