#include "domain/late.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "domain/audit.h"
#include "domain/lapse.h"
#include "domain/posting.h"
#include "domain/receipt.h"
#include "domain/serving.h"
#include "domain/staff.h"
#include "domain/tier.h"

/* What a credit is about, gathered before anything is judged. */
struct late {
    struct scan_row scan;
    struct serving serving;
    struct receipt receipt; /* where there is one */
    struct receipt_use use;
    struct grant_history around;
    struct late_case is;
    struct rounds rounds;
};

/* ---------------------------------------------------------------- may it be, and how much */

static enum err_code
amount_of(const struct plan_rules *rules, const struct late_credit *in, int64_t *amount_out,
          struct err *e)
{
    bool is_sale = rules->unit == UNIT_POINT;
    const char *field = is_sale ? "yen" : "stamps";
    int64_t given = is_sale ? in->yen : in->stamps;

    if ((is_sale ? in->stamps : in->yen) != 0)
        return err_field(e, ERR_INPUT, "field_unknown", is_sale ? "stamps" : "yen",
                         "plan %" PRId64 " counts by %s", rules->plan_id, unit_name(rules->unit));
    if (given < 1 || given > (is_sale ? GRANT_YEN_MAX : GRANT_STAMPS_MAX))
        return err_field(e, ERR_INPUT, "field_range", field, "%" PRId64 " %s", given, field);
    *amount_out =
        units_of(rules, &(struct sale){.stamps = in->stamps, .yen = in->yen}, 0, in->sold_ms).base;
    return OK;
}

/* Visits and late credits of the time of the sale, whenever they were booked. */
static enum err_code
visits_around(struct db *db, const struct card *card, const struct plan_rules *rules,
              int64_t sold_ms, struct grant_history *out, struct err *e)
{
    STMT s = db_stmt(db, SQL_VISITS_OF_CARD);
    struct business_day day = business_day(rules, sold_ms);
    int64_t since_ms = sold_ms - rules->cool_down_min * MINUTE_MS;
    bool row;

    if (day.start_ms < since_ms)
        since_ms = day.start_ms;
    *out = (struct grant_history){.has_near = false};
    stmt_bind_int(s, ":card_id", card->id);
    for (;;) {
        int64_t at_ms, apart_ms, near_ms;

        if (stmt_step(s, &row, e))
            return err_wrap(e, "visits of card %" PRId64, card->id);
        if (!row || stmt_int(s, 0) < since_ms) /* booked before: visited before, too */
            return OK;
        at_ms = stmt_int(s, 1);
        apart_ms = at_ms < sold_ms ? sold_ms - at_ms : at_ms - sold_ms;
        near_ms = out->near_ms < sold_ms ? sold_ms - out->near_ms : out->near_ms - sold_ms;
        if (!out->has_near || apart_ms < near_ms)
            out->near_ms = at_ms;
        out->has_near = true;
        out->day_count += at_ms >= day.start_ms && at_ms < day.end_ms;
    }
}

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

/* Whoever serves without a till. */
static enum err_code
manager_load(struct db *db, const struct late_credit *in, struct serving *out, struct err *e)
{
    struct staff staff;

    if (staff_load(db, in->staff_id, &staff, e))
        return e->code;
    if (staff.shop_id != 0 && staff.shop_id != in->shop_id)
        return err_set(e, ERR_FORBIDDEN, "other_shop", "staff %" PRId64, in->staff_id);
    *out = (struct serving){
        .role = staff.role, .staff_shop_id = staff.shop_id, .member_id = staff.member_id};
    return OK;
}

/* Whoever agrees to what nothing proves: neither the one who asks, nor the one who gets it. */
static enum err_code
second_agrees(struct db *db, const struct late_credit *in, int64_t member_id, struct err *e)
{
    struct staff staff = {.id = 0};

    if (in->scan_id != 0 || in->receipt.n > 0)
        return OK;
    if (in->second_id != 0 && staff_load(db, in->second_id, &staff, e))
        return e->code;
    if (staff.role < MANAGER || staff.id == in->staff_id || staff.member_id == member_id ||
        (staff.shop_id != 0 && staff.shop_id != in->shop_id))
        return err_set(e, ERR_FORBIDDEN, "second_needed",
                       "without a receipt another manager of that shop, or an owner, has to agree");
    return OK;
}

static enum err_code
load_scene(struct db *db, const struct late_credit *in, struct late *l, struct err *e)
{
    if (in->scan_id != 0)
        return load_scan(db, in->scan_id, &l->scan, e) ||
                       serving_load(db, in->staff_id, in->till_id, in->shop_id, &l->serving, e)
                   ? e->code
                   : OK;
    l->scan.card_id = in->card_id;
    return manager_load(db, in, &l->serving, e);
}

static enum err_code
gather(struct db *db, const struct late_credit *in, struct late *l, struct grant_result *out,
       struct err *e)
{
    if (load_scene(db, in, l, e) || card_load(db, l->scan.card_id, &out->card, e) ||
        lapse_card(db, &out->card, in->now_ms, e) ||
        tier_rules_load(db, &out->card, &out->rules, e) ||
        amount_of(&out->rules, in, &l->is.amount, e) ||
        visits_around(db, &out->card, &out->rules, in->sold_ms, &l->around, e))
        return e->code;
    l->is.sold_ms = in->sold_ms;
    l->is.has_receipt = in->receipt.n > 0;
    l->is.by_number = l->scan.by_number || in->scan_id == 0;
    l->is.by_manager = l->serving.role >= MANAGER;
    if (!l->is.has_receipt)
        return OK;
    if (receipt_read(&out->rules, in->shop_id, in->receipt, in->sold_ms, &l->receipt, e) ||
        receipt_find(db, &l->receipt, &l->use, e))
        return e->code;
    l->is.is_used = l->use.is_used;
    l->is.used_ms = l->use.at_ms;
    return OK;
}

static void
judge(const struct late_credit *in, struct late *l, const struct grant_result *out,
      struct refusal *refusal)
{
    const struct place place = place_of(&out->card);

    l->rounds = rounds_of(&out->rules, &place, l->is.amount);
    *refusal = (struct refusal){.kind = REFUSAL_NONE};
    if (in->scan_id != 0 && !scan_is_live(&l->scan, in->till_id, in->now_ms))
        refusal->kind = REFUSAL_SCAN_OVER;
    else if (!out->card.is_active)
        refusal->kind = out->card.is_merged ? REFUSAL_CARD_MERGED : REFUSAL_CARD_BLOCKED;
    else if (l->serving.member_id == out->card.member_id)
        refusal->kind = REFUSAL_OWN_CARD;
    else if (plan_is_over(&out->rules, in->sold_ms))
        refusal->kind = REFUSAL_PLAN_OVER;
    else
        *refusal = late_decide(&out->rules, &l->around, &l->is, in->now_ms);
    if (refusal->kind == REFUSAL_RECEIPT_USED)
        refusal->till_id = l->use.till_id;
    if (refusal->kind != REFUSAL_NONE)
        return;
    if (l->is.amount == 0)
        refusal->kind = REFUSAL_NO_POINTS;
    else if (l->is.amount > GRANT_AMOUNT_MAX || l->rounds.too_many)
        refusal->kind = REFUSAL_TOO_MUCH;
}

/* ---------------------------------------------------------------- writing */

static enum err_code
add_transfer(struct posting *posting, const struct late_credit *in, const struct late *l,
             struct grant_result *out, struct transfer *t, struct err *e)
{
    *t = (struct transfer){
        .kind = TRANSFER_LATE,
        .amount = l->is.amount,
        .plan_version = out->rules.version,
        .shop_id = in->shop_id,
        .till_id = in->till_id,
        .staff_id = in->staff_id,
        .scan_id = in->scan_id,
        .yen = in->yen,
        .visit_ms = in->sold_ms < posting->head.at_ms ? in->sold_ms : 0,
    };
    memcpy(t->request_key, in->request_key, REQUEST_KEY_SIZE);
    str_copy(str_of(late_reason_name(in->reason)), t->reason, sizeof(t->reason));
    return posting_earn(posting, t, out, e);
}

static enum err_code
write_credit(struct posting *posting, const struct late_credit *in, const struct late *l,
             struct grant_result *out, struct err *e)
{
    struct transfer t;

    if (add_transfer(posting, in, l, out, &t, e) ||
        posting_reach(posting, &t, &l->rounds, out->voucher, e))
        return e->code;
    out->vouchers_n = l->rounds.steps_n;
    if (l->is.has_receipt && receipt_add(posting->db, &l->receipt, l->use.turn, t.seq, e))
        return e->code;
    if (in->second_id != 0 &&
        audit_write(posting->db, "late.approved", in->second_id, 0, t.seq, in->now_ms, e))
        return e->code;
    return audit_write(posting->db, "late.credited", in->staff_id, in->till_id, t.seq, in->now_ms,
                       e);
}

enum err_code
late_credit(struct db *db, const struct late_credit *in, struct grant_result *out,
            struct refusal *refusal, struct err *e)
{
    struct late l = {.is = {.amount = 0}};
    POSTING posting = {.db = NULL};

    out->vouchers_n = 0;
    out->notice_id = 0;
    out->join_units = 0;
    out->visit_ms = in->sold_ms;
    out->earning = (struct earning){0};
    if (gather(db, in, &l, out, e))
        return err_wrap(e, "late credit by staff %" PRId64, in->staff_id);
    judge(in, &l, out, refusal);
    if (refusal->kind != REFUSAL_NONE)
        return OK;
    if (second_agrees(db, in, out->card.member_id, e))
        return err_wrap(e, "late credit by staff %" PRId64, in->staff_id);
    if (posting_open(&posting, db, &out->card, &out->rules, in->now_ms, e) ||
        write_credit(&posting, in, &l, out, e) ||
        tier_after(db, &out->card, &out->rules, out->seq, in->now_ms, e))
        return err_wrap(e, "late credit on card %" PRId64, out->card.id);
    out->card.balance = posting.place.balance;
    out->balance = posting.place.balance;
    out->rounds = l.rounds.rounds;
    out->undo_until_ms = business_day(&out->rules, out->at_ms).end_ms;
    return OK;
}
