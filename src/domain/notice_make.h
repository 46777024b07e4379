/*
 * notice_make.h - notices that no scan causes: time passes, or a person of the shop writes.
 *
 * Each is made once for its occasion, however often these run; a call makes at most `max` and says
 * in *n_out how many it looked at, so that a scheduler calls again while that is `max`. All expect
 * a savepoint around them.
 */
#ifndef DOMAIN_NOTICE_MAKE_H
#define DOMAIN_NOTICE_MAKE_H

#include "base/err.h"
#include "base/str.h"
#include "domain/budget.h"
#include "store/db.h"

#include <stddef.h>
#include <stdint.h>

#define NOTICE_STAFF_MAX_UNITS 1000 /* UTF-16, as LINE counts; LINE itself takes 5,000 */

/* Vouchers that end within policy->lapse_days, and have lived at least half their life. */
enum err_code notice_make_lapses(struct db *db, const struct message_policy *policy, int64_t now_ms,
                                 size_t max, size_t *n_out, struct err *e);
/* Units that end within the days their plan reminds, each end of a card once. */
enum err_code
notice_make_ends(struct db *db, int64_t now_ms, size_t max, size_t *n_out, struct err *e);
/* Members whose last visit under a plan was policy->dormant_days ago. Visits from before this was
 * switched on by more than a week are let be. */
enum err_code notice_make_dormant(struct db *db, const struct message_policy *policy,
                                  int64_t now_ms, size_t max, size_t *n_out, struct err *e);
/* Members whose birthday it is, by the policy's clock; those of 29 February on the 28th of a year
 * without one. */
enum err_code notice_make_birthdays(struct db *db, const struct message_policy *policy,
                                    int64_t now_ms, size_t max, size_t *n_out, struct err *e);

/* An answer to a member, in a person's own words.
 * ERR_INPUT "text_invalid": empty, too long, or with characters that do not belong in a message
 * ERR_NOT_FOUND "member_unknown" */
enum err_code
notice_make_staff(struct db *db, int64_t member_id, struct str text, int64_t now_ms, struct err *e);

#endif
