/* Any bytes as the digits of a code: what is believed is what would have been made, and no JAN
 * leads to a locator that does not lead back. */
#include "domain/code.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static bool
is_digits(const uint8_t *data, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (data[i] < '0' || data[i] > '9')
            return false;
    return true;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static const struct keys keys;
    struct str digits = {(const char *)data, n};
    struct code code;
    char made[CODE_DIGITS + 1];

    if (code_parse(digits, &code)) {
        code_make(&keys, code.kind, code.locator, 1, made);
        assert(code_is_of_step(&keys, &code, 1) == (memcmp(made, data, CODE_DIGITS) == 0));
    }
    if (n == JAN_DIGITS && data[0] == '2' && is_digits(data, n)) {
        jan_make(&keys, 20 + data[1] - '0', jan_locator(&keys, digits, 1), 1, made);
        assert(memcmp(made, data, JAN_DIGITS - 1) == 0);
    }
    return 0;
}
