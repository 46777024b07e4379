/*
 * history.h - every line of every card of a member, for the member to read.
 */
#ifndef DOMAIN_HISTORY_H
#define DOMAIN_HISTORY_H

#include "base/err.h"
#include "domain/card.h"
#include "domain/plan.h"
#include "store/db.h"

#include <stddef.h>
#include <stdint.h>

#define HISTORY_REASON_SIZE 16

struct history_line {
    int64_t seq;
    enum transfer_kind kind;
    enum transfer_kind undone_kind; /* of what a reverse undid */
    int64_t gain;                   /* units: entered > 0, left < 0 */
    int64_t balance;                /* after */
    int64_t at_ms;                  /* of the visit */
    int64_t plan_id, plan_version;
    char plan[PLAN_TEXT_SIZE];
    enum unit unit;
    char shop[PLAN_TEXT_SIZE]; /* "": of no shop */
    char reason[HISTORY_REASON_SIZE];
    int64_t yen;          /* of the sale, or of the part of it that was refunded; 0: none */
    int64_t reverses_seq; /* 0: it undoes nothing */
    int64_t reversed_seq; /* by which it was undone; 0: it was not */
    int64_t utc_offset_min;
};

/* The newest before line `below`, newest first; at most `cap`. */
enum err_code history_of_member(struct db *db, int64_t member_id, int64_t below,
                                struct history_line *out, size_t cap, size_t *n_out, struct err *e);

#endif
