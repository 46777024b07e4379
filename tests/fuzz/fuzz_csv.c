/* A table read to its end or to an error: fields lie in the text, lines go on. */
#include <assert.h>

#include "base/csv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct arena *a = arena_new(MIB);
    struct csv csv;
    struct csv_row row;
    struct err e;
    int64_t line = 0;
    bool found = true;

    csv_init(&csv, (struct str){(const char *)data, n}, a);
    while (csv_next(&csv, &row, &found, &e) == OK && found) {
        assert(row.n >= 1 && row.n <= CSV_FIELDS_MAX && csv.line > line && csv.rest.n < n);
        line = csv.line;
    }
    arena_free(a);
    return 0;
}
