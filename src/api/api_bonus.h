/*
 * api_bonus.h - thanking a member for something that the plan has a bonus for.
 */
#ifndef API_BONUS_H
#define API_BONUS_H

#include "http/reply.h"
#include "http/request.h"

/* GET /api/admin/bonuses: the events of each plan */
enum err_code api_bonuses_show(struct request *req, struct reply *reply, struct err *e);
/* POST /api/admin/bonuses: one of them, to the member whose card is scanned or typed */
enum err_code api_bonus_give(struct request *req, struct reply *reply, struct err *e);
/* POST /api/admin/bonuses/:card: the same, to that card */
enum err_code api_bonus_give_card(struct request *req, struct reply *reply, struct err *e);
/* POST /api/admin/bonuses/look: who of a list, or of a level, would get one, and why others would
 * not; `codes` empty: those of the level (-1: all) behind card `after` */
enum err_code api_bonus_look(struct request *req, struct reply *reply, struct err *e);

#endif
