/* Any bytes as a postback's data: what is read holds what it must. */
#include <assert.h>
#include <string.h>

#include "line/postback.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct postback got;

    if (!postback_read((struct str){(const char *)data, n}, &got))
        return 0;
    assert(got.action <= POSTBACK_RULE && strlen(got.menu) < POSTBACK_MENU_SIZE);
    assert((got.action == POSTBACK_RULE) == (got.rule_id > 0));
    assert((got.area.n > 0) == (got.menu[0] != '\0') && got.area.n <= POSTBACK_AREA_MAX);
    return 0;
}
