/* Any bytes: refused with a word, or a value that is within the limits and can be written and read.
 */
#include <assert.h>

#include "base/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct err e = {0};
    json_t *value = NULL;
    struct str text = STR("unset");
    const struct json_field field = {"a", JSON_KIND_TEXT, true, 0, 64, &text};

    if (json_parse((struct str){(const char *)data, n}, 4096, &value, &e)) {
        assert(e.word != NULL && value == NULL);
    } else if (json_read_some(value, &field, 1, &e) == OK) {
        assert(text.n <= 64);
    }
    json_decref(value);
    return 0;
}
