/*
 * errand.h - one request to LINE that an answer of ours has to wait for.
 *
 * A route's `ask` leaves it in the request's arena; the courier does it while the connection is
 * suspended; the handler reads what came of it. The courier knows no cards and no database.
 */
#ifndef API_ERRAND_H
#define API_ERRAND_H

#include "base/str.h"

struct errand {
    const char *method; /* "GET" or "POST" */
    const char *url;
    const char *content_type; /* POST; a whole header line */
    struct str body;

    int status;        /* 0: no answer */
    struct str answer; /* in the request's arena */
    const char *failure;
};

#endif
