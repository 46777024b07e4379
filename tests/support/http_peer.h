/*
 * http_peer.h - a client that sends bytes as they are, right or wrong, and reads answers strictly.
 *
 * It knows nothing of our server. Waiting is bounded: a silent server is a failed check, not a
 * hang.
 */
#ifndef TESTS_SUPPORT_HTTP_PEER_H
#define TESTS_SUPPORT_HTTP_PEER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

struct http_peer;

struct http_answer {
    int status; /* 0: the connection ended without one */
    char head[8 * 1024];
    char body[256 * 1024];
    size_t body_n;
};

/* New (http_peer_close); ends the program when nobody listens. */
struct http_peer *http_peer_open(int port);
void http_peer_close(struct http_peer *p);

/* false: the other side has closed. */
bool http_peer_send(struct http_peer *p, struct str bytes);
bool http_peer_text(struct http_peer *p, const char *text);

/* The next answer in full, chunked bodies joined; `to_head`: no body follows. */
int http_peer_receive(struct http_peer *p, struct http_answer *out);
int http_peer_receive_head(struct http_peer *p, struct http_answer *out);

/* The next chunk of a chunked body; false when the body, or the connection, is over. */
bool http_peer_chunk(struct http_peer *p, char *out, size_t cap, size_t *n_out);

/* The connection ends, the time starting anew with what comes before that. Not asking for silence:
 * libmicrohttpd 0.9.75 sends the head of some of its own 400s twice. */
bool http_peer_ended(struct http_peer *p, int within_ms);
/* Nothing is sent and nothing ends within the time. */
bool http_peer_quiet(struct http_peer *p, int for_ms);
void http_peer_patience(struct http_peer *p, int ms);

/* One request on a connection of its own; the status. */
int http_ask(int port, const char *request, struct http_answer *out);

/* A header of the answer, empty when it is not there or there twice. */
struct str http_answer_header(const struct http_answer *a, const char *name);

#endif
