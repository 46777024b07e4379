/*
 * shop_link.h - accounts of the shop's own site, linked by LINE's account link.
 *
 *   card page ── POST /api/me/shop-login ──> we ask LINE for a link token
 *   browser   ── SHOP_LOGIN_URL?linkToken=&return_to= ──> the shop's own login
 *   browser   ── GET /line/account-link?linkToken=&customer=&exp=&nonce=&sig= ──> we make a nonce
 *   browser   ── access.line.me/dialog/bot/accountLink?linkToken=&nonce= ──> LINE
 *   LINE      ── accountLink webhook ──> the customer is that member's
 *
 * sig: HMAC-SHA256 in hexadecimal digits, by SHOP_LOGIN_SECRET, of customer, exp (Unix seconds, at
 * most ten minutes ahead), nonce (16 to 64 of A-Z a-z 0-9 - _) and linkToken, with a line feed
 * between. It is good once.
 */
#ifndef API_SHOP_LINK_H
#define API_SHOP_LINK_H

#include "api/service.h"
#include "domain/member.h"
#include "http/reply.h"
#include "http/request.h"
#include "store/db.h"

#include <stdbool.h>

struct errand;

/* POST /api/me/shop-login  {}  ->  200 {"url":"..."}; 409 "shop_login_off", "line_account_none" */
enum err_code api_shop_login_ask(struct request *req, struct errand **errand_out, struct err *e);
enum err_code api_shop_login(struct request *req, struct reply *reply, struct err *e);

/* GET /line/account-link: on to LINE, or to /account?link=failed; why is in the log */
enum err_code api_account_linked(struct request *req, struct reply *reply, struct err *e);

/* LINE says that this member is whoever the nonce was made for. *linked_out false: the nonce is
 * unknown, used or over, or a rule says no. */
enum err_code shop_link_apply(struct db *db, const struct member *member, struct str nonce,
                              int64_t now_ms, bool *linked_out, struct err *e);

#endif
