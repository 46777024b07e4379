/*
 * plan_draft.h - rules that are not in force: written, tried (rehearsal.h) and compared before
 * anybody is bound by them.
 *
 * A draft is checked like rules that are published, and kept as the plan file it came as. It says
 * what is to change of the version it was written against: when another one came into force since,
 * it is outdated and can only be looked at, for publishing it would take that one back unseen.
 *
 * Functions that write expect a savepoint around them.
 */
#ifndef DOMAIN_PLAN_DRAFT_H
#define DOMAIN_PLAN_DRAFT_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "domain/plan.h"
#include "store/db.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PLAN_DRAFTS_MAX 50 /* of one plan */

struct plan_draft {
    int64_t id; /* 0: a new one */
    int64_t plan_id;
    int64_t base_version;
    int64_t saved_ms;
    char name[PLAN_TEXT_SIZE];
    struct str rules; /* the plan file */
    bool is_whole;    /* to be saved: what the file does not name goes, instead of staying */
};

/* The rules of a plan file, held against the plan it is meant for: its unit stays, and so does the
 * format of numbers that cards have. Errors as of plan_file_read and plan_add_version. */
enum err_code plan_file_for(struct db *db, int64_t plan_id, struct str text, struct plan_rules *out,
                            struct err *e);

/* The same of a file that is whole: what it does not name goes, instead of staying. */
enum err_code plan_file_whole(struct db *db, struct arena *a, int64_t plan_id, struct str text,
                              struct plan_rules *out, struct err *e);

/*
 * Keep a draft, a new one or in the place of draft->id; base_version is set here. Audited.
 *
 * Errors of plan_file_for; ERR_INPUT "plan_invalid", field "draft" (its name);
 * ERR_CONFLICT "drafts_full"; ERR_NOT_FOUND "plan_unknown", "draft_unknown"
 */
enum err_code plan_draft_save(struct db *db, struct arena *a, const struct plan_draft *draft,
                              int64_t staff_id, int64_t now_ms, int64_t *id_out, struct err *e);

/* Of one plan, oldest first. In arena. */
enum err_code plan_draft_list(struct db *db, struct arena *a, int64_t plan_id,
                              struct plan_draft **out, size_t *n_out, struct err *e);
/* In arena. ERR_NOT_FOUND "draft_unknown": not of that plan, either */
enum err_code plan_draft_load(struct db *db, struct arena *a, int64_t plan_id, int64_t id,
                              struct plan_draft *out, struct err *e);
/* Audited. ERR_NOT_FOUND "draft_unknown" */
enum err_code plan_draft_remove(struct db *db, int64_t plan_id, int64_t id, int64_t staff_id,
                                int64_t now_ms, struct err *e);

#endif
