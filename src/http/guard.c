#include "http/guard.h"

#include <string.h>

#define REFUSE(...) err_set(e, ERR_INPUT, "request_malformed", __VA_ARGS__)

static bool
is_control(char c)
{
    return (unsigned char)c < 0x20 || c == 0x7f;
}

/* RFC 9110 5.6.2: tchar. */
static bool
is_token_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c != '\0' && strchr("!#$%&'*+-.^_`|~", c) != NULL);
}

static bool
is_token(struct str name)
{
    for (size_t i = 0; i < name.n; i++)
        if (!is_token_char(name.at[i]))
            return false;
    return name.n > 0;
}

static int
hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static enum err_code
check_method(struct str name, enum http_method *out, struct err *e)
{
    static const struct str names[] = {
        [GET] = {"GET", 3},     [POST] = {"POST", 4},     [PUT] = {"PUT", 3},
        [PATCH] = {"PATCH", 5}, [DELETE] = {"DELETE", 6}, [HEAD] = {"HEAD", 4},
    };

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (str_eq(name, names[i])) {
            *out = (enum http_method)i;
            return OK;
        }
    return err_set(e, ERR_METHOD, "method_not_allowed", "method we have no routes for");
}

/* The byte that a percent-encoding stands for, or -1 when it is broken or a control byte. */
static int
escaped_byte(struct str rest)
{
    int high = rest.n >= 3 ? hex_digit(rest.at[1]) : -1;
    int low = rest.n >= 3 ? hex_digit(rest.at[2]) : -1;
    int byte = high * 16 + low;

    return high < 0 || low < 0 || byte < 0x20 || byte == 0x7f ? -1 : byte;
}

/* No byte outside visible ASCII, and no encoding of what must not hide: '.', '/' and '\' in a path.
 */
static enum err_code
check_bytes(struct str part, bool is_path, struct err *e)
{
    for (size_t i = 0; i < part.n; i++) {
        char c = part.at[i];
        int byte;

        if ((unsigned char)c <= 0x20 || (unsigned char)c >= 0x7f || c == '#')
            return REFUSE("byte 0x%02x in target", (unsigned)(unsigned char)c);
        if (is_path && c == '\\')
            return REFUSE("backslash in path");
        if (c != '%')
            continue;
        byte = escaped_byte((struct str){part.at + i, part.n - i});
        if (byte < 0)
            return REFUSE("broken or control escape in target");
        if (is_path && (byte == '.' || byte == '/' || byte == '\\'))
            return REFUSE("escaped 0x%02x in path", (unsigned)byte);
    }
    return OK;
}

static bool
has_dot_segment(struct str path)
{
    struct str rest = path, segment;

    while (rest.n > 0) {
        if (!str_until(&rest, '/', &segment)) {
            segment = rest;
            rest.n = 0;
        }
        if (str_eq(segment, STR(".")) || str_eq(segment, STR("..")))
            return true;
    }
    return false;
}

static enum err_code
check_target(struct str target, struct guard_findings *out, struct err *e)
{
    struct str rest = target;

    if (target.n == 0 || target.at[0] != '/')
        return REFUSE("target is not a path");
    out->path = target;
    out->query = STR("");
    if (str_until(&rest, '?', &out->path))
        out->query = rest;
    if (check_bytes(out->path, true, e) || check_bytes(out->query, false, e))
        return e->code;
    if (has_dot_segment(out->path))
        return REFUSE("dot segment in path");
    return OK;
}

/* A header that must not come twice, because two readers might choose differently. */
static const struct str single[] = {
    {"content-length", 14}, {"transfer-encoding", 17}, {"host", 4},
    {"content-type", 12},   {"authorization", 13},     {"cookie", 6},
    {"origin", 6},          {"sec-fetch-site", 14},    {"idempotency-key", 15},
    {"expect", 6},          {"x-line-signature", 16},  {"x-real-ip", 9},
};
enum { LENGTH, CODING, HOST, SINGLE_N = sizeof(single) / sizeof(single[0]) };

static enum err_code
check_header(const struct request_line *line, struct str seen[SINGLE_N], struct err *e)
{
    if (!is_token(line->name))
        return REFUSE("header name is no token");
    for (size_t i = 0; i < line->value.n; i++)
        if (is_control(line->value.at[i]) && line->value.at[i] != '\t')
            return REFUSE("control byte in a header value");
    for (size_t i = 0; i < SINGLE_N; i++) {
        if (!str_eq_nocase(line->name, single[i]))
            continue;
        if (seen[i].at != NULL)
            return REFUSE("%s twice", single[i].at);
        seen[i] = line->value;
    }
    return OK;
}

static enum err_code
check_framing(struct str length, struct str coding, struct guard_findings *out, struct err *e)
{
    out->chunked = coding.at != NULL;
    out->has_length = length.at != NULL;
    out->length = 0;
    if (out->chunked && out->has_length)
        return REFUSE("both a length and a transfer coding");
    if (out->chunked && !str_eq_nocase(coding, STR("chunked")))
        return REFUSE("transfer coding other than chunked");
    if (out->has_length && (!str_number(&length, &out->length, INT64_MAX) || length.n > 0))
        return REFUSE("length is not a number");
    if ((out->method == GET || out->method == HEAD) && (out->chunked || out->length > 0))
        return REFUSE("body on GET or HEAD");
    return OK;
}

static bool
drop_port(struct str *host, struct str port)
{
    if (host->n < port.n || memcmp(host->at + host->n - port.n, port.at, port.n) != 0)
        return false;
    host->n -= port.n;
    return true;
}

static enum err_code
check_host(struct str host, const char *const *hosts, struct err *e)
{
    struct str bare = host;

    if (host.at == NULL || host.n == 0)
        return REFUSE("no Host");
    if (hosts == NULL)
        return OK;
    if (!drop_port(&bare, STR(":443")))
        drop_port(&bare, STR(":80"));
    for (; *hosts != NULL; hosts++)
        if (str_eq_nocase(host, str_of(*hosts)) || str_eq_nocase(bare, str_of(*hosts)))
            return OK;
    return err_set(e, ERR_MISDIRECTED, "host_unknown", "Host that is not ours");
}

enum err_code
guard_check(const struct guard_facts *in, const char *const *hosts, struct guard_findings *out,
            struct err *e)
{
    struct str seen[SINGLE_N] = {{NULL, 0}};

    if (!str_eq(in->version, STR("HTTP/1.1")))
        return REFUSE("version is not HTTP/1.1");
    if (check_method(in->method, &out->method, e) || check_target(in->target, out, e))
        return e->code;
    if (in->folded)
        return REFUSE("folded header line");
    if (in->headers > GUARD_HEADERS_MAX)
        return REFUSE("%zu headers", in->headers);
    for (size_t i = 0; i < in->headers; i++)
        if (check_header(&in->header[i], seen, e))
            return e->code;
    if (check_framing(seen[LENGTH], seen[CODING], out, e))
        return e->code;
    return check_host(seen[HOST], hosts, e);
}
