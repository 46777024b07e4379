/*
 * card_row.h - cards as other files of domain/ find them. Nobody else includes it.
 */
#ifndef DOMAIN_CARD_ROW_H
#define DOMAIN_CARD_ROW_H

#include "domain/card.h"

#include <stdbool.h>

/* From a row that begins with the columns of SQL_CARD_LOAD. */
void card_read(const struct stmt *s, struct card *out);

enum err_code
card_by_locator(struct db *db, int64_t locator, struct card *out, bool *found_out, struct err *e);

/* The one that shows these 13 digits in that step, under a plan whose cards show such codes. */
enum err_code card_by_jan(struct db *db, const char *digits, int64_t step, struct card *out,
                          bool *found_out, struct err *e);

/* One that no card has. */
enum err_code card_free_locator(struct db *db, int64_t *out, struct err *e);

#endif
