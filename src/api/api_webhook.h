/*
 * api_webhook.h - what LINE tells us: checked, kept, answered at once, worked on afterwards.
 */
#ifndef API_WEBHOOK_H
#define API_WEBHOOK_H

#include "http/route.h"

route_handler api_webhook; /* POST /line/webhook */

/* Proves the signature over the raw bytes, on the worker, before the writer hears of it. */
enum err_code api_webhook_ask(struct request *req, struct errand **errand_out, struct err *e);

#endif
