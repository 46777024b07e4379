/*
 * From the first login to the owner's figures, through every surface, as people live it - with LINE
 * played by line-sim, and the book proved at the end of every story.
 */
#include <stdio.h>
#include <string.h>

#include "tests/support/harness.h"

#define GRANT "/api/till/grants"
#define SCAN "/api/till/scans"

static struct browser shopper, till, owner;

static int
set_up(void **state)
{
    shopper = till = owner = (struct browser){0};
    return harness_set_up(state);
}

#define STORY(name) cmocka_unit_test_setup_teardown(name, set_up, harness_tear_down)

static bool
body_has(const char *text)
{
    return strstr(answer.body, text) != NULL;
}

/* Everything we owe LINE has ended. */
static bool
nothing_is_owed(void)
{
    return stored_int("SELECT count(*) FROM notice WHERE state = 'waiting' AND due_ms <= %lld",
                      (long long)harness_now()) == 0 &&
           stored_int("SELECT count(*) FROM outbox WHERE closed_ms IS NULL") == 0;
}

/* ---------------------------------------------------------------- logging in */

static void
a_liff_token_opens_a_card_and_opens_the_same_one_again(void **state)
{
    (void)state;
    ANSWERS(get(&shopper, "/api/card"), 401);
    login_liff(&shopper, 1);
    CHECK_TEXT(got_text("member"), "new");
    CHECK_THAT(got_true("changed"));
    login_liff(&shopper, 1);
    CHECK_TEXT(got_text("member"), "known");
    CHECK_THAT(!got_true("changed"));
    CHECK_INT(stored_int("SELECT count(*) FROM member"), 1);
    CHECK_INT(stored_int("SELECT count(*) FROM card"), 2);
    stored_is_sound();
}

static void
the_web_flow_finds_the_member_whom_liff_made(void **state)
{
    struct browser desk = {0};

    (void)state;
    login_liff(&shopper, 2);
    CHECK_TEXT(login_web(&desk, 2, "/card"), "/card");
    CHECK_INT(stored_int("SELECT count(*) FROM member"), 1);
    CHECK_INT(stored_int("SELECT count(*) FROM session"), 2);
    CHECK_THAT(cookie_of(&desk, "__Host-m") != NULL);
    CHECK_THAT(cookie_of(&desk, "__Host-pre") == NULL); /* used up */
    ANSWERS(get(&desk, "/api/card"), 200);
    CHECK_TEXT(got_text("name"), "Shopper 2 (en)");
    stored_is_sound();
}

static void
the_card_is_the_same_as_page_and_as_json(void **state)
{
    (void)state;
    ANSWERS(get(&shopper, "/"), 303);
    ANSWERS(get(&shopper, "/card"), 200); /* to a guest: how to sign in */
    CHECK_THAT(body_has("/line/login") && !body_has("id=\"codes\""));
    login_liff(&shopper, 1);
    ANSWERS(get(&shopper, "/api/card"), 200);
    CHECK_TEXT(got_text("card.plan_name"), "Coffee card");
    CHECK_TEXT(got_text("card.unit"), "stamp");
    CHECK_INT(got_int("card.balance"), 0);
    CHECK_INT(got_int("card.goal"), 4);
    CHECK_INT(got_int("card.next.at"), 2);
    CHECK_INT(json_array_size(got("cards")), 2);
    CHECK_INT(json_array_size(got("vouchers")), 0);
    CHECK_INT(got_int("now"), harness_now());
    ANSWERS(get(&shopper, "/api/card?plan=2"), 200);
    CHECK_TEXT(got_text("card.plan_name"), "Points");
    ANSWERS(get(&shopper, "/card"), 200);
    CHECK_STR(http_answer_header(&answer, "cache-control"), "no-store");
    CHECK_THAT(body_has("Coffee card") && body_has("id=\"codes\"") && body_has("<svg"));
    CHECK_THAT(!body_has("__Host-"));
    ANSWERS(get(&shopper, "/card/2"), 200);
    CHECK_THAT(body_has("Points"));
}

static void
logging_out_ends_the_session_and_not_just_the_cookie(void **state)
{
    struct browser thief;

    (void)state;
    login_liff(&shopper, 1);
    thief = shopper;
    ANSWERS(post(&shopper, "/line/logout", NULL, "{}"), 204);
    CHECK_THAT(cookie_of(&shopper, "__Host-m") == NULL);
    REFUSES(get(&shopper, "/api/card"), 401, "session_missing");
    ANSWERS(get(&thief, "/api/card"), 401);
    CHECK_INT(stored_int("SELECT count(*) FROM session"), 0);
}

/* ---------------------------------------------------------------- stamps */

static void
a_grant_is_on_the_open_card_at_once_and_books_once(void **state)
{
    struct events *live;
    const char *code, *key = fresh_key();
    int64_t scan, transfer, notice;

    (void)state;
    login_liff(&shopper, 1);
    till_sign_in(&till, UENO_LEFT, UENO_CASHIER);
    live = events_open(&shopper, "/api/events");
    code = card_code(&shopper, STAMPS);
    ANSWERS(post(&till, SCAN, NULL, "{\"code\":\"%s\"}", code), 200);
    scan = got_int("scan");
    CHECK_TEXT(got_text("card.name"), "Shopper 1 (ja)");
    CHECK_THAT(got_true("may.grant") && !got_true("again"));
    ANSWERS(post(&till, SCAN, NULL, "{\"code\":\"%s\"}", code), 200); /* a double beep */
    CHECK_INT(got_int("scan"), scan);
    CHECK_THAT(got_true("again"));

    ANSWERS(post(&till, GRANT, key, "{\"scan\":%lld,\"stamps\":1}", (long long)scan), 201);
    transfer = got_int("transfer");
    CHECK_INT(got_int("balance"), 1);
    CHECK_INT(strlen(got_text("mac")), 32);
    CHECK_INT(json_array_size(got("vouchers")), 0);
    ANSWERS(post(&till, GRANT, key, "{\"scan\":%lld,\"stamps\":1}", (long long)scan), 201);
    CHECK_STR(http_answer_header(&answer, "idempotent-replayed"), "true");
    CHECK_INT(got_int("transfer"), transfer);
    CHECK_INT(stored_int("SELECT count(*) FROM transfer"), 1);

    events_next(live, "grant");
    CHECK_INT(got_int("balance"), 1);
    CHECK_INT(got_int("amount"), 1);
    CHECK_TEXT(got_text("shop"), "ueno");
    notice = got_int("notice");
    CHECK_THAT(notice > 0);
    ANSWERS(post(&shopper, "/api/notices/1/seen", NULL, "{}"), 204);
    CHECK_INT(notice, 1);

    /* Seen on the card: LINE is not asked, however long we wait. */
    harness_advance(DAY_MS);
    UNTIL(nothing_is_owed());
    CHECK_TEXT(stored_text("SELECT state FROM notice"), "seen");
    CHECK_INT(stored_int("SELECT count(*) FROM outbox"), 0);
    CHECK_INT(sim_shown(here.sim, 1), 0);
    events_close(live);
    stored_is_sound();
}

static void
an_unseen_grant_is_pushed_exactly_once_with_the_right_words(void **state)
{
    char key[64];

    (void)state;
    login_liff(&shopper, 2); /* reads English */
    till_sign_in(&till, UENO_LEFT, UENO_CASHIER);
    grant_stamps(&till, &shopper, 1);
    CHECK_INT(stored_int("SELECT count(*) FROM outbox"), 0); /* the open card has its 8 seconds */
    harness_advance(10 * SECOND_MS);
    UNTIL(nothing_is_owed());
    CHECK_TEXT(stored_text("SELECT state FROM outbox"), "sent");
    snprintf(key, sizeof(key), "%s", stored_text("SELECT retry_key FROM outbox"));
    CHECK_INT(sim_accepted(here.sim, key), 1);
    CHECK_INT(sim_asked(here.sim, key), 1);
    CHECK_INT(sim_shown(here.sim, 2), 1);
    ANSWERS(sim_get("/sim/state?person=2"), 200);
    CHECK_TEXT(got_text("entries.0.how"), "push");
    CHECK_TEXT(got_text("entries.0.retryKey"), key);
    CHECK_TEXT(got_text("entries.0.messages.0.type"), "flex");
    CHECK_THAT(body_has("Coffee card") &&
               body_has("Cookie")); /* one more stamp, and it is theirs */
    harness_advance(DAY_MS);
    UNTIL(nothing_is_owed());
    CHECK_INT(sim_shown(here.sim, 2), 1);
    stored_is_sound();
}

static void
the_goal_gives_a_voucher_which_is_told_redeemed_and_gone(void **state)
{
    struct browser other = {0};
    struct events *live;
    int64_t voucher;
    char token[64];

    (void)state;
    login_liff(&shopper, 1);
    till_sign_in(&till, UENO_LEFT, UENO_CASHIER);
    grant_stamps(&till, &shopper, 3);
    CHECK_TEXT(got_text("vouchers.0.title"), "Cookie");
    harness_advance(31 * MINUTE_MS);
    till_sign_in(&till, UENO_LEFT, UENO_CASHIER); /* the cashier was away */
    live = events_open(&shopper, "/api/events");
    grant_stamps(&till, &shopper, 1);
    voucher = got_int("vouchers.0.id");
    CHECK_TEXT(got_text("vouchers.0.title"), "Coffee");
    CHECK_INT(got_int("balance"), 0);
    CHECK_INT(got_int("rounds"), 1);
    events_next(live, "grant");
    CHECK_INT(got_int("vouchers.0.id"), voucher);
    REFUSES(post(&shopper, "/api/notices/77/seen", NULL, "{}"), 404, "notice_unknown");

    /* A voucher is worth a message even to those who saw it: it must be found again. */
    harness_advance(10 * SECOND_MS);
    UNTIL(nothing_is_owed());
    CHECK_THAT(sim_shown(here.sim, 1) >= 2);
    ANSWERS(sim_get("/sim/state?person=1"), 200);
    CHECK_THAT(body_has("Coffee"));

    login_liff(&other, 3);
    REFUSES(get(&other, "/api/vouchers/2/code"), 404, "voucher_unknown");
    ANSWERS(post(&till, SCAN, NULL, "{\"code\":\"%s\"}", voucher_code(&shopper, voucher)), 200);
    CHECK_TEXT(got_text("kind"), "voucher");
    CHECK_INT(got_int("voucher.id"), voucher);
    snprintf(token, sizeof(token), "%s", got_text("token"));
    ANSWERS(post(&till, "/api/till/redemptions", fresh_key(), "{\"voucher\":%lld,\"token\":\"%s\"}",
                 (long long)voucher, token),
            200);
    events_next(live, "voucher");
    CHECK_INT(got_int("id"), voucher);
    CHECK_TEXT(got_text("state"), "redeemed");
    REFUSES(post(&till, "/api/till/redemptions", fresh_key(), "{\"voucher\":%lld,\"token\":\"%s\"}",
                 (long long)voucher, token),
            409, "voucher_redeemed");
    REFUSES(get(&shopper, "/api/vouchers/2/code"), 404, "voucher_unknown");
    ANSWERS(get(&shopper, "/api/card"), 200);
    CHECK_INT(json_array_size(got("vouchers")), 1); /* the cookie is still there */
    events_close(live);
    stored_is_sound();
}

static void
a_reversal_takes_the_stamps_and_the_voucher_back(void **state)
{
    struct events *live;
    int64_t transfer;

    (void)state;
    login_liff(&shopper, 1);
    till_sign_in(&till, UENO_LEFT, UENO_CASHIER);
    transfer = grant_stamps(&till, &shopper, 2);
    CHECK_INT(json_array_size(got("vouchers")), 1);
    live = events_open(&shopper, "/api/events");
    ANSWERS(
        post(&till, "/api/till/reversals", fresh_key(), "{\"transfer\":%lld}", (long long)transfer),
        201);
    CHECK_INT(got_int("balance"), 0);
    CHECK_INT(got_int("vouchers_cancelled"), 1);
    events_next(live, "reverse");
    CHECK_INT(got_int("balance"), 0);
    REFUSES(
        post(&till, "/api/till/reversals", fresh_key(), "{\"transfer\":%lld}", (long long)transfer),
        409, "already_reversed");
    ANSWERS(get(&shopper, "/api/card"), 200);
    CHECK_INT(got_int("card.balance"), 0);
    CHECK_INT(json_array_size(got("vouchers")), 0);
    CHECK_THAT(got_true("history.1.reversed"));
    ANSWERS(get(&till, "/api/till/today"), 200);
    CHECK_INT(got_int("totals.grants"), 1);
    CHECK_INT(got_int("totals.reversals"), 1);

    /* The reward's message was out at once, or never; nothing is said of it afterwards. */
    harness_advance(MINUTE_MS);
    UNTIL(nothing_is_owed());
    CHECK_INT((int64_t)sim_shown(here.sim, 1), stored_int("SELECT count(*) FROM outbox"));
    CHECK_THAT(sim_shown(here.sim, 1) <= 1);
    events_close(live);
    stored_is_sound();
}

static void
yen_become_points_and_a_laser_till_reads_the_jan(void **state)
{
    char jan[32] = "";

    (void)state;
    login_liff(&shopper, 1);
    till_sign_in(&till, NAMBA_ONLY, NAMBA_CASHIER);
    ANSWERS(get(&shopper, "/api/card/codes?plan=2"), 200);
    for (const char *c = got_text("codes.0.linear"); *c != '\0' && strlen(jan) < 13; c++)
        if (*c >= '0' && *c <= '9')
            strncat(jan, c, 1);
    CHECK_INT(strlen(jan), 13);
    ANSWERS(post(&till, SCAN, NULL, "{\"code\":\"%s\"}", jan), 200);
    CHECK_TEXT(got_text("card.unit"), "point");
    ANSWERS(
        post(&till, GRANT, fresh_key(), "{\"scan\":%lld,\"yen\":1290}", (long long)got_int("scan")),
        201);
    CHECK_INT(got_int("amount"), 12);
    stored_is_sound();
}

static void
a_code_is_read_by_one_till_once_and_not_after_a_minute(void **state)
{
    struct browser right = {0};
    char code[32];

    (void)state;
    login_liff(&shopper, 1);
    till_sign_in(&till, UENO_LEFT, UENO_CASHIER);
    till_sign_in(&right, UENO_RIGHT, UENO_MANAGER);
    snprintf(code, sizeof(code), "%s", card_code(&shopper, STAMPS));
    ANSWERS(post(&till, SCAN, NULL, "{\"code\":\"%s\"}", code), 200);
    REFUSES(post(&right, SCAN, NULL, "{\"code\":\"%s\"}", code), 409, "code_used");
    CHECK_TEXT(got_text("till"), "left");
    snprintf(code, sizeof(code), "%s", card_code(&shopper, POINTS));
    harness_advance(2 * MINUTE_MS);
    REFUSES(post(&right, SCAN, NULL, "{\"code\":\"%s\"}", code), 409, "code_stale");
    code[21] = code[21] == '0' ? '1' : '0';
    REFUSES(post(&right, SCAN, NULL, "{\"code\":\"%s\"}", code), 400, "code_unreadable");
    REFUSES(post(&right, SCAN, NULL, "{\"code\":\"4901234567894\"}"), 409, "code_goods");
}

static void
a_grant_queued_offline_counts_on_the_visit_it_was_made_on(void **state)
{
    int64_t scanned_at = harness_now();
    char code[32];

    (void)state;
    login_liff(&shopper, 1);
    till_sign_in(&till, UENO_LEFT, UENO_CASHIER);
    snprintf(code, sizeof(code), "%s", card_code(&shopper, STAMPS));
    harness_advance(10 * MINUTE_MS);
    ANSWERS(post(&till, GRANT, fresh_key(), "{\"code\":\"%s\",\"scanned_at\":%lld,\"stamps\":1}",
                 code, (long long)scanned_at),
            201);
    CHECK_INT(stored_int("SELECT visit_ms FROM transfer"), scanned_at);
    UNTIL(nothing_is_owed());
    harness_advance(25 * HOUR_MS);
    till_sign_in(&till, UENO_LEFT, UENO_CASHIER);
    snprintf(code, sizeof(code), "%s", card_code(&shopper, STAMPS));
    scanned_at = harness_now();
    harness_advance(25 * HOUR_MS);
    till_sign_in(&till, UENO_LEFT, UENO_CASHIER);
    REFUSES(post(&till, GRANT, fresh_key(), "{\"code\":\"%s\",\"scanned_at\":%lld,\"stamps\":1}",
                 code, (long long)scanned_at),
            400, "field_range"); /* a day at most */
    stored_is_sound();
}

/* ---------------------------------------------------------------- LINE talks to us */

static int64_t
send_events(const char *events)
{
    ANSWERS(sim_post("/sim/webhook", "{\"events\":%s,\"wait\":true}", events), 200);
    return got_int("deliveries.0.status");
}

/* What the account has written to a person so far. */
static int
written(int person, const char *how)
{
    char path[64];
    int n = 0;

    snprintf(path, sizeof(path), "/sim/state?person=%d", person);
    ANSWERS(sim_get(path), 200);
    for (size_t i = 0; i < json_array_size(got("entries")); i++)
        n += strcmp(json_string_value(json_object_get(json_array_get(got("entries"), i), "how")),
                    how) == 0;
    return n;
}

static bool
inbox_is_done(void)
{
    return stored_int("SELECT count(*) FROM inbox WHERE state = 'received'") == 0;
}

static void
the_newest_follow_or_unfollow_wins_whatever_comes_last(void **state)
{
    char events[256];

    (void)state;
    login_liff(&shopper, 1);
    snprintf(events, sizeof(events), "[{\"type\":\"unfollow\",\"person\":1,\"at_ms\":%lld}]",
             (long long)harness_now() + 2000);
    CHECK_INT(send_events(events), 200);
    UNTIL(inbox_is_done());
    CHECK_INT(stored_int("SELECT is_friend FROM member"), 0);
    snprintf(events, sizeof(events), "[{\"type\":\"follow\",\"person\":1,\"at_ms\":%lld}]",
             (long long)harness_now() + 1000);
    CHECK_INT(send_events(events), 200);
    UNTIL(inbox_is_done());
    CHECK_INT(stored_int("SELECT is_friend FROM member"), 0);
    snprintf(events, sizeof(events), "[{\"type\":\"follow\",\"person\":1,\"at_ms\":%lld}]",
             (long long)harness_now() + 3000);
    CHECK_INT(send_events(events), 200);
    UNTIL(inbox_is_done());
    CHECK_INT(stored_int("SELECT is_friend FROM member"), 1);
    stored_is_sound();
}

static void
who_blocks_us_is_not_written_to_and_keeps_the_points(void **state)
{
    (void)state;
    login_liff(&shopper, 1);
    till_sign_in(&till, UENO_LEFT, UENO_CASHIER);
    CHECK_INT(send_events("[{\"type\":\"unfollow\",\"person\":1}]"), 200);
    UNTIL(inbox_is_done());
    grant_stamps(&till, &shopper, 2);
    harness_advance(MINUTE_MS);
    UNTIL(nothing_is_owed());
    CHECK_INT(stored_int("SELECT count(*) FROM notice WHERE state = 'kept'"),
              stored_int("SELECT count(*) FROM notice"));
    CHECK_INT(stored_int("SELECT count(*) FROM outbox"), 0);
    CHECK_INT(stored_int("SELECT balance FROM card WHERE plan_id = 1"), 2);
    stored_is_sound();
}

static void
a_question_is_answered_by_a_reply_that_costs_nothing(void **state)
{
    (void)state;
    login_liff(&shopper, 1);
    till_sign_in(&till, UENO_LEFT, UENO_CASHIER);
    grant_stamps(&till, &shopper, 1);
    ANSWERS(post(&shopper, "/api/notices/1/seen", NULL, "{}"), 204);
    CHECK_INT(send_events("[{\"type\":\"text\",\"person\":1,\"text\":\"ポイント\"}]"), 200);
    UNTIL(stored_int("SELECT count(*) FROM outbox WHERE state = 'sent'") == 1);
    CHECK_INT(written(1, "reply"), 1);
    CHECK_INT(send_events("[{\"type\":\"postback\",\"person\":1,\"data\":\"action=balance\"}]"),
              200);
    UNTIL(stored_int("SELECT count(*) FROM outbox WHERE state = 'sent'") == 2);
    CHECK_INT(written(1, "reply"), 2);
    CHECK_INT(written(1, "push"), 0);
    CHECK_INT(got_int("quota.used"), 0);
    /* Small talk is none of our business, and neither is a chat a person of the shop is in. */
    CHECK_INT(send_events("[{\"type\":\"text\",\"person\":1,\"text\":\"good morning\"}]"), 200);
    ANSWERS(sim_post("/sim/webhook",
                     "{\"events\":[{\"type\":\"text\",\"person\":1,\"text\":\"ポイント\"}],"
                     "\"mode\":\"standby\",\"wait\":true}"),
            200);
    UNTIL(inbox_is_done());
    CHECK_INT(stored_int("SELECT count(*) FROM outbox"), 2);
    stored_is_sound();
}

/* ---------------------------------------------------------------- the owner */

static void
the_first_owner_claims_by_link_and_sees_the_day(void **state)
{
    struct events *live;

    (void)state;
    login_liff(&shopper, 1);
    till_sign_in(&till, UENO_LEFT, UENO_CASHIER);
    ANSWERS(get(&owner, "/api/admin"), 200);
    CHECK_TEXT(got_text("state"), "guest");
    login_liff(&owner, 4);
    REFUSES(get(&owner, "/api/admin/today"), 401, "session_missing");
    REFUSES(post(&owner, "/api/admin/claim", NULL, "{\"token\":\"%.42sX\"}", here.owner_link), 401,
            "link_wrong");
    ANSWERS(post(&owner, "/api/admin/claim", NULL, "{\"token\":\"%s\"}", here.owner_link), 200);
    CHECK_TEXT(got_text("state"), "owner");
    REFUSES(post(&shopper, "/api/admin/claim", NULL, "{\"token\":\"%s\"}", here.owner_link), 401,
            "link_wrong");
    live = events_open(&owner, "/api/admin/events");
    grant_stamps(&till, &shopper, 2);
    events_next(live, "change");
    ANSWERS(get(&owner, "/api/admin/today"), 200);
    CHECK_TEXT(got_text("day"), "2026-04-01");
    CHECK_INT(got_int("visits"), 1);
    CHECK_INT(got_int("grants"), 1);
    CHECK_INT(got_int("units.stamp"), 2);
    CHECK_INT(got_int("new_members"), 2);
    CHECK_INT(got_int("vouchers_issued"), 1);
    CHECK_INT(got_int("hours.10"), 1);
    CHECK_INT(json_array_size(got("hours")), 24);
    ANSWERS(post(&owner, "/api/admin/logout", NULL, "{}"), 204);
    ANSWERS(get(&owner, "/api/admin/today"), 401);

    /* The next time LINE's login alone opens the door. */
    CHECK_TEXT(login_web(&owner, 4, "/admin"), "/admin");
    ANSWERS(get(&owner, "/api/admin/today"), 200);
    CHECK_TEXT(login_web(&shopper, 1, "/admin"), "/admin");
    ANSWERS(get(&shopper, "/api/admin/today"), 401);
    events_close(live);
    stored_is_sound();
}

static void
nobody_serves_their_own_card(void **state)
{
    (void)state;
    login_liff(&owner, 4);
    ANSWERS(post(&owner, "/api/admin/claim", NULL, "{\"token\":\"%s\"}", here.owner_link), 200);
    till_sign_in(&till, UENO_LEFT, UENO_CASHIER);
    CHECK_INT(grant_stamps(&till, &owner, 1), 1); /* served by another: fine */
    ANSWERS(get(&till, "/api/till"), 200);
    CHECK_INT(json_array_size(got("people")), 2); /* an owner without a PIN does not serve */
    stored_is_sound();
}

static void
the_till_locks_and_a_wrong_pin_waits(void **state)
{
    (void)state;
    till_sign_in(&till, UENO_LEFT, UENO_CASHIER);
    ANSWERS(post(&till, "/api/till/lock", NULL, "{}"), 204);
    ANSWERS(get(&till, "/api/till/today"), 401);
    ANSWERS(get(&till, "/api/till"), 200);
    CHECK_TEXT(got_text("state"), "enrolled");
    for (int left = 4; left > 0; left--) {
        REFUSES(post(&till, "/api/till/staff", NULL, "{\"staff\":1,\"pin\":\"135790\"}"), 401,
                "pin_wrong");
        CHECK_INT(got_int("left"), left);
    }
    REFUSES(post(&till, "/api/till/staff", NULL, "{\"staff\":1,\"pin\":\"135790\"}"), 409,
            "pin_locked");
    REFUSES(post(&till, "/api/till/staff", NULL, "{\"staff\":1,\"pin\":\"" HARNESS_PIN "\"}"), 409,
            "pin_locked");
    till_sign_in(&till, UENO_LEFT, UENO_MANAGER);
    harness_advance(16 * MINUTE_MS);
    till_sign_in(&till, UENO_LEFT, UENO_CASHIER);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(a_liff_token_opens_a_card_and_opens_the_same_one_again),
        STORY(the_web_flow_finds_the_member_whom_liff_made),
        STORY(the_card_is_the_same_as_page_and_as_json),
        STORY(logging_out_ends_the_session_and_not_just_the_cookie),
        STORY(a_grant_is_on_the_open_card_at_once_and_books_once),
        STORY(an_unseen_grant_is_pushed_exactly_once_with_the_right_words),
        STORY(the_goal_gives_a_voucher_which_is_told_redeemed_and_gone),
        STORY(a_reversal_takes_the_stamps_and_the_voucher_back),
        STORY(yen_become_points_and_a_laser_till_reads_the_jan),
        STORY(a_code_is_read_by_one_till_once_and_not_after_a_minute),
        STORY(a_grant_queued_offline_counts_on_the_visit_it_was_made_on),
        STORY(the_newest_follow_or_unfollow_wins_whatever_comes_last),
        STORY(who_blocks_us_is_not_written_to_and_keeps_the_points),
        STORY(a_question_is_answered_by_a_reply_that_costs_nothing),
        STORY(the_first_owner_claims_by_link_and_sees_the_day),
        STORY(nobody_serves_their_own_card),
        STORY(the_till_locks_and_a_wrong_pin_waits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
