/*
 * api_history.h - every line of a member's cards, 50 at a time.
 */
#ifndef API_API_HISTORY_H
#define API_API_HISTORY_H

#include "http/route.h"

/* GET /card/history?below=SEQ, for people. */
enum err_code api_history_page(struct request *req, struct reply *reply, struct err *e);

/*
 * GET /api/me/history?below=SEQ  ->  200 {"lines":[{"seq":57,"kind":"bonus","why":"birthday",
 * "title":null,"gain":50,"balance":120,"at":ms,"plan":1,"plan_name":"..","unit":"point",
 * "shop":null,"yen":null,"parts":[{"why":"weekday:200","units":5}],"reverses":null,
 * "reversed_by":null}],"older":57,"owed":[{"plan":1,"units":30}]}
 *
 * The newest before SEQ, or of all. older: what the next request is below of; null: this was all.
 */
enum err_code api_history(struct request *req, struct reply *reply, struct err *e);

#endif
