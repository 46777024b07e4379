#include "domain/debt.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "domain/bind.h"
#include "domain/posting.h"
#include "domain/rules.h"

enum err_code
card_owes(struct db *db, int64_t card_id, int64_t amount, struct err *e)
{
    STMT s = db_stmt(db, SQL_CARD_OWE);

    stmt_bind_int(s, ":card_id", card_id);
    stmt_bind_int(s, ":amount", amount);
    if (stmt_run(s, e))
        return err_wrap(e, "debt of card %" PRId64, card_id);
    if (db_changes(db) != 1)
        return err_set(e, ERR_INTERNAL, "ledger_unsound", "debt of card %" PRId64, card_id);
    return OK;
}

enum err_code
debt_repay(struct posting *posting, const struct transfer *earned, struct err *e)
{
    struct transfer t = {
        .kind = TRANSFER_REPAY,
        .amount = repaid_of(posting->place.owed, earned->amount),
        .plan_version = earned->plan_version,
        .shop_id = earned->shop_id,
        .till_id = earned->till_id,
        .staff_id = earned->staff_id,
        .cause_seq = earned->seq,
        .reason = "owed",
    };

    if (t.amount == 0)
        return OK;
    memcpy(t.request_key, earned->request_key, REQUEST_KEY_SIZE);
    if (posting_add(posting, &t, e))
        return e->code;
    /* As if only the rest had come: what is repaid has reached nothing. */
    posting->place.reached = posting->card.reached > posting->place.balance
                                 ? posting->card.reached
                                 : posting->place.balance;
    return OK;
}

/* ---------------------------------------------------------------- from one card to another */

static enum err_code
move(struct db *db, int64_t from_id, int64_t into_id, int64_t amount, int64_t now_ms, struct err *e)
{
    STMT s = db_stmt(db, SQL_DEBT_MOVE_ADD);

    stmt_bind_int(s, ":from_card", from_id);
    bind_id(s, ":into_card", into_id);
    stmt_bind_int(s, ":amount", amount);
    stmt_bind_int(s, ":now_ms", now_ms);
    if (stmt_run(s, e) || card_owes(db, from_id, -amount, e))
        return e->code;
    return into_id == 0 ? OK : card_owes(db, into_id, amount, e);
}

enum err_code
debt_move(struct db *db, const struct card *from, int64_t into_id, int64_t now_ms, struct err *e)
{
    return from->owed == 0 ? OK : move(db, from->id, into_id, from->owed, now_ms, e);
}

enum err_code
debt_move_back(struct db *db, int64_t from_id, const struct card *into, int64_t amount,
               int64_t now_ms, struct err *e)
{
    int64_t back = repaid_of(into->owed, amount);

    return back == 0 ? OK : move(db, into->id, from_id, back, now_ms, e);
}
