/*
 * Tables as spreadsheets write them, and what is refused with its line.
 */
#include "base/csv.h"

#include "tests/support/check.h"

#include <stdio.h>
#include <string.h>

/* Fields end with |, rows with /. */
static enum err_code
read_all(const char *text, size_t n, char *out, size_t cap, struct err *e)
{
    struct arena *a = arena_new(64 * KIB);
    struct csv csv;
    struct csv_row row;
    size_t at = 0;
    bool found;
    enum err_code code;

    out[0] = '\0';
    csv_init(&csv, (struct str){text, n}, a);
    while ((code = csv_next(&csv, &row, &found, e)) == OK && found) {
        for (size_t i = 0; i < row.n; i++)
            at +=
                (size_t)snprintf(out + at, cap - at, "%.*s|", (int)row.field[i].n, row.field[i].at);
        at += (size_t)snprintf(out + at, cap - at, "%lld/", (long long)csv.line);
    }
    arena_free(a);
    return code;
}

static void
rows_and_fields_come_out_as_they_were_meant(void **state)
{
    static const struct {
        const char *text, *want;
    } row[] = {
        {"", ""},
        {"\n\r\n\n", ""},
        {"a", "a|1/"},
        {"a,b\n", "a|b|1/"},
        {"\xef\xbb\xbf"
         "a,b\r\nc,d\r\n",
         "a|b|1/c|d|2/"},
        {"a,,\n,\n", "a|||1/||2/"},
        {"\"a,b\",\"c\"\"d\"\n", "a,b|c\"d|1/"},
        {"\"two\nlines\",x\ny", "two\nlines|x|1/y|3/"},
        {"\"\"", ""},
        {"\"\",\"\"", "||1/"},
        {"\"\"\"\"", "\"|1/"},
        {"\n\na\n", "a|3/"},
        {"名前,１\n", "名前|１|1/"},
        {" a , b ", " a | b |1/"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        char out[256];
        struct err e;

        CHECK_ROW(i);
        CHECK_OK(read_all(row[i].text, strlen(row[i].text), out, sizeof(out), &e), e);
        CHECK_TEXT(out, row[i].want);
    }
}

static void
what_is_no_table_is_refused_with_its_line(void **state)
{
    static const struct {
        const char *text;
        size_t n;
        const char *word, *said;
    } row[] = {
        {"a\n\"b", 4, "csv_quote", "line 2:"},
        {"a\"b\n", 4, "csv_quote", "line 1:"},
        {"x\n\"a\"b\n", 7, "csv_quote", "line 2:"},
        {"a\rb\n", 4, "csv_text", "line 1:"},
        {"a\nb\0c\n", 6, "csv_text", "line 2:"},
        {"a\n\xff\n", 4, "csv_text", "line 2:"},
        {"a\n\"\xc3\x28\"", 6, "csv_text", "line 2:"},
        {",,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,", 32, "csv_wide", "line 1:"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        char out[256];
        struct err e;

        CHECK_ROW(i);
        CHECK_FAILS(read_all(row[i].text, row[i].n, out, sizeof(out), &e), e, ERR_INPUT,
                    row[i].word);
        CHECK_THAT(strstr(e.text, row[i].said) != NULL);
    }
}

static void
a_full_arena_is_said(void **state)
{
    struct arena *a = arena_new(64);
    struct csv csv;
    struct csv_row row;
    char text[4096];
    bool found;
    struct err e;

    (void)state;
    memset(text, '"', sizeof(text));
    csv_init(&csv, (struct str){text, sizeof(text)}, a);
    CHECK_FAILS(csv_next(&csv, &row, &found, &e), e, ERR_TOO_LARGE, "csv_large");
    arena_free(a);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(rows_and_fields_come_out_as_they_were_meant),
        TEST(what_is_no_table_is_refused_with_its_line),
        TEST(a_full_arena_is_said),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
