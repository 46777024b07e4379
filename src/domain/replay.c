#include "domain/replay.h"

#include "base/clock.h"
#include "domain/replay_inside.h"
#include "domain/scan.h"

static const char *const refusal_names[REPLAY_REFUSALS] = {
    [REPLAY_TOO_SOON] = "too_soon",       [REPLAY_DAY_FULL] = "day_full",
    [REPLAY_NUMBER_FULL] = "number_full", [REPLAY_CAPPED] = "member_cap",
    [REPLAY_TOO_LITTLE] = "too_little",   [REPLAY_TOO_MUCH] = "too_much",
    [REPLAY_OVER] = "plan_over",
};

const char *
replay_refusal_name(enum replay_refusal refusal)
{
    return refusal_names[refusal];
}

void
replay_begin(struct replay *r, const struct plan_rules *rules, int64_t issued_ms)
{
    r->rules = rules;
    r->issued_ms = issued_ms;
    r->place = (struct place){.balance = 0};
    r->sums = (struct replay_sums){.visits = 0};
    r->last = (struct unit_life){.usable_ms = 0};
    r->last_units = 0;
    r->is_doubtful = false;
    r->own_tier = 0;
    r->lots = (struct lots){.at = r->lot, .room = REPLAY_LOTS_MAX};
    r->sales_n = 0;
    r->has_lost_sales = false;
    r->visits = 0;
}

void
replay_sum(struct replay_sums *all, const struct replay_sums *one)
{
    all->visits += one->visits;
    for (int i = 0; i < REPLAY_REFUSALS; i++)
        all->refused[i] += one->refused[i];
    all->units += one->units;
    all->rounds += one->rounds;
    all->vouchers += one->vouchers;
    for (int i = 0; i < PLAN_REWARDS_MAX; i++)
        all->reward[i] += one->reward[i];
    all->lapsed += one->lapsed;
}

/* ---------------------------------------------------------------- lots */

static void
drop_empty(struct lots *lots)
{
    size_t n = 0;

    for (size_t i = 0; i < lots->n; i++)
        if (lots->at[i].remaining > 0)
            lots->at[n++] = lots->at[i];
    lots->n = n;
}

void
replay_take(struct replay *r, enum lots_take what, int64_t amount, int64_t now_ms)
{
    if (r->lots.n > 0 && lots_take(&r->lots, what, r->place.balance, amount, now_ms))
        drop_empty(&r->lots);
    r->place.balance -= amount;
}

/* What has come to its end by then is gone before anything else happens. */
static void
lapse(struct replay *r, int64_t now_ms)
{
    int64_t ended = r->lots.n > 0 ? lots_ended(&r->lots, now_ms) : 0;

    if (ended == 0)
        return;
    replay_take(r, TAKE_ENDED, ended, now_ms);
    r->sums.lapsed += ended;
}

/* Units of one life count together; when there is no room for another life, with the last. */
static void
keep(struct replay *r, int64_t amount, const struct unit_life *life)
{
    struct lots *lots = &r->lots;
    struct lot *lot = NULL;

    if (amount == 0 || (life->usable_ms == 0 && life->expires_ms == 0))
        return;
    for (size_t i = lots->n; i-- > 0 && lot == NULL;)
        if (lots->at[i].usable_ms == life->usable_ms &&
            lots->at[i].expires_ms == life->expires_ms && lots->at[i].renews == life->renews)
            lot = &lots->at[i];
    if (lot == NULL && lots->n == lots->room) {
        lot = &lots->at[lots->n - 1];
    } else if (lot == NULL) {
        lot = &lots->at[lots->n++];
        *lot = (struct lot){.seq = (int64_t)lots->n,
                            .usable_ms = life->usable_ms,
                            .expires_ms = life->expires_ms,
                            .renews = life->renews};
    }
    lot->amount += amount;
    lot->remaining += amount;
}

static int64_t
larger(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* A use of the card moves the ends that move. */
static void
renew(struct replay *r, int64_t visit_ms)
{
    struct unit_life life;

    if (r->rules->expiry.kind != EXPIRY_LAST_USE)
        return;
    life = unit_life_of(r->rules, &(struct expiry_facts){.visit_ms = visit_ms});
    for (size_t i = 0; i < r->lots.n; i++)
        r->lots.at[i].expires_ms = larger(r->lots.at[i].expires_ms, life.expires_ms);
}

static struct unit_life
life_now(const struct replay *r, int64_t visit_ms)
{
    return unit_life_of(r->rules, &(struct expiry_facts){
                                      .visit_ms = visit_ms,
                                      .issued_ms = r->issued_ms,
                                      .together_ms = r->lots.n > 0 ? lots_end_ms(&r->lots) : 0,
                                  });
}

/* ---------------------------------------------------------------- a visit */

static int64_t
distance(int64_t a, int64_t b)
{
    return a < b ? b - a : a - b;
}

static void
see(struct grants_seen *seen, const struct replay_visit *was, int64_t visit_ms, bool is_today)
{
    if (!seen->has_near || distance(was->visit_ms, visit_ms) < distance(seen->near_ms, visit_ms))
        seen->near_ms = was->visit_ms;
    seen->has_near = true;
    seen->day_count += is_today;
}

/* How far back a visit is held against others. */
static int64_t
since_of(const struct plan_rules *rules, int64_t visit_ms, int64_t day_ms)
{
    int64_t wait_min = larger(rules->cool_down_min, rules->earn.shop_cool_down_min);
    int64_t since_ms = visit_ms - wait_min * MINUTE_MS - 2 * SCAN_SESSION_MS;

    return day_ms < since_ms ? day_ms : since_ms;
}

/* What the card has seen, and what its member had on that day, as the ledger asks the book. */
static struct grant_history
history_of(const struct replay *r, const struct replay_event *event, struct earn_used *used)
{
    struct business_day day = business_day(r->rules, event->visit_ms);
    struct grant_history history = {.by_number = event->by_number};
    struct grants_seen any = {.has_near = false};
    int64_t since_ms = since_of(r->rules, event->visit_ms, day.start_ms);
    size_t kept = r->visits < REPLAY_VISITS_MAX ? r->visits : REPLAY_VISITS_MAX;

    for (size_t i = 1; i <= kept; i++) {
        const struct replay_visit *was = &r->visit[(r->visits - i) % REPLAY_VISITS_MAX];
        bool is_today = was->visit_ms >= day.start_ms && was->visit_ms < day.end_ms;

        if (was->booked_ms < since_ms)
            break;
        see(&any, was, event->visit_ms, is_today);
        if (was->shop_id == event->shop_id)
            see(&history.here, was, event->visit_ms, is_today);
        history.number_count += is_today && was->by_number;
        used->grants += is_today;
        used->units += is_today ? was->units : 0;
    }
    history.has_near = any.has_near;
    history.near_ms = any.near_ms;
    history.day_count = any.day_count;
    return history;
}

static enum replay_refusal
refusal_of(enum refusal_kind kind)
{
    switch (kind) {
    case REFUSAL_TOO_SOON:
        return REPLAY_TOO_SOON;
    case REFUSAL_DAY_FULL:
        return REPLAY_DAY_FULL;
    case REFUSAL_NUMBER_FULL:
        return REPLAY_NUMBER_FULL;
    case REFUSAL_MEMBER_CAP:
        return REPLAY_CAPPED;
    default:
        return REPLAY_REFUSALS;
    }
}

const struct plan_rules *
replay_rules_for(struct replay *r, int64_t tier)
{
    const struct tier_rules *tiers = &r->rules->tier;

    tier = tier < (int64_t)tiers->steps_n ? tier : (int64_t)tiers->steps_n;
    if (tier == 0 || tiers->step[tier - 1].goal == 0)
        return r->rules;
    if (r->own_tier != tier) {
        r->own = *r->rules;
        tier_apply(&r->own, tier);
        r->own_tier = tier;
    }
    return &r->own;
}

/* Pieces alone are what a sale counts as whose yen came to nothing. */
static struct earning
earning_as_booked(const struct plan_rules *rules, const struct replay_event *event)
{
    bool is_of_yen = rules->unit == UNIT_POINT && points_of_sale(rules, event->yen) > 0;
    int64_t base = is_of_yen ? event->base : 0;

    return units_again(rules, base, event->pieces + event->base - base, event->tier,
                       event->visit_ms);
}

/* Nothing raises what is credited afterwards. */
static struct earning
earning_of(const struct plan_rules *rules, const struct replay_event *event)
{
    const struct sale sale = {.stamps = event->units, .yen = event->yen};
    struct earning earning;

    if (counts_as_booked(rules, event))
        return earning_as_booked(rules, event);
    earning = units_of(rules, &sale, event->tier, event->visit_ms);
    return event->kind == REPLAY_VISIT
               ? earning
               : (struct earning){.base = earning.base, .total = earning.base};
}

/* REPLAY_REFUSALS: it earns, and so much. */
static enum replay_refusal
judge(const struct replay *r, const struct plan_rules *rules, const struct replay_event *event,
      struct earning *earning, struct rounds *rounds)
{
    struct earn_used used[EARN_CAPS] = {{0}};
    struct grant_history history = {.has_near = false};
    enum replay_refusal refusal;

    if (plan_is_over(rules, event->visit_ms))
        return REPLAY_OVER;
    if (event->kind == REPLAY_VISIT)
        history = history_of(r, event, &used[EARN_CAP_MEMBER]);
    refusal = refusal_of(grant_decide(rules, &history, event->visit_ms).kind);
    if (refusal != REPLAY_REFUSALS)
        return refusal;
    if (earning->total == 0)
        return REPLAY_TOO_LITTLE;
    if (event->kind == REPLAY_VISIT)
        refusal = refusal_of(caps_decide(rules, used, event->visit_ms, earning).kind);
    if (refusal != REPLAY_REFUSALS)
        return refusal;
    *rounds = rounds_of(rules, &r->place, earning->total);
    return earning->total > GRANT_AMOUNT_MAX || rounds->too_many ? REPLAY_TOO_MUCH
                                                                 : REPLAY_REFUSALS;
}

/* Where a tier has a goal of its own, its reward is the last one all the same. */
static size_t
reward_of(const struct replay *r, const struct plan_rules *rules, size_t reward)
{
    return reward + 1 == rules->rewards_n ? r->rules->rewards_n - 1 : reward;
}

static void
repay(struct replay *r, int64_t amount, int64_t now_ms)
{
    int64_t repaid = repaid_of(r->place.owed, amount);

    if (repaid > 0)
        replay_take(r, TAKE_ANY, repaid, now_ms);
    r->place.owed -= repaid;
}

static void
reach(struct replay *r, const struct plan_rules *rules, const struct rounds *rounds, int64_t now_ms)
{
    for (int64_t i = 0; i < rounds->rounds; i++)
        replay_take(r, TAKE_ANY, rules->goal, now_ms);
    r->sums.rounds += rounds->rounds;
    r->sums.vouchers += (int64_t)rounds->steps_n;
    for (size_t i = 0; i < rounds->steps_n; i++)
        r->sums.reward[reward_of(r, rules, rounds->step[i].reward)]++;
    if (rounds->rounds > 0 || r->place.reached < r->place.balance)
        r->place.reached = r->place.balance;
}

static void
remember(struct replay *r, const struct replay_event *event, int64_t units)
{
    r->visit[r->visits++ % REPLAY_VISITS_MAX] = (struct replay_visit){
        .booked_ms = event->booked_ms,
        .visit_ms = event->visit_ms,
        .shop_id = event->shop_id,
        .units = units,
        .by_number = event->by_number,
    };
}

static void
visit(struct replay *r, const struct replay_event *event)
{
    const struct plan_rules *rules = replay_rules_for(r, event->tier);
    struct earning earning = earning_of(rules, event);
    struct rounds rounds = {.steps_n = 0};
    enum replay_refusal refusal = judge(r, rules, event, &earning, &rounds);
    int64_t amount = earning.total;

    if (refusal != REPLAY_REFUSALS) {
        r->sums.refused[refusal]++;
        return;
    }
    if (event->kind == REPLAY_VISIT)
        remember(r, event, amount);
    r->last = life_now(r, event->visit_ms);
    r->last_units = amount;
    replay_remember_sale(r, event, &earning);
    keep(r, amount, &r->last);
    renew(r, event->visit_ms);
    r->place.balance += amount;
    repay(r, amount, event->booked_ms);
    reach(r, rules, &rounds, event->booked_ms);
    r->sums.visits++;
    r->sums.units += amount;
}

/* ---------------------------------------------------------------- what else happens to a card */

static void
enter(struct replay *r, const struct replay_event *event, const struct place *on_top_of,
      int64_t amount)
{
    const struct plan_rules *rules = replay_rules_for(r, event->tier);
    struct rounds rounds = rounds_of(rules, on_top_of, amount);
    struct unit_life life = life_now(r, event->visit_ms);

    if (rounds.too_many)
        return;
    keep(r, event->units, &life);
    r->place.balance += event->units;
    if (event->kind == REPLAY_BONUS)
        repay(r, event->units, event->booked_ms);
    reach(r, rules, &rounds, event->booked_ms);
}

/* One that came with a sale goes with it, in proportion. */
static void
bonus(struct replay *r, const struct replay_event *event)
{
    const struct place place = r->place;
    struct replay_sale *sale = replay_sale_of(r, event->cause_seq);

    if (sale != NULL && sale->what.bonuses_n < REFUND_BONUSES_MAX)
        sale->what.bonus[sale->what.bonuses_n++] = event->units;
    enter(r, event, &place, event->units);
}

/* As moving.h says: on top of the larger of both. */
static void
enter_from_card(struct replay *r, const struct replay_event *event)
{
    int64_t had = r->place.balance, more = larger(had, event->units);
    const struct place place = {.balance = more, .reached = larger(more, r->place.reached)};

    enter(r, event, &place, had + event->units - more);
}

/* What the card had reached with them it has still; what they lift it over is the next visit's. */
static void
come_back(struct replay *r, const struct replay_event *event)
{
    struct unit_life life = life_now(r, event->visit_ms);

    keep(r, event->units, &life);
    r->place.balance += event->units;
}

static void
leave(struct replay *r, enum lots_take what, int64_t there, int64_t wanted, int64_t now_ms)
{
    replay_take(r, what, wanted < there ? wanted : there, now_ms);
}

void
replay_add(struct replay *r, const struct replay_event *event)
{
    int64_t now_ms = event->booked_ms;

    lapse(r, now_ms);
    r->last_units = 0;
    r->is_doubtful = false;
    switch (event->kind) {
    case REPLAY_VISIT:
    case REPLAY_LATE:
        visit(r, event);
        return;
    case REPLAY_BONUS:
        bonus(r, event);
        return;
    case REPLAY_ENTERS:
        enter_from_card(r, event);
        return;
    case REPLAY_USED:
        leave(r, TAKE_USABLE, lots_usable(&r->lots, r->place.balance, now_ms), event->units,
              now_ms);
        renew(r, event->visit_ms);
        return;
    case REPLAY_COMES_BACK:
        come_back(r, event);
        return;
    case REPLAY_GIVEN_AWAY:
        leave(r, TAKE_USABLE, lots_usable(&r->lots, r->place.balance, now_ms), event->units,
              now_ms);
        return;
    case REPLAY_REFUND:
        replay_refund(r, event);
        return;
    case REPLAY_ENDS:
        leave(r, TAKE_ANY, r->place.balance, r->place.balance, now_ms);
        r->place.reached = 0;
        r->place.owed = 0;
        return;
    }
}

void
replay_end(struct replay *r, int64_t now_ms)
{
    lapse(r, now_ms);
}
