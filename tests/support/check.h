/*
 * check.h - cmocka, and checks that print what they got and what they wanted.
 *
 * A test is a function whose name is its claim. In a table, CHECK_ROW(i) says which row is being
 * looked at. Checks belong to the test's own thread.
 */
#ifndef TESTS_SUPPORT_CHECK_H
#define TESTS_SUPPORT_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct check_at {
    const char *file;
    int line;
    const char *expression;
};
#define CHECK_AT(expression) ((struct check_at){__FILE__, __LINE__, expression})

#define CHECK_THAT(question) check_that((question), CHECK_AT(#question))
#define CHECK_INT(got, want) check_int((int64_t)(got), (int64_t)(want), CHECK_AT(#got))
#define CHECK_TEXT(got, want) check_str(str_of(got), str_of(want), CHECK_AT(#got))
#define CHECK_STR(got, want) check_str((got), str_of(want), CHECK_AT(#got))
#define CHECK_HEX(got, n, want) check_hex((got), (n), (want), CHECK_AT(#got))

/* `call` returns an err_code and fills e, a struct err of the test's. */
#define CHECK_OK(call, e) check_ok((call), &(e), CHECK_AT(#call))
#define CHECK_FAILS(call, e, code, word) check_fails((call), &(e), code, word, CHECK_AT(#call))

/* Every check until the next CHECK_ROW prints this number; the end of the test forgets it. */
#define CHECK_ROW(i) check_row((int)(i))

#define TEST(name) cmocka_unit_test_setup(name, check_forget_row)

void check_that(bool question, struct check_at at);
void check_int(int64_t got, int64_t want, struct check_at at);
void check_str(struct str got, struct str want, struct check_at at);
void check_hex(const void *got, size_t n, const char *want, struct check_at at);
void check_ok(enum err_code code, const struct err *e, struct check_at at);
void check_fails(enum err_code code, const struct err *e, enum err_code want, const char *word,
                 struct check_at at);
void check_row(int row);
int check_forget_row(void **state);

/* A directory of this program's own, removed when it ends; and a file name in it (borrowed until
 * the next call but seven). */
const char *check_dir(void);
const char *check_path(const char *name);

#endif
