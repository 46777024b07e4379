/*
 * Records of before and the way back, as the account page asks for them.
 */
#include <stdio.h>
#include <string.h>

#include "app/control.h"
#include "tests/support/harness.h"
#include "tests/support/stampd.h"

#define LINK "/api/me/link"
#define RECOVER "/api/me/recover"
#define RESCUES "/api/admin/rescues"

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
    snprintf(path, sizeof(path), "%s/" DATA_CONTROL, here.dir);
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

static void
import(const char *text)
{
    char words[400];
    FILE *file = fopen(check_path("customers.csv"), "w");

    assert_non_null(file);
    assert_true(fputs(text, file) >= 0 && fclose(file) == 0);
    snprintf(words, sizeof(words), "customer import --plan 1 --file %s",
             check_path("customers.csv"));
    CHECK_INT(stampd_here(words), 0);
}

static void
wrong_inputs_say_which_field_and_change_nothing(void **state)
{
    static const struct {
        const char *path, *body, *word, *field;
    } row[] = {
        {LINK, "{}", "field_missing", "number"},
        {LINK, "{\"number\":1,\"birthday\":\"1990-04-01\"}", "field_type", "number"},
        {LINK, "{\"number\":\"20\",\"birthday\":\"1990-04-01\"}", "customer_number", "number"},
        {LINK, "{\"number\":\"2000\",\"birthday\":\"1990-02-30\"}", "customer_birthday",
         "birthday"},
        {LINK, "{\"number\":\"2000\",\"birthday\":\"1990-04-01\",\"x\":1}", "field_unknown", "x"},
        {RECOVER, "{}", "field_missing", "code"},
        {RECOVER, "{\"code\":\"\"}", "field_range", "code"},
        {"/api/me/unlink", "{\"customer\":0}", "field_range", "customer"},
    };

    (void)state;
    login_liff(&new_phone, 1);
    import("number,birthday,points\n2000,1990-04-01,3\n");
    for (size_t i = 0; i < COUNT(row); i++) {
        CHECK_ROW(i);
        REFUSES(post(&new_phone, row[i].path, fresh_key(), "%s", row[i].body), 400, row[i].word);
        CHECK_TEXT(got_text("field"), row[i].field);
    }
    REFUSES(post(&new_phone, LINK, NULL, "{\"number\":\"2000\",\"birthday\":\"1990-04-01\"}"), 400,
            "idempotency_key_missing");
    REFUSES(post(&new_phone, "/api/me/unlink", NULL, "{\"customer\":1}"), 404, "customer_unknown");
    REFUSES(post(&old_phone, "/api/me/recovery-code", NULL, "{}"), 401, "session_missing");
    ANSWERS(get(&old_phone, "/api/me/account"), 401);
    ANSWERS(get(&old_phone, "/account"), 303);
    CHECK_INT(stored_int("SELECT count(*) FROM transfer"), 0);
}

static void
a_card_of_plastic_is_linked_once_however_often_it_is_sent(void **state)
{
    const char *key = fresh_key();

    (void)state;
    import("number,birthday,points\n2000,1990-04-01,3\n");
    login_liff(&new_phone, 1);
    login_liff(&old_phone, 2);
    for (int i = 0; i < 2; i++) {
        ANSWERS(post(&new_phone, LINK, key, "{\"number\":\"2000\",\"birthday\":\"1990-04-01\"}"),
                200);
        CHECK_INT(got_int("brought"), 3);
    }
    REFUSES(post(&new_phone, LINK, key, "{\"number\":\"2000\",\"birthday\":\"1990-04-02\"}"), 422,
            "idempotency_mismatch");
    REFUSES(
        post(&old_phone, LINK, fresh_key(), "{\"number\":\"2000\",\"birthday\":\"1990-04-01\"}"),
        409, "link_taken");
    ANSWERS(get(&new_phone, "/api/me/account"), 200);
    CHECK_TEXT(got_text("customers.0.number"), "2000");
    CHECK_INT(got_int("customers.0.points"), 3);
    ANSWERS(get(&new_phone, "/api/card?plan=1"), 200);
    CHECK_INT(got_int("card.balance"), 3);
    CHECK_TEXT(got_text("history.0.kind"), "bring");
    ANSWERS(post(&new_phone, "/api/me/unlink", NULL, "{\"customer\":1}"), 204);
    ANSWERS(get(&new_phone, "/api/me/account"), 200);
    CHECK_INT(json_array_size(got("customers")), 0);
    stored_is_sound();
}

static void
five_wrong_birthdays_and_the_day_is_over(void **state)
{
    (void)state;
    import("number,birthday,points\n2000,1990-04-01,3\n");
    login_liff(&new_phone, 1);
    for (int i = 0; i < 5; i++) /* a failed try counts although it is refused */
        REFUSES(post(&new_phone, LINK, fresh_key(),
                     "{\"number\":\"2000\",\"birthday\":\"1990-04-%02d\"}", i + 2),
                409, "link_unknown");
    REFUSES(
        post(&new_phone, LINK, fresh_key(), "{\"number\":\"2000\",\"birthday\":\"1990-04-01\"}"),
        409, "tries_over");
    stored_is_sound();
}

static void
a_code_brings_the_card_to_a_new_line_account(void **state)
{
    char code[40];

    (void)state;
    till_sign_in(&till, UENO_LEFT, UENO_CASHIER);
    login_liff(&old_phone, 1);
    login_liff(&new_phone, 2);
    grant_stamps(&till, &old_phone, 1);
    ANSWERS(post(&old_phone, "/api/me/recovery-code", NULL, "{}"), 200);
    snprintf(code, sizeof(code), "%s", got_text("code"));
    CHECK_INT(strlen(code), 16);
    CHECK_INT(stored_int("SELECT count(*) FROM recovery_code WHERE instr(hash, '%s')", code), 0);
    ANSWERS(get(&old_phone, "/api/me/account"), 200);
    CHECK_THAT(got_int("recovery") > harness_now());
    CHECK_THAT(got("code") == NULL); /* shown once */
    REFUSES(post(&old_phone, RECOVER, fresh_key(), "{\"code\":\"%s\"}", code), 409, "code_own");
    REFUSES(post(&new_phone, RECOVER, fresh_key(), "{\"code\":\"0000000000000001\"}"), 409,
            "code_typo");
    ANSWERS(post(&new_phone, RECOVER, fresh_key(), "{\"code\":\"%.4s-%.4s %s\"}", code, code + 4,
                 code + 8),
            200);
    ANSWERS(get(&new_phone, "/api/card?plan=1"), 200); /* with the session that came along */
    CHECK_INT(got_int("card.balance"), 1);
    ANSWERS(get(&old_phone, "/api/card"), 401);
    login_liff(&new_phone, 2);
    CHECK_TEXT(got_text("member"), "known");
    CHECK_THAT(!got_true("changed"));
    login_liff(&old_phone, 1);
    CHECK_TEXT(got_text("member"), "new");
    CHECK_INT(stored_int("SELECT count(*) FROM audit WHERE act IN ('recovery.made',"
                         " 'member.merged')"),
              2);
    ANSWERS(get(&new_phone, "/api/me/account"), 200);
    CHECK_TEXT(got_text("joined.0.kind"), "rescue");
    stored_is_sound();
}

static void
an_owner_rescues_whom_they_are_not(void **state)
{
    struct browser owner = {0};
    char old_code[40], new_code[40];
    const char *key = fresh_key();

    (void)state;
    login_liff(&old_phone, 1);
    login_liff(&new_phone, 2);
    login_liff(&owner, 3);
    ANSWERS(post(&owner, "/api/admin/claim", NULL, "{\"token\":\"%s\"}", here.owner_link), 200);
    snprintf(old_code, sizeof(old_code), "%s", card_code(&old_phone, STAMPS));
    snprintf(new_code, sizeof(new_code), "%s", card_code(&new_phone, STAMPS));
    ANSWERS(post(&old_phone, RESCUES, fresh_key(),
                 "{\"from\":\"%s\",\"to\":\"%s\",\"reason\":\"x\"}", old_code, new_code),
            401);
    REFUSES(post(&owner, RESCUES, fresh_key(), "{\"from\":\"x\",\"to\":\"%s\",\"reason\":\"x\"}",
                 new_code),
            400, "code_unreadable");
    REFUSES(post(&owner, RESCUES, fresh_key(), "{\"from\":\"%s\",\"to\":\"%s\",\"reason\":\"x\"}",
                 old_code, old_code),
            400, "merge_self");
    REFUSES(post(&owner, RESCUES, fresh_key(), "{\"from\":\"%s\",\"to\":\"%s\",\"reason\":\"x\"}",
                 card_code(&owner, STAMPS), new_code),
            409, "own_card");
    for (int i = 0; i < 2; i++) { /* once, however often it is sent */
        ANSWERS(post(&owner, RESCUES, key,
                     "{\"from\":\"%s\",\"to\":\"%s\",\"reason\":\"receipts\"}", old_code, new_code),
                200);
        CHECK_INT(got_int("rescue"), 1);
    }
    login_liff(&new_phone, 2);
    ANSWERS(get(&new_phone, "/api/me/account"), 200);
    CHECK_TEXT(got_text("joined.0.reason"), "receipts");
    ANSWERS(post(&owner, RESCUES "/undo", fresh_key(), "{\"rescue\":1}"), 200);
    REFUSES(post(&owner, RESCUES "/undo", fresh_key(), "{\"rescue\":1}"), 409, "merge_undone");
    login_liff(&old_phone, 1);
    CHECK_TEXT(got_text("member"), "known");
    stored_is_sound();
}

static void
the_page_stands_without_script_in_the_members_language(void **state)
{
    (void)state;
    login_liff(&new_phone, 1);
    ANSWERS(get(&new_phone, "/account"), 200);
    CHECK_THAT(strstr(answer.body, "<form id=\"link\">") != NULL);
    CHECK_THAT(strstr(answer.body, "type=\"date\"") != NULL);
    CHECK_THAT(strstr(answer.body, "innerHTML") == NULL);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(wrong_inputs_say_which_field_and_change_nothing),
        STORY(a_card_of_plastic_is_linked_once_however_often_it_is_sent),
        STORY(five_wrong_birthdays_and_the_day_is_over),
        STORY(a_code_brings_the_card_to_a_new_line_account),
        STORY(an_owner_rescues_whom_they_are_not),
        STORY(the_page_stands_without_script_in_the_members_language),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
