/*
 * What the card still has to tell when it is opened: each notice to its own member, until it was
 * seen, and nothing is sent of what was.
 */
#include <stdio.h>
#include <string.h>

#include "tests/support/harness.h"

#define NEWS "/api/notices"

static struct browser shopper, other, till;

static int
set_up(void **state)
{
    shopper = other = till = (struct browser){0};
    if (harness_set_up(state))
        return -1;
    harness_stop_app(); /* as shops mostly have it: no message for a visit alone */
    stored_spoil("UPDATE message_policy SET pushes_receipts = 0");
    stored_spoil("DROP TRIGGER plan_version_is_final_u; UPDATE plan_version SET notify_grants = 1");
    harness_start_app();
    return 0;
}
#define STORY(name) cmocka_unit_test_setup_teardown(name, set_up, harness_tear_down)

static void
everybody_comes(void)
{
    login_liff(&shopper, 1);
    login_liff(&other, 2);
    till_sign_in(&till, UENO_LEFT, UENO_CASHIER);
}

/* Far from any reward: told where that is free. The notice. */
static int64_t
spend_yen(int yen)
{
    harness_advance(30 * SECOND_MS);
    ANSWERS(post(&till, "/api/till/scans", NULL, "{\"code\":\"%s\"}", card_code(&shopper, POINTS)),
            200);
    ANSWERS(post(&till, "/api/till/grants", fresh_key(), "{\"scan\":%lld,\"yen\":%d}",
                 (long long)got_int("scan"), yen),
            201);
    return stored_int("SELECT max(id) FROM notice WHERE kind = 'grant'");
}

static int
seen(struct browser *b, int64_t notice)
{
    char path[64];

    snprintf(path, sizeof(path), NEWS "/%lld/seen", (long long)notice);
    return post(b, path, NULL, "{}");
}

static const char *
state_of(int64_t notice)
{
    return stored_text("SELECT state FROM notice WHERE id = %d", (int)notice);
}

static void
becomes(int64_t notice, const char *state)
{
    harness_advance(10 * SECOND_MS);
    UNTIL(strcmp(state_of(notice), state) == 0);
}

static int
news_of(struct browser *b)
{
    ANSWERS(get(b, NEWS), 200);
    return (int)json_array_size(got("notices"));
}

static void
a_visit_is_news_once_its_time_on_the_open_card_is_over(void **state)
{
    int64_t first, second;

    (void)state;
    everybody_comes();
    first = spend_yen(300);
    CHECK_INT(news_of(&shopper), 0); /* the live event tells it, if anything does */
    becomes(first, "held");
    second = spend_yen(500);
    becomes(second, "held");
    CHECK_INT(news_of(&other), 0);
    CHECK_INT(news_of(&shopper), 2);
    CHECK_INT(got_int("notices.0.id"), second); /* the newest first */
    CHECK_INT(got_int("notices.1.id"), first);
    CHECK_TEXT(got_text("notices.0.kind"), "grant");
    CHECK_TEXT(got_text("notices.0.plan_name"), "Points");
    CHECK_TEXT(got_text("notices.0.unit"), "point");
    CHECK_TEXT(got_text("notices.0.shop"), "ueno");
    CHECK_INT(got_int("notices.0.amount"), 5);
    CHECK_INT(got_int("notices.0.balance"), 8);
    CHECK_INT(got_int("notices.0.left"), 42);
    CHECK_TEXT(got_text("notices.0.reward"), "500 yen off");
    CHECK_THAT(json_is_false(got("notices.0.over")) && json_is_null(got("notices.0.text")) &&
               json_is_null(got("notices.0.expires")));
}

static void
what_the_card_showed_is_never_sent_and_counted_once(void **state)
{
    int64_t id;

    (void)state;
    everybody_comes();
    id = spend_yen(300);
    becomes(id, "held");
    REFUSES(seen(&other, id), 404, "notice_unknown");
    CHECK_TEXT(state_of(id), "held");
    ANSWERS(seen(&shopper, id), 204);
    ANSWERS(seen(&shopper, id), 204); /* twice, by a slow phone */
    CHECK_TEXT(state_of(id), "seen");
    CHECK_INT(stored_int("SELECT n FROM notice_tally WHERE kind = 'grant' AND how = 'live'"), 1);
    CHECK_INT(news_of(&shopper), 0);
    harness_advance(8 * DAY_MS);
    UNTIL(stored_int("SELECT count(*) FROM notice WHERE state IN ('waiting', 'held')") == 0);
    CHECK_TEXT(state_of(id), "seen");
    CHECK_INT(stored_int("SELECT count(*) FROM outbox WHERE kind = 'push'"), 0);
}

/* The phone was slow: the notice was in the ladder by the time the page said so. */
static void
a_grant_shown_live_ends_its_notice_though_it_is_held(void **state)
{
    struct events *live;
    int64_t id;

    (void)state;
    everybody_comes();
    live = events_open(&shopper, "/api/events");
    id = spend_yen(300);
    events_next(live, "grant");
    CHECK_INT(got_int("notice"), id);
    becomes(id, "held");
    ANSWERS(seen(&shopper, id), 204);
    CHECK_TEXT(state_of(id), "seen");
    events_close(live);
}

/* What was kept for the card is told as over once its voucher is used. */
static void
news_of_a_used_voucher_are_over(void **state)
{
    char code[32], token[200];

    (void)state;
    everybody_comes();
    ANSWERS(post(&shopper, "/api/me/topics", NULL, "{\"topic\":\"rewards\",\"wanted\":false}"),
            200);
    grant_stamps(&till, &shopper, 2);
    becomes(stored_int("SELECT id FROM notice WHERE kind = 'voucher'"), "kept");
    CHECK_INT(news_of(&shopper), 1);
    CHECK_TEXT(got_text("notices.0.kind"), "voucher");
    CHECK_TEXT(got_text("notices.0.reward"), "Cookie");
    CHECK_THAT(json_is_false(got("notices.0.over")) && got_int("notices.0.expires") > 0);
    snprintf(code, sizeof(code), "%s", voucher_code(&shopper, 1));
    ANSWERS(post(&till, "/api/till/scans", NULL, "{\"code\":\"%s\"}", code), 200);
    snprintf(token, sizeof(token), "%s", got_text("token"));
    ANSWERS(post(&till, "/api/till/redemptions", fresh_key(), "{\"voucher\":1,\"token\":\"%s\"}",
                 token),
            200);
    CHECK_INT(news_of(&shopper), 1);
    CHECK_THAT(got_true("notices.0.over"));
    ANSWERS(seen(&shopper, got_int("notices.0.id")), 204);
    CHECK_INT(news_of(&shopper), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(a_visit_is_news_once_its_time_on_the_open_card_is_over),
        STORY(what_the_card_showed_is_never_sent_and_counted_once),
        STORY(a_grant_shown_live_ends_its_notice_though_it_is_held),
        STORY(news_of_a_used_voucher_are_over),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
