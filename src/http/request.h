/*
 * request.h - what a handler may know about the request it answers.
 *
 * By the time a handler runs, the guard has checked the framing, the route table has checked
 * method, who is asking and the size of the body, and the body (if any) is complete in memory.
 * Everything handed out is borrowed from the request and lives as long as its arena.
 */
#ifndef HTTP_REQUEST_H
#define HTTP_REQUEST_H

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/str.h"
#include "base/versions.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct db;
struct route;
struct sse_hub;

enum http_method { GET, POST, PUT, PATCH, DELETE, HEAD };

#define REQUEST_ID_SIZE 13

/* Who is asking, as found by the server's identify hook; numbers are 0 where they do not apply. */
struct actor {
    int64_t session_id;
    int64_t member_id;
    int64_t login_ms; /* when the member last proved who it is */
    int64_t till_id;
    int64_t shop_id;
    int64_t staff_id;
    int64_t role; /* of the staff: the hook's own numbering, greater may more */
};

/* One header line as it was sent. */
struct request_line {
    struct str name, value;
};

struct request {
    struct arena *arena;
    int64_t now_ms; /* the clock, read once */
    char id[REQUEST_ID_SIZE];
    enum http_method method;
    struct str path;  /* as sent: ASCII, no '..', no percent-encoded slash or control byte */
    struct str query; /* behind the '?', as sent */
    struct str body;
    const struct request_line *header;
    size_t headers;
    struct str peer; /* the client's address, for rate limits; never logged */
    const struct route *route;
    struct actor actor;
    int64_t actor_until_ms;     /* when the actor's session ends if it is not used again */
    struct made_from made_from; /* begun with the request; what the answer is made from, as far as
                                   it may be kept */
    struct db *db;              /* READ: this thread's read-only connection; WRITE: the writer's */
    void *service;              /* what the program gave to server_start */
    struct sse_hub *hub;        /* for sse_listen */
    void *prepared;             /* what the route's `ask` left for its handler */
    struct connection *connection; /* the server's own */
};

/* Exactly one such header, else an empty str (two of a kind that matters were refused by the
 * guard). */
struct str request_header(const struct request *req, const char *name);
/* false: no such cookie, or the name is there twice (which proves tampering). */
bool request_cookie(const struct request *req, const char *name, struct str *out);
/* A segment of the path named in the route's pattern: ":card". Percent-decoded. */
struct str request_segment(const struct request *req, const char *name);
/* false: not in the query. Percent-decoded; a name given twice counts as not there. */
bool request_query(const struct request *req, const char *name, struct str *out);

/* Parse the body as a JSON object and take exactly these fields; see json_read for the errors. */
enum err_code
request_json(struct request *req, const struct json_field *fields, size_t n, struct err *e);

#define REQUEST_JSON(req, e, ...)                                                                  \
    request_json(req, (const struct json_field[]){__VA_ARGS__},                                    \
                 sizeof((const struct json_field[]){__VA_ARGS__}) / sizeof(struct json_field), e)

#endif
