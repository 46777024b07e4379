/*
 * spend.h - points used at a till like money.
 *
 * It takes the member, twice: the 22 digits that only their phone shows, read at this till, and
 * their own yes on the card to so many points. A number or a JAN, which can be copied, never
 * spends. A yes is good for one spending, and a scan carries one; that, and one scan a code, keeps
 * two tills and double taps from spending twice even when stored answers are long gone.
 *
 * Functions that write expect a savepoint around them.
 */
#ifndef DOMAIN_SPEND_H
#define DOMAIN_SPEND_H

#include "base/err.h"
#include "domain/ledger.h"
#include "domain/refusal.h"
#include "domain/spend_decide.h"
#include "store/db.h"

#include <stdbool.h>
#include <stdint.h>

#define SPEND_YES_MS 120000 /* as long as a scan session */
#define SPEND_UNDO_MS                                                                              \
    (10 * 60 * INT64_C(1000)) /* whoever served may undo it so long: ledger_reverse */

struct spend {
    int64_t scan_id;
    int64_t points;   /* 1..GRANT_AMOUNT_MAX, or SPEND_ALL */
    int64_t sale_yen; /* what is to be paid; 0: not told */
    int64_t staff_id, till_id, shop_id;
    uint8_t request_key[REQUEST_KEY_SIZE]; /* answer_key; not looked at by spend_quote */
    int64_t now_ms;
};

/* What a spending would be, or why not. */
struct spend_quote {
    struct card card;
    struct plan_rules rules;
    int64_t usable; /* of the card's balance */
    int64_t points; /* that would be spent; 0: refused */
    int64_t yen;    /* what they are worth */
    bool needs_yes; /* the member has still to say yes to them: not a refusal here */
    int64_t scan_until_ms;
};

struct spend_result {
    int64_t seq; /* with mac: the receipt */
    uint8_t mac[MAC_SIZE];
    int64_t at_ms;
    int64_t points;
    int64_t yen;
    int64_t undo_until_ms;
    struct card card; /* balance after */
    struct plan_rules rules;
};

/*
 * Nothing is written. *out is set as far as it goes.
 *
 * Refused: SCAN_OVER, CARD_BLOCKED, CARD_MERGED, OWN_CARD, GUEST, and as spend_decide but SPEND_ASK
 * ERR_INPUT     "field_missing", field "yen": the plan limits the share of a sale
 * ERR_NOT_FOUND "scan_unknown"
 * ERR_FORBIDDEN "staff_inactive", "till_inactive", "other_shop"
 */
enum err_code spend_quote(struct db *db, const struct spend *in, struct spend_quote *out,
                          struct refusal *refusal, struct err *e);

/* What of the card's balance can be used now: not what is pending, or at its end. */
enum err_code
spend_usable(struct db *db, const struct card *card, int64_t now_ms, int64_t *out, struct err *e);

/* What the card of a scan has to spend, before anything is asked for: usable points and what most
 * of them are worth (SPEND_ALL, no sale). points 0: none can be, for `why`. */
enum err_code spend_foresee(struct db *db, const struct card *card, const struct plan_rules *rules,
                            bool by_code, int64_t now_ms, struct spend_verdict *out, struct err *e);

/* As spend_quote, and then written. Refused: as spend_quote, and SPEND_ASK
 * ERR_INTERNAL "ledger_unsound": what was read back is not what was written; trust nothing */
enum err_code spend_points(struct db *db, const struct spend *in, struct spend_result *out,
                           struct refusal *refusal, struct err *e);

struct spend_yes {
    int64_t member_id, plan_id;
    int64_t points; /* at most, or SPEND_ALL: as many as there are */
    int64_t now_ms;
};

struct spend_yes_result {
    int64_t points;
    int64_t yen; /* what they are worth */
    int64_t until_ms;
};

/*
 * The member's own yes, in place of an earlier one that was not used.
 *
 * Refused: CARD_BLOCKED, CARD_MERGED, GUEST, NOT_SPENT, POINTS_SHORT (have)
 * ERR_NOT_FOUND "card_unknown"
 */
enum err_code spend_say_yes(struct db *db, const struct spend_yes *in, struct spend_yes_result *out,
                            struct refusal *refusal, struct err *e);

/* Those that were not used in time go. */
enum err_code spend_yes_sweep(struct db *db, int64_t now_ms, struct err *e);

#endif
