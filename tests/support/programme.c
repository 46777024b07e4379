#include "tests/support/programme.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/check.h"
#include "tests/support/programme_inside.h"

#include "base/clock.h"
#include "base/entropy.h"
#include "domain/bonus.h"
#include "domain/gift.h"
#include "domain/hold.h"
#include "domain/lapse.h"
#include "domain/tier.h"

#define AT_ONCE 1000 /* of what ends by itself */

/* ---------------------------------------------------------------- steps */

const char *
step_name(enum step_kind kind)
{
#define STEP_NAME(kind, name, share) [STEP_##kind] = (name),
    static const char *const names[] = {PROGRAMME_STEPS(STEP_NAME)};
#undef STEP_NAME

    return names[kind];
}

static int64_t
pause_ms(void)
{
    uint64_t which = entropy_below(300);

    if (which == 0)
        return (int64_t)entropy_below(730 * DAY_MS);
    if (which == 299)
        return -(int64_t)entropy_below(60 * DAY_MS);
    if (which >= 290)
        return -(int64_t)entropy_below(3 * HOUR_MS);
    if (which < 15)
        return (int64_t)entropy_below(30 * DAY_MS);
    if (which < 75)
        return (int64_t)entropy_below(DAY_MS);
    return (int64_t)entropy_below(10 * MINUTE_MS);
}

struct step
step_at_random(void)
{
#define STEP_SHARE(kind, name, share) (share),
    static const unsigned share[] = {PROGRAMME_STEPS(STEP_SHARE)};
#undef STEP_SHARE
    struct step step = {.kind = STEP_GRANT};
    uint64_t which, all = 0;

    for (size_t i = 0; i < STEP_KINDS; i++)
        all += share[i];
    which = entropy_below(all);
    while (which >= share[step.kind])
        which -= share[step.kind++];
    step.which = entropy_below(UINT64_MAX);
    step.much = entropy_below(UINT64_MAX);
    step.after_ms = CODE_STEP_MS + pause_ms();
    return step;
}

size_t
recent(size_t n, uint64_t which)
{
    size_t few = which % 7 == 0 || n < 5 ? n : 5;

    return n - 1 - which / 7 % few;
}

bool
recent_use(const struct programme *p, unsigned kinds, bool is_open, uint64_t which, size_t *at_out)
{
    size_t at[ORACLE_THINGS], n = 0;

    for (size_t i = 0; i < p->oracle.uses_n; i++) {
        const struct oracle_use *u = &p->oracle.use[i];
        bool is_used = u->voucher != ORACLE_NONE && p->oracle.voucher[u->voucher].state != OPEN;
        bool is_one = u->is_open == is_open && !u->is_back && !is_used;

        if ((kinds & KIND(u->kind)) != 0 && (is_one || which % 9 == 0))
            at[n++] = i;
    }
    if (n > 0)
        *at_out = at[recent(n, which)];
    return n > 0;
}

bool
recent_voucher(const struct programme *p, enum oracle_voucher_state state, uint64_t which,
               size_t *at_out)
{
    size_t at[ORACLE_THINGS], n = 0;

    for (size_t i = 0; i < p->oracle.vouchers_n; i++)
        if (p->oracle.voucher[i].state == state || which % 9 == 0)
            at[n++] = i;
    if (n > 0)
        *at_out = at[recent(n, which)];
    return n > 0;
}

size_t
living(const struct programme *p, uint64_t card)
{
    return p->oracle.card[card].is_merged ? ORACLE_OWES : (size_t)card;
}

bool
by_manager(const struct step *s)
{
    return s->much / 1000 % 2 == 0;
}

int64_t
step_staff(const struct step *s)
{
    return by_manager(s) ? BOOK_MANAGER : BOOK_CASHIER;
}

bool
judged(struct programme *p, const struct step *s, bool wanted, const struct refusal *refusal)
{
    p->done[s->kind]++;
    p->refused[s->kind] += !wanted;
    AGREE(p, (refusal->kind == REFUSAL_NONE) == wanted, "%s: %s, and the terms say %s",
          step_name(s->kind), refusal_word(refusal->kind), wanted ? "yes" : "no");
    return true;
}

static bool
was_scanned(const struct programme *p, int64_t step)
{
    for (size_t i = 0; i < p->scans_n; i++)
        if (p->scanned[i] == step)
            return true;
    return false;
}

/* No earlier than the book is old, and to a time whose codes are fresh. */
static void
move_clock(struct programme *p, int64_t ms)
{
    p->book.now_ms += ms;
    if (p->book.now_ms < BOOK_NOW_MS)
        p->book.now_ms = BOOK_NOW_MS;
    while (was_scanned(p, code_step(p->book.now_ms)))
        p->book.now_ms += CODE_STEP_MS;
}

/* What the scheduler does, in its order. */
bool
programme_time(struct programme *p, int64_t ms)
{
    size_t grants, vouchers, given;
    bool is_done = false;
    int64_t n;
    struct err e;

    move_clock(p, ms);
    grants = p->oracle.grants_n;
    vouchers = p->oracle.vouchers_n;
    oracle_time(&p->oracle, p->book.now_ms);
    WORKS(p, hold_end_due(p->book.db, p->book.now_ms, AT_ONCE, NULL, &n, &e), e);
    WORKS(p, voucher_expire_due(p->book.db, p->book.now_ms, AT_ONCE, &n, &e), e);
    while (!is_done)
        WORKS(p, lapse_run(p->book.db, p->book.now_ms, ORACLE_CARDS, &is_done, &e), e);
    is_done = false;
    while (!is_done)
        WORKS(p, tier_run(p->book.db, p->book.now_ms, ORACLE_CARDS, &is_done, &e), e);
    WORKS(p, gift_expire_due(p->book.db, p->book.now_ms, AT_ONCE, &n, &e), e);
    WORKS(p, bonus_birthdays(p->book.db, p->book.now_ms, AT_ONCE, &given, &e), e);
    return keep_birthdays(p, grants, vouchers, given);
}

bool
programme_step(struct programme *p, const struct step *step)
{
    static step_act *const act[STEP_KINDS] = {
        [STEP_GRANT] = act_grant,
        [STEP_SPEND] = act_use,
        [STEP_HOLD] = act_use,
        [STEP_CAPTURE] = act_end_hold,
        [STEP_RELEASE] = act_end_hold,
        [STEP_SWAP] = act_swap,
        [STEP_SWAP_BACK] = act_swap_back,
        [STEP_REVERSE] = act_reverse,
        [STEP_BORN] = act_born,
        [STEP_MERGE] = act_merge,
        [STEP_UNMERGE] = act_unmerge,
        [STEP_REFUND] = act_refund,
        [STEP_UNSPEND] = act_unspend,
        [STEP_CANCEL] = act_cancel,
        [STEP_UNREDEEM] = act_unredeem,
        [STEP_LATE] = act_late,
        [STEP_THANK] = act_thank,
        [STEP_GIVE] = act_give,
        [STEP_ACCEPT] = act_accept,
        [STEP_GIFT_BACK] = act_gift_back,
        [STEP_REDEEM] = act_redeem,
    };

    if (!programme_time(p, step->after_ms))
        return false;
    return act[step->kind] == NULL || act[step->kind](p, step);
}

/* ---------------------------------------------------------------- one book */

static int64_t
add_plan(struct programme *p, const struct plan_rules *rules)
{
    int64_t plan_id;
    struct err e;

    CHECK_OK(plan_create(p->book.db, rules, p->book.now_ms, &plan_id, &e), e);
    return plan_id;
}

static void
add_tiers(struct plan_rules *rules)
{
    rules->tier = (struct tier_rules){.steps_n = 2,
                                      .by = TIER_BY_EARNED,
                                      .months = ORACLE_TIER_MONTHS,
                                      .keep_months = ORACLE_TIER_KEPT,
                                      .grace_days = ORACLE_TIER_GRACE,
                                      .falls_by_one = true,
                                      .step = {{.name = "Silver", .from = ORACLE_TIER_1},
                                               {.name = "Gold", .from = ORACLE_TIER_2}}};
    rules->earn.factors_n = 1;
    rules->earn.factor[0] = (struct earn_factor){.percent = 200, .tier = 2};
}

static struct plan_rules
purse_rules(const char *name, enum refund_short refund_short)
{
    struct plan_rules rules = {
        .unit = UNIT_POINT,
        .jan_prefix = 22,
        .yen_per_point = 100,
        .utc_offset_min = 9 * 60,
        .day_cut_hour = 4,
        .spend = {.yen = 1, .step = 1, .least = 1, .percent_max = 100},
        .expiry = {.kind = EXPIRY_AFTER, .days = 20, .pending_days = 1},
        .back = {.refund_short = refund_short,
                 .refund_days = ORACLE_REFUND_DAYS,
                 .refund_yen = ORACLE_REFUND_YEN},
        .late = {.days = ORACLE_LATE_DAYS, .cashier_max = ORACLE_LATE_POINTS},
        .earn = {.birthday_units = ORACLE_BIRTHDAY,
                 .events_n = 2,
                 .event = {{"daily", "Daily", ORACLE_DAILY, EARN_ONCE_DAY},
                           {"once", "Once", ORACLE_ONCE, EARN_ONCE_EVER}}},
    };

    if (refund_short == SHORT_OWE) {
        rules.gift = (struct gift_rules){
            .day_max = ORACLE_GIFT_DAY, .min = ORACLE_GIFT_LEAST, .days = ORACLE_GIFT_DAYS};
        rules.earn.join_units = ORACLE_JOIN;
        rules.earn.joins_at_visit = true;
    }
    if (refund_short == SHORT_FORGIVE)
        add_tiers(&rules);
    snprintf(rules.name, sizeof(rules.name), "%s", name);
    return rules;
}

static int64_t
add_purse(struct programme *p, const char *name, enum refund_short refund_short)
{
    const struct plan_rules rules = purse_rules(name, refund_short);
    int64_t plan_id = add_plan(p, &rules);

    book_catalogue(
        &p->book, plan_id,
        "{\"rewards\":[{\"price\":30,\"key\":\"mug\",\"title\":\"Mug\",\"valid_days\":10,"
        "\"kind\":\"gift\"}]}");
    return plan_id;
}

static int64_t
add_jar(struct programme *p)
{
    struct plan_rules jar = purse_rules("Jar", SHORT_REFUSE);

    jar.expiry = (struct expiry_rules){.kind = EXPIRY_NONE};
    jar.goal = ORACLE_CAKE;
    jar.rewards_n = 2;
    jar.reward[0] = (struct plan_reward){.at = ORACLE_BISCUIT, .valid_days = 3, .title = "Biscuit"};
    jar.reward[1] = (struct plan_reward){.at = ORACLE_CAKE, .valid_days = 40, .title = "Cake"};
    return add_plan(p, &jar);
}

static void
add_purse_card(struct programme *p, size_t at, int64_t plan_id)
{
    p->card[at] = book_card(&p->book, plan_id);
    p->mug[at] = book_int(&p->book, "SELECT id FROM reward WHERE plan_id = %lld AND key = 'mug'",
                          (long long)plan_id);
}

void
programme_open(struct programme *p, bool is_wrong)
{
    int64_t plan_id;

    p->why[0] = '\0';
    p->scans_n = 0;
    oracle_open(&p->oracle);
    p->oracle.takes_last = is_wrong;
    book_open(&p->book);
    add_purse_card(p, ORACLE_REFUSES, add_purse(p, "Refuses", SHORT_REFUSE));
    add_purse_card(p, ORACLE_FORGIVES, add_purse(p, "Forgives", SHORT_FORGIVE));
    plan_id = add_purse(p, "Owes", SHORT_OWE);
    add_purse_card(p, ORACLE_OWES, plan_id);
    add_purse_card(p, ORACLE_OWES_TOO, plan_id);
    plan_id = add_jar(p);
    for (size_t i = ORACLE_JARS; i < ORACLE_CARDS; i++)
        p->card[i] = book_card(&p->book, plan_id);
}

void
programme_close(struct programme *p)
{
    if (p->why[0] == '\0')
        book_close(&p->book);
    else
        book_close_broken(&p->book);
}
