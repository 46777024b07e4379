/*
 * api_terms.h - what members agree to: the text as a page, and saying yes to it.
 */
#ifndef API_TERMS_H
#define API_TERMS_H

#include "base/err.h"
#include "http/reply.h"
#include "http/request.h"

/* GET /terms -> the text in force, ?version=2 an earlier one, in the reader's language. */
enum err_code api_terms_page(struct request *req, struct reply *reply, struct err *e);
/* POST /api/terms/accept {"version":3} -> 204; 409 "terms_other": not in force any more. */
enum err_code api_terms_accept(struct request *req, struct reply *reply, struct err *e);

#endif
