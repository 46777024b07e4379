/*
 * api_till.h - the till: who it is, who serves, what is scanned, granted, undone and redeemed.
 */
#ifndef API_TILL_H
#define API_TILL_H

#include "http/route.h"

route_handler api_till_show;  /* GET  /api/till */
route_handler api_till_enrol; /* POST /api/till/enrol  {"code":"12345678"} */
route_handler api_till_staff; /* POST /api/till/staff  {"staff":1,"pin":"..."} */
route_handler api_till_lock;  /* POST /api/till/lock */
route_handler api_till_today; /* GET  /api/till/today */

/* GET /api/till/samples: {"samples":[{"form":"ean13","text":"...","svg":"<svg ..."}]}, nobody's
 * codes for the check of a scanner. */
route_handler api_till_samples;

route_handler api_scan;  /* POST /api/till/scans */
route_handler api_grant; /* POST /api/till/grants       KEYED */
/* POST /api/till/grants/quote  as a grant of a scan  ->  200 {"amount":26,"unit":"point",
 * "parts":[..]}: what it would give now, and why; refused as the grant. */
route_handler api_grant_quote;
route_handler api_reversal;   /* POST /api/till/reversals    KEYED */
route_handler api_redemption; /* POST /api/till/redemptions  KEYED */
route_handler api_unredeem;   /* POST /api/till/redemptions/undo  KEYED  {"voucher":3} */

/* Points at the till: what would be spent, and the member asked for their yes; spent; kept for a
 * basket, and how that ends. `points`, or "all":true. */
route_handler api_spend_quote;  /* POST /api/till/quotes  {"scan":17,"points":300,"ask":true} */
route_handler api_spend;        /* POST /api/till/spends  KEYED  {"scan":17,"points":300} */
route_handler api_hold;         /* POST /api/till/holds   KEYED  as a spend or a redemption */
route_handler api_hold_capture; /* POST /api/till/holds/:hold/capture  KEYED  {"points":200},
                                   {"yen":900} or {} */
route_handler api_hold_release; /* POST /api/till/holds/:hold/release  KEYED  {} */

/* A PIN's hash is checked on the worker: it costs 0.1 s of CPU on purpose. */
enum err_code api_till_staff_ask(struct request *req, struct errand **errand_out, struct err *e);

#endif
