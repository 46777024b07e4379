#include "domain/undoing.h"

#include <assert.h>
#include <string.h>

#include "domain/audit.h"
#include "domain/bind.h"
#include "domain/catalogue.h"
#include "domain/voucher_row.h"

/* ---------------------------------------------------------------- what it takes */

static enum err_code
load_before(struct db *db, int64_t card_id, int64_t since_seq, struct way_before *out,
            struct err *e)
{
    STMT s = db_stmt(db, SQL_CARD_BEFORE);

    stmt_bind_int(s, ":card_id", card_id);
    stmt_bind_int(s, ":seq", since_seq);
    if (stmt_one(s, "card", e))
        return e->code;
    *out = (struct way_before){
        .peak = stmt_int(s, 0), .round_spare = stmt_int(s, 1), .rounds_since = stmt_int(s, 2)};
    return OK;
}

static void
read_passed(const struct stmt *s, struct passed *out)
{
    *out = (struct passed){.state = voucher_state_of(stmt_text(s, 1)),
                           .cause_seq = stmt_int(s, 2),
                           .at = stmt_int(s, 4),
                           .round = stmt_int(s, 6),
                           .is_undone = stmt_int(s, 7) != 0};
}

/* Along the vouchers, until the card stands. */
static enum err_code
walk(struct db *db, int64_t card_id, struct way *way, struct undoing *out, struct refusal *refusal,
     struct err *e)
{
    STMT s = db_stmt(db, SQL_VOUCHERS_TO_UNDO);
    bool row;

    stmt_bind_int(s, ":card_id", card_id);
    for (;;) {
        struct passed voucher;
        enum way_step step;

        if (stmt_step(s, &row, e))
            return e->code;
        if (!row)
            return OK;
        read_passed(s, &voucher);
        step = way_meets(way, &voucher);
        if (step == WAY_ENDS)
            return OK;
        if (step == WAY_BLOCKED)
            *refusal = (struct refusal){.kind = REFUSAL_VOUCHER_REDEEMED, .at_ms = stmt_int(s, 3)};
        else if (step == WAY_UNDOES && out->n == UNDO_MAX)
            refusal->kind = REFUSAL_TOO_MUCH;
        else if (step == WAY_UNDOES)
            out->undo[out->n++] = (struct undo){.voucher_id = stmt_int(s, 0),
                                                .is_issued = voucher.state == VOUCHER_ISSUED,
                                                .cause_seq = voucher.cause_seq,
                                                .round_seq = stmt_int(s, 5)};
        if (refusal->kind != REFUSAL_NONE)
            return OK;
    }
}

enum err_code
undoing_find(struct db *db, const struct card *card, int64_t since_seq, int64_t amount,
             bool keeps_redeemed, struct undoing *out, struct refusal *refusal, struct err *e)
{
    struct way way = {.since_seq = since_seq, .keeps_redeemed = keeps_redeemed};

    out->n = 0;
    if (load_before(db, card->id, since_seq, &way.before, e))
        return e->code;
    way_begin(&way, card->balance, card->reached, amount);
    if (walk(db, card->id, &way, out, refusal, e))
        return e->code;
    out->end = way_end(&way);
    return OK;
}

enum err_code
undoing_of_surplus(struct db *db, const struct card *card, struct undoing *out,
                   struct refusal *refusal, struct err *e)
{
    struct way way = {.since_seq = 0};

    out->n = 0;
    way_begin(&way, 0, 0, 0);
    return walk(db, card->id, &way, out, refusal, e);
}

/* ---------------------------------------------------------------- what came with it */

enum err_code
dependents_of(struct db *db, const struct transfer *what, struct dependents *out,
              struct refusal *refusal, struct err *e)
{
    STMT s = db_stmt(db, SQL_TRANSFER_DEPENDENTS);
    bool row;

    *out = (struct dependents){.n = 0};
    stmt_bind_int(s, ":card_id", what->card_id);
    stmt_bind_int(s, ":seq", what->seq);
    for (;;) {
        struct transfer *t = &out->transfer[out->n];

        if (stmt_step(s, &row, e))
            return e->code;
        if (!row)
            return OK;
        if (out->n == DEPENDENTS_MAX) {
            refusal->kind = REFUSAL_TOO_MUCH;
            return OK;
        }
        transfer_read(s, t);
        out->entered += t->credit == t->card_id ? t->amount : -t->amount;
        out->n++;
    }
}

static enum err_code
find_lapse(struct db *db, const struct transfer *what, struct refusal *refusal, struct err *e)
{
    STMT s = db_stmt(db, SQL_LOT_LAPSED);
    bool row;

    stmt_bind_int(s, ":card_id", what->card_id);
    stmt_bind_int(s, ":seq", what->seq);
    if (stmt_step(s, &row, e))
        return e->code;
    if (row && refusal->kind == REFUSAL_NONE)
        *refusal = (struct refusal){.kind = REFUSAL_POINTS_LAPSED, .at_ms = stmt_int(s, 0)};
    return OK;
}

enum err_code
judge_lapse(struct db *db, const struct transfer *what, const struct dependents *with,
            struct refusal *refusal, struct err *e)
{
    if (find_lapse(db, what, refusal, e))
        return e->code;
    for (size_t i = 0; i < with->n; i++)
        if (find_lapse(db, &with->transfer[i], refusal, e))
            return e->code;
    return OK;
}

/* ---------------------------------------------------------------- writing */

enum err_code
mirror_add(struct posting *posting, const struct reversal *in, const struct transfer *undone,
           int64_t cause_seq, struct transfer *t, struct err *e)
{
    bool is_merge = undone->kind == TRANSFER_MERGE_OUT || undone->kind == TRANSFER_MERGE_IN;

    *t = (struct transfer){
        .kind = TRANSFER_REVERSE,
        .amount = undone->amount,
        .plan_version = undone->plan_version,
        .shop_id = in->shop_id,
        .till_id = in->till_id,
        .staff_id = in->staff_id,
        .cause_seq = cause_seq,
        .reverses_seq = undone->seq,
    };
    str_copy(is_merge ? STR("unmerge") : str_of(in->reason ? in->reason : "mistake"), t->reason,
             sizeof(t->reason));
    memcpy(t->request_key, in->request_key, REQUEST_KEY_SIZE);
    return posting_mirror(posting, t, undone, e);
}

enum err_code
undoing_rounds(struct posting *posting, const struct reversal *in, const struct undoing *undoing,
               int64_t *rounds_out, struct err *e)
{
    *rounds_out = 0;
    for (size_t i = 0; i < undoing->n; i++) {
        struct transfer round = {.seq = 0}, t;

        if (undoing->undo[i].round_seq == 0)
            continue;
        if (transfer_by_seq(posting->db, undoing->undo[i].round_seq, &round, e) ||
            mirror_add(posting, in, &round, in->seq, &t, e))
            return e->code;
        (*rounds_out)++;
    }
    return OK;
}

static enum err_code
cancel_notice(struct db *db, int64_t seq, int64_t voucher_id, struct err *e)
{
    STMT s = db_stmt(db, SQL_NOTICE_CANCEL);

    stmt_bind_int(s, ":seq", seq);
    bind_id(s, ":voucher_id", voucher_id);
    return stmt_run(s, e);
}

enum err_code
undoing_news(struct db *db, int64_t seq, struct err *e)
{
    return cancel_notice(db, seq, 0, e);
}

/* The piece is there for somebody else again. */
static enum err_code
give_pieces_back(struct db *db, int64_t voucher_id, struct err *e)
{
    STMT s = db_stmt(db, SQL_VOUCHER_STOCKS);
    bool row;

    stmt_bind_int(s, ":voucher_id", voucher_id);
    for (;;) {
        struct plan_rules rules;

        if (stmt_step(s, &row, e))
            return e->code;
        if (!row)
            return OK;
        if (plan_load(db, stmt_int(s, 2), stmt_int(s, 3), &rules, e) ||
            stock_give_back(db, &rules, stmt_int(s, 0), stmt_int(s, 1), e))
            return e->code;
    }
}

enum err_code
undoing_voucher(struct db *db, int64_t voucher_id, int64_t cause_seq, int64_t seq,
                const struct by *by, struct err *e)
{
    STMT s = db_stmt(db, SQL_VOUCHER_CANCEL);

    stmt_bind_int(s, ":voucher_id", voucher_id);
    bind_id(s, ":seq", seq);
    stmt_bind_int(s, ":now_ms", by->now_ms);
    if (stmt_run(s, e))
        return e->code;
    assert(db_changes(db) == 1); /* read as issued in this transaction */
    if (seq == 0 &&
        audit_write(db, "voucher.cancelled", by->staff_id, by->till_id, voucher_id, by->now_ms, e))
        return e->code;
    if (give_pieces_back(db, voucher_id, e))
        return e->code;
    return cancel_notice(db, cause_seq, voucher_id, e);
}

enum err_code
undoing_vouchers(struct db *db, const struct undoing *undoing, int64_t seq, const struct by *by,
                 int64_t *cancelled_out, struct err *e)
{
    *cancelled_out = 0;
    for (size_t i = 0; i < undoing->n; i++) {
        const struct undo *undo = &undoing->undo[i];

        if (!undo->is_issued)
            continue;
        if (undoing_voucher(db, undo->voucher_id, undo->cause_seq, seq, by, e))
            return e->code;
        (*cancelled_out)++;
    }
    return OK;
}
