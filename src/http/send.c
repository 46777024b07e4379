#include "http/connection.h"
#include "http/encode.h"

#include <string.h>
#include <strings.h>

#define COMPRESS_FROM 1024
#define FOREVER "public, max-age=31536000, immutable"
/* The till reads codes by camera one day. */
#define PERMISSIONS "camera=(self), microphone=(), geolocation=(), payment=(), usb=()"

static bool
add(struct MHD_Response *response, const char *name, const char *value)
{
    return MHD_add_response_header(response, name, value) == MHD_YES;
}

static bool
reply_has(const struct reply *reply, const char *name)
{
    for (size_t i = 0; i < reply->headers; i++)
        if (strcasecmp(reply->header[i].name, name) == 0)
            return true;
    return false;
}

/* What a handler says itself comes instead of what every answer says. */
static bool
add_default(const struct reply *reply, struct MHD_Response *response, const char *name,
            const char *value)
{
    return reply_has(reply, name) || add(response, name, value);
}

/* Source: security.md 6.9. */
static bool
add_security(const struct server_options *o, const struct reply *reply,
             struct MHD_Response *response)
{
    const char *csp = reply->csp != NULL ? reply->csp : o->csp;

    return add_default(reply, response, "X-Content-Type-Options", "nosniff") &&
           add_default(reply, response, "Referrer-Policy", "no-referrer") &&
           add_default(reply, response, "Cross-Origin-Opener-Policy", "same-origin") &&
           add_default(reply, response, "Cross-Origin-Resource-Policy", "same-origin") &&
           add_default(reply, response, "Permissions-Policy", PERMISSIONS) &&
           (!o->secure || add_default(reply, response, "Strict-Transport-Security",
                                      "max-age=63072000; includeSubDomains")) &&
           (csp == NULL || add_default(reply, response, "Content-Security-Policy", csp));
}

static bool
add_headers(const struct exchange *x, struct MHD_Response *response)
{
    const struct reply *reply = &x->reply;

    for (size_t i = 0; i < reply->headers; i++)
        if (!add(response, reply->header[i].name, reply->header[i].value))
            return false;
    return (reply->content_type == NULL || add(response, "Content-Type", reply->content_type)) &&
           add_default(reply, response, "Cache-Control", "no-store") &&
           (!x->closes || add(response, "Connection", "close")) &&
           add_security(&x->req.connection->server->options, reply, response);
}

/* Which form of a file, and its ETag: RFC 9110 8.8.3.3 wants another one for each coding. */
static const char *
choose_form(struct exchange *x, const struct file *file)
{
    struct str accept = request_header(&x->req, "accept-encoding");
    const char *name = strrchr(file->path, '/');
    const char *coding = NULL;

    x->reply.body = file->bytes;
    if (file->brotli.n > 0 && encode_accepts(accept, STR("br"))) {
        x->reply.body = file->brotli;
        coding = "br";
    } else if (file->gzip.n > 0 && encode_accepts(accept, STR("gzip"))) {
        x->reply.body = file->gzip;
        coding = "gzip";
    }
    if (coding != NULL)
        reply_header(&x->reply, "Content-Encoding", coding);
    if (file->brotli.n > 0 || file->gzip.n > 0)
        reply_header(&x->reply, "Vary", "Accept-Encoding");
    return arena_format(x->req.arena, coding != NULL ? "\"%s.%s\"" : "\"%s\"",
                        name != NULL ? name + 1 : file->path, coding);
}

/* RFC 9110 13.1.2; weak comparison, so a W/ that a proxy put in front does not matter. */
static bool
is_known(struct str if_none_match, const char *etag)
{
    struct str rest = if_none_match, one;

    while (rest.n > 0) {
        if (!str_until(&rest, ',', &one)) {
            one = rest;
            rest.n = 0;
        }
        one = str_trim(one);
        str_skip(&one, STR("W/"));
        if (str_eq(one, STR("*")) || str_eq(one, str_of(etag)))
            return true;
    }
    return false;
}

static void
prepare_file(struct exchange *x)
{
    const struct file *file = x->reply.file;
    const char *etag = choose_form(x, file);

    x->reply.content_type = file->content_type;
    if (!reply_has(&x->reply, "Cache-Control"))
        reply_header(&x->reply, "Cache-Control", FOREVER);
    if (etag == NULL)
        return;
    reply_header(&x->reply, "ETag", etag);
    if (is_known(request_header(&x->req, "if-none-match"), etag)) {
        x->reply.status = 304;
        x->reply.body = STR("");
        x->reply.content_type = NULL;
    }
}

static void
prepare_text(struct exchange *x)
{
    struct str smaller;

    if (!x->reply.may_compress || x->reply.body.n < COMPRESS_FROM ||
        reply_has(&x->reply, "Content-Encoding"))
        return;
    reply_header(&x->reply, "Vary", "Accept-Encoding");
    if (encode_accepts(request_header(&x->req, "accept-encoding"), STR("gzip")) &&
        encode_gzip(x->req.arena, x->reply.body, &smaller)) {
        x->reply.body = smaller;
        reply_header(&x->reply, "Content-Encoding", "gzip");
    }
}

static struct MHD_Response *
make_response(struct exchange *x)
{
    struct sse_feed *feed = x->reply.feed;

    if (feed != NULL) {
        x->reply.feed = NULL;
        if (!reply_has(&x->reply, "X-Accel-Buffering"))
            reply_header(&x->reply, "X-Accel-Buffering", "no");
        return sse_response(feed, x->req.connection);
    }
    if (x->reply.file != NULL)
        prepare_file(x);
    else
        prepare_text(x);
    return MHD_create_response_from_buffer(x->reply.body.n, (void *)(uintptr_t)x->reply.body.at,
                                           MHD_RESPMEM_PERSISTENT);
}

/* What the handler did has come to pass, and 503 would say that it has not. */
static bool
has_changed_something(const struct exchange *x)
{
    const struct route *r = x->req.route;

    return x->err.code == OK && r != NULL && (r->mode == WRITE || r->mode == KEYED);
}

struct MHD_Response *
send_starved_new(const struct server *s)
{
    static char body[] = "{\"error\":\"out_of_memory\",\"request\":\"000000000000\"}";
    const struct reply reply = {.status = 503};
    struct MHD_Response *response =
        MHD_create_response_from_buffer(sizeof(body) - 1, body, MHD_RESPMEM_PERSISTENT);

    if (response != NULL && add(response, "Content-Type", "application/json") &&
        add(response, "Cache-Control", "no-store") && add(response, "Retry-After", "1") &&
        add(response, "Connection", "close") && add_security(&s->options, &reply, response))
        return response;
    if (response != NULL)
        MHD_destroy_response(response);
    return NULL;
}

enum MHD_Result
send_starved(struct server *s, struct MHD_Connection *mhd)
{
    return MHD_queue_response(mhd, MHD_HTTP_SERVICE_UNAVAILABLE, s->starved);
}

enum MHD_Result
send_reply(struct exchange *x)
{
    struct connection *c = x->req.connection;
    bool is_stream = x->reply.feed != NULL;
    enum MHD_Result result = MHD_NO;
    struct MHD_Response *response;

    if (x->reply.drop)
        return MHD_NO;
    response = make_response(x);
    deadline_set(c, is_stream ? 0 : c->server->options.reply_deadline_ms);
    if (response != NULL && add_headers(x, response))
        result = MHD_queue_response(c->mhd, (unsigned)x->reply.status, response);
    else if (!has_changed_something(x))
        result = send_starved(c->server, c->mhd);
    if (response != NULL)
        MHD_destroy_response(response);
    return result;
}
