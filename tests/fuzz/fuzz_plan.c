/* Any bytes as a plan file: what is taken is written, and read back as the same rules. */
#include "domain/plan_json.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static struct plan_rules rules, again;
    json_auto_t *all = NULL, *twice = NULL;
    struct err e = {0};
    char *text;

    rules = again = (struct plan_rules){.name = "Plan", .jan_prefix = 20, .unit = UNIT_POINT};
    if (plan_file_read((struct str){(const char *)data, n}, &rules, &e))
        return 0;
    assert(plan_file_write(&rules, &all, &e) == OK);
    text = json_dumps(all, JSON_COMPACT);
    assert(plan_file_read(str_of(text), &again, &e) == OK);
    assert(plan_file_write(&again, &twice, &e) == OK && json_equal(all, twice));
    free(text);
    return 0;
}
