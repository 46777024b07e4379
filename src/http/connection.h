/*
 * connection.h - what the files of the server share; nobody outside this folder includes it.
 *
 * server      the whole: options, the daemon, and locks for what threads share
 * connection  one socket, from accept to close; belongs to one worker but for its deadline
 * exchange    one request and its answer, from the request line to the last byte; lives in its own
 *             arena and belongs to the worker, or, while suspended, to the backend
 */
#ifndef HTTP_CONNECTION_H
#define HTTP_CONNECTION_H

#include "http/guard.h"
#include "http/server.h"

#include <microhttpd.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>

struct connection {
    struct server *server;
    struct MHD_Connection *mhd;
    int fd;
    bool idle;              /* between two requests */
    _Atomic int64_t due_ms; /* on the monotonic clock: late after this; 0: no hurry */
    char peer[INET6_ADDRSTRLEN];
    struct connection *next, *previous;
};

enum stage {
    READING_HEADERS,
    READING_BODY,
    ALL_READ, /* act on it at the next call */
    ASKED,    /* the errand came back: run the handler at the next call */
    DECIDED,  /* reply and err are final: send at the next call */
};

struct exchange {
    struct pending pending;
    struct request req;
    struct reply reply;
    struct err err;
    struct str target;
    struct guard_findings found;
    enum stage stage;
    bool counted; /* in server->exchanges */
    bool identified;
    bool closes; /* answered with Connection: close */
    char allow[64];
    char *body; /* found.length bytes when that was told, else grown in `chunks` */
    struct buf chunks;
    size_t body_n;
    int64_t started_us;
};

struct server {
    struct server_options options;
    struct server_backend backend;
    struct MHD_Daemon *daemon;
    int listen_fd;
    char *socket_path; /* to unlink at the end; NULL for TCP */
    struct sse_hub *hub;
    struct MHD_Response
        *starved; /* made at the start: the answer when there is no memory for one */
    size_t arena_max;
    uint64_t id_seed;

    /* Connections with their deadlines, watched by the reaper. */
    pthread_mutex_t connections_lock;
    struct connection *connections;
    pthread_t reaper;
    pthread_cond_t reaper_wakes;
    bool reaper_ends;

    /* What the backend has; server_stop waits for it. */
    pthread_mutex_t suspended_lock;
    pthread_cond_t none_suspended;
    uint64_t suspended;
    _Atomic bool stopping; /* set under the lock */

    _Atomic uint64_t requests, refused, late, open_connections, exchanges;
};

/* exchange.c: the callbacks of libmicrohttpd. */
void *exchange_begin(void *server, const char *target, struct MHD_Connection *mhd);
enum MHD_Result
exchange_step(void *server, struct MHD_Connection *mhd, const char *url, const char *method,
              const char *version, const char *data, size_t *data_n, void **exchange);
void exchange_end(void *server, struct MHD_Connection *mhd, void **exchange,
                  enum MHD_RequestTerminationCode how);

/* decide.c: from a complete request to a reply. */
enum err_code decide_headers(struct exchange *x, struct err *e);
bool decide_act(struct exchange *x);     /* false: suspended, and the exchange is no longer ours */
void decide_handler(struct exchange *x); /* on the worker, after an errand */

/* send.c: hand x->reply to libmicrohttpd. Without memory for it: 503, unless that would be a lie
 * about what was done; then the connection ends. */
enum MHD_Result send_reply(struct exchange *x);
struct MHD_Response *send_starved_new(const struct server *s); /* NULL: no memory */
enum MHD_Result send_starved(struct server *s, struct MHD_Connection *mhd);

/* deadline.c */
void deadline_connection(void *server, struct MHD_Connection *mhd, void **connection,
                         enum MHD_ConnectionNotificationCode what);
void deadline_set(struct connection *c, int64_t after_ms); /* 0: none */
enum err_code deadline_start(struct server *s, struct err *e);
void deadline_stop(struct server *s);

/* listen.c: *path_out is new (free), NULL for TCP. */
enum err_code listen_open(const char *where, int *fd_out, char **path_out, struct err *e);

/* sse.c */
struct sse_hub *sse_hub_new(void);
void sse_hub_free(struct sse_hub *hub);  /* after the daemon has stopped */
void sse_hub_close(struct sse_hub *hub); /* ends every stream, and those to come */
void sse_hub_beat(struct sse_hub *hub);  /* a comment to everyone */
size_t sse_hub_size(struct sse_hub *hub);
struct MHD_Response *sse_response(struct sse_feed *feed, struct connection *c); /* feed is taken */
void sse_feed_free(struct sse_feed *feed);                                      /* accepts NULL */

int64_t clock_monotonic_us(void); /* server.c */

#endif
