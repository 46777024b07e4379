/*
 * api_liability.h - the owner's report of what is owed (domain/liability.h).
 */
#ifndef API_LIABILITY_H
#define API_LIABILITY_H

#include "base/err.h"
#include "http/reply.h"
#include "http/request.h"

/*
 * GET /api/admin/liability?from=202601&until=202612 (the last twelve months) ->
 * {"from":..,"until":..,"plans":[{"plan":..,"name":..,"unit":"point","yen":..|null,"opening":..,
 * "outstanding":..,"cards":..,"accounts":..,"sound":bool,"vouchers":..,"ended":..,"endless":..,
 * "months":[{"month":..,"issued":..,"returned":..,"redeemed":..,"lapsed":..,"forfeited":..,
 * "moved":..,"reversed":..,"closing":..,"lapsed_since":..}],"forecast":[{"month":..,"units":..}]}]}
 *
 * 400 "month_invalid"
 */
enum err_code api_liability(struct request *req, struct reply *reply, struct err *e);

#endif
