/*
 * plan_answer.h - plans, their changes and their rehearsals as JSON: for the owner's page, and for
 * machines that read what `stampd plan rehearse --json` prints.
 */
#ifndef API_PLAN_ANSWER_H
#define API_PLAN_ANSWER_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "domain/plan.h"
#include "domain/plan_loss.h"
#include "domain/rehearsal.h"
#include "store/db.h"

#include <stddef.h>

/* {"name": ..., "goal": ...}: the plan file of these rules. */
enum err_code write_plan_file(struct buf *b, const struct plan_rules *rules, struct err *e);
/* [{"path": "goal", "was": 10, "is": 8}]; what is not there is left out. */
enum err_code write_plan_changes(struct arena *a, struct buf *b, const struct plan_rules *was,
                                 const struct plan_rules *is, struct err *e);
/* [{"kind": "goal_raised", "title": "", "was": 10, "is": 12, "cards": 412}] */
enum err_code write_plan_losses(struct db *db, struct buf *b, const struct plan_rules *was,
                                const struct plan_rules *is, struct err *e);
/* The members of an object, from "cards" on; as far as it has come. */
void write_rehearsal(struct buf *b, const struct rehearsal *r);

#endif
