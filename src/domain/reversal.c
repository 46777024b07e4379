/*
 * The other half of ledger.h: how a grant is undone.
 *
 * A card's vouchers, newest first, are the way it came: rewards reached in passing, and before each
 * round's the one that round was spent for. Going back by the grant's amount means walking this way
 * down from the present balance, undoing what lies above the place where the walk ends.
 */
#include "domain/ledger.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "domain/audit.h"
#include "domain/bind.h"
#include "domain/earn_book.h"
#include "domain/posting.h"
#include "domain/staff.h"

/* One grant reaches at most GRANT_REWARDS_MAX rewards, but those it undoes may be of a plan whose
 * goal was lowered since. */
#define UNDO_MAX (POSTING_MAX - 1)

struct undo {
    int64_t voucher_id;
    bool is_issued; /* else it expired: there is nothing left to cancel */
    int64_t cause_seq;
    int64_t round_seq; /* 0: reached in passing */
    int64_t amount;    /* of the round */
};

struct way_back {
    size_t n;
    struct undo undo[UNDO_MAX];
};

/* ---------------------------------------------------------------- may it be */

enum err_code
transfer_by_seq(struct db *db, int64_t seq, struct transfer *out, struct err *e)
{
    STMT s = db_stmt(db, SQL_TRANSFER_BY_SEQ);

    stmt_bind_int(s, ":seq", seq);
    if (stmt_one(s, "transfer", e))
        return e->code;
    transfer_read(s, out);
    return OK;
}

static enum err_code
find_reversal(struct db *db, int64_t seq, bool *found_out, struct err *e)
{
    STMT s = db_stmt(db, SQL_TRANSFER_REVERSED_BY);

    stmt_bind_int(s, ":seq", seq);
    return stmt_step(s, found_out, e);
}

/* A cashier undoes what this till granted on this business day; a manager also later, and in the
 * whole shop, or the chain when that is what they manage. */
static enum refusal_kind
judge_person(const struct reversal *in, const struct transfer *grant,
             const struct plan_rules *rules, const struct serving *serving)
{
    if (serving->role >= MANAGER)
        return serving->staff_shop_id != 0 && serving->staff_shop_id != grant->shop_id
                   ? REFUSAL_OTHER_TILL
                   : REFUSAL_NONE;
    if (in->till_id != grant->till_id)
        return REFUSAL_OTHER_TILL;
    if (business_day(rules, in->now_ms).start_ms != business_day(rules, grant->at_ms).start_ms)
        return REFUSAL_TOO_LATE;
    return REFUSAL_NONE;
}

static enum err_code
judge(struct db *db, const struct reversal *in, const struct transfer *grant,
      struct refusal *refusal, struct err *e)
{
    struct serving serving;
    struct plan_rules rules;
    struct card card;
    bool is_reversed;

    *refusal = (struct refusal){.kind = REFUSAL_NONE};
    if (serving_load(db, in->staff_id, in->till_id, in->shop_id, &serving, e) ||
        plan_load(db, grant->plan_id, grant->plan_version, &rules, e) ||
        find_reversal(db, in->seq, &is_reversed, e) || card_load(db, grant->card_id, &card, e))
        return e->code;
    if (grant->kind != TRANSFER_EARN && grant->kind != TRANSFER_LATE)
        refusal->kind = REFUSAL_NOT_A_GRANT;
    else if (is_reversed)
        refusal->kind = REFUSAL_ALREADY_REVERSED;
    else if (card.is_ended)
        refusal->kind = REFUSAL_CARD_BLOCKED; /* what it gave has expired with its member */
    else if (card.is_merged)
        refusal->kind = REFUSAL_CARD_MERGED; /* its units went to another card */
    else
        refusal->kind = judge_person(in, grant, &rules, &serving);
    return OK;
}

/* ---------------------------------------------------------------- the way back */

/* Whether the walk ends before this voucher; `place` is where the card will stand, counted in the
 * round the walk is in. Expired ones tell nothing: a card may have gone back below them before. */
static bool
ends_before(const struct stmt *s, int64_t place)
{
    bool is_round = !stmt_is_null(s, 5);
    bool is_expired = str_eq(stmt_text(s, 1), STR("expired"));

    if (is_round)
        return place >= 0;
    return !is_expired && stmt_int(s, 4) <= place;
}

static enum err_code
walk_back(struct db *db, const struct card *card, int64_t amount, struct way_back *way,
          struct refusal *refusal, struct err *e)
{
    STMT s = db_stmt(db, SQL_VOUCHERS_TO_UNDO);
    int64_t place = card->balance - amount;
    bool row;

    way->n = 0;
    stmt_bind_int(s, ":card_id", card->id);
    for (;;) {
        bool is_round;

        if (stmt_step(s, &row, e))
            return e->code;
        if (!row)
            break;
        is_round = !stmt_is_null(s, 5);
        if (is_round && stmt_int(s, 7) != 0) /* expired, and its round is undone already */
            continue;
        if (ends_before(s, place))
            break;
        if (str_eq(stmt_text(s, 1), STR("redeemed"))) {
            *refusal = (struct refusal){.kind = REFUSAL_VOUCHER_REDEEMED, .at_ms = stmt_int(s, 3)};
            return OK;
        }
        if (way->n == UNDO_MAX) {
            refusal->kind = REFUSAL_TOO_MUCH;
            return OK;
        }
        way->undo[way->n++] = (struct undo){
            .voucher_id = stmt_int(s, 0),
            .is_issued = str_eq(stmt_text(s, 1), STR("issued")),
            .cause_seq = stmt_int(s, 2),
            .round_seq = stmt_int(s, 5),
            .amount = stmt_int(s, 6),
        };
        place += stmt_int(s, 6);
    }
    if (place < 0)
        refusal->kind = REFUSAL_BALANCE_TOO_LOW;
    return OK;
}

/* ---------------------------------------------------------------- writing */

/* `undone` is the transfer that `t` mirrors. */
static enum err_code
add_mirror(struct posting *posting, const struct reversal *in, const struct transfer *undone,
           int64_t cause_seq, struct transfer *t, struct err *e)
{
    *t = (struct transfer){
        .plan_version = undone->plan_version,
        .shop_id = in->shop_id,
        .till_id = in->till_id,
        .staff_id = in->staff_id,
        .cause_seq = cause_seq,
    };
    str_copy(undone->kind >= TRANSFER_MERGE_OUT && undone->kind <= TRANSFER_BRING ? STR("unmerge")
                                                                                  : STR("mistake"),
             t->reason, sizeof(t->reason));
    memcpy(t->request_key, in->request_key, REQUEST_KEY_SIZE);
    return posting_mirror(posting, t, undone, e);
}

static enum err_code
undo_rounds(struct posting *posting, const struct reversal *in, const struct way_back *way,
            int64_t *rounds_out, struct err *e)
{
    for (size_t i = 0; i < way->n; i++) {
        struct transfer round = {.seq = 0}, t;

        if (way->undo[i].round_seq == 0)
            continue;
        if (transfer_by_seq(posting->db, way->undo[i].round_seq, &round, e) ||
            add_mirror(posting, in, &round, in->seq, &t, e))
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

static enum err_code
cancel_voucher(struct db *db, const struct undo *undo, int64_t seq, int64_t at_ms, struct err *e)
{
    STMT s = db_stmt(db, SQL_VOUCHER_CANCEL);

    stmt_bind_int(s, ":voucher_id", undo->voucher_id);
    stmt_bind_int(s, ":seq", seq);
    stmt_bind_int(s, ":now_ms", at_ms);
    if (stmt_run(s, e))
        return e->code;
    assert(db_changes(db) == 1); /* read as issued in this transaction */
    return cancel_notice(db, undo->cause_seq, undo->voucher_id, e);
}

static enum err_code
cancel_vouchers(struct db *db, const struct way_back *way, struct reversal_result *out,
                struct err *e)
{
    for (size_t i = 0; i < way->n; i++) {
        if (!way->undo[i].is_issued)
            continue;
        if (cancel_voucher(db, &way->undo[i], out->seq, out->at_ms, e))
            return e->code;
        out->vouchers_cancelled++;
    }
    return OK;
}

static enum err_code
write_reversal(struct posting *posting, const struct reversal *in, const struct transfer *what,
               int64_t cause_seq, const struct way_back *way, struct reversal_result *out,
               struct err *e)
{
    struct transfer t;

    out->rounds = 0;
    out->vouchers_cancelled = 0;
    if (undo_rounds(posting, in, way, &out->rounds, e) ||
        add_mirror(posting, in, what, cause_seq, &t, e) || posting_close(posting, e))
        return e->code;
    out->seq = t.seq;
    memcpy(out->mac, t.mac, MAC_SIZE);
    out->at_ms = t.at_ms;
    out->amount = t.amount;
    out->card = posting->card;
    out->card.balance = posting->place.balance;
    if (cancel_vouchers(posting->db, way, out, e) || cancel_notice(posting->db, in->seq, 0, e))
        return e->code;
    return OK;
}

enum err_code
posting_take_back(struct db *db, const struct reversal *in, const struct transfer *what,
                  int64_t cause_seq, struct reversal_result *out, struct refusal *refusal,
                  struct err *e)
{
    struct card card;
    struct way_back way = {.n = 0};
    POSTING posting = {.db = NULL};
    bool was_gain = what->credit == what->card_id;

    *refusal = (struct refusal){.kind = REFUSAL_NONE};
    if (card_load(db, what->card_id, &card, e) ||
        (was_gain && walk_back(db, &card, what->amount, &way, refusal, e)))
        return e->code;
    if (refusal->kind != REFUSAL_NONE)
        return OK;
    if (posting_open(&posting, db, &card, NULL, in->now_ms, e) ||
        write_reversal(&posting, in, what, cause_seq, &way, out, e))
        return err_wrap(e, "on card %" PRId64, card.id);
    return OK;
}

/* The day has that much less under its caps. */
static enum err_code
untally(struct db *db, const struct transfer *grant, struct err *e)
{
    const struct earn_who who = {.card_id = grant->card_id,
                                 .staff_id = grant->staff_id,
                                 .till_id = grant->till_id,
                                 .visit_ms = grant->visit_ms != 0 ? grant->visit_ms : grant->at_ms};
    struct plan_rules rules;

    if (grant->kind != TRANSFER_EARN)
        return OK;
    if (plan_load(db, grant->plan_id, grant->plan_version, &rules, e))
        return e->code;
    return earn_has_caps(&rules.earn) ? earn_untally(db, &rules, &who, grant->amount, e) : OK;
}

enum err_code
ledger_reverse(struct db *db, const struct reversal *in, struct reversal_result *out,
               struct refusal *refusal, struct err *e)
{
    struct transfer grant = {.seq = 0};

    if (transfer_by_seq(db, in->seq, &grant, e) || judge(db, in, &grant, refusal, e))
        return err_wrap(e, "reverse %" PRId64, in->seq);
    if (refusal->kind != REFUSAL_NONE)
        return OK;
    if (posting_take_back(db, in, &grant, 0, out, refusal, e))
        return err_wrap(e, "reverse %" PRId64, in->seq);
    if (refusal->kind != REFUSAL_NONE)
        return OK;
    if (untally(db, &grant, e))
        return err_wrap(e, "reverse %" PRId64, in->seq);
    return audit_write(db, "transfer.reversed", in->staff_id, in->till_id, out->seq, in->now_ms, e);
}
