#include "domain/refund.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "domain/audit.h"
#include "domain/bind.h"
#include "domain/debt.h"
#include "domain/earn_book.h"
#include "domain/posting.h"
#include "domain/refund_row.h"
#include "domain/refund_rules.h"
#include "domain/serving.h"
#include "domain/staff.h"
#include "domain/tier.h"
#include "domain/undoing.h"

/* A refund, gathered and judged before anything is written. */
struct case_of_refund {
    struct transfer grant;
    struct plan_rules rules; /* that it earned under */
    struct card card;
    int64_t yen, left_yen;
    int64_t sale_ms;
    int64_t units;
    struct refund_parts parts;
    struct undoing undoing;
};

/* ---------------------------------------------------------------- what it takes */

enum err_code
refunds_of(struct db *db, int64_t grant_seq, struct refunds *out, struct err *e)
{
    STMT s = db_stmt(db, SQL_REFUNDS_OF);

    stmt_bind_int(s, ":grant_seq", grant_seq);
    if (stmt_one(s, "refunds", e))
        return err_wrap(e, "refunds of %" PRId64, grant_seq);
    *out = (struct refunds){.yen = stmt_int(s, 0), .units = stmt_int(s, 1)};
    return OK;
}

enum err_code
refundable_of(struct db *db, const struct transfer *grant, struct refundable *out,
              struct refusal *refusal, struct err *e)
{
    struct earn_part part[EARN_PARTS_MAX];
    struct dependents with;
    size_t parts_n;

    *out = (struct refundable){.yen = grant->yen, .units = grant->amount};
    static_assert(DEPENDENTS_MAX + EARN_PARTS_MAX <= REFUND_BONUSES_MAX, "every bonus has a place");
    if (dependents_of(db, grant, &with, refusal, e) ||
        earn_parts_load(db, grant->seq, part, &parts_n, e))
        return e->code;
    for (size_t i = 0; i < parts_n; i++) {
        out->units -= part[i].units;
        out->bonus[out->bonuses_n++] = part[i].units;
    }
    for (size_t i = 0; i < with.n; i++)
        if (with.transfer[i].kind == TRANSFER_BONUS)
            out->bonus[out->bonuses_n++] = with.transfer[i].amount;
    return OK;
}

static int64_t
given(const struct refundable *sale)
{
    int64_t sum = sale->units;

    for (size_t i = 0; i < sale->bonuses_n; i++)
        sum += sale->bonus[i];
    return sum;
}

int64_t
refund_due(const struct plan_rules *rules, const struct refundable *sale, int64_t refunded_yen)
{
    return given(sale) - units_left(rules, sale, sale->yen - refunded_yen);
}

/* ---------------------------------------------------------------- may it be */

static enum err_code
judge_person(struct db *db, const struct refund *in, struct case_of_refund *c,
             const struct refunds *before, struct refusal *refusal, struct err *e)
{
    struct serving serving;
    struct refund_facts facts = {.sale_ms = c->grant.visit_ms ? c->grant.visit_ms : c->grant.at_ms,
                                 .now_ms = in->now_ms,
                                 .sale_yen = c->grant.yen,
                                 .refunded_yen = before->yen};

    if (serving_load(db, in->staff_id, in->till_id, in->shop_id, &serving, e))
        return e->code;
    c->sale_ms = facts.sale_ms;
    c->yen = in->yen ? in->yen : c->grant.yen - before->yen;
    c->left_yen = c->grant.yen - before->yen - c->yen;
    facts.yen = c->yen;
    facts.is_manager = serving.role >= MANAGER;
    facts.is_own_shop = in->shop_id == c->grant.shop_id || c->grant.shop_id == 0 ||
                        (facts.is_manager && serving.staff_shop_id == 0);
    *refusal = refund_decide(&c->rules, &facts);
    if (refusal->kind == REFUSAL_NONE && serving.member_id == c->card.member_id)
        refusal->kind = REFUSAL_OWN_CARD;
    return OK;
}

static bool
is_sale(const struct transfer *t)
{
    return (t->kind == TRANSFER_EARN || t->kind == TRANSFER_LATE) && t->yen > 0;
}

static enum err_code
judge_sale(struct db *db, const struct case_of_refund *c, struct refusal *refusal, struct err *e)
{
    STMT s = db_stmt(db, SQL_TRANSFER_REVERSED_BY);
    bool is_reversed;

    stmt_bind_int(s, ":seq", c->grant.seq);
    if (stmt_step(s, &is_reversed, e))
        return e->code;
    if (!is_sale(&c->grant))
        refusal->kind = REFUSAL_NOT_A_SALE;
    else if (is_reversed)
        refusal->kind = REFUSAL_ALREADY_REVERSED;
    else if (c->card.is_ended)
        refusal->kind = REFUSAL_CARD_BLOCKED;
    else if (c->card.is_merged)
        refusal->kind = REFUSAL_CARD_MERGED;
    return OK;
}

static enum err_code
judge_units(struct db *db, struct case_of_refund *c, const struct refunds *before,
            struct refusal *refusal, struct err *e)
{
    struct refundable sale;
    struct dependents with;

    if (refundable_of(db, &c->grant, &sale, refusal, e) ||
        dependents_of(db, &c->grant, &with, refusal, e) ||
        judge_lapse(db, &c->grant, &with, refusal, e))
        return e->code;
    if (refusal->kind != REFUSAL_NONE)
        return OK;
    c->units = refund_due(&c->rules, &sale, before->yen + c->yen) - before->units;
    assert(c->units >= 0);
    if (undoing_find(db, &c->card, c->grant.seq, c->units, true, &c->undoing, refusal, e))
        return e->code;
    c->parts = refund_split(&c->rules, c->units, c->undoing.end.missing);
    if (refusal->kind == REFUSAL_NONE && c->parts.is_refused)
        *refusal =
            (struct refusal){.kind = REFUSAL_BALANCE_TOO_LOW, .missing = c->undoing.end.missing};
    if (refusal->kind == REFUSAL_NONE && c->parts.taken > GRANT_AMOUNT_MAX)
        refusal->kind = REFUSAL_TOO_MUCH;
    return OK;
}

static enum err_code
judge(struct db *db, const struct refund *in, struct case_of_refund *c, struct refusal *refusal,
      struct err *e)
{
    struct refunds before;

    *refusal = (struct refusal){.kind = REFUSAL_NONE};
    if (transfer_by_seq(db, in->grant_seq, &c->grant, e) ||
        plan_load(db, c->grant.plan_id, c->grant.plan_version, &c->rules, e) ||
        card_load(db, c->grant.card_id, &c->card, e) || judge_sale(db, c, refusal, e))
        return e->code;
    if (refusal->kind != REFUSAL_NONE)
        return OK;
    if (refunds_of(db, in->grant_seq, &before, e) || judge_person(db, in, c, &before, refusal, e))
        return e->code;
    return refusal->kind == REFUSAL_NONE ? judge_units(db, c, &before, refusal, e) : OK;
}

/* ---------------------------------------------------------------- writing */

static enum err_code
take(struct db *db, const struct refund *in, struct case_of_refund *c, struct refund_result *out,
     struct err *e)
{
    struct reversal rounds = {.seq = c->grant.seq,
                              .staff_id = in->staff_id,
                              .till_id = in->till_id,
                              .shop_id = in->shop_id,
                              .now_ms = in->now_ms,
                              .reason = "refund"};
    struct transfer t = {.kind = TRANSFER_REFUND,
                         .amount = c->parts.taken,
                         .plan_version = c->grant.plan_version,
                         .shop_id = in->shop_id,
                         .till_id = in->till_id,
                         .staff_id = in->staff_id,
                         .yen = c->yen,
                         .cause_seq = c->grant.seq,
                         .reason = "refund"};
    POSTING posting = {.db = NULL};

    memcpy(rounds.request_key, in->request_key, REQUEST_KEY_SIZE);
    memcpy(t.request_key, in->request_key, REQUEST_KEY_SIZE);
    if (posting_open(&posting, db, &c->card, NULL, in->now_ms, e) ||
        undoing_rounds(&posting, &rounds, &c->undoing, &out->rounds, e) ||
        posting_add(&posting, &t, e))
        return e->code;
    posting.place.reached = c->undoing.end.reached;
    if (posting_close(&posting, e))
        return e->code;
    out->seq = t.seq;
    memcpy(out->mac, t.mac, MAC_SIZE);
    return OK;
}

static enum err_code
add_row(struct db *db, const struct refund *in, const struct case_of_refund *c,
        struct refund_result *out, struct err *e)
{
    STMT s = db_stmt(db, SQL_REFUND_ADD);

    stmt_bind_int(s, ":card_id", c->card.id);
    stmt_bind_int(s, ":grant_seq", c->grant.seq);
    stmt_bind_int(s, ":yen", c->yen);
    stmt_bind_int(s, ":units", c->units);
    bind_id(s, ":seq", out->seq);
    stmt_bind_int(s, ":forgiven", c->parts.forgiven);
    stmt_bind_int(s, ":owed", c->parts.owed);
    stmt_bind_int(s, ":shop_id", in->shop_id);
    stmt_bind_int(s, ":till_id", in->till_id);
    stmt_bind_int(s, ":staff_id", in->staff_id);
    stmt_bind_int(s, ":now_ms", in->now_ms);
    if (stmt_run(s, e))
        return e->code;
    out->id = db_last_id(db);
    return OK;
}

static void
tell_parts(const struct case_of_refund *c, struct refund_result *out)
{
    out->yen = c->yen;
    out->left_yen = c->left_yen;
    out->taken = c->parts.taken;
    out->forgiven = c->parts.forgiven;
    out->owed = c->parts.owed;
}

static enum err_code
write_refund(struct db *db, const struct refund *in, struct case_of_refund *c,
             struct refund_result *out, struct err *e)
{
    const struct by by = {.staff_id = in->staff_id, .till_id = in->till_id, .now_ms = in->now_ms};

    if ((c->parts.taken > 0 && take(db, in, c, out, e)) || add_row(db, in, c, out, e) ||
        undoing_vouchers(db, &c->undoing, out->seq, &by, &out->vouchers_cancelled, e) ||
        (c->parts.owed > 0 && card_owes(db, c->card.id, c->parts.owed, e)) ||
        audit_write(db, "sale.refunded", in->staff_id, in->till_id, out->id, in->now_ms, e) ||
        card_load(db, c->card.id, &out->card, e) ||
        tier_after_undo(db, &out->card, out->seq, in->now_ms, e))
        return e->code;
    tell_parts(c, out);
    return OK;
}

enum err_code
ledger_refund(struct db *db, const struct refund *in, struct refund_result *out,
              struct refusal *refusal, struct err *e)
{
    struct case_of_refund c;

    *out = (struct refund_result){.id = 0};
    if (judge(db, in, &c, refusal, e))
        return err_wrap(e, "refund of %" PRId64, in->grant_seq);
    if (refusal->kind == REFUSAL_NONE && write_refund(db, in, &c, out, e))
        return err_wrap(e, "refund of %" PRId64, in->grant_seq);
    return OK;
}

/* ---------------------------------------------------------------- not written */

enum err_code
refund_foresee(struct db *db, const struct refund *in, struct refund_ahead *out,
               struct refusal *refusal, struct err *e)
{
    struct case_of_refund c;

    *out = (struct refund_ahead){.balance = 0};
    if (judge(db, in, &c, refusal, e))
        return err_wrap(e, "refund of %" PRId64 " ahead", in->grant_seq);
    if (refusal->kind != REFUSAL_NONE)
        return OK;
    tell_parts(&c, &out->result);
    out->result.card = c.card;
    for (size_t i = 0; i < c.undoing.n; i++) {
        out->result.rounds += c.undoing.undo[i].round_seq != 0;
        out->result.vouchers_cancelled += c.undoing.undo[i].is_issued;
    }
    out->balance = c.undoing.end.balance;
    out->sale_yen = c.grant.yen;
    out->sale_ms = c.sale_ms;
    return OK;
}
