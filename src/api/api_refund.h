/*
 * api_refund.h - what the till takes back beside a grant: a sale that is refunded, and a voucher
 * that should not have been issued.
 */
#ifndef API_API_REFUND_H
#define API_API_REFUND_H

#include "http/route.h"

/*
 * POST /api/till/refunds  {"transfer":57,"yen":500}  ->  201 {"refund":3,"transfer":61,"mac":"..",
 * "yen":500,"left":1500,"taken":5,"forgiven":0,"owed":0,"balance":15,"vouchers_cancelled":0}
 *
 * Without yen all that is left of the sale. Instead of the transfer the number of its receipt, of
 * this shop: {"receipt":"12-0345"}. 200, and transfer and mac null, when no points left the card.
 */
enum err_code api_refund(struct request *req, struct reply *reply, struct err *e);

/*
 * POST /api/till/refunds/quote  the same  ->  200
 * {"transfer":57,"at":ms,"sale":2000,"unit":"point",
 * "name":"..","have":20,"rounds":0,"yen":500,...}: what that would do, in the same words, and of
 * what sale; "balance" is what the card has after it, "rounds" how many would be opened again.
 */
enum err_code api_refund_quote(struct request *req, struct reply *reply, struct err *e);

/*
 * POST /api/till/vouchers/cancel  {"voucher":3}  ->  201 {"voucher":3,"transfer":61,"mac":"..",
 * "units":10,"balance":12,"vouchers_cancelled":1}
 *
 * 200, and transfer and mac null, when no units came back.
 */
enum err_code api_voucher_cancel(struct request *req, struct reply *reply, struct err *e);

/*
 * POST /api/till/vouchers/cancel/quote  {"voucher":3}  ->  200 {"voucher":3,"title":"..",
 * "name":"..","unit":"point","have":2,"units":10,"balance":12,"vouchers_cancelled":1}
 *
 * What that would do; nothing is written.
 */
enum err_code api_cancel_quote(struct request *req, struct reply *reply, struct err *e);

#endif
