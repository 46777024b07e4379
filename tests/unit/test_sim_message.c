/*
 * What line-sim says to messages that are not as LINE wants them: the place and the reason.
 */
#include "tests/support/check.h"
#include "tests/support/sim_peer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VALIDATE "/v2/bot/message/validate/push"
#define FLEX(contents) "{\"type\":\"flex\",\"altText\":\"a\",\"contents\":" contents "}"
#define BODY(contents)                                                                             \
    FLEX("{\"type\":\"bubble\",\"body\":{\"type\":\"box\",\"layout\":\"vertical\",\"contents\":"   \
         "[" contents "]}}")
#define BUTTON(action) BODY("{\"type\":\"button\",\"action\":" action "}")
#define TEMPLATE(contents) "{\"type\":\"template\",\"altText\":\"a\",\"template\":" contents "}"
#define YES "{\"type\":\"message\",\"label\":\"y\",\"text\":\"y\"}"

static struct sim_peer p;

static int
start(void **state)
{
    (void)state;
    sim_peer_start(&p, NULL);
    return 0;
}

static int
stop(void **state)
{
    (void)state;
    sim_peer_stop(&p);
    return 0;
}

static int
validate(const char *message)
{
    char *body = NULL;
    int status;

    CHECK_THAT(asprintf(&body, "{\"messages\":[%s]}", message) > 0);
    status = sim_peer_json(&p, VALIDATE, p.token, body);
    free(body);
    return status;
}

static void
good_messages_pass(void **state)
{
    static const char *const good[] = {
        "{\"type\":\"text\",\"text\":\"hi\"}",
        "{\"type\":\"text\",\"text\":\"$\",\"emojis\":[{\"index\":0,\"productId\":"
        "\"5ac1bfd5040ab15980c9b435\",\"emojiId\":\"001\"}]}",
        "{\"type\":\"text\",\"text\":\"hi\",\"quickReply\":{\"items\":[{\"type\":\"action\","
        "\"action\":{\"type\":\"location\",\"label\":\"Here\"}}]},\"sender\":{\"name\":\"Shop\"}}",
        "{\"type\":\"text\",\"text\":\"hi\",\"quickReply\":null}",
        "{\"type\":\"sticker\",\"packageId\":\"446\",\"stickerId\":\"1988\"}",
        BODY("{\"type\":\"text\",\"text\":\"7 / 10\",\"weight\":\"bold\",\"size\":\"18px\","
             "\"color\":\"#11223344\",\"wrap\":true,\"maxLines\":2,\"margin\":\"4px\"}"),
        BODY("{\"type\":\"box\",\"layout\":\"baseline\",\"contents\":[{\"type\":\"icon\",\"url\":"
             "\"https://example.com/a.png\"},{\"type\":\"text\",\"contents\":[{\"type\":\"span\","
             "\"text\":\"x\"}]}],\"paddingAll\":\"5%\",\"background\":{\"type\":"
             "\"linearGradient\",\"angle\":\"90deg\",\"startColor\":\"#ffffff\",\"endColor\":"
             "\"#000000\"}}"),
        BUTTON("{\"type\":\"uri\",\"label\":\"Open\",\"uri\":\"https://liff.line.me/1-a?x=%E3\"}"),
        BUTTON("{\"type\":\"uri\",\"label\":\"Call\",\"uri\":\"tel:090\"}"),
        BUTTON("{\"type\":\"postback\",\"label\":\"P\",\"data\":\"a=b\",\"inputOption\":"
               "\"openKeyboard\",\"fillInText\":\"x\"}"),
        FLEX("{\"type\":\"carousel\",\"contents\":[{\"type\":\"bubble\",\"hero\":{\"type\":"
             "\"image\",\"url\":\"https://example.com/a.png\",\"size\":\"full\",\"aspectRatio\":"
             "\"20:13\",\"aspectMode\":\"cover\"}}]}"),
        TEMPLATE("{\"type\":\"confirm\",\"text\":\"?\",\"actions\":[" YES "," YES "]}"),
        TEMPLATE("{\"type\":\"buttons\",\"text\":\"?\",\"actions\":[" YES "]}"),
        TEMPLATE("{\"type\":\"carousel\",\"columns\":[{\"text\":\"a\",\"actions\":[" YES "]},"
                 "{\"text\":\"b\",\"actions\":[" YES "]}]}"),
    };

    (void)state;
    for (size_t i = 0; i < COUNT(good); i++) {
        CHECK_ROW(i);
        CHECK_INT(validate(good[i]), 200);
        CHECK_TEXT(p.text, "{}");
    }
}

static void
bad_messages_are_refused_at_their_place(void **state)
{
    static const struct {
        const char *message, *property, *reason; /* reason: a part of it */
    } row[] = {
        {"", "messages", "Size must be between 1 and 5"},
        {"{}", "messages[0].type", "Must be one of the following values"},
        {"{\"type\":\"telegram\"}", "messages[0].type", "Must be one of"},
        {"{\"type\":\"text\"}", "messages[0].text", "May not be empty"},
        {"{\"type\":\"text\",\"text\":\"\"}", "messages[0].text", "May not be empty"},
        {"{\"type\":\"text\",\"text\":\"a\",\"colour\":1}", "messages[0].colour", "unknown field"},
        {"{\"type\":\"text\",\"text\":1}", "messages[0].text", "invalid property"},
        {"{\"type\":\"text\",\"text\":\"a\"},{\"type\":\"sticker\",\"packageId\":\"1\"}",
         "messages[1].stickerId", "May not be empty"},
        {"{\"type\":\"text\",\"text\":\"a\",\"sender\":{\"name\":\"Line shop\"}}",
         "messages[0].sender.name", "invalid property"},
        {"{\"type\":\"text\",\"text\":\"a\",\"quickReply\":{\"items\":[{\"type\":\"action\","
         "\"action\":{\"type\":\"message\",\"text\":\"x\"}}]}}",
         "messages[0].quickReply.items[0].action.label", "May not be empty"},
        {"{\"type\":\"image\",\"originalContentUrl\":\"http://a/\",\"previewImageUrl\":"
         "\"https://a/\"}",
         "messages[0].originalContentUrl", "invalid uri scheme"},
        {FLEX("{\"type\":\"bubble\"}"), "/", "At least one block must be specified"},
        {FLEX("{\"type\":\"box\"}"), "/type", "Must be one of"},
        {FLEX("{\"type\":\"carousel\",\"contents\":[]}"), "/contents", "Size must be"},
        {FLEX("{\"type\":\"carousel\",\"contents\":[{\"type\":\"bubble\",\"size\":\"kilo\","
              "\"body\":{\"type\":\"box\",\"layout\":\"vertical\",\"contents\":[]}},{\"type\":"
              "\"bubble\",\"body\":{\"type\":\"box\",\"layout\":\"vertical\",\"contents\":[]}}]}"),
         "/contents", "same size"},
        {FLEX("{\"type\":\"bubble\",\"body\":{\"type\":\"text\",\"text\":\"a\"}}"), "/body/type",
         "Must be one of"},
        {BODY("{\"type\":\"text\",\"text\":\"\"}"), "/body/contents/0/text",
         "must be non-empty text"},
        {BODY("{\"type\":\"text\"}"), "/body/contents/0/text", "must be specified"},
        {BODY("{\"type\":\"text\",\"text\":\"a\",\"colour\":\"#fff\"}"), "/body/contents/0/colour",
         "unknown field"},
        {BODY("{\"type\":\"text\",\"text\":\"a\",\"color\":\"red\"}"), "/body/contents/0/color",
         "invalid property"},
        {BODY("{\"type\":\"text\",\"text\":\"a\",\"size\":\"huge\"}"), "/body/contents/0/size",
         "invalid property"},
        {BODY("{\"type\":\"icon\",\"url\":\"https://a/\"}"), "/body/contents/0",
         "invalid property"},
        {BODY("{\"type\":\"button\"}"), "/body/contents/0/action", "must be specified"},
        {BUTTON("{\"type\":\"uri\",\"uri\":\"https://a/\"}"), "/body/contents/0/action/label",
         "must be specified"},
        {BUTTON("{\"type\":\"uri\",\"label\":\"a\",\"uri\":\"ftp://a/\"}"),
         "/body/contents/0/action/uri", "invalid uri scheme"},
        {BUTTON("{\"type\":\"uri\",\"label\":\"a\",\"uri\":\"https://a/ b\"}"),
         "/body/contents/0/action/uri", "invalid uri"},
        {BUTTON("{\"type\":\"uri\",\"label\":\"a\",\"uri\":\"https://a/\u4f1a\"}"),
         "/body/contents/0/action/uri", "invalid uri"},
        {BUTTON("{\"type\":\"camera\",\"label\":\"a\"}"), "/body/contents/0/action/type",
         "invalid property"},
        {BUTTON("{\"type\":\"postback\",\"label\":\"12345678901234567890123456789012345678901\","
                "\"data\":\"a\"}"),
         "/body/contents/0/action/label", "must not be longer than 40"},
        {TEMPLATE("{\"type\":\"confirm\",\"text\":\"?\",\"actions\":[" YES "]}"), "/actions",
         "Size must be"},
        {TEMPLATE("{\"type\":\"carousel\",\"columns\":[{\"text\":\"a\",\"actions\":[" YES "]},"
                  "{\"text\":\"b\",\"actions\":[" YES "," YES "]}]}"),
         "/columns", "must be the same"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        CHECK_ROW(i);
        CHECK_INT(validate(row[i].message), 400);
        CHECK_TEXT(sim_peer_text(&p, "/details/0/property"), row[i].property);
        CHECK_THAT(strstr(sim_peer_text(&p, "/details/0/message"), row[i].reason) != NULL);
    }
}

static void
every_finding_of_the_outer_check_is_counted(void **state)
{
    (void)state;
    CHECK_INT(validate("{\"type\":\"text\",\"text\":\"\",\"x\":1},{\"type\":\"y\"}"), 400);
    CHECK_TEXT(sim_peer_text(&p, "/message"), "The request body has 3 error(s)");
    CHECK_INT(validate("{\"type\":\"text\",\"text\":\"a\"}," FLEX("{\"type\":\"bubble\"}")), 400);
    CHECK_TEXT(sim_peer_text(&p, "/message"),
               "A message (messages[1]) in the request body is invalid");
}

/* `unit` n times, between what a text message needs. */
static int
validate_text(const char *unit, size_t n)
{
    char *message = calloc(1, n * strlen(unit) + 64);
    char *at = message;
    int status;

    at = stpcpy(at, "{\"type\":\"text\",\"text\":\"");
    for (size_t i = 0; i < n; i++)
        at = stpcpy(at, unit);
    stpcpy(at, "\"}");
    status = validate(message);
    free(message);
    return status;
}

static void
length_is_counted_in_utf16_units(void **state)
{
    static const struct {
        const char *unit;
        size_t n;
        int status;
    } row[] = {
        {"a", 5000, 200},      {"a", 5001, 400},          {"\u4f1a", 5000, 200},
        {"\u4f1a", 5001, 400}, {"\U0001F600", 2500, 200}, {"\U0001F600", 2501, 400},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        CHECK_ROW(i);
        CHECK_INT(validate_text(row[i].unit, row[i].n), row[i].status);
    }
    CHECK_TEXT(sim_peer_text(&p, "/details/0/message"), "Length must be between 1 and 5000");
}

static void
label_is_counted_as_people_count(void **state)
{
#define FAMILY                                                                                     \
    "\U0001F468\u200D\U0001F469\u200D\U0001F467" /* one person's eye, eight UTF-16 units */
    char message[4096];

    (void)state;
    snprintf(message, sizeof(message), "%s",
             BUTTON("{\"type\":\"message\",\"text\":\"x\",\"label\":\"" FAMILY FAMILY FAMILY FAMILY
                        FAMILY FAMILY FAMILY FAMILY "\"}"));
    CHECK_INT(validate(message), 200);
}

static void
containers_have_a_size_in_bytes(void **state)
{
    char *message = malloc(60000);
    char *at = stpcpy(message, "{\"type\":\"flex\",\"altText\":\"a\",\"contents\":{\"type\":"
                               "\"bubble\",\"body\":{\"type\":\"box\",\"layout\":\"vertical\","
                               "\"contents\":[");

    (void)state;
    for (int i = 0; i < 400; i++)
        at = stpcpy(at, "{\"type\":\"text\",\"text\":\"0123456789012345678901234567890123456789"
                        "\",\"wrap\":true},");
    stpcpy(at, "{\"type\":\"separator\"}]}}}");
    CHECK_THAT(strlen(message) > 30 * 1024);
    CHECK_INT(validate(message), 400);
    CHECK_THAT(strstr(p.text, "exceeds the limit") != NULL);
    free(message);
}

static void
six_messages_are_one_too_many(void **state)
{
#define HI "{\"type\":\"text\",\"text\":\"hi\"}"
    (void)state;
    CHECK_INT(validate(HI "," HI "," HI "," HI "," HI), 200);
    CHECK_INT(validate(HI "," HI "," HI "," HI "," HI "," HI), 400);
    CHECK_INT(sim_peer_json(&p, "/v2/bot/message/validate/smoke", p.token, "{}"), 404);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(good_messages_pass),
        TEST(bad_messages_are_refused_at_their_place),
        TEST(every_finding_of_the_outer_check_is_counted),
        TEST(length_is_counted_in_utf16_units),
        TEST(label_is_counted_as_people_count),
        TEST(containers_have_a_size_in_bytes),
        TEST(six_messages_are_one_too_many),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
