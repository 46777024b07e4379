/*
 * flight.h - one exchange on its way, as libcurl sees it. The transport's own; nobody else includes
 * it.
 */
#ifndef LINE_FLIGHT_H
#define LINE_FLIGHT_H

#include <curl/curl.h>

#include "line/transport.h"

struct flight {
    struct transport *transport;
    struct exchange *exchange;
    CURL *easy;
    struct curl_slist *headers;
    char *answer;
    size_t answer_n;
    bool overflowed;
    bool fresh;  /* not on a connection that another one timed out on */
    int written; /* how often libcurl began to write the request */
    char problem[CURL_ERROR_SIZE];
    struct flight *older, *newer;
};

/* Everything libcurl is told about a request; false: it would not have it, or no memory. `sessions`
 * is where the TLS sessions of all are kept. */
bool flight_prepare(struct flight *f, const struct transport_options *options, CURLSH *sessions);

#endif
