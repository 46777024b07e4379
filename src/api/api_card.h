/*
 * api_card.h - what a member sees and may change: the card's state, codes, vouchers, profile.
 *
 * Every query is bound to the session's member; another member's number is 404.
 */
#ifndef API_CARD_H
#define API_CARD_H

#include "api/page_card.h"
#include "domain/card.h"
#include "http/route.h"

struct service;

/* How this installation's pages reach LINE's login. */
enum card_liff page_liff(const struct service *s);

/* Of a page that leads to LINE's login: who asks, and how one ended that came back to it. */
struct signin_view card_signin_view(const struct request *req);

/* The way in for whoever has no session, and from there to `next` (struct signin_view). */
enum err_code
card_signin_page(struct request *req, struct reply *reply, struct str next, struct err *e);

/* The answer tells of the session's member and of these cards. */
void made_from_cards(struct request *req, const struct card *card, size_t n);

route_handler api_card_page;  /* GET  /card, /card/:plan   the card as HTML, or the sign-in page */
route_handler api_card_show;  /* GET  /api/card[?plan=N] */
route_handler api_card_codes; /* GET  /api/card/codes[?plan=N] */
route_handler api_card_confirm; /* POST /api/card/confirm  {"plan":1}  "it is me": card_guard.h */
route_handler api_spend_yes;    /* POST /api/card/spend  {"plan":1,"points":300}, or all: spend.h */
route_handler api_voucher_code; /* GET  /api/vouchers/:voucher/code */
route_handler api_card_events;  /* GET  /api/events   text/event-stream */
route_handler api_notice_seen;  /* POST /api/notices/:notice/seen */
route_handler api_profile_show; /* GET  /api/profile */
route_handler api_profile_save; /* POST /api/profile  {"language":"en"} */

#endif
