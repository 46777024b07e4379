/* The shop's own words: what may be written, what is wrong with the rest, and that changes are
 * kept. */
#include <string.h>

#include "base/buf.h"
#include "domain/template.h"
#include "tests/support/book.h"
#include "tests/support/check.h"

static struct arena *arena;

static int
set_up(void **state)
{
    (void)state;
    arena = arena_new(4 * MIB);
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static struct template_words
words(enum template_part part, const char *text)
{
    struct template_words out = {0};

    out.part[part] = str_of(text);
    return out;
}

/* `unit` as often as it takes to fill `n` of them; in arena. */
static const char *
many(const char *unit, size_t n)
{
    struct buf b = buf_new(arena, 64 * KIB);

    while (n-- > 0)
        buf_text(&b, unit);
    return b.at;
}

/* ---------------------------------------------------------------- what may be written */

static void
what_is_wrong_with_a_part_is_named(void **state)
{
    const struct {
        enum template_kind kind;
        enum template_part part;
        const char *text;
        const char *word;  /* NULL: nothing */
        const char *field; /* or what is kept */
    } row[] = {
        {TEMPLATE_GRANT, TEMPLATE_HEADLINE, "Thanks for {amount} at {shop}", NULL,
         "Thanks for {amount} at {shop}"},
        {TEMPLATE_GRANT, TEMPLATE_HEADLINE, "  Cafe\u0301 ", NULL, "Caf\u00e9"},
        {TEMPLATE_GRANT, TEMPLATE_TEXT, "one\n\n two \n", NULL, "one\n\ntwo"},
        {TEMPLATE_GRANT, TEMPLATE_BUTTON, "\U0001F468\u200D\U0001F469", NULL,
         "\U0001F468\u200D\U0001F469"},
        {TEMPLATE_GRANT, TEMPLATE_ALT, "zero\u200Bwidth", NULL, "zerowidth"},
        {TEMPLATE_INVITE, TEMPLATE_ALT, "{plan}{plan}", NULL, "{plan}{plan}"},
        {TEMPLATE_GRANT, TEMPLATE_HEADLINE, "one\ntwo", "template_control", ""},
        {TEMPLATE_GRANT, TEMPLATE_TEXT, "a\tb", "template_control", ""},
        {TEMPLATE_GRANT, TEMPLATE_TEXT, "a\x7f", "template_control", ""},
        {TEMPLATE_GRANT, TEMPLATE_TEXT, "a\xC2\x85", "template_control", ""},
        {TEMPLATE_GRANT, TEMPLATE_TEXT, "a\u202Eb", "template_bidi", ""},
        {TEMPLATE_GRANT, TEMPLATE_TEXT, "a\u2067b", "template_bidi", ""},
        {TEMPLATE_GRANT, TEMPLATE_TEXT, "\u200Fb", "template_bidi", ""},
        {TEMPLATE_GRANT, TEMPLATE_TEXT, "a\xff", "template_not_text", ""},
        {TEMPLATE_GRANT, TEMPLATE_TEXT, many("\u0301", 31), "template_not_text", ""},
        {TEMPLATE_GRANT, TEMPLATE_TEXT, " ", "template_empty", ""},
        {TEMPLATE_GRANT, TEMPLATE_TEXT, "\n \n", "template_empty", ""},
        {TEMPLATE_GRANT, TEMPLATE_TEXT, "{", "template_brace", ""},
        {TEMPLATE_GRANT, TEMPLATE_TEXT, "}", "template_brace", ""},
        {TEMPLATE_GRANT, TEMPLATE_TEXT, "{}", "template_brace", ""},
        {TEMPLATE_GRANT, TEMPLATE_TEXT, "{amount", "template_brace", ""},
        {TEMPLATE_GRANT, TEMPLATE_TEXT, "{{amount}}", "template_brace", ""},
        {TEMPLATE_GRANT, TEMPLATE_TEXT, "{amount}}", "template_brace", ""},
        {TEMPLATE_GRANT, TEMPLATE_TEXT, "a}{amount}", "template_brace", ""},
        {TEMPLATE_GRANT, TEMPLATE_TEXT, "Dear {name}", "template_field_unknown", "name"},
        {TEMPLATE_GRANT, TEMPLATE_TEXT, "{Amount}", "template_field_unknown", "Amoun"},
        {TEMPLATE_GRANT, TEMPLATE_TEXT, "{ amount}", "template_field_unknown", " amou"},
        {TEMPLATE_GRANT, TEMPLATE_TEXT, "{balance#}", "template_field_unknown", "balan"},
        {TEMPLATE_GRANT, TEMPLATE_TEXT, "{tier}", "template_field_unfit", "tier"},
        {TEMPLATE_WELCOME, TEMPLATE_TEXT, "{amount}", "template_field_unfit", "amount"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        struct template_words in = words(row[i].part, row[i].text), kept;
        struct template_finding finding[TEMPLATE_PARTS];
        bool is_good = template_check(arena, row[i].kind, &in, &kept, finding);
        const struct template_finding *found = &finding[row[i].part];

        CHECK_ROW(i);
        CHECK_TEXT(found->word, row[i].word);
        CHECK_THAT(is_good == (row[i].word == NULL));
        CHECK_STR(kept.part[row[i].part], row[i].word == NULL ? row[i].field : "");
        CHECK_TEXT(found->field, row[i].word != NULL ? row[i].field : "");
        for (int part = 0; part < TEMPLATE_PARTS; part++)
            CHECK_THAT(part == (int)row[i].part || finding[part].word == NULL);
    }
}

static void
length_is_that_with_the_longest_values(void **state)
{
    const struct {
        enum template_part part;
        const char *text;
        bool fits;
    } row[] = {
        {TEMPLATE_HEADLINE, many("a", 400), true},
        {TEMPLATE_HEADLINE, many("a", 401), false},
        {TEMPLATE_HEADLINE, many("\U0001F600", 200), true}, /* two units each */
        {TEMPLATE_HEADLINE, many("\U0001F600", 201), false},
        {TEMPLATE_HEADLINE, "{plan}{plan}{plan}", true}, /* 3 x 128 */
        {TEMPLATE_HEADLINE, "{plan}{plan}{plan}{plan}", false},
        {TEMPLATE_TEXT, many("a", 500), true}, /* as it is written */
        {TEMPLATE_TEXT, many("a", 501), false},
        {TEMPLATE_TEXT, many("a", 100000), false},
        {TEMPLATE_TEXT, many("{shop}", 7), true},
        {TEMPLATE_TEXT, many("{shop}", 8), false},
        {TEMPLATE_ALT, many("{progress}", 20), true},
        {TEMPLATE_ALT, many("{progress}", 21), false},
        {TEMPLATE_BUTTON, many("\u0E01\u0E33", 40), true}, /* characters, not units */
        {TEMPLATE_BUTTON, many("\u0E01\u0E33", 41), false},
        {TEMPLATE_BUTTON, "Use your {amount}", true},
        {TEMPLATE_BUTTON, "{plan}", false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        struct template_words in = words(row[i].part, row[i].text), kept;
        struct template_finding finding[TEMPLATE_PARTS];

        CHECK_ROW(i);
        CHECK_THAT(template_check(arena, TEMPLATE_GRANT, &in, &kept, finding) == row[i].fits);
        CHECK_TEXT(finding[row[i].part].word, row[i].fits ? NULL : "template_too_long");
    }
}

static void
kinds_and_fields_have_their_names(void **state)
{
    enum template_kind kind;
    size_t n = 0;

    (void)state;
    for (int i = 0; i < TEMPLATE_KINDS; i++) {
        CHECK_THAT(template_kind_by_name(str_of(template_kind_name((enum template_kind)i)), &kind));
        CHECK_INT(kind, i);
        CHECK_THAT(template_kind_has(kind, 0)); /* the plan is known to all */
    }
    CHECK_THAT(!template_kind_by_name(STR("staff"), &kind));
    CHECK_THAT(!template_kind_by_name(STR(""), &kind));
    while (template_field_name(n) != NULL)
        n++;
    CHECK_INT(n, 12);
    CHECK_THAT(!template_kind_has(TEMPLATE_GRANT, n));
}

/* ---------------------------------------------------------------- what is kept */

static enum err_code
set(struct book *b, int64_t version, const struct template_words *text, struct template_kept *out,
    struct err *e)
{
    const struct template_change change = {.kind = TEMPLATE_VOUCHER,
                                           .language = LANGUAGE_TH,
                                           .version = version,
                                           .words = text,
                                           .staff_id = BOOK_OWNER,
                                           .now_ms = ++b->now_ms};
    DB_TX tx = {0};

    if (db_begin(b->db, &tx, e) || template_set(b->db, &change, arena, out, e))
        return e->code;
    return db_commit(&tx, e);
}

static void
words_are_kept_by_kind_and_language_and_every_change_is_audited(void **state)
{
    struct template_words first = words(TEMPLATE_HEADLINE, "{reward}!");
    struct template_words second = words(TEMPLATE_BUTTON, "Use it");
    struct template_kept kept;
    struct book b;
    struct err e;

    (void)state;
    book_open(&b);
    CHECK_OK(template_load(b.db, TEMPLATE_VOUCHER, LANGUAGE_TH, arena, &kept, &e), e);
    CHECK_INT(kept.version, 0);
    CHECK_OK(set(&b, 0, &first, &kept, &e), e);
    CHECK_INT(kept.version, 1);
    CHECK_OK(set(&b, 1, &second, &kept, &e), e);
    CHECK_OK(template_load(b.db, TEMPLATE_VOUCHER, LANGUAGE_TH, arena, &kept, &e), e);
    CHECK_INT(kept.version, 2);
    CHECK_INT(kept.changed_ms, b.now_ms);
    CHECK_STR(kept.words.part[TEMPLATE_BUTTON], "Use it");
    CHECK_STR(kept.words.part[TEMPLATE_HEADLINE], "");
    CHECK_OK(template_load(b.db, TEMPLATE_VOUCHER, LANGUAGE_JA, arena, &kept, &e), e);
    CHECK_INT(kept.version, 0);
    CHECK_OK(template_load(b.db, TEMPLATE_GRANT, LANGUAGE_TH, arena, &kept, &e), e);
    CHECK_INT(kept.version, 0);

    CHECK_OK(set(&b, 2, NULL, &kept, &e), e);
    CHECK_INT(kept.version, 3);
    CHECK_STR(kept.words.part[TEMPLATE_BUTTON], "");
    CHECK_OK(set(&b, 3, NULL, &kept, &e), e); /* nothing to take back: nothing happened */
    CHECK_INT(kept.version, 3);
    CHECK_INT(book_int(&b,
                       "SELECT count(*) FROM audit WHERE act = 'template.set' AND staff_id = %d",
                       BOOK_OWNER),
              2);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM audit WHERE act = 'template.reset'"), 1);
    book_close(&b);
}

static void
what_is_refused_changes_nothing(void **state)
{
    struct template_words good = words(TEMPLATE_ALT, "{reward}"), none = {0};
    struct template_words bad = words(TEMPLATE_ALT, "{name}");
    struct template_kept kept;
    struct book b;
    struct err e;

    (void)state;
    book_open(&b);
    CHECK_FAILS(set(&b, 0, &bad, &kept, &e), e, ERR_INPUT, "template_field_unknown");
    CHECK_TEXT(e.field, "alt");
    CHECK_FAILS(set(&b, 0, &none, &kept, &e), e, ERR_INPUT, "template_empty");
    CHECK_FAILS(set(&b, 1, &good, &kept, &e), e, ERR_CONFLICT, "template_changed");
    CHECK_OK(set(&b, 0, &good, &kept, &e), e);
    CHECK_FAILS(set(&b, 0, &good, &kept, &e), e, ERR_CONFLICT, "template_changed");
    CHECK_FAILS(set(&b, 0, NULL, &kept, &e), e, ERR_CONFLICT, "template_changed");
    CHECK_OK(template_load(b.db, TEMPLATE_VOUCHER, LANGUAGE_TH, arena, &kept, &e), e);
    CHECK_INT(kept.version, 1);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM audit WHERE act LIKE 'template.%%'"), 1);
    book_close(&b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_is_wrong_with_a_part_is_named),
        TEST(length_is_that_with_the_longest_values),
        TEST(kinds_and_fields_have_their_names),
        TEST(words_are_kept_by_kind_and_language_and_every_change_is_audited),
        TEST(what_is_refused_changes_nothing),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
