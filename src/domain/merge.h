/*
 * merge.h - two members that turned out to be one person.
 *
 * One stays, the other is closed: its units and vouchers go over card by card (moving.h), its
 * sessions end, its codes die, its fixed numbers lead to the other's cards, and its LINE account
 * leads nowhere: whoever logs in with it is new. Until until_ms all of that can be undone, as long
 * as what went over is still there.
 *
 * A rescue is the same for a LINE account that was made anew: the new account's member is closed,
 * and its LINE account becomes that of the member who was there before.
 *
 * Every function that writes is one transaction and leaves an audit line.
 */
#ifndef DOMAIN_MERGE_H
#define DOMAIN_MERGE_H

#include "base/err.h"
#include "base/str.h"
#include "domain/ledger.h"
#include "domain/name.h"
#include "store/db.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum merge_kind {
    MERGE_BY_STAFF,
    MERGE_RESCUE, /* `from` is who came with the new LINE account */
    MERGE_GUEST,  /* `from` has no LINE account and was held by this very browser */
};

struct merge_new {
    int64_t from_id, into_id;
    enum merge_kind kind;
    int64_t staff_id;  /* who approved it; 0 for a rescue by code and for a guest */
    struct str reason; /* 1 to 64 code points, about the case and not the person */
    uint8_t request_key[REQUEST_KEY_SIZE];
    int64_t days; /* it can be undone for so long */
    int64_t now_ms;
};

struct merge_result {
    int64_t merge_id;
    int64_t until_ms;
    int64_t cards, vouchers, rewards;
};

/* What decides, gathered before anything is written. */
struct merge_facts {
    bool is_same;
    bool from_closed, into_closed;
    bool has_blocked_card; /* either */
    bool from_is_staff;
    bool served_by_into;  /* `into` is staff, and served a card of `from` */
    bool has_approver;    /* active staff; the next two are about them */
    bool approver_may;    /* a manager or owner */
    bool approver_is_one; /* of the two */
    enum merge_kind kind;
};

/* NULL: it may be; else the word of the error. */
const char *merge_decide(const struct merge_facts *facts);

/*
 * ERR_NOT_FOUND "member_unknown", "staff_unknown"
 * ERR_INPUT     "merge_self"; text_* of the reason
 * ERR_CONFLICT  "member_closed", "card_blocked", "member_is_staff", "own_card" (approver or member
 *               served or approves the own), "too_much"; "line_account_none": there is none to move
 * ERR_FORBIDDEN "role": a manager has to approve
 */
enum err_code
member_merge(struct db *db, const struct merge_new *in, struct merge_result *out, struct err *e);

struct merge_undo {
    int64_t merge_id;
    bool is_rescue; /* so that nobody undoes by number what they did not mean */
    int64_t staff_id;
    uint8_t request_key[REQUEST_KEY_SIZE];
    int64_t now_ms;
};

/*
 * ERR_NOT_FOUND "merge_unknown" (or it is of the other kind), "staff_unknown"
 * ERR_CONFLICT  "merge_undone"; "merge_final": too late; "member_closed": the member that stayed
 * was merged since: undo that first; "units_spent": what went over is no longer there;
 *               "line_account_in_use": it leads to a new member by now: merge that one first
 * ERR_FORBIDDEN "role", "own_card"
 */
enum err_code member_unmerge(struct db *db, const struct merge_undo *in, struct err *e);

struct merge_line {
    int64_t id, from_id, into_id;
    enum merge_kind kind;
    bool is_undone;
    int64_t at_ms, until_ms, undone_ms;
    char reason[NAME_SIZE];
    char staff[NAME_SIZE]; /* "" where nobody approved it */
};
/* Those a member took part in, newest first; at most `cap`. */
enum err_code merges_of_member(struct db *db, int64_t member_id, struct merge_line *out, size_t cap,
                               size_t *n_out, struct err *e);
const char *merge_kind_name(enum merge_kind kind); /* "merge", "rescue", "guest" */

/* LINE accounts closed by merges that are final are forgotten; at most `max`. */
enum err_code merge_sweep(struct db *db, int64_t now_ms, int64_t max, struct err *e);

#endif
