#include <inttypes.h>
#include <string.h>

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

enum err_code
command_terms_prepare(struct call *call, struct err *e)
{
    return command_file(call, TERMS_FILE, FILE_MAX, e);
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
