#include "http/connection.h"

#include "base/clock.h"
#include "base/entropy.h"

#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define CONNECTION_MEMORY (16 * KIB) /* request line and headers; security.md 2.3, E1 */
#define CONNECTIONS_MAX 4096
#define FLUSH_MS 1000 /* for the last answers, when stopping */

int64_t
clock_monotonic_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void
default_number(int64_t *option, int64_t value)
{
    if (*option == 0)
        *option = value;
}

static void
fill_options(struct server *s)
{
    struct server_options *o = &s->options;
    size_t largest = 0;

    default_number(&o->header_deadline_ms, 5 * SECOND_MS);
    default_number(&o->body_deadline_ms, 10 * SECOND_MS);
    default_number(&o->idle_ms, 30 * SECOND_MS);
    default_number(&o->reply_deadline_ms, 60 * SECOND_MS);
    if (o->workers == 0)
        o->workers = (unsigned)sysconf(_SC_NPROCESSORS_ONLN);
    if (o->connections_max == 0)
        o->connections_max = CONNECTIONS_MAX;
    for (size_t i = 0; i < o->routes_n; i++)
        if (o->routes[i].body_max > largest)
            largest = o->routes[i].body_max;
    /* A chunked body grows by doubling, and what it grew out of stays in the arena. */
    s->arena_max = (o->arena_max > 0 ? o->arena_max : MIB) + 2 * largest;
}

static void
init_locks(struct server *s)
{
    clock_cond_init(&s->reaper_wakes);
    pthread_cond_init(&s->none_suspended, NULL);
    pthread_mutex_init(&s->connections_lock, NULL);
    pthread_mutex_init(&s->suspended_lock, NULL);
}

static void
server_free(struct server *s)
{
    if (s->listen_fd >= 0)
        close(s->listen_fd);
    if (s->socket_path != NULL)
        unlink(s->socket_path);
    free(s->socket_path);
    sse_hub_free(s->hub);
    if (s->starved != NULL)
        MHD_destroy_response(s->starved);
    pthread_mutex_destroy(&s->suspended_lock);
    pthread_mutex_destroy(&s->connections_lock);
    pthread_cond_destroy(&s->none_suspended);
    pthread_cond_destroy(&s->reaper_wakes);
    free(s);
}

/* libmicrohttpd decodes the path in place; we look at it as it was sent. */
static size_t
leave_escapes(void *context, struct MHD_Connection *mhd, char *text)
{
    size_t n = 0;

    (void)context;
    (void)mhd;
    while (text[n] != '\0')
        n++;
    return n;
}

static struct MHD_Daemon *
start_daemon(struct server *s)
{
    unsigned workers = s->options.workers;

    return MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ITC | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL,
        exchange_step, s,
        /* clang-format off */
        MHD_OPTION_LISTEN_SOCKET, s->listen_fd,
        MHD_OPTION_CONNECTION_LIMIT, s->options.connections_max,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY,
        MHD_OPTION_STRICT_FOR_CLIENT, 1,
        MHD_OPTION_UNESCAPE_CALLBACK, leave_escapes, NULL,
        MHD_OPTION_URI_LOG_CALLBACK, exchange_begin, s,
        MHD_OPTION_NOTIFY_COMPLETED, exchange_end, s,
        MHD_OPTION_NOTIFY_CONNECTION, deadline_connection, s,
        /* One worker is no pool. */
        workers > 1 ? MHD_OPTION_THREAD_POOL_SIZE : MHD_OPTION_END, workers,
        MHD_OPTION_END
        /* clang-format on */
    );
}

enum err_code
server_start(struct server **out, const struct server_options *options,
             const struct server_backend *backend, struct err *e)
{
    struct server *s = calloc(1, sizeof(*s));

    if (s == NULL)
        return err_set(e, ERR_INTERNAL, "internal", "no memory for the server");
    s->options = *options;
    s->backend = *backend;
    s->listen_fd = -1;
    fill_options(s);
    init_locks(s);
    entropy_fill(&s->id_seed, sizeof(s->id_seed));
    s->hub = sse_hub_new();
    s->starved = send_starved_new(s);
    if (s->hub == NULL || s->starved == NULL)
        err_set(e, ERR_INTERNAL, "internal", "no memory for the server");
    else if (!listen_open(s->options.listen, &s->listen_fd, &s->socket_path, e))
        deadline_start(s, e);
    if (s->listen_fd < 0 || e->code != OK) {
        server_free(s);
        return e->code;
    }
    s->daemon = start_daemon(s);
    if (s->daemon == NULL) {
        deadline_stop(s);
        server_free(s);
        return err_set(e, ERR_INTERNAL, "internal", "libmicrohttpd did not start");
    }
    *out = s;
    return OK;
}

static void
wait_for_backend(struct server *s)
{
    pthread_mutex_lock(&s->suspended_lock);
    s->stopping = true;
    while (s->suspended > 0)
        pthread_cond_wait(&s->none_suspended, &s->suspended_lock);
    pthread_mutex_unlock(&s->suspended_lock);
}

/* Nothing tells us when the last byte of the last answer is out, but for the callbacks' count. */
static void
wait_for_answers(struct server *s)
{
    static const struct timespec pause = {.tv_nsec = 2 * 1000 * 1000};
    int64_t until_ms = clock_monotonic_ms() + FLUSH_MS;

    while (atomic_load(&s->exchanges) > 0 && clock_monotonic_ms() < until_ms)
        nanosleep(&pause, NULL);
}

/*
 * Whoever comes meanwhile is told that we are stopping. The listening socket is left to
 * MHD_stop_daemon: of a pool of workers, MHD_quiesce_daemon ends the process when one of them takes
 * the socket out of its epoll set first (libmicrohttpd 0.9.75).
 */
void
server_stop(struct server *s)
{
    if (s == NULL)
        return;
    wait_for_backend(s);
    sse_hub_close(s->hub);
    wait_for_answers(s);
    deadline_stop(s);
    MHD_stop_daemon(s->daemon);
    s->listen_fd = -1; /* closed by it */
    server_free(s);
}

int
server_port(const struct server *s)
{
    struct sockaddr_storage address = {0};
    socklen_t n = sizeof(address);

    if (getsockname(s->listen_fd, (struct sockaddr *)&address, &n) != 0)
        return 0;
    if (address.ss_family == AF_INET)
        return ntohs(((const struct sockaddr_in *)(const void *)&address)->sin_port);
    if (address.ss_family == AF_INET6)
        return ntohs(((const struct sockaddr_in6 *)(const void *)&address)->sin6_port);
    return 0;
}

struct sse_hub *
server_hub(struct server *s)
{
    return s->hub;
}

struct server_counts
server_counts(struct server *s)
{
    return (struct server_counts){
        .requests = atomic_load(&s->requests),
        .refused_by_guard = atomic_load(&s->refused),
        .closed_late = atomic_load(&s->late),
        .connections = atomic_load(&s->open_connections),
        .streams = sse_hub_size(s->hub),
    };
}
