/* Any bytes: refused with a word, or a value that is within the limits and can be written and read.
 */
#include <assert.h>

#include "base/json.h"

/* Every element jansson has in an array is found in the text, and reads as the same. */
static void
check_elements(const json_t *object, struct str text)
{
    const char *name;
    json_t *array;

    json_object_foreach((json_t *)object, name, array) {
        struct str element[64];
        size_t n = json_array_size(array);

        if (!json_is_array(array) || n > 64 || json_elements(text, name, element, 64) == 0)
            continue; /* a name with escapes */
        assert(json_elements(text, name, element, 64) == n);
        for (size_t i = 0; i < n; i++) {
            json_t *one = json_loadb(element[i].at, element[i].n, JSON_DECODE_ANY, NULL);

            assert(one != NULL && json_equal(one, json_array_get(array, i)));
            json_decref(one);
        }
    }
}

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
    if (json_is_object(value))
        check_elements(value, (struct str){(const char *)data, n});
    json_decref(value);
    return 0;
}
