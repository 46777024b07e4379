/*
 * A manager looks back: what a shop or a card did of late, whatever till and day it was; what may
 * be undone of it, what that would do, and that it then does just that.
 */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "tests/support/harness.h"

static struct browser shopper, other, till, manager, namba;

static int
set_up(void **state)
{
    shopper = other = till = manager = namba = (struct browser){0};
    return harness_set_up(state);
}
#define STORY(name) cmocka_unit_test_setup_teardown(name, set_up, harness_tear_down)

static void
arrive(void)
{
    login_liff(&shopper, 1);
    login_liff(&other, 2);
    till_sign_in(&till, UENO_LEFT, UENO_CASHIER);
    till_sign_in(&manager, UENO_RIGHT, UENO_MANAGER);
    till_sign_in(&namba, NAMBA_ONLY, NAMBA_CASHIER);
}

static void
next_day(void)
{
    harness_advance(DAY_MS);
    till_sign_in(&till, UENO_LEFT, UENO_CASHIER);
    till_sign_in(&manager, UENO_RIGHT, UENO_MANAGER);
    till_sign_in(&namba, NAMBA_ONLY, NAMBA_CASHIER);
}

static int64_t
sell(struct browser *member, int yen)
{
    harness_advance(30 * SECOND_MS);
    ANSWERS(post(&till, "/api/till/scans", NULL, "{\"code\":\"%s\"}", card_code(member, POINTS)),
            200);
    ANSWERS(post(&till, "/api/till/grants", fresh_key(), "{\"scan\":%lld,\"yen\":%d}",
                 (long long)got_int("scan"), yen),
            201);
    return got_int("transfer");
}

/* The reward half-way of the card of stamps, handed over. */
static int64_t
hand_over(struct browser *member)
{
    int64_t voucher = got_int("vouchers.0.id");

    ANSWERS(
        post(&till, "/api/till/scans", NULL, "{\"code\":\"%s\"}", voucher_code(member, voucher)),
        200);
    ANSWERS(post(&till, "/api/till/redemptions", fresh_key(), "{\"voucher\":%lld,\"token\":\"%s\"}",
                 (long long)voucher, got_text("token")),
            200);
    return voucher;
}

static int
reverse(struct browser *b, int64_t transfer)
{
    return post(b, "/api/till/reversals", fresh_key(), "{\"transfer\":%lld}", (long long)transfer);
}

static int
ahead(struct browser *b, int64_t transfer)
{
    char path[64];

    snprintf(path, sizeof(path), "/api/till/reversals/%lld", (long long)transfer);
    return get(b, path);
}

/* ---------------------------------------------------------------- who looks, and at what */

static void
a_manager_sees_every_till_and_day_of_the_shop(void **state)
{
    int64_t first, second;

    (void)state;
    arrive();
    first = grant_stamps(&till, &shopper, 1);
    next_day();
    second = grant_stamps(&manager, &other, 1);
    (void)grant_stamps(&namba, &shopper, 1);
    ANSWERS(get(&manager, "/api/till/today"), 200);
    CHECK_INT(json_array_size(got("items")), 1); /* of this till and day */
    ANSWERS(get(&manager, "/api/till/past"), 200);
    CHECK_INT(json_array_size(got("lines")), 2);
    CHECK_INT(got_int("lines.0.transfer"), second);
    CHECK_TEXT(got_text("lines.0.till"), "right");
    CHECK_INT(got_int("lines.1.transfer"), first);
    CHECK_TEXT(got_text("lines.1.till"), "left");
    CHECK_TEXT(got_text("lines.1.shop"), "ueno");
    CHECK_TEXT(got_text("lines.1.undo"), "reversal");
    CHECK_THAT(json_is_null(got("next")));
    harness_advance(30 * DAY_MS); /* the first is 31 days old */
    till_sign_in(&manager, UENO_RIGHT, UENO_MANAGER);
    ANSWERS(get(&manager, "/api/till/past"), 200);
    CHECK_INT(json_array_size(got("lines")), 1);
    CHECK_INT(got_int("lines.0.transfer"), second);
}

static void
a_cashier_keeps_to_the_list_of_today(void **state)
{
    int64_t transfer;

    (void)state;
    arrive();
    transfer = grant_stamps(&manager, &shopper, 1);
    REFUSES(get(&till, "/api/till/past"), 409, "manager_needed");
    REFUSES(ahead(&till, transfer), 409, "other_till");
    REFUSES(get(&manager, "/api/till/past?below=x"), 400, "field_type");
    REFUSES(get(&manager, "/api/till/past?before=0"), 400, "field_type");
    REFUSES(get(&manager, "/api/till/past?voucher=-1"), 400, "field_type");
    REFUSES(get(&manager, "/api/till/past?scan=a"), 400, "field_type");
    REFUSES(get(&manager, "/api/till/past?scan=99"), 404, "scan_unknown");
    REFUSES(ahead(&manager, 99), 404, "transfer_unknown");
    REFUSES(get(&manager, "/api/till/reversals/x"), 404, "transfer_unknown");
}

static void
a_scanned_card_shows_its_own_lines_and_no_others(void **state)
{
    char path[64];
    int64_t scan;

    (void)state;
    arrive();
    (void)grant_stamps(&namba, &shopper, 1);
    (void)grant_stamps(&till, &other, 1);
    (void)sell(&shopper, 300);
    next_day();
    ANSWERS(
        post(&manager, "/api/till/scans", NULL, "{\"code\":\"%s\"}", card_code(&shopper, STAMPS)),
        200);
    scan = got_int("scan");
    snprintf(path, sizeof(path), "/api/till/past?scan=%lld", (long long)scan);
    ANSWERS(get(&manager, path), 200);
    CHECK_INT(json_array_size(got("lines")), 1);
    CHECK_TEXT(got_text("lines.0.shop"), "namba");
    CHECK_TEXT(got_text("lines.0.reason"), "other_till"); /* the manager is ueno's */
    CHECK_THAT(got("lines.0.undo") == NULL);
    REFUSES(get(&till, path), 409, "manager_needed");
    harness_advance(HOUR_MS / 6);
    REFUSES(get(&manager, path), 409, "scan_over");
}

/* ---------------------------------------------------------------- pages */

static void
pages_leave_nothing_out_and_show_nothing_twice(void **state)
{
    int64_t transfers = 0, handed = 0, last_ms = INT64_MAX;
    char path[160] = "/api/till/past";
    size_t pages = 0;

    (void)state;
    arrive();
    for (int i = 0; i < 36; i++) { /* 72 lines, and four rewards among them */
        int64_t grant = grant_stamps(&till, &shopper, 2);

        if (i % 9 == 0) {
            int64_t voucher = hand_over(&shopper);

            ANSWERS(post(&till, "/api/till/redemptions/undo", fresh_key(), "{\"voucher\":%lld}",
                         (long long)voucher),
                    200);
        }
        ANSWERS(reverse(&till, grant), 201);
    }
    till_sign_in(&manager, UENO_RIGHT, UENO_MANAGER);
    do {
        ANSWERS(get(&manager, path), 200);
        for (size_t i = 0; i < json_array_size(got("lines")); i++) {
            const json_t *line = json_array_get(got("lines"), i);
            int64_t at_ms = json_integer_value(json_object_get(line, "at"));

            CHECK_THAT(at_ms <= last_ms);
            last_ms = at_ms;
            transfers += json_object_get(line, "transfer") != NULL;
            handed += json_object_get(line, "voucher") != NULL;
        }
        snprintf(path, sizeof(path), "/api/till/past?below=%lld&before=%lld&voucher=%lld",
                 (long long)got_int("next.below"), (long long)got_int("next.before"),
                 (long long)got_int("next.voucher"));
        pages++;
    } while (!json_is_null(got("next")));
    CHECK_INT(pages, 2);
    CHECK_INT(transfers, 72);
    CHECK_INT(handed, 4);
}

/* ---------------------------------------------------------------- what may be done, and is */

static void
yesterdays_grant_of_another_till_is_undone_as_foretold(void **state)
{
    int64_t transfer;

    (void)state;
    arrive();
    transfer = sell(&shopper, 5300); /* 53 points, of which 50 fill the card */
    next_day();
    ANSWERS(ahead(&manager, transfer), 200);
    CHECK_TEXT(got_text("kind"), "earn");
    CHECK_INT(got_int("amount"), 53);
    CHECK_INT(got_int("sign"), 1);
    CHECK_TEXT(got_text("unit"), "point");
    CHECK_INT(got_int("have"), 3);
    CHECK_INT(got_int("balance"), 0);
    CHECK_INT(got_int("rounds"), 1);
    CHECK_INT(json_array_size(got("vouchers")), 1);
    REFUSES(reverse(&till, transfer), 409, "too_late");
    ANSWERS(reverse(&manager, transfer), 201);
    CHECK_INT(got_int("balance"), 0);
    CHECK_INT(got_int("vouchers_cancelled"), 1);
    REFUSES(ahead(&manager, transfer), 409, "already_reversed");
    ANSWERS(get(&manager, "/api/till/past"), 200);
    CHECK_INT(json_array_size(got("lines")), 2);
    CHECK_TEXT(got_text("lines.0.kind"), "reverse");
    CHECK_TEXT(got_text("lines.0.reason"), "not_a_grant");
    CHECK_THAT(got_true("lines.1.undone"));
    CHECK_TEXT(got_text("lines.1.reason"), "already_reversed");
    stored_is_sound();
}

static void
what_stands_in_the_way_is_said_before(void **state)
{
    int64_t transfer, voucher;

    (void)state;
    arrive();
    transfer = grant_stamps(&till, &shopper, 2);
    voucher = hand_over(&shopper);
    next_day();
    REFUSES(ahead(&manager, transfer), 409, "voucher_redeemed");
    ANSWERS(get(&manager, "/api/till/past"), 200);
    CHECK_INT(got_int("lines.0.voucher"), voucher);
    CHECK_TEXT(got_text("lines.0.undo"), "redemption");
    CHECK_THAT(got_int("lines.0.expires") > harness_now());
    CHECK_INT(got_int("lines.1.transfer"), transfer);
    REFUSES(post(&till, "/api/till/redemptions/undo", fresh_key(), "{\"voucher\":%lld}",
                 (long long)voucher),
            409, "too_late");
    ANSWERS(post(&manager, "/api/till/redemptions/undo", fresh_key(), "{\"voucher\":%lld}",
                 (long long)voucher),
            200);
    ANSWERS(get(&manager, "/api/till/past"), 200);
    CHECK_THAT(got_true("lines.0.undone"));
    CHECK_TEXT(got_text("lines.0.reason"), "not_redeemed");
    ANSWERS(ahead(&manager, transfer), 200); /* and now the grant may go */
    CHECK_INT(got_int("vouchers.0.id"), voucher);
    stored_is_sound();
}

static void
points_that_were_used_come_back_as_foretold(void **state)
{
    int64_t spend;

    (void)state;
    arrive();
    (void)sell(&shopper, 2000);
    harness_advance(30 * SECOND_MS);
    ANSWERS(post(&shopper, "/api/card/spend", NULL, "{\"plan\":%d,\"points\":15}", POINTS), 200);
    ANSWERS(post(&till, "/api/till/scans", NULL, "{\"code\":\"%s\"}", card_code(&shopper, POINTS)),
            200);
    ANSWERS(post(&till, "/api/till/spends", fresh_key(), "{\"scan\":%lld,\"points\":15}",
                 (long long)got_int("scan")),
            201);
    spend = got_int("transfer");
    next_day();
    ANSWERS(ahead(&manager, spend), 200);
    CHECK_TEXT(got_text("kind"), "spend");
    CHECK_INT(got_int("sign"), -1);
    CHECK_INT(got_int("have"), 5);
    CHECK_INT(got_int("balance"), 20);
    ANSWERS(reverse(&manager, spend), 201);
    CHECK_INT(got_int("balance"), 20);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(a_manager_sees_every_till_and_day_of_the_shop),
        STORY(a_cashier_keeps_to_the_list_of_today),
        STORY(a_scanned_card_shows_its_own_lines_and_no_others),
        STORY(pages_leave_nothing_out_and_show_nothing_twice),
        STORY(yesterdays_grant_of_another_till_is_undone_as_foretold),
        STORY(what_stands_in_the_way_is_said_before),
        STORY(points_that_were_used_come_back_as_foretold),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
