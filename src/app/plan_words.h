/*
 * plan_words.h - what changes between two versions of a plan, in an operator's words, and the time
 * at which it is to happen.
 */
#ifndef APP_PLAN_WORDS_H
#define APP_PLAN_WORDS_H

#include "app/commands.h"
#include "base/err.h"
#include "base/str.h"
#include "domain/plan.h"

#include <stdbool.h>
#include <stdint.h>

/* "2027-01-01T04:00+09:00" or "...Z": to the minute, with its offset. */
bool plan_time_read(struct str text, int64_t *out);

/* "goal_raised,reward_later" as bits of 1 << enum loss_kind. ERR_INPUT "usage" */
enum err_code plan_losses_read(struct str text, unsigned *out, struct err *e);

/* A line for each rule that differs: "      goal: 10 -> 8". */
enum err_code say_plan_changes(struct call *call, const struct plan_rules *was,
                               const struct plan_rules *is, struct err *e);
/* A sentence for each loss, with how many cards it concerns and what accepts it. */
enum err_code say_plan_losses(struct call *call, const struct plan_rules *was,
                              const struct plan_rules *is, struct err *e);
/* A line when other rules are to come into force. */
enum err_code say_plan_waits(struct call *call, int64_t plan_id, struct err *e);

#endif
