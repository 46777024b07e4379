/*
 * api_gift.h - units that members give to each other: domain/gift.h.
 */
#ifndef API_GIFT_H
#define API_GIFT_H

#include "http/route.h"

route_handler api_gift_page; /* GET /card/gift: where one gives */
/* GET /card/gift/:token: where one takes. Who has not signed in is led through LINE's login, and
 * back. */
route_handler api_gift_take_page;

/* GET /api/gifts: {"plans":[{"plan":1,"name":"..","unit":"point","min":10,"room":250}],
 * "gifts":[{"id":3,"name":"..","unit":"point","amount":100,"state":"open","at":ms,"until":ms,
 * "url":"https://.."}]}; url of open ones only */
route_handler api_gifts_show;

/* POST /api/gifts {"plan":1,"amount":100,"name":".."}, KEYED; name: what the taker reads, or
 * missing. 201 {"gift":3,"balance":200,"until":ms}: the link is in GET /api/gifts, so that no kept
 * answer holds it. */
route_handler api_gift_make;

/* POST /api/gifts/accept {"token":".."}, KEYED: 201 {"plan":1,"amount":100,"balance":300,
 * "rewards":0} */
route_handler api_gift_accept;

/* POST /api/gifts/:gift/take-back {}, KEYED: 201 {"gift":3,"balance":300} */
route_handler api_gift_take_back;

/* Whether `next`, asked of the login, leads to a gift: only then may it lead there. */
bool gift_is_path(struct str next);
#define GIFT_PATH_SIZE 40 /* "/card/gift/", a token, and a NUL */

#endif
