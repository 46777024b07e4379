/* Any bytes as a catalogue's file: what is taken is written, and read as the same again. */
#include <assert.h>
#include <stdlib.h>

#include "domain/catalogue.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct arena *a = arena_new(4 * MIB);
    struct catalogue once, twice;
    json_t *json = NULL;
    struct err e;

    if (catalogue_read((struct str){(const char *)data, n}, UNIT_POINT, a, &once, &e) == OK &&
        catalogue_write(&once, &json, &e) == OK) {
        char *text = json_dumps(json, JSON_COMPACT);

        assert(catalogue_read(str_of(text), UNIT_POINT, a, &twice, &e) == OK);
        assert(twice.n == once.n);
        free(text);
    }
    json_decref(json);
    arena_free(a);
    return 0;
}
