/*
 * backend.h - between the server and the book: readers, the writer's jobs, errands, log and counts.
 */
#ifndef APP_BACKEND_H
#define APP_BACKEND_H

#include "api/service.h"
#include "app/courier.h"
#include "app/readers.h"
#include "http/kept.h"
#include "http/server.h"
#include "store/writer.h"

#include <stdatomic.h>
#include <stdint.h>

#define BACKEND_ROUTES_MAX 64
#define BACKEND_CLASSES 6 /* status / 100; 0: dropped */

struct backend {
    struct service *service;
    struct readers *readers;
    struct writer *writer;
    struct courier *courier;
    struct versions *versions;
    struct kept *kept;
    _Atomic uint64_t answers[BACKEND_ROUTES_MAX][BACKEND_CLASSES];
    _Atomic uint64_t took_us[BACKEND_ROUTES_MAX];
    _Atomic uint64_t unrouted;
};

/* Hooks for server_start; their `service` is struct service, whose app is struct app. */
struct server_backend backend_hooks(struct backend *b);

/* Requests by route and status, in Prometheus text. */
void backend_measure(struct backend *b, struct buf *out);

/* The backend of a service: set by app_start. */
struct backend *backend_of(struct service *service);

#endif
