/* What each kind of message says: as the golden files show, in four languages, in the shop's own
 * words where it has some, several facts in one bubble. */
#include <stdio.h>
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
    struct err e = {0};

    CHECK_OK(message_push(&body, STR(FLEX_USER), m, 1, &e), e);
    json_decref(flex_checked_body(&body, "to", 1));
    return body.at;
}

static void
check_says(const struct message *m, const char *text)
{
    if (strstr(written(m), text) == NULL)
        fail_msg("not said: %s; but: %s", text, written(m));
}

static void
check_never_says(const struct message *m, const char *text)
{
    if (strstr(written(m), text) != NULL)
        fail_msg("said: %s", text);
}

/* ---------------------------------------------------------------- golden files */

static void
check_kept(const struct message *m, const char *name)
{
    struct buf body = buf_new(arena, MESSAGE_BODY_CAP);
    char file[128];
    struct err e = {0};
    json_t *root;
    char *text;

    CHECK_OK(message_push(&body, STR(FLEX_USER), m, 1, &e), e);
    root = flex_checked_body(&body, "to", 1);
    text = json_dumps(root, JSON_INDENT(1));
    snprintf(file, sizeof(file), "message_%s_%s.json", name, flex_language[m->language]);
    flex_check_golden(file, text);
    free(text);
    json_decref(root);
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
        {MESSAGE_ONE_MORE, MESSAGE_STAMP, "one_more_stamp"},
        {MESSAGE_ONE_MORE, MESSAGE_POINT, "one_more_point"},
        {MESSAGE_VOUCHER, MESSAGE_STAMP, "voucher"},
        {MESSAGE_VOUCHER_LAPSE, MESSAGE_STAMP, "voucher_lapse"},
        {MESSAGE_POINTS_LAPSE, MESSAGE_STAMP, "points_lapse_stamp"},
        {MESSAGE_POINTS_LAPSE, MESSAGE_POINT, "points_lapse_point"},
        {MESSAGE_TIER, MESSAGE_STAMP, "tier"},
        {MESSAGE_WELCOME, MESSAGE_STAMP, "welcome"},
        {MESSAGE_WELCOME_BACK, MESSAGE_STAMP, "welcome_back"},
        {MESSAGE_BIRTHDAY, MESSAGE_STAMP, "birthday"},
        {MESSAGE_DORMANT, MESSAGE_STAMP, "dormant_stamp"},
        {MESSAGE_DORMANT, MESSAGE_POINT, "dormant_point"},
        {MESSAGE_GIFT_TAKEN, MESSAGE_STAMP, "gift_taken_stamp"},
        {MESSAGE_GIFT_TAKEN, MESSAGE_POINT, "gift_taken_point"},
        {MESSAGE_GIFT_BACK, MESSAGE_POINT, "gift_back"},
        {MESSAGE_BALANCE, MESSAGE_STAMP, "balance_stamp"},
        {MESSAGE_BALANCE, MESSAGE_POINT, "balance_point"},
        {MESSAGE_INVITE, MESSAGE_STAMP, "invite"},
        {MESSAGE_STAFF, MESSAGE_STAMP, "staff"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++)
        for (int language = 0; language < MESSAGE_LANGUAGES; language++) {
            struct message m =
                flex_example(row[i].kind, (enum message_language)language, row[i].unit);

            check_kept(&m, row[i].name);
        }
}

/* Facts of one card, and the digest around them. */
static struct message
digest(struct message *fact, size_t n, enum message_language language)
{
    struct message m = flex_example(MESSAGE_DIGEST, language, MESSAGE_STAMP);

    m.amount = 0;
    m.facts = fact;
    m.facts_n = n;
    return m;
}

static void
several_facts_are_one_bubble_with_a_line_each(void **state)
{
    static const enum message_kind kinds[] = {
        MESSAGE_VOUCHER,      MESSAGE_GRANT, MESSAGE_ONE_MORE, MESSAGE_VOUCHER_LAPSE,
        MESSAGE_POINTS_LAPSE, MESSAGE_TIER,  MESSAGE_BIRTHDAY};

    (void)state;
    for (int i = 0; i < MESSAGE_LANGUAGES; i++) {
        enum message_language language = (enum message_language)i;
        struct message fact[COUNT(kinds)], grants[3], m;

        for (size_t f = 0; f < COUNT(kinds); f++)
            fact[f] = flex_example(kinds[f], language, MESSAGE_STAMP);
        m = digest(fact, COUNT(kinds), language);
        check_kept(&m, "digest");
        for (size_t f = 0; f < 3; f++)
            grants[f] = flex_example(MESSAGE_GRANT, language, MESSAGE_STAMP);
        grants[1].shop_name = STR("");
        m = digest(grants, 3, language);
        m.amount = 3;
        check_kept(&m, "digest_grants");
    }
}

static void
a_digest_says_its_first_fact_in_the_chat_list_and_never_grows_past_ten_lines(void **state)
{
    struct message fact[40], m;
    struct buf body = buf_new(arena, MESSAGE_BODY_CAP);
    struct err e = {0};
    struct str alt;

    (void)state;
    for (size_t i = 0; i < COUNT(fact); i++)
        fact[i] = flex_example(MESSAGE_VOUCHER, MESSAGE_EN, MESSAGE_STAMP);
    m = digest(fact, 2, MESSAGE_EN);
    assert_true(message_alt_text(arena, &m, &alt));
    CHECK_STR(alt, "Reward: One free coffee. Use it by 22 Nov 2026 (and 1 more)");
    m = digest(fact, 10, MESSAGE_EN);
    check_never_says(&m, "\"and ");
    m = digest(fact, 40, MESSAGE_EN);
    check_says(&m, "\"40 things to tell you\"");
    check_says(&m, "\"and 31 more\"");
    m = digest(fact, 1, MESSAGE_EN);
    CHECK_FAILS(message_push(&body, STR(FLEX_USER), &m, 1, &e), e, ERR_INPUT, "message_field");
    CHECK_TEXT(e.field, "facts");
    fact[1].kind = MESSAGE_STAFF;
    m = digest(fact, 2, MESSAGE_EN);
    CHECK_FAILS(message_push(&body, STR(FLEX_USER), &m, 1, &e), e, ERR_INPUT, "message_field");
    fact[1].kind = MESSAGE_VOUCHER;
    fact[1].reward_title = STR("");
    CHECK_FAILS(message_push(&body, STR(FLEX_USER), &m, 1, &e), e, ERR_INPUT, "message_field");
    CHECK_TEXT(e.field, "reward_title");
}

static void
several_cards_stand_side_by_side_in_one_message(void **state)
{
    static char long_name[200];
    struct message card[13], m;
    struct buf body = buf_new(arena, MESSAGE_BODY_CAP);
    struct err e = {0};
    struct str alt;

    (void)state;
    for (int i = 0; i < MESSAGE_LANGUAGES; i++) {
        enum message_language language = (enum message_language)i;

        card[0] = flex_example(MESSAGE_BALANCE, language, MESSAGE_STAMP);
        card[1] = flex_example(MESSAGE_BALANCE, language, MESSAGE_POINT);
        m = (struct message){
            .kind = MESSAGE_CARDS, .language = language, .facts = card, .facts_n = 2};
        check_kept(&m, "cards");
    }
    for (size_t i = 0; i < COUNT(card); i++)
        card[i] = flex_example(MESSAGE_BALANCE, MESSAGE_EN, MESSAGE_STAMP);
    m = (struct message){
        .kind = MESSAGE_CARDS, .language = MESSAGE_EN, .facts = card, .facts_n = 12};
    written(&m);
    assert_true(message_alt_text(arena, &m, &alt));
    CHECK_STR(alt, "You have 7 of 10 stamps (Ueno Coffee Card) (and 11 more)");
    for (m.facts_n = 1; m.facts_n <= 13; m.facts_n += 12) {
        CHECK_FAILS(message_push(&body, STR(FLEX_USER), &m, 1, &e), e, ERR_INPUT, "message_field");
        CHECK_TEXT(e.field, "facts");
    }
    m.facts_n = 2;
    card[1].card_url = STR("");
    CHECK_FAILS(message_push(&body, STR(FLEX_USER), &m, 1, &e), e, ERR_INPUT, "message_field");
    CHECK_TEXT(e.field, "card_url");
    card[1].kind = MESSAGE_DIGEST;
    CHECK_FAILS(message_push(&body, STR(FLEX_USER), &m, 1, &e), e, ERR_INPUT, "message_field");
    CHECK_TEXT(e.field, "facts");

    /* Each bubble within its own limit, all of them together over the carousel's. */
    memset(long_name, '<', sizeof(long_name));
    for (size_t i = 0; i < 12; i++) {
        card[i] = flex_example(MESSAGE_BALANCE, MESSAGE_EN, MESSAGE_STAMP);
        card[i].plan_name = card[i].reward_title = card[i].date_text =
            (struct str){long_name, sizeof(long_name)};
    }
    m.facts_n = 12;
    CHECK_FAILS(message_push(&body, STR(FLEX_USER), &m, 1, &e), e, ERR_INTERNAL,
                "message_carousel_too_large");
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
        {MESSAGE_JA, MESSAGE_VOUCHER_LAPSE, MESSAGE_STAMP,
         "特典の有効期限はあと3日です：「コーヒー1杯無料」（2026年11月22日 (日)まで）"},
        {MESSAGE_JA, MESSAGE_POINTS_LAPSE, MESSAGE_POINT,
         "25ポイントがあと3日で失効します（有効期限 2026年11月22日 (日)・うえの珈琲 "
         "スタンプカード）"},
        {MESSAGE_JA, MESSAGE_STAFF, MESSAGE_STAMP,
         "お問い合わせありがとうございます。\nお忘れ物の傘は、上野店でお預かりしております。"},
        {MESSAGE_EN, MESSAGE_GRANT, MESSAGE_STAMP,
         "+1 stamp: you now have 7 of 10 stamps (Ueno Coffee Card)"},
        {MESSAGE_EN, MESSAGE_BALANCE, MESSAGE_POINT,
         "You have 1,240 of 2,000 points (Ueno Coffee Card)"},
        {MESSAGE_EN, MESSAGE_VOUCHER, MESSAGE_STAMP,
         "You earned a reward: One free coffee. Use it by 22 Nov 2026"},
        {MESSAGE_EN, MESSAGE_TIER, MESSAGE_STAMP, "Your level is now Gold (Ueno Coffee Card)"},
        {MESSAGE_ZH_HANT, MESSAGE_VOUCHER, MESSAGE_STAMP,
         "獲得好禮「免費咖啡一杯」（有效至 2026年11月22日）"},
        {MESSAGE_TH, MESSAGE_GRANT, MESSAGE_STAMP,
         "ได้รับแสตมป์ 1 ดวง ตอนนี้มี 7 / 10 ดวง (บัตรสะสม Ueno Coffee)"},
    };
    struct str text;

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        struct message m = flex_example(row[i].kind, row[i].language, row[i].unit);

        CHECK_ROW(i);
        assert_true(message_alt_text(arena, &m, &text));
        CHECK_STR(text, row[i].text);
    }
}

/* The first n code points of UTF-8. */
static struct str
front(struct str text, size_t n)
{
    size_t at = 0;

    for (; at < text.n; at++)
        if (((unsigned char)text.at[at] & 0xC0) != 0x80 && n-- == 0)
            break;
    return (struct str){text.at, at};
}

static void
the_fact_stands_in_the_first_thirty_characters(void **state)
{
    static const char *const fact[MESSAGE_KINDS][MESSAGE_LANGUAGES] = {
        [MESSAGE_GRANT] = {"1個", "1 stamp", "1 章", "1 ดวง"},
        [MESSAGE_ONE_MORE] = {"あと1個", "1 stamp", "再集 1 章", "อีก 1 ดวง"},
        [MESSAGE_VOUCHER] = {"コーヒー1杯無料", "You earned a reward", "免費咖啡一杯",
                             "กาแฟฟรี 1 แก้ว"},
        [MESSAGE_VOUCHER_LAPSE] = {"あと3日", "ends in 3 days", "3 天後到期", "ในอีก 3 วัน"},
        [MESSAGE_POINTS_LAPSE] = {"1個があと3日で失効", "1 stamp expiring in 3 days",
                                  "集章 1 章將於 3 天後到期", "แสตมป์ 1 ดวง จะหมดอายุ"},
        [MESSAGE_TIER] = {"ゴールド会員", "Gold", "金卡會員", "ระดับ"},
        [MESSAGE_WELCOME] = {"ご登録ありがとうございます", "Welcome!", "歡迎加入", "ยินดีต้อนรับ"},
        [MESSAGE_WELCOME_BACK] = {"おかえりなさい", "Welcome back", "歡迎回來", "ยินดีต้อนรับกลับมา"},
        [MESSAGE_BIRTHDAY] = {"お誕生日", "Happy birthday", "生日快樂", "สุขสันต์วันเกิด"},
        [MESSAGE_DORMANT] = {"前回のご来店は", "Your last visit was on", "您上次來店",
                             "มาที่ร้านครั้งล่าสุด"},
        [MESSAGE_GIFT_TAKEN] = {"スタンプ1個が受け取られました", "gift of 1 stamp was taken",
                                "送出的1 章已被接受", "มีผู้รับ 1 ดวง"},
        [MESSAGE_GIFT_BACK] = {"スタンプ1個がカードに戻りました", "gift of 1 stamp came back",
                               "送出的1 章已退回卡片", "1 ดวง ที่คุณส่งกลับคืน"},
        [MESSAGE_BALANCE] = {"7 / 10個", "7 of 10 stamps", "7 / 10 章", "7 / 10 ดวง"},
        [MESSAGE_INVITE] = {"カードがありません", "no card yet", "還沒有會員卡", "ยังไม่มีบัตร"},
        [MESSAGE_STAFF] = {"お問い合わせ", "Thank you", "感謝您", "ขอบคุณ"},
        [MESSAGE_DIGEST] = {"コーヒー1杯無料", "One free coffee", "免費咖啡一杯", "กาแฟฟรี 1 แก้ว"},
        [MESSAGE_CARDS] = {"コーヒー1杯無料", "You earned a reward", "免費咖啡一杯",
                           "กาแฟฟรี 1 แก้ว"},
    };

    (void)state;
    for (int kind = 0; kind < MESSAGE_KINDS; kind++)
        for (int i = 0; i < MESSAGE_LANGUAGES; i++) {
            enum message_language language = (enum message_language)i;
            struct message m = flex_example((enum message_kind)kind, language, MESSAGE_STAMP);
            struct message two[2] = {flex_example(MESSAGE_VOUCHER, language, MESSAGE_STAMP), m};
            struct str alt;
            char seen[256];

            if (kind == MESSAGE_DIGEST)
                m = digest(two, 2, language);
            if (kind == MESSAGE_CARDS) {
                m.facts = two;
                m.facts_n = 2;
            }
            assert_true(message_alt_text(arena, &m, &alt));
            assert_true(str_copy(front(alt, 30), seen, sizeof(seen)));
            if (strstr(seen, fact[kind][i]) == NULL)
                fail_msg("kind %d in %s: %s", kind, flex_language[i], seen);
        }
}

static void
how_soon_is_said_as_people_say_it(void **state)
{
    static const struct {
        int days;
        const char *text[MESSAGE_LANGUAGES];
    } row[] = {
        {0,
         {"特典の有効期限は本日です", "Your reward ends today", "您的好禮將於今天到期",
          "ของรางวัลจะหมดอายุวันนี้"}},
        {1,
         {"特典の有効期限は明日です", "Your reward ends tomorrow", "您的好禮將於明天到期",
          "ของรางวัลจะหมดอายุพรุ่งนี้"}},
        {2,
         {"特典の有効期限はあと2日です", "Your reward ends in 2 days", "您的好禮將於 2 天後到期",
          "ของรางวัลจะหมดอายุในอีก 2 วัน"}},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++)
        for (int language = 0; language < MESSAGE_LANGUAGES; language++) {
            struct message m =
                flex_example(MESSAGE_VOUCHER_LAPSE, (enum message_language)language, MESSAGE_STAMP);

            m.days_left = row[i].days;
            check_says(&m, row[i].text[language]);
        }
}

static void
a_birthday_without_a_gift_is_still_a_greeting(void **state)
{
    struct message m = flex_example(MESSAGE_BIRTHDAY, MESSAGE_EN, MESSAGE_STAMP);

    (void)state;
    check_says(&m, "“One free coffee” is waiting for you.");
    check_says(&m, "Use it by 22 Nov 2026");
    m.reward_title = m.date_text = STR("");
    check_says(&m, "We wish you a wonderful year.");
    check_never_says(&m, "Use it by");
    m = flex_example(MESSAGE_TIER, MESSAGE_EN, MESSAGE_STAMP);
    check_says(&m, "1.5 times the points");
    m.tier_gives = STR("");
    check_never_says(&m, "\"\"");
}

/* ---------------------------------------------------------------- the shop's own words */

static void
own_words_take_the_place_of_ours_where_they_can_be_said(void **state)
{
    const struct message_own own = {.part = {
                                        [MESSAGE_HEADLINE] = STR("Thanks! {amount} from {shop}"),
                                        [MESSAGE_TEXT] = STR("{left} until {reward}"),
                                        [MESSAGE_ALT] = STR("{amount} more at {plan}: {balance}"),
                                        [MESSAGE_BUTTON] = STR("Look"),
                                    }};
    struct message m = flex_example(MESSAGE_GRANT, MESSAGE_EN, MESSAGE_STAMP);

    (void)state;
    m.own = &own;
    check_says(&m, "\"Thanks! 1 stamp from Ueno\"");
    check_says(&m, "\"3 stamps until One free coffee\"");
    check_says(&m, "\"altText\":\"1 stamp more at Ueno Coffee Card: 7 stamps\"");
    check_says(&m, "\"label\":\"Look\"");
    m.shop_name = STR(""); /* a part that would end in nothing is ours again */
    m.balance = 10;
    check_says(&m, "\"+1 stamp\"");
    check_says(&m, "\"10 of 10 stamps\"");
    check_says(&m, "\"label\":\"Look\"");
}

static void
own_words_over_the_limits_are_named_when_merged(void **state)
{
    static char name[200], many[420];
    struct message_own own = {0};
    struct message m = flex_example(MESSAGE_GRANT, MESSAGE_EN, MESSAGE_STAMP);
    struct buf body = buf_new(arena, MESSAGE_BODY_CAP);
    struct err e = {0};

    (void)state;
    memset(name, 'n', sizeof(name));
    m.plan_name = (struct str){name, sizeof(name)};
    m.own = &own;
    own.part[MESSAGE_BUTTON] = STR("{plan}");
    CHECK_FAILS(message_push(&body, STR(FLEX_USER), &m, 1, &e), e, ERR_INTERNAL,
                "message_label_too_long");
    own.part[MESSAGE_BUTTON] = STR("");
    for (size_t i = 0; i < sizeof(many); i += 6)
        memcpy(many + i, "{plan}", 6);
    own.part[MESSAGE_ALT] = (struct str){many, 8 * 6};
    CHECK_FAILS(message_push(&body, STR(FLEX_USER), &m, 1, &e), e, ERR_INTERNAL,
                "message_alt_too_long");
    own.part[MESSAGE_ALT] = (struct str){many, 7 * 6};
    written(&m);
    own.part[MESSAGE_TEXT] = (struct str){many, 70 * 6};
    memset(name, '<', sizeof(name));
    CHECK_FAILS(message_push(&body, STR(FLEX_USER), &m, 1, &e), e, ERR_INTERNAL,
                "message_bubble_too_large");
}

static void
labels_are_counted_as_people_see_them(void **state)
{
    /* A family of four is one picture, 11 UTF-16 units; "กำ" is two code points. */
    struct message_own own = {
        .part = {[MESSAGE_BUTTON] =
                     STR("👨‍👩‍👧‍👦👨‍👩‍👧‍👦👨‍👩‍👧"
                         "‍👦👨‍👩‍👧‍👦")}};
    struct message m = flex_example(MESSAGE_GRANT, MESSAGE_TH, MESSAGE_STAMP);

    (void)state;
    m.own = &own;
    assert_true(text_utf16_units(own.part[MESSAGE_BUTTON]) > MESSAGE_MAX_LABEL);
    check_says(&m, "👨‍👩‍👧‍👦");
}

static void
fields_have_names_and_our_own_words_use_only_these(void **state)
{
    (void)state;
    assert_true(message_field_is_known(STR("progress")));
    assert_false(message_field_is_known(STR("name")));
    assert_false(message_field_is_known(STR("")));
    for (int kind = 0; kind < MESSAGE_KINDS; kind++)
        for (int part = 0; part < MESSAGE_PARTS; part++)
            for (int i = 0; i < MESSAGE_LANGUAGES * MESSAGE_UNITS; i++) {
                struct str rest = str_of(message_part_text(
                    (enum message_kind)kind, (enum message_language)(i / MESSAGE_UNITS),
                    (enum message_unit)(i % MESSAGE_UNITS), (enum message_part)part));
                struct str text, name;

                while (str_until(&rest, '{', &text)) {
                    assert_true(str_until(&rest, '}', &name));
                    assert_true(message_field_is_known(name));
                }
            }
    CHECK_TEXT(message_part_text(MESSAGE_GRANT, MESSAGE_EN, MESSAGE_POINT, MESSAGE_HEADLINE),
               "+{amount}");
    CHECK_TEXT(message_part_text(MESSAGE_BALANCE, MESSAGE_EN, MESSAGE_POINT, MESSAGE_TEXT), "");
}

/* ---------------------------------------------------------------- to many */

static void
equal_messages_are_equal_bytes_to_one_and_to_many(void **state)
{
    static struct str many[501];
    struct message m = flex_example(MESSAGE_DORMANT, MESSAGE_JA, MESSAGE_STAMP);
    struct buf one = buf_new(arena, MESSAGE_BODY_CAP), all = buf_new(arena, MESSAGE_BODY_CAP);
    struct buf array = buf_new(arena, MESSAGE_BODY_CAP);
    struct err e = {0};
    json_t *root;

    (void)state;
    for (size_t i = 0; i < COUNT(many); i++)
        many[i] = str_of(arena_format(arena, "U%032zx", i));
    CHECK_OK(message_array(&array, &m, 1, &e), e);
    CHECK_OK(message_push(&one, many[7], &m, 1, &e), e);
    CHECK_OK(message_multicast(&all, many, 500, &m, 1, &e), e);
    assert_non_null(strstr(one.at, array.at));
    assert_non_null(strstr(all.at, array.at));
    root = flex_checked_body(&all, "to", 1);
    assert_int_equal(json_array_size(json_object_get(root, "to")), 500);
    assert_string_equal(json_string_value(json_array_get(json_object_get(root, "to"), 499)),
                        many[499].at);
    json_decref(root);
    CHECK_FAILS(message_multicast(&all, many, 0, &m, 1, &e), e, ERR_INPUT, "message_field");
    CHECK_FAILS(message_multicast(&all, many, 501, &m, 1, &e), e, ERR_INPUT, "message_field");
    many[1] = STR("@shop");
    CHECK_FAILS(message_multicast(&all, many, 2, &m, 1, &e), e, ERR_INPUT, "message_field");
    CHECK_FAILS(message_array(&all, &m, 0, &e), e, ERR_INPUT, "message_field");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_kind_in_every_language_looks_as_kept),
        TEST(several_facts_are_one_bubble_with_a_line_each),
        TEST(several_cards_stand_side_by_side_in_one_message),
        TEST(a_digest_says_its_first_fact_in_the_chat_list_and_never_grows_past_ten_lines),
        TEST(alt_texts_read_well),
        TEST(the_fact_stands_in_the_first_thirty_characters),
        TEST(how_soon_is_said_as_people_say_it),
        TEST(a_birthday_without_a_gift_is_still_a_greeting),
        TEST(own_words_take_the_place_of_ours_where_they_can_be_said),
        TEST(own_words_over_the_limits_are_named_when_merged),
        TEST(labels_are_counted_as_people_see_them),
        TEST(fields_have_names_and_our_own_words_use_only_these),
        TEST(equal_messages_are_equal_bytes_to_one_and_to_many),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
