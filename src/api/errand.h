/*
 * errand.h - one request to LINE that an answer of ours has to wait for.
 *
 * A route's `ask` leaves it in the request's arena; the courier does it while the connection is
 * suspended; the handler reads what came of it. The courier knows no cards and no database.
 * What LINE refused because of the channel's token is asked once more with a new one; nothing else
 * is repeated.
 */
#ifndef API_ERRAND_H
#define API_ERRAND_H

#include "base/str.h"

#include <stddef.h>
#include <stdint.h>

/* Whose channel access token goes along, as the Authorization header. */
enum errand_token {
    ERRAND_NO_TOKEN,
    ERRAND_BOT_TOKEN,   /* of the Messaging API channel */
    ERRAND_LOGIN_TOKEN, /* of the LINE Login channel: deauthorize, LIFF's server API */
};

struct errand {
    const char *method; /* GET, POST, PUT or DELETE */
    const char *url;
    const char *content_type; /* POST, PUT; a whole header line */
    struct str body;
    enum errand_token token;
    size_t answer_max;  /* a longer answer is none; 0: 256 KiB */
    int64_t timeout_ms; /* 0: the transport's */

    int status;          /* 0: no answer */
    struct str answer;   /* in the request's arena */
    const char *failure; /* with status 0: why, for the log */
    char request_id[64]; /* LINE's, or "" */
    int64_t date_ms;     /* when it was answered, by LINE's clock in whole seconds; 0: not said */
};

#endif
