/* Messages: well-formed Flex within LINE's limits, in four languages, as the golden files show. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "base/text.h"
#include "line/message.h"

#define USER "U00000000000000000000000000000001"
#define URL "https://liff.line.me/1234567890-AbcdEfgh/card"

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

static const char *const language_name[MESSAGE_LANGUAGES] = {"ja", "en", "zh-Hant", "th"};

/* What a shop of each language would send: plan, reward, shop, day, day and time. */
static const char *const names[MESSAGE_LANGUAGES][5] = {
    {"うえの珈琲 スタンプカード", "コーヒー1杯無料", "上野店", "2026年11月22日 (日)",
     "2026年11月22日 15:04"},
    {"Ueno Coffee Card", "One free coffee", "Ueno", "22 Nov 2026", "22 Nov 2026, 15:04"},
    {"上野咖啡集點卡", "免費咖啡一杯", "上野店", "2026年11月22日", "2026年11月22日 15:04"},
    {"บัตรสะสม Ueno Coffee", "กาแฟฟรี 1 แก้ว", "สาขาอุเอโนะ", "22 พ.ย. 2569", "22 พ.ย. 2569 15:04"},
};

static struct message
example(enum message_kind kind, enum message_language language, enum message_unit unit)
{
    const char *const *name = names[language];

    return (struct message){
        .kind = kind,
        .language = language,
        .unit = unit,
        .plan_name = str_of(name[0]),
        .amount = unit == MESSAGE_STAMP ? 1 : 25,
        .balance = unit == MESSAGE_STAMP ? 7 : 1240,
        .goal = unit == MESSAGE_STAMP ? 10 : 2000,
        .reward_title = str_of(name[1]),
        .shop_name = str_of(name[2]),
        .date_text = str_of(kind == MESSAGE_BALANCE ? name[4] : name[3]),
        .card_url = STR(URL),
    };
}

/* ---------------------------------------------------------------- what LINE accepts */

static const char *
text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));

    return text != NULL ? text : "";
}

/* No property but these, taken from messaging-api.yml; " type" and the like, space-separated. */
static void
check_properties(const json_t *object, const char *allowed)
{
    const char *key;
    json_t *value;
    char mark[64];

    json_object_foreach((json_t *)object, key, value)
    {
        snprintf(mark, sizeof(mark), " %s ", key);
        if (strstr(allowed, mark) == NULL)
            fail_msg("Flex does not know the property %s", key);
    }
}

static void
check_colour(const json_t *object, const char *name)
{
    const char *colour = text_of(object, name);

    if (colour[0] != '\0')
        assert_true(colour[0] == '#' && strlen(colour) == 7 &&
                    strspn(colour + 1, "0123456789ABCDEF") == 6);
}

static void
check_action(const json_t *action)
{
    struct str label = str_of(text_of(action, "label")), uri = str_of(text_of(action, "uri"));

    check_properties(action, " type label uri ");
    assert_string_equal(text_of(action, "type"), "uri");
    assert_true(label.n > 0 && text_utf16_units(label) <= MESSAGE_MAX_LABEL);
    assert_true(uri.n > 0 && uri.n <= MESSAGE_MAX_URI_UNITS);
}

static void
check_component(const json_t *component)
{
    const char *type = text_of(component, "type");
    const json_t *contents = json_object_get(component, "contents");
    size_t i;
    json_t *child;

    if (strcmp(type, "text") == 0) {
        check_properties(component, " type text wrap size weight color margin ");
        assert_true(strlen(text_of(component, "text")) > 0);
        assert_true(json_is_true(json_object_get(component, "wrap")));
        check_colour(component, "color");
    } else if (strcmp(type, "button") == 0) {
        check_properties(component, " type action style height color ");
        check_action(json_object_get(component, "action"));
        check_colour(component, "color");
    } else {
        assert_string_equal(type, "box");
        check_properties(component,
                         " type layout contents spacing margin height width cornerRadius "
                         "backgroundColor ");
        assert_string_equal(text_of(component, "layout"), "vertical");
        assert_true(json_is_array(contents));
        check_colour(component, "backgroundColor");
        json_array_foreach(contents, i, child) check_component(child);
    }
}

static void
check_message(const json_t *message)
{
    const json_t *bubble = json_object_get(message, "contents");
    char *text = json_dumps(bubble, JSON_COMPACT);
    size_t alt_units = text_utf16_units(str_of(text_of(message, "altText")));

    check_properties(message, " type altText contents ");
    assert_string_equal(text_of(message, "type"), "flex");
    assert_true(alt_units > 0 && alt_units <= MESSAGE_MAX_ALT_UNITS);
    check_properties(bubble, " type size body footer ");
    assert_string_equal(text_of(bubble, "type"), "bubble");
    assert_string_equal(text_of(bubble, "size"), "kilo");
    check_component(json_object_get(bubble, "body"));
    check_component(json_object_get(bubble, "footer"));
    assert_true(strlen(text) <= MESSAGE_MAX_BUBBLE_BYTES);
    free(text);
}

/* New (json_decref): a body that LINE would take, parsed. */
static json_t *
checked_body(struct buf *body, const char *address, size_t want_n)
{
    json_t *root = json_loadb(body->at, body->n, JSON_REJECT_DUPLICATES, NULL);
    const json_t *messages = json_object_get(root, "messages");
    size_t i;
    json_t *message;

    assert_non_null(root);
    assert_int_equal(json_object_size(root), 2);
    assert_true(strlen(text_of(root, address)) > 0);
    assert_int_equal(json_array_size(messages), want_n);
    json_array_foreach(messages, i, message) check_message(message);
    return root;
}

/* ---------------------------------------------------------------- golden files */

/* Equal to tests/golden/<name>, which GOLDEN=write makes so. */
static void
check_golden(const char *name, const char *text)
{
    static char kept[64 * 1024];
    const char *wish = getenv("GOLDEN");
    bool writes = wish != NULL && strcmp(wish, "write") == 0;
    char path[256];
    FILE *file;
    size_t n;

    snprintf(path, sizeof(path), "tests/golden/%s", name);
    file = fopen(path, writes ? "w" : "r");
    if (file == NULL)
        fail_msg("%s: %s", path, strerror(errno));
    if (writes) {
        fprintf(file, "%s\n", text);
    } else {
        n = fread(kept, 1, sizeof(kept) - 1, file);
        kept[n > 0 ? n - 1 : 0] = '\0'; /* without its last newline */
        if (strcmp(kept, text) != 0)
            fail_msg("%s differs (make golden rewrites it); now:\n%s", path, text);
    }
    fclose(file);
}

static void
every_kind_in_every_language_looks_as_kept(void **state)
{
    static const struct {
        enum message_kind kind;
        enum message_unit unit;
        const char *name;
    } row[] = {
        {MESSAGE_GRANT, MESSAGE_STAMP, "grant_stamp"},
        {MESSAGE_GRANT, MESSAGE_POINT, "grant_point"},
        {MESSAGE_VOUCHER, MESSAGE_STAMP, "voucher"},
        {MESSAGE_BALANCE, MESSAGE_STAMP, "balance_stamp"},
        {MESSAGE_BALANCE, MESSAGE_POINT, "balance_point"},
        {MESSAGE_INVITE, MESSAGE_STAMP, "invite"},
    };
    char name[128];
    struct err e;

    (void)state;
    for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
        for (int language = 0; language < MESSAGE_LANGUAGES; language++) {
            struct message m = example(row[i].kind, (enum message_language)language, row[i].unit);
            struct buf body = buf_new(arena, MESSAGE_BODY_CAP);
            json_t *root;
            char *text;

            assert_int_equal(message_push(&body, STR(USER), &m, 1, &e), OK);
            root = checked_body(&body, "to", 1);
            text = json_dumps(root, JSON_INDENT(1));
            snprintf(name, sizeof(name), "message_%s_%s.json", row[i].name,
                     language_name[language]);
            check_golden(name, text);
            free(text);
            json_decref(root);
        }
    }
}

/* ---------------------------------------------------------------- what the chat list shows */

static void
alt_texts_read_well(void **state)
{
    static const struct {
        enum message_language language;
        enum message_kind kind;
        enum message_unit unit;
        const char *text;
    } row[] = {
        {MESSAGE_JA, MESSAGE_GRANT, MESSAGE_STAMP,
         "スタンプが1個たまりました。現在 7 / 10個（うえの珈琲 スタンプカード）"},
        {MESSAGE_JA, MESSAGE_GRANT, MESSAGE_POINT,
         "25ポイントたまりました。現在 1,240 / 2,000ポイント（うえの珈琲 スタンプカード）"},
        {MESSAGE_EN, MESSAGE_GRANT, MESSAGE_STAMP,
         "+1 stamp: you now have 7 of 10 stamps (Ueno Coffee Card)"},
        {MESSAGE_EN, MESSAGE_BALANCE, MESSAGE_POINT,
         "You have 1,240 of 2,000 points (Ueno Coffee Card)"},
        {MESSAGE_EN, MESSAGE_VOUCHER, MESSAGE_STAMP,
         "You earned a reward: One free coffee. Use it by 22 Nov 2026"},
        {MESSAGE_ZH_HANT, MESSAGE_VOUCHER, MESSAGE_STAMP,
         "獲得好禮「免費咖啡一杯」（有效至 2026年11月22日）"},
        {MESSAGE_TH, MESSAGE_GRANT, MESSAGE_STAMP,
         "ได้รับแสตมป์ 1 ดวง ตอนนี้มี 7 / 10 ดวง (บัตรสะสม Ueno Coffee)"},
    };
    struct str text;

    (void)state;
    for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
        struct message m = example(row[i].kind, row[i].language, row[i].unit);

        assert_true(message_alt_text(arena, &m, &text));
        assert_true(str_eq(text, str_of(row[i].text)));
    }
}

/* The body of one message, as text to look into. */
static const char *
written(const struct message *m)
{
    struct buf body = buf_new(arena, MESSAGE_BODY_CAP);
    struct err e;

    assert_int_equal(message_push(&body, STR(USER), m, 1, &e), OK);
    json_decref(checked_body(&body, "to", 1));
    return body.at;
}

static void
one_is_not_plural_and_goals_may_be_reached_passed_or_absent(void **state)
{
    struct message m = example(MESSAGE_GRANT, MESSAGE_EN, MESSAGE_STAMP);
    const char *text;

    (void)state;
    m.balance = 9;
    text = written(&m);
    assert_non_null(strstr(text, "\"1 stamp to go for “One free coffee”\""));
    assert_non_null(strstr(text, "\"width\":\"90%\""));
    m.reward_title = STR("");
    assert_non_null(strstr(written(&m), "\"1 stamp to go until your card is full\""));
    m.balance = 0;
    assert_null(strstr(written(&m), "\"width\""));
    for (m.balance = 10; m.balance < 12; m.balance++) {
        text = written(&m);
        assert_null(strstr(text, "to go"));
        assert_non_null(strstr(text, "\"width\":\"100%\""));
    }
    m.goal = 0;
    m.balance = 1;
    text = written(&m);
    assert_non_null(strstr(text, "\"text\":\"1 stamp\""));
    assert_null(strstr(text, " of "));
    assert_null(strstr(text, "\"width\""));
    m.shop_name = STR("");
    assert_non_null(strstr(written(&m), "\"text\":\"22 Nov 2026\""));
    m.balance = m.goal = m.amount = 1000000;
    assert_non_null(strstr(written(&m), "+1,000,000 stamps"));
    m.amount = INT64_MAX; /* no such grant, and no overflow either */
    m.balance = INT64_MAX;
    m.goal = INT64_MAX;
    written(&m);
}

static void
names_cannot_break_out(void **state)
{
    struct message m = example(MESSAGE_GRANT, MESSAGE_EN, MESSAGE_STAMP);
    struct buf body = buf_new(arena, MESSAGE_BODY_CAP);
    json_t *root;
    const json_t *first;
    struct err e;

    (void)state;
    m.plan_name = STR("\"}]},{\\ {reward}\n<b>\xff");
    m.shop_name = STR("{plan}{");
    assert_int_equal(message_push(&body, STR(USER), &m, 1, &e), OK);
    root = checked_body(&body, "to", 1);
    first = json_array_get(json_object_get(root, "messages"), 0);
    first =
        json_object_get(json_object_get(json_object_get(first, "contents"), "body"), "contents");
    assert_string_equal(text_of(json_array_get(first, 0), "text"),
                        "\"}]},{\\ {reward}\n<b>\xef\xbf\xbd");
    assert_non_null(strstr(body.at, "\"{plan}{ · 22 Nov 2026\""));
    json_decref(root);
}

/* ---------------------------------------------------------------- limits */

static void
what_line_would_refuse_is_refused_here(void **state)
{
    static char many[4000];
    struct message good = example(MESSAGE_VOUCHER, MESSAGE_JA, MESSAGE_STAMP), bad;
    struct err e;

#define REFUSED(member, value)                                                                     \
    do {                                                                                           \
        struct buf body = buf_new(arena, MESSAGE_BODY_CAP);                                        \
        bad = good;                                                                                \
        bad.member = value;                                                                        \
        assert_int_equal(message_push(&body, STR(USER), &bad, 1, &e), ERR_INPUT);                  \
        assert_string_equal(e.word, "message_field");                                              \
        assert_string_equal(e.field, #member);                                                     \
    } while (0)

    (void)state;
    memset(many, 'a', sizeof(many));
    memcpy(many, "https://", 8);
    REFUSED(plan_name, STR(""));
    REFUSED(reward_title, STR(""));
    REFUSED(date_text, STR(""));
    REFUSED(plan_name, ((struct str){many, 201}));
    REFUSED(shop_name, ((struct str){many, 201}));
    REFUSED(card_url, STR(""));
    REFUSED(card_url, STR("javascript:alert(1)"));
    REFUSED(card_url, STR("line://app"));
    REFUSED(card_url, STR("https://liff.line.me/カード"));
    REFUSED(card_url, STR("https://liff.line.me/a b"));
    REFUSED(card_url, STR("https://liff.line.me/\"b"));
    REFUSED(card_url, ((struct str){many, 1001}));
    good = example(MESSAGE_GRANT, MESSAGE_JA, MESSAGE_STAMP);
    REFUSED(amount, 0);
    REFUSED(balance, -1);
    REFUSED(goal, -1);
    good.card_url = (struct str){many, 1000};
    written(&good);
#undef REFUSED
}

static void
addresses_and_numbers_of_messages_are_checked(void **state)
{
    struct message m[6];
    struct err e;

    (void)state;
    for (size_t i = 0; i < 6; i++)
        m[i] = example(MESSAGE_GRANT, MESSAGE_TH, MESSAGE_STAMP);
    for (size_t n = 0; n <= 6; n++) {
        struct buf push = buf_new(arena, MESSAGE_BODY_CAP);
        struct buf reply = buf_new(arena, MESSAGE_BODY_CAP);
        enum err_code want = n >= 1 && n <= 5 ? OK : ERR_INPUT;

        assert_int_equal(message_push(&push, STR(USER), m, n, &e), want);
        assert_int_equal(message_reply(&reply, STR("token"), m, n, &e), want);
        if (want == OK) {
            json_decref(checked_body(&push, "to", n));
            json_decref(checked_body(&reply, "replyToken", n));
        }
    }
    for (size_t i = 0; i < 3; i++) {
        static const char *const to[] = {"", "@shop", "C0000000000000000000000000000001"};
        struct buf body = buf_new(arena, MESSAGE_BODY_CAP);

        assert_int_equal(message_push(&body, str_of(to[i]), m, 1, &e), ERR_INPUT);
        assert_string_equal(e.field, "to");
    }
    for (size_t i = 0; i < 2; i++) {
        struct buf body = buf_new(arena, MESSAGE_BODY_CAP);
        static char token[300];

        memset(token, 'a', sizeof(token));
        assert_int_equal(
            message_reply(&body, (struct str){token, i == 0 ? 0 : sizeof(token)}, m, 1, &e),
            ERR_INPUT);
        assert_string_equal(e.field, "replyToken");
    }
}

static void
the_longest_names_stay_within_the_limits(void **state)
{
    /* 200 UTF-16 units each: '<' takes six bytes escaped, the most of all. */
    static char long_name[200];
    struct buf body = buf_new(arena, MESSAGE_BODY_CAP);
    struct buf small = buf_new(arena, 2 * KIB);
    struct message m[MESSAGE_MAX_PER_BODY];
    struct err e;

    (void)state;
    memset(long_name, '<', sizeof(long_name));
    for (size_t i = 0; i < MESSAGE_MAX_PER_BODY; i++) {
        m[i] = example(i % 2 ? MESSAGE_GRANT : MESSAGE_VOUCHER, MESSAGE_TH, MESSAGE_POINT);
        m[i].plan_name = m[i].reward_title = m[i].shop_name = m[i].date_text =
            (struct str){long_name, sizeof(long_name)};
    }
    assert_int_equal(message_push(&body, STR(USER), m, MESSAGE_MAX_PER_BODY, &e), OK);
    json_decref(checked_body(&body, "to", MESSAGE_MAX_PER_BODY));
    assert_int_equal(message_push(&small, STR(USER), m, 1, &e), ERR_INTERNAL);
    assert_string_equal(e.word, "message_too_long");
}

/* ---------------------------------------------------------------- words people send */

static void
balance_words_are_known_however_typed(void **state)
{
    static const struct {
        const char *text;
        bool asks;
    } row[] = {
        {"ポイント", true},
        {"ﾎﾟｲﾝﾄ", true},
        {"ポイント", true},
        {"point", true},
        {"Points", true},
        {"ＰＯＩＮＴ", true},
        {" point\n", true},
        {"　ポイント　", true},
        {"點數", true},
        {"点数", true},
        {"แต้ม", true},
        {"เเต้ม", true},
        {"คะแนน", true},
        {"", false},
        {" ", false},
        {"point?", false},
        {"ポイントカード", false},
        {"poin", false},
        {"my points", false},
        {"po int", false},
        {"\xff", false},
        {"ｐｏｉｎｔｓ", true},
    };
    static char endless[5000];

    (void)state;
    for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++)
        if (message_is_balance_word(arena, str_of(row[i].text)) != row[i].asks)
            fail_msg("row %zu: %s", i, row[i].text);
    memset(endless, ' ', sizeof(endless));
    assert_false(message_is_balance_word(arena, (struct str){endless, sizeof(endless)}));
}

static void
languages_have_their_tags(void **state)
{
    (void)state;
    for (int i = 0; i < MESSAGE_LANGUAGES; i++)
        assert_int_equal(message_language_of(str_of(language_name[i])), i);
    assert_int_equal(message_language_of(STR("fr")), MESSAGE_JA);
    assert_int_equal(message_language_of(STR("")), MESSAGE_JA);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_in_every_language_looks_as_kept),
        cmocka_unit_test(alt_texts_read_well),
        cmocka_unit_test(one_is_not_plural_and_goals_may_be_reached_passed_or_absent),
        cmocka_unit_test(names_cannot_break_out),
        cmocka_unit_test(what_line_would_refuse_is_refused_here),
        cmocka_unit_test(addresses_and_numbers_of_messages_are_checked),
        cmocka_unit_test(the_longest_names_stay_within_the_limits),
        cmocka_unit_test(balance_words_are_known_however_typed),
        cmocka_unit_test(languages_have_their_tags),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
