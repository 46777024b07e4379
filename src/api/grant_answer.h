/*
 * grant_answer.h - what a till and the open card are told of units that were given.
 */
#ifndef API_GRANT_ANSWER_H
#define API_GRANT_ANSWER_H

#include "base/buf.h"
#include "domain/earning.h"
#include "domain/ledger.h"
#include "http/reply.h"
#include "http/request.h"

/* {"reason":"weekday","percent":200,"weekday":2,"units":1}; `weekday` is of the visit's business
 * day, 0 a Sunday. */
void grant_part_write(struct buf *b, const struct earn_part *part, int weekday);

/* Why it was more than the visit or the sale alone, each rule with what it added, and whether a cap
 * cut it: ,"cut":true,"parts":[..]. Nothing where there is nothing to say. */
void grant_why_write(struct buf *b, const struct grant_result *r);

/* ,"vouchers":[{"id":3,"title":"..","expires":ms}] */
enum err_code
grant_vouchers_write(struct buf *b, struct request *req, const struct plan_rules *rules,
                     const struct grant_voucher *voucher, size_t n, struct err *e);

/* 201, kept for a repeat of the request; `news` is its word in the log, a literal. */
enum err_code reply_grant(struct request *req, struct reply *reply, const char *news,
                          const struct grant_result *r, struct err *e);

#endif
