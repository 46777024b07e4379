/*
 * The keyword bot: what people say, send, press and come near to, and what the account answers.
 */
#include <stdio.h>
#include <string.h>

#include "sim/demo_values.h"
#include "tests/support/harness.h"
#include "tests/support/stampd.h"

static struct browser shopper;

static int
set_up(void **state)
{
    shopper = (struct browser){0};
    return harness_set_up(state);
}
#define BOT(name) cmocka_unit_test_setup_teardown(name, set_up, harness_tear_down)

static bool
all_is_said(void)
{
    return stored_int("SELECT (SELECT count(*) FROM inbox WHERE state = 'received')"
                      " + (SELECT count(*) FROM outbox WHERE closed_ms IS NULL)") == 0;
}

/* Person 1 does this: members of the event, such as "\"type\":\"text\",\"text\":\"hi\"". */
static void
does(const char *event)
{
    ANSWERS(sim_post("/sim/webhook", "{\"events\":[{\"person\":1,%s}],\"wait\":true}", event), 200);
    CHECK_INT(got_int("deliveries.0.status"), 200);
    UNTIL(all_is_said());
}

static void
says(const char *text)
{
    char event[512];

    snprintf(event, sizeof(event), "\"type\":\"text\",\"text\":\"%s\"", text);
    does(event);
}

static void
presses(const char *data)
{
    char event[512];

    snprintf(event, sizeof(event),
             "\"type\":\"postback\",\"displayText\":\"(tap)\",\"data\":\"%s\"", data);
    does(event);
}

/* The newest message in the talk of person 1, if the account wrote it; NULL if not. */
static const json_t *
answered(void)
{
    const json_t *entries, *last, *messages;

    ANSWERS(sim_get("/sim/talk?person=1"), 200);
    entries = got("entries");
    last = json_array_get(entries, json_array_size(entries) - 1);
    messages = json_object_get(last, "messages");
    if (strcmp(json_string_value(json_object_get(last, "how")), "reply") != 0)
        return NULL;
    return json_array_get(messages, json_array_size(messages) - 1);
}

static const char *
answer_text(void)
{
    const json_t *message = answered();
    const char *text = json_string_value(json_object_get(message, "text"));

    if (message == NULL)
        return "";
    return text != NULL ? text : json_string_value(json_object_get(message, "altText"));
}

#define SAYS(text) CHECK_TEXT(answer_text(), text)
#define IS_SILENT() CHECK_THAT(answered() == NULL)

/* While nobody serves, so that the command has the book to itself. */
static void
stampd_does(const char *words)
{
    harness_stop_app();
    if (stampd_here(words) != 0)
        fail_msg("%s: %s", words, complained);
    harness_start_app();
}

/* ---------------------------------------------------------------- texts */

static void
a_keyword_is_answered_for_nothing(void **state)
{
    (void)state;
    login_liff(&shopper, 1);
    stampd_does("keyword add --words 営業時間,hours --reply 10:00-20:00");
    says("ＨＯＵＲＳ？");
    SAYS("10:00-20:00");
    says(" 営業時間！ ");
    SAYS("10:00-20:00");
    says("your hours please");
    IS_SILENT();
    stampd_does("keyword set --rule 1 --on no");
    says("hours");
    IS_SILENT();
    CHECK_INT(stored_int("SELECT count(*) FROM outbox WHERE kind = 'reply' AND recipients = 0"), 2);
    CHECK_INT(stored_int("SELECT count(*) FROM outbox WHERE kind <> 'reply'"), 0);
    stored_is_sound();
}

static void
the_bot_answers_at_night_and_staff_by_day(void **state)
{
    (void)state; /* a Wednesday, 10:00 in Tokyo */
    login_liff(&shopper, 1);
    harness_stop_app();
    stored_spoil("INSERT INTO staff_hours VALUES (1, 31, 540, 1140)");
    harness_start_app();
    stampd_does("keyword add --match any --reply closed");
    stampd_does("keyword add --match contains --words parking --reply behind --hours always");
    says("is there a table for two");
    IS_SILENT(); /* somebody will read it */
    says("do you have parking?");
    SAYS("behind");
    says("ポイント");
    CHECK_THAT(answered() != NULL); /* not only at night */
    harness_advance(9 * HOUR_MS);
    says("is there a table for two");
    SAYS("closed");
    says("do you have parking?");
    SAYS("behind"); /* words before any text */
    stored_is_sound();
}

static void
an_owners_rule_comes_before_our_own_words(void **state)
{
    (void)state;
    login_liff(&shopper, 1);
    stampd_does("keyword add --match contains --words ポイント --reply ask --hours always");
    says("ポイント");
    CHECK_THAT(strcmp(answer_text(), "ask") != 0); /* the whole text is ours */
    stampd_does("keyword add --words ポイント --reply points --priority 1");
    says("ポイント");
    SAYS("points");
    stampd_does("keyword add --match contains --words ポイント --action silent --priority 2"
                " --hours always");
    says("ポイント");
    IS_SILENT();
    CHECK_INT(stored_int("SELECT count(*) FROM reply_chance"), 1); /* and the token is not wasted */
    stored_is_sound();
}

/* ---------------------------------------------------------------- as the owner writes it */

#define KEYWORDS "/api/admin/keywords"

static void
an_owner_writes_rules_and_tries_them(void **state)
{
    struct browser owner = {0};

    (void)state; /* a Wednesday, 10:00 in Tokyo */
    login_liff(&shopper, 1);
    login_liff(&owner, 4);
    REFUSES(get(&shopper, KEYWORDS), 401, "session_missing");
    ANSWERS(post(&owner, "/api/admin/claim", NULL, "{\"token\":\"%s\"}", here.owner_link), 200);
    ANSWERS(post(&owner, KEYWORDS, NULL,
                 "{\"id\":0,\"is_on\":true,\"match\":\"contains\",\"words\":\"予約, ＢＯＯＫ\","
                 "\"priority\":3,\"language\":null,\"hours\":\"staff\",\"days\":31,"
                 "\"from_min\":600,\"until_min\":1140,\"action\":\"text\",\"reply\":\"03-1234\","
                 "\"buttons\":[{\"label\":\"Card\",\"press\":\"balance\"},"
                 "{\"label\":\"Hi\",\"press\":\"says\",\"says\":\"hello\"}]}"),
            200);
    CHECK_TEXT(got_text("words"), "予約\nbook");
    CHECK_INT(got_int("id"), 1);
    ANSWERS(post(&owner, KEYWORDS "/try", NULL, "{\"text\":\"can I book?\"}"), 200);
    CHECK_TEXT(got_text("answer"), "none"); /* nobody answers by hand */
    ANSWERS(post(&owner, KEYWORDS "/hours", NULL,
                 "{\"staff\":[{\"days\":4,\"from_min\":540,\"until_min\":1080}]}"),
            204);
    ANSWERS(post(&owner, KEYWORDS "/try", NULL, "{\"text\":\"can I book?\"}"), 200);
    CHECK_TEXT(got_text("answer"), "rule");
    CHECK_INT(got_int("rule"), 1);
    ANSWERS(post(&owner, KEYWORDS "/try", NULL, "{\"text\":\"Points!\"}"), 200);
    CHECK_TEXT(got_text("answer"), "balance");
    says("can I book?");
    SAYS("03-1234");
    ANSWERS(get(&owner, KEYWORDS), 200);
    CHECK_THAT(got_true("is_staffed"));
    CHECK_TEXT(got_text("rules.0.buttons.1.says"), "hello");
    CHECK_INT(got_int("staff.0.until_min"), 1080);
    CHECK_INT(stored_int("SELECT count(*) FROM audit WHERE act = 'keyword.saved' AND staff_id > 0"),
              1);
    ANSWERS(post(&owner, KEYWORDS "/1/remove", NULL, "{}"), 204);
    REFUSES(post(&owner, KEYWORDS "/1/remove", NULL, "{}"), 404, "keyword_unknown");
    says("can I book?");
    IS_SILENT();
    stored_is_sound();
}

/* ---------------------------------------------------------------- buttons */

static void
buttons_under_an_answer_lead_on(void **state)
{
    const json_t *items;

    (void)state;
    login_liff(&shopper, 1);
    stampd_does("keyword add --words menu --reply soup");
    stampd_does("keyword add --words help --reply what? --buttons"
                " Card=balance;Shops=shops;Menu=rule:1;Talk=says:hello");
    says("help");
    SAYS("what?");
    items = json_object_get(json_object_get(answered(), "quickReply"), "items");
    CHECK_INT(json_array_size(items), 4);
    CHECK_TEXT(json_string_value(
                   json_object_get(json_object_get(json_array_get(items, 2), "action"), "data")),
               "action=rule&id=1");
    CHECK_TEXT(json_string_value(
                   json_object_get(json_object_get(json_array_get(items, 3), "action"), "text")),
               "hello");
    presses("action=rule&id=1");
    SAYS("soup");
    presses("action=shops");
    CHECK_THAT(strstr(answer_text(), "\n・ueno\n・namba") != NULL);
    presses("action=card&menu=member%2Fja%2F1%2F7&area=card");
    CHECK_THAT(json_object_get(answered(), "contents") != NULL);
    presses("action=menu&menu=member%2Fja%2F1%2F7&area=2");
    IS_SILENT();
    stampd_does("keyword set --rule 1 --on no");
    presses("action=rule&id=1");
    IS_SILENT();
    presses("action=rule&id=99");
    IS_SILENT();
    presses("action=grant&stamps=3");
    IS_SILENT();
    stored_is_sound();
}

/* ---------------------------------------------------------------- what is no text */

static void
stickers_pictures_and_places_wait_for_their_rules(void **state)
{
    static const char sticker[] =
        "\"type\":\"sticker\",\"packageId\":\"446\",\"stickerId\":\"1988\"";
    static const char other[] = "\"type\":\"sticker\",\"packageId\":\"446\",\"stickerId\":\"1\"";
    static const char place[] =
        "\"type\":\"location\",\"latitude\":34.665,\"longitude\":135.501"; /* in Osaka */

    (void)state;
    login_liff(&shopper, 1);
    does(sticker);
    IS_SILENT();
    does("\"type\":\"image\"");
    IS_SILENT();
    does(place);
    IS_SILENT();
    stampd_does("keyword add --match sticker --words 446:1988 --reply hello");
    stampd_does("keyword add --match image --reply thanks");
    stampd_does("keyword add --match location --action shops");
    stampd_does("shop place --shop ueno --at 35.7138,139.7770");
    stampd_does("shop place --shop namba --at 34.6661,135.5000");
    does(sticker);
    SAYS("hello");
    does(other);
    IS_SILENT();
    does("\"type\":\"image\"");
    SAYS("thanks");
    does(place);
    CHECK_THAT(strstr(answer_text(), "\n・namba 0.2 km\n・ueno 4") != NULL);
    CHECK_INT(stored_int("SELECT count(*) FROM inbox WHERE event IS NOT NULL"), 0);
    stored_is_sound();
}

static void
a_beacon_shows_the_card_and_gives_nothing(void **state)
{
    static const char enters[] = "\"type\":\"beacon\",\"hwid\":\"d41d8cd98f\"";

    (void)state;
    stampd_does("beacon add --hwid D41D8CD98F --shop ueno --every-hours 3");
    does(enters);
    CHECK_INT(stored_int("SELECT count(*) FROM outbox"), 0); /* somebody without a card */
    login_liff(&shopper, 1);
    does(enters);
    CHECK_THAT(json_object_get(answered(), "contents") != NULL);
    harness_advance(HOUR_MS);
    does(enters);
    CHECK_INT(stored_int("SELECT count(*) FROM outbox"), 1); /* once in its hours */
    does("\"type\":\"beacon\",\"hwid\":\"d41d8cd98f\",\"how\":\"stay\"");
    does("\"type\":\"beacon\",\"hwid\":\"0000000000\"");
    CHECK_INT(stored_int("SELECT count(*) FROM outbox"), 1);
    does("\"type\":\"beacon\",\"hwid\":\"d41d8cd98f\",\"how\":\"banner\"");
    CHECK_INT(stored_int("SELECT count(*) FROM outbox"), 2); /* a tap is a wish */
    harness_advance(2 * HOUR_MS);
    does(enters);
    CHECK_INT(stored_int("SELECT count(*) FROM outbox"), 3);
    CHECK_INT(stored_int("SELECT count(*) FROM beacon_visit"), 1);
    CHECK_INT(stored_int("SELECT count(*) FROM transfer"), 0);
    CHECK_INT(stored_int("SELECT sum(balance) FROM card"), 0);
    stored_is_sound();
    harness_advance(25 * HOUR_MS);
    UNTIL(stored_int("SELECT count(*) FROM beacon_visit") == 0); /* no history */
}

/* ---------------------------------------------------------------- who, where, and when */

static void
groups_and_other_systems_chats_are_left_alone(void **state)
{
    (void)state;
    login_liff(&shopper, 1);
    stampd_does("keyword add --match any --reply me --hours always");
    does("\"type\":\"text\",\"text\":\"points\",\"group\":\"C00000000000000000000000000000001\"");
    ANSWERS(sim_post("/sim/webhook", "{\"events\":[{\"type\":\"text\",\"person\":1,\"text\":"
                                     "\"points\"}],\"mode\":\"standby\",\"wait\":true}"),
            200);
    UNTIL(all_is_said());
    does("\"type\":\"join\"");
    does("\"type\":\"memberJoined\"");
    CHECK_INT(stored_int("SELECT count(*) FROM outbox"), 0);
    CHECK_INT(stored_int("SELECT count(*) FROM reply_chance"), 0);
    stored_is_sound();
}

static void
greetings_know_who_comes_back(void **state)
{
    (void)state;
    does("\"type\":\"follow\"");
    CHECK_THAT(strstr(answer_text(), "まだカードがありません") != NULL);
    login_liff(&shopper, 1);
    does("\"type\":\"unfollow\"");
    harness_advance(1000);
    does("\"type\":\"follow\"");
    CHECK_THAT(strstr(answer_text(), "おかえりなさい") != NULL);
    harness_advance(1000);
    does("\"type\":\"follow\""); /* LINE does not say that they were gone */
    CHECK_THAT(strstr(answer_text(), "ご登録ありがとうございます") != NULL);
    CHECK_INT(stored_int("SELECT count(*) FROM outbox WHERE kind <> 'reply'"), 0);
    stored_is_sound();
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        BOT(a_keyword_is_answered_for_nothing),
        BOT(the_bot_answers_at_night_and_staff_by_day),
        BOT(an_owners_rule_comes_before_our_own_words),
        BOT(an_owner_writes_rules_and_tries_them),
        BOT(buttons_under_an_answer_lead_on),
        BOT(stickers_pictures_and_places_wait_for_their_rules),
        BOT(a_beacon_shows_the_card_and_gives_nothing),
        BOT(groups_and_other_systems_chats_are_left_alone),
        BOT(greetings_know_who_comes_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
