/*
 * Byte 0 is the length of a row, then each row is a byte of how often it stands there and its
 * bytes; what zlib inflates of the stream is those rows.
 */
#include <assert.h>
#include <string.h>
#include <zlib.h>

#include "barcode/deflater.h"

enum { BYTES_MAX = 4 * 1024 * 1024 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static uint8_t stream[BYTES_MAX];
static size_t stream_n;

static void
stream_write(void *to, const uint8_t *bytes, size_t n)
{
    (void)to;
    assert(stream_n + n <= sizeof stream);
    memcpy(stream + stream_n, bytes, n);
    stream_n += n;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static struct deflater deflater;
    static uint8_t want[BYTES_MAX], got[BYTES_MAX];
    uLongf got_n = sizeof got;
    size_t stride = n > 0 ? 2 + data[0] : 0, want_n = 0;

    if (n < 1 + 1 + stride)
        return 0;
    stream_n = 0;
    barcode_deflater_begin(&deflater, stride, stream_write, NULL);
    for (data++, n--; n > stride; data += 1 + stride, n -= 1 + stride) {
        unsigned times = 1 + data[0];

        if (want_n + times * stride > sizeof want)
            break;
        barcode_deflater_row(&deflater, data + 1, times);
        for (; times > 0; times--, want_n += stride)
            memcpy(want + want_n, data + 1, stride);
    }
    barcode_deflater_end(&deflater);
    assert(uncompress(got, &got_n, stream, stream_n) == Z_OK);
    assert(got_n == want_n && memcmp(got, want, want_n) == 0);
    return 0;
}
