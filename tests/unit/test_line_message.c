/* Messages within LINE's limits: values, addresses and numbers of them are checked before sending.
 */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "line/message.h"
#include "tests/support/check.h"
#include "tests/support/flex.h"

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

/* The body of one message, as text to look into. */
static const char *
written(const struct message *m)
{
    struct buf body = buf_new(arena, MESSAGE_BODY_CAP);
    struct err e;

    assert_int_equal(message_push(&body, STR(FLEX_USER), m, 1, &e), OK);
    json_decref(flex_checked_body(&body, "to", 1));
    return body.at;
}

static void
one_is_not_plural_and_goals_may_be_reached_passed_or_absent(void **state)
{
    struct message m = flex_example(MESSAGE_GRANT, MESSAGE_EN, MESSAGE_STAMP);
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
    struct message m = flex_example(MESSAGE_GRANT, MESSAGE_EN, MESSAGE_STAMP);
    struct buf body = buf_new(arena, MESSAGE_BODY_CAP);
    json_t *root;
    const json_t *first;
    struct err e;

    (void)state;
    m.plan_name = STR("\"}]},{\\ {reward}\n<b>\xff");
    m.shop_name = STR("{plan}{");
    assert_int_equal(message_push(&body, STR(FLEX_USER), &m, 1, &e), OK);
    root = flex_checked_body(&body, "to", 1);
    first = json_array_get(json_object_get(root, "messages"), 0);
    first =
        json_object_get(json_object_get(json_object_get(first, "contents"), "body"), "contents");
    assert_string_equal(flex_text(json_array_get(first, 0), "text"),
                        "\"}]},{\\ {reward}\n<b>\xef\xbf\xbd");
    assert_non_null(strstr(body.at, "\"{plan}{ · 22 Nov 2026\""));
    json_decref(root);
}

/* ---------------------------------------------------------------- limits */

static void
what_line_would_refuse_is_refused_here(void **state)
{
    static char many[6000];
    const struct message_own long_own = {.part = {[MESSAGE_ALT] = {many, 501}}};
    struct message good = flex_example(MESSAGE_VOUCHER, MESSAGE_JA, MESSAGE_STAMP), bad;
    struct err e;

#define REFUSED(member, value)                                                                     \
    do {                                                                                           \
        struct buf body = buf_new(arena, MESSAGE_BODY_CAP);                                        \
        bad = good;                                                                                \
        bad.member = value;                                                                        \
        assert_int_equal(message_push(&body, STR(FLEX_USER), &bad, 1, &e), ERR_INPUT);             \
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
    good = flex_example(MESSAGE_ONE_MORE, MESSAGE_JA, MESSAGE_STAMP);
    REFUSED(reward_title, STR(""));
    REFUSED(goal, 9);
    good = flex_example(MESSAGE_POINTS_LAPSE, MESSAGE_JA, MESSAGE_STAMP);
    REFUSED(amount, 0);
    REFUSED(date_text, STR(""));
    REFUSED(days_left, -1);
    REFUSED(days_left, 3661);
    good = flex_example(MESSAGE_TIER, MESSAGE_JA, MESSAGE_STAMP);
    REFUSED(tier_name, STR(""));
    REFUSED(tier_gives, ((struct str){many, 201}));
    good = flex_example(MESSAGE_STAFF, MESSAGE_JA, MESSAGE_STAMP);
    REFUSED(text, STR(""));
    REFUSED(text, ((struct str){many, 5001}));
    good = flex_example(MESSAGE_GRANT, MESSAGE_JA, MESSAGE_STAMP);
    REFUSED(own, &long_own);
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
        m[i] = flex_example(MESSAGE_GRANT, MESSAGE_TH, MESSAGE_STAMP);
    for (size_t n = 0; n <= 6; n++) {
        struct buf push = buf_new(arena, MESSAGE_BODY_CAP);
        struct buf reply = buf_new(arena, MESSAGE_BODY_CAP);
        enum err_code want = n >= 1 && n <= 5 ? OK : ERR_INPUT;

        assert_int_equal(message_push(&push, STR(FLEX_USER), m, n, &e), want);
        assert_int_equal(message_reply(&reply, STR("token"), m, n, &e), want);
        if (want == OK) {
            json_decref(flex_checked_body(&push, "to", n));
            json_decref(flex_checked_body(&reply, "replyToken", n));
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
        m[i] = flex_example(i % 2 ? MESSAGE_GRANT : MESSAGE_VOUCHER, MESSAGE_TH, MESSAGE_POINT);
        m[i].plan_name = m[i].reward_title = m[i].shop_name = m[i].date_text =
            (struct str){long_name, sizeof(long_name)};
    }
    assert_int_equal(message_push(&body, STR(FLEX_USER), m, MESSAGE_MAX_PER_BODY, &e), OK);
    json_decref(flex_checked_body(&body, "to", MESSAGE_MAX_PER_BODY));
    assert_int_equal(message_push(&small, STR(FLEX_USER), m, 1, &e), ERR_INTERNAL);
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
        assert_int_equal(message_language_of(str_of(flex_language[i])), i);
    assert_int_equal(message_language_of(STR("fr")), MESSAGE_JA);
    assert_int_equal(message_language_of(STR("")), MESSAGE_JA);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
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
