#include "domain/ledger.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/entropy.h"
#include "domain/bind.h"
#include "domain/keys.h"
#include "domain/ladder.h"
#include "domain/lapse.h"
#include "domain/posting.h"
#include "domain/receipt.h"
#include "domain/scan.h"
#include "domain/voucher_row.h"

/* ---------------------------------------------------------------- may it be, and how much */

static enum err_code
load_scan(struct db *db, int64_t scan_id, struct scan_row *out, struct err *e)
{
    STMT s = db_stmt(db, SQL_SCAN_LOAD);

    stmt_bind_int(s, ":scan_id", scan_id);
    if (stmt_one(s, "scan", e))
        return e->code;
    scan_read(s, out);
    return OK;
}

static enum err_code
in_range(const char *field, int64_t value, int64_t max, struct err *e)
{
    if (value < 1 || value > max)
        return err_field(e, ERR_INPUT, "field_range", field, "%" PRId64 " %s in a grant", value,
                         field);
    return OK;
}

/* The units of a grant: stamps as given, or points for the sale. */
static enum err_code
amount_of(const struct plan_rules *rules, const struct grant *in, int64_t *amount_out,
          struct err *e)
{
    bool is_sale = rules->unit == UNIT_POINT;

    if ((is_sale ? in->stamps : in->yen) != 0)
        return err_field(e, ERR_INPUT, "field_unknown", is_sale ? "stamps" : "yen",
                         "plan %" PRId64 " counts by %s", rules->plan_id, unit_name(rules->unit));
    if (is_sale ? in_range("yen", in->yen, GRANT_YEN_MAX, e)
                : in_range("stamps", in->stamps, GRANT_STAMPS_MAX, e))
        return e->code;
    *amount_out = is_sale ? points_of_sale(rules, in->yen) : in->stamps;
    return OK;
}

/* What a grant is about, gathered and judged before anything is written. */
struct case_of_grant {
    struct scan_row scan;
    struct serving serving;
    int64_t visit_ms;
    int64_t amount;
    struct rounds rounds;
    struct receipt receipt; /* of a grant that names one */
    struct receipt_use receipt_use;
};

static enum err_code
gather(struct db *db, const struct grant *in, struct case_of_grant *c, struct grant_result *out,
       struct err *e)
{
    c->visit_ms = visit_of(in->now_ms, in->shown_ms);
    if (load_scan(db, in->scan_id, &c->scan, e) ||
        serving_load(db, in->staff_id, in->till_id, in->shop_id, &c->serving, e) ||
        card_load(db, c->scan.card_id, &out->card, e) ||
        lapse_card(db, &out->card, in->now_ms, e) ||
        plan_load(db, out->card.plan_id, 0, &out->rules, e) ||
        amount_of(&out->rules, in, &c->amount, e))
        return e->code;
    return OK;
}

static enum err_code
find_receipt(struct db *db, const struct grant *in, struct case_of_grant *c,
             const struct plan_rules *rules, struct err *e)
{
    c->receipt_use.is_used = false;
    if (in->receipt.n == 0)
        return OK;
    return receipt_read(rules, in->shop_id, in->receipt, c->visit_ms, &c->receipt, e) ||
                   receipt_find(db, &c->receipt, &c->receipt_use, e)
               ? e->code
               : OK;
}

static enum err_code
judge(struct db *db, const struct grant *in, struct case_of_grant *c,
      const struct grant_result *out, struct refusal *refusal, struct err *e)
{
    struct grant_history history;
    bool is_spent;

    if (grants_before(db, &out->card, &out->rules, &c->scan, c->visit_ms, &history, &is_spent, e) ||
        find_receipt(db, in, c, &out->rules, e))
        return e->code;
    c->rounds = rounds_of(
        &out->rules, &(struct place){.balance = out->card.balance, .reached = out->card.reached},
        c->amount);
    *refusal = (struct refusal){.kind = REFUSAL_NONE};
    if (!scan_is_live(&c->scan, in->till_id, c->visit_ms) || is_spent)
        refusal->kind = REFUSAL_SCAN_OVER;
    else if (!out->card.is_active)
        refusal->kind = out->card.is_merged ? REFUSAL_CARD_MERGED : REFUSAL_CARD_BLOCKED;
    else if (c->serving.member_id == out->card.member_id)
        refusal->kind = REFUSAL_OWN_CARD;
    else if (plan_is_over(&out->rules, c->visit_ms))
        refusal->kind = REFUSAL_PLAN_OVER;
    else
        *refusal = grant_decide(&out->rules, &history, c->visit_ms);
    if (refusal->kind != REFUSAL_NONE)
        return OK;
    if (c->receipt_use.is_used)
        *refusal = (struct refusal){.kind = REFUSAL_RECEIPT_USED,
                                    .at_ms = c->receipt_use.at_ms,
                                    .till_id = c->receipt_use.till_id};
    else if (c->amount == 0)
        refusal->kind = REFUSAL_NO_POINTS;
    else if (c->amount > GRANT_AMOUNT_MAX || c->rounds.too_many)
        refusal->kind = REFUSAL_TOO_MUCH;
    return OK;
}

/* ---------------------------------------------------------------- writing */

static enum err_code
add_earn(struct posting *posting, const struct grant *in, const struct case_of_grant *c,
         struct grant_result *out, struct transfer *t, struct err *e)
{
    *t = (struct transfer){
        .kind = TRANSFER_EARN,
        .amount = c->amount,
        .plan_version = out->rules.version,
        .shop_id = in->shop_id,
        .till_id = in->till_id,
        .staff_id = in->staff_id,
        .scan_id = in->scan_id,
        .yen = in->yen,
        .visit_ms = c->visit_ms < posting->head.at_ms ? c->visit_ms : 0,
    };
    memcpy(t->request_key, in->request_key, REQUEST_KEY_SIZE);
    str_copy(out->rules.unit == UNIT_POINT ? STR("sale") : STR("visit"), t->reason,
             sizeof(t->reason));
    if (posting_add(posting, t, e))
        return e->code;
    out->seq = t->seq;
    memcpy(out->mac, t->mac, MAC_SIZE);
    out->at_ms = t->at_ms;
    out->amount = t->amount;
    return OK;
}

enum err_code
posting_round(struct posting *posting, const struct transfer *cause, int64_t goal, int64_t *seq_out,
              struct err *e)
{
    struct transfer t = {
        .kind = TRANSFER_ROUND,
        .amount = goal,
        .plan_version = cause->plan_version,
        .shop_id = cause->shop_id,
        .till_id = cause->till_id,
        .staff_id = cause->staff_id,
        .reason = "goal",
        .cause_seq = cause->seq,
    };

    memcpy(t.request_key, cause->request_key, REQUEST_KEY_SIZE);
    if (posting_add(posting, &t, e))
        return e->code;
    *seq_out = t.seq;
    return OK;
}

static enum err_code
add_notice(struct db *db, const struct card *card, enum notice_kind kind, int64_t seq,
           int64_t voucher_id, int64_t until_ms, int64_t now_ms, struct err *e)
{
    STMT s = db_stmt(db, SQL_NOTICE_ADD);

    stmt_bind_int(s, ":member_id", card->member_id);
    stmt_bind_int(s, ":card_id", card->id);
    stmt_bind_text(s, ":kind", str_of(notice_kind_word(kind)));
    stmt_bind_int(s, ":seq", seq);
    bind_id(s, ":voucher_id", voucher_id);
    stmt_bind_int(s, ":due_ms", voucher_id != 0 ? now_ms : now_ms + NOTICE_DELAY_MS);
    stmt_bind_int(s, ":until_ms", until_ms);
    stmt_bind_int(s, ":now_ms", now_ms);
    return stmt_run(s, e);
}

enum err_code
posting_reward(struct db *db, const struct card *card, const struct plan_rules *rules,
               size_t reward, const struct transfer *cause, int64_t round_seq, int64_t now_ms,
               struct grant_voucher *out, struct err *e)
{
    const struct plan_reward *what = &rules->reward[reward];

    out->reward = (int64_t)reward;
    out->expires_ms = voucher_end(rules, what, cause->at_ms);
    if (voucher_issue(db,
                      &(struct voucher_new){.card_id = card->id,
                                            .reward_id = what->id,
                                            .cause_seq = cause->seq,
                                            .round_seq = round_seq,
                                            .now_ms = cause->at_ms,
                                            .expires_ms = out->expires_ms},
                      &out->id, e))
        return e->code;
    return add_notice(db, card, NOTICE_VOUCHER, cause->seq, out->id, out->expires_ms, now_ms, e);
}

/* Rounds first, so that their transfers follow the grant; then the vouchers, in the order reached.
 */
static enum err_code
write_grant(struct posting *posting, const struct grant *in, const struct case_of_grant *c,
            struct grant_result *out, struct err *e)
{
    struct transfer earn;
    int64_t round_seq[GRANT_REWARDS_MAX] = {0};

    if (add_earn(posting, in, c, out, &earn, e))
        return e->code;
    for (size_t i = 0; i < c->rounds.steps_n; i++)
        if (c->rounds.step[i].is_round &&
            posting_round(posting, &earn, out->rules.goal, &round_seq[i], e))
            return e->code;
    assert(posting->place.balance == c->rounds.balance_after);
    if (posting_close(posting, e))
        return e->code;
    if (in->receipt.n > 0 &&
        receipt_add(posting->db, &c->receipt, c->receipt_use.turn, earn.seq, e))
        return e->code;
    for (size_t i = 0; i < c->rounds.steps_n; i++)
        if (posting_reward(posting->db, &out->card, &out->rules, c->rounds.step[i].reward, &earn,
                           round_seq[i], in->now_ms, &out->voucher[out->vouchers_n++], e))
            return e->code;
    if (out->vouchers_n > 0 || !out->rules.notify_grants)
        return OK;
    if (add_notice(posting->db, &out->card,
                   is_one_short(&out->rules, posting->place.balance) ? NOTICE_ONE_MORE
                                                                     : NOTICE_GRANT,
                   out->seq, 0, in->now_ms + NOTICE_GRANT_LIFE_MS, in->now_ms, e))
        return e->code;
    out->notice_id = db_last_id(posting->db);
    return OK;
}

enum err_code
ledger_grant(struct db *db, const struct grant *in, struct grant_result *out,
             struct refusal *refusal, struct err *e)
{
    struct case_of_grant c;
    POSTING posting = {.db = NULL};

    out->vouchers_n = 0;
    out->notice_id = 0;
    if (gather(db, in, &c, out, e) || judge(db, in, &c, out, refusal, e))
        return err_wrap(e, "grant on scan %" PRId64, in->scan_id);
    if (refusal->kind != REFUSAL_NONE)
        return OK;
    if (posting_open(&posting, db, &out->card, &out->rules, in->now_ms, e) ||
        write_grant(&posting, in, &c, out, e))
        return err_wrap(e, "grant on card %" PRId64, out->card.id);
    out->card.balance = posting.place.balance;
    out->balance = posting.place.balance;
    out->rounds = c.rounds.rounds;
    out->undo_until_ms = business_day(&out->rules, out->at_ms).end_ms;
    return OK;
}

/* ---------------------------------------------------------------- what a till did */

enum err_code
ledger_of_till(struct db *db, int64_t till_id, int64_t since_ms, struct till_line *out, size_t cap,
               size_t *n_out, struct err *e)
{
    STMT s = db_stmt(db, SQL_TILL_TRANSFERS);
    size_t n = 0;
    bool row;

    stmt_bind_int(s, ":till_id", till_id);
    for (;; n++) {
        struct till_line *line = &out[n];

        if (stmt_step(s, &row, e))
            return err_wrap(e, "transfers of till %" PRId64, till_id);
        if (!row || n == cap || stmt_int(s, 7) < since_ms)
            break;
        line->seq = stmt_int(s, 0);
        line->kind = (enum transfer_kind)stmt_int(s, 1);
        line->amount = stmt_int(s, 2);
        line->unit = str_eq(stmt_text(s, 3), STR("point")) ? UNIT_POINT : UNIT_STAMP;
        line->member_id = stmt_int(s, 4);
        line->staff_id = stmt_int(s, 5);
        str_copy(stmt_text(s, 6), line->staff, sizeof(line->staff));
        line->at_ms = stmt_int(s, 7);
        line->is_reversed = stmt_int(s, 8) != 0;
    }
    *n_out = n;
    return OK;
}
