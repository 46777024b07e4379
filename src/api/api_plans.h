/*
 * api_plans.h - plans as the owner changes them: what is in force and was before, drafts, what they
 * would have meant, and how they come into force.
 */
#ifndef API_PLANS_H
#define API_PLANS_H

#include "http/route.h"

route_handler api_plans_show; /* GET /api/admin/plans */
/* POST /api/admin/plans/:plan/drafts {"draft":0,"name":"...","rules":"{...}"} -> {"id":7} */
route_handler api_plan_draft_save;
/* POST /api/admin/plans/:plan/example {"rules":"{...}"}: what they mean for a visit now, on a card
 * issued now -> {"first":null,"last":"2027-11-27","over":false} */
route_handler api_plan_example;
route_handler api_plan_draft_remove; /* POST /api/admin/plans/:plan/drafts/:draft/remove {} */
/* POST /api/admin/plans/:plan/rehearse {"draft":7,"after":0}: a piece of it; to be asked again with
 * the `after` of the answer until "over" */
route_handler api_plan_rehearse;
/* POST /api/admin/plans/:plan/publish {"draft":7,"accept":["goal_raised"]} -> {"version":3} */
route_handler api_plan_publish;
/* POST /api/admin/plans/:plan/schedule {"draft":7,"accept":[],"at":...} -> {"id":2} */
route_handler api_plan_schedule;
route_handler api_plan_unschedule; /* POST /api/admin/plans/:plan/unschedule {"schedule":2} */

#endif
