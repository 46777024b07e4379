/* Keyword rules: which of them speaks, and what an owner may write into the book. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "domain/keyword_book.h"
#include "tests/support/book.h"
#include "tests/support/check.h"

#define TOKYO_MIN 540
#define MONDAY_MS INT64_C(1774796400000) /* 2026-03-30 00:00 in Tokyo */
#define AT(day, hour, minute) (MONDAY_MS + (day)*DAY_MS + (hour)*HOUR_MS + (minute)*MINUTE_MS)

static struct arena *arena;

static int
set_up(void **state)
{
    arena = arena_new(8 * MIB);
    return check_forget_row(state);
}

static int
tear_down(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}
#define KEYWORD_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

/* ---------------------------------------------------------------- hours of the week */

static void
a_week_begins_on_monday(void **state)
{
    (void)state;
    CHECK_INT(week_minute(MONDAY_MS, TOKYO_MIN), 0);
    CHECK_INT(week_minute(MONDAY_MS - 1, TOKYO_MIN), 7 * 1440 - 1);
    CHECK_INT(week_minute(AT(6, 23, 59), TOKYO_MIN), 7 * 1440 - 1);
    CHECK_INT(week_minute(AT(2, 10, 30), TOKYO_MIN), 2 * 1440 + 630);
    CHECK_INT(week_minute(AT(2, 10, 30), 0), 2 * 1440 + 90);
    CHECK_INT(week_minute(0, -720), 2 * 1440 + 720); /* the Wednesday before the epoch */
}

static void
spans_hold_to_the_minute_and_over_midnight(void **state)
{
    static const struct {
        const char *days, *hours;
        int day, hour, minute;
        bool holds;
    } row[] = {
        {"mon-fri", "10:00-19:00", 0, 10, 0, true},  {"mon-fri", "10:00-19:00", 0, 9, 59, false},
        {"mon-fri", "10:00-19:00", 4, 18, 59, true}, {"mon-fri", "10:00-19:00", 4, 19, 0, false},
        {"mon-fri", "10:00-19:00", 5, 12, 0, false}, {"daily", "all day", 6, 23, 59, true},
        {"tue", "all day", 0, 12, 0, false},         {"tue", "all day", 1, 0, 0, true},
        {"fri", "22:00-2:00", 4, 23, 0, true},       {"fri", "22:00-2:00", 5, 1, 59, true},
        {"fri", "22:00-2:00", 5, 2, 0, false},       {"fri", "22:00-2:00", 4, 1, 0, false},
        {"sun", "22:00-2:00", 0, 1, 0, true}, /* Monday morning is Sunday's night */
        {"mon", "10:00-24:00", 0, 23, 59, true},     {"mon", "10:00-24:00", 1, 0, 0, false},
        {"sat-mon", "9:00-10:00", 6, 9, 30, true},   {"sat-mon", "9:00-10:00", 0, 9, 30, true},
        {"sat-mon", "9:00-10:00", 1, 9, 30, false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        struct week_span span;

        CHECK_ROW(i);
        CHECK_THAT(week_days_read(str_of(row[i].days), &span.days));
        CHECK_THAT(week_hours_read(str_of(row[i].hours), &span));
        CHECK_INT(week_span_holds(&span, row[i].day * 1440 + row[i].hour * 60 + row[i].minute),
                  row[i].holds);
    }
}

static void
hours_are_written_as_they_are_read(void **state)
{
    static const struct {
        const char *days, *hours, *written;
    } row[] = {
        {"daily", "all day", "daily all day"},
        {"mon-sun", "0:00-24:00", "daily all day"},
        {"mon-fri", "09:05-19:00", "mon-fri 9:05-19:00"},
        {"sun,mon,wed", "22:00-2:00", "mon,wed,sun 22:00-2:00"},
        {"sat-mon", "10:00-10:00", "mon,sat-sun all day"},
    };
    static const char *const no_days[] = {"",       "Mon",    "mon-", "mon,", "mon-fri-sat",
                                          "monday", "mon fri"};
    static const char *const no_hours[] = {
        "",           "10-19",      "10:00",       "10:00-25:00", "10:60-11:00",
        "24:01-3:00", "10:0-11:00", "10:00-11:00 "};
    struct week_span span;

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        struct buf b = buf_new(arena, KIB);

        CHECK_ROW(i);
        CHECK_THAT(week_days_read(str_of(row[i].days), &span.days));
        CHECK_THAT(week_hours_read(str_of(row[i].hours), &span));
        week_span_write(&b, &span);
        CHECK_STR(buf_str(&b), row[i].written);
    }
    for (size_t i = 0; i < COUNT(no_days); i++) {
        CHECK_ROW(i);
        CHECK_THAT(!week_days_read(str_of(no_days[i]), &span.days));
    }
    for (size_t i = 0; i < COUNT(no_hours); i++) {
        CHECK_ROW(i);
        CHECK_THAT(!week_hours_read(str_of(no_hours[i]), &span));
    }
}

/* ---------------------------------------------------------------- words */

static void
words_are_compared_as_people_mean_them(void **state)
{
    static const struct {
        const char *in, *out;
    } row[] = {
        {"ＰＯＩＮＴ", "point"},
        {"  ﾎﾟｲﾝﾄ！！ ", "ポイント"},
        {"営業時間？", "営業時間"},
        {"\"Opening   hours\"...", "opening hours"},
        {"Straße", "strasse"},
        {"ｶﾞ\u200b", "ガ"},
        {"？！", ""},
        {"　\n", ""},
        {"50% off", "50% off"},
        {"เวลา เปิด?", "เวลา เปิด"},
        {"a\nb", "a b"},
        {"🍜", "🍜"},
    };
    struct str out;

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        CHECK_ROW(i);
        CHECK_THAT(text_fold_words(arena, str_of(row[i].in), &out));
        CHECK_STR(out, row[i].out);
    }
    CHECK_THAT(!text_fold_words(arena, STR("\xff"), &out));
}

static void
lines_of_a_text_are_kept(void **state)
{
    struct str out;
    struct err e;

    (void)state;
    CHECK_OK(text_clean_lines(arena, STR("\r\n  a \r\n\n b\u202e\n\n"), 6, &out, &e), e);
    CHECK_STR(out, "a\n\nb");
    CHECK_FAILS(text_clean_lines(arena, STR("a\n\nbcd"), 5, &out, &e), e, ERR_INPUT,
                "text_too_long");
    CHECK_FAILS(text_clean_lines(arena, STR(" \n \n"), 5, &out, &e), e, ERR_INPUT, "text_empty");
    CHECK_FAILS(text_clean_lines(arena, STR(""), 5, &out, &e), e, ERR_INPUT, "text_empty");
    CHECK_FAILS(text_clean_lines(arena, STR("a\n\xff"), 5, &out, &e), e, ERR_INPUT, "text_invalid");
}

/* ---------------------------------------------------------------- which rule speaks */

#define RULE(n, how, what) .id = (n), .is_on = true, .match = KEYWORD_##how, .words = STR_INIT(what)
#define ALL_DAY .span = {.days = WEEK_DAILY}

/* Staff answer on weekdays from 10 to 19. */
static struct keyword_rule rule_table[] = {
    {RULE(1, EXACT, "hours\n営業時間"), ALL_DAY},
    {RULE(2, CONTAINS, "open"), ALL_DAY, .hours = KEYWORD_AWAY},
    {RULE(3, CONTAINS, "open late"), ALL_DAY, .hours = KEYWORD_AWAY},
    {RULE(4, ANY, ""), ALL_DAY, .hours = KEYWORD_AWAY},
    {RULE(5, CONTAINS, "human"), ALL_DAY, .priority = 10, .action = KEYWORD_SILENT},
    {RULE(6, EXACT, "สวัสดี"), ALL_DAY, .has_language = true, .language = LANGUAGE_TH},
    {RULE(7, EXACT, "lunch"), ALL_DAY, .priority = -1},
    {RULE(8, STICKER, "446:1988\n11537:*\nhello"), ALL_DAY},
    {RULE(9, LOCATION, ""), ALL_DAY, .action = KEYWORD_SHOPS},
    {RULE(10, CONTAINS, "予約"), ALL_DAY, .hours = KEYWORD_STAFF},
    {RULE(11, EXACT, "hours"), ALL_DAY}, /* the older one speaks */
    {RULE(12, CONTAINS, "lunch"), .span = {.days = WEEK_DAILY, .from_min = 660, .until_min = 840}},
};

static const struct keyword_rules rules = {
    .rule = rule_table,
    .n = COUNT(rule_table),
    .staff = {{.days = 0x1F, .from_min = 600, .until_min = 1140}},
    .staff_n = 1,
    .utc_offset_min = TOKYO_MIN,
};

static int64_t
speaks(const struct keyword_ask *ask)
{
    const struct keyword_rule *rule = keyword_choose(&rules, ask);

    return rule ? rule->id : 0;
}

static void
a_text_is_answered_by_the_rule_that_fits_best(void **state)
{
    static const struct {
        const char *text;
        int64_t at_ms, rule;
    } row[] = {
        {"hours", AT(0, 12, 0), 1},
        {"営業時間", AT(0, 3, 0), 1},
        {"your hours", AT(0, 12, 0), 0}, /* exact is exact; by day staff read the rest */
        {"your hours", AT(0, 20, 0), 4}, /* at night the bot says that they are away */
        {"are you open", AT(0, 20, 0), 2},
        {"are you open", AT(0, 18, 59), 0},
        {"are you open", AT(5, 12, 0), 2}, /* Saturday: nobody is there */
        {"open late", AT(5, 12, 0), 3},    /* the longer word */
        {"reopening", AT(5, 12, 0), 4},    /* no word of its own */
        {"開open店", AT(5, 12, 0), 2},     /* but between other scripts it is one */
        {"open a human", AT(5, 12, 0), 5}, /* the greater priority */
        {"lunch", AT(0, 12, 0), 12},       /* -1 gives way even to a lesser fit */
        {"lunch", AT(0, 15, 0), 7},
        {"予約したい", AT(1, 11, 0), 10},
        {"予約したい", AT(1, 9, 59), 4},
        {"", AT(5, 12, 0), 4},
        {"", AT(0, 12, 0), 0},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        const struct keyword_ask ask = {
            .kind = KEYWORD_ANY, .text = str_of(row[i].text), .now_ms = row[i].at_ms};

        CHECK_ROW(i);
        CHECK_INT(speaks(&ask), row[i].rule);
    }
}

static void
a_rule_of_a_language_is_for_those_who_speak_it(void **state)
{
    struct keyword_ask ask = {.kind = KEYWORD_ANY, .text = STR("สวัสดี"), .now_ms = AT(0, 12, 0)};

    (void)state;
    CHECK_INT(speaks(&ask), 6); /* not known yet: it may be */
    ask.has_language = true;
    ask.language = LANGUAGE_EN;
    CHECK_INT(speaks(&ask), 0);
    ask.language = LANGUAGE_TH;
    CHECK_INT(speaks(&ask), 6);
}

static void
stickers_and_places_have_rules_of_their_own(void **state)
{
    static const struct str words[] = {STR_INIT("cony"), STR_INIT("hello")};
    static const struct {
        struct keyword_ask ask;
        int64_t rule;
    } row[] = {
        {{.kind = KEYWORD_STICKER, .package_id = STR_INIT("446"), .sticker_id = STR_INIT("1988")},
         8},
        {{.kind = KEYWORD_STICKER, .package_id = STR_INIT("446"), .sticker_id = STR_INIT("1989")},
         0},
        {{.kind = KEYWORD_STICKER, .package_id = STR_INIT("11537"), .sticker_id = STR_INIT("1")},
         8},
        {{.kind = KEYWORD_STICKER,
          .package_id = STR_INIT("1"),
          .sticker_id = STR_INIT("1"),
          .keywords = words,
          .keywords_n = 2},
         8},
        {{.kind = KEYWORD_STICKER,
          .package_id = STR_INIT("1"),
          .sticker_id = STR_INIT("1"),
          .keywords = words,
          .keywords_n = 1},
         0},
        {{.kind = KEYWORD_LOCATION}, 9},
        {{.kind = KEYWORD_IMAGE}, 0}, /* there is no rule for pictures: a person will look */
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        CHECK_ROW(i);
        CHECK_INT(speaks(&row[i].ask), row[i].rule);
    }
}

static void
a_rule_that_is_off_says_nothing(void **state)
{
    struct keyword_rule off[] = {{RULE(1, ANY, ""), ALL_DAY}};
    const struct keyword_rules one = {.rule = off, .n = 1};
    const struct keyword_ask ask = {.kind = KEYWORD_ANY};

    (void)state;
    CHECK_THAT(keyword_choose(&one, &ask) == &off[0]);
    off[0].is_on = false;
    CHECK_THAT(keyword_choose(&one, &ask) == NULL);
}

/* ---------------------------------------------------------------- in the book */

static const struct keyword_rule sample = {
    .is_on = true,
    .match = KEYWORD_EXACT,
    .words = STR_INIT("営業時間, ＨＯＵＲＳ\nhours?,, 何時まで"),
    .priority = 5,
    .has_language = true,
    .language = LANGUAGE_ZH_HANT,
    .hours = KEYWORD_AWAY,
    .span = {.days = 3, .from_min = 60, .until_min = 0},
    .action = KEYWORD_TEXT,
    .reply = STR_INIT("10:00-20:00\n"),
};

static int64_t
save(struct book *b, const struct keyword_rule *rule)
{
    int64_t id = 0;
    struct err e;

    CHECK_OK(keyword_save(b->db, arena, rule, BOOK_OWNER, b->now_ms, &id, &e), e);
    return id;
}

static void
a_rule_is_stored_as_it_will_be_compared_and_said(void **state)
{
    const struct keyword_button button[] = {
        {.label = STR(" Points "), .press = KEYWORD_PRESS_BALANCE},
        {.label = STR("Menu"), .press = KEYWORD_PRESS_SAYS, .says = STR("今日のメニュー")},
        {.label = STR("More"), .press = KEYWORD_PRESS_RULE, .rule_id = 1},
    };
    struct keyword_rule rule = sample, *all;
    struct keyword_rules on;
    struct book b;
    size_t n;
    struct err e;

    (void)state;
    book_open(&b);
    CHECK_INT(save(&b, &rule), 1);
    rule.button = button;
    rule.buttons_n = 3;
    CHECK_INT(save(&b, &rule), 2);
    CHECK_OK(keyword_load(b.db, arena, 2, &rule, &e), e);
    CHECK_STR(rule.words, "営業時間\nhours\nhours\n何時まで");
    CHECK_STR(rule.reply, "10:00-20:00");
    CHECK_INT(rule.priority, 5);
    CHECK_THAT(rule.has_language && rule.language == LANGUAGE_ZH_HANT);
    CHECK_INT(rule.hours, KEYWORD_AWAY);
    CHECK_INT(rule.span.days, 3);
    CHECK_INT(rule.span.from_min, 60);
    CHECK_INT(rule.buttons_n, 3);
    CHECK_STR(rule.button[0].label, "Points");
    CHECK_STR(rule.button[1].says, "今日のメニュー");
    CHECK_INT(rule.button[2].rule_id, 1);

    rule.is_on = false;
    rule.buttons_n = 1;
    CHECK_INT(save(&b, &rule), 2);
    CHECK_OK(keyword_rules_load(b.db, arena, &on, &e), e);
    CHECK_INT(on.n, 1);
    CHECK_INT(on.utc_offset_min, TOKYO_MIN);
    CHECK_OK(keyword_list(b.db, arena, &all, &n, &e), e);
    CHECK_INT(n, 2);
    CHECK_INT(all[1].buttons_n, 1);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM audit WHERE act = 'keyword.saved'"), 3);
    book_close(&b);
}

static void
what_line_would_refuse_is_refused_before(void **state)
{
    static char long_text[20001];
    const struct keyword_button fourteen[14] = {[0] = {.label = STR("x")}};
    const struct keyword_button nameless = {.press = KEYWORD_PRESS_BALANCE};
    const struct keyword_button wide = {.label = STR("😀😀😀😀😀😀😀😀😀😀😀")};
    const struct keyword_button mute = {.label = STR("x"), .press = KEYWORD_PRESS_SAYS};
    const struct keyword_button lost = {
        .label = STR("x"), .press = KEYWORD_PRESS_RULE, .rule_id = 9};
    struct keyword_rule row[14];
    static const char *const word[COUNT(row)] = {
        "keyword_words",   "keyword_words",   "keyword_words",   "keyword_words",
        "keyword_reply",   "keyword_reply",   "keyword_reply",   "keyword_priority",
        "keyword_hours",   "keyword_hours",   "keyword_buttons", "keyword_buttons",
        "keyword_buttons", "keyword_buttons",
    };
    struct book b;
    struct err e;
    int64_t id = 77;

    (void)state;
    memset(long_text, 'a', sizeof(long_text) - 1);
    for (size_t i = 0; i < COUNT(row); i++)
        row[i] = sample;
    row[0].words = STR("");
    row[1].words = STR(" , ?!\n");
    row[2].words = STR("a\xff");
    row[3].words = (struct str){long_text, 1001};
    row[4].reply = STR("\n \n");
    row[5].reply = (struct str){long_text, 5001};
    row[6].reply = STR("\xff");
    row[7].priority = 101;
    row[8].span.days = 0;
    row[9].span.until_min = 1440;
    row[10].button = fourteen;
    row[10].buttons_n = 14;
    row[11].button = &nameless;
    row[12].button = &wide; /* 22 units */
    row[13].button = &mute;
    row[11].buttons_n = row[12].buttons_n = row[13].buttons_n = 1;
    book_open(&b);
    for (size_t i = 0; i < COUNT(row); i++) {
        CHECK_ROW(i);
        CHECK_FAILS(keyword_save(b.db, arena, &row[i], 0, b.now_ms, &id, &e), e, ERR_INPUT,
                    word[i]);
        CHECK_THAT(e.field[0] != '\0');
    }
    row[0] = sample;
    row[0].button = &lost;
    row[0].buttons_n = 1;
    CHECK_FAILS(keyword_save(b.db, arena, &row[0], 0, b.now_ms, &id, &e), e, ERR_INPUT,
                "keyword_buttons");
    row[0] = sample;
    row[0].id = 9;
    CHECK_FAILS(keyword_save(b.db, arena, &row[0], 0, b.now_ms, &id, &e), e, ERR_NOT_FOUND,
                "keyword_unknown");
    CHECK_INT(id, 77);
    row[0] = sample;
    row[0].reply = (struct str){long_text, 5000};
    save(&b, &row[0]);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM keyword_rule"), 1);
    book_close(&b);
}

static void
a_rule_that_goes_takes_the_buttons_to_it_along(void **state)
{
    const struct keyword_button to_first = {
        .label = STR("x"), .press = KEYWORD_PRESS_RULE, .rule_id = 1};
    struct keyword_rule rule = sample;
    struct book b;
    struct err e;

    (void)state;
    book_open(&b);
    save(&b, &rule);
    rule.button = &to_first;
    rule.buttons_n = 1;
    save(&b, &rule);
    CHECK_OK(keyword_remove(b.db, 1, BOOK_OWNER, b.now_ms, &e), e);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM keyword_button"), 0);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM keyword_rule"), 1);
    CHECK_FAILS(keyword_remove(b.db, 1, 0, b.now_ms, &e), e, ERR_NOT_FOUND, "keyword_unknown");
    book_close(&b);
}

static void
there_is_an_end_to_rules(void **state)
{
    struct book b;
    struct err e;
    int64_t id;

    (void)state;
    book_open(&b);
    for (int i = 0; i < KEYWORD_RULES_MAX; i++)
        save(&b, &sample);
    CHECK_FAILS(keyword_save(b.db, arena, &sample, 0, b.now_ms, &id, &e), e, ERR_CONFLICT,
                "keyword_full");
    book_close(&b);
}

static void
staff_hours_are_replaced_together(void **state)
{
    static const struct week_span span[] = {
        {.days = 0x1F, .from_min = 600, .until_min = 780},
        {.days = 0x1F, .from_min = 840, .until_min = 1140},
        {.days = 0x80, .from_min = 0, .until_min = 0}, /* an eighth day */
    };
    static const struct week_span many[STAFF_HOURS_MAX + 1];
    struct keyword_rules got;
    struct book b;
    struct err e;

    (void)state;
    book_open(&b);
    CHECK_OK(staff_hours_save(b.db, span, 2, BOOK_OWNER, b.now_ms, &e), e);
    CHECK_OK(keyword_rules_load(b.db, arena, &got, &e), e);
    CHECK_INT(got.staff_n, 2);
    CHECK_INT(got.staff[1].from_min, 840);
    CHECK_THAT(keyword_is_staffed(&got, AT(0, 12, 59)));
    CHECK_THAT(!keyword_is_staffed(&got, AT(0, 13, 30))); /* lunch */
    CHECK_FAILS(staff_hours_save(b.db, span + 2, 1, 0, b.now_ms, &e), e, ERR_INPUT,
                "keyword_hours");
    CHECK_FAILS(staff_hours_save(b.db, many, COUNT(many), 0, b.now_ms, &e), e, ERR_INPUT,
                "keyword_hours");
    CHECK_OK(staff_hours_save(b.db, NULL, 0, BOOK_OWNER, b.now_ms, &e), e);
    CHECK_OK(keyword_rules_load(b.db, arena, &got, &e), e);
    CHECK_INT(got.staff_n, 0);
    CHECK_THAT(!keyword_is_staffed(&got, AT(0, 12, 0)));
    book_close(&b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        KEYWORD_TEST(a_week_begins_on_monday),
        KEYWORD_TEST(spans_hold_to_the_minute_and_over_midnight),
        KEYWORD_TEST(hours_are_written_as_they_are_read),
        KEYWORD_TEST(words_are_compared_as_people_mean_them),
        KEYWORD_TEST(lines_of_a_text_are_kept),
        KEYWORD_TEST(a_text_is_answered_by_the_rule_that_fits_best),
        KEYWORD_TEST(a_rule_of_a_language_is_for_those_who_speak_it),
        KEYWORD_TEST(stickers_and_places_have_rules_of_their_own),
        KEYWORD_TEST(a_rule_that_is_off_says_nothing),
        KEYWORD_TEST(a_rule_is_stored_as_it_will_be_compared_and_said),
        KEYWORD_TEST(what_line_would_refuse_is_refused_before),
        KEYWORD_TEST(a_rule_that_goes_takes_the_buttons_to_it_along),
        KEYWORD_TEST(there_is_an_end_to_rules),
        KEYWORD_TEST(staff_hours_are_replaced_together),
    };

    return cmocka_run_group_tests_name("keyword", tests, NULL, NULL);
}
