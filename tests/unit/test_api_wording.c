/* The shop's own words between the book, which checks them, and LINE, which limits them: what the
 * one finds good is never too much for the other. */
#include <string.h>

#include "api/wording.h"
#include "base/buf.h"
#include "base/text.h"
#include "tests/support/book.h"
#include "tests/support/check.h"
#include "tests/support/flex.h"

static struct arena *arena;

static int
set_up(void **state)
{
    (void)state;
    arena = arena_new(64 * MIB);
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

/* `unit`, n times; in arena. */
static struct str
many(const char *unit, size_t n)
{
    struct buf b = buf_new(arena, 64 * KIB);

    while (n-- > 0)
        buf_text(&b, unit);
    return b.n > 0 ? buf_str(&b) : STR("");
}

static bool
is_good(enum template_kind kind, enum template_part part, struct str text)
{
    struct template_words words = {0}, kept;
    struct template_finding finding[TEMPLATE_PARTS];

    words.part[part] = text;
    return template_check(arena, kind, &words, &kept, finding);
}

/* `unit` as often as a part takes it at most; nothing when it does not take one. */
static struct str
filled(enum template_kind kind, enum template_part part, const char *unit)
{
    size_t n = 1;

    while (is_good(kind, part, many(unit, n)))
        n++;
    return many(unit, n - 1);
}

/* The longest of everything that the book can hold. */
static struct message
longest_message(enum template_kind kind, enum message_language language)
{
    struct message m = flex_example(wording_kind(kind), language, MESSAGE_POINT);
    struct str name = many("\U0001F363", 64);

    m.plan_name = m.reward_title = m.shop_name = m.tier_name = m.tier_gives = name;
    m.amount = INT64_C(999999999999);
    m.balance = kind == TEMPLATE_ONE_MORE ? 999999999998 : 999999999;
    m.goal = INT64_C(999999999999);
    m.days_left = 3660;
    return m;
}

static void
is_sendable(const struct template_words *words, enum template_kind kind)
{
    const struct message_own own = wording_own(words);
    struct err e = {0};

    for (int i = 0; i < MESSAGE_LANGUAGES; i++) {
        struct message m = longest_message(kind, (enum message_language)i);
        struct buf body = buf_new(arena, MESSAGE_BODY_CAP);

        m.own = &own;
        CHECK_OK(message_push(&body, STR(FLEX_USER), &m, 1, &e), e);
        json_decref(flex_checked_body(&body, "to", 1));
    }
}

static void
what_is_found_good_can_be_sent_with_the_longest_values(void **state)
{
    (void)state;
    for (int kind = 0; kind < TEMPLATE_KINDS; kind++)
        for (size_t field = 0; template_field_name(field) != NULL; field++) {
            const char *unit = arena_format(arena, "{%s}<", template_field_name(field));
            struct template_words words = {0};

            CHECK_ROW(kind * 100 + (int)field);
            if (!template_kind_has((enum template_kind)kind, field))
                continue;
            for (int part = 0; part < TEMPLATE_PARTS; part++)
                words.part[part] = filled((enum template_kind)kind, (enum template_part)part, unit);
            assert_true(words.part[TEMPLATE_TEXT].n > 0);
            is_sendable(&words, (enum template_kind)kind);
        }
}

/* How long the book thinks a field may be, against how long it is. */
static void
no_value_is_longer_than_it_was_counted(void **state)
{
    (void)state;
    for (int kind = 0; kind < TEMPLATE_KINDS; kind++)
        for (size_t field = 0; template_field_name(field) != NULL; field++)
            for (int i = 0; i < MESSAGE_LANGUAGES; i++) {
                struct message m =
                    longest_message((enum template_kind)kind, (enum message_language)i);
                struct template_words words = {0};
                struct message_own own;
                struct str alt;

                if (!template_kind_has((enum template_kind)kind, field))
                    continue;
                words.part[TEMPLATE_ALT] =
                    str_of(arena_format(arena, "{%s}", template_field_name(field)));
                own = wording_own(&words);
                m.own = &own;
                assert_true(message_alt_text(arena, &m, &alt));
                if (text_utf16_units(alt) >
                    template_part_longest(TEMPLATE_ALT, words.part[TEMPLATE_ALT]))
                    fail_msg("{%s} in %s: %.*s", template_field_name(field), flex_language[i],
                             (int)alt.n, alt.at);
            }
}

static void
every_field_of_the_book_is_known_to_messages_and_our_own_words_pass_its_check(void **state)
{
    (void)state;
    for (size_t field = 0; template_field_name(field) != NULL; field++)
        assert_true(message_field_is_known(str_of(template_field_name(field))));
    for (int kind = 0; kind < TEMPLATE_KINDS; kind++)
        for (int language = 0; language < LANGUAGES; language++)
            for (int part = 0; part < TEMPLATE_PARTS; part++) {
                struct str ours =
                    str_of(message_part_text(wording_kind((enum template_kind)kind),
                                             wording_language((enum language)language),
                                             MESSAGE_STAMP, (enum message_part)part));

                if (ours.n > 0 &&
                    !is_good((enum template_kind)kind, (enum template_part)part, ours))
                    fail_msg("%s: %s", template_kind_name((enum template_kind)kind), ours.at);
            }
}

static void
words_reach_the_messages_of_their_kind_and_language_only(void **state)
{
    const struct template_words words = {.part = {STR("Own {amount}")}};
    const struct template_change change = {.kind = TEMPLATE_GRANT,
                                           .language = LANGUAGE_EN,
                                           .words = &words,
                                           .staff_id = BOOK_OWNER,
                                           .now_ms = BOOK_NOW_MS};
    struct template_kept kept;
    struct book b;
    struct err e = {0};

    (void)state;
    book_open(&b);
    CHECK_OK(template_set(b.db, &change, arena, &kept, &e), e);
    for (int kind = 0; kind < MESSAGE_KINDS; kind++)
        for (int i = 0; i < MESSAGE_LANGUAGES; i++) {
            struct message m =
                flex_example((enum message_kind)kind, (enum message_language)i, MESSAGE_STAMP);

            CHECK_OK(wording_apply(b.db, arena, &m, &e), e);
            CHECK_THAT((m.own != NULL) == (kind == MESSAGE_GRANT && i == MESSAGE_EN));
            if (m.own != NULL)
                CHECK_STR(m.own->part[MESSAGE_HEADLINE], "Own {amount}");
        }
    book_close(&b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_is_found_good_can_be_sent_with_the_longest_values),
        TEST(no_value_is_longer_than_it_was_counted),
        TEST(every_field_of_the_book_is_known_to_messages_and_our_own_words_pass_its_check),
        TEST(words_reach_the_messages_of_their_kind_and_language_only),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
