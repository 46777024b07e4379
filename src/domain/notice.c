#include "domain/notice.h"

#include <inttypes.h>

#include "domain/bind.h"
#include "domain/outbox.h"
#include "domain/since.h"

/* ---------------------------------------------------------------- shown */

static enum err_code
belongs(struct db *db, int64_t notice_id, int64_t member_id, struct err *e)
{
    STMT s = db_stmt(db, SQL_NOTICE_OF_MEMBER);

    stmt_bind_int(s, ":id", notice_id);
    stmt_bind_int(s, ":member_id", member_id);
    return stmt_one(s, "notice", e);
}

enum err_code
notice_seen(struct db *db, int64_t notice_id, int64_t member_id, struct err *e)
{
    STMT s = db_stmt(db, SQL_NOTICE_SEEN);

    stmt_bind_int(s, ":id", notice_id);
    stmt_bind_int(s, ":member_id", member_id);
    if (stmt_run(s, e))
        return e->code;
    if (db_changes(db) == 1)
        return OK;
    return belongs(db, notice_id, member_id, e);
}

/* ---------------------------------------------------------------- due */

static bool
keep(struct arena *a, struct str text, struct str *out)
{
    char *copy = arena_dup(a, text.at, text.n);

    *out = (struct str){copy, text.n};
    return copy != NULL;
}

static enum err_code
read_notice(const struct stmt *s, struct arena *a, struct notice *out, struct err *e)
{
    *out = (struct notice){
        .id = stmt_int(s, 0),
        .member_id = stmt_int(s, 1),
        .card_id = stmt_int(s, 2),
        .plan_id = stmt_int(s, 3),
        .is_voucher = stmt_int(s, 4) != 0,
        .is_stamp = stmt_int(s, 5) != 0,
        .language = language_of(stmt_text(s, 6), LANGUAGE_JA),
        .is_friend = stmt_int(s, 7) != 0,
        .amount = stmt_int(s, 10),
        .balance = stmt_int(s, 11),
        .goal = stmt_int(s, 12),
        .at_ms = stmt_int(s, 13),
        .utc_offset_min = (int)stmt_int(s, 14),
        .voucher_id = stmt_int(s, 16),
        .expires_ms = stmt_int(s, 17),
        .voucher_is_open = stmt_int(s, 18) != 0,
    };
    if (!keep(a, stmt_text(s, 8), &out->plan_name) || !keep(a, stmt_text(s, 9), &out->shop_name) ||
        !keep(a, stmt_text(s, 15), &out->reward_title))
        return err_set(e, ERR_INTERNAL, "arena_full", "notice %" PRId64 ": no room", out->id);
    return OK;
}

enum err_code
notice_due(struct db *db, int64_t now_ms, struct arena *a, struct notice *out, size_t max,
           size_t *n_out, struct err *e)
{
    STMT s = db_stmt(db, SQL_NOTICE_DUE);
    size_t n;
    bool row;

    stmt_bind_int(s, ":now_ms", now_ms);
    stmt_bind_int(s, ":max", (int64_t)max);
    for (n = 0; n < max; n++) {
        if (stmt_step(s, &row, e))
            return err_wrap(e, "list due notices");
        if (!row)
            break;
        if (read_notice(s, a, &out[n], e))
            return e->code;
    }
    *n_out = n;
    return OK;
}

/* ---------------------------------------------------------------- ended */

static enum err_code
end_as(struct db *db, int64_t notice_id, const char *state, int64_t outbox_id, struct err *e)
{
    STMT s = db_stmt(db, SQL_NOTICE_END);

    stmt_bind_int(s, ":id", notice_id);
    stmt_bind_text(s, ":state", str_of(state));
    bind_id(s, ":outbox_id", outbox_id);
    if (stmt_run(s, e))
        return e->code;
    if (db_changes(db) != 1)
        return err_set(e, ERR_CONFLICT, "notice_ended", "notice %" PRId64 " does not wait",
                       notice_id);
    return OK;
}

enum err_code
notice_owe(struct db *db, const struct notice *notice, struct str body, int64_t now_ms,
           struct err *e)
{
    int64_t outbox_id;

    if (outbox_push(db, notice->member_id, notice->is_voucher, body, now_ms, &outbox_id, e) ||
        end_as(db, notice->id, "owed", outbox_id, e))
        return err_wrap(e, "owe notice %" PRId64, notice->id);
    return OK;
}

enum err_code
notice_drop(struct db *db, int64_t notice_id, bool unreachable, struct err *e)
{
    return end_as(db, notice_id, unreachable ? "kept" : "cancelled", 0, e);
}

/* ---------------------------------------------------------------- counted */

enum err_code
notice_count_since(struct db *db, int64_t since_ms, struct notice_counts *out, struct err *e)
{
    int64_t seq;
    STMT s = db_stmt(db, SQL_NOTICE_COUNT);

    if (since_seq(db, since_ms, &seq, e))
        return err_wrap(e, "count notices");
    stmt_bind_int(s, ":seq", seq);
    if (stmt_one(s, "notice", e))
        return err_wrap(e, "count notices");
    *out = (struct notice_counts){
        .waiting = stmt_int(s, 0),
        .seen = stmt_int(s, 1),
        .sent = stmt_int(s, 2),
        .failed = stmt_int(s, 3),
    };
    return OK;
}
