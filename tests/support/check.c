#include "tests/support/check.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int row = -1;

void
check_row(int number)
{
    row = number;
}

int
check_forget_row(void **state)
{
    (void)state;
    row = -1;
    return 0;
}

static void
say(struct check_at at)
{
    if (row >= 0)
        print_error("row %d: ", row);
    print_error("%s\n", at.expression);
}

void
check_that(bool question, struct check_at at)
{
    if (question)
        return;
    say(at);
    print_error("  is not so\n");
    _fail(at.file, at.line);
}

void
check_int(int64_t got, int64_t want, struct check_at at)
{
    if (got == want)
        return;
    say(at);
    print_error("  got  %lld\n  want %lld\n", (long long)got, (long long)want);
    _fail(at.file, at.line);
}

static void
print_str(const char *label, struct str text)
{
    print_error("  %s \"", label);
    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.at[i];

        print_error(c < 0x20 || c == 0x7F ? "\\x%02x" : "%c", c);
    }
    print_error("\"\n");
}

void
check_str(struct str got, struct str want, struct check_at at)
{
    if (str_eq(got, want))
        return;
    say(at);
    print_str("got ", got);
    print_str("want", want);
    _fail(at.file, at.line);
}

void
check_hex(const void *got, size_t n, const char *want, struct check_at at)
{
    const unsigned char *bytes = got;
    char text[2048];

    if (2 * n >= sizeof(text))
        n = sizeof(text) / 2 - 1;
    for (size_t i = 0; i < n; i++)
        snprintf(text + 2 * i, 3, "%02x", bytes[i]);
    text[2 * n] = '\0';
    check_str(str_of(text), str_of(want), at);
}

static void
print_err(enum err_code code, const struct err *e)
{
    if (code == OK)
        print_error("OK\n");
    else
        print_error("code %d, word %s, field \"%s\", text \"%s\"\n", (int)code,
                    e->word == NULL ? "(none)" : e->word, e->field, e->text);
}

void
check_ok(enum err_code code, const struct err *e, struct check_at at)
{
    if (code == OK)
        return;
    say(at);
    print_error("  got  ");
    print_err(code, e);
    print_error("  want OK\n");
    _fail(at.file, at.line);
}

void
check_fails(enum err_code code, const struct err *e, enum err_code want, const char *word,
            struct check_at at)
{
    if (code == want &&
        (code == OK || (e->code == want && e->word != NULL && strcmp(e->word, word) == 0)))
        return;
    say(at);
    print_error("  got  ");
    print_err(code, e);
    print_error("  want code %d, word %s\n", (int)want, word);
    _fail(at.file, at.line);
}

/* ---------------------------------------------------------------- files */

static char dir[256];

static void
remove_dir(void)
{
    DIR *open_dir = opendir(dir);
    struct dirent *entry;

    if (open_dir == NULL)
        return;
    while ((entry = readdir(open_dir)) != NULL)
        unlinkat(dirfd(open_dir), entry->d_name, 0); /* "." and ".." refuse */
    closedir(open_dir);
    rmdir(dir);
}

const char *
check_dir(void)
{
    const char *parent = getenv("TMPDIR");

    if (dir[0] != '\0')
        return dir;
    snprintf(dir, sizeof(dir), "%s/stampd-test-XXXXXX", parent == NULL ? "/tmp" : parent);
    if (mkdtemp(dir) == NULL) {
        perror("mkdtemp");
        abort();
    }
    atexit(remove_dir);
    return dir;
}

const char *
check_path(const char *name)
{
    static char path[8][512];
    static unsigned next;
    char *out = path[next++ % COUNT(path)];

    snprintf(out, sizeof(path[0]), "%s/%s", check_dir(), name);
    return out;
}
