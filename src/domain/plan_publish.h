/*
 * plan_publish.h - how rules come into force: now, or by themselves at a time the owner chose.
 *
 * Publishing is one transaction: the new version in force, the draft gone, the audit line. What is
 * to come into force later waits in plan_schedule and is applied once, by the scheduler's job on
 * the writer, as soon as its time has come - also when nobody served at that time: visits that
 * tills queued since then count under it (plan_version_at).
 *
 * While rules wait, the plan cannot be changed otherwise; whoever wants to, cancels first. So what
 * was promised for a day is what comes on that day.
 *
 * Functions that write expect a savepoint around them.
 */
#ifndef DOMAIN_PLAN_PUBLISH_H
#define DOMAIN_PLAN_PUBLISH_H

#include "base/arena.h"
#include "base/err.h"
#include "domain/plan_draft.h"
#include "domain/plan_loss.h"
#include "store/db.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PUBLISH_AHEAD_MAX_MS (INT64_C(366) * 24 * 60 * 60 * 1000)

struct publish {
    int64_t plan_id;
    int64_t draft_id;
    unsigned accepted; /* bit 1 << kind: losses that the owner takes upon themselves */
    int64_t staff_id;  /* 0: the operator */
    int64_t now_ms;
};

/*
 * Put a draft in force.
 *
 * ERR_CONFLICT "plan_takes_away" with the loss (loss_name) as field: cards are on their way to what
 *              it would take, and nobody accepted that; "draft_outdated"; "plan_scheduled"
 * ERR_NOT_FOUND "plan_unknown", "draft_unknown"; and what plan_add_version refuses
 */
enum err_code plan_publish(struct db *db, struct arena *a, const struct publish *in,
                           int64_t *version_out, struct err *e);

/* The same with rules that are no draft, over those in force: what an operator loads from a file.
 */
enum err_code plan_publish_rules(struct db *db, const struct plan_rules *rules,
                                 const struct publish *in, int64_t *version_out, struct err *e);

/*
 * A draft at at_ms. Losses have to be accepted though no card is on its way today.
 *
 * ERR_INPUT "plan_invalid", field "at": over, or more than a year ahead
 */
enum err_code plan_schedule(struct db *db, struct arena *a, const struct publish *in, int64_t at_ms,
                            int64_t *id_out, struct err *e);

enum schedule_state { SCHEDULE_WAITING, SCHEDULE_DONE, SCHEDULE_CANCELLED, SCHEDULE_REFUSED };
const char *schedule_state_name(enum schedule_state state);

struct plan_schedule {
    int64_t id;
    int64_t plan_id;
    int64_t at_ms;
    enum schedule_state state;
    int64_t ended_ms;          /* 0 while it waits */
    int64_t version;           /* done: the one it made */
    char name[PLAN_TEXT_SIZE]; /* of the draft it was */
    char why[32];              /* refused: the word of the error */
    struct str rules;
    int64_t base_version;
    unsigned accepted;
    int64_t staff_id; /* who wanted it so; 0: the operator */
};

/* Of one plan, newest first, at most `cap`. In arena. */
enum err_code plan_schedule_list(struct db *db, struct arena *a, int64_t plan_id, size_t cap,
                                 struct plan_schedule **out, size_t *n_out, struct err *e);

/* It becomes a draft again. ERR_NOT_FOUND "schedule_unknown": done, cancelled, or not of that
 * plan */
enum err_code
plan_schedule_cancel(struct db *db, struct arena *a, int64_t plan_id, int64_t id, int64_t staff_id,
                     int64_t now_ms, int64_t *draft_id_out, struct err *e);

/* One that is due comes into force, or is refused for good with the reason on record; *out_id 0:
 * none is due. */
enum err_code plan_schedule_due(struct db *db, struct arena *a, int64_t now_ms,
                                struct plan_schedule *out, struct err *e);

/* How many cards hold 1 to `below` - 1 units of a plan: who is concerned by a loss. */
enum err_code
cards_on_the_way(struct db *db, int64_t plan_id, int64_t below, int64_t *n_out, struct err *e);

#endif
