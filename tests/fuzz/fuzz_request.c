/* A target and header lines, as a client might send them: guard, route, query, cookies, origin. */
#include <assert.h>
#include <string.h>

#include "http/cookie.h"
#include "http/guard.h"
#include "http/route.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static const char *const hosts[] = {"card.test", NULL};
    static const struct route table[] = {{.method = GET, .path = "/a/:b"}, {.path = "/a/*"}};
    struct request_line header[GUARD_HEADERS_MAX + 1];
    struct guard_facts in = {.method = STR("GET"), .version = STR("HTTP/1.1"), .header = header};
    struct str rest = {(const char *)data, n}, line, out;
    struct guard_findings found;
    uint8_t hash[SHA256_SIZE];
    char allow[64];
    struct err e;

    str_until(&rest, '\n', &in.target);
    while (in.headers < sizeof(header) / sizeof(header[0]) && str_until(&rest, '\n', &line))
        if (str_until(&line, ':', &header[in.headers].name))
            header[in.headers++].value = str_trim(line);
    if (guard_check(&in, hosts, &found, &e))
        return 0;
    assert(found.path.at[0] == '/' && memmem(found.path.at, found.path.n, "/../", 4) == NULL);
    struct request req = {.arena = arena_new(64 * KIB),
                          .path = found.path,
                          .query = found.query,
                          .header = header,
                          .headers = in.headers};
    req.route = route_find(table, 2, GET, req.path, allow, &e);
    if (req.route != NULL)
        assert(request_segment(&req, ":b").n <= req.path.n);
    request_query(&req, "q", &out);
    cookie_hash(&req, "__Host-m", hash);
    cookie_check_origin(&req, "https://card.test", &e);
    arena_free(req.arena);
    return 0;
}
