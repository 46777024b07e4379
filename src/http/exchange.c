#include "http/connection.h"

#include <stdio.h>
#include <string.h>

#define CHUNKED_OVER_MAX (64 * KIB) /* read past the limit, to be able to answer 413 */

static struct connection *
connection_of(struct MHD_Connection *mhd)
{
    return MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
}

/* SplitMix64 (Steele, Lea, Flood 2014) of a counter: ids differ, and do not tell how many there
 * were. */
static void
write_id(struct server *s, char out[REQUEST_ID_SIZE])
{
    static const char hex[] = "0123456789abcdef";
    uint64_t z = s->id_seed + atomic_fetch_add(&s->requests, 1) * UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    z ^= z >> 31;
    for (int i = 0; i < REQUEST_ID_SIZE - 1; i++, z >>= 4)
        out[i] = hex[z & 15];
    out[REQUEST_ID_SIZE - 1] = '\0';
}

void *
exchange_begin(void *server, const char *target, struct MHD_Connection *mhd)
{
    struct server *s = server;
    struct connection *c = connection_of(mhd);
    struct arena *arena = c != NULL ? arena_new(s->arena_max) : NULL;
    struct exchange *x = arena != NULL ? arena_alloc(arena, sizeof(*x)) : NULL;

    if (x == NULL) {
        arena_free(arena);
        return NULL;
    }
    if (c->idle)
        deadline_set(c, s->options.header_deadline_ms);
    c->idle = false;
    x->pending = (struct pending){&x->req, &x->reply, &x->err};
    x->req.arena = arena;
    x->req.connection = c;
    x->req.service = s->backend.service;
    x->req.hub = s->hub;
    x->target.n = strlen(target);
    x->target.at = arena_dup(arena, target, x->target.n);
    write_id(s, x->req.id);
    return x;
}

struct lines {
    struct request_line *at;
    size_t n, room;
    bool folded;
};

/*
 * A value stands behind its name, where the request was read to; only of a folded line does
 * libmicrohttpd (0.9.75, process_broken_line) make a copy, and there it puts the continuation
 * behind the name instead of the value. That is the one trace of it that is left.
 */
static bool
is_folded(const char *name, const char *value)
{
    return (uintptr_t)value <= (uintptr_t)name;
}

static enum MHD_Result
collect_line(void *context, enum MHD_ValueKind kind, const char *name, size_t name_n,
             const char *value, size_t value_n)
{
    struct lines *lines = context;

    (void)kind;
    if (lines->n == lines->room)
        return MHD_NO;
    lines->folded |= value != NULL && is_folded(name, value);
    lines->at[lines->n++] =
        (struct request_line){{name, name_n}, {value != NULL ? value : "", value_n}};
    return MHD_YES;
}

/* The lines stay where libmicrohttpd has them, which is as long as the request lives. */
static bool
collect_headers(struct exchange *x, bool *folded_out)
{
    struct MHD_Connection *mhd = x->req.connection->mhd;
    int n = MHD_get_connection_values(mhd, MHD_HEADER_KIND, NULL, NULL);
    struct lines lines = {.room = n > 0 ? (size_t)n : 0};

    lines.at = arena_alloc(x->req.arena, (lines.room + 1) * sizeof(lines.at[0]));
    if (lines.at == NULL)
        return false;
    MHD_get_connection_values_n(mhd, MHD_HEADER_KIND, collect_line, &lines);
    x->req.header = lines.at;
    x->req.headers = lines.n;
    *folded_out = lines.folded;
    return true;
}

/* What the proxy in front added itself: the last of such lines, and of a list (X-Forwarded-For) the
 * last address. All before that may be the client's invention. */
static struct str
told_by_proxy(const struct request *req, const char *header)
{
    struct str told = STR(""), before;

    for (size_t i = 0; i < req->headers; i++)
        if (str_eq_nocase(req->header[i].name, str_of(header)))
            told = req->header[i].value;
    while (str_until(&told, ',', &before))
        ;
    return str_trim(told);
}

static struct str
peer_of(const struct exchange *x)
{
    const struct connection *c = x->req.connection;
    const char *proxy_header = c->server->options.proxy_header;
    struct str told = proxy_header != NULL ? told_by_proxy(&x->req, proxy_header) : STR("");

    return told.n > 0 ? told : str_of(c->peer);
}

static enum err_code
check_request(struct exchange *x, const char *method, const char *version, struct err *e)
{
    struct server *s = x->req.connection->server;
    struct guard_facts facts = {
        .method = str_of(method),
        .target = x->target,
        .version = str_of(version),
    };

    if (x->target.at == NULL || !collect_headers(x, &facts.folded))
        return err_set(e, ERR_INTERNAL, "internal", "no room for the headers");
    facts.header = x->req.header;
    facts.headers = x->req.headers;
    if (guard_check(&facts, s->options.hosts, &x->found, e)) {
        atomic_fetch_add(&s->refused, 1);
        x->closes = true;
        return e->code;
    }
    x->req.peer = peer_of(x);
    return OK;
}

/* reply_error would be no help to a client that sent TRACE. */
static void
add_allow(struct exchange *x)
{
    if (x->err.code == ERR_METHOD)
        reply_header(&x->reply, "Allow",
                     x->allow[0] != '\0' ? x->allow : "GET, HEAD, POST, PUT, PATCH, DELETE");
}

/* What was found wrong with less memory than was asked for may be right. */
static void
doubt_error(struct exchange *x)
{
    if (arena_is_starved(x->req.arena) && reply_status_of(x->err.code) < 500)
        err_set(&x->err, ERR_INTERNAL, "out_of_memory", "the request's arena");
}

/* reply and err are final. */
static enum MHD_Result
answer(struct exchange *x)
{
    struct server *s = x->req.connection->server;
    struct reply *reply = &x->reply;

    if (x->err.code != OK) {
        doubt_error(x);
        sse_feed_free(reply->feed);
        reply_error(&x->req, reply, &x->err);
        add_allow(x);
    }
    for (size_t i = 0; i < reply->publishes; i++)
        sse_publish(s->hub, reply->publish[i].topic, reply->publish[i].event,
                    reply->publish[i].data);
    if (reply->ends_topic != 0)
        sse_end(s->hub, reply->ends_topic);
    if (s->backend.finished != NULL)
        s->backend.finished(s->backend.service, &x->req, reply, &x->err,
                            clock_monotonic_us() - x->started_us);
    return send_reply(x);
}

/* Told the length: a place for all of it at once. Not zeroed, for that would turn a promise of a
 * large body into memory in use; so it takes what was really sent. */
static bool
make_place(struct exchange *x)
{
    if (x->found.chunked)
        x->chunks = buf_new(x->req.arena, x->req.route->body_max);
    else
        x->body = arena_grow(x->req.arena, NULL, 0, (size_t)x->found.length);
    return x->found.chunked || x->body != NULL;
}

/* The first call: only the headers are there. */
static enum MHD_Result
on_headers(struct exchange *x, const char *method, const char *version)
{
    struct connection *c = x->req.connection;
    struct server *s = c->server;
    bool body;

    x->counted = true;
    atomic_fetch_add(&s->exchanges, 1);
    x->started_us = clock_monotonic_us();
    x->req.now_ms = clock_now_ms(s->options.clock);
    if (s->options.versions != NULL)
        x->req.made_from = made_from_now(s->options.versions);
    if (check_request(x, method, version, &x->err))
        return answer(x); /* now, or a strange transfer coding would be waited for */
    decide_headers(x, &x->err);
    if (atomic_load(&s->stopping)) {
        err_set(&x->err, ERR_BUSY, "stopping", "the server is stopping");
        x->closes = true;
    }
    body = x->found.chunked || x->found.length > 0;
    if (body && x->err.code == OK && !make_place(x))
        err_set(&x->err, ERR_INTERNAL, "internal", "no room for the body");
    if (body && x->err.code != OK) {
        x->closes = true; /* the body is not going to be read */
        return answer(x);
    }
    x->stage = x->err.code != OK ? DECIDED : body ? READING_BODY : ALL_READ;
    deadline_set(c, body ? s->options.body_deadline_ms : 0);
    return MHD_YES;
}

static enum MHD_Result
on_data(struct exchange *x, const char *data, size_t n)
{
    size_t body_max = x->req.route->body_max;

    x->body_n += n;
    if (!x->found.chunked) {
        if (x->body_n > x->found.length)
            return MHD_NO;
        memcpy(x->body + x->body_n - n, data, n);
        return MHD_YES;
    }
    if (x->body_n <= body_max) {
        buf_bytes(&x->chunks, data, n);
        return MHD_YES;
    }
    x->closes = true;
    err_set(&x->err, ERR_TOO_LARGE, "body_too_large", "at most %zu bytes", body_max);
    return x->body_n > body_max + CHUNKED_OVER_MAX ? MHD_NO : MHD_YES;
}

static void
on_body_end(struct exchange *x)
{
    deadline_set(x->req.connection, 0);
    if (x->found.chunked && x->err.code == OK && buf_failed(&x->chunks))
        err_set(&x->err, ERR_INTERNAL, "internal", "no room for the body");
    x->req.body = x->found.chunked ? buf_str(&x->chunks) : (struct str){x->body, x->body_n};
    x->stage = x->err.code == OK ? ALL_READ : DECIDED;
}

enum MHD_Result
exchange_step(void *server, struct MHD_Connection *mhd, const char *url, const char *method,
              const char *version, const char *data, size_t *data_n, void **exchange)
{
    struct exchange *x = *exchange;

    (void)url;
    if (x == NULL)
        return send_starved(server, mhd); /* no memory for it */
    if (x->stage == READING_HEADERS)
        return on_headers(x, method, version);
    if (*data_n > 0) {
        size_t n = *data_n;

        *data_n = 0;
        return on_data(x, data, n);
    }
    if (x->stage == READING_BODY)
        on_body_end(x);
    if (x->stage == ALL_READ && !decide_act(x))
        return MHD_YES;
    if (x->stage == ASKED)
        decide_handler(x);
    return answer(x);
}

void
exchange_end(void *server, struct MHD_Connection *mhd, void **exchange,
             enum MHD_RequestTerminationCode how)
{
    struct server *s = server;
    struct exchange *x = *exchange;

    (void)mhd;
    (void)how;
    if (x == NULL)
        return;
    *exchange = NULL;
    x->req.connection->idle = true;
    deadline_set(x->req.connection, s->options.idle_ms);
    if (x->counted)
        atomic_fetch_sub(&s->exchanges, 1);
    sse_feed_free(x->reply.feed);
    arena_free(x->req.arena);
}
