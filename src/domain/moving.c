#include "domain/moving.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "domain/bind.h"
#include "domain/debt.h"
#include "domain/posting.h"
#include "domain/rules.h"
#include "domain/tier.h"
#include "domain/voucher_row.h"

#define VOUCHERS_AT_ONCE 64

/* ---------------------------------------------------------------- units */

static struct transfer
transfer_of(const struct entry *in, const struct plan_rules *rules)
{
    struct transfer t = {
        .kind = in->kind,
        .amount = in->amount,
        .plan_version = rules->version,
        .staff_id = in->staff_id,
        .cause_seq = in->cause_seq,
    };

    str_copy(str_of(in->reason), t.reason, sizeof(t.reason));
    memcpy(t.request_key, in->request_key, REQUEST_KEY_SIZE);
    return t;
}

/* With the rounds it completes and the vouchers it reaches. */
enum err_code
units_put(struct db *db, const struct entry *in, const struct plan_rules *rules,
          const struct rounds *rounds, int64_t *seq_out, struct err *e)
{
    struct transfer t = transfer_of(in, rules);
    struct grant_voucher voucher[GRANT_REWARDS_MAX];
    POSTING posting = {.db = NULL};

    if (posting_open(&posting, db, in->card, rules, in->now_ms, e) ||
        posting_add(&posting, &t, e) || posting_reach(&posting, &t, rounds, voucher, e))
        return e->code;
    *seq_out = t.seq;
    return OK;
}

static int64_t
smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t
larger(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* What enters a card counts as if the smaller amount had been granted on top of the larger. */
static bool
may_enter(const struct entry *in, const struct plan_rules *rules, struct rounds *rounds)
{
    int64_t a = in->amount, b = in->card->balance;
    struct place place = {.balance = larger(a, b), .reached = in->card->reached};

    if (a > b)
        place.reached = larger(smaller(in->reached, a), place.reached);
    *rounds = rounds_of(rules, &place, smaller(a, b));
    return !rounds->too_many && a <= GRANT_AMOUNT_MAX;
}

enum err_code
units_enter(struct db *db, const struct entry *in, int64_t *seq_out, int64_t *rewards_out,
            struct refusal *refusal, struct err *e)
{
    struct plan_rules rules;
    struct rounds rounds;

    *refusal = (struct refusal){.kind = REFUSAL_NONE};
    if (tier_rules_load(db, in->card, &rules, e))
        return e->code;
    if (!may_enter(in, &rules, &rounds)) {
        refusal->kind = REFUSAL_TOO_MUCH;
        return OK;
    }
    *rewards_out = (int64_t)rounds.steps_n;
    return units_put(db, in, &rules, &rounds, seq_out, e);
}

enum err_code
units_leave(struct db *db, const struct entry *in, const struct plan_rules *rules, int64_t *seq_out,
            struct err *e)
{
    struct transfer t = transfer_of(in, rules);
    POSTING posting = {.db = NULL};

    if (posting_open(&posting, db, in->card, rules, in->now_ms, e) ||
        posting_add(&posting, &t, e) || posting_close(&posting, e))
        return err_wrap(e, "take out of card %" PRId64, in->card->id);
    *seq_out = t.seq;
    return OK;
}

static enum err_code
move_units(struct db *db, const struct move *in, struct moved *out, struct refusal *refusal,
           struct err *e)
{
    struct entry leaves = {.card = &in->from,
                           .amount = in->from.balance,
                           .reached = in->from.reached,
                           .kind = TRANSFER_MERGE_OUT,
                           .reason = "merge",
                           .staff_id = in->staff_id,
                           .now_ms = in->now_ms};
    struct entry enters;
    struct plan_rules rules;
    struct rounds rounds;

    if (leaves.amount == 0)
        return OK;
    memcpy(leaves.request_key, in->request_key, REQUEST_KEY_SIZE);
    enters = leaves;
    enters.card = &in->into;
    enters.kind = TRANSFER_MERGE_IN;
    if (tier_rules_load(db, &in->into, &rules, e))
        return e->code;
    if (!may_enter(&enters, &rules, &rounds)) {
        refusal->kind = REFUSAL_TOO_MUCH;
        return OK;
    }
    if (units_leave(db, &leaves, &rules, &out->out_seq, e))
        return e->code;
    enters.cause_seq = out->out_seq;
    out->amount = leaves.amount;
    out->rewards = (int64_t)rounds.steps_n;
    return units_put(db, &enters, &rules, &rounds, &out->in_seq, e);
}

/* ---------------------------------------------------------------- vouchers */

static enum err_code
some_live(struct db *db, int64_t card_id, int64_t now_ms, int64_t id[VOUCHERS_AT_ONCE],
          size_t *n_out, struct err *e)
{
    STMT s = db_stmt(db, SQL_VOUCHER_LIVE_IDS);

    stmt_bind_int(s, ":card_id", card_id);
    stmt_bind_int(s, ":now_ms", now_ms);
    return read_ids(s, id, VOUCHERS_AT_ONCE, n_out, e);
}

static enum err_code
some_moved(struct db *db, const struct move *in, int64_t since_ms, const char *state,
           int64_t id[VOUCHERS_AT_ONCE], size_t *n_out, struct err *e)
{
    STMT s = db_stmt(db, SQL_VOUCHER_MOVED_IDS);

    stmt_bind_int(s, ":card_id", in->into.id);
    stmt_bind_int(s, ":from_card", in->from.id);
    stmt_bind_text(s, ":state", str_of(state));
    stmt_bind_int(s, ":since_ms", since_ms);
    stmt_bind_int(s, ":now_ms", in->now_ms);
    return read_ids(s, id, VOUCHERS_AT_ONCE, n_out, e);
}

static enum err_code
move_some(struct db *db, const int64_t *id, size_t n, int64_t card_id, int64_t now_ms,
          struct err *e)
{
    for (size_t i = 0; i < n; i++)
        if (voucher_move(db, id[i], card_id, now_ms, e))
            return e->code;
    return OK;
}

static enum err_code
move_vouchers(struct db *db, const struct move *in, struct moved *out, struct err *e)
{
    int64_t id[VOUCHERS_AT_ONCE];
    size_t n;

    do {
        if (some_live(db, in->from.id, in->now_ms, id, &n, e) ||
            move_some(db, id, n, in->into.id, in->now_ms, e))
            return e->code;
        out->vouchers += (int64_t)n;
    } while (n > 0);
    return OK;
}

static enum err_code
move_vouchers_back(struct db *db, const struct move *in, int64_t since_ms, struct refusal *refusal,
                   struct err *e)
{
    int64_t id[VOUCHERS_AT_ONCE];
    size_t n;

    if (some_moved(db, in, since_ms, "redeemed", id, &n, e))
        return e->code;
    if (n > 0) {
        refusal->kind = REFUSAL_VOUCHER_REDEEMED;
        return OK;
    }
    do {
        if (some_moved(db, in, since_ms, "issued", id, &n, e) ||
            move_some(db, id, n, in->from.id, in->now_ms, e))
            return e->code;
    } while (n > 0);
    return OK;
}

/* ---------------------------------------------------------------- all of it */

enum err_code
move_all(struct db *db, const struct move *in, struct moved *out, struct refusal *refusal,
         struct err *e)
{
    assert(in->from.plan_id == in->into.plan_id && in->from.member_id != in->into.member_id);
    *out = (struct moved){.owed = in->from.owed};
    *refusal = (struct refusal){.kind = REFUSAL_NONE};
    if (move_units(db, in, out, refusal, e) ||
        (refusal->kind == REFUSAL_NONE &&
         (move_vouchers(db, in, out, e) || debt_move(db, &in->from, in->into.id, in->now_ms, e) ||
          tier_merge(db, &in->from, &in->into, in->now_ms, e))))
        return err_wrap(e, "move card %" PRId64 " to %" PRId64, in->from.id, in->into.id);
    return OK;
}

/* One half of a move, mirrored. */
static enum err_code
undo_half(struct db *db, const struct move *in, const struct moved *was, int64_t seq,
          struct refusal *refusal, struct err *e)
{
    struct reversal reversal = {.seq = seq, .staff_id = in->staff_id, .now_ms = in->now_ms};
    struct reversal_result ignored;
    struct transfer t;

    if (refusal->kind != REFUSAL_NONE)
        return OK;
    memcpy(reversal.request_key, in->request_key, REQUEST_KEY_SIZE);
    if (transfer_by_seq(db, seq, &t, e))
        return e->code;
    return posting_take_back(db, &reversal, &t, was->out_seq, &ignored, refusal, e);
}

enum err_code
move_back(struct db *db, const struct move *in, const struct moved *was, int64_t since_ms,
          struct refusal *refusal, struct err *e)
{
    *refusal = (struct refusal){.kind = REFUSAL_NONE};
    if (move_vouchers_back(db, in, since_ms, refusal, e) ||
        debt_move_back(db, in->from.id, &in->into, was->owed, in->now_ms, e))
        return err_wrap(e, "vouchers and debt back to card %" PRId64, in->from.id);
    if (refusal->kind != REFUSAL_NONE)
        return OK;
    if (tier_after_undo(db, &in->into, 0, in->now_ms, e))
        return err_wrap(e, "tier of card %" PRId64, in->into.id);
    if (was->in_seq == 0)
        return OK;
    if (undo_half(db, in, was, was->in_seq, refusal, e) ||
        undo_half(db, in, was, was->out_seq, refusal, e))
        return err_wrap(e, "units back to card %" PRId64, in->from.id);
    return OK;
}
