/*
 * api_late.h - credit afterwards, at a till: domain/late.h.
 */
#ifndef API_LATE_H
#define API_LATE_H

#include "http/route.h"

/* POST /api/till/late {"scan":17,"receipt":"0012","sold_at":ms,"stamps":1,"reason":"forgotten"};
 * receipt may be missing. KEYED; answers as POST /api/till/grants does. */
route_handler api_late;

#endif
