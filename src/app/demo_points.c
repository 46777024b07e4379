#include "app/demo_points.h"

#include "app/demo_plan.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/entropy.h"
#include "domain/bonus.h"
#include "domain/refund.h"
#include "domain/spend.h"
#include "domain/swap.h"

#define SPENT_LEAST 100 /* who has less keeps it */
#define OFFERS_MAX (256 * KIB)

/* One visit of so many; of those that can be looked at, twice as many. */
static bool
one_of(const struct demo_visit *v, uint64_t n)
{
    return entropy_below(v->member < DEMO_PEOPLE ? n / 2 : n) == 0;
}

enum err_code
demo_points_spend(struct demo *d, const struct demo_visit *v, const struct card *card,
                  int64_t scan_id, struct err *e)
{
    struct spend in = {.scan_id = scan_id,
                       .staff_id = d->staff[v->staff],
                       .till_id = d->till[v->shop],
                       .shop_id = d->shop[v->shop],
                       .now_ms = v->at_ms};
    const struct spend_yes yes = {.member_id = card->member_id,
                                  .plan_id = card->plan_id,
                                  .points = SPENT_LEAST / 2,
                                  .now_ms = v->at_ms};
    struct spend_yes_result said;
    struct spend_result out;
    struct refusal refusal;

    if (card->balance < SPENT_LEAST || !one_of(v, 6))
        return OK;
    if (spend_say_yes(d->db, &yes, &said, &refusal, e))
        return e->code;
    if (refusal.kind != REFUSAL_NONE) /* of a card whose points have just ended */
        return OK;
    in.points = said.points;
    entropy_fill(in.request_key, sizeof(in.request_key));
    return spend_points(d->db, &in, &out, &refusal, e);
}

/* The dearest thing that can be had; *found_out false: there is none. */
static enum err_code
swap_dearest(struct demo *d, const struct card *card, int64_t at_ms, struct arena *a,
             bool *found_out, struct err *e)
{
    struct swap in = {.member_id = card->member_id, .now_ms = at_ms};
    struct swap_result out;
    struct refusal refusal;
    struct offer *offer;
    int64_t usable;
    size_t n;

    *found_out = false;
    if (offers_load(d->db, card, at_ms, a, &offer, &n, &usable, e))
        return e->code;
    for (size_t i = 0; i < n; i++)
        if (offer[i].may.kind == REFUSAL_NONE)
            in.reward_id = offer[i].reward.id;
    if (in.reward_id == 0)
        return OK;
    entropy_fill(in.request_key, sizeof(in.request_key));
    if (swap_make(d->db, &in, &out, &refusal, e))
        return e->code;
    *found_out = refusal.kind == REFUSAL_NONE;
    return OK;
}

/* One thing, or until nothing can be had any more. */
static enum err_code
swap_some(struct demo *d, const struct demo_visit *v, bool all, struct err *e)
{
    struct arena *a = arena_new(OFFERS_MAX);
    enum err_code code = a ? OK : err_set(e, ERR_INTERNAL, "out_of_memory", "offers");
    bool found = true;
    struct card card;

    for (int i = 0; found && !code && (all || i == 0); i++)
        code = card_of_plan(d->db, d->member[v->member], d->plan[v->plan], &card, e) ||
                       swap_dearest(d, &card, v->at_ms + MINUTE_MS, a, &found, e)
                   ? e->code
                   : OK;
    arena_free(a);
    return code;
}

static enum err_code
thank(struct demo *d, const struct demo_visit *v, struct err *e)
{
    struct event_bonus in = {.event = STR("review"), .now_ms = v->at_ms + MINUTE_MS};
    struct plan_rules rules;
    struct bonus_result out;
    struct refusal refusal;
    struct card card;

    if (card_of_plan(d->db, d->member[v->member], d->plan[v->plan], &card, e))
        return e->code;
    in.card_id = card.id;
    entropy_fill(in.request_key, sizeof(in.request_key));
    return bonus_event(d->db, &in, &out, &rules, &refusal, e);
}

/* All of the sale, when its points are gone: the card owes them from now on. */
static enum err_code
give_back(struct demo *d, const struct demo_visit *v, int64_t seq, struct err *e)
{
    struct refund in = {.grant_seq = seq,
                        .staff_id = d->staff[v->staff],
                        .till_id = d->till[v->shop],
                        .shop_id = d->shop[v->shop],
                        .now_ms = v->at_ms + 2 * MINUTE_MS};
    struct refund_result out;
    struct refusal refusal;

    if (swap_some(d, v, true, e))
        return e->code;
    entropy_fill(in.request_key, sizeof(in.request_key));
    return ledger_refund(d->db, &in, &out, &refusal, e);
}

enum err_code
demo_points_after(struct demo *d, const struct demo_visit *v, int64_t seq, struct err *e)
{
    if (v->gives_back)
        return give_back(d, v, seq, e);
    if (one_of(v, 8) && swap_some(d, v, false, e))
        return e->code;
    return one_of(v, 20) ? thank(d, v, e) : OK;
}
