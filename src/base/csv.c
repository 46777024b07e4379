#include "base/csv.h"

#include <inttypes.h>
#include <string.h>

#include "base/text.h"

void
csv_init(struct csv *csv, struct str text, struct arena *a)
{
    *csv = (struct csv){.rest = text, .arena = a, .next_line = 1};
    (void)str_skip(&csv->rest, STR("\xef\xbb\xbf"));
}

static enum err_code
bad_quote(const struct csv *csv, struct err *e)
{
    return err_set(e, ERR_INPUT, "csv_quote", "line %" PRId64 ": a quote where none can be",
                   csv->line);
}

/* Doubled quotes become one. `n` bytes lie between the outer ones. */
static enum err_code
unquote(const struct csv *csv, struct str in, struct str *out, struct err *e)
{
    char *to = arena_alloc(csv->arena, in.n + 1);
    size_t n = 0;

    if (to == NULL)
        return err_set(e, ERR_TOO_LARGE, "csv_large", "line %" PRId64, csv->line);
    for (size_t i = 0; i < in.n; i++) {
        to[n++] = in.at[i];
        i += in.at[i] == '"';
    }
    *out = (struct str){to, n};
    return OK;
}

/* The cursor stands behind the opening quote, and then behind the closing one. */
static enum err_code
quoted(struct csv *csv, struct str *out, struct err *e)
{
    struct str in = csv->rest;
    bool is_doubled = false;
    size_t i = 0;

    for (; i < in.n; i++) {
        if (in.at[i] == '\n')
            csv->next_line++;
        if (in.at[i] != '"')
            continue;
        if (i + 1 == in.n || in.at[i + 1] != '"')
            break;
        is_doubled = true;
        i++;
    }
    if (i == in.n)
        return bad_quote(csv, e); /* it never closes */
    *out = (struct str){in.at, i};
    csv->rest = (struct str){in.at + i + 1, in.n - i - 1};
    return is_doubled ? unquote(csv, *out, out, e) : OK;
}

static enum err_code
bare(struct csv *csv, struct str *out, struct err *e)
{
    struct str in = csv->rest;
    size_t i = 0;

    while (i < in.n && in.at[i] != ',' && in.at[i] != '\n' && in.at[i] != '\r') {
        if (in.at[i] == '"')
            return bad_quote(csv, e);
        i++;
    }
    *out = (struct str){in.at, i};
    csv->rest = (struct str){in.at + i, in.n - i};
    return OK;
}

static bool
text_is_plain(struct str text)
{
    while (text.n > 0)
        if (*text.at == '\0' || text_next(&text) < 0)
            return false;
    return true;
}

/* A comma goes on with the row, a line end or the end of the text ends it. */
static enum err_code
field_end(struct csv *csv, bool *ends_out, struct err *e)
{
    *ends_out = false;
    if (str_skip(&csv->rest, STR(",")))
        return OK;
    *ends_out = true;
    if (csv->rest.n == 0)
        return OK;
    csv->next_line++;
    if (str_skip(&csv->rest, STR("\r\n")) || str_skip(&csv->rest, STR("\n")))
        return OK;
    return *csv->rest.at == '\r'
               ? err_set(e, ERR_INPUT, "csv_text", "line %" PRId64 ": a bare CR", csv->line)
               : bad_quote(csv, e);
}

static enum err_code
read_row(struct csv *csv, struct csv_row *row, struct err *e)
{
    bool ends = false;

    row->n = 0;
    csv->line = csv->next_line;
    while (!ends) {
        struct str field = STR("");

        if (str_skip(&csv->rest, STR("\"")) ? quoted(csv, &field, e) : bare(csv, &field, e))
            return e->code;
        if (!text_is_plain(field))
            return err_set(e, ERR_INPUT, "csv_text", "line %" PRId64 ": not text in UTF-8",
                           csv->line);
        if (row->n == CSV_FIELDS_MAX)
            return err_set(e, ERR_INPUT, "csv_wide", "line %" PRId64 ": over %d fields", csv->line,
                           CSV_FIELDS_MAX);
        row->field[row->n++] = field;
        if (field_end(csv, &ends, e))
            return e->code;
    }
    return OK;
}

enum err_code
csv_next(struct csv *csv, struct csv_row *row, bool *found_out, struct err *e)
{
    do {
        *found_out = csv->rest.n > 0;
        if (!*found_out)
            return OK;
        if (read_row(csv, row, e))
            return e->code;
    } while (row->n == 1 && row->field[0].n == 0);
    return OK;
}
