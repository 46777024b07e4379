/*
 * keyed.h - exactly once: requests that carry an Idempotency-Key.
 *
 * The key is judged before anything waits for the writer; it, the work and the answer are one
 * transaction. A repeat gets the first answer with
 * Idempotent-Replayed: true; refusals by a rule are answers like any other, failures are not kept.
 */
#ifndef API_KEYED_H
#define API_KEYED_H

#include "domain/answer.h"
#include "http/reply.h"
#include "http/request.h"

#include <stdbool.h>
#include <stdint.h>

struct errand;

/* What a KEYED route asks first, on the worker: is there a key, and what is the request kept under?
 * ERR_INPUT "idempotency_key_missing", "idempotency_key_invalid" */
enum err_code keyed_ask(struct request *req, struct errand **errand_out, struct err *e);

/* Before the handler: *replayed_out says that the reply is filled and the handler must not run.
 * ERR_MISMATCH */
enum err_code
keyed_begin(struct request *req, struct reply *reply, bool *replayed_out, struct err *e);
/* After a handler that returned OK. */
enum err_code keyed_end(struct request *req, const struct reply *reply, struct err *e);

/* The request's key as the ledger keeps it; once keyed_ask has prepared it. */
void keyed_key(const struct request *req, uint8_t out[ANSWER_KEY_SIZE]);

#endif
