/*
 * A member's own data: all of it, nobody else's, as a file - and in LINE by a link that works once.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/harness.h"

#define EXPORT "/api/me/export"

static struct browser shopper, other, till, guest;

static int
set_up(void **state)
{
    shopper = other = till = guest = (struct browser){0};
    return harness_set_up(state);
}
#define STORY(name) cmocka_unit_test_setup_teardown(name, set_up, harness_tear_down)

static bool
body_has(const char *text)
{
    return memmem(answer.body, answer.body_n, text, strlen(text)) != NULL;
}

/* Two members with visits and a voucher each. */
static void
live(void)
{
    login_liff(&shopper, 1);
    login_liff(&other, 2);
    till_sign_in(&till, UENO_LEFT, UENO_CASHIER);
    (void)grant_stamps(&till, &shopper, 3);
    (void)grant_stamps(&till, &other, 1);
}

/* The path behind the origin of the link just given; borrowed until the next call. */
static const char *
link_path(void)
{
    static char path[200];
    const char *url = got_text("url");

    CHECK_THAT(strncmp(url, here.origin, strlen(here.origin)) == 0);
    snprintf(path, sizeof(path), "%s", url + strlen(here.origin));
    return path;
}

static void
everything_about_oneself_is_in_it_and_nothing_of_others(void **state)
{
    (void)state;
    live();
    ANSWERS(get(&shopper, EXPORT), 200);
    CHECK_THAT(strstr(answer.head, "attachment; filename=\"membership-2026-04-01.json\"") != NULL);
    CHECK_TEXT(got_text("profile.name"), "Shopper 1 (ja)");
    CHECK_THAT(strncmp(got_text("profile.line_user_id"), "U", 1) == 0);
    CHECK_TEXT(got_text("profile.joined_at"), "2026-04-01T01:00:00.000Z");
    CHECK_INT(json_array_size(got("cards")), 2);
    CHECK_INT(got_int("cards.0.balance"), 3);
    CHECK_INT(json_array_size(got("movements")), 1);
    CHECK_INT(got_int("movements.0.amount"), 3);
    CHECK_TEXT(got_text("movements.0.shop"), "ueno");
    CHECK_INT(json_array_size(got("vouchers")), 1);
    CHECK_TEXT(got_text("vouchers.0.state"), "issued");
    CHECK_INT(json_array_size(got("notices")), 1);
    CHECK_INT(json_array_size(got("logins")), 1);
    CHECK_INT(json_array_size(got("consents")), 0);
    CHECK_THAT(!body_has("Shopper 2"));
    ANSWERS(get(&other, EXPORT), 200);
    CHECK_INT(got_int("movements.0.amount"), 1);
    CHECK_THAT(!body_has("Shopper 1"));
    REFUSES(get(&guest, EXPORT), 401, "session_missing");
}

static void
a_link_opens_once_without_signing_in(void **state)
{
    char path[200];

    (void)state;
    live();
    ANSWERS(post(&shopper, EXPORT "/link", NULL, "{}"), 200);
    snprintf(path, sizeof(path), "%s", link_path());
    ANSWERS(get(&guest, path), 200);
    CHECK_TEXT(got_text("profile.name"), "Shopper 1 (ja)");
    CHECK_THAT(strstr(answer.head, "no-store") != NULL);
    REFUSES(get(&guest, path), 404, "link_over");
    ANSWERS(post(&shopper, EXPORT "/link", NULL, "{}"), 200);
    CHECK_THAT(strcmp(link_path(), path) != 0);
    snprintf(path, sizeof(path), "%s", link_path());
    harness_advance(5 * MINUTE_MS);
    REFUSES(get(&guest, path), 404, "link_over");
    REFUSES(post(&guest, EXPORT "/link", NULL, "{}"), 401, "session_missing");
}

static void
a_link_that_was_touched_opens_nothing(void **state)
{
    char path[200], bad[200];
    size_t n;

    (void)state;
    live();
    ANSWERS(post(&shopper, EXPORT "/link", NULL, "{}"), 200);
    snprintf(path, sizeof(path), "%s", link_path());
    n = strlen(path);
    for (size_t i = strlen("/data/"); i < n - 1; i += 7) {
        CHECK_ROW(i);
        snprintf(bad, sizeof(bad), "%s", path);
        bad[i] = bad[i] == 'A' ? 'B' : 'A';
        REFUSES(get(&guest, bad), 404, "link_over");
    }
    path[n - 1] = '\0';
    REFUSES(get(&guest, path), 404, "link_over");
}

static void
who_has_left_can_be_fetched_by_no_link(void **state)
{
    char path[200];

    (void)state;
    live();
    ANSWERS(post(&shopper, EXPORT "/link", NULL, "{}"), 200);
    snprintf(path, sizeof(path), "%s", link_path());
    ANSWERS(post(&shopper, "/api/me/leave", NULL, "{\"confirm\":\"leave\"}"), 200);
    REFUSES(get(&guest, path), 404, "link_over");
    REFUSES(get(&shopper, EXPORT), 401, "session_missing");
}

static void
a_guest_has_data_too_and_may_leave(void **state)
{
    (void)state;
    ANSWERS(post(&guest, "/line/guest", NULL, "{}"), 201);
    ANSWERS(get(&guest, "/card/me"), 200);
    ANSWERS(get(&guest, EXPORT), 200);
    CHECK_THAT(json_is_null(got("profile.line_user_id")) && json_is_null(got("profile.name")));
    CHECK_INT(json_array_size(got("cards")), 2);
    ANSWERS(post(&guest, "/api/me/leave", NULL, "{\"confirm\":\"leave\"}"), 200);
    CHECK_INT(stored_int("SELECT count(*) FROM member WHERE erased_why = 'left'"), 1);
    CHECK_INT(stored_int("SELECT count(*) FROM departed"),
              0); /* there is no account to know again */
    stored_is_sound();
}

static void
asking_again_and_again_is_limited(void **state)
{
    int answered = 0;

    (void)state;
    login_liff(&shopper, 1);
    while (answered < 50 && get(&shopper, EXPORT) == 200)
        answered++;
    CHECK_INT(answered, 5);
    REFUSES(get(&shopper, EXPORT), 429, "too_many_requests");
    REFUSES(post(&shopper, EXPORT "/link", NULL, "{}"), 429, "too_many_requests");
    harness_advance(5 * MINUTE_MS);
    ANSWERS(get(&shopper, EXPORT), 200);
}

static void
the_page_says_what_leaving_costs(void **state)
{
    (void)state;
    ANSWERS(get(&guest, "/card/me"), 303);
    live();
    ANSWERS(get(&shopper, "/card/me"), 200);
    CHECK_THAT(body_has("id=\"gone\" disabled value=\"leave-"));
    CHECK_THAT(body_has("LINEヤフー株式会社"));
    CHECK_THAT(body_has("<b>3個</b>"));
    CHECK_THAT(body_has("id=\"sure\" tabindex=\"-1\" hidden"));
    ANSWERS(get(&shopper, "/card"), 200);
    CHECK_THAT(body_has("href=\"/card/me\""));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(everything_about_oneself_is_in_it_and_nothing_of_others),
        STORY(a_link_opens_once_without_signing_in),
        STORY(a_link_that_was_touched_opens_nothing),
        STORY(who_has_left_can_be_fetched_by_no_link),
        STORY(a_guest_has_data_too_and_may_leave),
        STORY(asking_again_and_again_is_limited),
        STORY(the_page_says_what_leaving_costs),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
