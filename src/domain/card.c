#include "domain/card.h"

#include <assert.h>
#include <inttypes.h>

#include "base/entropy.h"
#include "domain/audit.h"
#include "domain/bind.h"
#include "domain/card_number.h"
#include "domain/card_row.h"

#define LOCATOR_TRIES 16 /* with 10 M cards one draw in a thousand is taken */

const char *
transfer_kind_name(enum transfer_kind kind)
{
    static const char *const name[] = {
        [TRANSFER_EARN] = "earn",           [TRANSFER_ROUND] = "round",
        [TRANSFER_REVERSE] = "reverse",     [TRANSFER_EXPIRE] = "expire",
        [TRANSFER_MERGE_OUT] = "merge_out", [TRANSFER_MERGE_IN] = "merge_in",
        [TRANSFER_BRING] = "bring",         [TRANSFER_SPEND] = "spend",
        [TRANSFER_SWAP] = "swap",           [TRANSFER_LAPSE] = "lapse",
        [TRANSFER_BONUS] = "bonus",         [TRANSFER_GIFT_OUT] = "gift_out",
        [TRANSFER_GIFT_IN] = "gift_in",     [TRANSFER_REFUND] = "refund",
        [TRANSFER_LATE] = "late",           [TRANSFER_REPAY] = "repay",
        [TRANSFER_SWAP_BACK] = "swap_back",
    };

    assert(kind >= TRANSFER_EARN && kind <= TRANSFER_SWAP_BACK);
    return name[kind];
}

/* ---------------------------------------------------------------- reading */

void
card_read(const struct stmt *s, struct card *out)
{
    out->id = stmt_int(s, 0);
    out->member_id = stmt_int(s, 1);
    out->plan_id = stmt_int(s, 2);
    out->locator = stmt_int(s, 3);
    out->is_active = str_eq(stmt_text(s, 4), STR("active"));
    out->is_ended = str_eq(stmt_text(s, 4), STR("ended"));
    out->is_merged = str_eq(stmt_text(s, 4), STR("merged"));
    out->balance = stmt_int(s, 5);
    out->issued_ms = stmt_int(s, 6);
    out->reached = stmt_int(s, 7);
    out->ends_ms = stmt_int(s, 8);
    out->owed = stmt_int(s, 9);
}

enum err_code
card_load(struct db *db, int64_t card_id, struct card *out, struct err *e)
{
    STMT s = db_stmt(db, SQL_CARD_LOAD);

    stmt_bind_int(s, ":card_id", card_id);
    if (stmt_one(s, "card", e))
        return err_wrap(e, "load card %" PRId64, card_id);
    card_read(s, out);
    return OK;
}

enum err_code
card_of_plan(struct db *db, int64_t member_id, int64_t plan_id, struct card *out, struct err *e)
{
    STMT s = db_stmt(db, SQL_CARD_OF_PLAN);

    stmt_bind_int(s, ":member_id", member_id);
    stmt_bind_int(s, ":plan_id", plan_id);
    if (stmt_one(s, "card", e))
        return err_wrap(e, "card of member %" PRId64 ", plan %" PRId64, member_id, plan_id);
    card_read(s, out);
    return OK;
}

enum err_code
cards_of_member(struct db *db, int64_t member_id, struct card *out, size_t cap, size_t *n_out,
                struct err *e)
{
    STMT s = db_stmt(db, SQL_CARDS_OF_MEMBER);
    size_t n = 0;
    bool row = false;

    stmt_bind_int(s, ":member_id", member_id);
    stmt_bind_int(s, ":cap", (int64_t)cap);
    do {
        if (stmt_step(s, &row, e))
            return err_wrap(e, "cards of member %" PRId64, member_id);
        if (row && n < cap)
            card_read(s, &out[n++]);
    } while (row);
    *n_out = n;
    return OK;
}

enum err_code
card_by_locator(struct db *db, int64_t locator, struct card *out, bool *found_out, struct err *e)
{
    STMT s = db_stmt(db, SQL_CARD_BY_LOCATOR);

    stmt_bind_int(s, ":locator", locator);
    if (stmt_step(s, found_out, e))
        return err_wrap(e, "card by locator");
    if (*found_out)
        card_read(s, out);
    return OK;
}

enum err_code
card_of_locator(struct db *db, int64_t locator, struct card *out, struct err *e)
{
    bool found;

    if (card_by_locator(db, locator, out, &found, e))
        return e->code;
    return found ? OK : err_set(e, ERR_NOT_FOUND, "card_unknown", "no card has this locator");
}

/* ---------------------------------------------------------------- what it shows */

/* What the shop of the newest grant shows; false: that shop, if there is one, has no wish. */
static enum err_code
shop_linear(struct db *db, int64_t card_id, bool *found_out, enum linear *out, struct err *e)
{
    STMT s = db_stmt(db, SQL_CARD_SHOP_LINEAR);
    bool row;

    stmt_bind_int(s, ":card_id", card_id);
    if (stmt_step(s, &row, e))
        return e->code;
    *found_out = row && linear_by_name(stmt_text(s, 0), out);
    return OK;
}

enum err_code
card_linear(struct db *db, const struct card *card, const struct plan_rules *rules,
            enum linear *out, struct err *e)
{
    enum linear wish = LINEAR_CODE128;
    bool has_wish = false;

    *out = rules->linear;
    if (!rules->shops_differ)
        return OK;
    if (shop_linear(db, card->id, &has_wish, &wish, e))
        return err_wrap(e, "what card %" PRId64 " shows", card->id);
    if (has_wish && (wish != LINEAR_NUMBER || rules->number.is_set))
        *out = wish;
    return OK;
}

/* ---------------------------------------------------------------- making and changing */

enum err_code
card_free_locator(struct db *db, int64_t *out, struct err *e)
{
    for (int i = 0; i < LOCATOR_TRIES; i++) {
        struct card other;
        bool is_taken;

        *out = (int64_t)entropy_below(LOCATOR_LIMIT);
        if (card_by_locator(db, *out, &other, &is_taken, e))
            return e->code;
        if (!is_taken)
            return OK;
    }
    return err_set(e, ERR_INTERNAL, "locators_full", "no free locator in %d draws", LOCATOR_TRIES);
}

static enum err_code
insert(struct db *db, int64_t member_id, int64_t plan_id, int64_t locator, int64_t now_ms,
       struct err *e)
{
    STMT s = db_stmt(db, SQL_CARD_ADD);

    stmt_bind_int(s, ":member_id", member_id);
    stmt_bind_int(s, ":plan_id", plan_id);
    stmt_bind_int(s, ":locator", locator);
    stmt_bind_int(s, ":now_ms", now_ms);
    return stmt_run(s, e);
}

/* Under a plan without fixed numbers a card has none. */
static enum err_code
renumber(struct db *db, int64_t card_id, int64_t plan_id, int64_t now_ms, struct err *e)
{
    struct plan_rules rules;

    if (plan_load(db, plan_id, 0, &rules, e))
        return e->code;
    return rules.number.is_set ? card_number_make(db, card_id, &rules.number, now_ms, e) : OK;
}

enum err_code
card_issue(struct db *db, int64_t member_id, int64_t plan_id, int64_t now_ms, struct card *out,
           struct err *e)
{
    struct card other;
    int64_t locator;
    enum err_code code = card_of_plan(db, member_id, plan_id, &other, e);

    if (code == OK)
        return err_set(e, ERR_CONFLICT, "card_exists",
                       "member %" PRId64 " has a card of plan %" PRId64, member_id, plan_id);
    if (code != ERR_NOT_FOUND)
        return code;
    if (card_free_locator(db, &locator, e) || insert(db, member_id, plan_id, locator, now_ms, e) ||
        card_load(db, db_last_id(db), out, e) || renumber(db, out->id, plan_id, now_ms, e))
        return err_wrap(e, "issue card to member %" PRId64 ", plan %" PRId64, member_id, plan_id);
    return OK;
}

static enum err_code
set_state(struct db *db, int64_t card_id, const char *state, bool *changed_out, struct err *e)
{
    STMT s = db_stmt(db, SQL_CARD_SET_STATE);

    stmt_bind_int(s, ":card_id", card_id);
    stmt_bind_text(s, ":state", str_of(state));
    if (stmt_run(s, e))
        return e->code;
    *changed_out = db_changes(db) == 1;
    return OK;
}

/* `already` is the error's word when the card is in that state, or not there at all. */
static enum err_code
change_state(struct db *db, int64_t card_id, const char *state, const char *already,
             const char *act, const struct by *by, struct err *e)
{
    DB_TX tx = {0};
    struct card card;
    bool changed = false;

    if (db_begin(db, &tx, e) || card_load(db, card_id, &card, e) ||
        set_state(db, card_id, state, &changed, e))
        return err_wrap(e, "%s", act);
    if (card.is_ended)
        return err_set(e, ERR_CONFLICT, "card_ended", "%s: card %" PRId64 " is nobody's", act,
                       card_id);
    if (!changed)
        return err_set(e, ERR_CONFLICT, already, "%s: card %" PRId64 " already is", act, card_id);
    if (audit_write(db, act, by->staff_id, by->till_id, card_id, by->now_ms, e) ||
        db_commit(&tx, e))
        return err_wrap(e, "%s", act);
    return OK;
}

enum err_code
card_block(struct db *db, int64_t card_id, const struct by *by, struct err *e)
{
    return change_state(db, card_id, "blocked", "card_blocked", "card.blocked", by, e);
}

enum err_code
card_unblock(struct db *db, int64_t card_id, const struct by *by, struct err *e)
{
    return change_state(db, card_id, "active", "card_active", "card.unblocked", by, e);
}

static enum err_code
set_locator(struct db *db, int64_t card_id, int64_t locator, struct err *e)
{
    STMT s = db_stmt(db, SQL_CARD_SET_LOCATOR);

    stmt_bind_int(s, ":card_id", card_id);
    stmt_bind_int(s, ":locator", locator);
    if (stmt_run(s, e))
        return e->code;
    return OK;
}

enum err_code
card_reissue(struct db *db, int64_t card_id, const struct by *by, struct err *e)
{
    DB_TX tx = {0};
    struct card card;
    int64_t locator;

    if (db_begin(db, &tx, e) || card_load(db, card_id, &card, e))
        return err_wrap(e, "reissue card %" PRId64, card_id);
    if (card.is_ended)
        return err_set(e, ERR_CONFLICT, "card_ended", "card %" PRId64 " is nobody's", card_id);
    if (card_free_locator(db, &locator, e) || set_locator(db, card_id, locator, e) ||
        renumber(db, card_id, card.plan_id, by->now_ms, e) ||
        audit_write(db, "card.reissued", by->staff_id, by->till_id, card_id, by->now_ms, e) ||
        db_commit(&tx, e))
        return err_wrap(e, "reissue card %" PRId64, card_id);
    return OK;
}

static enum err_code
end_number(struct db *db, int64_t card_id, int64_t now_ms, struct err *e)
{
    STMT s = db_stmt(db, SQL_NUMBER_END);

    stmt_bind_int(s, ":card_id", card_id);
    stmt_bind_int(s, ":now_ms", now_ms);
    return stmt_run(s, e);
}

/* The locator is replaced by one that was never shown, since a card has to have one. */
enum err_code
card_end(struct db *db, int64_t card_id, int64_t now_ms, struct err *e)
{
    int64_t locator;
    STMT s = db_stmt(db, SQL_CARD_END);

    if (card_free_locator(db, &locator, e) || end_number(db, card_id, now_ms, e))
        return err_wrap(e, "end card %" PRId64, card_id);
    stmt_bind_int(s, ":card_id", card_id);
    stmt_bind_int(s, ":locator", locator);
    return stmt_run(s, e);
}

/* ---------------------------------------------------------------- history */

/* What undid a line is newer and on the same card: it was read before the line itself. */
static bool
is_reversed(const struct card_line *newer, size_t n, int64_t seq)
{
    for (size_t i = 0; i < n; i++)
        if (newer[i].reverses_seq == seq)
            return true;
    return false;
}

enum err_code
card_history(struct db *db, int64_t card_id, struct card_line *out, size_t cap, size_t *n_out,
             struct err *e)
{
    STMT s = db_stmt(db, SQL_CARD_HISTORY);
    size_t n = 0;
    bool row = false;

    stmt_bind_int(s, ":card_id", card_id);
    stmt_bind_int(s, ":cap", (int64_t)cap);
    do {
        struct card_line *line = &out[n];

        if (stmt_step(s, &row, e))
            return err_wrap(e, "history of card %" PRId64, card_id);
        if (!row || n == cap)
            break;
        line->seq = stmt_int(s, 0);
        line->kind = (enum transfer_kind)stmt_int(s, 1);
        line->amount = stmt_int(s, 2);
        line->is_credit = stmt_int(s, 3) != 0;
        line->balance = stmt_int(s, 4);
        line->at_ms = stmt_int(s, 5);
        line->shop_id = stmt_int(s, 6);
        str_copy(stmt_text(s, 7), line->shop, sizeof(line->shop));
        line->reverses_seq = stmt_int(s, 8);
        str_copy(stmt_text(s, 9), line->reason, sizeof(line->reason));
        line->has_parts = stmt_int(s, 10) != 0;
        line->is_reversed = is_reversed(out, n, line->seq);
        n++;
    } while (row);
    *n_out = n;
    return OK;
}
