/* Any bytes as a key set: a set that is taken has keys, and no more than it may. */
#include <assert.h>

#include "line/jwks.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct jwks *keys;
    struct err e;

    if (jwks_parse((struct str){(const char *)data, n}, &keys, &e))
        return 0;
    assert(jwks_count(keys) >= 1 && jwks_count(keys) <= JWKS_MAX_KEYS);
    assert(jwks_find(keys, STR("")) == NULL);
    jwks_free(keys);
    return 0;
}
