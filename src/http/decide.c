/*
 * The order of things for one request:
 *
 *   guard, route, what the headers say of the body, who is asking (when there is a body to come),
 * the rules against forged requests | body | who is asking (when there was none) | ask | handler
 *
 * Up to the bar it is decided from the headers alone, so that a refused upload is never read.
 */
#include "http/connection.h"
#include "http/cookie.h"

#include <string.h>

static const struct server_backend *
backend_of(const struct exchange *x)
{
    return &x->req.connection->server->backend;
}

/* A read transaction for as long as one step takes. NULL without failure: there is no database. */
static enum err_code
reader_open(struct exchange *x, struct err *e)
{
    const struct server_backend *backend = backend_of(x);

    if (backend->reader == NULL)
        return OK;
    x->req.db = backend->reader(backend->service, e);
    if (x->req.db == NULL && e->code == OK)
        return err_set(e, ERR_INTERNAL, "internal", "no reader");
    return e->code;
}

static void
reader_close(struct exchange *x)
{
    const struct server_backend *backend = backend_of(x);

    if (x->req.db != NULL)
        backend->reader_done(backend->service, x->req.db);
    x->req.db = NULL;
}

static bool
needs_identity(const struct exchange *x)
{
    const struct route *r = x->req.route;

    if (x->identified || backend_of(x)->identify == NULL)
        return false;
    if (r->who == MAYBE_MEMBER)
        return true;
    return r->mode != PLAIN && r->who != ANYONE && r->who != SIGNED_BY_LINE;
}

static enum err_code
identify(struct exchange *x, struct err *e)
{
    const struct server_backend *backend = backend_of(x);
    enum err_code code;

    if (!needs_identity(x))
        return OK;
    x->identified = true;
    code = backend->identify(&x->req, e);
    if (backend->admit != NULL && backend->admit(&x->req, code == OK && x->req.actor.session_id, e))
        return e->code;
    return code;
}

static enum err_code
identify_early(struct exchange *x, struct err *e)
{
    if (!needs_identity(x))
        return OK;
    if (!reader_open(x, e))
        identify(x, e);
    reader_close(x);
    return e->code;
}

/* "application/json", with "; charset=utf-8" or without. */
static bool
is_media(struct str sent, const char *wanted)
{
    struct str rest = sent, type;

    if (!str_until(&rest, ';', &type))
        return str_eq_nocase(str_trim(sent), str_of(wanted));
    return str_eq_nocase(str_trim(type), str_of(wanted)) &&
           str_eq_nocase(str_trim(rest), STR("charset=utf-8"));
}

static enum err_code
check_body(struct exchange *x, struct err *e)
{
    const struct route *r = x->req.route;
    const char *media = r->media;

    if (x->found.length > r->body_max || (x->found.chunked && r->body_max == 0))
        return err_set(e, ERR_TOO_LARGE, "body_too_large", "at most %zu bytes", r->body_max);
    if (media == NULL)
        media = x->req.connection->server->options.origin != NULL ? "application/json" : "*";
    if (r->body_max == 0 || strcmp(media, "*") == 0 ||
        is_media(request_header(&x->req, "content-type"), media))
        return OK;
    return err_set(e, ERR_MEDIA, "media_type", "not %s", media);
}

static enum err_code
check_origin(const struct exchange *x, struct err *e)
{
    const char *origin = x->req.connection->server->options.origin;

    if (origin == NULL || x->req.route->who == SIGNED_BY_LINE || x->req.method == GET ||
        x->req.method == HEAD)
        return OK;
    return cookie_check_origin(&x->req, origin, e);
}

enum err_code
decide_headers(struct exchange *x, struct err *e)
{
    const struct server_options *o = &x->req.connection->server->options;

    x->req.method = x->found.method;
    x->req.path = x->found.path;
    x->req.query = x->found.query;
    x->req.route = route_find(o->routes, o->routes_n, x->req.method, x->req.path, x->allow, e);
    if (x->req.route == NULL || check_body(x, e) || check_origin(x, e))
        return e->code;
    if (x->found.length > 0 || x->found.chunked)
        return identify_early(x, e);
    return OK;
}

static bool
is_write(const struct route *r)
{
    return r->mode == WRITE || r->mode == KEYED;
}

/* What came of a handler that found less memory than it asked for is nothing to rely on, neither
 * what it did nor what it found wrong. `before`: arena_starvations before it began. */
static enum err_code
check_memory(uint64_t before, enum err_code code, struct err *e)
{
    if (arena_starvations() != before && reply_status_of(code) < 500)
        return err_set(e, ERR_INTERNAL, "out_of_memory", "an arena of the handler's");
    return code;
}

static enum err_code
run_handler(struct request *req, struct reply *reply, struct err *e)
{
    uint64_t before = arena_starvations();

    return check_memory(before, req->route->handler(req, reply, e), e);
}

/* Make the outcome of a step final: *code is what a handler returned. */
static void
settle(struct exchange *x, enum err_code code)
{
    if (code == OK)
        x->err.code = OK; /* a handler may have recovered from a failure below it */
    else if (x->err.code == OK)
        err_set(&x->err, ERR_INTERNAL, "internal", "failed without saying why");
    else
        x->err.code = code;
    if (code == OK && x->reply.status == 0)
        err_set(&x->err, ERR_INTERNAL, "internal", "handler left no reply");
}

/* Give the connection's worker something else to do. False: we are stopping. */
static bool
suspend(struct exchange *x)
{
    struct server *s = x->req.connection->server;
    bool may;

    pthread_mutex_lock(&s->suspended_lock);
    may = !s->stopping;
    if (may) {
        s->suspended++;
        MHD_suspend_connection(x->req.connection->mhd);
    }
    pthread_mutex_unlock(&s->suspended_lock);
    if (!may)
        err_set(&x->err, ERR_BUSY, "stopping", "the server is stopping");
    return may;
}

/* After this the exchange belongs to the worker again, and may be gone at once. */
static void
resume(struct exchange *x)
{
    struct server *s = x->req.connection->server;

    pthread_mutex_lock(&s->suspended_lock);
    MHD_resume_connection(x->req.connection->mhd);
    s->suspended--;
    if (s->suspended == 0)
        pthread_cond_signal(&s->none_suspended);
    pthread_mutex_unlock(&s->suspended_lock);
}

/* On the worker, with the reader open where there is one. */
static enum err_code
before_handler(struct exchange *x, struct errand **errand, struct err *e)
{
    const struct route *r = x->req.route;
    uint64_t before = arena_starvations();
    enum err_code code = identify(x, e);

    if (code == OK && r->ask != NULL)
        code = r->ask(&x->req, errand, e);
    return *errand == NULL ? check_memory(before, code, e) : code;
}

static bool
may_be_kept(const struct exchange *x)
{
    const struct route *r = x->req.route;

    return backend_of(x)->kept != NULL && r->mode == READ && r->ask == NULL &&
           (r->who == MEMBER || r->who == MAYBE_MEMBER);
}

/* An answer from before, but not for who asks too often. */
static bool
find_kept(struct exchange *x)
{
    const struct server_backend *backend = backend_of(x);
    enum err_code code = OK;

    if (!may_be_kept(x) || !backend->kept(&x->req, &x->reply))
        return false;
    if (backend->admit != NULL)
        code = backend->admit(&x->req, true, &x->err);
    settle(x, code);
    return true;
}

bool
decide_act(struct exchange *x)
{
    const struct server_backend *backend = backend_of(x);
    const struct route *r = x->req.route;
    struct errand *errand = NULL;
    enum err_code code = OK;

    if (find_kept(x))
        return true;
    if (needs_identity(x) || r->ask != NULL || r->mode == READ)
        code = reader_open(x, &x->err);
    if (code == OK)
        code = before_handler(x, &errand, &x->err);
    if (r->mode != READ)
        reader_close(x);
    if (code == OK && errand == NULL && !is_write(r))
        code = run_handler(&x->req, &x->reply, &x->err);
    reader_close(x);
    if (code != OK || (errand == NULL && !is_write(r))) {
        settle(x, code);
        if (may_be_kept(x) && x->err.code == OK)
            backend->keep(&x->req, &x->reply);
        return true;
    }
    x->err.code = OK;
    if (!suspend(x))
        return true;
    if (errand != NULL)
        backend->errand(backend->service, &x->pending, errand);
    else
        backend->write(backend->service, &x->pending);
    return false;
}

void
decide_handler(struct exchange *x)
{
    enum err_code code = x->req.route->mode == READ ? reader_open(x, &x->err) : OK;

    if (code == OK)
        code = run_handler(&x->req, &x->reply, &x->err);
    reader_close(x);
    settle(x, code);
}

/* ---- for the backend */

/* The backend may have copied the struct pending; the request in it has one place. */
static struct exchange *
exchange_of(const struct pending *pending)
{
    return (struct exchange *)(void *)((char *)pending->req - offsetof(struct exchange, req));
}

enum err_code
server_run_handler(struct pending *pending, struct db *db, struct err *e)
{
    struct request *req = pending->req;

    req->db = db;
    e->code = run_handler(req, pending->reply, e);
    if (e->code == OK && pending->reply->status == 0)
        err_set(e, ERR_INTERNAL, "internal", "handler left no reply");
    if (e->code != OK && e != pending->err)
        *pending->err = *e;
    return e->code;
}

void
server_continue(struct pending *pending)
{
    struct exchange *x = exchange_of(pending);

    x->req.db = NULL;
    settle(x, x->err.code);
    x->stage = DECIDED;
    resume(x);
}

void
server_continue_handler(struct pending *pending)
{
    struct exchange *x = exchange_of(pending);
    const struct server_backend *backend = backend_of(x);

    if (is_write(x->req.route)) {
        backend->write(backend->service, &x->pending);
        return;
    }
    x->stage = ASKED;
    resume(x);
}
