/*
 * Members made one, and LINE accounts made anew, as staff and shoppers see it: on the command line,
 * on the phones and at the till.
 */
#include <stdio.h>
#include <string.h>

#include "app/control.h"
#include "tests/support/harness.h"
#include "tests/support/stampd.h"

static struct browser old_phone, new_phone, till;

static struct control *control;

static int
set_up(void **state)
{
    char path[400];
    struct err e;

    old_phone = new_phone = till = (struct browser){0};
    if (harness_set_up(state) != 0)
        return -1;
    snprintf(path, sizeof(path), "%s/control.sock", here.dir);
    CHECK_OK(control_start(&control, here.app, path, &e), e);
    return 0;
}

static int
tear_down(void **state)
{
    control_stop(control);
    return harness_tear_down(state);
}

#define STORY(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

#define AGREED "--staff 2 --reason same-person"

/* Two phones, two LINE accounts, two stamps each. */
static void
two_members(void)
{
    till_sign_in(&till, UENO_LEFT, UENO_CASHIER);
    login_liff(&old_phone, 1);
    login_liff(&new_phone, 2);
    grant_stamps(&till, &old_phone, 2);
    grant_stamps(&till, &new_phone, 1);
}

static void
wrong_words_change_nothing(void **state)
{
    static const struct {
        const char *words, *said;
    } row[] = {
        {"member merge --from m1 --into m1 " AGREED, "merge_self"},
        {"member merge --from mx --into m1 " AGREED, "m and a number"},
        {"member merge --from 99 --into m1 " AGREED, "fixed number, are wanted"},
        {"member merge --from m9 --into m1 " AGREED, "member"},
        {"member merge --from m1 --into m2 --staff 1 --reason x", "role"},
        {"member merge --from m1 --into m2 --staff x --reason x", "a number is wanted"},
        {"member merge --from m1 --into m2 --staff 2", "--reason TEXT is missing"},
        {"member rescue --from m1 --to m1 " AGREED, "merge_self"},
        {"member merge-undo --merge 7 --staff 2", "merge"},
        {"member rescue-undo --merge x --staff 2", "a number is wanted"},
    };
    int64_t seq;

    (void)state;
    two_members();
    seq = stored_int("SELECT max(seq) FROM transfer");
    for (size_t i = 0; i < COUNT(row); i++) {
        CHECK_ROW(i);
        CHECK_THAT(stampd_here(row[i].words) != 0);
        CHECK_THAT(tells(complained, row[i].said));
    }
    CHECK_INT(stored_int("SELECT max(seq) FROM transfer"), seq);
    CHECK_INT(stored_int("SELECT count(*) FROM member_merge"), 0);
}

static void
a_merge_shows_on_the_card_that_stays_and_comes_apart_again(void **state)
{
    (void)state;
    two_members();
    CHECK_INT(stampd_here("member merge --from m1 --into m2 " AGREED), 0);
    CHECK_THAT(tells(printed, "member 1 is closed, member 2 has its 2 cards"));
    ANSWERS(get(&old_phone, "/api/card"), 401);
    ANSWERS(get(&new_phone, "/api/card?plan=1"), 200);
    CHECK_INT(got_int("card.balance"), 3);
    CHECK_TEXT(got_text("history.0.kind"), "merge_in");
    CHECK_INT(got_int("history.0.amount"), 2);
    CHECK_INT(stampd_here("member show --member 2"), 0);
    CHECK_THAT(tells(printed, "merge 1  member 1 into 2") &&
               tells(printed, "same-person  can be undone until"));
    CHECK_INT(stampd_here("member rescue-undo --merge 1 --staff 2"), 1);
    CHECK_INT(stampd_here("member merge-undo --merge 1 --staff 2"), 0);
    login_liff(&old_phone, 1);
    CHECK_TEXT(got_text("member"), "known");
    ANSWERS(get(&old_phone, "/api/card?plan=1"), 200);
    CHECK_INT(got_int("card.balance"), 2);
    CHECK_TEXT(got_text("history.0.kind"), "reverse");
    ANSWERS(get(&new_phone, "/api/card?plan=1"), 200);
    CHECK_INT(got_int("card.balance"), 1);
    CHECK_THAT(got_true("history.1.reversed"));
    stored_is_sound();
}

static void
a_rescue_brings_the_old_card_to_the_new_line_account(void **state)
{
    char words[200];

    (void)state;
    two_members();
    snprintf(words, sizeof(words), "member rescue --from m1 --to %s " AGREED,
             card_code(&new_phone, STAMPS));
    CHECK_INT(stampd_here(words), 0);
    ANSWERS(get(&old_phone, "/api/card"), 401);
    ANSWERS(get(&new_phone, "/api/card"),
            401); /* its member is closed; the next opening finds ... */
    login_liff(&new_phone, 2);
    CHECK_TEXT(got_text("member"), "known");
    ANSWERS(get(&new_phone, "/api/card?plan=1"), 200);
    CHECK_INT(got_int("card.balance"), 3); /* ... the old one, with what the new one had */
    login_liff(&old_phone, 1);
    CHECK_TEXT(got_text("member"), "new"); /* the lost account leads nowhere */
    CHECK_INT(stampd_here("member rescue-undo --merge 1 --staff 2"), 1);
    CHECK_THAT(tells(complained, "has a new member by now"));
    CHECK_INT(stampd_here("member merge --from m3 --into m1 " AGREED), 0);
    CHECK_INT(stampd_here("member rescue-undo --merge 1 --staff 2"), 0);
    login_liff(&old_phone, 1);
    ANSWERS(get(&old_phone, "/api/card?plan=1"), 200);
    CHECK_INT(got_int("card.balance"), 2);
    stored_is_sound();
}

static void
write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    assert_true(fputs(text, file) >= 0 && fclose(file) == 0);
}

static void
customers_come_from_a_file_that_only_the_client_sees(void **state)
{
    char words[400], path[300];

    (void)state;
    snprintf(path, sizeof(path), "%s", check_path("customers.csv"));
    write_file(path, "number,birthday,points\n2000,1990-04-01,3\n2001,1990-04-31,3\n");
    snprintf(words, sizeof(words), "customer import --plan 1 --file %s", path);
    CHECK_INT(stampd_here(words), 1);
    CHECK_THAT(tells(complained, "line 3: the birthday is no day"));
    write_file(path, "number,birthday,points\n2000,1990-04-01,3\n2001,1990-04-30,\n");
    snprintf(words, sizeof(words), "customer import --plan 1 --dry-run --file %s", path);
    CHECK_INT(stampd_here(words), 0);
    CHECK_THAT(tells(printed, "dry run, nothing was changed: 2 rows: 2 new"));
    CHECK_INT(stored_int("SELECT count(*) FROM customer"), 0);
    snprintf(words, sizeof(words), "customer import --plan 1 --file %s", path);
    CHECK_INT(stampd_here(words), 0);
    CHECK_INT(stampd_here(words), 0);
    CHECK_THAT(tells(printed, "2 rows: 0 new, 0 changed, 2 as before"));
    CHECK_INT(stampd_here("customer list"), 0);
    CHECK_THAT(tells(printed, "2000  plan 1, 3 to bring") && tells(printed, "2001  plan 1, 0"));
    CHECK_THAT(strstr(printed, "1990") == NULL);
    CHECK_INT(stampd_here("customer list --number 20-01"), 0);
    CHECK_THAT(strstr(printed, "2000") == NULL);
    CHECK_INT(stampd_here("customer list --number x"), 1);
    CHECK_INT(stampd_here("customer import --file /nowhere"), 1);
    stored_is_sound();
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(wrong_words_change_nothing),
        STORY(a_merge_shows_on_the_card_that_stays_and_comes_apart_again),
        STORY(customers_come_from_a_file_that_only_the_client_sees),
        STORY(a_rescue_brings_the_old_card_to_the_new_line_account),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
