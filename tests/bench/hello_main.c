/*
 * The least a server on libmicrohttpd can do: our flags, our number of workers, five bytes.
 *
 *   hello_main PORT WORKERS
 */
#include <microhttpd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static enum MHD_Result
hello(void *response, struct MHD_Connection *connection, const char *url, const char *method,
      const char *version, const char *data, size_t *data_n, void **request)
{
    static int seen;

    (void)url, (void)method, (void)version, (void)data, (void)data_n;
    if (*request == NULL) { /* the first call has the headers only, as in our server */
        *request = &seen;
        return MHD_YES;
    }
    return MHD_queue_response(connection, 200, response);
}

int
main(int argc, char **argv)
{
    unsigned workers = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : 1;
    struct MHD_Response *response =
        MHD_create_response_from_buffer(5, (void *)(uintptr_t) "hello", MHD_RESPMEM_PERSISTENT);
    struct MHD_Daemon *daemon;
    sigset_t signals;
    int which;

    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    daemon = MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ITC | MHD_ALLOW_SUSPEND_RESUME,
        (uint16_t)(argc > 1 ? strtoul(argv[1], NULL, 10) : 8080), NULL, NULL, hello, response,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)16384, MHD_OPTION_STRICT_FOR_CLIENT, 1,
        workers > 1 ? MHD_OPTION_THREAD_POOL_SIZE : MHD_OPTION_END, workers, MHD_OPTION_END);
    if (daemon == NULL || response == NULL)
        return 1;
    sigwait(&signals, &which);
    MHD_stop_daemon(daemon);
    MHD_destroy_response(response);
    return 0;
}
