#include "domain/posting.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "domain/bind.h"
#include "domain/keys.h"
#include "domain/posting_lots.h"

int64_t
system_account(int64_t plan_id, enum system_kind kind)
{
    return -(8 * plan_id + (int64_t)kind);
}

/* ---------------------------------------------------------------- the ways of a unit */

/* As in the table transfer_kind. A reverse has none of its own: it mirrors another's. */
static const struct way {
    enum system_kind other;
    bool enters; /* the card */
    bool is_use; /* moves the end of lots that renew */
} ways[] = {
    [TRANSFER_EARN] = {SYSTEM_ISSUE, true, true},
    [TRANSFER_ROUND] = {SYSTEM_REDEEM, false, false},
    [TRANSFER_EXPIRE] = {SYSTEM_EXPIRE, false, false},
    [TRANSFER_MERGE_OUT] = {SYSTEM_ADJUST, false, false},
    [TRANSFER_MERGE_IN] = {SYSTEM_ADJUST, true, false},
    [TRANSFER_BRING] = {SYSTEM_ADJUST, true, false},
    [TRANSFER_SPEND] = {SYSTEM_REDEEM, false, true},
    [TRANSFER_SWAP] = {SYSTEM_REDEEM, false, true},
    [TRANSFER_LAPSE] = {SYSTEM_EXPIRE, false, false},
    [TRANSFER_BONUS] = {SYSTEM_ISSUE, true, false},
    [TRANSFER_GIFT_OUT] = {SYSTEM_ADJUST, false, false},
    [TRANSFER_GIFT_IN] = {SYSTEM_ADJUST, true, false},
    [TRANSFER_REFUND] = {SYSTEM_ISSUE, false, false},
    [TRANSFER_LATE] = {SYSTEM_ISSUE, true, true},
    [TRANSFER_REPAY] = {SYSTEM_ISSUE, false, false},
    [TRANSFER_SWAP_BACK] = {SYSTEM_REDEEM, true, false},
};

/* ---------------------------------------------------------------- a posting */

struct place
place_of(const struct card *card)
{
    return (struct place){.balance = card->balance, .reached = card->reached, .owed = card->owed};
}

void
posting_clear(struct posting *posting)
{
    lots_clear(&posting->lots);
}

enum err_code
posting_open(struct posting *posting, struct db *db, const struct card *card,
             const struct plan_rules *rules, int64_t now_ms, struct err *e)
{
    *posting = (struct posting){
        .db = db,
        .card = *card,
        .rules = rules,
        .now_ms = now_ms,
        .place = place_of(card),
    };
    if (chain_head(db, CHAIN_TRANSFER, &posting->from, e))
        return e->code;
    posting->head = posting->from;
    if (posting->head.at_ms < now_ms)
        posting->head.at_ms = now_ms;
    return OK;
}

static int64_t
larger(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/*
 * Where the card stands now. What enters reaches all that is there then, also what came back
 * before; going back lowers what was reached, too; using points does not, nor does their return.
 */
static void
move_place(struct place *place, const struct transfer *t, bool enters)
{
    bool is_reverse = t->kind == TRANSFER_REVERSE;
    bool is_return = is_reverse || t->kind == TRANSFER_SWAP_BACK;

    place->balance += enters ? t->amount : -t->amount;
    if (t->kind == TRANSFER_ROUND)
        place->reached = place->balance;
    else if (enters && !is_return)
        place->reached = larger(place->reached, place->balance);
    else if (!enters && (is_reverse || t->kind == TRANSFER_REFUND || t->kind == TRANSFER_REPAY))
        place->reached = larger(place->reached - t->amount, 0);
}

static enum err_code
append(struct posting *posting, struct transfer *t, const struct way *way, bool enters,
       enum transfer_kind undone, struct err *e)
{
    int64_t account = system_account(posting->card.plan_id, way->other);
    int64_t gain = enters ? t->amount : -t->amount;
    struct lots_step step = {.enters = enters, .is_use = ways[t->kind].is_use, .undone = undone};

    assert(posting->n < POSTING_MAX);
    t->card_id = posting->card.id;
    t->plan_id = posting->card.plan_id;
    t->seq = posting->head.seq + 1;
    t->at_ms = posting->head.at_ms;
    t->debit = enters ? account : t->card_id;
    t->credit = enters ? t->card_id : account;
    t->balance_after = posting->place.balance + gain;
    if (posting_begin_units(posting, t, &step.life, e) || posting_keep_lots(posting, t, &step, e))
        return err_wrap(e, "transfer %" PRId64, t->seq);
    memcpy(t->prev_mac, posting->head.mac, MAC_SIZE);
    transfer_mac(keys_of(posting->db)->ledger, t, t->mac);
    if (transfer_insert(posting->db, t, e))
        return err_wrap(e, "transfer %" PRId64, t->seq);
    posting->head.seq = t->seq;
    memcpy(posting->head.mac, t->mac, MAC_SIZE);
    move_place(&posting->place, t, enters);
    if (undone == TRANSFER_REPAY)
        posting->place.owed += gain;
    posting->system[way->other] -= gain;
    posting->n++;
    return OK;
}

enum err_code
posting_add(struct posting *posting, struct transfer *t, struct err *e)
{
    const struct way *way = &ways[t->kind];

    assert(t->kind != TRANSFER_REVERSE);
    return append(posting, t, way, way->enters, t->kind, e);
}

enum err_code
posting_mirror(struct posting *posting, struct transfer *t, const struct transfer *undone,
               struct err *e)
{
    const struct way *way = &ways[undone->kind];

    assert(undone->kind != TRANSFER_REVERSE && undone->card_id == posting->card.id);
    t->kind = TRANSFER_REVERSE;
    t->amount = undone->amount;
    t->reverses_seq = undone->seq;
    return append(posting, t, way, !way->enters, undone->kind, e);
}

static enum err_code
set_balance(const struct posting *posting, struct err *e)
{
    STMT s = db_stmt(posting->db, SQL_CARD_SET_BALANCE);

    stmt_bind_int(s, ":card_id", posting->card.id);
    stmt_bind_int(s, ":before", posting->card.balance);
    stmt_bind_int(s, ":after", posting->place.balance);
    stmt_bind_int(s, ":reached", posting->place.reached);
    stmt_bind_int(s, ":owed", posting->place.owed);
    if (stmt_run(s, e))
        return e->code;
    if (db_changes(posting->db) != 1)
        return err_set(e, ERR_INTERNAL, "ledger_unsound", "balance of card %" PRId64 " moved",
                       posting->card.id);
    return OK;
}

/* By itself, because it stands in indexes and seldom moves. */
static enum err_code
set_end(const struct posting *posting, struct err *e)
{
    int64_t ends_ms = posting->has_lots ? lots_end_ms(&posting->lots) : posting->card.ends_ms;
    STMT s = db_stmt(posting->db, SQL_CARD_SET_END);

    if (ends_ms == posting->card.ends_ms)
        return OK;
    stmt_bind_int(s, ":card_id", posting->card.id);
    bind_id(s, ":ends_ms", ends_ms);
    return stmt_run(s, e);
}

static enum err_code
move_system(const struct posting *posting, enum system_kind kind, struct err *e)
{
    STMT s = db_stmt(posting->db, SQL_SYSTEM_ACCOUNT_MOVE);

    stmt_bind_int(s, ":id", system_account(posting->card.plan_id, kind));
    stmt_bind_int(s, ":plan_id", posting->card.plan_id);
    stmt_bind_int(s, ":amount", posting->system[kind]);
    if (stmt_run(s, e))
        return e->code;
    if (db_changes(posting->db) != 1)
        return err_set(e, ERR_INTERNAL, "ledger_unsound", "plan %" PRId64 " lacks an account",
                       posting->card.plan_id);
    return OK;
}

static enum err_code
unsound(const struct posting *posting, const char *what, struct err *e)
{
    return err_set(e, ERR_INTERNAL, "ledger_unsound",
                   "card %" PRId64 ", after transfer %" PRId64 ": %s", posting->card.id,
                   posting->from.seq, what);
}

/*
 * Read back what was just written, newest first, with the transfer before it: each MAC must follow
 * from its row and be the next one's prev_mac, and each balance from the one before. With that true
 * at every posting, a balance is the sum of all transfers without summing them each time.
 */
static enum err_code
read_back(const struct posting *posting, struct err *e)
{
    STMT s = db_stmt(posting->db, SQL_TRANSFERS_OF_CARD_TO);
    const uint8_t *key = keys_of(posting->db)->ledger;
    int64_t balance = posting->place.balance;
    uint8_t next[MAC_SIZE];
    bool row;

    stmt_bind_int(s, ":card_id", posting->card.id);
    stmt_bind_int(s, ":cap", (int64_t)posting->n + 1);
    memcpy(next, posting->head.mac, MAC_SIZE);
    for (size_t i = 0; i < posting->n; i++) {
        struct transfer t;
        uint8_t mac[MAC_SIZE];

        if (stmt_step(s, &row, e))
            return e->code;
        if (!row)
            return unsound(posting, "a transfer is missing", e);
        transfer_read(s, &t);
        transfer_mac(key, &t, mac);
        if (!digest_equal(t.mac, mac, MAC_SIZE) || !digest_equal(t.mac, next, MAC_SIZE))
            return unsound(posting, "the chain is broken", e);
        if (t.balance_after != balance || t.seq != posting->head.seq - (int64_t)i)
            return unsound(posting, "a balance does not follow", e);
        balance -= t.credit == t.card_id ? t.amount : -t.amount;
        memcpy(next, t.prev_mac, MAC_SIZE);
    }
    if (!digest_equal(next, posting->from.mac, MAC_SIZE))
        return unsound(posting, "the chain does not begin at its head", e);
    if (stmt_step(s, &row, e))
        return e->code;
    if (balance != (row ? stmt_int(s, 6) : 0))
        return unsound(posting, "the balance before is not its last transfer's", e);
    return OK;
}

enum err_code
posting_close(struct posting *posting, struct err *e)
{
    struct card card;

    assert(posting->n > 0 && posting->place.balance >= 0);
    if (set_balance(posting, e) || set_end(posting, e))
        return e->code;
    for (int kind = SYSTEM_ISSUE; kind < SYSTEM_KINDS; kind++)
        if (posting->system[kind] != 0 && move_system(posting, (enum system_kind)kind, e))
            return e->code;
    if (chain_move(posting->db, CHAIN_TRANSFER, &posting->from, &posting->head, e) ||
        read_back(posting, e) || card_load(posting->db, posting->card.id, &card, e))
        return e->code;
    return card.balance == posting->place.balance
               ? OK
               : unsound(posting, "the card's balance is not", e);
}
