/*
 * A card before anybody signed in: it earns, waits with its rewards, and is whole when LINE knows
 * who it was.
 */
#include <stdio.h>
#include <string.h>

#include "tests/support/harness.h"

static struct browser phone, till;

static int
set_up(void **state)
{
    phone = till = (struct browser){0};
    return harness_set_up(state);
}

#define STORY(name) cmocka_unit_test_setup_teardown(name, set_up, harness_tear_down)

static void
be_a_guest(struct browser *b)
{
    ANSWERS(post(b, "/line/guest", NULL, "{}"), 201);
    CHECK_TEXT(got_text("member"), "guest");
}

static void
a_guest_earns_but_redeems_only_once_known(void **state)
{
    char code[40], path[64];

    (void)state;
    till_sign_in(&till, UENO_LEFT, UENO_CASHIER);
    be_a_guest(&phone);
    grant_stamps(&till, &phone, 2);
    ANSWERS(get(&phone, "/card"), 200);
    CHECK_THAT(strstr(answer.body, "/line/login?next=/card") != NULL);
    ANSWERS(get(&phone, "/api/card?plan=1"), 200);
    CHECK_INT(got_int("card.balance"), 2);
    snprintf(path, sizeof(path), "/api/vouchers/%lld/code", (long long)got_int("vouchers.0.id"));
    REFUSES(get(&phone, path), 409, "guest");

    CHECK_TEXT(login_web(&phone, 1, "/card"), "/card");
    ANSWERS(get(&phone, "/api/card?plan=1"), 200);
    CHECK_INT(got_int("card.balance"), 2);
    CHECK_INT(json_array_size(got("vouchers")), 1);
    CHECK_INT(stored_int("SELECT count(*) FROM member_merge WHERE kind = 'guest'"), 1);
    snprintf(code, sizeof(code), "%s", voucher_code(&phone, got_int("vouchers.0.id")));
    ANSWERS(post(&till, "/api/till/scans", NULL, "{\"code\":\"%s\"}", code), 200);
    ANSWERS(get(&phone, "/card"), 200);
    CHECK_THAT(strstr(answer.body, "/line/login?next=/card") == NULL);
    ANSWERS(get(&till, "/api/till/today"), 200); /* which names the guest who is no more */
    stored_is_sound();
}

static void
what_a_member_had_already_is_joined_by_what_the_guest_had(void **state)
{
    struct browser desk = {0};

    (void)state;
    till_sign_in(&till, UENO_LEFT, UENO_CASHIER);
    login_liff(&desk, 1);
    grant_stamps(&till, &desk, 1);
    be_a_guest(&phone);
    grant_stamps(&till, &phone, 2);
    login_liff(&phone, 1);
    ANSWERS(get(&desk, "/api/card?plan=1"), 200);
    CHECK_INT(got_int("card.balance"), 3);
    stored_is_sound();
}

static void
one_browser_has_one_card_and_one_address_few(void **state)
{
    struct browser many = {.address = "192.0.2.7"};
    int made = 0, status;

    (void)state;
    be_a_guest(&phone);
    REFUSES(post(&phone, "/line/guest", NULL, "{}"), 409, "member_known");
    REFUSES(post(&many, "/line/guest", NULL, "{\"x\":1}"), 400, "field_unknown");
    do {
        many = (struct browser){.address = "192.0.2.7"};
        status = post(&many, "/line/guest", NULL, "{}");
        made += status == 201;
    } while (status == 201);
    CHECK_INT(status, 429);
    CHECK_THAT(made >= 18 && made <= 20);
}

static void
a_member_takes_over_three_guests_a_month(void **state)
{
    (void)state;
    for (int i = 0; i < 5; i++) {
        phone = (struct browser){0};
        be_a_guest(&phone);
        login_liff(&phone, 1);
    }
    CHECK_INT(stored_int("SELECT count(*) FROM member_merge WHERE kind = 'guest'"), 3);
    stored_is_sound();
}

static void
a_guest_whom_nobody_can_open_any_more_is_erased(void **state)
{
    (void)state;
    be_a_guest(&phone);
    harness_advance(31 * DAY_MS);
    UNTIL(stored_int("SELECT count(*) FROM member WHERE erased_ms IS NOT NULL") == 1);
    CHECK_INT(stored_int("SELECT count(*) FROM card WHERE state = 'ended'"), 2);
    stored_is_sound();
}

static void
a_chain_may_want_line_first(void **state)
{
    (void)state;
    harness_stop_app();
    harness_setting("GUESTS=0");
    harness_start_app();
    REFUSES(post(&phone, "/line/guest", NULL, "{}"), 403, "guests_off");
    ANSWERS(get(&phone, "/card"), 200);
    CHECK_THAT(strstr(answer.body, "id=\"guest\"") == NULL);
    harness_setting(NULL);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(a_guest_earns_but_redeems_only_once_known),
        STORY(what_a_member_had_already_is_joined_by_what_the_guest_had),
        STORY(one_browser_has_one_card_and_one_address_few),
        STORY(a_member_takes_over_three_guests_a_month),
        STORY(a_guest_whom_nobody_can_open_any_more_is_erased),
        STORY(a_chain_may_want_line_first),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
