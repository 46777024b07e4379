/*
 * api_login.h - signing in through LINE, in LINE (LIFF) and outside it (the web flow), and out.
 *
 * Either way the result is a session of our own; LINE's tokens are dropped in the same request.
 */
#ifndef API_LOGIN_H
#define API_LOGIN_H

#include "http/route.h"

#define COOKIE_MEMBER "__Host-m"
#define COOKIE_DEVICE "__Host-dev"
#define COOKIE_LOGIN "__Host-pre"
#define COOKIE_TILL "__Host-till"
#define COOKIE_STAFF "__Host-staff"
#define COOKIE_OWNER "__Host-a"

struct member;
/* Give the browser a member session, unless it already has one of the same member. What a guest had
 * in this browser is the member's from now on. */
enum err_code login_session(struct request *req, struct reply *reply, const struct member *member,
                            bool *changed_out, struct err *e);

route_handler api_guest;    /* POST /line/guest  {} -> {"member":"guest"} */
route_handler api_session;  /* POST /line/session  {"id_token":"..."} ->
                               {"member":"new|known","changed":bool} */
route_handler api_login;    /* GET  /line/login?next=/card|/admin&retry=1 */
route_handler api_callback; /* GET  /line/callback */
route_handler api_logout;   /* POST /line/logout */

enum err_code api_session_ask(struct request *req, struct errand **errand_out, struct err *e);
enum err_code api_callback_ask(struct request *req, struct errand **errand_out, struct err *e);

#endif
