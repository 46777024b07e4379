#include "tests/support/shrink.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* Without keep[from..from+size-1]. */
static size_t
leave_out(const size_t *keep, size_t n, size_t from, size_t size, size_t *out)
{
    size_t end = from + size < n ? from + size : n;

    memcpy(out, keep, from * sizeof(*keep));
    memcpy(out + from, keep + end, (n - end) * sizeof(*keep));
    return n - (end - from);
}

size_t
shrink(bool (*fails)(void *context, const size_t *keep, size_t n), void *context, size_t *keep,
       size_t n)
{
    size_t *fewer = calloc(n > 0 ? n : 1, sizeof(*fewer));

    assert(fewer != NULL);
    for (size_t size = (n + 1) / 2; size > 0;) {
        bool is_smaller = false;

        /* From the end: what comes late is needed seldom. */
        for (size_t at = (n + size - 1) / size; at-- > 0 && n > 1;) {
            size_t left = at * size < n ? leave_out(keep, n, at * size, size, fewer) : n;

            if (left == n || !fails(context, fewer, left))
                continue;
            memcpy(keep, fewer, left * sizeof(*keep));
            n = left;
            is_smaller = true;
        }
        if (size == 1 && !is_smaller)
            break;
        size = size > 1 ? size / 2 : 1;
    }
    free(fewer);
    return n;
}
