/* Any bytes as a postback's data: what is read holds what it must. */
#include <assert.h>

#include "line/postback.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct postback got;

    if (!postback_read((struct str){(const char *)data, n}, &got))
        return 0;
    assert(got.action <= POSTBACK_RULE && got.menu.n <= POSTBACK_MENU_MAX);
    assert((got.action == POSTBACK_RULE) == (got.rule_id > 0));
    assert(got.area >= 0 && got.area < POSTBACK_AREAS);
    return 0;
}
