#include "domain/sale.h"

#include <inttypes.h>

#include "domain/plan_earn.h"
#include "domain/rules.h"

static enum err_code
read_line(const json_t *in, bool has_tax, struct sale_line *out, struct err *e)
{
    int64_t tax = -1;
    const struct json_field field[] = {
        {"code", JSON_KIND_TEXT, true, 1, EARN_CODE_SIZE - 1, &out->code},
        {"category", JSON_KIND_TEXT, true, 1, EARN_CODE_SIZE - 1, &out->category},
        {"quantity", JSON_KIND_INT, false, 1, SALE_QUANTITY_MAX, &out->quantity},
        {"yen", JSON_KIND_INT, false, 0, GRANT_YEN_MAX, &out->yen},
        {"tax", JSON_KIND_INT, true, 0, GRANT_YEN_MAX, &tax},
    };

    if (json_read(in, field, sizeof(field) / sizeof(field[0]), e))
        return e->code;
    if (out->code.n == 0 && out->category.n == 0)
        return err_field(e, ERR_INPUT, "field_missing", "code",
                         "a line of neither code nor "
                         "category");
    if (has_tax != (tax >= 0))
        return err_field(e, ERR_INPUT, has_tax ? "field_missing" : "field_unknown", "tax",
                         "the sale and all its lines say their tax, or none");
    if (tax > out->yen)
        return err_field(e, ERR_INPUT, "field_range", "tax", "%" PRId64 " of %" PRId64 " yen", tax,
                         out->yen);
    out->tax = has_tax ? tax : 0;
    return OK;
}

/* A hundred lines of ten million yen are far from what an int64_t holds. */
static enum err_code
add_up(const struct sale *sale, struct err *e)
{
    int64_t yen = 0, tax = 0;

    for (size_t i = 0; i < sale->lines_n; i++) {
        yen += sale->line[i].yen;
        tax += sale->line[i].tax;
    }
    if (yen != sale->yen)
        return err_field(e, ERR_INPUT, "lines_uneven", "yen",
                         "lines of %" PRId64 " yen in a sale of %" PRId64, yen, sale->yen);
    if (sale->has_tax && tax != sale->tax)
        return err_field(e, ERR_INPUT, "lines_uneven", "tax",
                         "lines of %" PRId64 " yen tax in a sale of %" PRId64, tax, sale->tax);
    return OK;
}

enum err_code
sale_read_lines(const json_t *in, struct arena *a, struct sale *out, struct err *e)
{
    size_t n = json_array_size(in);
    struct sale_line *line;

    if (n < 1 || n > SALE_LINES_MAX)
        return err_field(e, ERR_INPUT, "field_range", "lines", "1 to %d lines are wanted",
                         SALE_LINES_MAX);
    line = arena_alloc(a, n * sizeof(*line));
    if (line == NULL)
        return err_set(e, ERR_INTERNAL, "arena_full", "%zu lines of a sale", n);
    for (size_t i = 0; i < n; i++) {
        line[i] = (struct sale_line){0};
        if (read_line(json_array_get(in, i), out->has_tax, &line[i], e))
            return err_wrap(e, "line %zu", i + 1);
    }
    out->lines_n = n;
    out->line = line;
    return add_up(out, e);
}
