/*
 * server.h - HTTP on libmicrohttpd: workers, the guard, deadlines, suspension.
 *
 * One worker thread per core runs connections with epoll. PLAIN and READ routes run there. For
 * WRITE routes and errands the connection is suspended, the backend is given the work, and
 * server_continue (from any thread) lets the worker send the reply. Handlers never notice.
 */
#ifndef HTTP_SERVER_H
#define HTTP_SERVER_H

#include "base/clock.h"
#include "base/err.h"
#include "http/files.h"
#include "http/request.h"
#include "http/route.h"
#include "http/sse.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct server;

/* A suspended request on its way through the writer or the courier: one object, embedded first in
 * whatever the backend queues. */
struct pending {
    struct request *req;
    struct reply *reply;
    struct err *err;
};

struct server_backend {
    void *service; /* becomes req->service */

    /* The worker's read-only connection for a READ route or an `ask`, with a read transaction
     * begun; reader_done ends it. NULL in a program without a database (line-sim). */
    struct db *(*reader)(void *service, struct err *e);
    void (*reader_done)(void *service, struct db *db);

    /* Who is asking? Fills req->actor or fails with ERR_AUTH/ERR_FORBIDDEN. Called on the worker
     * with req->db set, before the body is read, for every route but PLAIN ones and those for
     * ANYONE or SIGNED_BY_LINE; MAYBE_MEMBER is identified on PLAIN ones too. NULL: nobody is. */
    enum err_code (*identify)(struct request *req, struct err *e);

    /* May they go on now? Rate limits. Called after identify, whether that succeeded or not, and
     * for an answer that was kept. NULL: they may. */
    enum err_code (*admit)(struct request *req, bool is_known, struct err *e);

    /* For a READ route of a MEMBER or MAYBE_MEMBER, before all this: an answer kept from before.
     * true: *reply and req->actor are filled. NULL: none is. */
    bool (*kept)(struct request *req, struct reply *reply);
    /* Such an answer, new; its handler may have agreed to its being kept. */
    void (*keep)(const struct request *req, const struct reply *reply);

    /* Run pending->req's handler on the writer (see server_run_handler), then server_continue. */
    void (*write)(void *service, struct pending *pending);
    /* Do the errand, set req->prepared, then: server_continue_handler. */
    void (*errand)(void *service, struct pending *pending, struct errand *errand);

    /* Each answer, when it is final and about to be sent: for the log and the metrics. `e` tells
     * what went wrong (e->code is OK otherwise); req->route is NULL where none was found. May be
     * NULL, as may all of these but those routes need. */
    void (*finished)(void *service, const struct request *req, const struct reply *reply,
                     const struct err *e, int64_t took_us);
};

/* Copied, but what it points at is borrowed until server_stop. */
struct server_options {
    const char *listen;       /* "127.0.0.1:8080", "[::1]:8080", "unix:/run/stampd.sock" */
    const char *const *hosts; /* Host names (with port where not 443/80) that are ours;
                                 NULL-terminated. NULL: any (line-sim, tests) */
    const char *origin; /* "https://card.example.com": what Origin must equal; NULL (line-sim): no
                           check against forged requests, and bodies of any Content-Type */
    const char *csp;    /* the default Content-Security-Policy */
    const char *proxy_header; /* NULL, or "X-Real-IP": trusted for the client's address */
    bool secure;              /* served over TLS: HSTS, Secure cookies */
    unsigned workers;         /* 0: one per core */
    unsigned connections_max;
    int64_t header_deadline_ms, body_deadline_ms, idle_ms; /* 5,000, 10,000, 30,000 when 0 */
    int64_t
        reply_deadline_ms; /* for the client to take an answer; 60,000 when 0; not for streams */
    size_t arena_max;      /* per request; 0: 1 MiB */
    struct clock *clock;
    const struct versions *versions; /* what changes while we answer; NULL: nobody tells */
    const struct route *routes;
    size_t routes_n;
};

enum err_code server_start(struct server **out, const struct server_options *options,
                           const struct server_backend *backend, struct err *e);
/*
 * No new requests; streams end; then everything is freed. Accepts NULL.
 *
 * What the backend was given it must give back (server_continue), and is waited for: what was
 * written is answered truthfully, and a write that has not begun is answered 503 once the backend
 * says so.
 */
void server_stop(struct server *s);
int server_port(const struct server *s); /* what ":0" became */
struct sse_hub *server_hub(struct server *s);

struct server_counts {
    uint64_t requests, refused_by_guard, closed_late; /* since the start */
    uint64_t connections, streams;                    /* now */
};
struct server_counts server_counts(struct server *s);

/* For the backend: run the handler of a WRITE route with `db`, which stays in req->db until
 * server_continue; fills reply or err. */
enum err_code server_run_handler(struct pending *pending, struct db *db, struct err *e);
/* For the backend: the reply (or err, where e->code != OK) is final; wake the worker. */
void server_continue(struct pending *pending);
/* For the backend: the errand's outcome is in req->prepared; go on with the route's mode. */
void server_continue_handler(struct pending *pending);

#endif
