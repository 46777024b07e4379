#include "app/demo_plan.h"

#include <stdio.h>

#include "domain/catalogue.h"
#include "domain/plan.h"

const struct demo_names demo_names_en = {
    .title = "Harbour Coffee",
    .shop = {"Station", "Market Street", "Harbour"},
    .till = "Counter",
    .plan = {"Coffee card", "Harbour points"},
    .half = {"A cookie", "10 % off a bag of beans"},
    .full = {"A coffee of your choice", "A hand mill"},
    .tier = {"Deckhand", "Mate", "Captain"},
    .event = "For your review",
    .offer = {"A biscuit", "200 yen off", "The Harbour mug", "An evening of tasting",
              "The harbour draw", "A bag of beans", "50 yen off"},
    .staff = "Staff",
    .member = "Member",
};
const struct demo_names demo_names_ja = {
    .title = "みなとコーヒー",
    .shop = {"駅前店", "市場通り店", "みなと店"},
    .till = "レジ",
    .plan = {"コーヒーカード", "みなとポイント"},
    .half = {"クッキー1枚", "コーヒー豆10%引き"},
    .full = {"お好きなコーヒー1杯", "手挽きミル"},
    .tier = {"レギュラー", "シルバー", "ゴールド"},
    .event = "レビューのお礼",
    .offer = {"ビスケット1枚", "200円引き", "みなとマグカップ", "試飲会へのご招待", "みなとくじ",
              "コーヒー豆1袋", "50円引き"},
    .staff = "スタッフ",
    .member = "会員",
};

/* ---------------------------------------------------------------- stamps */

static struct plan_rules
stamp_rules(void)
{
    return (struct plan_rules){
        .unit = UNIT_STAMP,
        .linear = LINEAR_CODE128,
        .jan_prefix = 29,
        .goal = 10,
        .cool_down_min = 240,
        .utc_offset_min = 540,
        .day_cut_hour = 4,
        .notify_grants = true,
        .rewards_n = 2,
        .reward = {{.at = 5, .valid_days = 60}, {.at = 10, .valid_days = 90}},
    };
}

/* ---------------------------------------------------------------- points */

/* A point is a yen at the till, and any part of them may be used. Tuesdays count twice; what was
 * earned ends with the fourth month after; whoever spends more fills the card sooner. Nobody is
 * reminded of an end: in the last days of a month that would be news for half the members, and the
 * demo is to be quiet until somebody does something. */
static struct plan_rules
point_rules(const struct demo_names *names)
{
    struct plan_rules rules = {
        .unit = UNIT_POINT,
        .linear = LINEAR_JAN13,
        .jan_prefix = 29,
        .goal = 1000,
        .yen_per_point = 10,
        .rounding = ROUNDING_DOWN,
        .utc_offset_min = 540,
        .day_cut_hour = 4,
        .rewards_n = 2,
        .reward = {{.at = 500, .valid_days = 60}, {.at = 1000, .valid_days = 90}},
        .earn = {.join_units = 20,
                 .joins_at_visit = true,
                 .factors_n = 1,
                 .factor = {{.percent = 200, .weekdays = 1U << 2}},
                 .events_n = 1,
                 .event = {{.name = "review", .units = 30, .once = EARN_ONCE_MONTH}}},
        .expiry = {.kind = EXPIRY_MONTH_END, .months = 4},
        .tier = {.steps_n = 2,
                 .by = TIER_BY_YEN,
                 .months = 12,
                 .keep_months = 12,
                 .grace_days = 14,
                 .falls_by_one = true,
                 .step = {{.from = 5000, .look = TIER_LOOK_SILVER},
                          {.from = 16000, .goal = 800, .look = TIER_LOOK_GOLD}}},
        .spend = {.yen = 1, .step = 1, .least = 1, .percent_max = 100},
        .back = {.refund_short = SHORT_OWE, .refund_days = 14},
    };

    snprintf(rules.earn.event[0].title, sizeof(rules.earn.event[0].title), "%s", names->event);
    snprintf(rules.tier.name, sizeof(rules.tier.name), "%s", names->tier[0]);
    for (size_t i = 0; i < rules.tier.steps_n; i++)
        snprintf(rules.tier.step[i].name, sizeof(rules.tier.step[i].name), "%s",
                 names->tier[i + 1]);
    return rules;
}

/* In order of their titles in demo_names; the last two are what the draw before them is for. */
static enum err_code
make_catalogue(struct demo *d, int64_t plan_id, int64_t at_ms, struct err *e)
{
    struct reward reward[DEMO_OFFERS] = {
        {.price = 50, .key = "biscuit", .kind = REWARD_PLAIN, .cost_yen = 60},
        {.price = 150, .key = "yen-off", .kind = REWARD_YEN_OFF, .value = 200},
        {.price = 350,
         .key = "mug",
         .kind = REWARD_GIFT,
         .cost_yen = 700,
         .most = 120,
         .most_a_card = 1},
        {.price = 200,
         .key = "tasting",
         .kind = REWARD_GIFT,
         .cost_yen = 900,
         .issue = {.least_tier = 2}},
        {.price = 30, .key = "draw", .prizes_n = 2},
        {.odds = ODDS_ALL / 20, .key = "beans", .kind = REWARD_GIFT, .cost_yen = 800, .most = 30},
        {.odds = ODDS_ALL - ODDS_ALL / 20, .key = "draw-rest", .kind = REWARD_YEN_OFF, .value = 50},
    };
    int64_t number;

    for (size_t i = 0; i < DEMO_OFFERS; i++) {
        reward[i].valid_days = 60;
        snprintf(reward[i].title, sizeof(reward[i].title), "%s", d->names->offer[i]);
    }
    return catalogue_set(d->db, plan_id, &(struct catalogue){DEMO_OFFERS, reward}, 0, at_ms,
                         &number, e);
}

enum err_code
demo_plan_make(struct demo *d, int i, int64_t at_ms, struct err *e)
{
    struct plan_rules rules = i == DEMO_STAMPS ? stamp_rules() : point_rules(d->names);

    snprintf(rules.name, sizeof(rules.name), "%s", d->names->plan[i]);
    snprintf(rules.reward[0].title, sizeof(rules.reward[0].title), "%s", d->names->half[i]);
    snprintf(rules.reward[1].title, sizeof(rules.reward[1].title), "%s", d->names->full[i]);
    if (plan_create(d->db, &rules, at_ms, &d->plan[i], e))
        return e->code;
    return i == DEMO_POINTS ? make_catalogue(d, d->plan[i], at_ms, e) : OK;
}
