/* Any bytes as stampd.conf: refused with a word, or settings that make sense and can be shown. */
#include <assert.h>
#include <string.h>

#include "app/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct str text = {(const char *)data, n};
    struct config c;
    struct err e = {0};

    if (memmem(text.at, n, "_FILE", 5)) /* those name files of this machine */
        return 0;
    if (config_parse(text, "fuzz", &c, &e)) {
        assert(e.word != NULL);
        return 0;
    }
    assert(c.data_dir && c.listen && c.public_url && c.workers >= 0 && c.workers <= 256);
    config_clear(&c);
    return 0;
}
