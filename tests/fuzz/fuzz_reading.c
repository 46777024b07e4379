/* Any bytes from a scanner: what is read as a code of ours is one, and what is to be looked up is
 * plain text that reads the same again. */
#include "domain/reading.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
is_plain(const char *text)
{
    assert(strlen(text) <= READING_PLAIN_MAX);
    for (; *text != '\0'; text++)
        assert(*text >= ' ' && *text < 0x7F && !(*text >= 'a' && *text <= 'z'));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct reading first, again;
    struct code code;

    scan_normalise((struct str){(const char *)data, n}, &first);
    is_plain(first.plain);
    for (int i = 0; i < first.n_candidates; i++)
        is_plain(first.candidate[i]);
    assert((first.kind == READING_MEMBER || first.kind == READING_VOUCHER) ==
           code_parse(str_of(first.digits), &code));
    scan_normalise(str_of(first.digits), &again);
    assert(first.digits[0] == '\0' ||
           (again.kind == first.kind && !strcmp(again.digits, first.digits)));
    return 0;
}
