/* Members: entering once and again, what is kept sealed, which language, and who is a friend. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "domain/member.h"
#include "tests/support/book.h"
#include "tests/support/check.h"

#define LINE_ID "U0123456789abcdef0123456789abcdef"
#define OTHER_ID "Ufedcba9876543210fedcba9876543210"

static struct member
enter(struct book *b, const char *line_id, const char *name, bool *is_new_out)
{
    struct member_login login = {
        .line_id = str_of(line_id),
        .name = str_of(name),
        .picture = STR("https://profile.line-scdn.net/0hpicture"),
        .language = LANGUAGE_TH,
        .is_friend = true,
        .now_ms = b->now_ms,
    };
    struct member member;
    struct err e;

    CHECK_OK(member_enter(b->db, &login, &member, is_new_out, &e), e);
    return member;
}

static void
check_name(struct book *b, int64_t id, const char *want)
{
    struct arena *a = arena_new(4 * KIB);
    struct str name;
    struct err e;

    CHECK_OK(member_name(b->db, id, a, &name, &e), e);
    CHECK_STR(name, want);
    arena_free(a);
}

static void
entering_twice_is_one_member(void **state)
{
    struct book b;
    struct member first, again, found;
    bool is_new;
    struct err e;

    (void)state;
    book_open(&b);
    first = enter(&b, LINE_ID, "Before", &is_new);
    CHECK_THAT(is_new);
    CHECK_INT(first.language, LANGUAGE_TH);
    CHECK_THAT(first.is_friend);
    CHECK_INT(first.joined_ms, b.now_ms);
    check_name(&b, first.id, "Before");
    CHECK_OK(member_set_language(b.db, first.id, LANGUAGE_EN, &e), e);

    b.now_ms += 1000;
    again = enter(&b, LINE_ID, "After", &is_new);
    CHECK_THAT(!is_new);
    CHECK_INT(again.id, first.id);
    CHECK_INT(again.language, LANGUAGE_EN); /* chosen by the member, not by the login */
    CHECK_INT(again.joined_ms, first.joined_ms);
    check_name(&b, first.id, "After");

    CHECK_OK(member_find(b.db, STR(LINE_ID), &found, &e), e);
    CHECK_INT(found.id, first.id);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM member"), 1);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM card"), 2); /* one a plan */
    book_close(&b);
}

static void
a_plan_that_came_later_gets_its_card_at_the_next_login(void **state)
{
    struct book b;
    struct plan_rules rules;
    struct member member;
    int64_t plan_id;
    bool is_new;
    struct err e;

    (void)state;
    book_open(&b);
    member = enter(&b, LINE_ID, "", &is_new);
    CHECK_OK(plan_load(b.db, BOOK_STAMPS, 0, &rules, &e), e);
    memcpy(rules.name, "Third", sizeof("Third"));
    CHECK_OK(plan_create(b.db, &rules, b.now_ms, &plan_id, &e), e);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM card"), 2);
    enter(&b, LINE_ID, "", &is_new);
    CHECK_THAT(!is_new);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM card WHERE member_id = %d AND plan_id = %d",
                       (int)member.id, (int)plan_id),
              1);
    book_close(&b);
}

#define POINTS_60 "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffff"

static void
names_from_line_are_cut_rather_than_refused(void **state)
{
    static const struct {
        const char *given, *kept;
    } row[] = {
        {"", ""},
        {"  \xE5\xB1\xB1\xE7\x94\xB0  ", "\xE5\xB1\xB1\xE7\x94\xB0"}, /* trimmed */
        {"a\n\x1B[31mb", "a[31mb"},                                   /* no controls */
        {"\xE2\x80\xAE"
         "abc",
         "abc"}, /* no turning of directions */
        {"e\xCC\x81", "\xC3\xA9"},
        {"\xFF\xFE", ""}, /* not UTF-8: as if LINE gave none */
        {POINTS_60 "1234", POINTS_60 "1234"},
        {POINTS_60 "12345", POINTS_60 "1234"},
        {POINTS_60 "123 567", POINTS_60 "123"}, /* no space at the new end */
        {POINTS_60 "12\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x9A\x80",
         POINTS_60 "12\xF0\x9F\x91\xA9"}, /* half a joined picture loses its joiner */
    };
    struct book b;
    struct member member;
    bool is_new;

    (void)state;
    book_open(&b);
    for (size_t i = 0; i < COUNT(row); i++) {
        CHECK_ROW(i);
        member = enter(&b, LINE_ID, row[i].given, &is_new);
        check_name(&b, member.id, row[i].kept);
    }
    book_close(&b);
}

/* ---------------------------------------------------------------- at rest */

static bool
file_holds(const char *path, const char *suffix, const char *text)
{
    char name[4096];
    char *bytes;
    FILE *file;
    size_t n;
    bool holds;

    snprintf(name, sizeof(name), "%s%s", path, suffix);
    file = fopen(name, "rb");
    if (file == NULL)
        return false;
    bytes = malloc(16 * MIB);
    assert_non_null(bytes);
    n = fread(bytes, 1, 16 * MIB, file);
    CHECK_THAT(n < 16 * MIB);
    holds = memmem(bytes, n, text, strlen(text)) != NULL;
    free(bytes);
    fclose(file);
    return holds;
}

static bool
book_holds(const struct book *b, const char *text)
{
    return file_holds(b->path, "", text) || file_holds(b->path, "-wal", text);
}

static void
nobody_is_known_from_the_bytes_of_the_book(void **state)
{
    static const char *const secret[] = {LINE_ID, "0123456789abcdef", "Recognisable",
                                         "profile.line-scdn.net", "Second Name"};
    struct book b;
    bool is_new;

    (void)state;
    book_open(&b);
    enter(&b, LINE_ID, "Recognisable", &is_new);
    enter(&b, LINE_ID, "Second Name", &is_new);
    CHECK_THAT(book_holds(&b, "Coffee")); /* looking works: a reward's title is no secret */
    for (size_t i = 0; i < COUNT(secret); i++) {
        CHECK_ROW(i);
        CHECK_THAT(!book_holds(&b, secret[i]));
    }
    book_close(&b);
}

static void
what_is_sealed_opens_only_where_it_was_put(void **state)
{
    struct book b;
    struct member one, other;
    struct arena *a = arena_new(4 * KIB);
    struct str text;
    bool is_new;
    struct err e;

    (void)state;
    book_open(&b);
    one = enter(&b, LINE_ID, "One", &is_new);
    other = enter(&b, OTHER_ID, "Other", &is_new);
    CHECK_OK(member_line_id(b.db, one.id, a, &text, &e), e);
    CHECK_STR(text, LINE_ID);
    CHECK_OK(member_picture(b.db, one.id, a, &text, &e), e);
    CHECK_STR(text, "https://profile.line-scdn.net/0hpicture");

    book_exec(&b, "UPDATE identity SET picture = name WHERE member_id = %d", (int)one.id);
    CHECK_FAILS(member_picture(b.db, one.id, a, &text, &e), e, ERR_INTERNAL, "seal_broken");
    book_exec(&b,
              "UPDATE identity SET name = (SELECT name FROM identity WHERE member_id = %d)"
              " WHERE member_id = %d; UPDATE member_key SET wrapped ="
              " (SELECT wrapped FROM member_key WHERE member_id = %d) WHERE member_id = %d",
              (int)one.id, (int)other.id, (int)one.id, (int)other.id);
    CHECK_FAILS(member_name(b.db, other.id, a, &text, &e), e, ERR_INTERNAL, "seal_broken");
    book_exec(&b, "UPDATE identity SET name = x'00' WHERE member_id = %d", (int)one.id);
    CHECK_FAILS(member_name(b.db, one.id, a, &text, &e), e, ERR_INTERNAL, "seal_broken");
    arena_free(a);
    book_close_broken(&b);
}

static void
a_full_arena_is_told(void **state)
{
    struct book b;
    struct member member;
    struct arena *a;
    struct str text;
    bool is_new;
    struct err e;

    (void)state;
    book_open(&b);
    member = enter(&b, LINE_ID, "Name", &is_new);
    a = arena_new(64);
    while (arena_alloc(a, 1) != NULL)
        ;
    CHECK_FAILS(member_name(b.db, member.id, a, &text, &e), e, ERR_INTERNAL, "out_of_memory");
    arena_free(a);
    book_close(&b);
}

static void
who_is_not_there_is_not_found(void **state)
{
    struct book b;
    struct member member;
    struct arena *a = arena_new(4 * KIB);
    struct str text;
    struct err e;

    (void)state;
    book_open(&b);
    CHECK_FAILS(member_load(b.db, 9, &member, &e), e, ERR_NOT_FOUND, "member_unknown");
    CHECK_FAILS(member_find(b.db, STR(LINE_ID), &member, &e), e, ERR_NOT_FOUND, "member_unknown");
    CHECK_FAILS(member_name(b.db, 9, a, &text, &e), e, ERR_NOT_FOUND, "member_unknown");
    CHECK_FAILS(member_set_language(b.db, 9, LANGUAGE_JA, &e), e, ERR_NOT_FOUND, "member_unknown");
    CHECK_FAILS(member_befriend(b.db, 9, true, 1, NULL, &e), e, ERR_NOT_FOUND, "member_unknown");
    arena_free(a);
    book_close(&b);
}

/* ---------------------------------------------------------------- friends */

static void
the_newest_news_of_friendship_counts(void **state)
{
    static const struct {
        bool is_friend;
        int64_t at_ms;
        bool after;
    } row[] = {
        {true, 1000, true},  {false, 3000, false},
        {true, 2000, false}, /* arrived late: the block was after it */
        {true, 3000, false}, /* of the same moment: the first to come stays */
        {true, 4000, true},  {false, 3999, true},
    };
    struct book b;
    struct member member;
    bool is_new;
    struct err e;

    (void)state;
    book_open(&b);
    member = enter(&b, LINE_ID, "", &is_new);
    for (size_t i = 0; i < COUNT(row); i++) {
        CHECK_ROW(i);
        CHECK_OK(member_befriend(b.db, member.id, row[i].is_friend, row[i].at_ms, &is_new, &e), e);
        CHECK_OK(member_load(b.db, member.id, &member, &e), e);
        CHECK_INT(member.is_friend, row[i].after);
    }
    book_close(&b);
}

/* ---------------------------------------------------------------- languages */

static void
the_best_of_our_languages_is_chosen(void **state)
{
    static const struct {
        const char *tags;
        enum language want;
    } row[] = {
        {"ja", LANGUAGE_JA},
        {"en-GB", LANGUAGE_EN},
        {"th_TH", LANGUAGE_TH},
        {"zh-Hant", LANGUAGE_ZH_HANT},
        {"zh_TW", LANGUAGE_ZH_HANT},
        {"zh-CN", LANGUAGE_ZH_HANT}, /* the nearest we have */
        {"ZH-hant-hk", LANGUAGE_ZH_HANT},
        {"en-US,en;q=0.9,ja;q=0.8", LANGUAGE_EN},
        {"ja;q=0.8, en;q=0.9", LANGUAGE_EN},
        {"ja;q=0.85,en;q=0.9,th", LANGUAGE_TH},
        {"en,ja", LANGUAGE_EN}, /* of equals, the first */
        {"de, fr;q=0.9, en;q=0.1", LANGUAGE_EN},
        {"ja;q=0.001,en;q=0.002", LANGUAGE_EN},
        {"  th ; Q=1.000 ", LANGUAGE_TH},
        {"ja;q=0", LANGUAGE_TH}, /* not that one */
        {"de", LANGUAGE_TH},
        {"", LANGUAGE_TH},
        {"*", LANGUAGE_TH},
        {"*;q=0.5, en;q=0.4", LANGUAGE_TH},
        {"ja;q=1.1", LANGUAGE_TH}, /* malformed weights are passed over */
        {"ja;q=0.1234", LANGUAGE_TH},
        {"ja;q=", LANGUAGE_TH},
        {"ja;q=x, en;q=0.1", LANGUAGE_EN},
        {"ja;level=1", LANGUAGE_TH},
        {",,;,en", LANGUAGE_EN},
        {"english", LANGUAGE_TH},
        {"-", LANGUAGE_TH},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        CHECK_ROW(i);
        CHECK_TEXT(language_tag(language_of(str_of(row[i].tags), LANGUAGE_TH)),
                   language_tag(row[i].want));
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(entering_twice_is_one_member),
        TEST(a_plan_that_came_later_gets_its_card_at_the_next_login),
        TEST(names_from_line_are_cut_rather_than_refused),
        TEST(nobody_is_known_from_the_bytes_of_the_book),
        TEST(what_is_sealed_opens_only_where_it_was_put),
        TEST(a_full_arena_is_told),
        TEST(who_is_not_there_is_not_found),
        TEST(the_newest_news_of_friendship_counts),
        TEST(the_best_of_our_languages_is_chosen),
    };

    return cmocka_run_group_tests_name("member", tests, NULL, NULL);
}
