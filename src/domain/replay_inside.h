/*
 * replay_inside.h - what the files of replay.h share. Only they include it.
 */
#ifndef DOMAIN_REPLAY_INSIDE_H
#define DOMAIN_REPLAY_INSIDE_H

#include "domain/replay.h"

/* What the visit counted as then is what it counts as; unless a member's cap had cut that. */
bool counts_as_booked(const struct plan_rules *rules, const struct replay_event *event);

/* The rules as they are for a card of this tier; valid until the next. */
const struct plan_rules *replay_rules_for(struct replay *r, int64_t tier);
void replay_take(struct replay *r, enum lots_take what, int64_t amount, int64_t now_ms);

/* One that is given back later, as these rules have it. r->last is of its units. */
void replay_remember_sale(struct replay *r, const struct replay_event *event,
                          const struct earning *earning);
/* NULL: these rules gave nothing for it, or it is not given back. */
struct replay_sale *replay_sale_of(struct replay *r, int64_t seq);
void replay_refund(struct replay *r, const struct replay_event *event);

#endif
