/*
 * api_pages.h - the pages and what stands beside them: files, health, numbers for a monitor.
 */
#ifndef API_PAGES_H
#define API_PAGES_H

#include "http/route.h"

route_handler api_home;       /* GET / */
route_handler api_till_page;  /* GET /till */
route_handler api_admin_page; /* GET /admin */
route_handler api_demo_page;  /* GET /demo: only in the demo */
route_handler api_demo_show;  /* GET /api/demo: only in the demo */
route_handler
    api_demo_code; /* POST /api/demo/code {"shop":"..","till":".."} -> a fresh enrolment code */
route_handler api_static;  /* GET /static/... */
route_handler api_health;  /* GET /healthz */
route_handler api_metrics; /* GET /metrics: this machine only */

/* The Content-Security-Policy of every answer that has none of its own. */
const char *api_default_policy(bool demo);

#endif
