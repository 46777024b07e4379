/*
 * api_login.h - signing in through LINE, in LINE (LIFF) and outside it (the web flow), and out.
 *
 * Either way the result is a session of our own; LINE's tokens are dropped in the same request.
 */
#ifndef API_LOGIN_H
#define API_LOGIN_H

#include "http/route.h"
#include "line/idtoken.h"

#define COOKIE_MEMBER "__Host-m"
#define COOKIE_DEVICE "__Host-dev"
#define COOKIE_LOGIN "__Host-pre"
#define COOKIE_TILL "__Host-till"
#define COOKIE_STAFF "__Host-staff"
#define COOKIE_OWNER "__Host-a"

struct member;
/*
 * Give the browser a member session, unless it already has one of the same member. What a guest had
 * in this browser is the member's from now on.
 *
 * `login_ms`: when LINE was shown who it is; 0: nobody knows. `anew`: the member's own session ends
 * too and a new one tells that time (access.h).
 */
enum err_code login_session(struct request *req, struct reply *reply, const struct member *member,
                            int64_t login_ms, bool anew, bool *changed_out, struct err *e);
/* The member behind a verified token, made at the first login. */
enum err_code login_enter(struct request *req, const struct idtoken *id, struct member *out,
                          bool *is_new_out, struct err *e);
/* The member of the session that the browser holds; 0: it holds none. */
int64_t login_holder(struct request *req);
/*
 * Who shows LINE once more who it is has to be who began, and just now: `login_ms`. Nothing is
 * written.
 *
 * ERR_FORBIDDEN "login_other"  somebody else's LINE account, or nobody's that we know
 * ERR_FORBIDDEN "login_stale"
 */
enum err_code login_is_again(struct request *req, const struct idtoken *id, int64_t member_id,
                             int64_t login_ms, struct err *e);

route_handler api_guest;    /* POST /line/guest  {} -> {"member":"guest"} */
route_handler api_session;  /* POST /line/session  {"id_token":"...","again":true} ->
                               {"member":"new|known","changed":bool}; "again": as login_is_again */
route_handler api_login;    /* GET  /line/login?next=/card|/admin&retry=1, or for somebody with a
                               session ?act=leave&retry=1&forced=1 (fresh_act.h) */
route_handler api_callback; /* GET  /line/callback */
route_handler api_logout;   /* POST /line/logout */

enum err_code api_session_ask(struct request *req, struct errand **errand_out, struct err *e);
enum err_code api_callback_ask(struct request *req, struct errand **errand_out, struct err *e);

#endif
