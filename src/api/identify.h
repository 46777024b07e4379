/*
 * identify.h - from cookies to an actor: the server's identify hook.
 */
#ifndef API_IDENTIFY_H
#define API_IDENTIFY_H

#include "http/request.h"

/* Fills req->actor as the route's `who` asks. ERR_AUTH session_*, ERR_LIMIT. */
enum err_code api_identify(struct request *req, struct err *e);

#endif
