/*
 * One lock guards the hub and all of its feeds. A feed with nothing to say has its connection
 * suspended from within libmicrohttpd's reader callback; whoever appends to it resumes it. Between
 * the two, `waiting` is true: a connection is resumed exactly once for each time it was suspended.
 */
#include "http/sse.h"

#include "base/arena.h"
#include "http/connection.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define CHAINS 512
#define PER_TOPIC_MAX 8
#define FEEDS_MAX 2000
#define BEHIND_MAX (64 * KIB)
#define BLOCK_SIZE (4 * KIB)

struct sse_feed {
    struct sse_hub *hub;
    uint64_t topic;
    struct sse_feed *next;
    struct MHD_Connection *mhd; /* NULL until a reply took the feed */
    int fd;
    bool waiting; /* its connection is suspended */
    bool stale;   /* had something unread at the last beat, and nobody has read since */
    bool ended;
    char *text; /* n bytes from `taken` on have not been read */
    size_t taken, n, room;
};

struct sse_hub {
    pthread_mutex_t lock;
    struct sse_feed *chain[CHAINS];
    size_t feeds;
    bool closed;
};

struct sse_hub *
sse_hub_new(void)
{
    struct sse_hub *hub = calloc(1, sizeof(*hub));

    if (hub != NULL)
        pthread_mutex_init(&hub->lock, NULL);
    return hub;
}

void
sse_hub_free(struct sse_hub *hub)
{
    if (hub == NULL)
        return;
    pthread_mutex_destroy(&hub->lock);
    free(hub);
}

static struct sse_feed **
chain_of(struct sse_hub *hub, uint64_t topic)
{
    return &hub->chain[topic * UINT64_C(0x9e3779b97f4a7c15) >> 32 & (CHAINS - 1)];
}

/* The rest runs under the hub's lock, unless it takes it. */

static void
wake(struct sse_feed *feed)
{
    if (!feed->waiting)
        return;
    feed->waiting = false;
    MHD_resume_connection(feed->mhd);
}

/* The client does not read: its socket is full, so only closing it under its hands will end it. */
static void
drop(struct sse_feed *feed)
{
    feed->ended = true;
    if (feed->mhd != NULL)
        shutdown(feed->fd, SHUT_RDWR);
    wake(feed);
}

/* A browser that went away is not noticed while its connection is suspended, unless one looks. */
static bool
is_gone(const struct sse_feed *feed)
{
    ssize_t got;
    char c;

    if (feed->mhd == NULL)
        return false;
    got = recv(feed->fd, &c, 1, MSG_PEEK | MSG_DONTWAIT);
    return got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR);
}

static bool
make_room(struct sse_feed *feed, size_t n)
{
    size_t wanted = feed->n + n;
    char *text;

    if (feed->taken > 0) {
        memmove(feed->text, feed->text + feed->taken, feed->n);
        feed->taken = 0;
    }
    if (wanted <= feed->room)
        return true;
    if (wanted < 2 * feed->room)
        wanted = 2 * feed->room;
    text = realloc(feed->text, wanted);
    if (text == NULL)
        return false;
    feed->text = text;
    feed->room = wanted;
    return true;
}

static void
append(struct sse_feed *feed, struct str text)
{
    if (feed->ended)
        return;
    if (feed->n + text.n > BEHIND_MAX || !make_room(feed, text.n)) {
        drop(feed);
        return;
    }
    memcpy(feed->text + feed->n, text.at, text.n);
    feed->n += text.n;
    wake(feed);
}

static void
unlist(struct sse_feed *feed)
{
    struct sse_feed **at = chain_of(feed->hub, feed->topic);

    while (*at != feed)
        at = &(*at)->next;
    *at = feed->next;
    feed->hub->feeds--;
}

static size_t
listeners(struct sse_hub *hub, uint64_t topic)
{
    size_t n = 0;

    for (struct sse_feed *feed = *chain_of(hub, topic); feed != NULL; feed = feed->next)
        n += feed->topic == topic && !feed->ended;
    return n;
}

static void
drop_gone(struct sse_feed *feed)
{
    if (!feed->ended && is_gone(feed))
        drop(feed);
}

static bool
is_full(struct sse_hub *hub, uint64_t topic)
{
    for (struct sse_feed *feed = *chain_of(hub, topic); feed != NULL; feed = feed->next)
        if (feed->topic == topic)
            drop_gone(feed);
    return hub->closed || hub->feeds >= FEEDS_MAX || listeners(hub, topic) >= PER_TOPIC_MAX;
}

enum err_code
sse_listen(struct sse_hub *hub, uint64_t topic, struct sse_feed **feed_out, struct err *e)
{
    struct sse_feed *feed = calloc(1, sizeof(*feed));
    struct sse_feed **chain = chain_of(hub, topic);
    bool full;

    if (feed == NULL)
        return err_set(e, ERR_INTERNAL, "internal", "no memory for a stream");
    *feed = (struct sse_feed){.hub = hub, .topic = topic, .fd = -1};
    pthread_mutex_lock(&hub->lock);
    full = is_full(hub, topic);
    if (!full) {
        feed->next = *chain;
        *chain = feed;
        hub->feeds++;
        append(feed, STR("retry: 2000\n\n"));
    }
    pthread_mutex_unlock(&hub->lock);
    if (full) {
        free(feed);
        return err_set(e, ERR_LIMIT, "too_many_streams", "too many listen already");
    }
    *feed_out = feed;
    return OK;
}

/* WHATWG HTML 9.2.6: every line of the data is a line of its own; new; *n_out bytes. */
static char *
frame(const char *event, struct str data, size_t *n_out)
{
    static const char head[] = "event: ", line[] = "\ndata: ";
    size_t lines = 1, event_n = strlen(event);
    char *text, *at;

    for (size_t i = 0; i < data.n; i++)
        lines += data.at[i] == '\n';
    text = malloc(sizeof(head) + event_n + lines * sizeof(line) + data.n + 2);
    if (text == NULL)
        return NULL;
    at = mempcpy(text, head, sizeof(head) - 1);
    at = mempcpy(at, event, event_n);
    at = mempcpy(at, line, sizeof(line) - 1);
    for (size_t i = 0; i < data.n; i++) {
        if (data.at[i] == '\n')
            at = mempcpy(at, line, sizeof(line) - 1);
        else if (data.at[i] != '\r')
            *at++ = data.at[i];
    }
    at = mempcpy(at, "\n\n", 2);
    *n_out = (size_t)(at - text);
    return text;
}

void
sse_publish(struct sse_hub *hub, uint64_t topic, const char *event, struct str data)
{
    struct str text = {NULL, 0};

    pthread_mutex_lock(&hub->lock);
    for (struct sse_feed *feed = *chain_of(hub, topic); feed != NULL; feed = feed->next) {
        if (feed->topic != topic)
            continue;
        if (text.at == NULL)
            text.at = frame(event, data, &text.n);
        if (text.at == NULL)
            break;
        append(feed, text);
    }
    pthread_mutex_unlock(&hub->lock);
    free((void *)(uintptr_t)text.at);
}

void
sse_end(struct sse_hub *hub, uint64_t topic)
{
    pthread_mutex_lock(&hub->lock);
    for (struct sse_feed *feed = *chain_of(hub, topic); feed != NULL; feed = feed->next)
        if (feed->topic == topic) {
            feed->ended = true;
            wake(feed);
        }
    pthread_mutex_unlock(&hub->lock);
}

size_t
sse_listeners(struct sse_hub *hub, uint64_t topic)
{
    size_t n;

    pthread_mutex_lock(&hub->lock);
    n = listeners(hub, topic);
    pthread_mutex_unlock(&hub->lock);
    return n;
}

void
sse_hub_beat(struct sse_hub *hub)
{
    pthread_mutex_lock(&hub->lock);
    for (size_t i = 0; i < CHAINS; i++)
        for (struct sse_feed *feed = hub->chain[i]; feed != NULL; feed = feed->next) {
            bool unread = feed->n > 0;

            drop_gone(feed);
            if (unread && feed->stale)
                drop(feed);
            else if (!unread)
                append(feed, STR(":\n\n"));
            feed->stale = unread;
        }
    pthread_mutex_unlock(&hub->lock);
}

void
sse_hub_close(struct sse_hub *hub)
{
    pthread_mutex_lock(&hub->lock);
    hub->closed = true;
    for (size_t i = 0; i < CHAINS; i++)
        for (struct sse_feed *feed = hub->chain[i]; feed != NULL; feed = feed->next) {
            feed->ended = true;
            wake(feed);
        }
    pthread_mutex_unlock(&hub->lock);
}

size_t
sse_hub_size(struct sse_hub *hub)
{
    size_t n;

    pthread_mutex_lock(&hub->lock);
    n = hub->feeds;
    pthread_mutex_unlock(&hub->lock);
    return n;
}

void
sse_feed_free(struct sse_feed *feed)
{
    if (feed == NULL)
        return;
    pthread_mutex_lock(&feed->hub->lock);
    unlist(feed);
    pthread_mutex_unlock(&feed->hub->lock);
    free(feed->text);
    free(feed);
}

static void
release(void *feed)
{
    sse_feed_free(feed);
}

/* libmicrohttpd wants up to `max` bytes: give them, end the stream, or suspend until there are
 * some. */
static ssize_t
next_bytes(void *context, uint64_t position, char *out, size_t max)
{
    struct sse_feed *feed = context;
    ssize_t given = 0;

    (void)position;
    pthread_mutex_lock(&feed->hub->lock);
    if (feed->ended) {
        given = MHD_CONTENT_READER_END_OF_STREAM;
    } else if (feed->n > 0) {
        size_t n = feed->n < max ? feed->n : max;

        memcpy(out, feed->text + feed->taken, n);
        feed->n -= n;
        feed->taken = feed->n > 0 ? feed->taken + n : 0;
        feed->stale = false;
        given = (ssize_t)n;
    } else {
        feed->waiting = true;
        MHD_suspend_connection(feed->mhd);
    }
    pthread_mutex_unlock(&feed->hub->lock);
    return given;
}

struct MHD_Response *
sse_response(struct sse_feed *feed, struct connection *c)
{
    struct MHD_Response *response =
        MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, BLOCK_SIZE, next_bytes, feed, release);

    if (response == NULL) {
        sse_feed_free(feed);
        return NULL;
    }
    pthread_mutex_lock(&feed->hub->lock);
    feed->mhd = c->mhd;
    feed->fd = c->fd;
    if (feed->hub->closed)
        feed->ended = true;
    pthread_mutex_unlock(&feed->hub->lock);
    return response;
}
