/*
 * The other half of merge.h: how a merge is undone.
 */
#include "domain/merge.h"

#include <inttypes.h>
#include <string.h>

#include "domain/audit.h"
#include "domain/card.h"
#include "domain/identity.h"
#include "domain/member.h"
#include "domain/merge_row.h"
#include "domain/moving.h"

struct merge_row {
    int64_t id, from_id, into_id;
    enum merge_kind kind;
    bool is_done, was_friend, into_closed;
    int64_t at_ms, until_ms;
};

static enum err_code
load(struct db *db, int64_t merge_id, struct merge_row *out, struct err *e)
{
    STMT s = db_stmt(db, SQL_MERGE_LOAD);

    stmt_bind_int(s, ":merge_id", merge_id);
    if (stmt_one(s, "merge", e))
        return e->code;
    *out = (struct merge_row){
        .id = stmt_int(s, 0),
        .from_id = stmt_int(s, 1),
        .into_id = stmt_int(s, 2),
        .kind = merge_kind_of(stmt_text(s, 3)),
        .is_done = str_eq(stmt_text(s, 4), STR("done")),
        .was_friend = stmt_int(s, 6) != 0,
        .at_ms = stmt_int(s, 7),
        .until_ms = stmt_int(s, 8),
        .into_closed = stmt_int(s, 10) != 0,
    };
    return OK;
}

static enum err_code
judge_undo(struct db *db, const struct merge_undo *in, const struct merge_row *merge, struct err *e)
{
    struct merge_facts facts = {.kind = MERGE_BY_STAFF};

    if (in->is_rescue != (merge->kind == MERGE_RESCUE))
        return err_set(e, ERR_NOT_FOUND, "merge_unknown", "it is a %s",
                       merge_kind_name(merge->kind));
    if (merge_approver(db, in->staff_id, merge->from_id, merge->into_id, &facts, e))
        return e->code;
    if (!facts.approver_may)
        return merge_refuse("role", merge->from_id, merge->into_id, e);
    if (facts.approver_is_one)
        return merge_refuse("own_card", merge->from_id, merge->into_id, e);
    if (!merge->is_done)
        return err_set(e, ERR_CONFLICT, "merge_undone", "it was undone before");
    if (merge->until_ms <= in->now_ms)
        return err_set(e, ERR_CONFLICT, "merge_final", "it is too late to undo it");
    if (merge->into_closed)
        return err_set(e, ERR_CONFLICT, "member_closed",
                       "member %" PRId64 " was merged since: undo that first", merge->into_id);
    return OK;
}

static enum err_code
move_card_back(struct db *db, const struct merge_undo *in, const struct merge_row *merge,
               int64_t from_card, int64_t into_card, const struct moved *was, struct err *e)
{
    struct move move = {.staff_id = in->staff_id, .now_ms = in->now_ms};
    struct refusal refusal;

    memcpy(move.request_key, in->request_key, REQUEST_KEY_SIZE);
    if (card_load(db, from_card, &move.from, e) || card_load(db, into_card, &move.into, e) ||
        move_back(db, &move, was, merge->at_ms, &refusal, e) ||
        merge_as_error(&refusal, "units_spent", e))
        return e->code;
    return merge_set_card(db, from_card, 0, e);
}

static enum err_code
move_cards_back(struct db *db, const struct merge_undo *in, const struct merge_row *merge,
                struct err *e)
{
    STMT s = db_stmt(db, SQL_MERGE_CARDS);
    bool row;

    stmt_bind_int(s, ":merge_id", merge->id);
    for (;;) {
        struct moved was;

        if (stmt_step(s, &row, e))
            return e->code;
        if (!row)
            return OK;
        was = (struct moved){
            .out_seq = stmt_int(s, 2), .in_seq = stmt_int(s, 3), .owed = stmt_int(s, 4)};
        if (move_card_back(db, in, merge, stmt_int(s, 0), stmt_int(s, 1), &was, e))
            return e->code;
    }
}

static enum err_code
pass_account_back(struct db *db, const struct merge_undo *in, const struct merge_row *merge,
                  struct err *e)
{
    if (identity_end(db, merge->into_id, e) || identity_reopen(db, merge->into_id, merge->id, e) ||
        merge_new_account(db, merge->into_id, in->now_ms, e))
        return e->code;
    return member_befriend(db, merge->into_id, true, in->now_ms, NULL, e);
}

static enum err_code
write_undo(struct db *db, const struct merge_undo *in, const struct merge_row *merge, struct err *e)
{
    STMT undo = db_stmt(db, SQL_MERGE_UNDO);
    STMT reopen = db_stmt(db, SQL_MEMBER_REOPEN);

    stmt_bind_int(undo, ":merge_id", merge->id);
    stmt_bind_int(undo, ":now_ms", in->now_ms);
    stmt_bind_int(reopen, ":member_id", merge->from_id);
    stmt_bind_int(reopen, ":is_friend", merge->was_friend);
    if (move_cards_back(db, in, merge, e) ||
        (merge->kind == MERGE_RESCUE && pass_account_back(db, in, merge, e)) ||
        identity_reopen(db, merge->from_id, merge->id, e) || stmt_run(undo, e) ||
        stmt_run(reopen, e))
        return e->code;
    return audit_write(db, "member.unmerged", in->staff_id, 0, merge->id, in->now_ms, e);
}

enum err_code
member_unmerge(struct db *db, const struct merge_undo *in, struct err *e)
{
    DB_TX tx = {0};
    struct merge_row merge = {.id = 0};

    if (db_begin(db, &tx, e) || load(db, in->merge_id, &merge, e) ||
        judge_undo(db, in, &merge, e) || write_undo(db, in, &merge, e) || db_commit(&tx, e))
        return err_wrap(e, "undo merge %" PRId64, in->merge_id);
    return OK;
}
