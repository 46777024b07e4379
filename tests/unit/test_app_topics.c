/*
 * What a member wants to be written to about, said on the card: kept, undone, heeded, forgotten.
 */
#include "tests/support/harness.h"

#define TOPICS_PATH "/api/me/topics"
#define BIRTHDAY "/api/me/birthday"

static struct browser shopper, other, till;

static int
set_up(void **state)
{
    shopper = other = till = (struct browser){0};
    return harness_set_up(state);
}
#define STORY(name) cmocka_unit_test_setup_teardown(name, set_up, harness_tear_down)

static void
offers_have_to_be_asked_for_and_a_choice_can_be_taken_back(void **state)
{
    (void)state;
    login_liff(&shopper, 1);
    login_liff(&other, 2);
    ANSWERS(get(&shopper, TOPICS_PATH), 200);
    CHECK_THAT(got_true("receipts") && got_true("rewards") && !got_true("offers"));
    ANSWERS(post(&shopper, TOPICS_PATH, NULL, "{\"topic\":\"offers\",\"wanted\":true}"), 200);
    ANSWERS(post(&shopper, TOPICS_PATH, NULL, "{\"topic\":\"receipts\",\"wanted\":false}"), 200);
    CHECK_THAT(!got_true("receipts") && got_true("rewards") && got_true("offers"));
    ANSWERS(post(&shopper, TOPICS_PATH, NULL, "{\"topic\":\"receipts\",\"wanted\":true}"), 200);
    CHECK_THAT(got_true("receipts"));
    ANSWERS(get(&other, TOPICS_PATH), 200);
    CHECK_THAT(!got_true("offers"));
    REFUSES(post(&shopper, TOPICS_PATH, NULL, "{\"topic\":\"always\",\"wanted\":false}"), 400,
            "topic_unknown");
    CHECK_INT(stored_int("SELECT count(*) FROM topic_choice"), 2);
    CHECK_INT(stored_int("SELECT at_ms FROM topic_choice WHERE topic = 'offers'"), harness_now());
}

/* The ladder keeps for the card what was not wanted, and says so. */
static void
what_is_not_wanted_is_not_sent(void **state)
{
    (void)state;
    login_liff(&shopper, 1);
    till_sign_in(&till, UENO_LEFT, UENO_CASHIER);
    ANSWERS(post(&shopper, TOPICS_PATH, NULL, "{\"topic\":\"rewards\",\"wanted\":false}"), 200);
    grant_stamps(&till, &shopper, 1); /* one more, and a reward is reached */
    harness_advance(10 * SECOND_MS);
    UNTIL(stored_int("SELECT count(*) FROM notice WHERE kind = 'one_more' AND state = 'kept'") ==
          1);
    CHECK_TEXT(stored_text("SELECT d.reason FROM notice_decision d JOIN notice n ON"
                           " n.id = d.notice_id WHERE n.kind = 'one_more'"),
               "not_wanted");
    CHECK_INT(stored_int("SELECT count(*) FROM outbox WHERE kind = 'push'"), 0);
}

static void
a_birthday_is_given_without_its_year_and_taken_back(void **state)
{
    static const struct {
        int month, day;
    } none[] = {{2, 30}, {4, 31}, {6, 31}, {9, 31}, {11, 31}};

    (void)state;
    login_liff(&shopper, 1);
    login_liff(&other, 2);
    ANSWERS(get(&shopper, BIRTHDAY), 200);
    CHECK_THAT(!got_true("asked") && json_is_null(got("month")) && json_is_null(got("day")));
    ANSWERS(post(&shopper, BIRTHDAY, NULL, "{\"month\":2,\"day\":29}"), 200);
    CHECK_INT(got_int("month"), 2);
    CHECK_INT(got_int("day"), 29);
    for (size_t i = 0; i < COUNT(none); i++) {
        CHECK_ROW(i);
        REFUSES(
            post(&shopper, BIRTHDAY, NULL, "{\"month\":%d,\"day\":%d}", none[i].month, none[i].day),
            400, "birthday_invalid");
        CHECK_TEXT(got_text("field"), "day");
    }
    ANSWERS(post(&shopper, BIRTHDAY, NULL, "{\"month\":12,\"day\":31}"), 200);
    CHECK_INT(stored_int("SELECT month_day FROM birthday"), 1231);
    ANSWERS(get(&other, BIRTHDAY), 200);
    CHECK_THAT(json_is_null(got("month")));
    ANSWERS(get(&shopper, "/api/me/export"), 200);
    CHECK_INT(got_int("birthday.0.day"), 31);
    ANSWERS(post(&shopper, BIRTHDAY, NULL, "{\"month\":null,\"day\":null}"), 200);
    CHECK_THAT(json_is_null(got("month")));
    CHECK_INT(stored_int("SELECT count(*) FROM birthday"), 0);
}

static void
who_leaves_is_not_remembered_by_wishes(void **state)
{
    (void)state;
    login_liff(&shopper, 1);
    ANSWERS(post(&shopper, TOPICS_PATH, NULL, "{\"topic\":\"offers\",\"wanted\":true}"), 200);
    ANSWERS(post(&shopper, BIRTHDAY, NULL, "{\"month\":4,\"day\":1}"), 200);
    ANSWERS(post(&shopper, "/api/me/leave", NULL, "{\"confirm\":\"leave\"}"), 200);
    CHECK_INT(stored_int("SELECT (SELECT count(*) FROM topic_choice) + (SELECT count(*) FROM"
                         " birthday)"),
              0);
    stored_is_sound();
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(offers_have_to_be_asked_for_and_a_choice_can_be_taken_back),
        STORY(what_is_not_wanted_is_not_sent),
        STORY(a_birthday_is_given_without_its_year_and_taken_back),
        STORY(who_leaves_is_not_remembered_by_wishes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
