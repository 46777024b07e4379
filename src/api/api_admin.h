/*
 * api_admin.h - the owner: claiming the shop, today's numbers.
 */
#ifndef API_ADMIN_H
#define API_ADMIN_H

#include "http/route.h"

route_handler api_admin_show;   /* GET  /api/admin */
route_handler api_admin_claim;  /* POST /api/admin/claim {"token":"..."} */
route_handler api_admin_logout; /* POST /api/admin/logout */
route_handler api_admin_today;  /* GET  /api/admin/today */
route_handler api_admin_events; /* GET  /api/admin/events */

#endif
