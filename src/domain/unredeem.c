#include "domain/unredeem.h"

#include <inttypes.h>

#include "domain/audit.h"
#include "domain/card.h"
#include "domain/serving.h"

/* ---------------------------------------------------------------- may it be */

enum refusal_kind
unredeem_decide(const struct unredeem_facts *facts, int64_t now_ms)
{
    if (!facts->is_redeemed)
        return REFUSAL_NOT_REDEEMED;
    if (facts->is_merged)
        return REFUSAL_CARD_MERGED;
    if (facts->is_blocked)
        return REFUSAL_CARD_BLOCKED;
    if (facts->is_own)
        return REFUSAL_OWN_CARD;
    if (facts->role >= MANAGER)
        return facts->own_shop ? REFUSAL_NONE : REFUSAL_OTHER_TILL;
    if (!facts->same_till)
        return REFUSAL_OTHER_TILL;
    return now_ms >= facts->redeemed_ms + UNREDEEM_MS ? REFUSAL_TOO_LATE : REFUSAL_NONE;
}

static enum err_code
judge(struct db *db, const struct redemption *in, const struct voucher *voucher,
      struct refusal *refusal, struct err *e)
{
    STMT s = db_stmt(db, SQL_VOUCHER_REDEEMED_AT);
    struct unredeem_facts facts = {.is_redeemed = voucher->state == VOUCHER_REDEEMED,
                                   .redeemed_ms = voucher->closed_ms};
    struct serving serving;
    struct card card;
    bool row;

    if (serving_load(db, in->staff_id, in->till_id, in->shop_id, &serving, e) ||
        card_load(db, voucher->card_id, &card, e))
        return e->code;
    stmt_bind_int(s, ":voucher_id", in->voucher_id);
    if (stmt_step(s, &row, e))
        return e->code;
    facts.is_blocked = !card.is_active;
    facts.is_merged = card.is_merged;
    facts.is_own = serving.member_id == card.member_id;
    facts.role = (enum role)serving.role;
    facts.same_till = row && stmt_int(s, 0) == in->till_id;
    facts.own_shop = row && (serving.staff_shop_id == 0 || stmt_int(s, 1) == serving.staff_shop_id);
    *refusal = (struct refusal){.kind = unredeem_decide(&facts, in->now_ms)};
    return OK;
}

/* ---------------------------------------------------------------- writing */

static enum err_code
write_undoing(struct db *db, const struct redemption *in, struct err *e)
{
    STMT keep = db_stmt(db, SQL_REDEMPTION_UNDONE_ADD);
    STMT reissue = db_stmt(db, SQL_VOUCHER_UNREDEEM);

    stmt_bind_int(keep, ":voucher_id", in->voucher_id);
    stmt_bind_int(keep, ":till_id", in->till_id);
    stmt_bind_int(keep, ":staff_id", in->staff_id);
    stmt_bind_int(keep, ":now_ms", in->now_ms);
    stmt_bind_int(reissue, ":voucher_id", in->voucher_id);
    if (stmt_run(keep, e) || stmt_run(reissue, e))
        return e->code;
    if (db_changes(db) != 1)
        return err_set(e, ERR_INTERNAL, "ledger_unsound", "the voucher was redeemed a moment ago");
    return audit_write(db, "voucher.unredeemed", in->staff_id, in->till_id, in->voucher_id,
                       in->now_ms, e);
}

enum err_code
voucher_unredeem(struct db *db, const struct redemption *in, struct voucher *out,
                 struct refusal *refusal, struct err *e)
{
    if (voucher_load(db, in->voucher_id, out, e) || judge(db, in, out, refusal, e))
        return err_wrap(e, "undo the redemption of voucher %" PRId64, in->voucher_id);
    if (refusal->kind != REFUSAL_NONE)
        return OK;
    if (write_undoing(db, in, e) || voucher_load(db, in->voucher_id, out, e))
        return err_wrap(e, "undo the redemption of voucher %" PRId64, in->voucher_id);
    return OK;
}

enum err_code
unredeem_may(struct db *db, const struct redemption *in, struct refusal *refusal, struct err *e)
{
    struct voucher voucher;

    return voucher_load(db, in->voucher_id, &voucher, e) || judge(db, in, &voucher, refusal, e)
               ? err_wrap(e, "may voucher %" PRId64 " be given back", in->voucher_id)
               : OK;
}

/* ---------------------------------------------------------------- what a till redeemed */

enum err_code
redeemed_at_till(struct db *db, int64_t till_id, int64_t since_ms, struct redeemed_line *out,
                 size_t cap, size_t *n_out, struct err *e)
{
    STMT s = db_stmt(db, SQL_REDEEMED_AT_TILL);
    size_t n = 0;
    bool row;

    stmt_bind_int(s, ":till_id", till_id);
    stmt_bind_int(s, ":since_ms", since_ms);
    stmt_bind_int(s, ":cap", (int64_t)cap);
    for (;; n++) {
        if (stmt_step(s, &row, e))
            return err_wrap(e, "redemptions of till %" PRId64, till_id);
        if (!row || n == cap)
            break;
        out[n] = (struct redeemed_line){
            .voucher_id = stmt_int(s, 0),
            .member_id = stmt_int(s, 2),
            .at_ms = stmt_int(s, 4),
            .is_undone = stmt_int(s, 5) != 0,
            .expires_ms = stmt_int(s, 6),
        };
        str_copy(stmt_text(s, 1), out[n].title, sizeof(out[n].title));
        str_copy(stmt_text(s, 3), out[n].staff, sizeof(out[n].staff));
    }
    *n_out = n;
    return OK;
}
