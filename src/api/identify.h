/*
 * identify.h - from cookies to an actor: the server's identify and admit hooks.
 */
#ifndef API_IDENTIFY_H
#define API_IDENTIFY_H

#include "base/digest.h"
#include "http/request.h"

/* Fills req->actor as the route's `who` asks. ERR_AUTH session_*; ERR_FORBIDDEN "login_stale": the
 * member's page of the act leads on to /card/again (api_again.h) */
enum err_code api_identify(struct request *req, struct err *e);

/* One more request of the actor, or of the visitor's address. ERR_LIMIT
 * ERR_BUSY "clock_unsure": one that writes, after the clock jumped (base/clock.h) */
enum err_code api_admit(struct request *req, bool is_known, struct err *e);

/* Under what a member's answers may be kept; false: a guest. */
bool api_member_hash(const struct request *req, uint8_t out[SHA256_SIZE]);

#endif
