/*
 * keyed.h - exactly once: requests that carry an Idempotency-Key.
 *
 * Key, work and answer are one transaction. A repeat gets the first answer with
 * Idempotent-Replayed: true; refusals by a rule are answers like any other, failures are not kept.
 */
#ifndef API_KEYED_H
#define API_KEYED_H

#include "domain/answer.h"
#include "http/reply.h"
#include "http/request.h"

#include <stdbool.h>
#include <stdint.h>

/* Before the handler: *replayed_out says that the reply is filled and the handler must not run.
 * ERR_INPUT "idempotency_key_missing", "idempotency_key_invalid"; ERR_MISMATCH */
enum err_code
keyed_begin(struct request *req, struct reply *reply, bool *replayed_out, struct err *e);
/* After a handler that returned OK. */
enum err_code keyed_end(struct request *req, const struct reply *reply, struct err *e);

/* The request's key as the ledger keeps it; between the two, while req->prepared is keyed_begin's.
 */
void keyed_key(const struct request *req, uint8_t out[ANSWER_KEY_SIZE]);

#endif
