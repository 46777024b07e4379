/* Any bytes from a scanner: what is read as a code of ours is one, and reads the same again. */
#include <assert.h>
#include <string.h>

#include "domain/reading.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static const struct keys keys;
    struct reading first, again;
    struct code code;

    scan_normalise((struct str){(const char *)data, n}, &first);
    if (first.kind == READING_MEMBER || first.kind == READING_VOUCHER)
        assert(code_parse(str_of(first.digits), &code) && code.locator == first.code.locator);
    if (first.kind == READING_JAN)
        assert(strlen(first.digits) == JAN_DIGITS &&
               jan_locator(&keys, str_of(first.digits), 1) >= 0);
    scan_normalise(str_of(first.digits), &again);
    assert(first.digits[0] == '\0' ||
           (again.kind == first.kind && !strcmp(again.digits, first.digits)));
    return 0;
}
