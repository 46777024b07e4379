/*
 * card_number.h - which card has which fixed number.
 *
 * A card has at most one number in force, of its plan's format, and a number is one card's for
 * ever: one that ended is never given again. Functions that write expect a savepoint around them.
 */
#ifndef DOMAIN_CARD_NUMBER_H
#define DOMAIN_CARD_NUMBER_H

#include "base/err.h"
#include "domain/card.h"
#include "domain/number.h"
#include "store/db.h"

#include <stdbool.h>
#include <stdint.h>

/* "" when the card has none in force. */
enum err_code card_number(struct db *db, int64_t card_id, char out[NUMBER_SIZE], struct err *e);

/* The card that has it, or had it (*ended_out), under a plan with fixed numbers; `plain` is a
 * candidate of a reading. */
enum err_code card_by_number(struct db *db, const char *plain, struct card *out, bool *found_out,
                             bool *ended_out, struct err *e);

/* A new number; one in force ends. ERR_CONFLICT "numbers_full" */
enum err_code card_number_make(struct db *db, int64_t card_id, const struct number_format *format,
                               int64_t now_ms, struct err *e);

/* One for every card of the plan that has none, of the rules in force; nothing for a plan without
 * fixed numbers. ERR_CONFLICT "numbers_full" */
enum err_code card_number_make_missing(struct db *db, int64_t plan_id, int64_t now_ms,
                                       int64_t *made_out, struct err *e);

/*
 * The number that the member brings along from a card of plastic; the one in force ends. Audited.
 *
 * ERR_INPUT    "number_format"; "number_off": the plan has no fixed numbers
 * ERR_CONFLICT "number_taken": some card has it, or had it
 */
enum err_code card_number_set(struct db *db, const struct card *card, struct str number,
                              const struct by *by, struct err *e);

#endif
