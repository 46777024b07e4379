/* Any bytes as the shop's own words: what is found good is kept as it is, within its length. */
#include "domain/template.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct arena *a = arena_new(MIB);
    size_t i = n > 2 ? data[1] % TEMPLATE_PARTS : 0;
    struct template_words words = {0}, kept, again;
    struct template_finding finding[TEMPLATE_PARTS];

    words.part[i] = n > 2 ? (struct str){(const char *)data + 2, n - 2} : STR("{plan}");
    if (template_check(a, n > 2 ? data[0] % TEMPLATE_KINDS : 0, &words, &kept, finding)) {
        assert(template_part_longest(i, kept.part[i]) <= template_part_max(i));
        assert(template_check(a, n > 2 ? data[0] % TEMPLATE_KINDS : 0, &kept, &again, finding));
        assert(kept.part[i].n > 0 && str_eq(again.part[i], kept.part[i]));
    }
    arena_free(a);
    return 0;
}
