/*
 * A shop's month: what the cost ladder spends beside a push for every notice.
 *
 * The whole service and line-sim, the product's own settings, a fixed seed. Members come at their
 * own pace; most show the code on the open card, some put the phone away at once, some show a
 * number on plastic; some write to the account, some want no messages or have blocked it. Short by
 * default; MONTH=1 makes it 300 members, 180 visits a day, 30 days.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/notices.h"
#include "domain/card.h"
#include "domain/code.h"
#include "domain/keys.h"
#include "domain/ledger.h"
#include "domain/notice.h"
#include "domain/scan.h"
#include "domain/topic.h"
#include "tests/support/harness.h"
#include "tests/support/random.h"

#define MEMBERS_MAX 300
#define PLAN 3 /* after the harness's two */
#define OPENS_AT (9 * HOUR_MS)
#define OPEN_FOR (12 * HOUR_MS)
#define URGENT_WITHIN_MS MINUTE_MS

enum habit {
    KEEPS_THE_CARD_OPEN, /* sees what happens on it */
    PUTS_THE_PHONE_AWAY, /* sees it when the card is opened next */
    SHOWS_PLASTIC,       /* opens the card now and then */
};

static struct shopper {
    enum habit habit;
    bool writes;  /* asks the account for the balance now and then */
    bool is_keen; /* comes three times as often */
    bool has_blocked;
} shoppers[MEMBERS_MAX];

static struct {
    int members, visits_a_day, days;
    int64_t visits;
} month;

static int64_t
env(const char *name, int64_t otherwise)
{
    const char *text = getenv(name);

    return text != NULL ? atoll(text) : otherwise;
}

static int
set_up(void **state)
{
    bool is_whole = env("MONTH", 0) != 0;

    month.members = is_whole ? 300 : 40;
    month.visits_a_day = is_whole ? 180 : 24;
    month.days = is_whole ? 30 : 15;
    month.visits = 0;
    harness_people(month.members);
    return harness_set_up(state);
}

/* ---------------------------------------------------------------- the shop and its people */

static enum err_code
run_plan(struct db *db, void *context, struct err *e)
{
    const struct plan_rules rules = {
        .name = "Ten stamps",
        .unit = UNIT_STAMP,
        .linear = LINEAR_CODE128,
        .jan_prefix = 22,
        .goal = 10,
        .cool_down_min = 60,
        .utc_offset_min = 9 * 60,
        .day_cut_hour = 4,
        .notify_grants = true,
        .rewards_n = 1,
        .reward = {{.at = 10, .valid_days = 30, .title = "A coffee of your choice"}},
    };
    struct message_policy shipped = {.budget = BUDGET_NONE,
                                     .reserve = 30,
                                     .quiet_from_min = 21 * 60,
                                     .quiet_until_min = 9 * 60,
                                     .utc_offset_min = 9 * 60,
                                     .weekly_cap = 3,
                                     .lapse_days = 7,
                                     .dormant_days = 60,
                                     .price_milli = 3000};
    int64_t id = 0;

    (void)context;
    if (policy_save(db, &shipped, e) || plan_create(db, &rules, harness_now(), &id, e))
        return e->code;
    CHECK_INT(id, PLAN);
    return OK;
}

static enum err_code
run_wishes(struct db *db, void *context, struct err *e)
{
    for (int i = 0; i < month.members; i++) {
        if (random_below(100) < 30 && topic_choose(db, i + 1, TOPIC_OFFERS, true, harness_now(), e))
            return e->code;
        if (random_below(100) < 8 &&
            topic_choose(db, i + 1, TOPIC_REWARDS, false, harness_now(), e))
            return e->code;
    }
    (void)context;
    return OK;
}

static void
write_to(enum err_code (*run)(struct db *db, void *context, struct err *e), void *context)
{
    struct err e;

    CHECK_OK(app_write(here.app, run, context, &e), e);
}

static void
people_come(void)
{
    struct browser till = {0};

    till_sign_in(&till, UENO_LEFT, UENO_CASHIER);
    write_to(run_plan, NULL);
    for (int i = 0; i < month.members; i++) {
        unsigned habit = random_below(100);
        struct browser phone = {0};

        login_liff(&phone, i + 1);
        shoppers[i] = (struct shopper){
            .habit = habit < 65   ? KEEPS_THE_CARD_OPEN
                     : habit < 90 ? PUTS_THE_PHONE_AWAY
                                  : SHOWS_PLASTIC,
            .writes = random_below(100) < 15,
            .is_keen = random_below(100) < 30,
            .has_blocked = random_below(100) < 4,
        };
        if (shoppers[i].has_blocked)
            ANSWERS(sim_post("/sim/webhook",
                             "{\"events\":[{\"type\":\"unfollow\",\"person\":%d}],\"wait\":true}",
                             i + 1),
                    200);
    }
    CHECK_INT(stored_int("SELECT count(*) FROM member"), month.members);
    write_to(run_wishes, NULL);
}

/* ---------------------------------------------------------------- a visit */

static enum err_code
see_news(struct db *db, int64_t member_id, struct err *e)
{
    struct notice notice[NOTICES_OF_MEMBER_MAX];
    struct arena *a = arena_new(256 * KIB);
    size_t n = 0;
    enum err_code code = notice_news(db, member_id, a, notice, NOTICES_OF_MEMBER_MAX, &n, e);

    for (size_t i = 0; i < n && !code; i++)
        code = notice_seen(db, notice[i].id, member_id, harness_now(), e);
    arena_free(a);
    return code;
}

static enum err_code
earn(struct db *db, int64_t member_id, struct grant_result *out, struct refusal *refusal,
     struct err *e)
{
    struct grant in = {.staff_id = UENO_CASHIER,
                       .till_id = UENO_LEFT,
                       .shop_id = UENO,
                       .stamps = 1,
                       .now_ms = harness_now()};
    char code[CODE_DIGITS + 1];
    struct scan_result scan;
    int64_t near_miss;
    struct card card;

    if (card_of_plan(db, member_id, PLAN, &card, e))
        return e->code;
    code_make(keys_of(db), CODE_MEMBER, card.locator, code_step(in.now_ms), code);
    if (scan_open(db,
                  &(struct scan_request){.text = str_of(code),
                                         .till_id = in.till_id,
                                         .shop_id = in.shop_id,
                                         .staff_id = in.staff_id,
                                         .now_ms = in.now_ms},
                  &scan, refusal, &near_miss, e) ||
        refusal->kind != REFUSAL_NONE)
        return e->code;
    in.scan_id = scan.scan_id;
    entropy_fill(in.request_key, sizeof(in.request_key));
    return ledger_grant(db, &in, out, refusal, e);
}

static enum err_code
run_visit(struct db *db, void *context, struct err *e)
{
    int i = *(int *)context;
    const struct shopper *who = &shoppers[i];
    bool opens_card = who->habit != SHOWS_PLASTIC || random_below(10) == 0;
    struct grant_result grant = {0};
    struct refusal refusal = {0};

    if ((opens_card && see_news(db, i + 1, e)) || earn(db, i + 1, &grant, &refusal, e))
        return e->code;
    if (refusal.kind != REFUSAL_NONE)
        return OK;
    month.visits++;
    if (who->habit != KEEPS_THE_CARD_OPEN || grant.notice_id == 0)
        return OK;
    return notice_seen(db, grant.notice_id, i + 1, harness_now(), e);
}

static int
who_comes(void)
{
    for (;;) {
        int i = (int)random_below((unsigned)month.members);

        if (shoppers[i].is_keen || random_below(3) == 0)
            return i;
    }
}

static void
all_is_done(void)
{
    const struct service_counts *counts = &app_service(here.app)->counts;
    uint64_t before = counts->rounds;

    UNTIL(counts->rounds >= before + 2 &&
          stored_int("SELECT count(*) FROM outbox WHERE closed_ms IS NULL OR is_settled = 0") == 0);
}

static void
somebody_comes(void)
{
    int i = who_comes();

    write_to(run_visit, &i);
    all_is_done();
    if (shoppers[i].writes && random_below(4) == 0) {
        ANSWERS(sim_post("/sim/webhook",
                         "{\"events\":[{\"type\":\"text\",\"person\":%d,\"text\":\"ポイント\"}],"
                         "\"wait\":true}",
                         i + 1),
                200);
        UNTIL(stored_int("SELECT count(*) FROM inbox WHERE state = 'received'") == 0);
        all_is_done();
    }
}

/* LINE's own count begins anew each month. */
static struct {
    int64_t months_before, this_month;
} paid;

static void
note_paid(void)
{
    json_t *state = sim_snapshot(here.sim);
    int64_t used = json_integer_value(json_object_get(json_object_get(state, "quota"), "used"));

    if (used < paid.this_month)
        paid.months_before += paid.this_month;
    paid.this_month = used;
    json_decref(state);
}

static void
a_day_passes(void)
{
    const int64_t began_ms = harness_now();

    for (int i = 0; i < month.visits_a_day; i++) {
        harness_advance(OPEN_FOR / month.visits_a_day);
        somebody_comes();
    }
    note_paid();
    harness_advance(began_ms + DAY_MS - HOUR_MS - harness_now());
    all_is_done();
    note_paid();
    harness_advance(HOUR_MS);
    all_is_done();
    note_paid();
}

/* ---------------------------------------------------------------- what it cost */

static int64_t
told(const char *how)
{
    return stored_int("SELECT coalesce(sum(n), 0) FROM notice_tally WHERE how = %Q", how);
}

/* Notices worth a push at once, to people who may get one, that took longer. */
static int64_t
late(void)
{
    return stored_int(
        "SELECT count(*) FROM notice n JOIN member m ON m.id = n.member_id"
        " LEFT JOIN outbox o ON o.id = n.outbox_id"
        " LEFT JOIN topic_choice t ON t.member_id = m.id AND t.topic = 'rewards'"
        " LEFT JOIN voucher v ON v.id = n.voucher_id"
        " WHERE m.is_friend = 1 AND coalesce(t.is_wanted, 1) = 1 AND n.state <> 'lapsed'"
        " AND ((n.kind = 'voucher' AND (o.first_ms IS NULL OR o.first_ms > n.created_ms + %lld))"
        " OR (n.kind = 'voucher_lapse' AND (o.first_ms IS NULL"
        " OR o.first_ms > v.expires_ms - 6 * 86400000)))",
        (long long)URGENT_WITHIN_MS);
}

static void
a_month_costs_a_fifth_of_a_push_for_every_notice(void **state)
{
    int64_t notices, naive, cost;

    (void)state;
    ANSWERS(sim_post("/sim/settings", "{\"quota\":30000,\"used\":0}"), 200);
    people_come();
    harness_advance(OPENS_AT + DAY_MS - (harness_now() + 9 * HOUR_MS) % DAY_MS);
    UNTIL(stored_int("SELECT most FROM line_quota") == 30000);
    for (int day = 0; day < month.days; day++)
        a_day_passes();
    notices = stored_int("SELECT count(*) FROM notice");
    naive = stored_int("SELECT count(*) FROM notice n JOIN member m ON m.id = n.member_id"
                       " WHERE m.is_friend = 1");
    cost = paid.months_before + paid.this_month;
    print_message("%d members, %d days, %lld visits: %lld notices\n", month.members, month.days,
                  (long long)month.visits, (long long)notices);
    print_message("paid messages %lld (%.3f a notice); a push for every notice would pay %lld: "
                  "%.3f of that\n",
                  (long long)cost, (double)cost / (double)notices, (long long)naive,
                  (double)cost / (double)naive);
    print_message(
        "told live %lld, by free reply %lld, merged %lld, by push %lld, kept for the card "
        "%lld; urgent and late %lld\n",
        (long long)told("live"), (long long)told("reply"), (long long)told("merge"),
        (long long)told("push"), (long long)told("kept"), (long long)late());
    CHECK_THAT(notices > month.visits / 2);
    CHECK_THAT(cost * 5 <= naive);
    CHECK_INT(late(), 0);
    CHECK_INT(cost, told("push"));
    stored_is_sound();
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_month_costs_a_fifth_of_a_push_for_every_notice, set_up,
                                        harness_tear_down),
    };

    return cmocka_run_group_tests_name("month", tests, NULL, NULL);
}
