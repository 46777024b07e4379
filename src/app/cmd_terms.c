#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "app/commands.h"
#include "base/clock.h"
#include "domain/terms.h"

#define FILE_MAX (60 * KIB) /* a message of the control socket holds it */
#define DAYS_MAX 366

enum { TERMS_LANGUAGE, TERMS_FILE, TERMS_VERSION, TERMS_DAYS };

const struct option_row terms_add_options[] = {
    {"language", "TAG", NULL, "of the text: ja, en, zh-Hant or th"},
    {"file", "FILE", NULL, "the text, UTF-8; - is standard input"},
    {"version", "N", "0", "the version it translates; 0: a new one"},
    {"days", "N", "0", "of a new version: in so many days it comes into force"},
    {0},
};

/* The text itself takes the place of the file's name: the process that writes may not see the file.
 */
enum err_code
command_terms_prepare(struct call *call, struct err *e)
{
    const char *path = arena_format(call->arena, "%.*s", (int)call->value[TERMS_FILE].n,
                                    call->value[TERMS_FILE].at);
    bool is_stdin = path && strcmp(path, "-") == 0;
    char *text = arena_alloc(call->arena, FILE_MAX + 1);
    int fd = is_stdin ? STDIN_FILENO : path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    ssize_t got = 1;
    size_t n = 0;

    if (fd < 0 || !text)
        return err_set(e, ERR_INPUT, "file_unreadable", "%s: %s", path ? path : "",
                       strerror(errno));
    while (got > 0 && n <= FILE_MAX) {
        got = read(fd, text + n, FILE_MAX + 1 - n);
        n += got > 0 ? (size_t)got : 0;
    }
    if (!is_stdin)
        close(fd);
    if (got < 0 || n > FILE_MAX || memchr(text, '\0', n) != NULL)
        return err_set(e, ERR_INPUT, "file_unreadable", "%s: no text, or over %zu KiB", path,
                       (size_t)(FILE_MAX / KIB));
    call->value[TERMS_FILE] = (struct str){text, n};
    return OK;
}

static bool
language_known(struct str tag, enum language *out)
{
    for (enum language l = 0; l < LANGUAGES; l++)
        if (str_eq(tag, str_of(language_tag(l)))) {
            *out = l;
            return true;
        }
    return false;
}

enum err_code
command_terms_add(struct call *call, struct err *e)
{
    struct terms_new in = {.text = call->value[TERMS_FILE], .now_ms = call->now_ms};
    int64_t days, version;
    char from[CLOCK_TEXT_SIZE];

    if (!language_known(call->value[TERMS_LANGUAGE], &in.language))
        return err_set(e, ERR_INPUT, "usage", "--language is ja, en, zh-Hant or th");
    if (!str_int(call->value[TERMS_VERSION], &in.version, 0, INT32_MAX) ||
        !str_int(call->value[TERMS_DAYS], &days, 0, DAYS_MAX))
        return err_set(e, ERR_INPUT, "usage", "--version and --days are numbers, days up to %d",
                       DAYS_MAX);
    if (in.version && days)
        return err_set(e, ERR_INPUT, "usage",
                       "a translation comes into force with its version: leave --days out");
    in.from_ms = call->now_ms + days * DAY_MS;
    if (terms_add(call->db, call->arena, &in, &version, e))
        return e->code;
    clock_text(in.from_ms, from);
    if (in.version)
        buf_format(call->out, "terms %" PRId64 " in %s as well\n", version,
                   language_tag(in.language));
    else
        buf_format(call->out, "terms %" PRId64 " in %s, in force from %s\n", version,
                   language_tag(in.language), from);
    return OK;
}

static void
say_terms(void *context, int64_t version, struct str language, int64_t from_ms, int64_t points)
{
    char from[CLOCK_TEXT_SIZE];

    clock_text(from_ms, from);
    buf_format(context, "%4" PRId64 "  %-7.*s from %s, %" PRId64 " characters\n", version,
               (int)language.n, language.at, from, points);
}

enum err_code
command_terms_list(struct call *call, struct err *e)
{
    return terms_list(call->db, say_terms, call->out, e);
}
