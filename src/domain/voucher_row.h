/*
 * voucher_row.h - how the ledger issues and moves vouchers, and a hold redeems one. Nobody else
 * includes it.
 */
#ifndef DOMAIN_VOUCHER_ROW_H
#define DOMAIN_VOUCHER_ROW_H

#include "domain/voucher.h"

#include <stdint.h>

struct voucher_new {
    int64_t card_id;
    int64_t reward_id;
    int64_t as_id;     /* whose terms it has, of a catalogue; 0: the reward's own */
    int64_t cause_seq; /* the grant that reached it */
    int64_t round_seq; /* the round it was paid with; 0: reached in passing */
    int64_t now_ms;
    int64_t expires_ms;
};

enum err_code
voucher_issue(struct db *db, const struct voucher_new *in, int64_t *id_out, struct err *e);

/* By its name in the book. */
enum voucher_state voucher_state_of(struct str name);

/* An issued one goes on as a new voucher of that card, with the same end. */
enum err_code
voucher_move(struct db *db, int64_t voucher_id, int64_t card_id, int64_t now_ms, struct err *e);

/* What voucher_redeem looks at before it writes. *out is the voucher as it is. */
enum err_code voucher_may_redeem(struct db *db, const struct redemption *in, struct voucher *out,
                                 struct refusal *refusal, struct err *e);
/* When the voucher's code was read, as a token says that voucher_may_redeem took. */
int64_t voucher_read_ms(const struct redemption *in);
/* And what it writes; the token is not looked at. */
enum err_code
voucher_set_redeemed(struct db *db, const struct redemption *in, int64_t read_ms, struct err *e);

#endif
