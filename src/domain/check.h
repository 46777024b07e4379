/*
 * check.h - `stampd check`: proves the book.
 *
 * Every invariant is a query in store/sql.def that returns no row when the book is sound, or needs
 * a key and stands in check.c. Numbers are those of the list of invariants (security.md, section
 * 3); a number that is not there has nothing to hold it against in this version:
 *
 *   I08 both sides have the same unit     an account has one plan, and a plan one unit: part of I09
 *   K5  LINE's count per retry key        only the simulator knows it
 *
 * I32 holds of what changes a balance without a proof of its own: merges, which I53 proves, and
 * what is credited with neither a card at a till nor a receipt. There the operator names two people
 * at the command line, which cannot ask them; the audit log, whose head leaves the machine, keeps
 * whom.
 *
 * K4 and I07_ANCHORED are told when a file is given to hold the book against: receipts that tills
 * keep, heads that somebody kept away from this machine. K7 is our own: the tree over the
 * transfers, and every signed head.
 *
 * From I50 on they are our own: what merging members, bringing along what a customer of before had,
 * and cards of guests may do to the book.
 *
 * Age is told by the book itself, never by the clock: by its newest row, or by when the run that
 * ends things last left nothing to do (run_ended.h). A book that was switched off for a week, or a
 * backup, is as sound as it was; and so is one whose clock was days ahead for a while.
 *
 * and in part: I35: a chain may have several owners, but has one.
 */
#ifndef DOMAIN_CHECK_H
#define DOMAIN_CHECK_H

#include "base/err.h"
#include "base/str.h"
#include "store/db.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct check_line {
    const char *name;  /* "I01_BALANCES" */
    const char *claim; /* what holds */
    bool holds;
    const char *detail; /* the first thing that breaks it; "" when it holds */
};

/* What is looked at now; `of` 0: as a whole, else `done` of so many transfers. */
struct check_progress {
    const char *name;
    int64_t done, of;
};

struct check_options {
    bool is_quick; /* without SQLite's own look at every page */
    /* Called often, with check_run's context; may be NULL. */
    void (*progress)(void *context, const struct check_progress *progress);
    struct str heads; /* a file of heads (head_file.h); empty: none */
    FILE *receipts;   /* a file of receipts (held_receipts.h); NULL: none */
};

/* Each line goes to `report` as soon as it is known. *sound_out: all of them hold. ERR_INPUT
 * "heads_malformed", "receipts_malformed" */
enum err_code check_run(struct db *db, const struct check_options *options,
                        void (*report)(void *context, const struct check_line *line), void *context,
                        bool *sound_out, struct err *e);

#endif
