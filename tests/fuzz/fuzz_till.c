/* Any bytes as a till's body: a grant is read within its limits, by the table its handler uses. */
#include <assert.h>

#include "http/request.h"
#include "http/route.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static const struct route route = {.method = POST, .path = "/", .body_max = 4 * KIB};
    struct request req = {
        .arena = arena_new(MIB), .route = &route, .body = {(const char *)data, n}};
    int64_t scan = 1, stamps = 1;
    struct str code = STR("1");
    struct err e = {0};

    if (REQUEST_JSON(&req, &e, {"scan", JSON_KIND_INT, true, 1, INT64_MAX, &scan},
                     {"code", JSON_KIND_TEXT, true, 1, 512, &code},
                     {"stamps", JSON_KIND_INT, true, 1, 3, &stamps}))
        assert(e.word != NULL && e.code != OK);
    else
        assert(n <= 4 * KIB && scan >= 1 && stamps >= 1 && stamps <= 3 && code.n <= 512);
    arena_free(req.arena);
    return 0;
}
