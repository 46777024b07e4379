/*
 * route.h - the service as a table: who may ask for what, and how much they may send.
 *
 * Everything in a row is checked before its handler runs; a path without a row is 404, a method
 * without a row 405 with Allow.
 */
#ifndef HTTP_ROUTE_H
#define HTTP_ROUTE_H

#include "http/reply.h"
#include "http/request.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The program's identify hook turns a cookie or key into an actor; ANYONE and SIGNED need none. A
 * FRESH_MEMBER is one who proved just now who it is: for what a session alone is not enough for. */
enum who { ANYONE, MAYBE_MEMBER, MEMBER, FRESH_MEMBER, TILL, STAFF, OWNER, SIGNED_BY_LINE };

enum route_mode {
    PLAIN, /* no database: runs on the worker */
    READ,  /* on the worker, in one read transaction of its read-only connection */
    WRITE, /* on the writer, in a savepoint; the reply waits for the COMMIT */
    KEYED, /* WRITE, and an Idempotency-Key is required: a repeat gets the first answer again */
};

struct errand;

const char *method_name(enum http_method method); /* "GET" */

typedef enum err_code route_handler(struct request *req, struct reply *reply, struct err *e);

struct route {
    enum http_method method;
    const char *path; /* "/api/cards/:card"; a last segment "*" takes the rest */
    enum who who;
    enum route_mode mode;
    route_handler *handler;
    size_t body_max; /* bytes; 0: a body is refused */
    /* What must be known before the handler may run: work for the CPU (a PIN's hash) is done at
     * once, on the worker with its read-only connection; work for LINE is left in *errand_out, and
     * the handler runs when its outcome is there (req->prepared). NULL: nothing. */
    enum err_code (*ask)(struct request *req, struct errand **errand_out, struct err *e);
    /* The body's Content-Type when it is not JSON: "text/csv"; "*": any. NULL: application/json. */
    const char *media;
};

/* The row for a request, or NULL with e set: ERR_NOT_FOUND "path_unknown", ERR_METHOD
 * "method_not_allowed" (allow_out gets "GET, POST"; at least 64 bytes). HEAD finds GET's row. */
const struct route *route_find(const struct route *table, size_t n, enum http_method method,
                               struct str path, char *allow_out, struct err *e);
/* Where in `path` the pattern's segment `name` lies; empty when the pattern has none. */
struct str route_segment(const struct route *route, struct str path, const char *name);

#endif
