/*
 * Terms: versions that never change, in force by time, and who agreed to which, when.
 */
#include "domain/terms.h"

#include "tests/support/book.h"
#include "tests/support/check.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

#define LINE_ID "U0123456789abcdef0123456789abcdef"

static struct book b;
static struct arena *arena;
static struct err e;

static int
set_up(void **state)
{
    (void)state;
    book_open(&b);
    arena = arena_new(4 * MIB);
    return arena == NULL;
}

static int
tear_down(void **state)
{
    arena_free(arena);
    book_close(&b);
    return check_forget_row(state);
}

#define BOOK_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

static enum err_code
add_at(int64_t version, enum language language, struct str text, int64_t from_ms)
{
    const struct terms_new in = {.version = version,
                                 .language = language,
                                 .text = text,
                                 .from_ms = from_ms,
                                 .now_ms = b.now_ms};
    int64_t made;

    return terms_add(b.db, arena, &in, &made, &e);
}

static enum err_code
add(int64_t version, enum language language, const char *text)
{
    return add_at(version, language, str_of(text), b.now_ms);
}

static int64_t
member(void)
{
    const struct member_login login = {.line_id = STR(LINE_ID), .now_ms = b.now_ms};
    struct member out;
    bool is_new;

    CHECK_OK(member_enter(b.db, &login, &out, &is_new, &e), e);
    return out.id;
}

static int64_t
in_force(int64_t *until_ms)
{
    int64_t version;

    CHECK_OK(terms_in_force(b.db, b.now_ms, &version, until_ms, &e), e);
    return version;
}

static void
the_greatest_version_whose_time_has_come_is_in_force(void **state)
{
    int64_t until_ms;

    (void)state;
    CHECK_INT(in_force(&until_ms), 0);
    CHECK_INT(until_ms, 0);
    CHECK_OK(add(0, LANGUAGE_JA, "one"), e);
    CHECK_OK(add_at(0, LANGUAGE_JA, STR("two"), b.now_ms + 2 * DAY_MS), e);
    CHECK_OK(add_at(0, LANGUAGE_JA, STR("three"), b.now_ms + 3 * DAY_MS), e);
    CHECK_INT(in_force(&until_ms), 1);
    CHECK_INT(until_ms, b.now_ms + 2 * DAY_MS);
    b.now_ms += 2 * DAY_MS - 1;
    CHECK_INT(in_force(&until_ms), 1);
    b.now_ms += 1;
    CHECK_INT(in_force(&until_ms), 2);
    CHECK_INT(until_ms, b.now_ms + DAY_MS);
    b.now_ms += 100 * DAY_MS;
    CHECK_INT(in_force(&until_ms), 3);
    CHECK_INT(until_ms, 0);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM audit WHERE act = 'terms.added'"), 3);
}

static void
a_text_is_read_in_the_language_wanted_or_in_one_there_is(void **state)
{
    struct terms terms;

    (void)state;
    CHECK_OK(add(0, LANGUAGE_TH, "thai"), e);
    CHECK_OK(add(1, LANGUAGE_EN, "english"), e);
    CHECK_OK(terms_load(b.db, 1, LANGUAGE_EN, arena, &terms, &e), e);
    CHECK_STR(terms.text, "english");
    CHECK_OK(terms_load(b.db, 1, LANGUAGE_ZH_HANT, arena, &terms, &e), e);
    CHECK_STR(terms.text, "english");
    CHECK_INT(terms.language, LANGUAGE_EN);
    CHECK_OK(add(1, LANGUAGE_JA, "japanese"), e);
    CHECK_OK(terms_load(b.db, 1, LANGUAGE_ZH_HANT, arena, &terms, &e), e);
    CHECK_STR(terms.text, "japanese");
    CHECK_FAILS(terms_load(b.db, 2, LANGUAGE_EN, arena, &terms, &e), e, ERR_NOT_FOUND,
                "terms_unknown");
}

static void
a_text_never_changes(void **state)
{
    (void)state;
    CHECK_OK(add(0, LANGUAGE_JA, "one"), e);
    CHECK_FAILS(add(1, LANGUAGE_JA, "other"), e, ERR_CONFLICT, "terms_final");
    CHECK_FAILS(add(2, LANGUAGE_EN, "two"), e, ERR_NOT_FOUND, "terms_unknown");
    CHECK_THAT(book_is_refused(&b, "UPDATE terms SET text = 'x'"));
    CHECK_THAT(book_is_refused(&b, "DELETE FROM terms"));
    CHECK_OK(add_at(0, LANGUAGE_JA, STR("two"), b.now_ms + DAY_MS), e);
    CHECK_FAILS(add(0, LANGUAGE_JA, "three, but before two"), e, ERR_CONFLICT, "terms_order");
    CHECK_INT(book_int(&b, "SELECT count(*) FROM terms"), 2);
}

static void
what_is_no_text_is_refused(void **state)
{
    static const struct {
        struct str text;
        const char *word;
    } rows[] = {
        {STR_INIT(""), "text_empty"},
        {STR_INIT(" \n\n\t\n"), "text_empty"},
        {STR_INIT("fine\n\xff\n"), "text_invalid"},
    };
    char *longest = malloc(TERMS_TEXT_MAX + 2);
    struct terms terms;

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        CHECK_ROW(i);
        CHECK_FAILS(add_at(0, LANGUAGE_JA, rows[i].text, b.now_ms), e, ERR_INPUT, rows[i].word);
    }
    memset(longest, 'a', TERMS_TEXT_MAX + 1);
    longest[1000] = '\n';
    CHECK_FAILS(add_at(0, LANGUAGE_JA, (struct str){longest, TERMS_TEXT_MAX + 1}, b.now_ms), e,
                ERR_INPUT, "text_too_long");
    CHECK_INT(book_int(&b, "SELECT count(*) FROM terms"), 0);
    CHECK_OK(add_at(0, LANGUAGE_JA, (struct str){longest, TERMS_TEXT_MAX}, b.now_ms), e);
    free(longest);
    CHECK_OK(add(0, LANGUAGE_JA,
                 "1. A \r\n\r\n\xe2\x80\xae"
                 "2. B\n\n\n"),
             e); /* right to left */
    CHECK_OK(terms_load(b.db, 2, LANGUAGE_JA, arena, &terms, &e), e);
    CHECK_STR(terms.text, "1. A\n\n2. B");
}

static void
consent_is_to_the_terms_in_force_and_the_first_time_counts(void **state)
{
    struct consent consent[4];
    struct member known;
    int64_t id = member();
    size_t n;

    (void)state;
    CHECK_FAILS(terms_agree(b.db, id, 1, b.now_ms, &e), e, ERR_CONFLICT, "terms_other");
    CHECK_FAILS(terms_agree(b.db, id, 0, b.now_ms, &e), e, ERR_CONFLICT, "terms_other");
    CHECK_OK(add(0, LANGUAGE_JA, "one"), e);
    CHECK_OK(add_at(0, LANGUAGE_JA, STR("two"), b.now_ms + DAY_MS), e);
    CHECK_FAILS(terms_agree(b.db, id, 2, b.now_ms, &e), e, ERR_CONFLICT, "terms_other");
    CHECK_OK(terms_agree(b.db, id, 1, b.now_ms, &e), e);
    CHECK_OK(terms_agree(b.db, id, 1, b.now_ms + 5, &e), e);
    b.now_ms += DAY_MS;
    CHECK_FAILS(terms_agree(b.db, id, 1, b.now_ms, &e), e, ERR_CONFLICT, "terms_other");
    CHECK_OK(terms_agree(b.db, id, 2, b.now_ms, &e), e);
    CHECK_OK(consents_of_member(b.db, id, consent, COUNT(consent), &n, &e), e);
    CHECK_INT(n, 2);
    CHECK_INT(consent[0].version, 2);
    CHECK_INT(consent[1].at_ms, b.now_ms - DAY_MS);
    CHECK_OK(member_load(b.db, id, &known, &e), e);
    CHECK_INT(known.agreed, 2);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        BOOK_TEST(the_greatest_version_whose_time_has_come_is_in_force),
        BOOK_TEST(a_text_is_read_in_the_language_wanted_or_in_one_there_is),
        BOOK_TEST(a_text_never_changes),
        BOOK_TEST(what_is_no_text_is_refused),
        BOOK_TEST(consent_is_to_the_terms_in_force_and_the_first_time_counts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
