/*
 * sale.h - what a till says about a visit: stamps, or the yen of a sale and the lines on its
 * receipt.
 *
 * Yen are what was paid, tax included. A till that knows the tax says how many of those yen it is;
 * lines add up to the sale, and to its tax where that is said. Discounts are in the lines already.
 */
#ifndef DOMAIN_SALE_H
#define DOMAIN_SALE_H

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SALE_LINES_MAX 100
#define SALE_QUANTITY_MAX 9999

struct sale_line {
    struct str code, category; /* at least one of them; borrowed */
    int64_t quantity;          /* pieces */
    int64_t yen;               /* of all of them */
    int64_t tax;               /* of these yen */
};

struct sale {
    int64_t stamps; /* as a cashier gives them; 0: the lines say, or it is a point plan's */
    int64_t yen;    /* 0: a visit */
    int64_t tax;    /* of these yen, if has_tax */
    bool has_tax;
    size_t lines_n;
    const struct sale_line *line;
};

/*
 * Lines such as [{"code": "4901", "category": "coffee", "quantity": 2, "yen": 900, "tax": 81}] into
 * out->line, in arena, with texts borrowed from `in`. out->yen, tax and has_tax are set before.
 *
 * ERR_INPUT field_missing, field_type, field_range, field_unknown with the field of a line
 *           "lines_uneven": they do not add up to yen or tax, with that field
 */
enum err_code sale_read_lines(const json_t *in, struct arena *a, struct sale *out, struct err *e);

#endif
