/*
 * scan.h - the reading of a code at a till.
 *
 * A code works once: the first till to read it has a scan session of two minutes, in which it may
 * grant once. The same till reading the same code again within the session gets the same scan; any
 * other reading is refused with when and where it was used. A fixed number works again and again,
 * so it opens one session at a time, and earns only as often as the plan allows. A voucher's code
 * opens no session in the book: it is answered with a token that lets this till redeem this voucher
 * for two minutes.
 */
#ifndef DOMAIN_SCAN_H
#define DOMAIN_SCAN_H

#include "base/err.h"
#include "base/str.h"
#include "domain/card.h"
#include "domain/plan.h"
#include "domain/refusal.h"
#include "domain/voucher.h"
#include "store/db.h"

#include <stdbool.h>
#include <stdint.h>

#define SCAN_SESSION_MS 120000
#define SCAN_QUEUED_MAX_MS (24 * 60 * 60 * 1000) /* a scan queued while offline may be this old */

struct scan_request {
    struct str text; /* as the scanner sent it */
    int64_t till_id, shop_id, staff_id;
    int64_t now_ms;
    int64_t shown_ms; /* when the code was read, by the till's clock, if queued offline; else 0 */
    bool grants_now; /* a grant follows, which judges itself: a member's rules and may stay unset */
};

enum scan_kind { SCAN_MEMBER, SCAN_VOUCHER };

struct scan_result {
    enum scan_kind kind;
    int64_t until_ms; /* end of the session, or of the token */
    struct card card;
    struct plan_rules rules; /* in force */
    /* SCAN_MEMBER */
    int64_t scan_id;
    bool is_again;      /* the same till read the same code before */
    bool by_number;     /* it only earns: what is redeemed needs the voucher's own code */
    bool by_code;       /* the 22 digits: points can be spent on it */
    struct refusal may; /* kind NONE: a grant is possible now; else OWN_CARD, PLAN_OVER, or as
                           grant_decide */
    /* SCAN_VOUCHER */
    struct voucher voucher;
    char token[VOUCHER_TOKEN_SIZE];
};

/*
 * Resolve a code and record its use.
 *
 * Refused: CODE_*, CARD_BLOCKED, CARD_GUARDED (out->card is set: its member has to tap), VOUCHER_*.
 * *near_miss_out is the card whose locator the code carries but whose proof is wrong, counted
 * (card_guard.h); else 0. A queued scan never opens a voucher.
 *
 * ERR_INPUT "field_range", field "scanned_at": shown_ms is over 24 h old or in the future
 */
enum err_code scan_open(struct db *db, const struct scan_request *in, struct scan_result *out,
                        struct refusal *refusal, int64_t *near_miss_out, struct err *e);

/* The card that this till has read, while the session lasts. ERR_NOT_FOUND "scan_unknown", that of
 * another till, too; ERR_CONFLICT "scan_over" */
enum err_code scan_card(struct db *db, int64_t scan_id, int64_t till_id, int64_t now_ms,
                        struct card *out, struct err *e);

#endif
