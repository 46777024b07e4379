/*
 * crowd.h - many tills at once, each a client with a connection that stays open.
 *
 * Tills and their sessions are put into the book directly: enrolling and PINs are other tests'
 * matter, and slow on purpose. A client may be used from a thread of its own; it checks nothing,
 * for checks belong to the test's thread.
 */
#ifndef TESTS_SUPPORT_CROWD_H
#define TESTS_SUPPORT_CROWD_H

#include "tests/support/harness.h"

#define CLIENT_KEY_SIZE 48

struct client {
    struct http_peer *peer;
    int64_t till_id;
    char till[TOKEN_SIZE], staff[TOKEN_SIZE];
    char member[TOKEN_SIZE];   /* whose phone asks, if one does; "": nobody's */
    struct http_answer answer; /* the last one */
};

/* n new tills in ueno, at each of them its manager. */
void crowd_come(struct client *client, size_t n);
/* After the clock moved on, or a long pause: new staff sessions, and new connections. */
void crowd_sign_in(struct client *client, size_t n);
void crowd_leave(struct client *client, size_t n);
/* One connection more, of the till that `at` is. */
void client_join(struct client *c, const struct client *at);

/* The two halves of a request, so that several clients can have one under way; `key`: the
 * Idempotency-Key, or NULL. */
bool client_send(struct client *c, const char *path, const char *key, const char *body);
int client_receive(struct client *c); /* the status; 0: the connection ended */
int client_post(struct client *c, const char *path, const char *key, const char *body);
/* The answer says that it is one that was given before. */
bool client_was_replayed(const struct client *c);

/* Of the last answer; absent: -1, "" (the text is borrowed until the client's next request). */
int64_t client_int(const struct client *c, const char *name);
bool client_text(const struct client *c, const char *name, char *out, size_t cap);

/* From the environment, or as given. */
uint64_t number_of_env(const char *name, uint64_t otherwise);

#endif
