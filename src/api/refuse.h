/*
 * refuse.h - a rule's refusal as an answer:
 * {"error":"too_soon","last":ms,"again":ms,"request":"..."}. A fact that is 0 is left out.
 */
#ifndef API_REFUSE_H
#define API_REFUSE_H

#include "domain/refusal.h"
#include "http/reply.h"
#include "http/request.h"

/* 404 for a code nobody has, 400 for one that cannot be read, else 409. */
enum err_code reply_refusal(struct request *req, struct reply *reply, const struct refusal *refusal,
                            struct err *e);

#endif
