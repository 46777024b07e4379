/*
 * grant_answer.h - what a till and the open card are told of units that were given.
 */
#ifndef API_GRANT_ANSWER_H
#define API_GRANT_ANSWER_H

#include "domain/ledger.h"
#include "http/reply.h"
#include "http/request.h"

/* 201, kept for a repeat of the request; `news` is its word in the log, a literal. */
enum err_code reply_grant(struct request *req, struct reply *reply, const char *news,
                          const struct grant_result *r, struct err *e);

#endif
