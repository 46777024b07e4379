#include "domain/merge.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "domain/audit.h"
#include "domain/bind.h"
#include "domain/card.h"
#include "domain/card_row.h"
#include "domain/gift.h"
#include "domain/hold.h"
#include "domain/identity.h"
#include "domain/member.h"
#include "domain/merge_row.h"
#include "domain/moving.h"
#include "domain/outbox.h"
#include "domain/staff.h"

static const char *const kind_name[] = {
    [MERGE_BY_STAFF] = "merge", [MERGE_RESCUE] = "rescue", [MERGE_GUEST] = "guest"};

const char *
merge_kind_name(enum merge_kind kind)
{
    return kind_name[kind];
}

enum merge_kind
merge_kind_of(struct str name)
{
    for (int i = MERGE_BY_STAFF; i <= MERGE_GUEST; i++)
        if (str_eq(str_of(kind_name[i]), name))
            return (enum merge_kind)i;
    assert(0 && "a kind we know");
    return MERGE_BY_STAFF;
}

/* ---------------------------------------------------------------- may it be */

const char *
merge_decide(const struct merge_facts *f)
{
    if (f->is_same)
        return "merge_self";
    if (f->from_closed || f->into_closed)
        return "member_closed";
    if (f->has_blocked_card)
        return "card_blocked";
    if (f->from_is_staff)
        return "member_is_staff";
    if (f->served_by_into || f->approver_is_one)
        return "own_card";
    if (f->has_approver ? !f->approver_may : f->kind == MERGE_BY_STAFF)
        return "role";
    return NULL;
}

enum err_code
merge_refuse(const char *word, int64_t from_id, int64_t into_id, struct err *e)
{
    enum err_code code = strcmp(word, "role") == 0         ? ERR_FORBIDDEN
                         : strcmp(word, "merge_self") == 0 ? ERR_INPUT
                                                           : ERR_CONFLICT;

    return err_set(e, code, word, "member %" PRId64 " into %" PRId64 ": %s", from_id, into_id,
                   word);
}

struct standing {
    bool is_closed, is_friend, has_blocked_card;
    int64_t staff_id; /* as whom they serve; 0: not at all */
};

static enum err_code
standing_load(struct db *db, int64_t member_id, struct standing *out, struct err *e)
{
    STMT s = db_stmt(db, SQL_MEMBER_STANDING);

    stmt_bind_int(s, ":member_id", member_id);
    if (stmt_one(s, "member", e))
        return err_wrap(e, "member %" PRId64, member_id);
    *out = (struct standing){
        .is_closed = stmt_int(s, 0) != 0,
        .is_friend = stmt_int(s, 1) != 0,
        .staff_id = stmt_int(s, 2),
        .has_blocked_card = stmt_int(s, 3) != 0,
    };
    return OK;
}

static enum err_code
was_served_by(struct db *db, int64_t member_id, int64_t staff_id, bool *out, struct err *e)
{
    STMT s = db_stmt(db, SQL_MEMBER_SERVED_BY);

    stmt_bind_int(s, ":member_id", member_id);
    stmt_bind_int(s, ":staff_id", staff_id);
    if (stmt_one(s, "member", e))
        return e->code;
    *out = stmt_int(s, 0) != 0;
    return OK;
}

enum err_code
merge_approver(struct db *db, int64_t staff_id, int64_t from_id, int64_t into_id,
               struct merge_facts *facts, struct err *e)
{
    struct staff staff;

    facts->has_approver = staff_id != 0;
    if (staff_id == 0)
        return OK;
    if (staff_load(db, staff_id, &staff, e))
        return e->code;
    facts->approver_may = staff.role >= MANAGER;
    facts->approver_is_one =
        staff.member_id != 0 && (staff.member_id == from_id || staff.member_id == into_id);
    return OK;
}

static enum err_code
judge(struct db *db, const struct merge_new *in, struct standing *from, struct standing *into,
      struct err *e)
{
    struct merge_facts facts = {.is_same = in->from_id == in->into_id, .kind = in->kind};
    const char *word;

    if (standing_load(db, in->from_id, from, e) || standing_load(db, in->into_id, into, e) ||
        merge_approver(db, in->staff_id, in->from_id, in->into_id, &facts, e) ||
        was_served_by(db, in->from_id, into->staff_id, &facts.served_by_into, e))
        return e->code;
    facts.from_closed = from->is_closed;
    facts.into_closed = into->is_closed;
    facts.has_blocked_card = from->has_blocked_card || into->has_blocked_card;
    facts.from_is_staff = from->staff_id != 0;
    word = merge_decide(&facts);
    return word == NULL ? OK : merge_refuse(word, in->from_id, in->into_id, e);
}

/* ---------------------------------------------------------------- writing */

static enum err_code
add(struct db *db, const struct merge_new *in, const char *reason, bool was_friend,
    struct merge_result *out, struct err *e)
{
    STMT s = db_stmt(db, SQL_MERGE_ADD);

    out->until_ms = in->now_ms + in->days * DAY_MS;
    stmt_bind_int(s, ":from_id", in->from_id);
    stmt_bind_int(s, ":into_id", in->into_id);
    stmt_bind_text(s, ":kind", str_of(merge_kind_name(in->kind)));
    bind_id(s, ":staff_id", in->staff_id);
    stmt_bind_text(s, ":reason", str_of(reason));
    stmt_bind_int(s, ":was_friend", was_friend);
    stmt_bind_int(s, ":at_ms", in->now_ms);
    stmt_bind_int(s, ":until_ms", out->until_ms);
    if (stmt_run(s, e))
        return e->code;
    out->merge_id = db_last_id(db);
    return OK;
}

static enum err_code
add_card(struct db *db, int64_t merge_id, const struct move *move, const struct moved *moved,
         struct err *e)
{
    STMT s = db_stmt(db, SQL_MERGE_CARD_ADD);

    stmt_bind_int(s, ":merge_id", merge_id);
    stmt_bind_int(s, ":from_card", move->from.id);
    stmt_bind_int(s, ":into_card", move->into.id);
    bind_id(s, ":out_seq", moved->out_seq);
    bind_id(s, ":in_seq", moved->in_seq);
    stmt_bind_int(s, ":owed", moved->owed);
    return stmt_run(s, e);
}

enum err_code
merge_set_card(struct db *db, int64_t card_id, int64_t into, struct err *e)
{
    int64_t locator;
    STMT s = db_stmt(db, into != 0 ? SQL_CARD_MERGE : SQL_CARD_UNMERGE);

    if (card_free_locator(db, &locator, e))
        return e->code;
    stmt_bind_int(s, ":card_id", card_id);
    stmt_bind_int(s, ":locator", locator);
    if (into != 0)
        stmt_bind_int(s, ":into_card", into);
    if (stmt_run(s, e))
        return e->code;
    return db_changes(db) == 1 ? OK
                               : err_set(e, ERR_INTERNAL, "card_moved",
                                         "card %" PRId64 " is not as it was", card_id);
}

/* The card of the same plan, made where the member has none. */
static enum err_code
card_beside(struct db *db, int64_t member_id, int64_t plan_id, int64_t now_ms, struct card *out,
            struct err *e)
{
    enum err_code code = card_of_plan(db, member_id, plan_id, out, e);

    return code == ERR_NOT_FOUND ? card_issue(db, member_id, plan_id, now_ms, out, e) : code;
}

enum err_code
merge_as_error(const struct refusal *refusal, const char *word, struct err *e)
{
    return refusal->kind == REFUSAL_NONE
               ? OK
               : err_set(e, ERR_CONFLICT, word, "%s", refusal_word(refusal->kind));
}

static enum err_code
move_card(struct db *db, const struct merge_new *in, const struct card *from,
          struct merge_result *out, struct err *e)
{
    struct move move = {.from = *from, .staff_id = in->staff_id, .now_ms = in->now_ms};
    struct refusal refusal;
    struct moved moved;

    memcpy(move.request_key, in->request_key, REQUEST_KEY_SIZE);
    if (card_beside(db, in->into_id, from->plan_id, in->now_ms, &move.into, e) ||
        move_all(db, &move, &moved, &refusal, e) || merge_as_error(&refusal, "too_much", e) ||
        merge_set_card(db, from->id, move.into.id, e) ||
        add_card(db, out->merge_id, &move, &moved, e))
        return e->code;
    out->cards++;
    out->vouchers += moved.vouchers;
    out->rewards += moved.rewards;
    return OK;
}

static enum err_code
move_cards(struct db *db, const struct merge_new *in, struct merge_result *out, struct err *e)
{
    struct card card[CARDS_OF_MEMBER_MAX];
    size_t n;

    if (hold_release_member(db, in->from_id, in->now_ms, e) ||
        voucher_expire_member(db, in->from_id, in->now_ms, e) ||
        cards_of_member(db, in->from_id, card, CARDS_OF_MEMBER_MAX, &n, e))
        return e->code;
    for (size_t i = 0; i < n; i++)
        if (move_card(db, in, &card[i], out, e))
            return e->code;
    return OK;
}

static enum err_code
run_on_member(struct db *db, enum sql_id sql, int64_t member_id, struct err *e)
{
    STMT s = db_stmt(db, sql);

    stmt_bind_int(s, ":member_id", member_id);
    return stmt_run(s, e);
}

enum err_code
merge_end_sessions(struct db *db, int64_t member_id, struct err *e)
{
    return run_on_member(db, SQL_ERASE_SESSIONS, member_id, e);
}

static enum err_code
close_member(struct db *db, int64_t member_id, int64_t into_id, struct err *e)
{
    STMT s = db_stmt(db, SQL_MEMBER_CLOSE);

    stmt_bind_int(s, ":member_id", member_id);
    stmt_bind_int(s, ":into_id", into_id);
    if (stmt_run(s, e) || merge_end_sessions(db, member_id, e) ||
        run_on_member(db, SQL_RECOVERY_END, member_id, e) ||
        run_on_member(db, SQL_NOTICES_WAITING_CANCEL, member_id, e))
        return e->code;
    return run_on_member(db, SQL_NOTICES_KEPT_CANCEL, member_id, e);
}

enum err_code
merge_new_account(struct db *db, int64_t member_id, int64_t now_ms, struct err *e)
{
    if (outbox_erase(db, member_id, now_ms, e) ||
        run_on_member(db, SQL_ERASE_MENU_LINK, member_id, e) ||
        run_on_member(db, SQL_MERGE_MENU_DUE, member_id, e))
        return e->code;
    return merge_end_sessions(db, member_id, e);
}

/* Who had `into`'s LINE account, or holds a session of it, is not let in any more. */
static enum err_code
pass_account(struct db *db, const struct merge_new *in, int64_t merge_id, bool is_friend,
             struct err *e)
{
    if (identity_close(db, in->into_id, merge_id, e) ||
        identity_pass(db, in->from_id, in->into_id, merge_id, e) ||
        merge_new_account(db, in->into_id, in->now_ms, e))
        return e->code;
    return member_befriend(db, in->into_id, is_friend, in->now_ms, NULL, e);
}

static enum err_code
write_merge(struct db *db, const struct merge_new *in, const struct standing *from,
            struct merge_result *out, struct err *e)
{
    char reason[NAME_SIZE];

    if (name_clean(in->reason, reason, e))
        return err_wrap(e, "reason");
    if (add(db, in, reason, from->is_friend, out, e) ||
        gifts_return(db, in->from_id, in->now_ms, e) || move_cards(db, in, out, e))
        return e->code;
    if (in->kind == MERGE_RESCUE ? pass_account(db, in, out->merge_id, from->is_friend, e)
                                 : identity_close(db, in->from_id, out->merge_id, e))
        return e->code;
    if (close_member(db, in->from_id, in->into_id, e))
        return e->code;
    return audit_write(db, "member.merged", in->staff_id, 0, out->merge_id, in->now_ms, e);
}

enum err_code
member_merge(struct db *db, const struct merge_new *in, struct merge_result *out, struct err *e)
{
    DB_TX tx = {0};
    struct standing from, into;

    *out = (struct merge_result){.merge_id = 0};
    if (db_begin(db, &tx, e) || judge(db, in, &from, &into, e) ||
        write_merge(db, in, &from, out, e) || db_commit(&tx, e))
        return err_wrap(e, "merge member %" PRId64 " into %" PRId64, in->from_id, in->into_id);
    return OK;
}

/* ---------------------------------------------------------------- what there was */

enum err_code
merges_of_member(struct db *db, int64_t member_id, struct merge_line *out, size_t cap,
                 size_t *n_out, struct err *e)
{
    STMT s = db_stmt(db, SQL_MERGES_OF_MEMBER);
    size_t n = 0;
    bool row;

    stmt_bind_int(s, ":member_id", member_id);
    stmt_bind_int(s, ":cap", (int64_t)cap);
    for (;; n++) {
        struct merge_line *line = &out[n];

        if (stmt_step(s, &row, e))
            return err_wrap(e, "merges of member %" PRId64, member_id);
        if (!row || n == cap)
            break;
        line->id = stmt_int(s, 0);
        line->from_id = stmt_int(s, 1);
        line->into_id = stmt_int(s, 2);
        line->kind = merge_kind_of(stmt_text(s, 3));
        line->is_undone = str_eq(stmt_text(s, 4), STR("undone"));
        line->at_ms = stmt_int(s, 5);
        line->until_ms = stmt_int(s, 6);
        line->undone_ms = stmt_int(s, 7);
        str_copy(stmt_text(s, 8), line->reason, sizeof(line->reason));
        str_copy(stmt_text(s, 9), line->staff, sizeof(line->staff));
    }
    *n_out = n;
    return OK;
}

enum err_code
merge_sweep(struct db *db, int64_t now_ms, int64_t max, struct err *e)
{
    STMT s = db_stmt(db, SQL_IDENTITY_CLOSED_SWEEP);

    stmt_bind_int(s, ":now_ms", now_ms);
    stmt_bind_int(s, ":max", max);
    return stmt_run(s, e);
}
