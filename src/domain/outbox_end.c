#include <assert.h>
#include <inttypes.h>

#include "domain/budget.h"
#include "domain/outbox_row.h"

static const char *const end_state[] = {
    [OUTBOX_SENT] = "sent",         [OUTBOX_ACCEPTED_BEFORE] = "accepted_before",
    [OUTBOX_REJECTED] = "rejected", [OUTBOX_QUOTA] = "quota",
    [OUTBOX_EXPIRED] = "expired",
};

/* A row while a try of it is under way. */
struct under_way {
    bool is_reply, is_erased;
    int64_t tries;
    int64_t end_ms;     /* from then on it must not be tried again */
    bool is_superseded; /* a menu: a newer one waits for it to end */
    int charged_month;
    int64_t recipients;
};

static enum err_code
load(struct db *db, int64_t id, int64_t try_number, struct under_way *out, struct err *e)
{
    STMT s = db_stmt(db, SQL_OUTBOX_UNDER_WAY);
    bool is_open;

    stmt_bind_int(s, ":id", id);
    if (stmt_one(s, "outbox", e))
        return e->code;
    *out = (struct under_way){
        .is_reply = stmt_int(s, 0) != 0,
        .is_erased = stmt_int(s, 1) != 0,
        .tries = stmt_int(s, 3),
        .is_superseded = stmt_int(s, 5) != 0,
        .charged_month = stmt_is_null(s, 6) ? 0 : (int)stmt_int(s, 6),
        .recipients = stmt_int(s, 7),
    };
    out->end_ms = stmt_int(s, 4) + (out->is_reply ? OUTBOX_REPLY_LIFE_MS : OUTBOX_LIFE_MS);
    is_open = stmt_int(s, 2) != 0;
    if (out->tries != try_number || !(is_open || out->is_erased))
        return err_set(e, ERR_CONFLICT, "outcome_known",
                       "try %" PRId64 " of outbox %" PRId64 " is not under way", try_number, id);
    return OK;
}

static enum err_code
note_try(struct db *db, int64_t id, int64_t try_number, int64_t status, struct str line_request_id,
         struct err *e)
{
    STMT s = db_stmt(db, SQL_OUTBOX_TRY_END);

    stmt_bind_int(s, ":id", id);
    stmt_bind_int(s, ":try", try_number);
    stmt_bind_int(s, ":status", status);
    if (line_request_id.n > 0)
        stmt_bind_text(s, ":line_request_id", line_request_id);
    if (stmt_run(s, e))
        return e->code;
    return db_changes(db) == 1
               ? OK
               : err_set(e, ERR_CONFLICT, "outcome_known",
                         "try %" PRId64 " of outbox %" PRId64 " has an outcome", try_number, id);
}

static enum err_code
queue_again(struct db *db, int64_t id, int64_t again_ms, struct err *e)
{
    STMT s = db_stmt(db, SQL_OUTBOX_AGAIN);

    stmt_bind_int(s, ":id", id);
    stmt_bind_int(s, ":again_ms", again_ms);
    return stmt_run(s, e);
}

/* As it was before the try: not begun, if that was the first, and nothing spent on it. */
static enum err_code
forget_try(struct db *db, int64_t id, const struct under_way *u, struct err *e)
{
    STMT try = db_stmt(db, SQL_OUTBOX_TRY_FORGET);
    STMT s = db_stmt(db, SQL_OUTBOX_UNSEND);

    stmt_bind_int(try, ":id", id);
    stmt_bind_int(try, ":try", u->tries);
    stmt_bind_int(s, ":id", id);
    if (u->tries == 1 && u->charged_month != 0 &&
        budget_refund(db, u->charged_month, u->recipients, e))
        return e->code;
    return stmt_run(try, e) || stmt_run(s, e) ? e->code : OK;
}

enum err_code
outbox_outcome(struct db *db, int64_t id, int64_t try_number, enum outbox_end end, int64_t again_ms,
               int64_t status, struct str line_request_id, int64_t now_ms, struct err *e)
{
    bool again = end == OUTBOX_AGAIN || end == OUTBOX_UNSENT;
    struct under_way u = {0};
    struct str state;

    assert(end <= OUTBOX_UNSENT && status >= 0);
    if (load(db, id, try_number, &u, e) ||
        (end == OUTBOX_UNSENT && !u.is_erased
             ? forget_try(db, id, &u, e)
             : note_try(db, id, try_number, status, line_request_id, e)))
        return err_wrap(e, "outcome");
    if (u.is_erased)
        return OK;
    if (again && !u.is_superseded && again_ms < u.end_ms)
        return queue_again(db, id, again_ms, e);
    if (u.is_superseded && again)
        state = STR("dropped");
    else if (end == OUTBOX_UNSENT && u.is_reply)
        state = STR("rejected"); /* certainly not shown */
    else
        state = str_of(end_state[again ? OUTBOX_EXPIRED : end]);
    return outbox_close(db, id, state, now_ms, e) ? err_wrap(e, "outcome") : OK;
}

enum err_code
outbox_recover(struct db *db, int64_t now_ms, struct err *e)
{
    static const enum sql_id step[] = {SQL_OUTBOX_RECOVER_MENUS, SQL_OUTBOX_RECOVER_REPLIES,
                                       SQL_OUTBOX_RECOVER};

    for (size_t i = 0; i < sizeof(step) / sizeof(step[0]); i++) {
        STMT s = db_stmt(db, step[i]);

        stmt_bind_int(s, ":now_ms", now_ms);
        if (stmt_run(s, e))
            return err_wrap(e, "recover the outbox");
    }
    return OK;
}

enum err_code
outbox_erase(struct db *db, int64_t member_id, int64_t now_ms, struct err *e)
{
    STMT out = db_stmt(db, SQL_OUTBOX_TO_ERASE);

    stmt_bind_int(out, ":member_id", member_id);
    if (stmt_run(out, e))
        return err_wrap(e, "erase from the outbox");
    for (;;) {
        STMT s = db_stmt(db, SQL_OUTBOX_OF_MEMBER);
        bool row;

        stmt_bind_int(s, ":member_id", member_id);
        if (stmt_step(s, &row, e))
            return err_wrap(e, "erase from the outbox");
        if (!row)
            return OK;
        if (outbox_close(db, stmt_int(s, 0), STR("erased"), now_ms, e))
            return err_wrap(e, "erase from the outbox");
    }
}

/* ---------------------------------------------------------------- long afterwards */

static enum err_code
sweep(struct db *db, enum sql_id id, int64_t now_ms, int64_t max, struct err *e)
{
    STMT s = db_stmt(db, id);

    stmt_bind_int(s, ":before_ms", now_ms - OUTBOX_KEPT_MS);
    stmt_bind_int(s, ":max", max);
    return stmt_run(s, e) ? err_wrap(e, "sweep the outbox") : OK;
}

enum err_code
outbox_sweep(struct db *db, int64_t now_ms, int64_t max, struct err *e)
{
    return sweep(db, SQL_OUTBOX_SWEEP_TRIES, now_ms, max, e) ||
                   sweep(db, SQL_OUTBOX_SWEEP, now_ms, max, e)
               ? e->code
               : OK;
}
