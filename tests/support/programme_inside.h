/*
 * programme_inside.h - what the files of the programme share.
 */
#ifndef TESTS_SUPPORT_PROGRAMME_INSIDE_H
#define TESTS_SUPPORT_PROGRAMME_INSIDE_H

#include "tests/support/programme.h"

#include "domain/refusal.h"

/* A step that finds nothing to be done to does nothing. */
typedef bool step_act(struct programme *p, const struct step *s);
step_act act_grant, act_use, act_end_hold, act_swap, act_redeem;
step_act act_late, act_thank, act_give, act_accept, act_gift_back;
step_act act_merge, act_unmerge, act_born;
step_act act_swap_back, act_unspend, act_reverse, act_refund, act_cancel, act_unredeem;

/* One of n, of the newest mostly: they can still change. */
size_t recent(size_t n, uint64_t which);
/* The same among uses of these kinds, mostly of those that are held, or are not, and did not come
 * back; false: there are none. */
bool
recent_use(const struct programme *p, unsigned kinds, bool is_open, uint64_t which, size_t *at_out);
#define KIND(kind) (1u << (kind))
/* And among vouchers, mostly of those in this state. */
bool recent_voucher(const struct programme *p, enum oracle_voucher_state state, uint64_t which,
                    size_t *at_out);

/* The card that has what this one had. */
size_t living(const struct programme *p, uint64_t card);
/* The card's code now, at a till of ueno. */
int64_t scan_now(struct programme *p, size_t card);
/* Grant n of the oracle is transfer `seq`, and its vouchers since `made` are these. */
bool keep_grant(struct programme *p, size_t n, size_t made, const struct grant_result *out);

/* The same for what the oracle has since `grants` and `vouchers`: `given` birthdays. */
bool keep_birthdays(struct programme *p, size_t grants, size_t vouchers, size_t given);

bool by_manager(const struct step *s);
int64_t step_staff(const struct step *s);

/* What both said of it: whether they agree. */
bool judged(struct programme *p, const struct step *s, bool wanted, const struct refusal *refusal);

#endif
