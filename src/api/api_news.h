/*
 * api_news.h - what a member has not been told yet, for the card that was opened now.
 *
 * The card shows it, and says of each that it was seen: POST /api/notices/:notice/seen of
 * api_card.h.
 */
#ifndef API_NEWS_H
#define API_NEWS_H

#include "http/route.h"

/*
 * {"notices":[{"id":7,"kind":"grant","over":false,"plan":1,"plan_name":"Coffee","unit":"stamp",
 *   "amount":1,"balance":3,"left":1,"reward":"Cookie","expires":null,"shop":"ueno","text":null,
 *   "at":1775005200000}]}
 *
 * The newest first. What a notice is not about is null; `left` units are missing to `reward`, or it
 * ends at `expires`. `over`: nothing is left to say of it, but that it was seen.
 */
route_handler api_news_show; /* GET /api/notices */

#endif
