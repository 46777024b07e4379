#include "http/request.h"

#include "http/route.h"

#include <string.h>

struct str
request_header(const struct request *req, const char *name)
{
    struct str wanted = str_of(name);
    struct str found = STR("");
    int times = 0;

    for (size_t i = 0; i < req->headers; i++)
        if (str_eq_nocase(req->header[i].name, wanted)) {
            found = req->header[i].value;
            times++;
        }
    return times == 1 ? str_trim(found) : STR("");
}

/* The next "name=value" of `rest` up to `mark`; false at the end. A pair without '=' has no value.
 */
static bool
next_pair(struct str *rest, char mark, struct str *name, struct str *value)
{
    struct str pair;

    if (rest->n == 0)
        return false;
    if (!str_until(rest, mark, &pair)) {
        pair = *rest;
        rest->n = 0;
    }
    *value = pair;
    if (!str_until(value, '=', name)) {
        *name = pair;
        *value = STR("");
    }
    return true;
}

bool
request_cookie(const struct request *req, const char *name, struct str *out)
{
    struct str rest = request_header(req, "cookie");
    struct str wanted = str_of(name);
    struct str found = STR("");
    struct str key, value;
    int times = 0;

    while (next_pair(&rest, ';', &key, &value))
        if (str_eq(str_trim(key), wanted)) {
            found = str_trim(value);
            times++;
        }
    if (times != 1)
        return false;
    *out = found;
    return true;
}

static int
hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Undo percent-encoding, and '+' for a space in a query; in arena. False: broken, or no room. */
static bool
decode(const struct request *req, struct str in, bool is_query, struct str *out)
{
    char *to;
    size_t n = 0;

    if (in.n == 0 ||
        (memchr(in.at, '%', in.n) == NULL && !(is_query && memchr(in.at, '+', in.n) != NULL))) {
        *out = in;
        return true;
    }
    to = arena_alloc(req->arena, in.n);
    if (to == NULL)
        return false;
    for (size_t i = 0; i < in.n; i++) {
        int high, low;

        if (in.at[i] != '%') {
            to[n++] = is_query && in.at[i] == '+' ? ' ' : in.at[i];
            continue;
        }
        high = i + 2 < in.n ? hex_digit(in.at[i + 1]) : -1;
        low = i + 2 < in.n ? hex_digit(in.at[i + 2]) : -1;
        if (high < 0 || low < 0)
            return false;
        to[n++] = (char)(high * 16 + low);
        i += 2;
    }
    *out = (struct str){to, n};
    return true;
}

struct str
request_segment(const struct request *req, const char *name)
{
    struct str raw = route_segment(req->route, req->path, name);
    struct str plain;

    return decode(req, raw, false, &plain) ? plain : STR("");
}

bool
request_query(const struct request *req, const char *name, struct str *out)
{
    struct str rest = req->query;
    struct str wanted = str_of(name);
    struct str found = STR("");
    struct str key, value;
    int times = 0;

    while (next_pair(&rest, '&', &key, &value))
        if (str_eq(key, wanted)) {
            found = value;
            times++;
        }
    return times == 1 && decode(req, found, true, out);
}

static void
release_json(void *object)
{
    json_decref(object);
}

enum err_code
request_json(struct request *req, const struct json_field *fields, size_t n, struct err *e)
{
    json_t *object = NULL;

    if (json_parse(req->body, req->route->body_max, &object, e))
        return e->code;
    if (!arena_defer(req->arena, release_json, object)) {
        json_decref(object);
        return err_set(e, ERR_INTERNAL, "internal", "no room in the request's arena");
    }
    return json_read(object, fields, n, e);
}
