/*
 * Requests at a steady pace, whatever the answers do, and how long each took.
 *
 *   paced_main PORT RATE CONNECTIONS FILE
 *
 * FILE has requests as replay.lua reads them: a line with the length, then that many bytes. Request
 * n is due n / RATE seconds after the start and its time counts from then, so that a server which
 * stops for a moment is charged for everybody who would have come meanwhile. Prints how many were
 * answered well and badly, and p50, p99 and the longest in milliseconds.
 */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define CONNECTIONS_MAX 1024
#define PATIENCE_MS 10000

struct request {
    const char *at;
    size_t n;
    double due_ms, took_ms; /* took < 0: not answered */
};

static struct request *request;
static size_t requests;
static struct pollfd at[CONNECTIONS_MAX];
static size_t busy_with[CONNECTIONS_MAX]; /* requests: none */

static double
now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void
fail(const char *what)
{
    perror(what);
    exit(1);
}

static void
read_requests(const char *path, double rate)
{
    FILE *f = fopen(path, "rb");
    size_t n;

    if (f == NULL)
        fail(path);
    while (fscanf(f, "%zu%*c", &n) == 1) {
        char *text = malloc(n);

        request = realloc(request, (requests + 1) * sizeof(*request));
        if (text == NULL || request == NULL || fread(text, 1, n, f) != n)
            fail(path);
        request[requests] = (struct request){text, n, (double)requests * 1e3 / rate, -1};
        requests++;
    }
    fclose(f);
}

static void
connect_all(int port, size_t n)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    const int yes = 1;

    inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
    for (size_t i = 0; i < n; i++) {
        at[i] = (struct pollfd){.fd = socket(AF_INET, SOCK_STREAM, 0), .events = POLLIN};
        busy_with[i] = requests;
        if (at[i].fd < 0 || connect(at[i].fd, (struct sockaddr *)&address, sizeof(address)))
            fail("connect");
        setsockopt(at[i].fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
    }
}

/* Give what is due to connections that have nothing to do, in turn: the server would close one that
 * is never used. */
static size_t
send_due(size_t next, size_t connections, double elapsed_ms)
{
    static size_t turn;

    for (size_t n = 0; n < connections && next < requests; n++) {
        size_t i = turn;

        if (busy_with[i] != requests) {
            turn = (turn + 1) % connections;
            continue;
        }
        if (request[next].due_ms > elapsed_ms)
            break;
        if (write(at[i].fd, request[next].at, request[next].n) != (ssize_t)request[next].n)
            fail("write");
        busy_with[i] = next++;
        turn = (turn + 1) % connections;
    }
    return next;
}

/* Answers are small: each comes in one piece. */
static size_t
take_answers(size_t connections, double start_ms, size_t *bad)
{
    char text[8192];
    size_t n = 0;

    for (size_t i = 0; i < connections; i++) {
        ssize_t got;

        if (!(at[i].revents & (POLLIN | POLLHUP | POLLERR)))
            continue;
        got = read(at[i].fd, text, sizeof(text));
        if (got <= 0)
            fail("read");
        if (busy_with[i] == requests)
            continue;
        *bad += got < 12 || memcmp(text, "HTTP/1.1 200", 12) != 0;
        request[busy_with[i]].took_ms = now_ms() - start_ms - request[busy_with[i]].due_ms;
        busy_with[i] = requests;
        n++;
    }
    return n;
}

static int
by_time(const void *a, const void *b)
{
    double one = ((const struct request *)a)->took_ms, other = ((const struct request *)b)->took_ms;

    return one < other ? -1 : one > other;
}

int
main(int argc, char **argv)
{
    size_t next = 0, answered = 0, bad = 0, connections;
    double start_ms;

    if (argc != 5)
        return 2;
    connections = strtoul(argv[3], NULL, 10);
    if (connections == 0 || connections > CONNECTIONS_MAX)
        return 2;
    read_requests(argv[4], strtod(argv[2], NULL));
    connect_all((int)strtol(argv[1], NULL, 10), connections);
    start_ms = now_ms();
    while (answered < requests &&
           now_ms() - start_ms < request[requests - 1].due_ms + PATIENCE_MS) {
        next = send_due(next, connections, now_ms() - start_ms);
        if (poll(at, connections, 1) < 0)
            fail("poll");
        answered += take_answers(connections, start_ms, &bad);
    }
    qsort(request, requests, sizeof(*request), by_time);
    printf("%zu %zu %.3f %.3f %.3f\n", answered, bad + (requests - answered),
           request[requests / 2].took_ms, request[requests * 99 / 100].took_ms,
           request[requests - 1].took_ms);
    return answered == requests && bad == 0 ? 0 : 1;
}
