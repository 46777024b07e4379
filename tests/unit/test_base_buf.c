/* Text that grows: every escaping, and that failure sticks. */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
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
text_for_html_and_xml_is_escaped(void **state)
{
    static const struct {
        struct str in;
        const char *want;
    } row[] = {
        {STR_INIT(""), ""},
        {STR_INIT("plain \u3042"), "plain \u3042"},
        {STR_INIT("<b a=\"1\" c='2'>&amp;"), "&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;amp;"},
        {STR_INIT("&"), "&amp;"},
        {STR_INIT("a<"), "a&lt;"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        struct buf b = buf_new(arena, KIB);

        CHECK_ROW(i);
        buf_xml(&b, row[i].in);
        CHECK_STR(buf_str(&b), row[i].want);
    }
}

static void
text_for_json_is_quoted_and_safe_inside_a_script_block(void **state)
{
    static const struct {
        struct str in;
        const char *want;
    } row[] = {
        {STR_INIT(""), "\"\""},
        {STR_INIT("a\"b\\c"), "\"a\\\"b\\\\c\""},
        {STR_INIT("\n\r\t\x01\x1F\x7F"), "\"\\n\\r\\t\\u0001\\u001f\x7F\""},
        {STR_INIT("a\0b"), "\"a\\u0000b\""},
        {STR_INIT("</script><!--&"), "\"\\u003c/script\\u003e\\u003c!--\\u0026\""},
        {STR_INIT("\u2027\u2028\u2029"), "\"\u2027\\u2028\\u2029\""},
        {STR_INIT("\u3042\U0001F600"), "\"\u3042\U0001F600\""},
        /* What is not UTF-8: a lone byte, an overlong slash, a surrogate, past U+10FFFF, cut short.
         */
        {STR_INIT("a\x80z"), "\"a\uFFFDz\""},
        {STR_INIT("\xC0\xAF"), "\"\uFFFD\uFFFD\""},
        {STR_INIT("\xED\xA0\x80"), "\"\uFFFD\uFFFD\uFFFD\""},
        {STR_INIT("\xF4\x90\x80\x80"), "\"\uFFFD\uFFFD\uFFFD\uFFFD\""},
        {STR_INIT("\xE3\x81"), "\"\uFFFD\uFFFD\""},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        struct buf b = buf_new(arena, KIB);

        CHECK_ROW(i);
        buf_json(&b, row[i].in);
        CHECK_STR(buf_str(&b), row[i].want);
    }
}

static void
every_character_comes_back_from_json(void **state)
{
    (void)state;
    for (int c = 1; c < 128; c++) {
        struct buf b = buf_new(arena, KIB);
        char text = (char)c;
        json_t *value;

        CHECK_ROW(c);
        buf_json(&b, (struct str){&text, 1});
        value = json_loadb(b.at, b.n, JSON_DECODE_ANY, NULL);
        CHECK_STR(((struct str){json_string_value(value), json_string_length(value)}),
                  ((char[]){text, '\0'}));
        json_decref(value);
    }
}

static void
text_for_urls_keeps_only_unreserved_characters(void **state)
{
    struct buf b = buf_new(arena, KIB);

    (void)state;
    buf_url(&b, STR("AZaz09-._~ &=+/%?#\u3042\0"));
    CHECK_STR(buf_str(&b), "AZaz09-._~%20%26%3D%2B%2F%25%3F%23%E3%81%82%00");
}

static void
integers_are_written_at_their_limits(void **state)
{
    struct buf b = buf_new(arena, KIB);

    (void)state;
    buf_int(&b, 0);
    buf_char(&b, ' ');
    buf_int(&b, -7);
    buf_char(&b, ' ');
    buf_int(&b, INT64_MAX);
    buf_char(&b, ' ');
    buf_int(&b, INT64_MIN);
    CHECK_STR(buf_str(&b), "0 -7 9223372036854775807 -9223372036854775808");
}

static void
a_buf_fills_to_its_cap_and_then_failure_sticks(void **state)
{
    struct buf b = buf_new(arena, 10);

    (void)state;
    CHECK_STR(buf_str(&b), "");
    buf_text(&b, "0123456789");
    CHECK_THAT(!buf_failed(&b));
    CHECK_STR(buf_str(&b), "0123456789");
    buf_text(&b, "");
    CHECK_THAT(!buf_failed(&b));
    buf_char(&b, 'x');
    CHECK_THAT(buf_failed(&b));
    CHECK_THAT(buf_reserve(&b, 0) == NULL);
    buf_text(&b, "");
    buf_format(&b, "%d", 1);
    CHECK_THAT(buf_failed(&b));
    CHECK_STR(buf_str(&b), "0123456789");
}

static void
a_buf_fails_when_its_arena_is_full(void **state)
{
    struct arena *small = arena_new(300);
    struct buf b = buf_new(small, KIB);

    (void)state;
    buf_format(&b, "%0250d", 0);
    CHECK_THAT(!buf_failed(&b));
    buf_format(&b, "%0250d", 0);
    CHECK_THAT(buf_failed(&b));
    CHECK_INT(strlen(b.at), 250); /* nothing of what did not fit is left */
    arena_free(small);
}

static void
long_text_is_the_sum_of_its_pieces(void **state)
{
    struct buf b = buf_new(arena, 64 * KIB);
    char *gap;

    (void)state;
    for (int i = 0; i < 4000; i++) {
        buf_format(&b, "%04d", i);
        if (i % 100 == 0)
            arena_alloc(arena, 8); /* somebody else uses the arena too */
    }
    gap = buf_reserve(&b, 3);
    memcpy(gap, "end", 3);
    CHECK_THAT(!buf_failed(&b));
    CHECK_INT(buf_str(&b).n, 16003);
    for (int i = 0; i < 4000; i++) {
        char want[16];

        snprintf(want, sizeof(want), "%04d", i);
        CHECK_STR(((struct str){b.at + 4 * i, 4}), want);
    }
    CHECK_TEXT(b.at + 16000, "end");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(text_for_html_and_xml_is_escaped),
        TEST(text_for_json_is_quoted_and_safe_inside_a_script_block),
        TEST(every_character_comes_back_from_json),
        TEST(text_for_urls_keeps_only_unreserved_characters),
        TEST(integers_are_written_at_their_limits),
        TEST(a_buf_fills_to_its_cap_and_then_failure_sticks),
        TEST(a_buf_fails_when_its_arena_is_full),
        TEST(long_text_is_the_sum_of_its_pieces),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
