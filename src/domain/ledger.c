#include "domain/ledger.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/entropy.h"
#include "domain/bind.h"
#include "domain/bonus.h"
#include "domain/catalogue.h"
#include "domain/debt.h"
#include "domain/earn_book.h"
#include "domain/issuing.h"
#include "domain/keys.h"
#include "domain/ladder.h"
#include "domain/lapse.h"
#include "domain/posting.h"
#include "domain/receipt.h"
#include "domain/scan.h"
#include "domain/serving.h"
#include "domain/tier.h"

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

/* The lines of a receipt tell how many stamps it is. */
static bool
is_itemised(const struct plan_rules *rules, const struct grant *in)
{
    return rules->unit == UNIT_STAMP && in->sale != NULL && in->sale->lines_n > 0;
}

static enum err_code
check_given(const struct plan_rules *rules, const struct grant *in, struct err *e)
{
    bool is_sale = rules->unit == UNIT_POINT || is_itemised(rules, in);

    if (is_itemised(rules, in) && rules->earn.items_n == 0)
        return err_field(e, ERR_INPUT, "field_unknown", "lines",
                         "plan %" PRId64 " has no rules for items", rules->plan_id);
    if ((is_sale ? in->stamps : in->yen) != 0)
        return err_field(e, ERR_INPUT, "field_unknown", is_sale ? "stamps" : "yen",
                         "plan %" PRId64 " counts by %s", rules->plan_id, unit_name(rules->unit));
    return is_sale ? in_range("yen", in->yen, GRANT_YEN_MAX, e)
                   : in_range("stamps", in->stamps, GRANT_STAMPS_MAX, e);
}

/* What a grant is about, gathered and judged before anything is written. */
struct case_of_grant {
    struct scan_row scan;
    struct serving serving;
    struct earn_who who;
    int64_t visit_ms;
    struct rounds rounds;
    struct receipt receipt; /* of a grant that names one */
    struct receipt_use receipt_use;
    bool joins;
};

/* The units of a grant: stamps as given, or points for the sale, and what the rules add. */
static enum err_code
earn(struct db *db, const struct grant *in, const struct case_of_grant *c, struct grant_result *out,
     struct err *e)
{
    const struct sale plain = {.stamps = in->stamps, .yen = in->yen};
    int64_t tier = 0;

    if (check_given(&out->rules, in, e) ||
        (earn_asks_tier(&out->rules.earn) && card_tier(db, &out->card, &out->rules, &tier, e)))
        return e->code;
    out->earning = units_of(&out->rules, in->sale != NULL ? in->sale : &plain, tier, c->visit_ms);
    return OK;
}

/* Whose card it is, and who serves. */
static enum err_code
meet(struct db *db, const struct grant *in, struct case_of_grant *c, struct grant_result *out,
     struct err *e)
{
    c->visit_ms = out->visit_ms = visit_of(in->now_ms, in->shown_ms);
    return load_scan(db, in->scan_id, &c->scan, e) ||
                   serving_load(db, in->staff_id, in->till_id, in->shop_id, &c->serving, e) ||
                   card_load(db, c->scan.card_id, &out->card, e)
               ? e->code
               : OK;
}

static enum err_code
gather(struct db *db, const struct grant *in, struct case_of_grant *c, struct grant_result *out,
       struct err *e)
{
    if (tier_rules_at(db, &out->card, c->visit_ms, &out->rules, e) || earn(db, in, c, out, e))
        return e->code;
    c->who = (struct earn_who){.card_id = out->card.id,
                               .staff_id = in->staff_id,
                               .till_id = in->till_id,
                               .visit_ms = c->visit_ms};
    return OK;
}

/* What the day has seen, and what the card can hold. */
static enum err_code
judge_units(struct db *db, struct case_of_grant *c, struct grant_result *out,
            struct refusal *refusal, struct err *e)
{
    const struct place place = place_of(&out->card);
    struct earn_used used[EARN_CAPS];

    if (out->earning.total == 0) {
        refusal->kind = REFUSAL_NO_POINTS;
        return OK;
    }
    if (earn_has_caps(&out->rules.earn)) {
        if (earn_used_load(db, &out->rules, &c->who, used, e))
            return e->code;
        *refusal = caps_decide(&out->rules, used, c->visit_ms, &out->earning);
    }
    c->rounds = rounds_of(&out->rules, &place, out->earning.total);
    if (refusal->kind == REFUSAL_NONE &&
        (out->earning.total > GRANT_AMOUNT_MAX || c->rounds.too_many))
        refusal->kind = REFUSAL_TOO_MUCH;
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
judge_joining(struct db *db, const struct grant_history *history, struct case_of_grant *c,
              const struct grant_result *out, struct err *e)
{
    struct join_facts facts;

    c->joins = false;
    if (out->rules.earn.join_units == 0 || !out->rules.earn.joins_at_visit || history->has_visited)
        return OK;
    if (join_facts_load(db, out->card.id, &facts, e))
        return e->code;
    c->joins = join_is_due(&out->rules.earn, &facts, true);
    return OK;
}

static enum err_code
judge(struct db *db, const struct grant *in, struct case_of_grant *c, struct grant_result *out,
      struct refusal *refusal, struct err *e)
{
    struct grant_history history;

    if (grants_before(db, &out->card, &out->rules, &c->scan, in->shop_id, c->visit_ms, &history,
                      e) ||
        find_receipt(db, in, c, &out->rules, e))
        return e->code;
    *refusal = (struct refusal){.kind = REFUSAL_NONE};
    if (!scan_is_live(&c->scan, in->till_id, c->visit_ms))
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
    if (c->receipt_use.is_used) {
        *refusal = (struct refusal){.kind = REFUSAL_RECEIPT_USED,
                                    .at_ms = c->receipt_use.at_ms,
                                    .till_id = c->receipt_use.till_id};
        return OK;
    }
    return judge_units(db, c, out, refusal, e) || judge_joining(db, &history, c, out, e) ? e->code
                                                                                         : OK;
}

/* ---------------------------------------------------------------- writing */

enum err_code
posting_earn(struct posting *posting, struct transfer *t, struct grant_result *out, struct err *e)
{
    if (posting_add(posting, t, e))
        return e->code;
    out->seq = t->seq;
    memcpy(out->mac, t->mac, MAC_SIZE);
    out->at_ms = t->at_ms;
    out->amount = t->amount;
    return OK;
}

static enum err_code
add_earn(struct posting *posting, const struct grant *in, const struct case_of_grant *c,
         struct grant_result *out, struct transfer *t, struct err *e)
{
    *t = (struct transfer){
        .kind = TRANSFER_EARN,
        .amount = out->earning.total,
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
    return posting_earn(posting, t, out, e);
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
    struct issue issue = {.card = card,
                          .rules = rules,
                          .reward_id = what->id,
                          .valid_days = what->valid_days,
                          .cause = cause,
                          .round_seq = round_seq};
    struct reward terms;
    struct issued issued;
    bool has_terms;

    if (reward_of_place(db, rules, what->id, &terms, &has_terms, e))
        return e->code;
    issue.terms = has_terms ? &terms : NULL;
    if (issue_voucher(db, &issue, &issued, e))
        return e->code;
    *out = (struct grant_voucher){.id = issued.id,
                                  .reward = (int64_t)reward,
                                  .as_id = issued.as.id,
                                  .expires_ms = issued.expires_ms};
    return add_notice(db, card, NOTICE_VOUCHER, cause->seq, out->id, out->expires_ms, now_ms, e);
}

/* What repays: not what is moved here from another card or book, where it was nobody's debt. */
static bool
is_earned(enum transfer_kind kind)
{
    return kind == TRANSFER_EARN || kind == TRANSFER_LATE || kind == TRANSFER_BONUS;
}

enum err_code
posting_reach(struct posting *posting, const struct transfer *cause, const struct rounds *rounds,
              struct grant_voucher voucher[GRANT_REWARDS_MAX], struct err *e)
{
    int64_t round_seq[GRANT_REWARDS_MAX] = {0};

    if (posting->place.owed > 0 && is_earned(cause->kind) && debt_repay(posting, cause, e))
        return e->code;
    for (size_t i = 0; i < rounds->steps_n; i++)
        if (rounds->step[i].is_round &&
            posting_round(posting, cause, posting->rules->goal, &round_seq[i], e))
            return e->code;
    assert(posting->place.balance == rounds->balance_after);
    if (posting_close(posting, e))
        return e->code;
    for (size_t i = 0; i < rounds->steps_n; i++)
        if (posting_reward(posting->db, &posting->card, posting->rules, rounds->step[i].reward,
                           cause, round_seq[i], posting->now_ms, &voucher[i], e))
            return e->code;
    return OK;
}

enum err_code
posting_tell(const struct posting *posting, int64_t seq, int64_t *notice_id_out, struct err *e)
{
    bool is_one = is_one_short(posting->rules, posting->place.balance);

    if (add_notice(posting->db, &posting->card, is_one ? NOTICE_ONE_MORE : NOTICE_GRANT, seq, 0,
                   posting->now_ms + NOTICE_GRANT_LIFE_MS, posting->now_ms, e))
        return e->code;
    *notice_id_out = db_last_id(posting->db);
    return OK;
}

/* What the rules for earning keep of it; nothing where there are none. */
static enum err_code
keep_why(struct db *db, const struct case_of_grant *c, const struct grant_result *out,
         struct err *e)
{
    if (earn_parts_add(db, out->seq, &out->earning, e))
        return e->code;
    return earn_has_caps(&out->rules.earn)
               ? earn_tally(db, &out->rules, &c->who, out->earning.total, e)
               : OK;
}

static enum err_code
write_grant(struct posting *posting, const struct grant *in, const struct case_of_grant *c,
            struct grant_result *out, struct err *e)
{
    struct transfer earned;

    if (add_earn(posting, in, c, out, &earned, e) ||
        posting_reach(posting, &earned, &c->rounds, out->voucher, e) ||
        keep_why(posting->db, c, out, e))
        return e->code;
    if (in->receipt.n > 0 &&
        receipt_add(posting->db, &c->receipt, c->receipt_use.turn, out->seq, e))
        return e->code;
    out->vouchers_n = c->rounds.steps_n;
    out->rounds = c->rounds.rounds;
    out->card.balance = posting->place.balance;
    out->card.reached = posting->place.reached;
    out->card.owed = posting->place.owed;
    if (out->vouchers_n > 0 || !out->rules.notify_grants)
        return OK;
    return posting_tell(posting, out->seq, &out->notice_id, e);
}

/* The card may have grown by the grant; what the bonus reaches on top is told with it. */
static enum err_code
give_joining(struct db *db, const struct grant *in, struct grant_result *out, struct err *e)
{
    struct bonus bonus = {.card = &out->card,
                          .rules = &out->rules,
                          .units = out->rules.earn.join_units,
                          .reason = "join",
                          .cause_seq = out->seq,
                          .staff_id = in->staff_id,
                          .till_id = in->till_id,
                          .shop_id = in->shop_id,
                          .now_ms = in->now_ms};
    struct bonus_result result;
    struct refusal refusal;

    memcpy(bonus.request_key, in->request_key, REQUEST_KEY_SIZE);
    if (card_load(db, out->card.id, &out->card, e) || bonus_give(db, &bonus, &result, &refusal, e))
        return e->code;
    if (refusal.kind != REFUSAL_NONE)
        return OK;
    for (size_t i = 0; i < result.vouchers_n; i++)
        out->voucher[out->vouchers_n++] = result.voucher[i];
    out->rounds += result.rounds;
    out->join_units = bonus.units;
    out->amount += bonus.units;
    out->card = result.card;
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
    out->join_units = 0;
    if (meet(db, in, &c, out, e) || lapse_card(db, &out->card, in->now_ms, e) ||
        gather(db, in, &c, out, e) || judge(db, in, &c, out, refusal, e))
        return err_wrap(e, "grant on scan %" PRId64, in->scan_id);
    if (refusal->kind != REFUSAL_NONE)
        return OK;
    if (posting_open(&posting, db, &out->card, &out->rules, in->now_ms, e) ||
        write_grant(&posting, in, &c, out, e) || (c.joins && give_joining(db, in, out, e)) ||
        tier_after(db, &out->card, &out->rules, out->seq, in->now_ms, e))
        return err_wrap(e, "grant on card %" PRId64, out->card.id);
    out->balance = out->card.balance;
    out->undo_until_ms = business_day(&out->rules, out->at_ms).end_ms;
    return OK;
}

/* ---------------------------------------------------------------- not written */

/* Lots that have ended are still on the card: they change nothing about what it earns. */
enum err_code
grant_foresee(struct db *db, const struct grant *in, struct grant_result *out,
              struct refusal *refusal, struct err *e)
{
    struct case_of_grant c;

    *out = (struct grant_result){.seq = 0};
    if (meet(db, in, &c, out, e) || gather(db, in, &c, out, e) ||
        judge(db, in, &c, out, refusal, e))
        return err_wrap(e, "grant on scan %" PRId64 " ahead", in->scan_id);
    if (refusal->kind == REFUSAL_NONE && c.joins)
        out->join_units = out->rules.earn.join_units;
    out->amount = out->earning.total + out->join_units;
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
        line->is_credit = stmt_int(s, 9) != 0;
        line->is_held = stmt_int(s, 10) != 0;
        line->sale_yen = stmt_int(s, 11);
        line->refunded_yen = stmt_int(s, 12);
    }
    *n_out = n;
    return OK;
}
