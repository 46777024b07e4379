/*
 * reward_code.h - codes of somebody else's, such as a shop site's gift codes: loaded from a table,
 * one for each voucher of a reward, nobody's twice.
 *
 * They are worth money to whoever reads them: sealed at rest, known again only by a keyed hash, and
 * opened for the member whose voucher has one. A code that was given stays given, whatever becomes
 * of the voucher.
 */
#ifndef DOMAIN_REWARD_CODE_H
#define DOMAIN_REWARD_CODE_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "store/db.h"

#include <stdbool.h>
#include <stdint.h>

#define REWARD_CODE_MAX 64      /* characters: printable ASCII without spaces */
#define REWARD_CODES_MAX 100000 /* in one table */
#define REWARD_CODES_FEW 20     /* from here on the owner is warned */
#define CODE_FAULTS_MAX 20      /* of a table, that are told */

struct code_load {
    int64_t plan_id;
    struct str key;   /* of the reward: in the catalogue in force, with "codes": true */
    bool is_dry;      /* look at all of it, and load nothing */
    int64_t staff_id; /* 0: the operator */
    int64_t now_ms;
};

struct code_fault {
    int64_t line;
    const char *word; /* "code_row", "code_twice" ... */
};

struct code_report {
    int64_t rows;    /* that were loaded, or would be */
    int64_t left;    /* afterwards */
    size_t faults_n; /* of a dry run; all of them, also those that are not told */
    struct code_fault fault[CODE_FAULTS_MAX];
};

/*
 * From a table of one column, with or without the heading "code". All or nothing. Audited.
 * A dry run goes on behind a wrong row, so that all of them can be put right at once: they are no
 * errors then, but faults of the report.
 *
 * ERR_NOT_FOUND "reward_unknown": no reward of that key takes codes
 * ERR_INPUT "code_row", "code_twice" (in the table, or loaded before), "code_many", each with the
 * line's number; "csv_..." as csv_next says
 */
enum err_code reward_codes_load(struct db *db, struct str text, const struct code_load *in,
                                struct arena *a, struct code_report *out, struct err *e);

/* The next free one becomes this voucher's; the caller has counted it (stock_take). */
enum err_code reward_code_give(struct db *db, int64_t stock_id, int64_t voucher_id, struct err *e);

/* A voucher's, or of the one it was before it moved; in arena, empty: it has none.
 * ERR_INTERNAL "seal_broken" */
enum err_code
reward_code_of(struct db *db, int64_t voucher_id, struct arena *a, struct str *out, struct err *e);

#endif
