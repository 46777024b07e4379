/*
 * api_history.h - every line of a member's cards and what became of their vouchers, 50 at a time.
 */
#ifndef API_API_HISTORY_H
#define API_API_HISTORY_H

#include "http/route.h"

/* GET /card/history?below=SEQ&until=MARK, for people. */
enum err_code api_history_page(struct request *req, struct reply *reply, struct err *e);

/*
 * GET /api/me/history?below=SEQ&until=MARK  ->  200
 * {"lines":[{"seq":57,"kind":"bonus","why":"birthday",
 * "title":null,"gain":50,"balance":120,"at":ms,"plan":1,"plan_name":"..","unit":"point",
 * "shop":null,"yen":null,"parts":[{"why":"weekday:200","units":5}],"reverses":null,
 * "reversed_by":null}],"vouchers":[{"voucher":3,"what":"redeemed","title":"..","at":ms,"plan":1,
 * "plan_name":"..","shop":".."}],"older":57,"until":null,"owed":[{"plan":1,"units":30}]}
 *
 * The newest before line SEQ and the event MARK, or of all. older, until: what the next request
 * says, each if it is told; both null: this was all.
 */
enum err_code api_history(struct request *req, struct reply *reply, struct err *e);

#endif
