#include "tests/support/crowd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/api_login.h"
#include "domain/access.h"

struct group {
    struct client *client;
    size_t n;
};

/* ---------------------------------------------------------------- coming and going */

static enum err_code
add_tills(struct db *db, void *context, struct err *e)
{
    struct group *g = context;
    static int made;

    for (size_t i = 0; i < g->n; i++) {
        struct client *c = &g->client[i];
        char name[24], code[ENROL_CODE_SIZE];
        struct till till;

        snprintf(name, sizeof(name), "crowd %d", made++);
        if (till_add(db, STR("ueno"), str_of(name), harness_now(), code, &c->till_id, e) ||
            till_enrol(db, str_of(code), harness_now(), &till, e) ||
            access_open(db, ACCESS_TILL, 0, c->till_id, 0, harness_now(), c->till, e))
            return e->code;
    }
    return OK;
}

static enum err_code
open_sessions(struct db *db, void *context, struct err *e)
{
    struct group *g = context;

    for (size_t i = 0; i < g->n; i++)
        if (access_open(db, ACCESS_STAFF, 0, g->client[i].till_id, UENO_MANAGER, harness_now(),
                        g->client[i].staff, e))
            return e->code;
    return OK;
}

static void
connect_here(struct client *c)
{
    c->peer = http_peer_open(here.port);
    http_peer_patience(c->peer, HARNESS_PATIENCE_MS);
}

void
crowd_come(struct client *client, size_t n)
{
    struct group g = {client, n};
    struct err e;

    memset(client, 0, n * sizeof(*client));
    CHECK_OK(app_write(here.app, add_tills, &g, &e), e);
    crowd_sign_in(client, n);
}

void
crowd_sign_in(struct client *client, size_t n)
{
    struct group g = {client, n};
    struct err e;

    crowd_leave(client, n);
    CHECK_OK(app_write(here.app, open_sessions, &g, &e), e);
    for (size_t i = 0; i < n; i++)
        connect_here(&client[i]);
}

void
client_join(struct client *c, const struct client *at)
{
    c->till_id = at->till_id;
    memcpy(c->till, at->till, sizeof(c->till));
    memcpy(c->staff, at->staff, sizeof(c->staff));
    connect_here(c);
}

void
crowd_leave(struct client *client, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        http_peer_close(client[i].peer);
        client[i].peer = NULL;
    }
}

/* ---------------------------------------------------------------- asking */

bool
client_send(struct client *c, const char *path, const char *key, const char *body)
{
    char head[1024];
    int n = snprintf(head, sizeof(head),
                     "POST %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nX-Real-IP: 10.9.0.%d\r\n"
                     "Origin: %s\r\nCookie: " COOKIE_TILL "=%s; " COOKIE_STAFF "=%s%s%s\r\n"
                     "Content-Type: application/json\r\nContent-Length: %zu\r\n%s%s%s\r\n%s",
                     path, here.port, (int)(c->till_id % 250), here.origin, c->till, c->staff,
                     c->member[0] != '\0' ? "; " COOKIE_MEMBER "=" : "", c->member, strlen(body),
                     key != NULL ? "Idempotency-Key: " : "", key != NULL ? key : "",
                     key != NULL ? "\r\n" : "", body);

    return n > 0 && (size_t)n < sizeof(head) && http_peer_text(c->peer, head);
}

int
client_receive(struct client *c)
{
    int status = http_peer_receive(c->peer, &c->answer);

    if (str_eq_nocase(http_answer_header(&c->answer, "connection"), STR("close"))) {
        http_peer_close(c->peer); /* refused before its body was read */
        connect_here(c);
    }
    return status;
}

int
client_post(struct client *c, const char *path, const char *key, const char *body)
{
    return client_send(c, path, key, body) ? client_receive(c) : 0;
}

bool
client_was_replayed(const struct client *c)
{
    return str_eq(http_answer_header(&c->answer, "idempotent-replayed"), STR("true"));
}

int64_t
client_int(const struct client *c, const char *name)
{
    json_t *body = json_loadb(c->answer.body, c->answer.body_n, 0, NULL);
    const json_t *value = json_object_get(body, name);
    int64_t out = json_is_integer(value) ? json_integer_value(value) : -1;

    json_decref(body);
    return out;
}

bool
client_text(const struct client *c, const char *name, char *out, size_t cap)
{
    json_t *body = json_loadb(c->answer.body, c->answer.body_n, 0, NULL);
    const json_t *value = json_object_get(body, name);
    bool fits = json_is_string(value) && str_copy(str_of(json_string_value(value)), out, cap);

    if (!fits)
        out[0] = '\0';
    json_decref(body);
    return fits;
}

uint64_t
number_of_env(const char *name, uint64_t otherwise)
{
    const char *text = getenv(name);

    return text != NULL ? strtoull(text, NULL, 10) : otherwise;
}
