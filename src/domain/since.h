/*
 * since.h - where a time begins in the book.
 *
 * Transfers are booked in order, so a time is found among millions of them in twenty looks and
 * without an index that every grant would have to pay for.
 */
#ifndef DOMAIN_SINCE_H
#define DOMAIN_SINCE_H

#include "base/err.h"
#include "store/db.h"

#include <stdint.h>

/* The first transfer booked at at_ms or later; one past the last when there is none. */
enum err_code since_seq(struct db *db, int64_t at_ms, int64_t *seq_out, struct err *e);

#endif
