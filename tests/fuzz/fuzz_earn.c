/* Any bytes as a plan's rules for earning: refused with a word, or rules that are written as they
 * were read, under which no sale earns less than its base. */
#include "domain/earning.h"
#include <assert.h>
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static struct plan_rules rules = {.unit = UNIT_POINT, .yen_per_point = 100};
    json_auto_t *in = NULL, *once = json_object(), *twice = json_object();
    struct err e = {0};
    struct earning got;

    if (json_parse((struct str){(const char *)data, n}, 16384, &in, &e) ||
        earn_read(in, &rules.earn, &e))
        return assert(e.word != NULL), 0;
    got = units_of(&rules, &(struct sale){.yen = 12345}, 3, 1798502400000);
    assert(got.total >= got.base && got.base <= 123 && earn_write(&rules.earn, once));
    if (json_object_size(once) > 0)
        assert(!earn_read(json_object_get(once, "earn"), &rules.earn, &e));
    assert(earn_write(&rules.earn, twice) && json_equal(once, twice) == 1);
    return 0;
}
