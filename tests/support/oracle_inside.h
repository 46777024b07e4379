/*
 * oracle_inside.h - what the files of the oracle share: days, and how points come and go.
 */
#ifndef TESTS_SUPPORT_ORACLE_INSIDE_H
#define TESTS_SUPPORT_ORACLE_INSIDE_H

#include "tests/support/oracle.h"

#define YEN_A_POINT 100

/* The end of the business day that is `days` after the one of now_ms. */
int64_t day_end(int64_t now_ms, int64_t days);
/* What is written at now_ms carries the newest time that the book has seen. */
int64_t book_time(const struct oracle *o, int64_t now_ms);
void write_line(struct oracle *o, struct oracle_card *c, enum oracle_line_kind kind, int64_t amount,
                bool is_credit, int64_t now_ms);

/* What goes first: what ends first, of what can be used; what cannot be used yet only if all must
 * go. `own`: the grant whose points go before all others, or ORACLE_NONE. */
void take(struct oracle *o, size_t card, int64_t amount, size_t own, int64_t now_ms);
/* The same, remembered; usable points only, if so. */
struct oracle_use *take_for(struct oracle *o, enum oracle_use_kind kind, size_t card,
                            int64_t amount, bool only_usable, int64_t now_ms);
/* The same for a use that is there. */
void take_into(struct oracle *o, struct oracle_use *use, bool only_usable, int64_t now_ms);
void add_lot(struct oracle_card *c, struct oracle_lot lot);
/* To where it was; what has ended at now_ms lives on for a while. */
void bring_back(struct oracle *o, struct oracle_use *use, int64_t now_ms);
/* Two cards, of which one may have gone into the other. */
bool is_one_person(const struct oracle *o, size_t a, size_t b);
/* What has ended leaves. */
void lapse(struct oracle *o, struct oracle_card *c, int64_t now_ms);
/* `paid` NULL: it was reached in passing. */
void oracle_issue(struct oracle *o, size_t card, int64_t price, int64_t days,
                  struct oracle_use *paid, int64_t now_ms);

/* Points of `from_ms`: of a sale, or a bonus. */
struct oracle_grant *add_grant(struct oracle *o, size_t card, enum oracle_line_kind kind,
                               int64_t points, int64_t from_ms, int64_t now_ms);
/* Those whose birthday it is are thanked. */
void thank_for_birthdays(struct oracle *o, int64_t now_ms);

/* Something was earned, or time is over; something was taken back. */
void tier_look(struct oracle *o, size_t card, int64_t now_ms);
void tier_undo(struct oracle *o, size_t card, int64_t now_ms);

#endif
