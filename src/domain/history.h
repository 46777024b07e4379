/*
 * history.h - every line of every card of a member, and what became of their vouchers, for the
 * member to read.
 *
 * A voucher's end moves no units, so it is no transfer and nothing that a proof could tick. The two
 * are read side by side, each newest first, and meet by time: of lines, the one they were booked
 * at.
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
    int64_t booked_ms;              /* never less than that of a line with a lower number */
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

enum history_deed { HISTORY_REDEEMED, HISTORY_UNREDEEMED, HISTORY_EXPIRED, HISTORY_CANCELLED };
const char *history_deed_name(enum history_deed deed); /* "redeemed" ... */

/* What became of a voucher. */
struct history_event {
    int64_t at_ms;
    int64_t turn; /* among those of one moment */
    enum history_deed deed;
    int64_t voucher_id;
    char title[PLAN_TEXT_SIZE];
    int64_t plan_id;
    char plan[PLAN_TEXT_SIZE];
    char shop[PLAN_TEXT_SIZE]; /* "": of no shop */
    int64_t utc_offset_min;
};

/* Where the older events begin. */
struct history_mark {
    int64_t at_ms, turn;
};

/* Behind those that stand above the line `below` and newer ones; INT64_MAX: before all. */
enum err_code history_mark_of(struct db *db, int64_t member_id, int64_t below,
                              struct history_mark *out, struct err *e);
/* The newest before the mark, newest first; at most `cap`. */
enum err_code
history_of_vouchers(struct db *db, int64_t member_id, const struct history_mark *mark,
                    struct history_event *out, size_t cap, size_t *n_out, struct err *e);

#endif
