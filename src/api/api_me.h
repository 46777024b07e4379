/*
 * api_me.h - a member's own data: a page about it, and all of it to take away.
 *
 * LINE's own browser cannot save a file: there, a link that works once, for five minutes and
 * without signing in, opens in the phone's browser. Other browsers save it from the page itself.
 */
#ifndef API_ME_H
#define API_ME_H

#include "base/err.h"
#include "http/reply.h"
#include "http/request.h"

/* GET /card/me -> consents, the data, leaving; to a guest the card's sign-in. Below /card, for
 * LINE's SDK starts nowhere else (LIFF: at or below the endpoint URL). */
enum err_code api_me_page(struct request *req, struct reply *reply, struct err *e);

/* GET /api/me/export -> everything we know about the member (domain/own_data.h), as a file */
enum err_code api_me_export(struct request *req, struct reply *reply, struct err *e);
/* POST /api/me/export/link {} -> 200 {"url":"https://.../data/..."} */
enum err_code api_me_export_link(struct request *req, struct reply *reply, struct err *e);
/* GET /data/:link -> the same file, once. 404 "link_over" */
enum err_code api_data(struct request *req, struct reply *reply, struct err *e);

#endif
