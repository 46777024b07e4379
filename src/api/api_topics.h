/*
 * api_topics.h - what a member wants to be written to about, and the birthday they may give for it.
 */
#ifndef API_TOPICS_H
#define API_TOPICS_H

#include "http/route.h"

/* {"receipts":true,"rewards":true,"offers":false} */
route_handler api_topics_show;  /* GET  /api/me/topics */
route_handler api_topic_choose; /* POST /api/me/topics  {"topic":"offers","wanted":true} */

/* {"asked":true,"month":4,"day":1}; month and day are null where none was given, "asked" is false
 * as long as the shop greets nobody: then there is no reason to give one */
route_handler api_birthday_show; /* GET  /api/me/birthday */
route_handler
    api_birthday_save; /* POST /api/me/birthday  {"month":4,"day":1}, or nulls: forget it */

#endif
