/* Webhooks: signed or not read at all; strict about the envelope, patient with the rest. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/codec.h"
#include "base/digest.h"
#include "line/webhook.h"

/* From LINE's documentation. */
#define LINE_BODY "{\"destination\":\"U8e742f61d673b39c7fff3cecb7536ef0\",\"events\":[]}"
#define LINE_SECRET "8c570fa6dd201bb328f1c1eac23a96d8"
#define LINE_SIGNATURE "GhRKmvmHys4Pi8DxkF4+EayaH0OqtJtaZxgTD9fMDLs="

/* From our LINE fact sheet: escapes stand in the bytes as LINE sends them. */
#define SECRET "0123456789abcdef0123456789abcdef"
#define BODY                                                                                       \
    "{\"destination\":\"U00000000000000000000000000000002\",\"events\":[{\"type\":\"message\","    \
    "\"message\":{\"type\":\"text\",\"id\":\"1\",\"quoteToken\":\"q\","                            \
    "\"text\":\"hi \\ud83d\\ude00\\n\"},\"timestamp\":1767225600000,\"mode\":\"active\","          \
    "\"webhookEventId\":\"01JGFJJZ0000000000000000AA\","                                           \
    "\"deliveryContext\":{\"isRedelivery\":false},\"source\":{\"type\":\"user\","                  \
    "\"userId\":\"U00000000000000000000000000000001\"},\"replyToken\":\"r\"}]}"
#define SIGNATURE "Rc5AH+BuarWjU9BXPeeHs8P8j3axvrBns7G4cDEGZ2Q="

#define USER "U00000000000000000000000000000001"
#define ID "\"webhookEventId\":\"01JGFJJZ0000000000000000AA\","
#define TIME "\"timestamp\":1767225600000,"
#define ACTIVE "\"mode\":\"active\","
#define ENVELOPE ID TIME ACTIVE
#define SOURCE "\"source\":{\"type\":\"user\",\"userId\":\"" USER "\"},"
#define REPLY "\"replyToken\":\"r\","

static struct arena *arena;

static int
set_up(void **state)
{
    (void)state;
    arena = arena_new(16 * MIB);
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static void
signatures_cover_the_bytes_as_they_came(void **state)
{
    static const struct str line[] = {{LINE_SECRET, 32}};
    static const struct str ours[] = {{SECRET, 32}};
    char changed[sizeof(BODY)];

    (void)state;
    assert_int_equal(sizeof(BODY) - 1, 376);
    assert_true(webhook_signed(STR(LINE_BODY), STR(LINE_SIGNATURE), line, 1));
    assert_true(webhook_signed(STR(BODY), STR(SIGNATURE), ours, 1));
    assert_false(webhook_signed(STR(LINE_BODY "\n"), STR(LINE_SIGNATURE), line, 1));
    assert_false(webhook_signed(STR(LINE_BODY), STR(LINE_SIGNATURE), ours, 1));
    for (size_t i = 0; i < sizeof(BODY) - 1; i++) {
        memcpy(changed, BODY, sizeof(BODY));
        changed[i] ^= 1;
        assert_false(
            webhook_signed((struct str){changed, sizeof(BODY) - 1}, STR(SIGNATURE), ours, 1));
    }
}

static void
two_secrets_are_in_force_during_a_change(void **state)
{
    static const struct str both[] = {{LINE_SECRET, 32}, {SECRET, 32}};
    static const struct str empty[] = {{"", 0}, {NULL, 0}};
    const struct str body = STR(LINE_BODY);
    uint8_t mac[SHA256_SIZE];
    char forged[BASE64_SIZE(SHA256_SIZE)];

    (void)state;
    assert_true(webhook_signed(body, STR(LINE_SIGNATURE), both, 2));
    assert_true(webhook_signed(STR(BODY), STR(SIGNATURE), both, 2));
    assert_false(webhook_signed(STR(BODY), STR(SIGNATURE), both, 1));
    assert_false(webhook_signed(STR(BODY), STR(SIGNATURE), both, 0));
    /* A secret that was never set must not turn into the key "". */
    hmac_sha256("", 0, &body, 1, mac);
    base64_encode(mac, sizeof(mac), forged);
    assert_false(webhook_signed(body, str_of(forged), empty, 2));
}

static void
headers_that_are_no_signature_are_refused(void **state)
{
    static const struct str secret[] = {{SECRET, 32}};
    static const char *const row[] = {
        "",
        " ",
        "=",
        "Rc5AH+BuarWjU9BXPeeHs8P8j3axvrBns7G4cDEGZ2Q",   /* no padding */
        "Rc5AH+BuarWjU9BXPeeHs8P8j3axvrBns7G4cDEGZ2Q==", /* too much */
        "Rc5AH-BuarWjU9BXPeeHs8P8j3axvrBns7G4cDEGZ2Q=",  /* base64url */
        "Rc5AH+BuarWjU9BXPeeHs8P8j3axvrBns7G4cDEGZ2R=",  /* bits left over */
        " Rc5AH+BuarWjU9BXPeeHs8P8j3axvrBns7G4cDEGZ2Q=",
        "Rc5AH+BuarWjU9BXPeeHs8P8j3axvrBns7G4cDEGZ2Q=\n",
        "Rc5AH+BuarWjU9BXPeeHs8P8j3axvrBns7G4cDEGZA==",                    /* 31 bytes */
        "Rc5AH+BuarWjU9BXPeeHs8P8j3axvrBns7G4cDEGZ2QA",                    /* 33 bytes */
        "45ce401fe06e6ab5a353d0573de787b3c3fc8f76b1beb067b3b1b8703106676", /* hexadecimal */
        "sha256=Rc5AH+BuarWjU9BXPeeHs8P8j3axvrBns7G4cDEGZ2Q=",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++)
        assert_false(webhook_signed(STR(BODY), str_of(row[i]), secret, 1));
    assert_false(webhook_signed(STR(BODY), (struct str){NULL, 0}, secret, 1));
}

static void
the_vector_is_read(void **state)
{
    struct webhook_event *events, again;
    struct str destination;
    struct err e;
    size_t n;

    (void)state;
    assert_int_equal(webhook_parse(STR(BODY), arena, &destination, &events, &n, &e), OK);
    assert_true(str_eq(destination, STR("U00000000000000000000000000000002")));
    assert_int_equal(n, 1);
    assert_int_equal(events[0].kind, WEBHOOK_MESSAGE_TEXT);
    assert_true(str_eq(events[0].text, STR("hi 😀\n")));
    assert_true(str_eq(events[0].event_id, STR("01JGFJJZ0000000000000000AA")));
    assert_true(str_eq(events[0].reply_token, STR("r")));
    assert_string_equal(events[0].user_id, USER);
    assert_int_equal(events[0].at_ms, INT64_C(1767225600000));
    assert_true(events[0].is_active_mode);
    assert_false(events[0].is_redelivery);

    /* What was kept reads back the same, and as the same text. */
    assert_int_equal(webhook_event_parse(events[0].json, arena, &again, &e), OK);
    assert_int_equal(again.kind, WEBHOOK_MESSAGE_TEXT);
    assert_true(str_eq(again.text, events[0].text));
    assert_true(str_eq(again.event_id, events[0].event_id));
    assert_true(str_eq(again.json, events[0].json));
    assert_string_equal(again.user_id, USER);
    assert_int_equal(again.at_ms, events[0].at_ms);
}

static void
no_events_is_the_connection_check(void **state)
{
    struct webhook_event *events;
    struct str destination;
    struct err e;
    size_t n = 9;

    (void)state;
    assert_int_equal(webhook_parse(STR(LINE_BODY), arena, &destination, &events, &n, &e), OK);
    assert_int_equal(n, 0);
    assert_true(str_eq(destination, STR("U8e742f61d673b39c7fff3cecb7536ef0")));
}

static void
events_are_told_apart(void **state)
{
    static const struct {
        const char *event;
        enum webhook_kind kind;
        const char *text, *user_id, *reply_token;
        bool is_active_mode, is_redelivery, is_unblocked;
    } row[] = {
        {"{" ENVELOPE SOURCE REPLY "\"type\":\"follow\",\"follow\":{\"isUnblocked\":true}}",
         WEBHOOK_FOLLOW, "", USER, "r", true, false, true},
        {"{" ENVELOPE SOURCE REPLY "\"type\":\"follow\",\"follow\":{\"isUnblocked\":false}}",
         WEBHOOK_FOLLOW, "", USER, "r", true, false, false},
        {"{" ENVELOPE SOURCE REPLY "\"type\":\"follow\"}", WEBHOOK_FOLLOW, "", USER, "r", true,
         false, false},
        {"{" ENVELOPE SOURCE "\"type\":\"unfollow\"}", WEBHOOK_UNFOLLOW, "", USER, "", true, false,
         false},
        {"{" ENVELOPE SOURCE "\"type\":\"unfollow\",\"follow\":{\"isUnblocked\":true}}",
         WEBHOOK_UNFOLLOW, "", USER, "", true, false, false},
        {"{" ENVELOPE SOURCE REPLY
         "\"type\":\"postback\",\"postback\":{\"data\":\"a=1&b=2\",\"params\":{}}}",
         WEBHOOK_POSTBACK, "a=1&b=2", USER, "r", true, false, false},
        {"{" ENVELOPE SOURCE REPLY "\"type\":\"postback\"}", WEBHOOK_OTHER, "", USER, "r", true,
         false, false},
        {"{" ENVELOPE SOURCE REPLY "\"type\":\"message\",\"message\":{\"type\":\"image\"}}",
         WEBHOOK_MESSAGE_IMAGE, "", USER, "r", true, false, false},
        {"{" ENVELOPE SOURCE REPLY "\"type\":\"message\"}", WEBHOOK_OTHER, "", USER, "r", true,
         false, false},
        {"{" ENVELOPE SOURCE REPLY "\"type\":\"aWholeNewThing\",\"x\":[{\"y\":1.5}]}",
         WEBHOOK_OTHER, "", USER, "r", true, false, false},
        /* standby: another system has the chat; a reply token would not be ours to use */
        {"{" ID TIME SOURCE REPLY "\"mode\":\"standby\",\"type\":\"message\","
         "\"message\":{\"type\":\"text\",\"text\":\"points\"}}",
         WEBHOOK_MESSAGE_TEXT, "points", USER, "", false, false, false},
        {"{" ID TIME SOURCE "\"mode\":\"brandNew\",\"type\":\"follow\"}", WEBHOOK_FOLLOW, "", USER,
         "", false, false, false},
        {"{" ENVELOPE SOURCE REPLY "\"deliveryContext\":{\"isRedelivery\":true},"
         "\"type\":\"follow\"}",
         WEBHOOK_FOLLOW, "", USER, "r", true, true, false},
        {"{" ENVELOPE SOURCE "\"deliveryContext\":null,\"type\":\"follow\"}", WEBHOOK_FOLLOW, "",
         USER, "", true, false, false},
        /* no user: failed accountLink, delivery, no consent; or a place that is not one to one */
        {"{" ENVELOPE "\"type\":\"accountLink\",\"link\":{\"result\":\"failed\"}}", WEBHOOK_OTHER,
         "", "", "", true, false, false},
        {"{" ENVELOPE "\"source\":{\"type\":\"user\"},\"type\":\"follow\"}", WEBHOOK_FOLLOW, "", "",
         "", true, false, false},
        {"{" ENVELOPE "\"source\":{\"type\":\"group\",\"groupId\":\"C1\",\"userId\":\"" USER
         "\"}," REPLY "\"type\":\"message\",\"message\":{\"type\":\"text\",\"text\":\"point\"}}",
         WEBHOOK_MESSAGE_TEXT, "point", "", "r", true, false, false},
        {"{" ENVELOPE "\"source\":{\"type\":\"user\",\"userId\":\"@shop\"},\"type\":\"follow\"}",
         WEBHOOK_FOLLOW, "", "", "", true, false, false},
        {"{" ENVELOPE "\"source\":[],\"type\":\"follow\"}", WEBHOOK_FOLLOW, "", "", "", true, false,
         false},
    };
    struct webhook_event event;
    struct err e;

    (void)state;
    for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
        assert_int_equal(webhook_event_parse(str_of(row[i].event), arena, &event, &e), OK);
        assert_int_equal(event.kind, row[i].kind);
        assert_true(str_eq(event.text, str_of(row[i].text)));
        assert_string_equal(event.user_id, row[i].user_id);
        assert_true(str_eq(event.reply_token, str_of(row[i].reply_token)));
        assert_int_equal(event.is_active_mode, row[i].is_active_mode);
        assert_int_equal(event.is_redelivery, row[i].is_redelivery);
        assert_int_equal(event.is_unblocked, row[i].is_unblocked);
    }
}

/* One event of `type` with this member beside the envelope. */
static struct webhook_event
event_of(const char *type, const char *content)
{
    struct webhook_event event;
    struct err e;
    const char *text = arena_format(arena, "{" ENVELOPE SOURCE REPLY "\"type\":\"%s\"%s%s}", type,
                                    content[0] ? "," : "", content);

    assert_int_equal(webhook_event_parse(str_of(text), arena, &event, &e), OK);
    return event;
}

static void
every_type_of_line_has_a_kind(void **state)
{
    static const struct {
        const char *type, *content;
        enum webhook_kind kind;
        const char *name;
    } row[] = {
        {"message", "\"message\":{\"type\":\"text\",\"text\":\"a\"}", WEBHOOK_MESSAGE_TEXT,
         "message.text"},
        {"message", "\"message\":{\"type\":\"sticker\",\"packageId\":\"1\",\"stickerId\":\"2\"}",
         WEBHOOK_MESSAGE_STICKER, "message.sticker"},
        {"message", "\"message\":{\"type\":\"image\"}", WEBHOOK_MESSAGE_IMAGE, "message.image"},
        {"message", "\"message\":{\"type\":\"video\"}", WEBHOOK_MESSAGE_VIDEO, "message.video"},
        {"message", "\"message\":{\"type\":\"audio\"}", WEBHOOK_MESSAGE_AUDIO, "message.audio"},
        {"message", "\"message\":{\"type\":\"file\"}", WEBHOOK_MESSAGE_FILE, "message.file"},
        {"message", "\"message\":{\"type\":\"location\",\"latitude\":35,\"longitude\":139.7}",
         WEBHOOK_MESSAGE_LOCATION, "message.location"},
        {"messageEdited", "", WEBHOOK_MESSAGE_EDITED, "message.edited"},
        {"unsend", "\"unsend\":{\"messageId\":\"325708\"}", WEBHOOK_UNSEND, "unsend"},
        {"follow", "", WEBHOOK_FOLLOW, "follow"},
        {"unfollow", "", WEBHOOK_UNFOLLOW, "unfollow"},
        {"join", "", WEBHOOK_JOIN, "join"},
        {"leave", "", WEBHOOK_LEAVE, "leave"},
        {"memberJoined", "", WEBHOOK_MEMBER_JOINED, "member_joined"},
        {"memberLeft", "", WEBHOOK_MEMBER_LEFT, "member_left"},
        {"postback", "\"postback\":{\"data\":\"\"}", WEBHOOK_POSTBACK, "postback"},
        {"beacon", "\"beacon\":{\"hwid\":\"d41d8cd98f\",\"type\":\"enter\"}", WEBHOOK_BEACON,
         "beacon"},
        {"accountLink", "\"link\":{\"result\":\"ok\",\"nonce\":\"0123456789\"}",
         WEBHOOK_ACCOUNT_LINK, "account_link"},
        {"videoPlayComplete", "", WEBHOOK_VIDEO_PLAY_COMPLETE, "video_play_complete"},
        {"membership", "", WEBHOOK_MEMBERSHIP, "membership"},
        {"delivery", "", WEBHOOK_DELIVERY, "delivery"},
        {"module", "", WEBHOOK_MODULE, "module"},
        {"activated", "", WEBHOOK_ACTIVATED, "activated"},
        {"deactivated", "", WEBHOOK_DEACTIVATED, "deactivated"},
        {"botSuspended", "", WEBHOOK_BOT_SUSPENDED, "bot_suspended"},
        {"botResumed", "", WEBHOOK_BOT_RESUMED, "bot_resumed"},
        {"Follow", "", WEBHOOK_OTHER, "other"},
        {"message.sticker", "", WEBHOOK_OTHER, "other"},
        {" ", "", WEBHOOK_OTHER, "other"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
        assert_int_equal(event_of(row[i].type, row[i].content).kind, row[i].kind);
        assert_string_equal(webhook_kind_name(row[i].kind), row[i].name);
    }
}

static void
what_a_type_carries_is_read(void **state)
{
    struct webhook_event event;

    (void)state;
    event = event_of("message", "\"message\":{\"type\":\"sticker\",\"id\":\"1501597916\","
                                "\"packageId\":\"446\",\"stickerId\":\"1988\",\"keywords\":"
                                "[\"cony\",7,\"hello\"],\"stickerResourceType\":\"STATIC\"}");
    assert_true(str_eq(event.message_id, STR("1501597916")));
    assert_true(str_eq(event.sticker.package_id, STR("446")));
    assert_true(str_eq(event.sticker.id, STR("1988")));
    assert_int_equal(event.sticker.keywords_n, 2);
    assert_true(str_eq(event.sticker.keywords[1], STR("hello")));

    event = event_of("message", "\"message\":{\"type\":\"location\",\"id\":\"7\",\"title\":"
                                "\"here\",\"address\":null,\"latitude\":-90,"
                                "\"longitude\":139.70372892916203}");
    assert_true(str_eq(event.place.title, STR("here")));
    assert_int_equal(event.place.address.n, 0);
    assert_true(event.place.latitude == -90 && event.place.longitude > 139.703 &&
                event.place.longitude < 139.704);

    event = event_of("postback", "\"postback\":{\"data\":\"a=1\",\"params\":{\"datetime\":"
                                 "\"2026-12-25T01:00\"}}");
    assert_true(str_eq(event.postback.picked, STR("2026-12-25T01:00")));
    assert_false(event.postback.menu_is_switched);
    event = event_of("postback", "\"postback\":{\"data\":\"menu=member&area=1\",\"params\":"
                                 "{\"newRichMenuAliasId\":\"member-b\",\"status\":\"SUCCESS\"}}");
    assert_true(str_eq(event.postback.menu_alias, STR("member-b")));
    assert_true(event.postback.menu_is_switched);
    event =
        event_of("postback", "\"postback\":{\"data\":\"x\",\"params\":"
                             "{\"newRichMenuAliasId\":\"gone\",\"status\":\"RICHMENU_NOTFOUND\"}}");
    assert_false(event.postback.menu_is_switched);

    event = event_of("beacon", "\"beacon\":{\"hwid\":\"D41D8CD98F\",\"type\":\"stay\","
                               "\"dm\":\"00ff\"}");
    assert_string_equal(event.beacon.hwid, "d41d8cd98f");
    assert_int_equal(event.beacon.type, WEBHOOK_BEACON_STAY);
    assert_true(str_eq(event.beacon.device_message, STR("00ff")));

    event = event_of("unsend", "\"unsend\":{\"messageId\":\"325708\"}");
    assert_true(str_eq(event.message_id, STR("325708")));
    event = event_of("accountLink", "\"link\":{\"result\":\"failed\",\"nonce\":\"AbC+/=-_09\"}");
    assert_true(str_eq(event.nonce, STR("AbC+/=-_09")));
    assert_false(event.link_is_ok);
    assert_true(event_of("accountLink", "\"link\":{\"result\":\"ok\",\"nonce\":\"0123456789\"}")
                    .link_is_ok);
}

/* LINE may change what it likes; what we cannot read as we know it, we do not act on. */
static void
content_of_another_shape_is_not_acted_on(void **state)
{
    static const struct {
        const char *type, *content;
    } row[] = {
        {"message", "\"message\":[]"},
        {"message", "\"message\":{\"type\":7}"},
        {"message", "\"message\":{\"type\":\"hologram\"}"},
        {"message", "\"message\":{\"type\":\"text\"}"},
        {"message", "\"message\":{\"type\":\"text\",\"text\":null}"},
        {"message", "\"message\":{\"type\":\"text\",\"text\":[\"a\"]}"},
        {"message", "\"message\":{\"type\":\"sticker\",\"stickerId\":\"2\"}"},
        {"message", "\"message\":{\"type\":\"sticker\",\"packageId\":1,\"stickerId\":\"2\"}"},
        {"message", "\"message\":{\"type\":\"sticker\",\"packageId\":\"\",\"stickerId\":\"2\"}"},
        {"message", "\"message\":{\"type\":\"sticker\",\"packageId\":\"1\",\"stickerId\":\"-2\"}"},
        {"message", "\"message\":{\"type\":\"sticker\",\"packageId\":\"1\","
                    "\"stickerId\":\"123456789012345678901\"}"},
        {"message", "\"message\":{\"type\":\"location\"}"},
        {"message", "\"message\":{\"type\":\"location\",\"latitude\":\"35\",\"longitude\":139}"},
        {"message", "\"message\":{\"type\":\"location\",\"latitude\":90.1,\"longitude\":139}"},
        {"message", "\"message\":{\"type\":\"location\",\"latitude\":35,\"longitude\":-180.5}"},
        {"unsend", ""},
        {"unsend", "\"unsend\":{\"messageId\":325708}"},
        {"unsend", "\"unsend\":{\"messageId\":\"\"}"},
        {"unsend", "\"unsend\":{\"messageId\":\"a b\"}"},
        {"postback", "\"postback\":\"a=1\""},
        {"postback", "\"postback\":{\"data\":{\"a\":1}}"},
        {"beacon", "\"beacon\":{\"hwid\":\"d41d8cd98f\"}"},
        {"beacon", "\"beacon\":{\"hwid\":\"d41d8cd98f\",\"type\":\"leave\"}"},
        {"beacon", "\"beacon\":{\"hwid\":\"d41d8cd98\",\"type\":\"enter\"}"},
        {"beacon", "\"beacon\":{\"hwid\":\"d41d8cd98fa\",\"type\":\"enter\"}"},
        {"beacon", "\"beacon\":{\"hwid\":\"d41d8cd98g\",\"type\":\"enter\"}"},
        {"beacon", "\"beacon\":{\"hwid\":\"d41d8cd98\\u0000\",\"type\":\"enter\"}"},
        {"accountLink", "\"link\":{\"result\":\"ok\"}"},
        {"accountLink", "\"link\":{\"result\":\"ok\",\"nonce\":\"123456789\"}"},
        {"accountLink", "\"link\":{\"result\":\"ok\",\"nonce\":\"0123456789\\n\"}"},
        {"accountLink", "\"link\":{\"result\":true,\"nonce\":\"0123456789\"}"},
        {"accountLink", "\"link\":{\"result\":\"perhaps\",\"nonce\":\"0123456789\"}"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
        struct webhook_event event = event_of(row[i].type, row[i].content);

        if (event.kind != WEBHOOK_OTHER)
            fail_msg("row %zu is a %s", i, webhook_kind_name(event.kind));
        assert_int_equal(event.text.n + event.message_id.n + event.nonce.n + event.sticker.id.n, 0);
        assert_string_equal(event.beacon.hwid, "");
        assert_false(event.link_is_ok);
        assert_string_equal(event.user_id, USER); /* the envelope holds */
    }
    /* What may be left out may be anything else as well. */
    assert_int_equal(event_of("follow", "\"follow\":\"again\"").kind, WEBHOOK_FOLLOW);
    assert_int_equal(
        event_of("message", "\"message\":{\"type\":\"text\",\"text\":\"a\",\"id\":7}").message_id.n,
        0);
    assert_int_equal(event_of("message", "\"message\":{\"type\":\"sticker\",\"packageId\":\"1\","
                                         "\"stickerId\":\"2\",\"keywords\":{\"a\":\"b\"}}")
                         .sticker.keywords_n,
                     0);
    assert_int_equal(event_of("beacon", "\"beacon\":{\"hwid\":\"d41d8cd98f\",\"type\":\"enter\","
                                        "\"dm\":\"xyz\"}")
                         .beacon.device_message.n,
                     0);
}

/* {"destination":"U1","events":[{...,"x":[[[...]]]}]}, with so many levels in all. */
static struct str
deep(int levels, char open, char close)
{
    struct buf body = buf_new(arena, MIB);

    buf_text(&body, "{\"destination\":\"U1\",\"events\":[{" ENVELOPE "\"type\":\"a\",\"x\":");
    for (int i = 3; i < levels; i++)
        buf_format(&body, "%c%s", open, open == '{' ? "\"a\":" : "");
    buf_text(&body, "1");
    for (int i = 3; i < levels; i++)
        buf_char(&body, close);
    buf_text(&body, "}]}");
    return buf_str(&body);
}

static void
what_nests_too_deep_is_refused_unread(void **state)
{
    static const int levels[] = {17, 18, 2048, 100000};
    struct webhook_event *events;
    struct str destination;
    struct err e;
    size_t n;

    (void)state;
    assert_int_equal(webhook_parse(deep(16, '[', ']'), arena, &destination, &events, &n, &e), OK);
    assert_int_equal(webhook_parse(deep(16, '{', '}'), arena, &destination, &events, &n, &e), OK);
    for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
        assert_int_equal(
            webhook_parse(deep(levels[i], '[', ']'), arena, &destination, &events, &n, &e),
            ERR_INPUT);
        assert_string_equal(e.word, "webhook_deep");
        assert_int_equal(
            webhook_parse(deep(levels[i], '{', '}'), arena, &destination, &events, &n, &e),
            ERR_INPUT);
        assert_string_equal(e.word, "webhook_deep");
    }
    /* Brackets in what somebody typed are no levels. */
    assert_int_equal(event_of("message", "\"message\":{\"type\":\"text\",\"text\":"
                                         "\"[[[[[[[[[[[[[[[[[[[[\\\"{{{{{{{{{{{{{{{{{{{{\"}")
                         .text.n,
                     41);
}

/* Cut off anywhere, or with a byte that is no UTF-8 anywhere, it is not read. */
static void
what_is_cut_or_spoilt_is_refused(void **state)
{
    struct webhook_event *events;
    struct str destination;
    char spoilt[sizeof(BODY)];
    struct err e;
    size_t n;

    (void)state;
    for (size_t i = 0; i < sizeof(BODY) - 1; i++) {
        assert_int_equal(webhook_parse((struct str){BODY, i}, arena, &destination, &events, &n, &e),
                         ERR_INPUT);
        assert_string_equal(e.word, "webhook_malformed");
        memcpy(spoilt, BODY, sizeof(BODY));
        spoilt[i] = (char)0xff;
        assert_int_equal(webhook_parse((struct str){spoilt, sizeof(BODY) - 1}, arena, &destination,
                                       &events, &n, &e),
                         ERR_INPUT);
    }
}

static void
a_nul_in_what_somebody_typed_does_no_harm(void **state)
{
    static const char text[] = "{" ENVELOPE SOURCE "\"type\":\"message\","
                               "\"message\":{\"type\":\"text\",\"text\":\"a\\u0000b\"}}";
    struct webhook_event event, again;
    struct err e;

    (void)state;
    assert_int_equal(webhook_event_parse(str_of(text), arena, &event, &e), OK);
    assert_int_equal(event.text.n, 3);
    assert_memory_equal(event.text.at, "a\0b", 3);
    assert_int_equal(webhook_event_parse(event.json, arena, &again, &e), OK);
    assert_true(str_eq(again.text, event.text));
}

static void
envelopes_that_are_none_are_refused(void **state)
{
    static const char *const row[] = {
        "",
        "null",
        "[]",
        "{}",
        "{\"destination\":\"U1\"}",
        "{\"events\":[]}",
        "{\"destination\":\"\",\"events\":[]}",
        "{\"destination\":1,\"events\":[]}",
        "{\"destination\":\"U1\",\"events\":{}}",
        "{\"destination\":\"U1\",\"events\":null}",
        "{\"destination\":\"U1\",\"events\":[]} ]",
        "{\"destination\":\"U1\",\"destination\":\"U2\",\"events\":[]}",
        "{\"destination\":\"U1\",\"events\":[1]}",
        "{\"destination\":\"U1\",\"events\":[{}]}",
        "{\"destination\":\"U1\",\"events\":[{" ENVELOPE "\"x\":1}]}", /* no type */
        "{\"destination\":\"U1\",\"events\":[{" TIME ACTIVE "\"type\":\"follow\"}]}",
        "{\"destination\":\"U1\",\"events\":[{" ID ACTIVE "\"type\":\"follow\"}]}",
        "{\"destination\":\"U1\",\"events\":[{" ID TIME "\"type\":\"follow\"}]}",
        "{\"destination\":\"U1\",\"events\":[{" ID ACTIVE "\"timestamp\":-1,\"type\":\"follow\"}]}",
        "{\"destination\":\"U1\",\"events\":[{" ID ACTIVE
        "\"timestamp\":\"1767225600000\",\"type\":\"follow\"}]}",
        "{\"destination\":\"U1\",\"events\":[{" ID ACTIVE
        "\"timestamp\":1.5,\"type\":\"follow\"}]}",
        "{\"destination\":\"U1\",\"events\":[{\"webhookEventId\":\"\"," TIME ACTIVE
        "\"type\":\"follow\"}]}",
        "{\"destination\":\"U1\",\"events\":[{\"webhookEventId\":\"a b\"," TIME ACTIVE
        "\"type\":\"follow\"}]}",
        "{\"destination\":\"U1\",\"events\":[{\"webhookEventId\":\"a\\u0000\"," TIME ACTIVE
        "\"type\":\"follow\"}]}",
        "{\"destination\":\"U1\",\"events\":[{\"webhookEventId\":"
        "\"01234567890123456789012345678901234567890123456789012345678901234\"," TIME ACTIVE
        "\"type\":\"follow\"}]}",
        "{\"destination\":\"U1\",\"events\":[{" ID ACTIVE
        "\"timestamp\":9223372036854775808,\"type\":\"follow\"}]}",
        "{\"destination\":\"U1\",\"events\":[{" ENVELOPE "\"type\":[\"follow\"]}]}",
        "{\"destination\":\"U1\",\"events\":[{" ID TIME "\"mode\":true,\"type\":\"follow\"}]}",
        "{\"destination\":\"U1\",\"\\u0065vents\":[{" ENVELOPE "\"type\":\"follow\"}]}",
        "{\"destination\":\"\xff\",\"events\":[]}",
        "{\"destination\":\"\xc0\xaf\",\"events\":[]}",     /* not the shortest form */
        "{\"destination\":\"\xed\xa0\x80\",\"events\":[]}", /* half a pair */
        "{\"destination\":\"U1\",\"events\":[],\"x\":\"\\ud83d\"}",
    };
    struct webhook_event *events;
    struct str destination;
    struct err e;
    size_t n;

    (void)state;
    for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
        assert_int_equal(webhook_parse(str_of(row[i]), arena, &destination, &events, &n, &e),
                         ERR_INPUT);
        assert_string_equal(e.word, "webhook_malformed");
    }
}

/* {"destination":"U1","events":[ n events ]} */
static struct str
crowd(size_t n)
{
    struct buf body = buf_new(arena, MIB);

    buf_text(&body, "{\"destination\":\"U1\",\"events\":[");
    for (size_t i = 0; i < n; i++)
        buf_format(&body,
                   "%s{\"webhookEventId\":\"event-%zu\"," TIME ACTIVE SOURCE
                   "\"type\":\"follow\",\"follow\":{\"isUnblocked\":false},\"deliveryContext\":"
                   "{\"isRedelivery\":false}}",
                   i > 0 ? "," : "", i);
    buf_text(&body, "]}");
    return buf_str(&body);
}

static void
a_hundred_events_fit_and_no_more(void **state)
{
    struct webhook_event *events;
    struct str destination;
    struct arena *small = arena_new(4 * KIB);
    struct err e;
    size_t n;

    (void)state;
    assert_int_equal(webhook_parse(crowd(100), arena, &destination, &events, &n, &e), OK);
    assert_int_equal(n, 100);
    assert_true(str_eq(events[0].event_id, STR("event-0")));
    assert_true(str_eq(events[99].event_id, STR("event-99")));
    assert_string_equal(events[99].user_id, USER);
    assert_int_equal(webhook_parse(crowd(101), arena, &destination, &events, &n, &e), ERR_INPUT);
    assert_string_equal(e.word, "webhook_crowded");
    assert_int_equal(webhook_parse(crowd(100), small, &destination, &events, &n, &e), ERR_INTERNAL);
    arena_free(small);
}

static void
a_body_is_at_most_a_mebibyte(void **state)
{
    static char body[WEBHOOK_MAX_BYTES + 1];
    struct webhook_event *events;
    struct str destination;
    struct err e;
    size_t n;

    (void)state;
    memset(body, ' ', sizeof(body));
    memcpy(body, LINE_BODY, sizeof(LINE_BODY) - 1);
    assert_int_equal(
        webhook_parse((struct str){body, WEBHOOK_MAX_BYTES}, arena, &destination, &events, &n, &e),
        OK);
    assert_int_equal(
        webhook_parse((struct str){body, sizeof(body)}, arena, &destination, &events, &n, &e),
        ERR_TOO_LARGE);
    memset(body, '[', sizeof(body)); /* deeper than any stack */
    assert_int_equal(
        webhook_parse((struct str){body, WEBHOOK_MAX_BYTES}, arena, &destination, &events, &n, &e),
        ERR_INPUT);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signatures_cover_the_bytes_as_they_came),
        cmocka_unit_test(two_secrets_are_in_force_during_a_change),
        cmocka_unit_test(headers_that_are_no_signature_are_refused),
        cmocka_unit_test(the_vector_is_read),
        cmocka_unit_test(no_events_is_the_connection_check),
        cmocka_unit_test(events_are_told_apart),
        cmocka_unit_test(every_type_of_line_has_a_kind),
        cmocka_unit_test(what_a_type_carries_is_read),
        cmocka_unit_test(content_of_another_shape_is_not_acted_on),
        cmocka_unit_test(what_nests_too_deep_is_refused_unread),
        cmocka_unit_test(what_is_cut_or_spoilt_is_refused),
        cmocka_unit_test(a_nul_in_what_somebody_typed_does_no_harm),
        cmocka_unit_test(envelopes_that_are_none_are_refused),
        cmocka_unit_test(a_hundred_events_fit_and_no_more),
        cmocka_unit_test(a_body_is_at_most_a_mebibyte),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
