/*
 * budget.h - what a month's messages may cost: the owner's rules, LINE's quota, what is spent.
 *
 * A message that LINE may count is charged to the month before its first attempt in that month, and
 * given back only when LINE certainly did not count it. What LINE counted of ours is therefore
 * never more than what is charged, and that never more than the budget. Months are LINE's: of
 * UTC+9, written 202604.
 *
 * Source: Messaging API reference, "Get the target limit for sending messages this month".
 */
#ifndef DOMAIN_BUDGET_H
#define DOMAIN_BUDGET_H

#include "base/err.h"
#include "store/db.h"

#include <stdbool.h>
#include <stdint.h>

#define BUDGET_NONE (-1) /* no limit */

/* The owner's rules for messages. */
struct message_policy {
    int64_t budget;  /* messages a month; BUDGET_NONE: as many as LINE allows */
    int64_t reserve; /* percent of it that only urgent notices may use */
    int64_t quiet_from_min, quiet_until_min; /* minutes of the day; equal: no quiet hours */
    int64_t utc_offset_min;                  /* of those */
    int64_t weekly_cap;                      /* pushes to one member in seven days; 0: no limit */
    int64_t lapse_days;                      /* warn so long before something ends; 0: never */
    int64_t dormant_days;                    /* without a visit until we write; 0: never */
    bool tells_birthdays;
    bool pushes_receipts; /* else a stamp that nobody saw is told where that is free */
    int64_t price_milli;  /* of one message, in thousandths of a yen: for figures only */
};

enum err_code policy_load(struct db *db, struct message_policy *out, struct err *e);
/* ERR_INPUT "policy_invalid" (e->field): a value is out of its range; nothing was written */
enum err_code policy_save(struct db *db, const struct message_policy *policy, struct err *e);

/* One month as it stands. */
struct budget {
    int month;
    int64_t most;    /* the owner's budget; BUDGET_NONE: not set */
    int64_t reserve; /* percent */
    int64_t charged; /* by us, this month */
    bool is_told;    /* LINE has told its quota this month: */
    int64_t quota;   /* BUDGET_NONE: LINE sets no limit */
    int64_t used;    /* as LINE counted, with what we have charged since */
    int64_t told_ms;
};

int budget_month(int64_t at_ms);
/* The first moment of the month after that of at_ms. */
int64_t budget_month_end(int64_t at_ms);
enum err_code budget_load(struct db *db, int64_t now_ms, struct budget *out, struct err *e);

/* Recipients of messages in the outbox that this month has not been charged with. */
enum err_code budget_owed(struct db *db, int month, int64_t *out, struct err *e);

/* How many more may be charged. 0 as long as neither the owner nor LINE has set a limit that we
 * know: a quota is read, never assumed. BUDGET_NONE: any number. */
int64_t budget_left(const struct budget *b, bool is_urgent);
/* At this month's pace, how many will have been sent at its end. */
int64_t budget_forecast(const struct budget *b, int64_t now_ms);

/* Charge `recipients` to the month of now_ms if that is within the budget. Expects a savepoint. */
enum err_code budget_charge(struct db *db, int64_t recipients, bool is_urgent, int64_t now_ms,
                            bool *granted_out, struct err *e);
/* Give back what LINE certainly did not count. */
enum err_code budget_refund(struct db *db, int month, int64_t recipients, struct err *e);
/* What LINE said just now. `most`: BUDGET_NONE for no limit. */
enum err_code budget_told(struct db *db, int64_t most, int64_t used, int64_t now_ms, struct err *e);

#endif
