#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Copy what fits, cut between UTF-8 characters: the field may be a name a stranger chose. */
static void
copy_cut(char *out, size_t cap, const char *text)
{
    size_t n = strlen(text);

    if (n >= cap) {
        n = cap - 1;
        while (n > 0 && ((unsigned char)text[n] & 0xC0) == 0x80)
            n--;
    }
    memcpy(out, text, n);
    out[n] = '\0';
}

static enum err_code
record(struct err *e, enum err_code code, const char *word, const char *field)
{
    e->code = code;
    e->word = word;
    copy_cut(e->field, sizeof(e->field), field);
    return code;
}

enum err_code
err_set(struct err *e, enum err_code code, const char *word, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(e->text, sizeof(e->text), format, args);
    va_end(args);
    return record(e, code, word, "");
}

enum err_code
err_field(struct err *e, enum err_code code, const char *word, const char *field,
          const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(e->text, sizeof(e->text), format, args);
    va_end(args);
    return record(e, code, word, field);
}

enum err_code
err_inside(struct err *e, const char *format, ...)
{
    char outer[sizeof(e->field)], whole[2 * sizeof(e->field)];
    va_list args;
    size_t n;

    if (e->code != ERR_INPUT)
        return e->code;
    va_start(args, format);
    vsnprintf(outer, sizeof(outer), format, args);
    va_end(args);
    n = strlen(outer);
    if (strncmp(e->field, outer, n) == 0 && (e->field[n] == '\0' || e->field[n] == '.'))
        return e->code;
    snprintf(whole, sizeof(whole), "%s%s%s", outer, e->field[0] != '\0' ? "." : "", e->field);
    copy_cut(e->field, sizeof(e->field), whole);
    return e->code;
}

enum err_code
err_wrap(struct err *e, const char *format, ...)
{
    char inner[sizeof(e->text)];
    va_list args;
    size_t n;

    memcpy(inner, e->text, sizeof(inner));
    va_start(args, format);
    vsnprintf(e->text, sizeof(e->text), format, args);
    va_end(args);
    n = strlen(e->text);
    snprintf(e->text + n, sizeof(e->text) - n, ": %s", inner);
    return e->code;
}
