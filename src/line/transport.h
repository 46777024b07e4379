/*
 * transport.h - HTTPS requests to LINE, many at a time on one thread, on libcurl.
 *
 * Certificates are always checked, TLS is 1.2 or newer, redirects are never followed (they would
 * take the bearer token along). Connections and TLS sessions are used again; where HTTP/2 is
 * offered, many requests share one connection.
 * The process must ignore SIGPIPE: TLS writes to a peer that has gone would raise it.
 * All functions but transport_wake belong to the one thread that steps the transport.
 */
#ifndef LINE_TRANSPORT_H
#define LINE_TRANSPORT_H

#include "base/err.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define EXCHANGE_HEADERS 6
#define EXCHANGE_ANSWER_MAX ((size_t)256 * 1024)
#define EXCHANGE_TIMEOUT_MS 10000
#define EXCHANGE_CONNECT_MS 5000    /* name, connection and TLS */
#define TRANSPORT_CONNECTIONS_MAX 8 /* to one host at a time */

struct transport;

/* One request and what became of it. Zero it, fill the first part, keep it until done is called. */
struct exchange {
    const char *method; /* GET, POST, PUT or DELETE; borrowed, as all of this part */
    const char *url;
    const char *headers[EXCHANGE_HEADERS]; /* lines, "Name: value"; the first NULL ends them */
    struct str body;                       /* POST, PUT; a form unless a Content-Type is given */
    int64_t timeout_ms;                    /* for all of it; 0: EXCHANGE_TIMEOUT_MS */
    size_t answer_max;                     /* a longer answer is none; 0: EXCHANGE_ANSWER_MAX */
    bool once;                             /* never to be written twice, not even by libcurl */
    void *context;                         /* the caller's */
    void (*done)(struct exchange *x);      /* called once, in transport_step or transport_free */

    int status; /* 0: no whole answer came */
    bool timed_out;
    bool sent;          /* with status 0: it may have been carried out; else no byte of it left */
    char failure[256];  /* with status 0: why, for the log */
    const char *reason; /* with status 0: host_unknown, no_connection, certificate_refused,
                           tls_refused, timed_out, broken_off, answer_too_long, stopped or
                           out_of_memory; a literal */
    struct str answer;  /* new, with a NUL behind it (exchange_clear); never more than the cap */
    int64_t date_ms;    /* Date, when the answer was made there; 0: not said */
    int64_t retry_after_ms;       /* Retry-After in seconds, as milliseconds; -1: not said */
    char request_id[64];          /* x-line-request-id, or "" */
    char accepted_request_id[64]; /* x-line-accepted-request-id: with 409, the one that counted */
};

void exchange_clear(struct exchange *x); /* frees the answer */

struct transport_options {
    bool allow_http_loopback; /* http://127.0.0.1, [::1] and localhost too: tests and the demo */
    const char *ca_file;      /* certificates to trust; NULL: the system's */
};

/* New (transport_free). NULL when libcurl cannot start. */
struct transport *transport_new(const struct transport_options *options);
/* Every exchange under way ends first: status 0, "stopped". */
void transport_free(struct transport *t);

/*
 * Begin; done is called later, and only if OK is returned. May be called from a done.
 *
 * ERR_INPUT "url_refused"  not https (nor allowed loopback), or no URL at all
 * ERR_BUSY                 transport_free has begun
 * ERR_INTERNAL             no memory
 */
enum err_code transport_start(struct transport *t, struct exchange *x, struct err *e);

/*
 * Move everything on, waiting up to wait_ms for the network or for transport_wake. A done may
 * clear and free its exchange and start others. Returns how many are still under way.
 */
size_t transport_step(struct transport *t, int wait_ms);

struct transport_counts {
    uint64_t requests;    /* written to a connection, ended since */
    uint64_t connections; /* opened for them */
    uint64_t http2;       /* of the requests, answered over HTTP/2 */
};
struct transport_counts transport_counts(const struct transport *t);

/* End the current or the next wait at once. From any thread. */
void transport_wake(struct transport *t);

#endif
