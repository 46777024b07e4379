/*
 * api_past.h - a manager at the till looks back: what the shop, or one card, did of late, and what
 * undoing it would do.
 */
#ifndef API_PAST_H
#define API_PAST_H

#include "http/route.h"

/*
 * GET /api/till/past?scan=17  the card's lines, or without a scan the shop's, newest first  ->  200
 * {"lines":[{"transfer":57,"kind":"earn","amount":3,"sign":1,"unit":"stamp","at":ms,"name":"..",
 * "staff":"..","till":"..","shop":"..","undone":false,"undo":"reversal"},
 * {"voucher":3,"title":"..","expires":ms,...,"undo":"redemption"}],"next":{"below":57,...}}
 *
 * "undo" is what may be done about a line: "reversal", "swap" or "redemption" is the route for it;
 * without it "reason" says why nothing may, in the words of a refusal. "next", unless it is null,
 * is what to ask with for the page behind this one.
 *
 * Refused: MANAGER_NEEDED. ERR_NOT_FOUND "scan_unknown"; ERR_CONFLICT "scan_over"
 */
enum err_code api_past(struct request *req, struct reply *reply, struct err *e);

/*
 * GET /api/till/reversals/:transfer  ->  200 {"transfer":57,"kind":"earn","amount":3,"sign":1,
 * "unit":"stamp","at":ms,"name":"..","with":0,"have":8,"balance":5,"rounds":0,
 * "vouchers":[{"id":3,"title":".."}]}: what POST /api/till/reversals would do; refused as that.
 */
enum err_code api_reversal_ahead(struct request *req, struct reply *reply, struct err *e);

#endif
