/*
 * workload_inside.h - what a step of workload.h does when its turn comes, on the writer's thread.
 *
 * A refusal is no error: the step has changed nothing then, and its key is answered for all the
 * same.
 */
#ifndef TESTS_SUPPORT_WORKLOAD_INSIDE_H
#define TESTS_SUPPORT_WORKLOAD_INSIDE_H

#include "domain/refusal.h"
#include "tests/support/workload.h"

enum err_code workload_run(struct job *job, struct db *db, struct err *e); /* of a struct step */

/* Stored under the step's key. */
enum err_code step_answer(const struct step *s, struct db *db, struct err *e);
/* What every step with a key ends in: an error, or a deed or a refusal, which is answered for. */
enum err_code step_finish(struct step *s, struct db *db, enum err_code code,
                          const struct refusal *refusal, struct err *e);

/* ---- units that go from one account to another: workload_units.c */

enum err_code step_grant(struct step *s, struct db *db, struct err *e);
enum err_code step_late(struct step *s, struct db *db, struct err *e);
enum err_code step_bonus(struct step *s, struct db *db, struct err *e);
enum err_code step_reverse(struct step *s, struct db *db, struct err *e);
enum err_code step_refund(struct step *s, struct db *db, struct err *e);
enum err_code step_use(struct step *s, struct db *db, struct err *e);
enum err_code step_capture(struct step *s, struct db *db, struct err *e);
enum err_code step_swap(struct step *s, struct db *db, struct err *e);
enum err_code step_swap_back(struct step *s, struct db *db, struct err *e);
enum err_code step_give(struct step *s, struct db *db, struct err *e);
enum err_code step_accept(struct step *s, struct db *db, struct err *e);

#endif
