#include "domain/spend.h"

#include <inttypes.h>
#include <string.h>

#include "domain/member.h"
#include "domain/posting.h"
#include "domain/scan.h"
#include "domain/serving.h"
#include "domain/spend_row.h"

/* ---------------------------------------------------------------- what was, and what is there */

/* Spendings of this business day, and whether this scan has carried one. */
static enum err_code
spent_before(struct db *db, int64_t card_id, const struct plan_rules *rules, int64_t scan_id,
             int64_t now_ms, int64_t *day_out, bool *scan_is_spent_out, struct err *e)
{
    STMT s = db_stmt(db, SQL_SPENDS_OF_CARD);
    int64_t day_ms = business_day(rules, now_ms).start_ms;
    int64_t scan_ms = now_ms - 2 * SCAN_SESSION_MS;
    bool row;

    *day_out = 0;
    *scan_is_spent_out = false;
    stmt_bind_int(s, ":card_id", card_id);
    for (;;) {
        if (stmt_step(s, &row, e))
            return err_wrap(e, "spendings of card %" PRId64, card_id);
        if (!row || stmt_int(s, 0) < (day_ms < scan_ms ? day_ms : scan_ms))
            return OK;
        if (stmt_int(s, 0) >= day_ms)
            *day_out += stmt_int(s, 1);
        *scan_is_spent_out = *scan_is_spent_out || stmt_int(s, 2) == scan_id;
    }
}

enum err_code
spend_usable(struct db *db, const struct card *card, int64_t now_ms, int64_t *out, struct err *e)
{
    POSTING posting = {.db = NULL};

    return posting_open(&posting, db, card, NULL, now_ms, e) || posting_usable(&posting, out, e)
               ? e->code
               : OK;
}

static enum err_code
yes_of(struct db *db, int64_t card_id, int64_t now_ms, int64_t *points_out, struct err *e)
{
    STMT s = db_stmt(db, SQL_SPEND_YES_FIND);
    bool row;

    stmt_bind_int(s, ":card_id", card_id);
    stmt_bind_int(s, ":now_ms", now_ms);
    if (stmt_step(s, &row, e))
        return err_wrap(e, "the yes of card %" PRId64, card_id);
    *points_out = row ? stmt_int(s, 1) : 0;
    return OK;
}

/* ---------------------------------------------------------------- may it be */

struct case_of_spend {
    struct scan_row scan;
    struct serving serving;
    struct member member;
    struct spend_facts facts;
    bool scan_is_spent;
};

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
gather(struct db *db, const struct spend *in, struct case_of_spend *c, struct spend_quote *out,
       struct err *e)
{
    struct spend_facts *facts = &c->facts;

    if (load_scan(db, in->scan_id, &c->scan, e) ||
        serving_load(db, in->staff_id, in->till_id, in->shop_id, &c->serving, e) ||
        card_load(db, c->scan.card_id, &out->card, e) ||
        plan_load(db, out->card.plan_id, 0, &out->rules, e) ||
        member_load(db, out->card.member_id, &c->member, e) ||
        spend_usable(db, &out->card, in->now_ms, &facts->usable, e) ||
        spent_before(db, out->card.id, &out->rules, in->scan_id, in->now_ms, &facts->day_spent,
                     &c->scan_is_spent, e) ||
        yes_of(db, out->card.id, in->now_ms, &facts->agreed, e))
        return e->code;
    if (in->sale_yen == 0 && spend_needs_sale(&out->rules))
        return err_field(e, ERR_INPUT, "field_missing", "yen",
                         "plan %" PRId64 " limits the share of a sale", out->rules.plan_id);
    facts->by_code = c->scan.by_code;
    facts->sale_yen = in->sale_yen;
    facts->points = in->points;
    out->usable = facts->usable;
    out->scan_until_ms = c->scan.until_ms;
    return OK;
}

static void
judge(const struct spend *in, const struct case_of_spend *c, struct spend_quote *out,
      struct refusal *refusal)
{
    struct spend_verdict verdict;

    *refusal = (struct refusal){.kind = REFUSAL_NONE};
    if (!scan_is_live(&c->scan, in->till_id, in->now_ms) || c->scan_is_spent)
        refusal->kind = REFUSAL_SCAN_OVER;
    else if (!out->card.is_active)
        refusal->kind = out->card.is_merged ? REFUSAL_CARD_MERGED : REFUSAL_CARD_BLOCKED;
    else if (c->serving.member_id == out->card.member_id)
        refusal->kind = REFUSAL_OWN_CARD;
    else if (c->member.is_guest)
        refusal->kind = REFUSAL_GUEST;
    if (refusal->kind != REFUSAL_NONE)
        return;
    verdict = spend_decide(&out->rules, &c->facts, in->now_ms);
    *refusal = verdict.refusal;
    out->points = verdict.points;
    out->yen = verdict.yen;
    out->needs_yes = verdict.refusal.kind == REFUSAL_SPEND_ASK;
}

enum err_code
spend_quote(struct db *db, const struct spend *in, struct spend_quote *out, struct refusal *refusal,
            struct err *e)
{
    struct case_of_spend c = {.scan_is_spent = false};

    out->points = 0;
    out->yen = 0;
    out->needs_yes = false;
    if (gather(db, in, &c, out, e))
        return err_wrap(e, "spending on scan %" PRId64, in->scan_id);
    judge(in, &c, out, refusal);
    if (refusal->kind == REFUSAL_SPEND_ASK)
        *refusal = (struct refusal){.kind = REFUSAL_NONE};
    return OK;
}

enum err_code
spend_foresee(struct db *db, const struct card *card, const struct plan_rules *rules, bool by_code,
              int64_t now_ms, struct spend_verdict *out, struct err *e)
{
    struct spend_facts facts = {.by_code = by_code, .points = SPEND_ALL};
    bool ignored;

    if (rules->spend.yen > 0 &&
        (spend_usable(db, card, now_ms, &facts.usable, e) ||
         spent_before(db, card->id, rules, 0, now_ms, &facts.day_spent, &ignored, e) ||
         yes_of(db, card->id, now_ms, &facts.agreed, e)))
        return e->code;
    *out = spend_decide(rules, &facts, now_ms);
    return OK;
}

/* ---------------------------------------------------------------- writing */

static enum err_code
use_yes(struct db *db, int64_t card_id, int64_t seq, struct err *e)
{
    STMT s = db_stmt(db, SQL_SPEND_YES_USE);

    stmt_bind_int(s, ":card_id", card_id);
    stmt_bind_int(s, ":seq", seq);
    if (stmt_run(s, e))
        return e->code;
    if (db_changes(db) != 1)
        return err_set(e, ERR_INTERNAL, "ledger_unsound", "the yes was there a moment ago");
    return OK;
}

static enum err_code
write_spend(struct db *db, const struct spend *in, const struct spend_quote *quote,
            const char *reason, struct spend_result *out, struct err *e)
{
    POSTING posting = {.db = NULL};
    struct transfer t = {
        .kind = TRANSFER_SPEND,
        .amount = quote->points,
        .plan_version = quote->rules.version,
        .shop_id = in->shop_id,
        .till_id = in->till_id,
        .staff_id = in->staff_id,
        .scan_id = in->scan_id,
        .yen = in->sale_yen,
    };

    memcpy(t.request_key, in->request_key, REQUEST_KEY_SIZE);
    str_copy(str_of(reason), t.reason, sizeof(t.reason));
    if (posting_open(&posting, db, &quote->card, &quote->rules, in->now_ms, e))
        return err_wrap(e, "on card %" PRId64, quote->card.id);
    t.visit_ms = in->now_ms < posting.head.at_ms ? in->now_ms : 0;
    if (posting_add(&posting, &t, e) || posting_close(&posting, e) ||
        use_yes(db, quote->card.id, t.seq, e))
        return err_wrap(e, "on card %" PRId64, quote->card.id);
    *out = (struct spend_result){
        .seq = t.seq,
        .at_ms = t.at_ms,
        .points = t.amount,
        .yen = quote->yen,
        .undo_until_ms = in->now_ms + SPEND_UNDO_MS,
        .card = quote->card,
        .rules = quote->rules,
    };
    memcpy(out->mac, t.mac, MAC_SIZE);
    out->card.balance = posting.place.balance;
    return OK;
}

enum err_code
spend_for(struct db *db, const struct spend *in, const char *reason, struct spend_result *out,
          struct refusal *refusal, struct err *e)
{
    struct case_of_spend c = {.scan_is_spent = false};
    struct spend_quote quote;

    if (gather(db, in, &c, &quote, e))
        return err_wrap(e, "spend on scan %" PRId64, in->scan_id);
    judge(in, &c, &quote, refusal);
    if (refusal->kind != REFUSAL_NONE)
        return OK;
    return write_spend(db, in, &quote, reason, out, e);
}

enum err_code
spend_points(struct db *db, const struct spend *in, struct spend_result *out,
             struct refusal *refusal, struct err *e)
{
    return spend_for(db, in, "spend", out, refusal, e);
}

/* ---------------------------------------------------------------- the member's yes */

static enum err_code
judge_yes(struct db *db, const struct spend_yes *in, const struct card *card,
          const struct plan_rules *rules, int64_t *usable_out, struct refusal *refusal,
          struct err *e)
{
    struct member member;

    *refusal = (struct refusal){.kind = REFUSAL_NONE};
    if (member_load(db, in->member_id, &member, e) ||
        spend_usable(db, card, in->now_ms, usable_out, e))
        return e->code;
    if (!card->is_active)
        refusal->kind = card->is_merged ? REFUSAL_CARD_MERGED : REFUSAL_CARD_BLOCKED;
    else if (member.is_guest)
        refusal->kind = REFUSAL_GUEST;
    else if (rules->spend.yen == 0)
        refusal->kind = REFUSAL_NOT_SPENT;
    else if (*usable_out == 0 || in->points > *usable_out)
        *refusal = (struct refusal){.kind = REFUSAL_POINTS_SHORT, .have = *usable_out};
    return OK;
}

static enum err_code
keep_yes(struct db *db, int64_t card_id, int64_t now_ms, const struct spend_yes_result *yes,
         struct err *e)
{
    STMT drop = db_stmt(db, SQL_SPEND_YES_DROP);
    STMT add = db_stmt(db, SQL_SPEND_YES_ADD);

    stmt_bind_int(drop, ":card_id", card_id);
    stmt_bind_int(add, ":card_id", card_id);
    stmt_bind_int(add, ":points", yes->points);
    stmt_bind_int(add, ":now_ms", now_ms);
    stmt_bind_int(add, ":until_ms", yes->until_ms);
    return stmt_run(drop, e) || stmt_run(add, e) ? e->code : OK;
}

enum err_code
spend_say_yes(struct db *db, const struct spend_yes *in, struct spend_yes_result *out,
              struct refusal *refusal, struct err *e)
{
    struct card card;
    struct plan_rules rules;
    int64_t usable;

    if (card_of_plan(db, in->member_id, in->plan_id, &card, e) ||
        plan_load(db, in->plan_id, 0, &rules, e) ||
        judge_yes(db, in, &card, &rules, &usable, refusal, e))
        return err_wrap(e, "yes of member %" PRId64, in->member_id);
    if (refusal->kind != REFUSAL_NONE)
        return OK;
    out->points = in->points == SPEND_ALL ? usable : in->points;
    out->yen = out->points * rules.spend.yen;
    out->until_ms = in->now_ms + SPEND_YES_MS;
    return keep_yes(db, card.id, in->now_ms, out, e) ? err_wrap(e, "card %" PRId64, card.id) : OK;
}

enum err_code
spend_yes_sweep(struct db *db, int64_t now_ms, struct err *e)
{
    STMT s = db_stmt(db, SQL_SPEND_YES_SWEEP);

    stmt_bind_int(s, ":now_ms", now_ms);
    return stmt_run(s, e) ? err_wrap(e, "yes that was not used") : OK;
}
