#include "tests/support/http_peer.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PATIENCE_MS 10000 /* sanitizers on a busy machine are slow */

struct http_peer {
    int fd;
    int patience_ms;
    size_t n;
    char in[512 * 1024];
};

static void
give_up(const char *what)
{
    fprintf(stderr, "http_peer: %s: %s\n", what, strerror(errno));
    exit(1);
}

struct http_peer *
http_peer_open(int port)
{
    struct sockaddr_in to = {
        .sin_family = AF_INET,
        .sin_port = htons((uint16_t)port),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    struct http_peer *p = malloc(sizeof(*p));

    if (p == NULL)
        give_up("no memory");
    p->n = 0;
    p->patience_ms = PATIENCE_MS;
    p->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (p->fd < 0 || connect(p->fd, (const struct sockaddr *)&to, sizeof(to)) != 0)
        give_up("connect");
    return p;
}

void
http_peer_close(struct http_peer *p)
{
    if (p == NULL)
        return;
    close(p->fd);
    free(p);
}

void
http_peer_patience(struct http_peer *p, int ms)
{
    p->patience_ms = ms;
}

bool
http_peer_send(struct http_peer *p, struct str bytes)
{
    while (bytes.n > 0) {
        ssize_t sent = send(p->fd, bytes.at, bytes.n, MSG_NOSIGNAL);

        if (sent < 0)
            return false;
        bytes.at += sent;
        bytes.n -= (size_t)sent;
    }
    return true;
}

bool
http_peer_text(struct http_peer *p, const char *text)
{
    return http_peer_send(p, str_of(text));
}

/* More bytes; false at the end of the connection, or of our patience. */
static bool
more_within(struct http_peer *p, int ms, bool *ended_out)
{
    struct pollfd wait = {.fd = p->fd, .events = POLLIN};
    ssize_t got;

    *ended_out = false;
    if (p->n == sizeof(p->in) || poll(&wait, 1, ms) <= 0)
        return false;
    got = recv(p->fd, p->in + p->n, sizeof(p->in) - p->n, 0);
    *ended_out = got <= 0;
    if (got > 0)
        p->n += (size_t)got;
    return got > 0;
}

static bool
more(struct http_peer *p)
{
    bool ended;

    return more_within(p, p->patience_ms, &ended);
}

static void
consume(struct http_peer *p, size_t n)
{
    p->n -= n;
    memmove(p->in, p->in + n, p->n);
}

/* Everything up to and with `mark`, as text; false: it never came. */
static bool
take_until(struct http_peer *p, const char *mark, char *out, size_t cap)
{
    size_t mark_n = strlen(mark);
    const char *at;
    size_t n;

    while ((at = memmem(p->in, p->n, mark, mark_n)) == NULL)
        if (!more(p))
            return false;
    n = (size_t)(at - p->in) + mark_n;
    if (n >= cap)
        return false;
    memcpy(out, p->in, n);
    out[n] = '\0';
    consume(p, n);
    return true;
}

static bool
take_bytes(struct http_peer *p, char *out, size_t n)
{
    while (p->n < n)
        if (!more(p))
            return false;
    memcpy(out, p->in, n);
    consume(p, n);
    return true;
}

struct str
http_answer_header(const struct http_answer *a, const char *name)
{
    struct str rest = str_of(a->head);
    struct str found = STR("");
    struct str line, key;
    int times = 0;

    while (str_until(&rest, '\n', &line))
        if (str_until(&line, ':', &key) && str_eq_nocase(key, str_of(name))) {
            if (line.n > 0 && line.at[line.n - 1] == '\r')
                line.n--;
            found = str_trim(line);
            times++;
        }
    return times == 1 ? found : STR("");
}

bool
http_peer_chunk(struct http_peer *p, char *out, size_t cap, size_t *n_out)
{
    char line[32], end[2];
    size_t n;

    if (!take_until(p, "\r\n", line, sizeof(line)))
        return false;
    n = strtoul(line, NULL, 16);
    if (n > cap || !take_bytes(p, out, n) || !take_bytes(p, end, sizeof(end)))
        return false;
    *n_out = n;
    return n > 0;
}

static void
take_body(struct http_peer *p, struct http_answer *out)
{
    struct str length = http_answer_header(out, "content-length");
    uint64_t n = 0;
    size_t part;

    if (http_answer_header(out, "transfer-encoding").n > 0) {
        while (
            out->body_n < sizeof(out->body) &&
            http_peer_chunk(p, out->body + out->body_n, sizeof(out->body) - out->body_n - 1, &part))
            out->body_n += part;
        out->body[out->body_n] = '\0';
        return;
    }
    if (!str_number(&length, &n, sizeof(out->body) - 1))
        n = 0;
    if (take_bytes(p, out->body, (size_t)n))
        out->body_n = (size_t)n;
    out->body[out->body_n] = '\0';
}

int
http_peer_receive_head(struct http_peer *p, struct http_answer *out)
{
    out->status = 0;
    out->body_n = 0;
    out->body[0] = '\0';
    if (!take_until(p, "\r\n\r\n", out->head, sizeof(out->head)))
        return 0;
    if (strncmp(out->head, "HTTP/1.1 ", 9) == 0)
        out->status = (int)strtol(out->head + 9, NULL, 10);
    return out->status;
}

int
http_peer_receive(struct http_peer *p, struct http_answer *out)
{
    if (http_peer_receive_head(p, out) != 0 && out->status != 304 && out->status != 204)
        take_body(p, out);
    return out->status;
}

bool
http_peer_ended(struct http_peer *p, int within_ms)
{
    bool ended = false;

    do {
        p->n = 0;
    } while (more_within(p, within_ms, &ended));
    return ended;
}

bool
http_peer_quiet(struct http_peer *p, int for_ms)
{
    bool ended = false;

    return p->n == 0 && !more_within(p, for_ms, &ended) && !ended;
}

int
http_ask(int port, const char *request, struct http_answer *out)
{
    struct http_peer *p = http_peer_open(port);

    http_peer_text(p, request);
    http_peer_receive(p, out);
    http_peer_close(p);
    return out->status;
}
