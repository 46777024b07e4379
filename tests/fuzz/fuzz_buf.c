/* Whatever the bytes: JSON text that parses, and HTML text with nothing in it that could end it. */
#include <assert.h>
#include <string.h>

#include "base/buf.h"
#include "base/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct arena *a = arena_new(MIB);
    struct str in = {(const char *)data, n};
    struct buf json = buf_new(a, 64 * KIB), html = buf_new(a, 64 * KIB);
    json_t *value;

    buf_json(&json, in);
    buf_xml(&html, in);
    if (!buf_failed(&json)) {
        value = json_loadb(json.at, json.n, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
        assert(json_is_string(value));
        assert(memchr(json.at, '<', json.n) == NULL && memchr(json.at, '&', json.n) == NULL);
        json_decref(value);
    }
    assert(html.n == 0 || strpbrk(html.at, "<>\"'") == NULL);
    arena_free(a);
    return 0;
}
