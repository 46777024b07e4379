/*
 * Every line of a member's cards, as a page and as JSON: the member's own and nobody else's, in
 * words, with what was undone tied to its undoing, a part at a time.
 */
#include <stdio.h>
#include <string.h>

#include "tests/support/harness.h"

static struct browser shopper, other, till, guest;

static int
set_up(void **state)
{
    shopper = other = till = guest = (struct browser){0};
    return harness_set_up(state);
}
#define STORY(name) cmocka_unit_test_setup_teardown(name, set_up, harness_tear_down)

static bool
page_has(const char *text)
{
    return memmem(answer.body, answer.body_n, text, strlen(text)) != NULL;
}

static void
arrive(void)
{
    login_liff(&shopper, 1);
    login_liff(&other, 2);
    till_sign_in(&till, UENO_LEFT, UENO_MANAGER);
}

static void
undo(int64_t transfer)
{
    ANSWERS(
        post(&till, "/api/till/reversals", fresh_key(), "{\"transfer\":%lld}", (long long)transfer),
        201);
}

static void
each_line_says_what_where_and_how_many(void **state)
{
    (void)state;
    arrive();
    undo(grant_stamps(&till, &shopper, 2)); /* 1, and 2 */
    (void)grant_stamps(&till, &other, 1);   /* 3 */
    (void)grant_stamps(&till, &shopper, 3); /* 4 */
    ANSWERS(get(&shopper, "/api/me/history"), 200);
    CHECK_INT(json_array_size(got("lines")), 3);
    CHECK_INT(got_int("lines.0.seq"), 4);
    CHECK_TEXT(got_text("lines.0.kind"), "earn");
    CHECK_TEXT(got_text("lines.0.shop"), "ueno");
    CHECK_INT(got_int("lines.0.gain"), 3);
    CHECK_TEXT(got_text("lines.1.kind"), "reverse");
    CHECK_INT(got_int("lines.1.gain"), -2);
    CHECK_INT(got_int("lines.1.balance"), 0);
    CHECK_INT(got_int("lines.1.reverses"), 1);
    CHECK_INT(got_int("lines.2.reversed_by"), 2);
    CHECK_THAT(json_is_null(got("older")));
    CHECK_INT(json_array_size(got("owed")), 0);
    ANSWERS(get(&shopper, "/card/history"), 200);
    CHECK_THAT(page_has("id=\"l4\""));
    CHECK_THAT(page_has("<a href=\"/card/history?below=3#l2\">")); /* 1 was undone by 2 ... */
    CHECK_THAT(page_has("<a href=\"/card/history?below=2#l1\">")); /* ... and 2 undid 1 */
    CHECK_THAT(!page_has("id=\"l3\""));                            /* the other one's */
    CHECK_THAT(page_has("+3"));
    CHECK_THAT(page_has("\xE2\x88\x92"
                        "2"));
    stored_is_sound();
}

static void
nobody_reads_the_lines_of_others(void **state)
{
    (void)state;
    arrive();
    (void)grant_stamps(&till, &shopper, 3);
    ANSWERS(get(&other, "/api/me/history"), 200);
    CHECK_INT(json_array_size(got("lines")), 0);
    ANSWERS(get(&other, "/card/history?below=999"), 200);
    CHECK_THAT(!page_has("id=\"l"));
    REFUSES(get(&guest, "/api/me/history"), 401, "session_missing");
    ANSWERS(get(&guest, "/card/history"), 303);
    REFUSES(get(&shopper, "/api/me/history?below=x"), 400, "field_type");
    REFUSES(get(&shopper, "/api/me/history?below=0"), 400, "field_type");
}

static void
older_lines_are_on_the_next_page(void **state)
{
    char path[64];

    (void)state;
    arrive();
    for (int i = 0; i < 26; i++) /* 52 lines */
        undo(grant_stamps(&till, &shopper, 1));
    ANSWERS(get(&shopper, "/api/me/history"), 200);
    CHECK_INT(json_array_size(got("lines")), 50);
    CHECK_INT(got_int("lines.0.seq"), 52);
    CHECK_INT(got_int("older"), 3);
    ANSWERS(get(&shopper, "/card/history"), 200);
    CHECK_THAT(page_has("href=\"/card/history?below=3\""));
    snprintf(path, sizeof(path), "/api/me/history?below=%d", 3);
    ANSWERS(get(&shopper, path), 200);
    CHECK_INT(json_array_size(got("lines")), 2);
    CHECK_THAT(json_is_null(got("older")));
    ANSWERS(get(&shopper, "/card/history?below=3"), 200);
    CHECK_THAT(page_has("href=\"/card/history\"")); /* back to the newest */
}

/* A sale of so many yen, with the number of its receipt. */
static int64_t
sell(int yen, const char *receipt)
{
    harness_advance(30 * SECOND_MS);
    ANSWERS(post(&till, "/api/till/scans", NULL, "{\"code\":\"%s\"}", card_code(&shopper, POINTS)),
            200);
    ANSWERS(post(&till, "/api/till/grants", fresh_key(),
                 "{\"scan\":%lld,\"yen\":%d,\"receipt\":\"%s\"}", (long long)got_int("scan"), yen,
                 receipt),
            201);
    return got_int("transfer");
}

static void
a_refund_is_made_once_and_shown(void **state)
{
    const char *key = fresh_key();
    int64_t sale;

    (void)state;
    arrive();
    sale = sell(2000, "12-0345");
    ANSWERS(post(&till, "/api/till/refunds/quote", NULL, "{\"receipt\":\"12-0345\",\"yen\":550}"),
            200);
    CHECK_INT(got_int("transfer"), sale);
    CHECK_INT(got_int("sale"), 2000);
    CHECK_TEXT(got_text("unit"), "point");
    CHECK_INT(got_int("have"), 20);
    CHECK_INT(got_int("taken"), 6);
    CHECK_INT(got_int("balance"), 14);
    for (int i = 0; i < 2; i++) { /* the till asks again, and gets the same answer */
        ANSWERS(post(&till, "/api/till/refunds", key, "{\"transfer\":%lld,\"yen\":550}",
                     (long long)sale),
                201);
        CHECK_INT(got_int("taken"), 6); /* 14 are left of 20 */
        CHECK_INT(got_int("left"), 1450);
        CHECK_INT(got_int("balance"), 14);
    }
    REFUSES(post(&till, "/api/till/refunds", fresh_key(), "{\"transfer\":%lld,\"yen\":1451}",
                 (long long)sale),
            409, "refund_too_much");
    CHECK_INT(got_int("left"), 1450);
    ANSWERS(get(&till, "/api/till/today"), 200);
    CHECK_TEXT(got_text("items.0.kind"), "refund");
    CHECK_THAT(!got_true("items.0.may_reverse"));
    CHECK_INT(got_int("items.1.sale"), 2000);
    CHECK_INT(got_int("items.1.refunded"), 550);
    CHECK_THAT(!got_true("items.1.may_reverse")); /* the rest is refunded, too */
    ANSWERS(post(&till, "/api/till/refunds", fresh_key(), "{\"receipt\":\"12-345\"}"), 404);
    ANSWERS(post(&till, "/api/till/refunds", fresh_key(), "{\"receipt\":\"12-0345\"}"), 201);
    CHECK_INT(got_int("balance"), 0);
    ANSWERS(get(&shopper, "/api/me/history"), 200);
    CHECK_TEXT(got_text("lines.0.kind"), "refund");
    CHECK_INT(got_int("lines.0.gain"), -14);
    CHECK_INT(got_int("lines.0.yen"), 1450);
    stored_is_sound();
}

static void
a_voucher_is_taken_back_by_a_manager(void **state)
{
    int64_t voucher;

    (void)state;
    arrive();
    sell(5000, "1"); /* 50 points: full */
    ANSWERS(get(&shopper, "/api/card?plan=2"), 200);
    voucher = got_int("vouchers.0.id");
    ANSWERS(post(&till, "/api/till/vouchers/cancel/quote", NULL, "{\"voucher\":%lld}",
                 (long long)voucher),
            200);
    CHECK_INT(got_int("have"), 0);
    CHECK_INT(got_int("units"), 50);
    CHECK_INT(got_int("balance"), 50);
    CHECK_INT(got_int("vouchers_cancelled"), 1);
    ANSWERS(post(&till, "/api/till/vouchers/cancel", fresh_key(), "{\"voucher\":%lld}",
                 (long long)voucher),
            201);
    CHECK_INT(got_int("units"), 50);
    CHECK_INT(got_int("balance"), 50);
    REFUSES(post(&till, "/api/till/vouchers/cancel", fresh_key(), "{\"voucher\":%lld}",
                 (long long)voucher),
            409, "voucher_cancelled");
    stored_is_sound();
}

/* Read at a till, redeemed, and found not to have been handed over. */
static void
redeem_and_undo(int64_t voucher)
{
    char token[128];

    harness_advance(30 * SECOND_MS);
    ANSWERS(
        post(&till, "/api/till/scans", NULL, "{\"code\":\"%s\"}", voucher_code(&shopper, voucher)),
        200);
    snprintf(token, sizeof(token), "%s", got_text("token"));
    ANSWERS(post(&till, "/api/till/redemptions", fresh_key(), "{\"voucher\":%lld,\"token\":\"%s\"}",
                 (long long)voucher, token),
            200);
    harness_advance(SECOND_MS);
    ANSWERS(post(&till, "/api/till/redemptions/undo", fresh_key(), "{\"voucher\":%lld}",
                 (long long)voucher),
            200);
}

static void
what_became_of_a_voucher_stands_among_the_lines(void **state)
{
    static const struct {
        const char *what, *shop;
    } row[] = {{"cancelled", NULL}, {"unredeemed", "ueno"}, {"redeemed", "ueno"}};
    int64_t voucher;

    (void)state;
    arrive();
    (void)grant_stamps(&till, &shopper, 3); /* past the cookie */
    ANSWERS(get(&shopper, "/api/card?plan=1"), 200);
    voucher = got_int("vouchers.0.id");
    redeem_and_undo(voucher);
    harness_advance(SECOND_MS);
    ANSWERS(post(&till, "/api/till/vouchers/cancel", fresh_key(), "{\"voucher\":%lld}",
                 (long long)voucher),
            200);
    ANSWERS(get(&shopper, "/api/me/history"), 200);
    CHECK_INT(json_array_size(got("lines")), 1); /* nothing was paid for it: no other line */
    CHECK_INT(json_array_size(got("vouchers")), COUNT(row));
    for (size_t i = 0; i < COUNT(row); i++) {
        char path[40];

        CHECK_ROW(i);
        snprintf(path, sizeof(path), "vouchers.%zu.what", i);
        CHECK_TEXT(got_text(path), row[i].what);
        snprintf(path, sizeof(path), "vouchers.%zu.title", i);
        CHECK_TEXT(got_text(path), "Cookie");
        snprintf(path, sizeof(path), "vouchers.%zu.shop", i);
        CHECK_TEXT(got_text(path), row[i].shop ? row[i].shop : "");
    }
    ANSWERS(get(&shopper, "/card/history"), 200);
    CHECK_THAT(page_has("<li class=\"box\"><p class=\"fact\"><b>特典を利用: Cookie</b></p>"));
    ANSWERS(get(&other, "/api/me/history"), 200);
    CHECK_INT(json_array_size(got("vouchers")), 0);
    stored_is_sound();
}

static void
an_expired_reward_says_since_when(void **state)
{
    int64_t until;

    (void)state;
    arrive();
    (void)grant_stamps(&till, &shopper, 2);
    ANSWERS(get(&shopper, "/api/card?plan=1"), 200);
    until = got_int("vouchers.0.expires");
    harness_advance(40 * DAY_MS);
    UNTIL(stored_int("SELECT count(*) FROM voucher WHERE state = 'expired'") == 1);
    login_liff(&shopper, 1);
    ANSWERS(get(&shopper, "/api/me/history"), 200);
    CHECK_TEXT(got_text("vouchers.0.what"), "expired");
    CHECK_INT(got_int("vouchers.0.at"), until); /* not when it was swept */
}

/* Every page after the other: all there is, once. */
static void
pages_leave_nothing_out(void **state)
{
    char path[120] = "/api/me/history";
    int64_t lines = 0, events = 0, pages = 0, last_ms = INT64_MAX;

    (void)state;
    arrive();
    for (int i = 0; i < 24; i++) {
        char receipt[16];
        int64_t voucher;

        till_sign_in(&till, UENO_LEFT, UENO_MANAGER);
        snprintf(receipt, sizeof(receipt), "%d", i + 1);
        (void)sell(5000, receipt); /* full: two lines, and a voucher */
        ANSWERS(get(&shopper, "/api/card?plan=2"), 200);
        voucher = got_int("vouchers.0.id");
        for (int j = 0; j <= i % 3; j++)
            redeem_and_undo(voucher);
    }
    for (bool more = true; more; pages++) {
        size_t n;

        ANSWERS(get(&shopper, path), 200);
        n = json_array_size(got("lines")) + json_array_size(got("vouchers"));
        CHECK_THAT(n > 0 && n <= 50);
        lines += (int64_t)json_array_size(got("lines"));
        events += (int64_t)json_array_size(got("vouchers"));
        for (size_t i = 0; i < json_array_size(got("vouchers")); i++) {
            char at[40];

            snprintf(at, sizeof(at), "vouchers.%zu.at", i);
            CHECK_THAT(got_int(at) <= last_ms);
            last_ms = got_int(at);
        }
        more = !json_is_null(got("older")) || !json_is_null(got("until"));
        snprintf(path, sizeof(path), "/api/me/history?");
        if (!json_is_null(got("older")))
            snprintf(path + strlen(path), 40, "below=%lld", (long long)got_int("older"));
        if (!json_is_null(got("until")))
            snprintf(path + strlen(path), 60, "&until=%s", got_text("until"));
    }
    CHECK_THAT(pages > 2);
    CHECK_INT(lines, stored_int("SELECT count(*) FROM transfer"));
    CHECK_INT(events, 2 * stored_int("SELECT count(*) FROM redemption_undone"));
    REFUSES(get(&shopper, "/api/me/history?until=x"), 400, "field_type");
    REFUSES(get(&shopper, "/api/me/history?until=12"), 400, "field_type");
    REFUSES(get(&shopper, "/api/me/history?until=12.0"), 400, "field_type");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(each_line_says_what_where_and_how_many),
        STORY(nobody_reads_the_lines_of_others),
        STORY(older_lines_are_on_the_next_page),
        STORY(a_refund_is_made_once_and_shown),
        STORY(a_voucher_is_taken_back_by_a_manager),
        STORY(what_became_of_a_voucher_stands_among_the_lines),
        STORY(an_expired_reward_says_since_when),
        STORY(pages_leave_nothing_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
