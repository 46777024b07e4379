/*
 * api_rescue.h - an owner gives a made-anew LINE account its old card back, or takes that back.
 *
 * Both are approved by who is signed in, who must not be the member; `stampd member rescue` does
 * the same. They count once per Idempotency-Key.
 */
#ifndef API_API_RESCUE_H
#define API_API_RESCUE_H

#include "http/reply.h"
#include "http/request.h"

/* POST /api/admin/rescues  {"from":"2000000015","to":"7112...","reason":"..."}  ->  200
 * {"rescue":4, "until":ms}; from: digits of a card of the old account, to: of the new one */
enum err_code api_rescue(struct request *req, struct reply *reply, struct err *e);
/* POST /api/admin/rescues/undo  {"rescue":4}  ->  200 {"rescue":4} */
enum err_code api_rescue_undo(struct request *req, struct reply *reply, struct err *e);

#endif
