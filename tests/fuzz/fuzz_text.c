/* Cleaned text stays as it is when cleaned again and keeps its limits; a cut is a front in whole.
 */
#include <assert.h>

#include "base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct arena *a = arena_new(MIB);
    struct str in = {(const char *)data, n}, once, twice;
    struct err e = {0};

    if (text_clean(a, in, 64, &once, &e) == OK)
        assert(once.n > 0 && text_clean(a, once, 64, &twice, &e) == OK && str_eq(once, twice));
    if (text_fold(a, in, &once))
        assert(text_fold(a, once, &twice) && str_eq(once, twice));
    assert(text_utf16_units(text_utf16_cut(in, 10)) <= 10 && text_utf16_units(in) <= n);
    arena_free(a);
    return 0;
}
