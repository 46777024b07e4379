/*
 * voucher_cancel.h - a voucher that should not have been issued, or is not wanted, is taken back by
 * a manager.
 *
 * What it was paid with comes back to the card, once: the units of its round, or of its swap. One
 * reached in passing cost nothing; its place stays reached, so it is not issued again by itself.
 */
#ifndef DOMAIN_VOUCHER_CANCEL_H
#define DOMAIN_VOUCHER_CANCEL_H

#include "base/err.h"
#include "domain/ledger.h"
#include "domain/refusal.h"
#include "domain/voucher.h"
#include "store/db.h"

#include <stdint.h>

struct cancellation {
    int64_t voucher_id;
    int64_t staff_id, till_id, shop_id;
    uint8_t request_key[REQUEST_KEY_SIZE];
    int64_t now_ms;
};

/*
 * Audited. out->seq 0: no units came back.
 *
 * Refused: MANAGER_NEEDED, OTHER_TILL (of a manager of another shop), OWN_CARD, CARD_BLOCKED (its
 * member was erased), CARD_MERGED (it came from another card, which paid for it), VOUCHER_REDEEMED,
 * VOUCHER_EXPIRED, VOUCHER_CANCELLED, CODE_STALE (it moved)
 * ERR_NOT_FOUND "voucher_unknown"; ERR_FORBIDDEN as ledger_reverse
 */
enum err_code voucher_cancel(struct db *db, const struct cancellation *in,
                             struct reversal_result *out, struct refusal *refusal, struct err *e);

/* A cancellation that was not made: of what, and what it would do. */
struct cancel_ahead {
    struct voucher voucher;
    struct card card; /* as it stands now */
    int64_t units;    /* that would come back; 0: it cost nothing */
    int64_t vouchers_cancelled;
};

/* It writes nothing, and in->request_key is not looked at. Refused as voucher_cancel. */
enum err_code
voucher_cancel_foresee(struct db *db, const struct cancellation *in, struct cancel_ahead *out,
                       struct refusal *refusal, struct err *e);

#endif
