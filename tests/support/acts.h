/*
 * acts.h - for every route of app/routes.c a request that goes well, made anew as often as wanted.
 *
 * What it needs (a code to read, a grant to take back, a link to open) is made first, through the
 * same service.
 */
#ifndef TESTS_SUPPORT_ACTS_H
#define TESTS_SUPPORT_ACTS_H

#include "http/route.h"
#include "tests/support/harness.h"

/* A request, ready to be sent as often as wanted. */
struct act_request {
    struct browser b;
    char path[1200], body[1200], headers[256];
    bool is_stream; /* the answer has no end */
};

struct act {
    enum http_method method;
    const char *route;
    int status;                                /* the answer, when nothing goes wrong */
    const char *path;                          /* NULL: the route's own */
    const char *body;                          /* POST; NULL: {} */
    void (*prepare)(struct act_request *made); /* NULL: nothing more is needed */
    bool is_used_up; /* by an answer that could not be sent: a link, a session */
    int64_t rest_ms; /* between two, for there is a limit */
};

const struct act *act_of(const struct route *route); /* NULL: there is none yet */

/* After harness_set_up, once: a plan without a pause between two grants. */
void acts_set_up(void);
/* Everybody is there: a member, a cashier at a till, the owner. From time to time again. */
void acts_arrive(void);
/* Everything once, by a member who does nothing more: what is read of a life stays as long. */
void acts_live(void);

void act_make(const struct act *act, const struct route *route, struct act_request *out);
int act_send(const struct act *act, struct act_request *made); /* the status; 0: no answer */

#endif
