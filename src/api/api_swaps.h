/*
 * api_swaps.h - points for a reward: what there is, the swap, and the way back; on the card and at
 * a till.
 */
#ifndef API_SWAPS_H
#define API_SWAPS_H

#include "http/route.h"

route_handler api_offers;       /* GET  /api/card/offers[?plan=N] */
route_handler api_swap;         /* POST /api/card/swaps       {"reward":5} */
route_handler api_swap_undo;    /* POST /api/card/swaps/undo  {"transfer":57} */
route_handler api_voucher_show; /* GET  /api/vouchers/:voucher  what it is worth and asks for; and
                                   how it was drawn, also when it is over */
route_handler api_draws;        /* GET  /api/me/draws */

route_handler api_till_offers;    /* GET  /api/till/offers?scan=17 */
route_handler api_till_swap;      /* POST /api/till/swaps       {"scan":17,"reward":5} */
route_handler api_till_swap_undo; /* POST /api/till/swaps/undo  {"transfer":57} */

#endif
