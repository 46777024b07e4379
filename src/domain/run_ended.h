/*
 * run_ended.h - when a run of what time decides last left nothing to do, by the clock of then.
 *
 * What is still there must be younger than that: so check tells a run that forgot something from
 * one that has not come to it yet, whatever the clock says meanwhile. A clock that is set back sets
 * this back, too.
 */
#ifndef DOMAIN_RUN_ENDED_H
#define DOMAIN_RUN_ENDED_H

#include "base/err.h"
#include "store/db.h"

#include <stdint.h>

/* `name`: of a row of the table, "lapse", "outbox", "voucher_lapse" or "points_lapse". Not each
 * time: a book that nothing happens in is written once an hour. */
enum err_code run_ended(struct db *db, const char *name, int64_t now_ms, struct err *e);

#endif
