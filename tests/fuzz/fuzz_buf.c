/* Whatever the bytes: JSON text that parses, with nothing in it that could end a script block. */
#include <assert.h>
#include <string.h>

#include "base/buf.h"
#include "base/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct arena *a = arena_new(MIB);
    struct buf json = buf_new(a, 64 * KIB);

    buf_json(&json, (struct str){(const char *)data, n});
    if (!buf_failed(&json)) {
        json_auto_t *value = json_loadb(json.at, json.n, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);

        assert(json_is_string(value) && strpbrk(json.at, "<>&") == NULL);
    }
    arena_free(a);
    return 0;
}
