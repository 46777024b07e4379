/*
 * api_menus.h - the owner's look at the rich menus.
 */
#ifndef API_API_MENUS_H
#define API_API_MENUS_H

#include "base/err.h"
#include "http/reply.h"
#include "http/request.h"

/*
 * GET /api/admin/menus -> 200 {"menus":38,"members":120,"owed":0,"period":"Winter" or null,
 *   "levels":[{"plan":"Points","tier":2,"name":"Gold","look":"gold","members":12}, ...],
 *   "taps":[{"guest":false,"area":"card","today":3,"week":20}, ...]}
 *
 * Levels are of plans that have menus by level, the highest first, tier 0 all who see the usual
 * ones; the most tapped areas come first.
 */
enum err_code api_menus_show(struct request *req, struct reply *reply, struct err *e);

#endif
