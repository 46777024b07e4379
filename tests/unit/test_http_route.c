/* Which row of a table a request belongs to, and what its segments are. */
#include <string.h>

#include "http/route.h"
#include "tests/support/check.h"

static enum err_code
nothing(struct request *req, struct reply *reply, struct err *e)
{
    (void)req;
    (void)e;
    return reply_empty(reply, 204);
}

#define ROW(m, p)                                                                                  \
    {                                                                                              \
        .method = m, .path = p, .handler = nothing                                                 \
    }
static const struct route table[] = {
    ROW(GET, "/"),
    ROW(GET, "/api/cards"),
    ROW(POST, "/api/cards"),
    ROW(GET, "/api/cards/new"), /* before the row with a name: the first match counts */
    ROW(GET, "/api/cards/:card"),
    ROW(PUT, "/api/cards/:card"),
    ROW(POST, "/api/cards/:card/stamps"),
    ROW(DELETE, "/api/cards/:card/stamps/:stamp"),
    ROW(GET, "/static/*"),
    ROW(PATCH, "/only"),
};

static void
a_path_finds_its_row_or_says_what_is_there(void **state)
{
    static const struct {
        enum http_method method;
        const char *path;
        int want; /* -1: not found; -2: method */
        const char *allow;
    } row[] = {
        {GET, "/", 0, ""},
        {HEAD, "/", 0, ""},
        {GET, "", -1, ""},
        {GET, "//", -1, ""},
        {GET, "/api", -1, ""},
        {GET, "/api/cards", 1, ""},
        {POST, "/api/cards", 2, ""},
        {GET, "/api/cards/", -1, ""},
        {GET, "/api/cardsx", -1, ""},
        {GET, "/api/cards/new", 3, ""},
        {GET, "/api/cards/newer", 4, ""},
        {GET, "/api/cards/7", 4, ""},
        {HEAD, "/api/cards/7", 4, ""},
        {PUT, "/api/cards/7", 5, ""},
        {POST, "/api/cards/7", -2, "GET, PUT, HEAD"},
        {GET, "/api/cards/7/", -1, ""},
        {POST, "/api/cards/7/stamps", 6, ""},
        {POST, "/api/cards//stamps", -1, ""},
        {DELETE, "/api/cards/7/stamps/8", 7, ""},
        {HEAD, "/api/cards/7/stamps/8", -2, "DELETE"},
        {GET, "/static/x", 8, ""},
        {GET, "/static/x/y/z", 8, ""},
        {GET, "/static/", -1, ""},
        {GET, "/static", -1, ""},
        {PATCH, "/only", 9, ""},
        {GET, "/only", -2, "PATCH"},
        {GET, "/API/cards", -1, ""},
        {GET, "/api/cards/:card", 4, ""},
        {GET, "/*", -1, ""},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        struct err e = {0};
        char allow[64] = "";
        const struct route *got =
            route_find(table, COUNT(table), row[i].method, str_of(row[i].path), allow, &e);

        CHECK_ROW(i);
        if (row[i].want >= 0) {
            CHECK_INT(got != NULL ? got - table : -3, row[i].want);
            continue;
        }
        CHECK_THAT(got == NULL);
        CHECK_FAILS(e.code, e, row[i].want == -1 ? ERR_NOT_FOUND : ERR_METHOD,
                    row[i].want == -1 ? "path_unknown" : "method_not_allowed");
        CHECK_TEXT(allow, row[i].allow);
    }
}

static void
segments_are_found_by_their_names(void **state)
{
    static const struct {
        const char *pattern, *path, *name, *want;
    } row[] = {
        {"/a/:x", "/a/1", ":x", "1"},
        {"/a/:x/b/:y", "/a/1/b/22", ":x", "1"},
        {"/a/:x/b/:y", "/a/1/b/22", ":y", "22"},
        {"/a/:x", "/a/1", ":y", ""},
        {"/a/:xy", "/a/1", ":x", ""},
        {"/a/*", "/a/b/c", "*", "b/c"},
        {"/a/:x/*", "/a/1/b/c", "*", "b/c"},
        {"/a/:x/*", "/a/1/b/c", ":x", "1"},
        {"/a/b", "/a/b", "*", ""},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        struct route route = {.path = row[i].pattern};

        CHECK_ROW(i);
        CHECK_STR(route_segment(&route, str_of(row[i].path), row[i].name), row[i].want);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_path_finds_its_row_or_says_what_is_there),
        TEST(segments_are_found_by_their_names),
    };

    return cmocka_run_group_tests_name("http route", tests, NULL, NULL);
}
