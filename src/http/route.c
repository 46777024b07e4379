#include "http/route.h"

#include <assert.h>
#include <string.h>

/* Cut the first segment, without its leading '/', off *rest; false when there is none. */
static bool
next_segment(struct str *rest, struct str *out)
{
    const char *end;

    if (rest->n == 0 || rest->at[0] != '/')
        return false;
    end = rest->n > 1 ? memchr(rest->at + 1, '/', rest->n - 1) : NULL;
    out->at = rest->at + 1;
    out->n = end != NULL ? (size_t)(end - out->at) : rest->n - 1;
    rest->at += out->n + 1;
    rest->n -= out->n + 1;
    return true;
}

static bool
is_name(struct str segment)
{
    return segment.n > 1 && segment.at[0] == ':';
}

static bool
matches(const char *pattern, struct str path)
{
    size_t i = 0;

    for (;;) {
        char c = pattern[0];

        if (c == '\0' || i == path.n)
            return c == '\0' && i == path.n;
        if (i > 0 && path.at[i - 1] == '/' && c == '*' && pattern[1] == '\0')
            return true;
        if (i > 0 && path.at[i - 1] == '/' && c == ':') {
            if (path.at[i] == '/')
                return false;
            pattern += strcspn(pattern, "/");
            while (i < path.n && path.at[i] != '/')
                i++;
            continue;
        }
        if (c != path.at[i])
            return false;
        pattern++;
        i++;
    }
}

const char *
method_name(enum http_method method)
{
    static const char *const names[] = {
        [GET] = "GET",     [POST] = "POST",     [PUT] = "PUT",
        [PATCH] = "PATCH", [DELETE] = "DELETE", [HEAD] = "HEAD",
    };

    return names[method];
}

/* "GET, HEAD, POST": 38 bytes at most, with every method there is. */
static void
write_allow(unsigned methods, char *out)
{
    const char *between = "";

    *out = '\0';
    for (enum http_method m = GET; m <= HEAD; m++)
        if (methods & 1U << m) {
            out = stpcpy(stpcpy(out, between), method_name(m));
            between = ", ";
        }
}

const struct route *
route_find(const struct route *table, size_t n, enum http_method method, struct str path,
           char *allow_out, struct err *e)
{
    enum http_method row_method = method == HEAD ? GET : method;
    unsigned others = 0;

    for (size_t i = 0; i < n; i++) {
        if (!matches(table[i].path, path))
            continue;
        if (table[i].method == row_method)
            return &table[i];
        others |= 1U << table[i].method;
        if (table[i].method == GET)
            others |= 1U << HEAD;
    }
    write_allow(others, allow_out);
    if (others != 0)
        err_set(e, ERR_METHOD, "method_not_allowed", "only %s here", allow_out);
    else
        err_set(e, ERR_NOT_FOUND, "path_unknown", "no such path");
    return NULL;
}

struct str
route_segment(const struct route *route, struct str path, const char *name)
{
    struct str pattern = str_of(route->path);
    struct str wanted = str_of(name);
    struct str here, segment;

    assert(is_name(wanted) || str_eq(wanted, STR("*")));
    while (next_segment(&pattern, &here)) {
        if (str_eq(here, STR("*")) && str_eq(wanted, here))
            return path.n > 0 ? (struct str){path.at + 1, path.n - 1} : STR("");
        if (!next_segment(&path, &segment))
            break;
        if (is_name(here) && str_eq(here, wanted))
            return segment;
    }
    return STR("");
}
