/*
 * Events of every type, and bodies that are spoilt before they are signed.
 */
#include "base/codec.h"
#include "base/digest.h"
#include "sim/demo_values.h"
#include "sim/sim_event_kind.h"
#include "tests/support/check.h"
#include "tests/support/sim_peer.h"

#include <stdio.h>
#include <string.h>

#define NOBODY_LISTENS                                                                             \
    "http://127.0.0.1:1/hook" /* what is sent is read from the simulator's list */

static struct sim_peer p;

static int
start(void **state)
{
    (void)state;
    sim_peer_start(&p, &(struct sim_options){.webhook = NOBODY_LISTENS});
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
order(const char *events, const char *more)
{
    char body[1024];

    snprintf(body, sizeof(body), "{\"events\":[%s]%s}", events, more);
    return sim_peer_json(&p, "/sim/webhook", NULL, body);
}

/* In the one event of the last delivery. */
static const char *
of_event(const char *place)
{
    char path[128];

    snprintf(path, sizeof(path), "/deliveries/0/events/0/%s", place);
    return sim_peer_text(&p, path);
}

static void
each_type_has_its_contents_and_its_reply_token(void **state)
{
    static const struct {
        const char *facts, *type, *place, *value;
        bool can_reply;
    } row[] = {
        {"\"text\",\"text\":\"hi\"", "message", "message/text", "hi", true},
        {"\"sticker\"", "message", "message/stickerId", "1988", true},
        {"\"image\"", "message", "message/contentProvider/type", "line", true},
        {"\"video\"", "message", "message/type", "video", true},
        {"\"audio\"", "message", "message/type", "audio", true},
        {"\"file\"", "message", "message/fileName", "list.pdf", true},
        {"\"location\"", "message", "message/type", "location", true},
        {"\"unsend\",\"messageId\":\"7\"", "unsend", "unsend/messageId", "7", false},
        {"\"follow\"", "follow", "source/type", "user", true},
        {"\"unfollow\"", "unfollow", "source/type", "user", false},
        {"\"join\"", "join", "source/groupId", SIM_GROUP_ID, true},
        {"\"leave\"", "leave", "source/type", "group", false},
        {"\"memberJoined\",\"room\":\"R1\"", "memberJoined", "source/roomId", "R1", true},
        {"\"memberLeft\"", "memberLeft", "left/members/0/type", "user", false},
        {"\"messageEdited\",\"group\":\"C1\",\"text\":\"b\"", "messageEdited", "source/groupId",
         "C1", true},
        {"\"postback\",\"data\":\"a=b\"", "postback", "postback/data", "a=b", true},
        {"\"videoPlayComplete\"", "videoPlayComplete", "videoPlayComplete/trackingId", "track-1",
         true},
        {"\"beacon\",\"hwid\":\"0123456789\",\"how\":\"stay\",\"dm\":\"ff\"", "beacon",
         "beacon/hwid", "0123456789", true},
        {"\"accountLink\",\"nonce\":\"n\"", "accountLink", "link/nonce", "n", true},
        {"\"accountLink\",\"result\":\"failed\"", "accountLink", "source/type", "", false},
        {"\"membership\",\"how\":\"left\"", "membership", "membership/type", "left", true},
        {"\"delivery\"", "delivery", "source/type", "", false},
        {"\"botSuspended\"", "botSuspended", "mode", "active", false},
        {"\"module\"", "module", "module/type", "attached", false},
        {"\"unknown\"", "somethingNew", "mode", "active", false},
        {"\"text\",\"with\":{\"message\":{\"quotedMessageId\":\"9\"}}", "message",
         "message/quotedMessageId", "9", true},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        char facts[256];

        CHECK_ROW(i);
        snprintf(facts, sizeof(facts), "{\"person\":2,\"type\":%s}", row[i].facts);
        CHECK_INT(order(facts, ",\"wait\":true"), 200);
        CHECK_TEXT(of_event("type"), row[i].type);
        CHECK_TEXT(of_event(row[i].place), row[i].value);
        CHECK_INT(of_event("replyToken")[0] != '\0', row[i].can_reply);
        CHECK_INT(strlen(of_event("webhookEventId")), 26);
        CHECK_INT(order(facts, ",\"wait\":true,\"mode\":\"standby\""), 200);
        CHECK_TEXT(of_event("replyToken"), ""); /* somebody else has the talk */
    }
}

static void
what_is_said_in_a_group_is_not_in_the_talk(void **state)
{
    int64_t before, after;

    (void)state;
    CHECK_INT(sim_peer_get(&p, "/sim/talk?person=5", NULL), 200);
    before = (int64_t)json_array_size(json_object_get(p.json, "entries"));
    CHECK_INT(order("{\"type\":\"text\",\"person\":5,\"text\":\"a\",\"group\":\"C1\"}", ""), 200);
    CHECK_INT(order("{\"type\":\"text\",\"person\":5,\"text\":\"b\"}", ""), 200);
    CHECK_INT(sim_peer_get(&p, "/sim/talk?person=5", NULL), 200);
    after = (int64_t)json_array_size(json_object_get(p.json, "entries"));
    CHECK_INT(after, before + 1);
}

static void
spoilt_bodies_are_signed_as_they_are(void **state)
{
    static const struct {
        const char *damage;
        bool is_json, is_text;
        size_t least;
    } row[] = {
        {"none", true, true, 100},
        {"truncated", false, true, 60},
        {"nested", false, true, 200000}, /* deeper than jansson goes */
        {"not_utf8", false, false, 0},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        const json_t *delivery;
        struct str body;
        uint8_t digest[SHA256_SIZE];
        char more[64], text[BASE64_SIZE(SHA256_SIZE)];
        json_t *parsed;

        CHECK_ROW(i);
        snprintf(more, sizeof(more), ",\"damage\":\"%s\"", row[i].damage);
        CHECK_INT(order("{\"type\":\"follow\",\"person\":1}", more), 200);
        json_decref(p.json);
        p.json = sim_deliveries(p.sim);
        delivery = json_array_get(p.json, json_array_size(p.json) - 1);
        CHECK_INT(json_is_string(json_object_get(delivery, "body")), row[i].is_text);
        if (!row[i].is_text)
            continue;
        body = str_of(json_string_value(json_object_get(delivery, "body")));
        CHECK_THAT(body.n >= row[i].least);
        hmac_sha256(SIM_MESSAGING_CHANNEL_SECRET, strlen(SIM_MESSAGING_CHANNEL_SECRET), &body, 1,
                    digest);
        base64_encode(digest, sizeof(digest), text);
        CHECK_TEXT(json_string_value(json_object_get(delivery, "signature")), text);
        parsed = json_loadb(body.at, body.n, 0, NULL);
        CHECK_INT(parsed != NULL, row[i].is_json);
        json_decref(parsed);
    }
    CHECK_INT(order("", ",\"damage\":\"odd\""), 400);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_type_has_its_contents_and_its_reply_token),
        TEST(what_is_said_in_a_group_is_not_in_the_talk),
        TEST(spoilt_bodies_are_signed_as_they_are),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
