/*
 * api_leave.h - a member leaves.
 *
 * LINE is told first, for that needs the token that only lives while the page is open; whatever
 * LINE answers, the member is erased (domain/erasure.h).
 */
#ifndef API_LEAVE_H
#define API_LEAVE_H

#include "base/err.h"
#include "http/reply.h"
#include "http/request.h"

struct errand;
struct service;

#define LEAVE_CONFIRM_SIZE 24

/* What a member's page says in "confirm": the word, and a mark of that member. Somebody else may
 * have signed in meanwhile in another tab, and a page of before must not make them leave. */
void leave_confirmation(const struct service *s, int64_t member_id, char out[LEAVE_CONFIRM_SIZE]);

/*
 * POST /api/me/leave {"confirm":"leave","access_token":"..."} -> 200 {"told":true}
 *
 * confirm: "leave", or as leave_confirmation; 409 "member_other": another member's.
 * access_token: of LINE's SDK, now; left out or null where there is none. It goes to LINE and is
 * neither kept nor logged. told: LINE has ended the link; false: the member can end it in LINE.
 * 409 "still_owner"
 */
enum err_code api_leave_ask(struct request *req, struct errand **errand_out, struct err *e);
enum err_code api_leave(struct request *req, struct reply *reply, struct err *e);

#endif
