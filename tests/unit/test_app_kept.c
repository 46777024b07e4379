/* Answers that are kept are never older than what anybody was told. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "domain/staff.h"
#include "tests/support/harness.h"

static struct browser shopper, other, till;

static int
begin(void **state)
{
    shopper = other = till = (struct browser){0};
    return harness_set_up(state);
}

#define STORY(name) cmocka_unit_test_setup_teardown(name, begin, harness_tear_down)

/* Of /metrics, which only this machine may read. */
static double
counted(const char *name)
{
    struct browser us = {.address = ""};
    const char *at;

    ANSWERS(get(&us, "/metrics"), 200);
    at = strstr(answer.body, name);
    return at ? strtod(at + strlen(name), NULL) : -1;
}

static double
hits(void)
{
    return counted("\nstampd_kept_hits_total ");
}

/* The card as it is kept, and as it is made anew for a question nobody has asked before: the same,
 * word for word. */
static void
compare(struct browser *b)
{
    static unsigned asked;
    char kept[16 * 1024], path[64];

    ANSWERS(get(b, "/api/card"), 200);
    str_copy((struct str){answer.body, answer.body_n}, kept, sizeof(kept));
    snprintf(path, sizeof(path), "/api/card?again=%u", asked++);
    ANSWERS(get(b, path), 200);
    CHECK_TEXT(answer.body, kept);
}

static void
the_second_time_it_is_kept_but_for_the_time(void **state)
{
    double before;
    int64_t now;

    (void)state;
    login_liff(&shopper, 1);
    ANSWERS(get(&shopper, "/api/card"), 200);
    now = got_int("now");
    before = hits();
    harness_advance(1234);
    ANSWERS(get(&shopper, "/api/card"), 200);
    CHECK_INT(got_int("now"), now + 1234);
    CHECK_INT(hits() - before, 1);
    harness_advance(MINUTE_MS);
    compare(&shopper);
}

static void
a_page_lives_as_long_as_its_code(void **state)
{
    char first[32];
    double before;

    (void)state;
    login_liff(&shopper, 1);
    snprintf(first, sizeof(first), "%s", card_code(&shopper, STAMPS));
    before = hits();
    for (int i = 0; i < 2; i++) {
        ANSWERS(get(&shopper, "/card"), 200);
        CHECK_THAT(strstr(answer.body, first) != NULL);
    }
    CHECK_INT(hits() - before, 1);
    harness_advance(30 * SECOND_MS);
    ANSWERS(get(&shopper, "/card"), 200);
    CHECK_THAT(strstr(answer.body, first) == NULL);
}

static void
whatever_happens_to_the_card_shows_at_once(void **state)
{
    (void)state;
    login_liff(&shopper, 1);
    login_liff(&other, 2);
    for (int i = 0; i < 5; i++) {
        till_sign_in(&till, UENO_LEFT, UENO_CASHIER);
        compare(&shopper);
        compare(&other);
        grant_stamps(&till, &shopper, 1); /* the fourth is the goal: a voucher */
        compare(&shopper);
        CHECK_INT(got_int("card.balance"), stored_int("SELECT balance FROM card WHERE id = 1"));
        compare(&other);
        harness_advance(31 * MINUTE_MS);
    }
    ANSWERS(post(&shopper, "/api/profile", NULL, "{\"language\":\"th\"}"), 200);
    compare(&shopper);
    CHECK_TEXT(got_text("language"), "th");
}

static void
a_voucher_that_expires_is_gone_to_the_millisecond(void **state)
{
    int64_t expires;

    (void)state;
    login_liff(&shopper, 1);
    till_sign_in(&till, UENO_LEFT, UENO_CASHIER);
    grant_stamps(&till, &shopper, 2);
    ANSWERS(get(&shopper, "/api/card"), 200);
    expires = got_int("vouchers.0.expires");
    login_liff(&shopper, 1);
    harness_advance(expires - harness_now() - 1);
    login_liff(&shopper, 1);
    ANSWERS(get(&shopper, "/api/card"), 200);
    CHECK_INT(json_array_size(got("vouchers")), 1);
    harness_advance(1);
    ANSWERS(get(&shopper, "/api/card"), 200);
    CHECK_INT(json_array_size(got("vouchers")), 0);
}

static void
who_has_logged_out_is_not_answered_from_what_is_kept(void **state)
{
    struct browser thief;

    (void)state;
    login_liff(&shopper, 1);
    thief = shopper;
    ANSWERS(get(&thief, "/api/card"), 200);
    ANSWERS(get(&thief, "/card"), 200);
    ANSWERS(post(&shopper, "/line/logout", NULL, "{}"), 204);
    ANSWERS(get(&thief, "/api/card"), 401);
    ANSWERS(get(&thief, "/card"), 200);
    CHECK_THAT(strstr(answer.body, "id=\"codes\"") == NULL);
}

static enum err_code
cashier_leaves(struct db *db, void *context, struct err *e)
{
    (void)context;
    return staff_end(db, UENO_CASHIER, harness_now(), e);
}

static void
staff_whose_session_is_known_are_out_at_once(void **state)
{
    struct err e;

    (void)state;
    till_sign_in(&till, UENO_LEFT, UENO_CASHIER);
    ANSWERS(get(&till, "/api/till/today"), 200);
    ANSWERS(post(&till, "/api/till/lock", NULL, "{}"), 204);
    ANSWERS(get(&till, "/api/till/today"), 401);
    till_sign_in(&till, UENO_LEFT, UENO_CASHIER);
    ANSWERS(get(&till, "/api/till/today"), 200);
    harness_advance(15 * MINUTE_MS - 1);
    ANSWERS(get(&till, "/api/till/today"), 200);
    UNTIL(stored_int("SELECT seen_ms FROM session WHERE kind = 'staff'") == harness_now());
    harness_advance(15 * MINUTE_MS);
    ANSWERS(get(&till, "/api/till/today"), 401);
    till_sign_in(&till, UENO_LEFT, UENO_CASHIER);
    ANSWERS(get(&till, "/api/till/today"), 200);
    CHECK_OK(app_write(here.app, cashier_leaves, NULL, &e), e);
    ANSWERS(get(&till, "/api/till/today"), 401);
}

static void
a_session_ends_in_time_though_its_answers_are_kept(void **state)
{
    (void)state;
    login_liff(&shopper, 1);
    harness_advance(14 * DAY_MS - 1);
    ANSWERS(get(&shopper, "/api/card"), 200);
    UNTIL(stored_int("SELECT seen_ms FROM session") == harness_now());
    for (int day = 0; day < 90 - 14; day += 4) { /* used again and again, up to the absolute end */
        harness_advance(4 * DAY_MS);
        ANSWERS(get(&shopper, "/api/card"), 200);
        UNTIL(stored_int("SELECT seen_ms FROM session") == harness_now());
    }
    harness_advance(HARNESS_NOW_MS + 90 * DAY_MS - harness_now() - 1);
    ANSWERS(get(&shopper, "/api/card"), 200);
    harness_advance(1);
    ANSWERS(get(&shopper, "/api/card"), 401);
}

static void
asking_often_is_still_limited(void **state)
{
    int answered = 0;

    (void)state;
    login_liff(&shopper, 1);
    while (answered < 1000 && get(&shopper, "/api/card") == 200)
        answered++;
    CHECK_THAT(answered >= 150 && answered < 1000);
    REFUSES(get(&shopper, "/api/card"), 429, "too_many_requests");
}

/* SQLite does not tell of changes to tables without rowid: store/changed.c must know them all. */
static void
tables_that_change_unseen_are_known(void **state)
{
    (void)state;
    CHECK_TEXT(
        stored_text("SELECT group_concat(name, ' ') FROM (SELECT name FROM pragma_table_list"
                    " WHERE schema = 'main' AND type = 'table' AND wr ORDER BY name)"),
        "absence beacon beacon_visit burnt chain_head consent departed earn_part earn_tally guess"
        " inbox keyword_button link_nonce lot lot_move member_merge_card menu_made menu_tap"
        " month_total notice_decision notice_tally outbox_to outbox_try owner_link pin_failure"
        " plan_version progress receipt tier_change topic_choice transfer tree_node");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(the_second_time_it_is_kept_but_for_the_time),
        STORY(a_page_lives_as_long_as_its_code),
        STORY(whatever_happens_to_the_card_shows_at_once),
        STORY(a_voucher_that_expires_is_gone_to_the_millisecond),
        STORY(who_has_logged_out_is_not_answered_from_what_is_kept),
        STORY(staff_whose_session_is_known_are_out_at_once),
        STORY(a_session_ends_in_time_though_its_answers_are_kept),
        STORY(asking_often_is_still_limited),
        STORY(tables_that_change_unseen_are_known),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
