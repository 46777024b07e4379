#include "domain/issuing.h"

#include <inttypes.h>

#include "domain/catalogue.h"
#include "domain/draw.h"
#include "domain/reward_code.h"
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

/* A prize that is gone is stood in for by the last one, which never is. */
static enum err_code
draw_prize(struct db *db, const struct issue *in, struct draw *draw, struct reward *prize_out,
           struct err *e)
{
    struct reward prize[PRIZES_MAX];
    size_t n, i;
    bool taken;

    if (reward_prizes(db, in->terms->id, prize, &n, e) ||
        draw_make(db, in->terms, prize, n, in->cause, draw, &i, e) ||
        stock_take(db, in->rules, &prize[i], in->cause->at_ms, &taken, e))
        return e->code;
    *prize_out = prize[i];
    if (taken)
        return OK;
    *prize_out = prize[n - 1];
    return take_one(db, in, prize_out, e);
}

/* Which reward it is in the end, with one piece of it taken. */
static enum err_code
choose(struct db *db, const struct issue *in, struct draw *draw, struct reward *out, struct err *e)
{
    *draw = (struct draw){.seq = 0};
    *out = (struct reward){.valid_days = in->valid_days};
    if (in->terms == NULL)
        return OK;
    *out = *in->terms;
    if (take_one(db, in, in->terms, e))
        return e->code;
    return in->terms->prizes_n == 0 ? OK : draw_prize(db, in, draw, out, e);
}

enum err_code
issue_voucher(struct db *db, const struct issue *in, struct issued *out, struct err *e)
{
    struct draw draw;
    struct plan_reward life;

    *out = (struct issued){.id = 0};
    if (choose(db, in, &draw, &out->as, e))
        return e->code;
    life = (struct plan_reward){.valid_days = out->as.valid_days};
    out->expires_ms = voucher_end(in->rules, &life, in->cause->at_ms);
    if (voucher_issue(db,
                      &(struct voucher_new){.card_id = in->card->id,
                                            .reward_id = in->reward_id,
                                            .as_id = out->as.id,
                                            .cause_seq = in->cause->seq,
                                            .round_seq = in->round_seq,
                                            .now_ms = in->cause->at_ms,
                                            .expires_ms = out->expires_ms},
                      &out->id, e) ||
        (draw.seq != 0 && draw_keep(db, &draw, out->id, e)) ||
        (out->as.has_codes && reward_code_give(db, out->as.stock_id, out->id, e)))
        return e->code;
    return OK;
}
