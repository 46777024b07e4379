#include "domain/issuing.h"

#include <inttypes.h>

#include "domain/catalogue.h"
#include "domain/rules.h"
#include "domain/voucher_row.h"

static enum err_code
take_one(struct db *db, const struct issue *in, const struct reward *reward, struct err *e)
{
    bool taken;

    if (stock_take(db, in->rules, reward, in->cause->at_ms, &taken, e))
        return e->code;
    return taken ? OK
                 : err_set(e, ERR_INTERNAL, "ledger_unsound", "reward %" PRId64 " was there",
                           reward->id);
}

enum err_code
issue_voucher(struct db *db, const struct issue *in, struct issued *out, struct err *e)
{
    const struct plan_reward plain = {.valid_days = in->valid_days};
    struct plan_reward life = plain;

    *out = (struct issued){.id = 0};
    if (in->terms != NULL) {
        out->as = *in->terms;
        life.valid_days = out->as.valid_days;
        if (take_one(db, in, &out->as, e))
            return e->code;
    }
    out->expires_ms = voucher_end(in->rules, &life, in->cause->at_ms);
    return voucher_issue(db,
                         &(struct voucher_new){.card_id = in->card->id,
                                               .reward_id = in->reward_id,
                                               .as_id = out->as.id,
                                               .cause_seq = in->cause->seq,
                                               .round_seq = in->round_seq,
                                               .now_ms = in->cause->at_ms,
                                               .expires_ms = out->expires_ms},
                         &out->id, e);
}
