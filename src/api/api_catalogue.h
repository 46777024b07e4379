/*
 * api_catalogue.h - what plans offer beside their places, as the owner sees and changes it: prices,
 * conditions, stock, lotteries, and the codes of others that vouchers carry.
 */
#ifndef API_CATALOGUE_H
#define API_CATALOGUE_H

#include "http/route.h"

/* GET /api/admin/catalogues: of each plan the file in force, what is left of it, and what its
 * conditions may name */
route_handler api_catalogues_show;
/* POST /api/admin/plans/:plan/catalogue {"was":3,"file":"{\"rewards\":[]}"} -> {"catalogue":4} */
route_handler api_catalogue_save;
/* POST /api/admin/plans/:plan/codes {"reward":"gift","csv":"...","dry":true}
 *  -> {"rows":120,"left":140,"wrong":1,"faults":[{"line":7,"why":"code_twice"}]} */
route_handler api_codes_load;

#endif
