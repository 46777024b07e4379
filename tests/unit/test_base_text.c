/* What people type: cleaned, folded, counted as LINE counts. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "tests/support/check.h"

static struct arena *arena;

static int
set_up(void **state)
{
    (void)state;
    arena = arena_new(MIB);
    return arena == NULL;
}

static int
tear_down(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static void
a_name_is_stored_in_one_form(void **state)
{
    static const struct {
        const char *in, *want;
    } row[] = {
        {"Mika", "Mika"},
        {" \u3000Mika Abe\u00A0 ", "Mika Abe"}, /* outer white space */
        {"Cafe\u0301", "Caf\u00E9"},            /* NFC */
        {"\u304B\u3099", "\u304C"},             /* ka + voiced mark */
        {"a\r\nb\tc\x01\x7F", "abc"},           /* C0 */
        {"a\xC2\x85"
         "b\xC2\x9B"
         "c",
         "abc"},                                  /* C1 */
        {"a\u202Eb\u2066c\u200F", "abc"},         /* bidirectional */
        {"a\u200Bb\uFEFFc\u00AD", "abc"},         /* zero width */
        {"a\U000E0041b", "ab"},                   /* tag characters */
        {"\u200B x \u200B", "x"},                 /* space behind the hidden */
        {"\u3164x", "x"},                         /* the Hangul filler */
        {"\u845B\U000E0100", "\u845B\U000E0100"}, /* a kanji's own form */
        {"\uFF21", "\uFF21"},                     /* full width stays: NFC */
        {"\U0001F469\u200D\U0001F467",            /* one family of two */
         "\U0001F469\u200D\U0001F467"},
        {"\u2764\uFE0F\u200D\U0001F525", /* heart on fire */
         "\u2764\uFE0F\u200D\U0001F525"},
        {"a\u200D\U0001F467", "a\U0001F467"}, /* a joiner that joins nothing */
        {"\U0001F469\u200D", "\U0001F469"},
        {"\U0001F469\u200D\u200D", "\U0001F469"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        struct str out;
        struct err e = {0};

        CHECK_ROW(i);
        CHECK_OK(text_clean(arena, str_of(row[i].in), 64, &out, &e), e);
        CHECK_STR(out, row[i].want);
    }
}

static void
cleaning_twice_changes_nothing(void **state)
{
    struct str once, twice;
    struct err e = {0};

    (void)state;
    CHECK_OK(text_clean(arena, STR("  A\u030A\u200B\u0323 \U0001F469 "), 64, &once, &e), e);
    CHECK_OK(text_clean(arena, once, 64, &twice, &e), e);
    CHECK_THAT(str_eq(once, twice));
}

static void
what_is_no_name_is_refused(void **state)
{
    char marks[3 + 2 * 31 + 1] = "abc";
    const struct {
        struct str in;
        const char *word;
    } row[] = {
        {STR(""), "text_empty"},
        {STR(" \u3000 "), "text_empty"},
        {STR("\u200B\n"), "text_empty"},
        {STR("abcd"), "text_too_long"},
        {STR("\u3042\u3042\u3042\u3042"), "text_too_long"},
        {STR("a\xFF"), "text_invalid"},
        {STR("\xED\xA0\x80"), "text_invalid"},
        {STR("\xE3\x81"), "text_invalid"},
        {{marks, sizeof(marks) - 1}, "text_invalid"}, /* 31 accents on one letter */
    };

    (void)state;
    for (size_t i = 3; i < sizeof(marks) - 1; i += 2)
        memcpy(marks + i, "\u0301", 2);
    for (size_t i = 0; i < COUNT(row); i++) {
        struct str out = STR("untouched");
        struct err e = {0};

        CHECK_ROW(i);
        CHECK_FAILS(text_clean(arena, row[i].in, 3, &out, &e), e, ERR_INPUT, row[i].word);
        CHECK_STR(out, "untouched");
    }
}

static void
a_name_larger_than_the_arena_is_too_long(void **state)
{
    struct arena *small = arena_new(64);
    struct str out;
    struct err e = {0};
    char in[100];

    (void)state;
    memset(in, 'a', sizeof(in));
    CHECK_FAILS(text_clean(small, (struct str){in, 100}, 64, &out, &e), e, ERR_TOO_LARGE,
                "text_too_long");
    CHECK_FAILS(text_clean(small, (struct str){in, 64}, 64, &out, &e), e, ERR_TOO_LARGE,
                "text_too_long");
    arena_free(small);
}

static void
whatever_room_there_is_the_answer_is_whole_or_none(void **state)
{
    int succeeded = 0;

    (void)state;
    for (size_t cap = 0; cap < 128; cap++) {
        struct arena *small = arena_new(cap);
        struct str out = STR("untouched");
        struct err e = {0};

        CHECK_ROW(cap);
        if (text_clean(small, STR("Cafe\u0301 Ueno"), 64, &out, &e) == OK) {
            CHECK_STR(out, "Caf\u00E9 Ueno");
            succeeded++;
        } else {
            CHECK_FAILS(e.code, e, ERR_TOO_LARGE, "text_too_long");
            CHECK_STR(out, "untouched");
            CHECK_INT(succeeded, 0); /* more room never does harm */
        }
        arena_free(small);
    }
    CHECK_THAT(succeeded > 0 && succeeded < 128);
}

static void
what_scanners_send_is_folded_to_ascii(void **state)
{
    struct str out;

    (void)state;
    CHECK_THAT(text_fold(arena, STR("\uFF17\uFF11\u3000\uFF211"), &out));
    CHECK_STR(out, "71 A1");
    CHECK_THAT(text_fold(arena, STR(""), &out));
    CHECK_STR(out, "");
    CHECK_THAT(!text_fold(arena, STR("7\xFF"), &out));
}

static void
length_is_counted_in_utf16_units(void **state)
{
    static const struct {
        struct str in;
        size_t units;
        size_t cut_to_3; /* bytes */
    } row[] = {
        {STR_INIT(""), 0, 0},
        {STR_INIT("abc"), 3, 3},
        {STR_INIT("abcd"), 4, 3},
        {STR_INIT("\u3042\u3042\u3042\u3042"), 4, 9},
        {STR_INIT("\U0001F600"), 2, 4},
        {STR_INIT("\U0001F600\U0001F600"), 4, 4}, /* a pair is never cut */
        {STR_INIT("ab\U0001F600"), 4, 2},
        {STR_INIT("a\xFF\xFE\xFD"), 4, 3}, /* not UTF-8: a unit a byte */
        {STR_INIT("\xE3\x81"), 2, 2},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        CHECK_ROW(i);
        CHECK_INT(text_utf16_units(row[i].in), row[i].units);
        CHECK_INT(text_utf16_cut(row[i].in, 3).n, row[i].cut_to_3);
        CHECK_THAT(str_eq(text_utf16_cut(row[i].in, 99), row[i].in));
        CHECK_INT(text_utf16_cut(row[i].in, 0).n, 0);
    }
}

static void
labels_are_counted_in_characters_as_people_see_them(void **state)
{
    static const struct {
        struct str in;
        size_t graphemes;
    } row[] = {
        {STR_INIT(""), 0},
        {STR_INIT("abc"), 3},
        {STR_INIT("\u304B\u3099"), 1}, /* a kana and its voicing mark */
        {STR_INIT("\u0E01\u0E33\u0E48"), 1},
        {STR_INIT("\U0001F468\u200D\U0001F469\u200D\U0001F467"), 1}, /* a family */
        {STR_INIT("\U0001F1EF\U0001F1F5\U0001F1F9\U0001F1FC"), 2},   /* two flags */
        {STR_INIT("\r\n"), 1},
        {STR_INIT("a\xFF\xFE"), 3}, /* not UTF-8: one a byte */
        {STR_INIT("\xE3\x81"), 2},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        CHECK_ROW(i);
        CHECK_INT(text_graphemes(row[i].in), row[i].graphemes);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_name_is_stored_in_one_form),
        TEST(cleaning_twice_changes_nothing),
        TEST(what_is_no_name_is_refused),
        TEST(a_name_larger_than_the_arena_is_too_long),
        TEST(whatever_room_there_is_the_answer_is_whole_or_none),
        TEST(what_scanners_send_is_folded_to_ascii),
        TEST(length_is_counted_in_utf16_units),
        TEST(labels_are_counted_in_characters_as_people_see_them),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
