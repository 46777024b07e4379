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

int
main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(each_line_says_what_where_and_how_many),
        STORY(nobody_reads_the_lines_of_others),
        STORY(older_lines_are_on_the_next_page),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
