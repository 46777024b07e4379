#include "app/demo_past.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "app/demo_plan.h"
#include "app/demo_points.h"
#include "base/clock.h"
#include "base/entropy.h"
#include "domain/card.h"
#include "domain/code.h"
#include "domain/lapse.h"
#include "domain/ledger.h"
#include "domain/member.h"
#include "domain/notice.h"
#include "domain/scan.h"
#include "domain/tier.h"
#include "domain/voucher.h"

#define TOKYO_MS (9 * HOUR_MS)
/* As line-sim numbers its people; tests/unit/test_app_demo.c holds the two together. */
#define PERSON_FORMAT "U5a3e1d07c94b2f6880e4d1a7%08x"

/* ---------------------------------------------------------------- who comes when */

static double
chance(void)
{
    return (double)entropy_below(1000000) / 1e6;
}

/* Morning, lunch and the way home; Fridays and Saturdays are fuller. */
static int64_t
hour_of_visit(void)
{
    static const int weight[24] = {0,  0, 0, 0, 0, 0, 1, 6, 10, 7, 5, 6,
                                   10, 8, 5, 6, 5, 7, 8, 5, 3,  1, 0, 0};
    uint64_t at = entropy_below(98);

    for (int hour = 0; hour < 24; hour++) {
        if (at < (uint64_t)weight[hour])
            return hour;
        at -= (uint64_t)weight[hour];
    }
    return 12;
}

static bool
visit_add(struct demo *d, struct demo_visit visit)
{
    if (visit.at_ms >= d->now_ms - 5 * MINUTE_MS)
        return true;
    if (d->visits_n == d->visits_cap) {
        size_t cap = d->visits_cap ? 2 * d->visits_cap : 4096;
        struct demo_visit *more = realloc(d->visit, cap * sizeof(*more));
        if (!more)
            return false;
        d->visit = more;
        d->visits_cap = cap;
    }
    d->visit[d->visits_n++] = visit;
    return true;
}

/* The local midnight `days` days before today. */
static int64_t
day_start(const struct demo *d, int64_t days)
{
    return (d->now_ms + TOKYO_MS) / DAY_MS * DAY_MS - TOKYO_MS - days * DAY_MS;
}

/* A member joins some day, comes at a rate of their own, and may stop coming for good. */
static bool
plan_visits(struct demo *d, int member)
{
    int64_t first = (int64_t)entropy_below(DEMO_DAYS), last = 0;
    double rate = 0.02 + 0.25 * chance() * chance();
    int home = (int)entropy_below(DEMO_SHOPS);

    if (chance() < 0.35)
        last = (int64_t)entropy_below((uint64_t)first + 1);
    for (int64_t days = first; days >= last; days--) {
        int64_t start = day_start(d, days);
        int weekday = (int)((start / DAY_MS + 4 + 1) % 7); /* 1970-01-01 was a Thursday */
        double busy = weekday == 5 || weekday == 6 ? 1.5 : weekday == 0 ? 0.7 : 1.0;
        int shop = chance() < 0.8 ? home : (int)entropy_below(DEMO_SHOPS);
        struct demo_visit v = {
            .at_ms = start + hour_of_visit() * HOUR_MS + (int64_t)entropy_below(HOUR_MS),
            .member = member,
            .plan = chance() < 0.7 ? 0 : 1,
            .shop = shop,
            .staff = shop == 0   ? (int)entropy_below(2)
                     : shop == 1 ? 2 + (int)entropy_below(2)
                                 : 4,
        };
        if ((days == first || chance() < rate * busy) && !visit_add(d, v))
            return false;
    }
    return true;
}

/* Points, too, for whoever has them: each card shows something else. The last but one gives back
 * what it bought. */
static bool
plan_points(struct demo *d, int member)
{
    static const struct {
        int visits, every; /* so many days */
    } of[DEMO_PEOPLE] = {{10, 13}, {0}, {0}, {21, 8}, {5, 20}, {14, 10}, {6, 15}, {8, 12}};

    for (int i = of[member].visits - 1; i >= 0; i--)
        if (!visit_add(d,
                       (struct demo_visit){.at_ms = day_start(d, 2 + of[member].every * i) +
                                                    17 * HOUR_MS + (int64_t)entropy_below(HOUR_MS),
                                           .member = member,
                                           .plan = DEMO_POINTS,
                                           .gives_back = i == 0 && member == DEMO_PEOPLE - 2}))
            return false;
    return true;
}

/* line-sim's people: 1 lacks one stamp, 2 is new, 3 has not come for two months, the rest come now
 * and then. */
static bool
plan_person(struct demo *d, int member)
{
    int visits = member == 0 ? 9 : member == 2 ? 6 : 3 + (int)entropy_below(5);
    int64_t days = member == 2 ? 60 : 1;

    for (int i = visits - 1; i >= 0; i--)
        if (!visit_add(d, (struct demo_visit){.at_ms = day_start(d, days + 3 * i) + 12 * HOUR_MS +
                                                       (int64_t)entropy_below(HOUR_MS),
                                              .member = member}))
            return false;
    return plan_points(d, member);
}

static int
by_time(const void *a, const void *b)
{
    const struct demo_visit *x = a, *y = b;

    return (x->at_ms > y->at_ms) - (x->at_ms < y->at_ms);
}

/* ---------------------------------------------------------------- living it */

static enum err_code
make_member(struct demo *d, int i, int64_t at_ms, struct err *e)
{
    char line_id[40], name[64];
    struct member member;
    bool is_new;
    const enum language languages[] = {LANGUAGE_JA, LANGUAGE_EN, LANGUAGE_ZH_HANT, LANGUAGE_TH};

    if (i < DEMO_PEOPLE)
        snprintf(line_id, sizeof(line_id), PERSON_FORMAT, (unsigned)(i + 1));
    else
        snprintf(line_id, sizeof(line_id), "U%016" PRIx64 "%016x", entropy_below(UINT64_MAX),
                 (unsigned)i);
    snprintf(name, sizeof(name), "%s %d", d->names->member, i + 1);
    if (member_enter(
            d->db,
            &(struct member_login){.line_id = str_of(line_id),
                                   .name = str_of(name),
                                   .language = i < DEMO_PEOPLE ? languages[i % 4] : LANGUAGE_JA,
                                   .now_ms = at_ms},
            &member, &is_new, e) ||
        member_befriend(d->db, member.id, true, at_ms, NULL, e))
        return e->code;
    d->member[i] = member.id;
    return OK;
}

static enum err_code
redeem_some(struct demo *d, const struct demo_visit *v, const struct card *card, struct err *e)
{
    struct voucher voucher, open[4];
    struct refusal refusal;
    char token[VOUCHER_TOKEN_SIZE];
    size_t n;

    if (voucher_list(d->db, card->id, v->at_ms, open, 4, &n, e))
        return e->code;
    if (!n || v->member == 0 || chance() > 0.6)
        return OK;
    voucher_token(d->db, open[0].id, d->till[v->shop], v->at_ms + MINUTE_MS, token);
    if (voucher_redeem(d->db,
                       &(struct redemption){.voucher_id = open[0].id,
                                            .token = str_of(token),
                                            .staff_id = d->staff[v->staff],
                                            .till_id = d->till[v->shop],
                                            .shop_id = d->shop[v->shop],
                                            .now_ms = v->at_ms},
                       &voucher, &refusal, e))
        return e->code;
    d->redemptions += refusal.kind == REFUSAL_NONE;
    return OK;
}

/* A few grants are mistakes, undone a minute later. */
static enum err_code
reverse_some(struct demo *d, const struct demo_visit *v, int64_t seq, struct err *e)
{
    struct reversal_result out;
    struct refusal refusal;
    struct reversal in = {.seq = seq,
                          .staff_id = d->staff[v->staff],
                          .till_id = d->till[v->shop],
                          .shop_id = d->shop[v->shop],
                          .now_ms = v->at_ms + MINUTE_MS};

    if (v->member < DEMO_PEOPLE || chance() > 0.01)
        return OK;
    entropy_fill(in.request_key, sizeof(in.request_key));
    return ledger_reverse(d->db, &in, &out, &refusal, e);
}

static enum err_code
live_visit(struct demo *d, const struct demo_visit *v, struct err *e)
{
    struct card card;
    struct scan_result scan;
    struct refusal refusal;
    struct grant_result result;
    struct grant in = {.staff_id = d->staff[v->staff],
                       .till_id = d->till[v->shop],
                       .shop_id = d->shop[v->shop],
                       .now_ms = v->at_ms};
    char code[CODE_DIGITS + 1];
    int64_t near_miss;

    if (!d->member[v->member] && make_member(d, v->member, v->at_ms - MINUTE_MS, e))
        return e->code;
    if (card_of_plan(d->db, d->member[v->member], d->plan[v->plan], &card, e) ||
        redeem_some(d, v, &card, e))
        return e->code;
    code_make(d->keys, CODE_MEMBER, card.locator, code_step(v->at_ms), code);
    if (scan_open(d->db,
                  &(struct scan_request){.text = str_of(code),
                                         .till_id = in.till_id,
                                         .shop_id = in.shop_id,
                                         .staff_id = in.staff_id,
                                         .now_ms = v->at_ms},
                  &scan, &refusal, &near_miss, e))
        return e->code;
    if (refusal.kind != REFUSAL_NONE)
        return OK;
    in.scan_id = scan.scan_id;
    if (v->plan == DEMO_POINTS && demo_points_spend(d, v, &card, scan.scan_id, e))
        return e->code;
    if (v->plan == DEMO_STAMPS)
        in.stamps = v->member > 0 && chance() < 0.1 ? 2 : 1;
    else
        in.yen = 350 + 50 * (int64_t)entropy_below(30);
    entropy_fill(in.request_key, sizeof(in.request_key));
    if (ledger_grant(d->db, &in, &result, &refusal, e))
        return e->code;
    if (refusal.kind != REFUSAL_NONE)
        return OK;
    d->grants++;
    if (v->plan == DEMO_POINTS && demo_points_after(d, v, result.seq, e))
        return e->code;
    return reverse_some(d, v, result.seq, e);
}

static enum err_code
close_notices_of(struct demo *d, int64_t member_id, struct arena *a, struct err *e)
{
    struct notice notice[64];
    size_t n;

    if (notice_held(d->db, member_id, a, notice, 64, &n, e))
        return e->code;
    for (size_t i = 0; i < n; i++)
        if (notice[i].kind == NOTICE_VOUCHER
                ? notice_end(d->db, &notice[i], LADDER_DROP, "past", notice[i].at_ms, e)
                : notice_seen(d->db, notice[i].id, member_id, notice[i].at_ms, e))
            return e->code;
    return OK;
}

/* What was to be told in the past was told in the past: on the open card. */
static enum err_code
close_notices(struct demo *d, struct arena *a, struct err *e)
{
    int64_t member_id[64];
    size_t held, n;

    do {
        if (notice_hold_due(d->db, d->now_ms, 64, &held, e) ||
            notice_due_members(d->db, d->now_ms, member_id, 64, &n, e))
            return e->code;
        for (size_t i = 0; i < n; i++)
            if (close_notices_of(d, member_id[i], a, e))
                return e->code;
    } while (held || n);
    return OK;
}

/* What time ends by itself, up to the end of that day. */
static enum err_code
end_day(struct demo *d, int64_t day, struct err *e)
{
    int64_t at_ms = (day + 1) * DAY_MS < d->now_ms ? (day + 1) * DAY_MS : d->now_ms, ended;
    bool lapsed = false, looked = false;

    if (voucher_expire_due(d->db, at_ms, 1000, &ended, e))
        return e->code;
    while (!lapsed || !looked)
        if (lapse_run(d->db, at_ms, 1000, &lapsed, e) || tier_run(d->db, at_ms, 1000, &looked, e))
            return e->code;
    return OK;
}

static enum err_code
live(struct demo *d, struct err *e)
{
    enum err_code code = OK;

    for (size_t i = 0; i < d->visits_n; i++) {
        struct db_tx tx;
        struct arena *a;
        int64_t day = d->visit[i].at_ms / DAY_MS;

        if (db_begin(d->db, &tx, e))
            return e->code;
        for (; i < d->visits_n && d->visit[i].at_ms / DAY_MS == day && !code; i++)
            code = live_visit(d, &d->visit[i], e);
        i--;
        a = arena_new(16 * MIB);
        if (code || close_notices(d, a, e) || end_day(d, day, e) || db_commit(&tx, e))
            code = e->code;
        db_rollback(&tx);
        arena_free(a);
        if (code)
            return err_wrap(e, "the past, visit %zu of %zu", i, d->visits_n);
    }
    return OK;
}

enum err_code
demo_past(struct demo *d, struct err *e)
{
    d->member = calloc((size_t)d->members_n, sizeof(*d->member));
    if (!d->member)
        return err_set(e, ERR_INTERNAL, "out_of_memory", "members");
    for (int i = 0; i < d->members_n; i++)
        if (!(i == 1 ? true : i < DEMO_PEOPLE ? plan_person(d, i) : plan_visits(d, i)))
            return err_set(e, ERR_INTERNAL, "out_of_memory", "visits");
    qsort(d->visit, d->visits_n, sizeof(*d->visit), by_time);
    return live(d, e);
}
