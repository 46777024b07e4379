#include "base/text.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "base/buf.h"

#define ZERO_WIDTH_JOINER 0x200D

/* More accents than any language stacks. It also bounds the sorting inside normalisation, which
 * is quadratic in them. Source: Unicode UAX #15, section 13, Stream-Safe Text Format. */
#define MARKS_MOST 30

int32_t
text_next(struct str *in)
{
    utf8proc_int32_t point;
    utf8proc_ssize_t n =
        utf8proc_iterate((const utf8proc_uint8_t *)in->at,
                         in->n < INT_MAX ? (utf8proc_ssize_t)in->n : INT_MAX, &point);

    if (n <= 0)
        return -1;
    in->at += n;
    in->n -= (size_t)n;
    return point;
}

bool
text_is_hidden(int32_t point)
{
    /* Controls, and Unicode's Default_Ignorable_Code_Point without the variation selectors: those
     * choose among the forms of a kanji or an emoji. Source: DerivedCoreProperties.txt, 15.0. */
    static const struct {
        int32_t first, last;
    } hidden[] = {
        {0x0000, 0x001F},   {0x007F, 0x009F},   {0x00AD, 0x00AD},   {0x034F, 0x034F},
        {0x061C, 0x061C},   {0x115F, 0x1160},   {0x17B4, 0x17B5},   {0x180E, 0x180E},
        {0x200B, 0x200F},   {0x2028, 0x202E},   {0x2060, 0x206F},   {0x3164, 0x3164},
        {0xFEFF, 0xFEFF},   {0xFFA0, 0xFFA0},   {0xFFF0, 0xFFFB},   {0xFFFE, 0xFFFF},
        {0x1BCA0, 0x1BCA3}, {0x1D173, 0x1D17A}, {0xE0000, 0xE00FF}, {0xE01F0, 0xE0FFF},
    };

    for (size_t i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++)
        if (point >= hidden[i].first && point <= hidden[i].last)
            return true;
    return false;
}

static bool
is_space(int32_t point)
{
    return utf8proc_category(point) == UTF8PROC_CATEGORY_ZS;
}

/* A joiner between two pictures makes one of them (a family, a flag): it is not hidden text. */
static bool
joins_pictures(int32_t before, struct str behind)
{
    utf8proc_propval_t left = utf8proc_get_property(before)->boundclass;
    int32_t after = behind.n > 0 ? text_next(&behind) : -1;

    return (left == UTF8PROC_BOUNDCLASS_EXTENDED_PICTOGRAPHIC ||
            left == UTF8PROC_BOUNDCLASS_EXTEND) &&
           after >= 0 &&
           utf8proc_get_property(after)->boundclass == UTF8PROC_BOUNDCLASS_EXTENDED_PICTOGRAPHIC;
}

/* `in` without its hidden characters and outer white space, into `out` of in.n bytes. */
static bool
strip(struct str in, char *out, size_t *n_out)
{
    int32_t before = 0;
    size_t n = 0;
    size_t trimmed_n = 0; /* up to the last character that is no space */

    while (in.n > 0) {
        const char *at = in.at;
        int32_t point = text_next(&in);

        if (point < 0)
            return false;
        if (text_is_hidden(point) &&
            !(point == ZERO_WIDTH_JOINER && n > 0 && joins_pictures(before, in)))
            continue;
        if (n == 0 && is_space(point))
            continue;
        memcpy(out + n, at, (size_t)(in.at - at));
        n += (size_t)(in.at - at);
        if (!is_space(point))
            trimmed_n = n;
        before = point;
    }
    *n_out = trimmed_n;
    return true;
}

/* False when not UTF-8 or with more accents in a row than normalisation should sort. */
static bool
is_sane(struct str in)
{
    int marks = 0;

    while (in.n > 0) {
        int32_t point = text_next(&in);

        if (point < 0)
            return false;
        marks = utf8proc_get_property(point)->combining_class != 0 ? marks + 1 : 0;
        if (marks > MARKS_MOST)
            return false;
    }
    return true;
}

/* Sane text in its normal form, in arena; false without room. */
static bool
normalise(struct arena *a, struct str in, utf8proc_option_t options, struct str *out)
{
    utf8proc_uint8_t *mapped = NULL;
    utf8proc_ssize_t n;
    char *copy;

    n = utf8proc_map((const utf8proc_uint8_t *)in.at, (utf8proc_ssize_t)in.n, &mapped,
                     options | UTF8PROC_STABLE | UTF8PROC_COMPOSE);
    if (n == UTF8PROC_ERROR_NOMEM)
        arena_starve(a);
    if (n < 0)
        return false;
    copy = arena_dup(a, mapped, (size_t)n);
    free(mapped);
    if (copy == NULL)
        return false;
    *out = (struct str){copy, (size_t)n};
    return true;
}

static size_t
count_points(struct str text)
{
    size_t n = 0;

    for (size_t i = 0; i < text.n; i++)
        n += ((unsigned char)text.at[i] & 0xC0) != 0x80;
    return n;
}

static enum err_code
no_room(const struct arena *a, size_t n, struct err *e)
{
    if (arena_is_starved(a)) /* no fault of who wrote the text */
        return err_set(e, ERR_INTERNAL, "out_of_memory", "text of %zu bytes: no memory", n);
    return err_set(e, ERR_TOO_LARGE, "text_too_long", "text of %zu bytes: no room", n);
}

enum err_code
text_clean(struct arena *a, struct str in, size_t max_points, struct str *out, struct err *e)
{
    char *bytes = arena_alloc(a, in.n);
    struct str text;
    size_t n;

    if (bytes == NULL)
        return no_room(a, in.n, e);
    if (!strip(in, bytes, &n) || !is_sane((struct str){bytes, n}))
        return err_set(e, ERR_INPUT, "text_invalid", "text is not UTF-8, or all accents");
    if (!normalise(a, (struct str){bytes, n}, 0, &text))
        return no_room(a, n, e);
    if (text.n == 0)
        return err_set(e, ERR_INPUT, "text_empty", "text is empty");
    if (count_points(text) > max_points)
        return err_set(e, ERR_INPUT, "text_too_long", "text of %zu characters, at most %zu",
                       count_points(text), max_points);
    *out = text;
    return OK;
}

bool
text_fold(struct arena *a, struct str in, struct str *out)
{
    return is_sane(in) && normalise(a, in, UTF8PROC_COMPAT, out);
}

static bool
is_outer(int32_t point)
{
    utf8proc_category_t category = utf8proc_category(point);

    return (category >= UTF8PROC_CATEGORY_PC && category <= UTF8PROC_CATEGORY_PO) ||
           (category >= UTF8PROC_CATEGORY_ZS && category <= UTF8PROC_CATEGORY_CC);
}

/* Spaces as one, nothing outside of the first and last character of a word; `out` has in.n bytes.
 */
static size_t
squeeze(struct str in, char *out)
{
    size_t n = 0, word_n = 0;
    bool had_space = false;

    while (in.n > 0) {
        const char *at = in.at;
        int32_t point = text_next(&in);
        bool is_gap = utf8proc_category(point) >= UTF8PROC_CATEGORY_ZS &&
                      utf8proc_category(point) <= UTF8PROC_CATEGORY_CC;

        if (n == 0 && is_outer(point))
            continue;
        if (is_gap && had_space)
            continue;
        had_space = is_gap;
        if (is_gap) {
            out[n++] = ' ';
            continue;
        }
        memcpy(out + n, at, (size_t)(in.at - at));
        n += (size_t)(in.at - at);
        if (!is_outer(point))
            word_n = n;
    }
    return word_n;
}

bool
text_fold_words(struct arena *a, struct str in, struct str *out)
{
    struct str folded;
    char *bytes;

    if (!is_sane(in) ||
        !normalise(a, in, UTF8PROC_COMPAT | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE, &folded))
        return false;
    bytes = arena_alloc(a, folded.n + 1);
    if (bytes == NULL)
        return false;
    *out = (struct str){bytes, squeeze(folded, bytes)};
    return true;
}

enum err_code
text_clean_lines(struct arena *a, struct str in, size_t max_units, struct str *out, struct err *e)
{
    struct buf lines = buf_new(a, in.n * 3 + 1); /* as much as NFC can make of it */
    struct str rest = in, line, clean;
    size_t gap = 0; /* line ends before the next line that is not empty */

    while (rest.n > 0) {
        if (!str_until(&rest, '\n', &line)) {
            line = rest;
            rest.n = 0;
        }
        if (text_clean(a, line, in.n, &clean, e) == OK) {
            for (; lines.n > 0 && gap > 0; gap--)
                buf_char(&lines, '\n');
            buf_str_raw(&lines, clean);
            gap = 0;
        } else if (strcmp(e->word, "text_empty") != 0) {
            return e->code;
        }
        gap++;
    }
    if (buf_failed(&lines))
        return no_room(a, in.n, e);
    if (lines.n == 0)
        return err_set(e, ERR_INPUT, "text_empty", "text is empty");
    *e = (struct err){0};
    *out = buf_str(&lines);
    if (text_utf16_units(*out) > max_units)
        return err_set(e, ERR_INPUT, "text_too_long", "text of %zu units, at most %zu",
                       text_utf16_units(*out), max_units);
    return OK;
}

struct str
text_utf16_cut(struct str text, size_t max_units)
{
    struct str rest = text;
    size_t units = 0;

    while (rest.n > 0) {
        struct str before = rest;
        int32_t point = text_next(&rest);

        if (point < 0) {
            rest.at++;
            rest.n--;
        }
        units += point > 0xFFFF ? 2 : 1;
        if (units > max_units) {
            rest = before;
            break;
        }
    }
    return (struct str){text.at, text.n - rest.n};
}

size_t
text_utf16_units(struct str text)
{
    size_t units = 0;

    while (text.n > 0) {
        int32_t point = text_next(&text);

        if (point < 0) {
            text.at++;
            text.n--;
        }
        units += point > 0xFFFF ? 2 : 1;
    }
    return units;
}

size_t
text_graphemes(struct str text)
{
    utf8proc_int32_t state = 0;
    int32_t before = -1;
    size_t n = 0;

    while (text.n > 0) {
        int32_t point = text_next(&text);

        if (point < 0) {
            text.at++;
            text.n--;
        }
        if (n == 0 || point < 0 || before < 0 ||
            utf8proc_grapheme_break_stateful(before, point, &state))
            n++;
        before = point;
    }
    return n;
}
