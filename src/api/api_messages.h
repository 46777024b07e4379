/*
 * api_messages.h - the owner's view of what messages cost: figures, budget, rules; and of what one
 * member was told.
 */
#ifndef API_MESSAGES_H
#define API_MESSAGES_H

#include "http/route.h"

/*
 * {"month":202604,"ends":1777561200000,
 *  "counts":{"push":2,"live":40,"reply":3,"merge":1,"kept":5,"failed":0,"waiting":2},
 *  "budget":{"most":200,"charged":2,"owed":0,"quota":200,"used":14,"told":1775005200000,
 *    "left":138,"left_urgent":198,"forecast":9},
 *  "policy":{"as_line":false,"budget":200,"reserve":30,...}}
 *
 * The month is LINE's, of UTC+9. null: in `most`, `quota`, `left`, `left_urgent` no limit; in
 * `used` and `told` that LINE has not said this month. `owed` messages are still on their way.
 */
route_handler api_messages_show; /* GET  /api/admin/messages */

/* Only what is given changes: {"budget":200} sets a limit of one's own, {"as_line":true} takes it
 * away; the other fields as struct message_policy has them. Answers like the above. Audited. */
route_handler api_messages_policy; /* POST /api/admin/messages/policy */

/*
 * {"code":"71..."} - in the body, because codes do not belong in URLs ->
 * {"member":{"name":"..","language":"ja","friend":true,"card":"active","pushes":1,
 *    "topics":{"receipts":true,"rewards":true,"offers":false}},"reaches_by":"push",
 *  "lines":[{"id":7,"kind":"grant","at":..,"state":"told","decided":..,"step":"push",
 *    "reason":"grant","request":"0f.."}]}
 *
 * The newest first; null where there is none. `reaches_by`: how words of a person would go out now,
 * as "reply" (free), "push" (counted), or "card" (shown there, for LINE cannot reach this member).
 */
route_handler api_messages_log; /* POST /api/admin/messages/log */

/* {"code":"71...","text":"..."} -> 202 {"reaches_by":"push"}. Audited; counted as urgent. */
route_handler api_messages_write; /* POST /api/admin/messages/write, with an Idempotency-Key */

#endif
