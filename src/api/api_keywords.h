/*
 * api_keywords.h - what the account answers by itself, as the owner writes it.
 */
#ifndef API_KEYWORDS_H
#define API_KEYWORDS_H

#include "http/route.h"

route_handler api_keywords_show;  /* GET  /api/admin/keywords */
route_handler api_keyword_save;   /* POST /api/admin/keywords: a rule; id 0: a new one */
route_handler api_keyword_remove; /* POST /api/admin/keywords/:keyword/remove {} */
route_handler api_keyword_hours;  /* POST /api/admin/keywords/hours {"staff":[...]} */
route_handler api_keyword_try;    /* POST /api/admin/keywords/try {"text":"..."} */

#endif
