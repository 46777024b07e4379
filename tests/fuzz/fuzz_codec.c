/* What decodes is written back as the very same text; what is written decodes to the same bytes. */
#include <assert.h>
#include <string.h>

#include "base/codec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static uint8_t bytes[256];
    static char text[HEX_SIZE(256)];
    struct str in = {(const char *)data, n};
    size_t m;

    if (hex_decode(in, bytes, sizeof(bytes), &m))
        assert((hex_encode(bytes, m, text), str_eq(str_of(text), in)));
    if (base64_decode(in, bytes, sizeof(bytes), &m))
        assert((base64_encode(bytes, m, text), str_eq(str_of(text), in)));
    if (base64url_decode(in, bytes, sizeof(bytes), &m))
        assert((base64url_encode(bytes, m, text), str_eq(str_of(text), in)));
    return 0;
}
