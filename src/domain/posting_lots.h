/*
 * posting_lots.h - how a posting keeps the lots of its card (lots.h) with each transfer it adds.
 * For posting.c alone.
 */
#ifndef DOMAIN_POSTING_LOTS_H
#define DOMAIN_POSTING_LOTS_H

#include "domain/plan_expiry.h"
#include "domain/posting.h"

/* A transfer as the lots see it. */
struct lots_step {
    bool enters;               /* the card */
    bool is_use;               /* moves the ends that move with each use */
    enum transfer_kind undone; /* by a mirror; the transfer's own kind else */
    struct unit_life life;     /* of what enters */
};

/* When the units of a transfer that gives some begin and end, in its row and in *life. */
enum err_code posting_begin_units(struct posting *posting, struct transfer *transfer,
                                  struct unit_life *life, struct err *e);
/* ERR_INTERNAL "ledger_unsound": so much is not there to be taken */
enum err_code posting_keep_lots(struct posting *posting, const struct transfer *transfer,
                                const struct lots_step *step, struct err *e);

#endif
