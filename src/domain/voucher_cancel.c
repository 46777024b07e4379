#include "domain/voucher_cancel.h"

#include <inttypes.h>
#include <string.h>

#include "domain/audit.h"
#include "domain/posting.h"
#include "domain/serving.h"
#include "domain/swap.h"
#include "domain/undo_rules.h"
#include "domain/undoing.h"
#include "domain/voucher.h"

/* A voucher, and what it was paid with. */
struct case_of_voucher {
    struct voucher voucher;
    struct card card;
    struct transfer cause; /* what reached it, or the swap */
    int64_t round_seq;     /* 0: it was not a round's */
    bool is_moved;         /* it was another card's before */
    struct undoing undoing;
};

/* ---------------------------------------------------------------- may it be */

static enum err_code
gather(struct db *db, int64_t voucher_id, struct case_of_voucher *c, struct err *e)
{
    STMT s = db_stmt(db, SQL_VOUCHER_PAID);

    stmt_bind_int(s, ":voucher_id", voucher_id);
    if (voucher_load(db, voucher_id, &c->voucher, e) || stmt_one(s, "voucher", e))
        return e->code;
    c->round_seq = stmt_int(s, 1);
    c->is_moved = !stmt_is_null(s, 2);
    c->undoing.n = 0;
    return transfer_by_seq(db, stmt_int(s, 0), &c->cause, e) ||
                   card_load(db, c->voucher.card_id, &c->card, e)
               ? e->code
               : OK;
}

static bool
was_paid(const struct case_of_voucher *c)
{
    return c->round_seq != 0 || c->cause.kind == TRANSFER_SWAP;
}

static enum err_code
judge(struct db *db, const struct cancellation *in, struct case_of_voucher *c,
      struct refusal *refusal, struct err *e)
{
    struct cancel_facts facts = {.voucher = c->voucher,
                                 .is_ended = c->card.is_ended,
                                 .is_moved = c->is_moved,
                                 .was_paid = was_paid(c)};
    struct serving serving;

    if (serving_load(db, in->staff_id, in->till_id, in->shop_id, &serving, e))
        return e->code;
    facts.by = undo_by(&serving, in->staff_id, in->till_id, &c->cause, c->voucher.member_id);
    *refusal = cancel_decide(&facts, in->now_ms);
    if (refusal->kind == REFUSAL_NONE && c->round_seq != 0)
        return undoing_of_surplus(db, &c->card, &c->undoing, refusal, e);
    return OK;
}

/* ---------------------------------------------------------------- writing */

static struct reversal
reversal_of(const struct cancellation *in, int64_t seq)
{
    struct reversal reversal = {.seq = seq,
                                .staff_id = in->staff_id,
                                .till_id = in->till_id,
                                .shop_id = in->shop_id,
                                .now_ms = in->now_ms};

    memcpy(reversal.request_key, in->request_key, REQUEST_KEY_SIZE);
    return reversal;
}

/* The card holds its goal again: the next visit fills it, and what its surplus had reached is
 * reached with that. */
static enum err_code
undo_round(struct db *db, const struct cancellation *in, const struct case_of_voucher *c,
           struct reversal_result *out, struct err *e)
{
    const struct reversal reversal = reversal_of(in, c->round_seq);
    const struct by by = {.staff_id = in->staff_id, .till_id = in->till_id, .now_ms = in->now_ms};
    struct transfer round = {.seq = 0}, t = {.seq = 0};
    POSTING posting = {.db = NULL};
    int64_t others;

    if (transfer_by_seq(db, c->round_seq, &round, e) ||
        posting_open(&posting, db, &c->card, NULL, in->now_ms, e) ||
        mirror_add(&posting, &reversal, &round, 0, &t, e))
        return e->code;
    posting.place.reached = c->card.reached + round.amount;
    if (posting_close(&posting, e))
        return e->code;
    out->seq = t.seq;
    memcpy(out->mac, t.mac, MAC_SIZE);
    out->amount = t.amount;
    out->rounds = 1;
    if (undoing_vouchers(db, &c->undoing, t.seq, &by, &others, e) ||
        undoing_voucher(db, c->voucher.id, c->cause.seq, t.seq, &by, e))
        return e->code;
    out->vouchers_cancelled = others + 1;
    return OK;
}

static struct swap_undo
swap_undo_of(const struct cancellation *in, const struct case_of_voucher *c)
{
    struct swap_undo undo = {.seq = c->cause.seq,
                             .staff_id = in->staff_id,
                             .till_id = in->till_id,
                             .shop_id = in->shop_id,
                             .now_ms = in->now_ms};

    memcpy(undo.request_key, in->request_key, REQUEST_KEY_SIZE);
    return undo;
}

/* A manager may, of any swap: swap.h. It writes its own audit line. */
static enum err_code
undo_swap(struct db *db, const struct cancellation *in, const struct case_of_voucher *c,
          struct reversal_result *out, struct refusal *refusal, struct err *e)
{
    const struct swap_undo undo = swap_undo_of(in, c);
    struct swap_undone undone = {.seq = 0};

    if (swap_take_back(db, &undo, &undone, refusal, e))
        return e->code;
    out->seq = undone.seq;
    out->amount = undone.amount;
    memcpy(out->mac, undone.mac, MAC_SIZE);
    out->vouchers_cancelled = 1;
    return OK;
}

static enum err_code
write_cancel(struct db *db, const struct cancellation *in, const struct case_of_voucher *c,
             struct reversal_result *out, struct refusal *refusal, struct err *e)
{
    const struct by by = {.staff_id = in->staff_id, .till_id = in->till_id, .now_ms = in->now_ms};

    if (c->cause.kind == TRANSFER_SWAP && undo_swap(db, in, c, out, refusal, e))
        return e->code;
    if (refusal->kind != REFUSAL_NONE)
        return OK;
    if (c->round_seq != 0 &&
        (undo_round(db, in, c, out, e) ||
         audit_write(db, "transfer.reversed", in->staff_id, in->till_id, out->seq, in->now_ms, e)))
        return e->code;
    if (was_paid(c))
        return audit_write(db, "voucher.cancelled", in->staff_id, in->till_id, c->voucher.id,
                           in->now_ms, e);
    out->vouchers_cancelled = 1;
    return undoing_voucher(db, c->voucher.id, c->cause.seq, 0, &by, e);
}

enum err_code
voucher_cancel(struct db *db, const struct cancellation *in, struct reversal_result *out,
               struct refusal *refusal, struct err *e)
{
    struct case_of_voucher c;

    *out = (struct reversal_result){.seq = 0};
    if (gather(db, in->voucher_id, &c, e) || judge(db, in, &c, refusal, e))
        return err_wrap(e, "cancel voucher %" PRId64, in->voucher_id);
    if (refusal->kind != REFUSAL_NONE)
        return OK;
    if (write_cancel(db, in, &c, out, refusal, e) || card_load(db, c.card.id, &out->card, e))
        return err_wrap(e, "cancel voucher %" PRId64, in->voucher_id);
    return OK;
}

/* ---------------------------------------------------------------- not written */

/* What it was paid with. */
static enum err_code
foresee_units(struct db *db, const struct cancellation *in, const struct case_of_voucher *c,
              int64_t *units_out, struct refusal *refusal, struct err *e)
{
    const struct swap_undo undo = swap_undo_of(in, c);
    struct swap_undone undone = {.seq = 0};
    struct transfer round = {.seq = 0};

    *units_out = 0;
    if (c->cause.kind == TRANSFER_SWAP) {
        if (swap_undo_foresee(db, &undo, &undone, refusal, e))
            return e->code;
        *units_out = undone.amount;
    } else if (c->round_seq != 0) {
        if (transfer_by_seq(db, c->round_seq, &round, e))
            return e->code;
        *units_out = round.amount;
    }
    return OK;
}

enum err_code
voucher_cancel_foresee(struct db *db, const struct cancellation *in, struct cancel_ahead *out,
                       struct refusal *refusal, struct err *e)
{
    struct case_of_voucher c;

    *out = (struct cancel_ahead){.units = 0};
    if (gather(db, in->voucher_id, &c, e) || judge(db, in, &c, refusal, e) ||
        (refusal->kind == REFUSAL_NONE && foresee_units(db, in, &c, &out->units, refusal, e)))
        return err_wrap(e, "cancel voucher %" PRId64 " ahead", in->voucher_id);
    if (refusal->kind != REFUSAL_NONE)
        return OK;
    out->voucher = c.voucher;
    out->card = c.card;
    out->vouchers_cancelled = 1;
    for (size_t i = 0; i < c.undoing.n; i++)
        out->vouchers_cancelled += c.undoing.undo[i].is_issued;
    return OK;
}
