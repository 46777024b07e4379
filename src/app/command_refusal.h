/*
 * command_refusal.h - a rule's refusal as an operator reads it: its word, a sentence, and the
 * facts.
 */
#ifndef APP_COMMAND_REFUSAL_H
#define APP_COMMAND_REFUSAL_H

#include "domain/refusal.h"
#include "store/db.h"

/* ERR_CONFLICT, "receipt_used: the receipt was credited before, on ..., at till left of ueno". db
 * tells the till's name; it is not asked when the refusal names none. */
enum err_code command_refused(struct db *db, const struct refusal *refusal, struct err *e);

#endif
