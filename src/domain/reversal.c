/*
 * The other half of ledger.h: how a transfer is undone.
 */
#include "domain/ledger.h"

#include <inttypes.h>
#include <string.h>

#include "domain/audit.h"
#include "domain/earn_book.h"
#include "domain/posting.h"
#include "domain/refund_row.h"
#include "domain/serving.h"
#include "domain/tier.h"
#include "domain/undo_rules.h"
#include "domain/undoing.h"

/* ---------------------------------------------------------------- may it be */

static enum err_code
find_reversal(struct db *db, int64_t seq, bool *found_out, struct err *e)
{
    STMT s = db_stmt(db, SQL_TRANSFER_REVERSED_BY);

    stmt_bind_int(s, ":seq", seq);
    return stmt_step(s, found_out, e);
}

/* Whether a basket holds what was spent. */
static enum err_code
find_hold(struct db *db, const struct transfer *what, bool *found_out, struct err *e)
{
    STMT s = db_stmt(db, SQL_HOLD_OPEN_OF);

    *found_out = false;
    if (what->kind != TRANSFER_SPEND)
        return OK;
    stmt_bind_int(s, ":spend_seq", what->seq);
    return stmt_step(s, found_out, e);
}

static enum err_code
judge(struct db *db, const struct reversal *in, struct transfer *what, struct card *card,
      struct refusal *refusal, struct err *e)
{
    struct undo_facts facts = {.is_held = false};
    struct plan_rules rules;
    struct serving serving;

    if (transfer_by_seq(db, in->seq, what, e) ||
        serving_load(db, in->staff_id, in->till_id, in->shop_id, &serving, e) ||
        plan_load(db, what->plan_id, what->plan_version, &rules, e) ||
        card_load(db, what->card_id, card, e) ||
        find_reversal(db, in->seq, &facts.is_reversed, e) || find_hold(db, what, &facts.is_held, e))
        return e->code;
    facts.kind = what->kind;
    facts.at_ms = what->at_ms;
    facts.is_ended = card->is_ended;
    facts.is_merged = card->is_merged;
    facts.by = undo_by(&serving, in->staff_id, in->till_id, what, card->member_id);
    *refusal = (struct refusal){.kind = undo_decide(&rules, &facts, in->now_ms)};
    return OK;
}

/* ---------------------------------------------------------------- what entered goes back */

/* A sale of which a part was refunded is refunded to the end; and so are its bonuses. */
static enum err_code
judge_refunds(struct db *db, const struct transfer *what, struct refusal *refusal, struct err *e)
{
    struct refunds own, of_cause = {.yen = 0};

    if (refunds_of(db, what->seq, &own, e) ||
        (what->cause_seq != 0 && refunds_of(db, what->cause_seq, &of_cause, e)))
        return e->code;
    if (own.yen > 0 || of_cause.yen > 0)
        refusal->kind = REFUSAL_ALREADY_REFUNDED;
    return OK;
}

static enum err_code
judge_units(struct db *db, const struct card *card, const struct transfer *what,
            const struct dependents *with, struct undoing *undoing, struct refusal *refusal,
            struct err *e)
{
    if (judge_refunds(db, what, refusal, e) || judge_lapse(db, what, with, refusal, e))
        return e->code;
    if (refusal->kind != REFUSAL_NONE)
        return OK;
    if (undoing_find(db, card, what->seq, what->amount + with->entered, false, undoing, refusal, e))
        return e->code;
    if (refusal->kind == REFUSAL_NONE && undoing->end.missing > 0)
        *refusal =
            (struct refusal){.kind = REFUSAL_BALANCE_TOO_LOW, .missing = undoing->end.missing};
    if (refusal->kind == REFUSAL_NONE && undoing->n + with->n + 1 > POSTING_MAX)
        refusal->kind = REFUSAL_TOO_MUCH;
    return OK;
}

/* Those that come back first: a balance never falls below zero on the way. */
static enum err_code
mirror_dependents(struct posting *posting, const struct reversal *in, const struct dependents *with,
                  bool to_card, struct err *e)
{
    for (size_t i = 0; i < with->n; i++) {
        const struct transfer *undone = &with->transfer[i];
        struct transfer t;

        if ((undone->debit == undone->card_id) == to_card &&
            mirror_add(posting, in, undone, in->seq, &t, e))
            return e->code;
    }
    return OK;
}

static void
tell(const struct posting *posting, const struct transfer *what, const struct transfer *mirror,
     struct reversal_result *out)
{
    out->seq = mirror->seq;
    memcpy(out->mac, mirror->mac, MAC_SIZE);
    out->at_ms = mirror->at_ms;
    out->kind = what->kind;
    out->amount = mirror->amount;
    out->card = posting->card;
    out->card.balance = posting->place.balance;
    out->card.reached = posting->place.reached;
    out->card.owed = posting->place.owed;
}

/* Vouchers close at the time that the book carries. */
static struct by
by_of(const struct reversal *in, int64_t at_ms)
{
    return (struct by){.staff_id = in->staff_id, .till_id = in->till_id, .now_ms = at_ms};
}

static enum err_code
write_back(struct posting *posting, const struct reversal *in, const struct transfer *what,
           int64_t cause_seq, const struct dependents *with, const struct undoing *undoing,
           struct reversal_result *out, struct err *e)
{
    const struct by by = by_of(in, posting->head.at_ms);
    struct transfer t;

    if (undoing_rounds(posting, in, undoing, &out->rounds, e) ||
        mirror_dependents(posting, in, with, true, e) ||
        mirror_dependents(posting, in, with, false, e) ||
        mirror_add(posting, in, what, cause_seq, &t, e))
        return e->code;
    posting->place.reached = undoing->end.reached;
    if (posting_close(posting, e))
        return e->code;
    tell(posting, what, &t, out);
    return undoing_vouchers(posting->db, undoing, out->seq, &by, &out->vouchers_cancelled, e) ||
                   undoing_news(posting->db, in->seq, e)
               ? e->code
               : OK;
}

static enum err_code
take_back(struct db *db, const struct reversal *in, const struct transfer *what, int64_t cause_seq,
          struct card *card, struct reversal_result *out, struct refusal *refusal, struct err *e)
{
    struct dependents with;
    struct undoing undoing;
    POSTING posting = {.db = NULL};

    if (dependents_of(db, what, &with, refusal, e) ||
        judge_units(db, card, what, &with, &undoing, refusal, e))
        return e->code;
    if (refusal->kind != REFUSAL_NONE)
        return OK;
    if (posting_open(&posting, db, card, NULL, in->now_ms, e) ||
        write_back(&posting, in, what, cause_seq, &with, &undoing, out, e))
        return e->code;
    return OK;
}

/* ---------------------------------------------------------------- what left comes back */

static enum err_code
give_back(struct db *db, const struct reversal *in, const struct transfer *what, int64_t cause_seq,
          struct card *card, struct reversal_result *out, struct err *e)
{
    POSTING posting = {.db = NULL};
    struct transfer t;

    if (posting_open(&posting, db, card, NULL, in->now_ms, e) ||
        mirror_add(&posting, in, what, cause_seq, &t, e) || posting_close(&posting, e))
        return e->code;
    tell(&posting, what, &t, out);
    return OK;
}

/* ---------------------------------------------------------------- all of it */

enum err_code
posting_take_back(struct db *db, const struct reversal *in, const struct transfer *what,
                  int64_t cause_seq, struct reversal_result *out, struct refusal *refusal,
                  struct err *e)
{
    bool was_gain = what->credit == what->card_id;
    struct card card;
    enum err_code code;

    *refusal = (struct refusal){.kind = REFUSAL_NONE};
    *out = (struct reversal_result){.seq = 0};
    if (card_load(db, what->card_id, &card, e))
        return e->code;
    code = was_gain ? take_back(db, in, what, cause_seq, &card, out, refusal, e)
                    : give_back(db, in, what, cause_seq, &card, out, e);
    return code == OK ? OK : err_wrap(e, "on card %" PRId64, card.id);
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
    struct transfer what = {.seq = 0};
    struct card card;

    if (judge(db, in, &what, &card, refusal, e))
        return err_wrap(e, "reverse %" PRId64, in->seq);
    if (refusal->kind != REFUSAL_NONE)
        return OK;
    if (posting_take_back(db, in, &what, 0, out, refusal, e))
        return err_wrap(e, "reverse %" PRId64, in->seq);
    if (refusal->kind != REFUSAL_NONE)
        return OK;
    if (untally(db, &what, e) || tier_after_undo(db, &out->card, out->seq, in->now_ms, e))
        return err_wrap(e, "reverse %" PRId64, in->seq);
    return audit_write(db, "transfer.reversed", in->staff_id, in->till_id, out->seq, in->now_ms, e);
}

/* ---------------------------------------------------------------- not written */

enum err_code
reversal_may(struct db *db, const struct reversal *in, struct refusal *refusal, struct err *e)
{
    struct transfer what = {.seq = 0};
    struct card card;

    return judge(db, in, &what, &card, refusal, e)
               ? err_wrap(e, "reversal of %" PRId64 " ahead", in->seq)
               : OK;
}

_Static_assert(UNDO_MAX <= GRANT_VOUCHERS_MAX, "each voucher that is undone has its place");

static void
tell_ahead(const struct dependents *with, const struct undoing *undoing, struct reversal_ahead *out)
{
    out->with = with->entered;
    out->balance = undoing->end.balance;
    for (size_t i = 0; i < undoing->n; i++) {
        const struct undo *undo = &undoing->undo[i];

        out->rounds += undo->round_seq != 0;
        if (undo->is_issued)
            out->voucher_id[out->vouchers_n++] = undo->voucher_id;
    }
}

static enum err_code
foresee_taking(struct db *db, const struct transfer *what, struct reversal_ahead *out,
               struct refusal *refusal, struct err *e)
{
    struct dependents with;
    struct undoing undoing;

    if (dependents_of(db, what, &with, refusal, e) ||
        judge_units(db, &out->card, what, &with, &undoing, refusal, e))
        return e->code;
    if (refusal->kind == REFUSAL_NONE)
        tell_ahead(&with, &undoing, out);
    return OK;
}

enum err_code
reversal_foresee(struct db *db, const struct reversal *in, struct reversal_ahead *out,
                 struct refusal *refusal, struct err *e)
{
    struct transfer what = {.seq = 0};
    struct card card;

    if (judge(db, in, &what, &card, refusal, e))
        return err_wrap(e, "reversal of %" PRId64 " ahead", in->seq);
    *out = (struct reversal_ahead){.kind = what.kind,
                                   .amount = what.amount,
                                   .at_ms = what.at_ms,
                                   .is_credit = what.credit == what.card_id,
                                   .card = card,
                                   .balance = card.balance + what.amount};
    if (refusal->kind == REFUSAL_NONE && out->is_credit &&
        foresee_taking(db, &what, out, refusal, e))
        return err_wrap(e, "reversal of %" PRId64 " ahead", in->seq);
    return OK;
}
