/*
 * libmicrohttpd's own timeout starts again with every byte, so a client that sends one now and then
 * is never late. Here every phase of a connection has one moment by which it must be over.
 *
 * The worker stores that moment; the reaper looks at all of them a few times a second and shuts
 * late sockets down, which the worker then sees as a client that went away. A descriptor is shut
 * down only under the lock and while its connection is in the list, and libmicrohttpd takes it off
 * the list before it closes the descriptor: so never somebody else's with the same number.
 */
#include "http/connection.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

#define BEAT_MS (20 * SECOND_MS)
#define TICK_MOST_MS 250
#define TICK_LEAST_MS 10

void
deadline_set(struct connection *c, int64_t after_ms)
{
    atomic_store_explicit(&c->due_ms, after_ms > 0 ? clock_monotonic_ms() + after_ms : 0,
                          memory_order_relaxed);
}

static void
write_peer(struct MHD_Connection *mhd, char out[INET6_ADDRSTRLEN])
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    const struct sockaddr *address = info != NULL ? info->client_addr : NULL;

    out[0] = '\0';
    if (address != NULL && address->sa_family == AF_INET)
        inet_ntop(AF_INET, &((const struct sockaddr_in *)(const void *)address)->sin_addr, out,
                  INET6_ADDRSTRLEN);
    else if (address != NULL && address->sa_family == AF_INET6)
        inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr, out,
                  INET6_ADDRSTRLEN);
}

static void
begin(struct server *s, struct MHD_Connection *mhd, void **connection)
{
    struct connection *c = calloc(1, sizeof(*c));

    *connection = c;
    if (c == NULL)
        return; /* exchange_step closes it */
    c->server = s;
    c->mhd = mhd;
    c->fd = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
    write_peer(mhd, c->peer);
    deadline_set(c, s->options.header_deadline_ms);
    atomic_fetch_add(&s->open_connections, 1);
    pthread_mutex_lock(&s->connections_lock);
    c->next = s->connections;
    if (c->next != NULL)
        c->next->previous = c;
    s->connections = c;
    pthread_mutex_unlock(&s->connections_lock);
}

static void
end(struct server *s, struct connection *c)
{
    pthread_mutex_lock(&s->connections_lock);
    if (c->previous != NULL)
        c->previous->next = c->next;
    else
        s->connections = c->next;
    if (c->next != NULL)
        c->next->previous = c->previous;
    pthread_mutex_unlock(&s->connections_lock);
    atomic_fetch_sub(&s->open_connections, 1);
    free(c);
}

void
deadline_connection(void *server, struct MHD_Connection *mhd, void **connection,
                    enum MHD_ConnectionNotificationCode what)
{
    if (what == MHD_CONNECTION_NOTIFY_STARTED)
        begin(server, mhd, connection);
    else if (*connection != NULL)
        end(server, *connection);
}

/* Under the lock. */
static void
shut_late(struct server *s)
{
    int64_t now_ms = clock_monotonic_ms();

    for (struct connection *c = s->connections; c != NULL; c = c->next) {
        int64_t due_ms = atomic_load_explicit(&c->due_ms, memory_order_relaxed);

        if (due_ms == 0 || now_ms < due_ms)
            continue;
        if (!atomic_compare_exchange_strong(&c->due_ms, &due_ms, 0))
            continue;
        shutdown(c->fd, SHUT_RDWR);
        atomic_fetch_add(&s->late, 1);
    }
}

static int64_t
tick_ms(const struct server_options *o)
{
    int64_t least_ms = o->header_deadline_ms;

    if (o->body_deadline_ms < least_ms)
        least_ms = o->body_deadline_ms;
    if (o->idle_ms < least_ms)
        least_ms = o->idle_ms;
    if (least_ms / 8 > TICK_MOST_MS)
        return TICK_MOST_MS;
    return least_ms / 8 > TICK_LEAST_MS ? least_ms / 8 : TICK_LEAST_MS;
}

static struct timespec
after(int64_t ms)
{
    int64_t at_ms = clock_monotonic_ms() + ms;

    return (struct timespec){.tv_sec = (time_t)(at_ms / 1000),
                             .tv_nsec = (long)(at_ms % 1000 * 1000000)};
}

static void *
reaper(void *server)
{
    struct server *s = server;
    int64_t pause_ms = tick_ms(&s->options);
    int64_t beat_ms = clock_monotonic_ms() + BEAT_MS;

    pthread_mutex_lock(&s->connections_lock);
    while (!s->reaper_ends) {
        struct timespec until = after(pause_ms);

        pthread_cond_timedwait(&s->reaper_wakes, &s->connections_lock, &until);
        shut_late(s);
        if (clock_monotonic_ms() < beat_ms)
            continue;
        beat_ms += BEAT_MS;
        pthread_mutex_unlock(&s->connections_lock);
        sse_hub_beat(s->hub);
        pthread_mutex_lock(&s->connections_lock);
    }
    pthread_mutex_unlock(&s->connections_lock);
    return NULL;
}

enum err_code
deadline_start(struct server *s, struct err *e)
{
    int why = pthread_create(&s->reaper, NULL, reaper, s);

    return why == 0 ? OK : err_set(e, ERR_INTERNAL, "internal", "no thread: error %d", why);
}

void
deadline_stop(struct server *s)
{
    pthread_mutex_lock(&s->connections_lock);
    s->reaper_ends = true;
    pthread_cond_signal(&s->reaper_wakes);
    pthread_mutex_unlock(&s->connections_lock);
    pthread_join(s->reaper, NULL);
}
