#include "domain/posting.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "domain/bind.h"
#include "domain/keys.h"
#include "domain/scan.h"

int64_t
system_account(int64_t plan_id, enum system_kind kind)
{
    return -(8 * plan_id + (int64_t)kind);
}

/* ---------------------------------------------------------------- one transfer */

void
transfer_mac(const uint8_t key[KEY_SIZE], const struct transfer *t, uint8_t out[MAC_SIZE])
{
    struct chain_row row = {.n = 0};

    chain_bytes(&row, "transfer v1", 11);
    chain_int(&row, t->card_id);
    chain_int(&row, t->seq);
    chain_int(&row, (int64_t)t->kind);
    chain_int(&row, t->debit);
    chain_int(&row, t->credit);
    chain_int(&row, t->amount);
    chain_int(&row, t->balance_after);
    chain_int(&row, t->at_ms);
    chain_int_or_null(&row, t->visit_ms);
    chain_int(&row, t->plan_id);
    chain_int(&row, t->plan_version);
    chain_int_or_null(&row, t->shop_id);
    chain_int_or_null(&row, t->till_id);
    chain_int_or_null(&row, t->staff_id);
    chain_int_or_null(&row, t->scan_id);
    chain_int_or_null(&row, t->yen);
    chain_bytes(&row, t->reason, strlen(t->reason));
    chain_int_or_null(&row, t->cause_seq);
    chain_int_or_null(&row, t->reverses_seq);
    chain_int_or_null(&row, t->usable_ms);
    chain_int_or_null(&row, t->expires_ms);
    chain_bytes(&row, t->request_key, REQUEST_KEY_SIZE);
    chain_mac(key, t->prev_mac, &row, out);
}

/* NULL reads as 0. A 0 that somebody wrote must not pass for NULL in the chain. */
static int64_t
read_or_null(const struct stmt *s, int column)
{
    int64_t value = stmt_int(s, column);

    return value == 0 && !stmt_is_null(s, column) ? INT64_MIN : value;
}

static void
read_16(const struct stmt *s, int column, uint8_t out[16])
{
    struct str bytes = stmt_blob(s, column);

    memset(out, 0, 16);
    memcpy(out, bytes.at, bytes.n < 16 ? bytes.n : 16);
}

void
transfer_read(const struct stmt *s, struct transfer *out)
{
    out->card_id = stmt_int(s, 0);
    out->seq = stmt_int(s, 1);
    out->kind = (enum transfer_kind)stmt_int(s, 2);
    out->debit = stmt_int(s, 3);
    out->credit = stmt_int(s, 4);
    out->amount = stmt_int(s, 5);
    out->balance_after = stmt_int(s, 6);
    out->at_ms = stmt_int(s, 7);
    out->visit_ms = read_or_null(s, 8);
    out->plan_id = stmt_int(s, 9);
    out->plan_version = stmt_int(s, 10);
    out->shop_id = read_or_null(s, 11);
    out->till_id = read_or_null(s, 12);
    out->staff_id = read_or_null(s, 13);
    out->scan_id = read_or_null(s, 14);
    out->yen = read_or_null(s, 15);
    str_copy(stmt_text(s, 16), out->reason, sizeof(out->reason));
    out->cause_seq = read_or_null(s, 17);
    out->reverses_seq = read_or_null(s, 18);
    out->usable_ms = read_or_null(s, 19);
    out->expires_ms = read_or_null(s, 20);
    read_16(s, 21, out->request_key);
    read_16(s, 22, out->prev_mac);
    read_16(s, 23, out->mac);
}

static enum err_code
insert(struct db *db, const struct transfer *t, struct err *e)
{
    STMT s = db_stmt(db, SQL_TRANSFER_ADD);

    stmt_bind_int(s, ":card_id", t->card_id);
    stmt_bind_int(s, ":seq", t->seq);
    stmt_bind_int(s, ":kind", (int64_t)t->kind);
    stmt_bind_int(s, ":debit", t->debit);
    stmt_bind_int(s, ":credit", t->credit);
    stmt_bind_int(s, ":amount", t->amount);
    stmt_bind_int(s, ":balance_after", t->balance_after);
    stmt_bind_int(s, ":at_ms", t->at_ms);
    bind_id(s, ":visit_ms", t->visit_ms);
    stmt_bind_int(s, ":plan_id", t->plan_id);
    stmt_bind_int(s, ":plan_version", t->plan_version);
    bind_id(s, ":shop_id", t->shop_id);
    bind_id(s, ":till_id", t->till_id);
    bind_id(s, ":staff_id", t->staff_id);
    bind_id(s, ":scan_id", t->scan_id);
    bind_id(s, ":yen", t->yen);
    stmt_bind_text(s, ":reason", str_of(t->reason));
    bind_id(s, ":cause_seq", t->cause_seq);
    bind_id(s, ":reverses_seq", t->reverses_seq);
    bind_id(s, ":usable_ms", t->usable_ms);
    bind_id(s, ":expires_ms", t->expires_ms);
    stmt_bind_blob(s, ":request_key", t->request_key, REQUEST_KEY_SIZE);
    stmt_bind_blob(s, ":prev_mac", t->prev_mac, MAC_SIZE);
    stmt_bind_blob(s, ":mac", t->mac, MAC_SIZE);
    return stmt_run(s, e);
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
};

/* ---------------------------------------------------------------- lots */

static bool
gives(enum transfer_kind kind)
{
    return kind == TRANSFER_EARN || kind == TRANSFER_BONUS || kind == TRANSFER_LATE ||
           kind == TRANSFER_BRING;
}

static int64_t
visit_time(const struct transfer *t)
{
    return t->visit_ms != 0 ? t->visit_ms : t->at_ms;
}

/* A card without ends, under rules without ends, has no lots worth a look but pending ones. */
static enum err_code
need_lots(struct posting *posting, struct err *e)
{
    if (posting->has_lots)
        return OK;
    posting->has_lots = true;
    return lots_load(posting->db, posting->card.id, &posting->lots, e);
}

static bool
may_have_ends(const struct posting *posting)
{
    const struct expiry_rules *expiry = posting->rules != NULL ? &posting->rules->expiry : NULL;

    return posting->has_lots || posting->card.ends_ms != 0 ||
           (expiry != NULL && (expiry->kind != EXPIRY_NONE || expiry->pending_days > 0));
}

static struct lot *
renewing(struct lots *lots, int64_t at_ms)
{
    for (size_t i = 0; i < lots->n; i++)
        if (lots->at[i].renews && lots->at[i].remaining > 0 && lots->at[i].expires_ms > at_ms)
            return &lots->at[i];
    return NULL;
}

/* A use moves the ends that move with it, by the terms their units were given under. */
static enum err_code
renew(struct posting *posting, const struct transfer *t, struct err *e)
{
    for (size_t i = 0; i < posting->lots.n; i++) {
        struct lot *lot = &posting->lots.at[i];
        struct plan_rules rules;
        struct unit_life life;

        if (!lot->renews || lot->remaining == 0 || lot->expires_ms <= t->at_ms)
            continue;
        if (plan_load(posting->db, posting->card.plan_id, lot->plan_version, &rules, e))
            return e->code;
        life = unit_life_of(&rules, &(struct expiry_facts){.visit_ms = visit_time(t)});
        if (life.expires_ms > lot->expires_ms) {
            lot->expires_ms = life.expires_ms;
            lot->is_changed = true;
        }
    }
    return OK;
}

static enum err_code
open_lot(struct posting *posting, const struct transfer *t, const struct unit_life *life,
         struct err *e)
{
    struct lot *lot = life->renews ? renewing(&posting->lots, t->at_ms) : NULL;

    if (lot != NULL && lot->plan_version == t->plan_version) {
        lot->moved += t->amount;
        lot->remaining += t->amount;
        lot->is_changed = true;
        return OK;
    }
    lot = lots_add(&posting->lots, t->seq, t->amount, e);
    if (lot == NULL)
        return e->code;
    lot->plan_version = t->plan_version;
    lot->usable_ms = life->usable_ms;
    lot->expires_ms = life->expires_ms;
    lot->renews = life->renews;
    return OK;
}

/* When the lots end that began together: any that is left tells. */
static int64_t
together_ms(const struct posting *posting)
{
    return posting->rules->expiry.kind == EXPIRY_FIRST_USE ? lots_end_ms(&posting->lots) : 0;
}

static enum err_code
begin_units(struct posting *posting, struct transfer *t, struct unit_life *life, struct err *e)
{
    *life = (struct unit_life){.renews = false};
    if (!gives(t->kind))
        return OK;
    assert(posting->rules != NULL && posting->rules->version == t->plan_version);
    if (!may_have_ends(posting))
        return OK;
    if (need_lots(posting, e))
        return e->code;
    *life =
        unit_life_of(posting->rules, &(struct expiry_facts){.visit_ms = visit_time(t),
                                                            .issued_ms = posting->card.issued_ms,
                                                            .together_ms = together_ms(posting)});
    t->usable_ms = life->usable_ms;
    t->expires_ms = life->renews ? 0 : life->expires_ms;
    return OK;
}

/* A gift that nobody took has prolonged nothing: what ended on the way has ended. */
static int64_t
return_time(const struct posting *posting, enum transfer_kind undone)
{
    return undone == TRANSFER_GIFT_OUT ? 0 : posting->now_ms;
}

static enum err_code
fill_lots(struct posting *posting, const struct transfer *t, const struct unit_life *life,
          enum transfer_kind undone, struct err *e)
{
    if (t->kind == TRANSFER_MERGE_IN || t->kind == TRANSFER_GIFT_IN)
        return need_lots(posting, e) ||
                       lots_carry(posting->db, &posting->lots, t->cause_seq, t->seq, e)
                   ? e->code
                   : OK;
    if (t->kind == TRANSFER_REVERSE)
        return need_lots(posting, e) ||
                       lots_return(posting->db, &posting->card, &posting->lots, t->reverses_seq,
                                   t->seq, return_time(posting, undone), e)
                   ? e->code
                   : OK;
    return life->expires_ms != 0 || life->usable_ms != 0 ? open_lot(posting, t, life, e) : OK;
}

static enum lots_take
what_leaves(enum transfer_kind kind)
{
    switch (kind) {
    case TRANSFER_SPEND:
    case TRANSFER_SWAP:
    case TRANSFER_GIFT_OUT:
        return TAKE_USABLE;
    case TRANSFER_LAPSE:
        return TAKE_ENDED;
    default:
        return TAKE_ANY;
    }
}

/* Taken back is first what the transfer brought that is taken back. */
static enum err_code
empty_lots(struct posting *posting, const struct transfer *t, struct err *e)
{
    int64_t own = t->kind == TRANSFER_REVERSE  ? t->reverses_seq
                  : t->kind == TRANSFER_REFUND ? t->cause_seq
                                               : 0;

    if (need_lots(posting, e) ||
        (own != 0 && posting->lots.n > 0 &&
         lots_mark_own(posting->db, posting->card.id, &posting->lots, own, e)))
        return e->code;
    if (!lots_take(&posting->lots, what_leaves(t->kind), posting->place.balance, t->amount,
                   posting->now_ms))
        return err_set(e, ERR_INTERNAL, "ledger_unsound",
                       "card %" PRId64 ": %" PRId64 " units are not there to be taken",
                       posting->card.id, t->amount);
    for (size_t i = 0; i < posting->lots.n; i++)
        posting->lots.at[i].is_own = false;
    return OK;
}

static enum err_code
keep_lots(struct posting *posting, const struct transfer *t, bool enters,
          const struct unit_life *life, enum transfer_kind undone, struct err *e)
{
    if (enters ? fill_lots(posting, t, life, undone, e) : empty_lots(posting, t, e))
        return e->code;
    if (ways[t->kind].is_use && posting->lots.n > 0 && renew(posting, t, e))
        return e->code;
    return posting->lots.n > 0 ? lots_save(posting->db, posting->card.id, &posting->lots, t->seq, e)
                               : OK;
}

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

/* Where the card stands now. Going back lowers the highest place, too; using points does not. */
static void
move_place(struct place *place, const struct transfer *t, bool enters, enum transfer_kind undone)
{
    bool is_way_back =
        t->kind == TRANSFER_REVERSE || t->kind == TRANSFER_REFUND || t->kind == TRANSFER_REPAY;

    place->balance += enters ? t->amount : -t->amount;
    if (t->kind == TRANSFER_ROUND || (t->kind == TRANSFER_REVERSE && undone == TRANSFER_ROUND))
        place->reached = place->balance;
    else if (!enters && is_way_back)
        place->reached = larger(place->reached - t->amount, place->balance);
    else
        place->reached = larger(place->reached, place->balance);
}

static enum err_code
append(struct posting *posting, struct transfer *t, const struct way *way, bool enters,
       enum transfer_kind undone, struct err *e)
{
    int64_t account = system_account(posting->card.plan_id, way->other);
    int64_t gain = enters ? t->amount : -t->amount;
    struct unit_life life;

    assert(posting->n < POSTING_MAX);
    t->card_id = posting->card.id;
    t->plan_id = posting->card.plan_id;
    t->seq = posting->head.seq + 1;
    t->at_ms = posting->head.at_ms;
    t->debit = enters ? account : t->card_id;
    t->credit = enters ? t->card_id : account;
    t->balance_after = posting->place.balance + gain;
    if (begin_units(posting, t, &life, e) || keep_lots(posting, t, enters, &life, undone, e))
        return err_wrap(e, "transfer %" PRId64, t->seq);
    memcpy(t->prev_mac, posting->head.mac, MAC_SIZE);
    transfer_mac(keys_of(posting->db)->ledger, t, t->mac);
    if (insert(posting->db, t, e))
        return err_wrap(e, "transfer %" PRId64, t->seq);
    posting->head.seq = t->seq;
    memcpy(posting->head.mac, t->mac, MAC_SIZE);
    move_place(&posting->place, t, enters, undone);
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

enum err_code
posting_usable(struct posting *posting, int64_t *out, struct err *e)
{
    if (need_lots(posting, e))
        return e->code;
    *out = lots_usable(&posting->lots, posting->place.balance, posting->now_ms);
    return OK;
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
    bind_id(s, ":ends_ms", posting->has_lots ? lots_end_ms(&posting->lots) : posting->card.ends_ms);
    if (stmt_run(s, e))
        return e->code;
    if (db_changes(posting->db) != 1)
        return err_set(e, ERR_INTERNAL, "ledger_unsound", "balance of card %" PRId64 " moved",
                       posting->card.id);
    return OK;
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
    if (set_balance(posting, e))
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

/* ---------------------------------------------------------------- who serves, and what was before
 */

enum err_code
serving_load(struct db *db, int64_t staff_id, int64_t till_id, int64_t shop_id, struct serving *out,
             struct err *e)
{
    STMT s = db_stmt(db, SQL_SERVING);

    stmt_bind_int(s, ":staff_id", staff_id);
    stmt_bind_int(s, ":till_id", till_id);
    if (stmt_one(s, "staff", e))
        return err_wrap(e, "staff %" PRId64 " at till %" PRId64, staff_id, till_id);
    out->role = stmt_int(s, 1);
    out->staff_shop_id = stmt_int(s, 2);
    out->member_id = stmt_int(s, 3);
    if (stmt_int(s, 0) == 0)
        return err_set(e, ERR_FORBIDDEN, "staff_inactive", "staff %" PRId64, staff_id);
    if (stmt_int(s, 4) == 0)
        return err_set(e, ERR_FORBIDDEN, "till_inactive", "till %" PRId64, till_id);
    if (stmt_int(s, 5) != shop_id || (out->staff_shop_id != 0 && out->staff_shop_id != shop_id))
        return err_set(e, ERR_FORBIDDEN, "other_shop", "staff %" PRId64 ", till %" PRId64, staff_id,
                       till_id);
    return OK;
}

static int64_t
distance(int64_t a, int64_t b)
{
    return a < b ? b - a : a - b;
}

static enum err_code
count_by_number(struct db *db, int64_t card_id, struct business_day day, int64_t *out,
                struct err *e)
{
    STMT s = db_stmt(db, SQL_GRANTS_BY_NUMBER);

    stmt_bind_int(s, ":card_id", card_id);
    stmt_bind_int(s, ":from_ms", day.start_ms);
    stmt_bind_int(s, ":until_ms", day.end_ms);
    if (stmt_one(s, "count", e))
        return err_wrap(e, "grants by number of card %" PRId64, card_id);
    *out = stmt_int(s, 0);
    return OK;
}

/* How far back a visit can stand in the way of this one. */
static int64_t
reach_ms(const struct plan_rules *rules, struct business_day day, int64_t visit_ms)
{
    int64_t minutes = rules->cool_down_min > rules->earn.shop_cool_down_min
                          ? rules->cool_down_min
                          : rules->earn.shop_cool_down_min;
    int64_t since_ms = visit_ms - minutes * 60000 - 2 * SCAN_SESSION_MS;
    bool counts_days = rules->per_day_max > 0 || rules->earn.shop_per_day_max > 0;

    return counts_days && day.start_ms < since_ms ? day.start_ms : since_ms;
}

static void
add_visit(struct grants_seen *seen, int64_t at_ms, struct business_day day, int64_t visit_ms)
{
    if (!seen->has_near || distance(at_ms, visit_ms) < distance(seen->near_ms, visit_ms))
        seen->near_ms = at_ms;
    seen->has_near = true;
    seen->day_count += at_ms >= day.start_ms && at_ms < day.end_ms;
}

enum err_code
grants_before(struct db *db, const struct card *card, const struct plan_rules *rules,
              const struct scan_row *scan, int64_t shop_id, int64_t visit_ms,
              struct grant_history *history, bool *scan_is_spent_out, struct err *e)
{
    STMT s = db_stmt(db, SQL_GRANTS_OF_CARD);
    struct business_day day = business_day(rules, visit_ms);
    int64_t since_ms = reach_ms(rules, day, visit_ms);
    struct grants_seen any = {.has_near = false};
    bool row;

    *history = (struct grant_history){.by_number = scan->by_number};
    *scan_is_spent_out = false;
    if (scan->by_number && count_by_number(db, card->id, day, &history->number_count, e))
        return e->code;
    stmt_bind_int(s, ":card_id", card->id);
    for (;;) {
        if (stmt_step(s, &row, e))
            return err_wrap(e, "grants of card %" PRId64, card->id);
        if (!row || stmt_int(s, 0) < since_ms) /* booked before: visited before, too */
            break;
        add_visit(&any, stmt_int(s, 1), day, visit_ms);
        if (stmt_int(s, 3) == shop_id)
            add_visit(&history->here, stmt_int(s, 1), day, visit_ms);
        *scan_is_spent_out = *scan_is_spent_out || (scan->id != 0 && stmt_int(s, 2) == scan->id);
    }
    history->has_near = any.has_near;
    history->near_ms = any.near_ms;
    history->day_count = any.day_count;
    return OK;
}

void
scan_read(const struct stmt *s, struct scan_row *out)
{
    out->id = stmt_int(s, 0);
    out->card_id = stmt_int(s, 1);
    out->till_id = stmt_int(s, 2);
    out->at_ms = stmt_int(s, 3);
    out->until_ms = stmt_int(s, 4);
    out->by_number = stmt_int(s, 5) != 0;
    out->by_code = stmt_int(s, 6) != 0;
}

int64_t
visit_of(int64_t now_ms, int64_t shown_ms)
{
    return shown_ms != 0 && shown_ms < now_ms ? shown_ms : now_ms;
}

bool
scan_is_live(const struct scan_row *scan, int64_t till_id, int64_t visit_ms)
{
    return scan->till_id == till_id && visit_ms >= scan->at_ms - SCAN_SESSION_MS &&
           visit_ms <= scan->until_ms;
}
