/*
 * What LINE tells us, and what only claims to be LINE: signatures, repeats, order, size.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/codec.h"
#include "base/digest.h"
#include "sim/demo_values.h"
#include "tests/support/harness.h"

#define WEBHOOK "/line/webhook"

static struct browser shopper;

static int
set_up(void **state)
{
    shopper = (struct browser){0};
    return harness_set_up(state);
}
#define HOOK(name) cmocka_unit_test_setup_teardown(name, set_up, harness_tear_down)

/* ---------------------------------------------------------------- deliveries by hand */

static int
deliver_with(const char *header, struct str body)
{
    struct browser line = {.origin = "", .headers = header};

    return ask(&line, "POST", WEBHOOK, "application/json; charset=utf-8", body);
}

static int
deliver_signed(const char *secret, struct str body)
{
    uint8_t mac[SHA256_SIZE];
    char text[BASE64_SIZE(SHA256_SIZE)], header[128];

    hmac_sha256(secret, strlen(secret), &body, 1, mac);
    base64_encode(mac, sizeof(mac), text);
    snprintf(header, sizeof(header), "x-line-signature: %s\r\n", text);
    return deliver_with(header, body);
}

static int
deliver(const char *body)
{
    return deliver_signed(SIM_MESSAGING_CHANNEL_SECRET, str_of(body));
}

/* One follow or unfollow of person 1. */
static const char *
friend_event(const char *type, const char *id, int64_t at_ms)
{
    static char body[1024];

    snprintf(
        body, sizeof(body),
        "{\"destination\":\"" SIM_BOT_USER_ID "\",\"events\":[{\"type\":\"%s\",\"mode\":"
        "\"active\",\"timestamp\":%lld,\"webhookEventId\":\"%s\",\"deliveryContext\":"
        "{\"isRedelivery\":false},\"source\":{\"type\":\"user\",\"userId\":\"" SIM_USER_ID_FORMAT
        "\"}}]}",
        type, (long long)at_ms, id, 1U);
    return body;
}

static bool
inbox_is_done(void)
{
    return stored_int("SELECT count(*) FROM inbox WHERE state = 'received'") == 0;
}

static bool
nothing_is_owed(void)
{
    return inbox_is_done() &&
           stored_int("SELECT count(*) FROM outbox WHERE closed_ms IS NULL") == 0;
}

/* ---------------------------------------------------------------- who is speaking */

static void
only_line_is_heard(void **state)
{
    const char *body = friend_event("unfollow", "01JGFJJZ0000000000000000AA", harness_now());
    static const char *const headers[] = {
        NULL,
        "x-line-signature: \r\n",
        "x-line-signature: AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n",
        "x-line-signature: A\r\n",
        "x-line-signature: \xe3\x81\x82\r\n",
        "Authorization: Bearer " SIM_MESSAGING_CHANNEL_SECRET "\r\n",
    };
    uint64_t hash;

    (void)state;
    login_liff(&shopper, 1);
    hash = stored_hash();
    for (size_t i = 0; i < COUNT(headers); i++) {
        CHECK_ROW(i);
        REFUSES(deliver_with(headers[i], str_of(body)), 401, "signature_wrong");
    }
    REFUSES(deliver_signed(SIM_LOGIN_CHANNEL_SECRET, str_of(body)), 401, "signature_wrong");
    REFUSES(deliver_signed("", str_of(body)), 401, "signature_wrong");
    REFUSES(deliver_with("x-line-signature: a\r\nx-line-signature: b\r\n", str_of(body)), 400,
            "request_malformed");
    CHECK_THAT(stored_hash() == hash);
}

static void
a_signature_is_of_these_bytes(void **state)
{
    static const char *const how[] = {"bad", "other", "missing", "empty"};

    (void)state;
    for (size_t i = 0; i < COUNT(how); i++) {
        CHECK_ROW(i);
        ANSWERS(sim_post("/sim/webhook",
                         "{\"events\":[{\"type\":\"follow\",\"person\":1}],\"signature\":\"%s\","
                         "\"wait\":true}",
                         how[i]),
                200);
        CHECK_INT(got_int("deliveries.0.status"), 401);
    }
    CHECK_INT(stored_int("SELECT count(*) FROM inbox"), 0);
    ANSWERS(sim_post("/sim/webhook",
                     "{\"events\":[{\"type\":\"text\",\"person\":1,\"text\":\"\xf0\x9f\x98\x80 "
                     "ポイント\"}],\"escape\":true,\"wait\":true}"),
            200);
    CHECK_INT(got_int("deliveries.0.status"), 200); /* over the bytes, not over what they mean */
}

static void
two_secrets_hold_while_one_is_replaced(void **state)
{
    const char *now = "00000000000000000000000000000001";

    (void)state;
    harness_stop_app();
    harness_setting("CHANNEL_SECRET=00000000000000000000000000000001\n"
                    "CHANNEL_SECRET_OLD=" SIM_MESSAGING_CHANNEL_SECRET);
    harness_start_app();
    ANSWERS(deliver_signed(now, str_of(friend_event("follow", "A1", harness_now()))), 200);
    ANSWERS(deliver(friend_event("follow", "A2", harness_now())), 200);
    REFUSES(deliver_signed("00000000000000000000000000000002",
                           str_of(friend_event("follow", "A3", harness_now()))),
            401, "signature_wrong");
    harness_stop_app();
    harness_setting("CHANNEL_SECRET=00000000000000000000000000000001");
    harness_start_app();
    REFUSES(deliver(friend_event("follow", "A4", harness_now())), 401, "signature_wrong");
    CHECK_INT(stored_int("SELECT count(*) FROM inbox"), 2);
}

static void
events_for_another_account_are_not_ours(void **state)
{
    (void)state;
    ANSWERS(sim_post("/sim/webhook",
                     "{\"events\":[{\"type\":\"follow\",\"person\":1}],\"destination\":"
                     "\"U00000000000000000000000000000002\",\"wait\":true}"),
            200);
    CHECK_INT(got_int("deliveries.0.status"), 403);
    CHECK_INT(stored_int("SELECT count(*) FROM inbox"), 0);
}

/* ---------------------------------------------------------------- what is said */

static void
what_is_signed_but_no_webhook_is_refused(void **state)
{
    static const char *const bodies[] = {
        "",
        "{",
        "[]",
        "null",
        "{}",
        "{\"destination\":\"" SIM_BOT_USER_ID "\"}",
        "{\"events\":[]}",
        "{\"destination\":7,\"events\":[]}",
        "{\"destination\":\"" SIM_BOT_USER_ID "\",\"events\":{}}",
        "{\"destination\":\"" SIM_BOT_USER_ID "\",\"events\":[7]}",
        "{\"destination\":\"" SIM_BOT_USER_ID "\",\"events\":[{\"type\":\"follow\"}]}",
    };
    char *crowd = malloc(64 * KIB);
    uint64_t hash = stored_hash();
    size_t n;

    (void)state;
    for (size_t i = 0; i < COUNT(bodies); i++) {
        CHECK_ROW(i);
        ANSWERS(deliver(bodies[i]), 400);
        CHECK_INT(strlen(got_text("request")), 12);
    }
    n = (size_t)sprintf(crowd, "{\"destination\":\"" SIM_BOT_USER_ID "\",\"events\":[");
    for (int i = 0; i < 101; i++)
        n += (size_t)sprintf(crowd + n,
                             "%s{\"type\":\"x\",\"timestamp\":1,\"webhookEventId\":\"E%d\","
                             "\"mode\":\"active\",\"deliveryContext\":{\"isRedelivery\":false}}",
                             i ? "," : "", i);
    sprintf(crowd + n, "]}");
    ANSWERS(deliver(crowd), 400);
    CHECK_THAT(stored_hash() == hash);
    free(crowd);
}

static void
what_is_new_at_line_does_not_disturb(void **state)
{
    (void)state;
    login_liff(&shopper, 1);
    ANSWERS(deliver("{\"destination\":\"" SIM_BOT_USER_ID "\",\"events\":[]}"), 200);
    CHECK_TEXT(answer.body, "{}");
    ANSWERS(sim_post("/sim/webhook",
                     "{\"events\":[{\"type\":\"unknown\",\"person\":1},"
                     "{\"type\":\"sticker\",\"person\":1},{\"type\":\"image\",\"person\":1},"
                     "{\"type\":\"location\",\"person\":1},{\"type\":\"unsend\",\"person\":1},"
                     "{\"type\":\"accountLink\",\"person\":1},"
                     "{\"type\":\"text\",\"person\":1,\"text\":\"hi\",\"without_user\":true},"
                     "{\"type\":\"text\",\"person\":1,\"text\":\"hi\",\"without_source\":true},"
                     "{\"type\":\"postback\",\"person\":1,\"data\":\"action=fly\"},"
                     "{\"type\":\"unfollow\",\"person\":8},"
                     "{\"type\":\"unfollow\",\"person\":1}],\"wait\":true}"),
            200);
    CHECK_INT(got_int("deliveries.0.status"), 200);
    UNTIL(inbox_is_done());
    CHECK_INT(stored_int("SELECT count(*) FROM inbox"), 11);
    CHECK_INT(stored_int("SELECT count(*) FROM inbox WHERE state = 'applied'"), 2);
    CHECK_INT(stored_int("SELECT count(*) FROM inbox WHERE event IS NOT NULL"), 0); /* forgotten */
    CHECK_INT(stored_int("SELECT is_friend FROM member"), 0);
    CHECK_INT(stored_int("SELECT count(*) FROM outbox"), 0);
    stored_is_sound();
}

/* One event of person 1 with this type and content, happened at at_ms; LINE signs it. */
static int
deliver_event(const char *id, const char *content, int64_t at_ms)
{
    static char body[64 * KIB];

    snprintf(body, sizeof(body),
             "{\"destination\":\"" SIM_BOT_USER_ID "\",\"events\":[{%s,\"mode\":\"active\","
             "\"timestamp\":%lld,\"webhookEventId\":\"%s\",\"replyToken\":\"token-%s\","
             "\"deliveryContext\":{\"isRedelivery\":false},\"source\":{\"type\":\"user\","
             "\"userId\":\"" SIM_USER_ID_FORMAT "\"}}]}",
             content, (long long)at_ms, id, id, 1U);
    return deliver(body);
}

static void
what_cannot_be_read_changes_nothing(void **state)
{
    static char deep[4096];
    const char *event = friend_event("unfollow", "01JGFJJZ0000000000000000AA", harness_now());
    char body[1024];
    uint64_t hash;

    (void)state;
    login_liff(&shopper, 1);
    hash = stored_hash();
    snprintf(body, sizeof(body), "%s", event);
    for (size_t n = strlen(body) - 1; n > 0; n -= n > 40 ? 37 : 1) { /* cut off, yet signed */
        ANSWERS(deliver_signed(SIM_MESSAGING_CHANNEL_SECRET, (struct str){body, n}), 400);
        CHECK_TEXT(got_text("error"), "webhook_malformed");
    }
    for (size_t n = 0; n < strlen(body); n += 29) { /* a byte that is no UTF-8 */
        char was = body[n];
        body[n] = (char)0xfe;
        REFUSES(deliver(body), 400, "webhook_malformed");
        body[n] = was;
    }
    memset(deep, '[', 2000);
    memset(deep + 2000, ']', 2000);
    REFUSES(deliver(deep), 400, "webhook_deep");
    snprintf(body, sizeof(body), "{\"destination\":\"" SIM_BOT_USER_ID "\",\"events\":%.*s%.*s}",
             100, deep, 100, deep + 2000);
    REFUSES(deliver(body), 400, "webhook_deep");
    CHECK_THAT(stored_hash() == hash);
    stored_is_sound();
}

static void
content_of_another_shape_is_taken_and_comes_to_nothing(void **state)
{
    static const char *const content[] = {
        "\"type\":\"message\",\"message\":{\"type\":\"text\",\"text\":[\"ポイント\"]}",
        "\"type\":\"message\",\"message\":\"ポイント\"",
        "\"type\":\"message\"",
        "\"type\":\"postback\",\"postback\":{\"data\":7}",
        "\"type\":\"postback\",\"postback\":{\"data\":\"action=balance&action=balance\"}",
        "\"type\":\"postback\",\"postback\":{\"data\":\"action=balance;DROP TABLE card\"}",
        "\"type\":\"beacon\",\"beacon\":{\"hwid\":[],\"type\":\"enter\"}",
        "\"type\":\"unsend\",\"unsend\":{\"messageId\":{}}",
        "\"type\":\"accountLink\",\"link\":{\"result\":\"ok\",\"nonce\":null}",
    };
    char id[32];

    (void)state;
    login_liff(&shopper, 1);
    for (size_t i = 0; i < COUNT(content); i++) {
        CHECK_ROW(i);
        snprintf(id, sizeof(id), "01JGFJJZ0000000000000000%02zu", i);
        ANSWERS(deliver_event(id, content[i], harness_now()), 200); /* or LINE sends it again */
        CHECK_INT(
            stored_int("SELECT count(*) FROM inbox WHERE event_id = %Q AND state = 'ignored'", id),
            1);
    }
    UNTIL(inbox_is_done());
    CHECK_INT(stored_int("SELECT count(*) FROM outbox"), 0);
    CHECK_INT(stored_int("SELECT count(*) FROM transfer"), 0);
    stored_is_sound();
}

static void
what_is_too_old_or_not_yet_is_ignored(void **state)
{
    static const char unfollow[] = "\"type\":\"unfollow\"";

    (void)state;
    login_liff(&shopper, 1);
    ANSWERS(deliver_event("01A", unfollow, harness_now() - 35 * DAY_MS - 1), 200);
    ANSWERS(deliver_event("01B", unfollow, harness_now() + DAY_MS + 1), 200);
    CHECK_INT(stored_int("SELECT count(*) FROM inbox"), 0);
    CHECK_INT(stored_int("SELECT is_friend FROM member"), 1);
    ANSWERS(deliver_event("01C", unfollow, harness_now() + DAY_MS), 200); /* clocks differ */
    UNTIL(stored_int("SELECT is_friend FROM member") == 0);
    stored_is_sound();
}

static void
a_mebibyte_is_read_and_not_a_byte_more(void **state)
{
    const char *event = friend_event("follow", "BIG", 1);
    char *body = malloc(MIB + 1);
    size_t n = strlen(event);

    (void)state;
    assert_non_null(body);
    memset(body, ' ', MIB + 1);
    memcpy(body, event, n);
    ANSWERS(deliver_signed(SIM_MESSAGING_CHANNEL_SECRET, (struct str){body, MIB}), 200);
    ANSWERS(deliver_signed(SIM_MESSAGING_CHANNEL_SECRET, (struct str){body, MIB + 1}), 413);
    free(body);
}

/* ---------------------------------------------------------------- once, and in order */

static void
a_delivery_that_comes_again_counts_once(void **state)
{
    char body[1024];

    (void)state;
    login_liff(&shopper, 1);
    snprintf(body, sizeof(body), "%s",
             friend_event("unfollow", "01JGFJJZ0000000000000000AA", harness_now() + 1));
    ANSWERS(deliver(body), 200);
    UNTIL(inbox_is_done());
    CHECK_INT(stored_int("SELECT is_friend FROM member"), 0);
    ANSWERS(deliver(friend_event("follow", "01JGFJJZ0000000000000000AB", harness_now() + 2)), 200);
    UNTIL(inbox_is_done());
    for (int i = 0; i < 5; i++)
        ANSWERS(deliver(body), 200); /* captured, and sent again by whoever */
    harness_advance(DAY_MS);
    ANSWERS(deliver(body), 200);
    UNTIL(inbox_is_done());
    CHECK_INT(stored_int("SELECT is_friend FROM member"), 1);
    CHECK_INT(stored_int("SELECT count(*) FROM inbox"), 2);
    stored_is_sound();
}

static void
what_people_write_to_each_other_is_not_kept(void **state)
{
    static const char chat[] =
        "{\"destination\":\"" SIM_BOT_USER_ID "\",\"events\":[{\"type\":\"message\",\"mode\":"
        "\"active\",\"timestamp\":%lld,\"webhookEventId\":\"%s\",\"deliveryContext\":"
        "{\"isRedelivery\":false},\"replyToken\":\"r\",\"source\":{\"type\":\"user\",\"userId\":"
        "\"" SIM_USER_ID_FORMAT "\"},\"message\":{\"type\":\"text\",\"id\":\"1\",\"text\":"
        "\"What time do you close on Sundays?\"}}]}";
    char body[1024];

    (void)state;
    login_liff(&shopper, 1);
    snprintf(body, sizeof(body), chat, (long long)harness_now(), "01JGFJJZ0000000000000000AA", 1U);
    for (int i = 0; i < 2; i++) {
        ANSWERS(deliver(body), 200);
        CHECK_TEXT(stored_text("SELECT state FROM inbox"), "ignored"); /* at once */
        CHECK_INT(stored_int("SELECT count(*) FROM inbox WHERE event IS NULL"), 1);
    }
    CHECK_INT(stored_int("SELECT count(*) FROM outbox"), 0);
    stored_is_sound();
}

static void
a_question_asked_twice_by_the_wire_is_answered_once(void **state)
{
    (void)state;
    login_liff(&shopper, 1);
    ANSWERS(sim_post("/sim/webhook",
                     "{\"events\":[{\"type\":\"text\",\"person\":1,\"text\":\"ポイント\"},"
                     "{\"type\":\"text\",\"person\":1,\"text\":\"ポイント\"}],\"duplicates\":3,"
                     "\"redelivery\":true,\"reorder\":true,\"wait\":true}"),
            200);
    for (int i = 0; i < 8; i++) {
        char path[32];
        snprintf(path, sizeof(path), "deliveries.%d.status", i);
        CHECK_INT(got_int(path), 200);
    }
    UNTIL(nothing_is_owed());
    CHECK_INT(stored_int("SELECT count(*) FROM outbox WHERE state = 'sent'"), 2);
    CHECK_INT(sim_shown(here.sim, 1), 2); /* an answer each, with both cards in it */
    stored_is_sound();
}

static void
a_reply_that_failed_is_not_tried_again(void **state)
{
    (void)state;
    login_liff(&shopper, 1);
    /* It has no key to be tried again with. */
    ANSWERS(sim_post("/sim/faults", "{\"path\":\"/v2/bot/message/reply\",\"kind\":\"500_before\"}"),
            200);
    ANSWERS(sim_post("/sim/webhook",
                     "{\"events\":[{\"type\":\"text\",\"person\":1,\"text\":\"ポイント\"}],"
                     "\"wait\":true}"),
            200);
    UNTIL(nothing_is_owed());
    CHECK_INT(stored_int("SELECT count(*) FROM outbox WHERE state = 'expired' AND tries = 1"), 1);
    stored_is_sound();
}

static void
an_event_that_cannot_be_read_does_not_block_those_behind_it(void **state)
{
    (void)state;
    login_liff(&shopper, 1);
    harness_stop_app();
    stored_spoil("INSERT INTO inbox (event_id, at_ms, received_ms, event, state)"
                 " VALUES ('broken', 1775005200000, 1775005200000, zeroblob(99), 'received')");
    harness_start_app();
    ANSWERS(deliver(friend_event("unfollow", "01JGFJJZ0000000000000000AA", harness_now() + 1)),
            200);
    UNTIL(inbox_is_done());
    CHECK_INT(stored_int("SELECT is_friend FROM member"), 0);
    CHECK_TEXT(stored_text("SELECT state FROM inbox WHERE event_id = 'broken'"), "ignored");
    stored_is_sound();
}

/* ---------------------------------------------------------------- reply tokens, friends, unsend */

static void
a_token_nobody_needs_is_kept_for_a_notice(void **state)
{
    static const char hello[] =
        "\"type\":\"message\",\"message\":{\"type\":\"text\",\"id\":\"1\",\"text\":\"hello\"}";
    static const char balance[] =
        "\"type\":\"message\",\"message\":{\"type\":\"text\",\"id\":\"2\",\"text\":\"points\"}";

    (void)state;
    ANSWERS(deliver_event("01A", hello, harness_now()), 200); /* of nobody we know */
    CHECK_INT(stored_int("SELECT count(*) FROM reply_chance"), 0);
    login_liff(&shopper, 1);
    ANSWERS(deliver_event("01B", hello, harness_now()), 200);
    CHECK_TEXT(stored_text("SELECT event_id FROM reply_chance WHERE member_id = 1"), "01B");
    CHECK_INT(stored_int("SELECT count(*) FROM reply_chance WHERE instr(token, 'token-')"), 0);
    ANSWERS(deliver_event("01C", balance, harness_now()),
            200); /* answered: nothing is left of it */
    UNTIL(stored_int("SELECT count(*) FROM outbox WHERE event_id = '01C'") == 1);
    CHECK_TEXT(stored_text("SELECT event_id FROM reply_chance"), "01B");
    ANSWERS(deliver_event("01D", "\"type\":\"unfollow\"", harness_now()), 200);
    UNTIL(stored_int("SELECT count(*) FROM reply_chance") == 0);
    ANSWERS(deliver_event("01E", hello, harness_now() - 21 * MINUTE_MS), 200); /* dead at LINE's */
    CHECK_INT(stored_int("SELECT count(*) FROM reply_chance"), 0);
    stored_is_sound();
}

static void
who_comes_is_greeted_once_and_for_nothing(void **state)
{
    (void)state;
    ANSWERS(sim_post("/sim/webhook", "{\"events\":[{\"type\":\"follow\",\"person\":1}],"
                                     "\"duplicates\":2,\"wait\":true}"),
            200);
    UNTIL(nothing_is_owed()); /* somebody without a card is invited */
    CHECK_INT(stored_int("SELECT count(*) FROM outbox WHERE kind = 'reply' AND state = 'sent'"), 1);
    CHECK_INT(sim_shown(here.sim, 1), 1);
    CHECK_INT(stored_int("SELECT count(*) FROM member"), 0); /* and nothing else is kept */

    login_liff(&shopper, 1);
    ANSWERS(sim_post("/sim/webhook",
                     "{\"events\":[{\"type\":\"unfollow\",\"person\":1,\"at_ms\":%lld},"
                     "{\"type\":\"follow\",\"person\":1,\"at_ms\":%lld}],\"wait\":true}",
                     (long long)harness_now() + 1, (long long)harness_now() + 2),
            200);
    UNTIL(nothing_is_owed());
    CHECK_INT(sim_shown(here.sim, 1), 2);
    /* One that comes late is no news: who blocked us since is not greeted. */
    ANSWERS(
        sim_post("/sim/webhook",
                 "{\"events\":[{\"type\":\"follow\",\"person\":1,\"at_ms\":%lld}],\"wait\":true}",
                 (long long)harness_now() + 1),
        200);
    UNTIL(nothing_is_owed());
    CHECK_INT(sim_shown(here.sim, 1), 2);
    stored_is_sound();
}

static void
a_question_taken_back_is_not_answered(void **state)
{
    static const char question[] = "\"type\":\"message\",\"message\":{\"type\":\"text\","
                                   "\"id\":\"325708\",\"text\":\"points\"}";

    (void)state;
    login_liff(&shopper, 1);
    ANSWERS(deliver_event("01B", "\"type\":\"unsend\",\"unsend\":{\"messageId\":\"325708\"}",
                          harness_now() + 5),
            200); /* comes first, as it may */
    ANSWERS(deliver_event("01A", question, harness_now()), 200);
    CHECK_TEXT(stored_text("SELECT state FROM inbox WHERE event_id = '01A'"), "ignored");
    UNTIL(inbox_is_done());
    CHECK_INT(stored_int("SELECT count(*) FROM outbox"), 0);
    stored_is_sound();
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        HOOK(only_line_is_heard),
        HOOK(a_signature_is_of_these_bytes),
        HOOK(two_secrets_hold_while_one_is_replaced),
        HOOK(events_for_another_account_are_not_ours),
        HOOK(what_is_signed_but_no_webhook_is_refused),
        HOOK(what_is_new_at_line_does_not_disturb),
        HOOK(what_cannot_be_read_changes_nothing),
        HOOK(content_of_another_shape_is_taken_and_comes_to_nothing),
        HOOK(what_is_too_old_or_not_yet_is_ignored),
        HOOK(a_token_nobody_needs_is_kept_for_a_notice),
        HOOK(who_comes_is_greeted_once_and_for_nothing),
        HOOK(a_question_taken_back_is_not_answered),
        HOOK(a_mebibyte_is_read_and_not_a_byte_more),
        HOOK(a_delivery_that_comes_again_counts_once),
        HOOK(what_people_write_to_each_other_is_not_kept),
        HOOK(a_question_asked_twice_by_the_wire_is_answered_once),
        HOOK(a_reply_that_failed_is_not_tried_again),
        HOOK(an_event_that_cannot_be_read_does_not_block_those_behind_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
