/* Any bytes as the lines of a sale: refused with a word, or lines that add up. */
#include "domain/sale.h"
#include <assert.h>
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct arena *a = arena_new(1 << 16);
    struct sale sale = {.yen = 1300, .tax = 100, .has_tax = n % 2 == 1};
    json_auto_t *in = NULL;
    int64_t yen = 0;
    struct err e = {0};

    if (json_parse((struct str){(const char *)data, n}, 16384, &in, &e) ||
        sale_read_lines(in, a, &sale, &e))
        assert(e.word != NULL);
    for (size_t i = 0; i < sale.lines_n; i++)
        yen += sale.line[i].yen;
    assert(sale.lines_n <= SALE_LINES_MAX && (e.word != NULL || yen == sale.yen));
    arena_free(a);
    return 0;
}
