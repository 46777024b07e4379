/*
 * How messages ended, told to the notices they carried: notice_settle of notice.h.
 *
 * A reply that LINE refused for certain told nobody, so its notices climb the ladder again. One
 * without an answer may have been shown: only what is worth being told twice is sent again.
 */
#include "domain/notice.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "domain/notice_row.h"

struct ended {
    int64_t id;
    bool is_reply;
    char state[16];
};

static bool
is(const struct ended *m, const char *state)
{
    return strcmp(m->state, state) == 0;
}

/* What becomes of a notice of that kind. */
static const char *
state_after(const struct ended *m, enum notice_kind kind)
{
    if (is(m, "sent") || is(m, "accepted_before"))
        return "told";
    if (is(m, "quota") || (m->is_reply && is(m, "rejected")))
        return "held";
    if (m->is_reply && is(m, "expired") && notice_worth(kind) >= WORTH_DATED)
        return "held";
    return is(m, "erased") ? "cancelled" : "kept";
}

/* When to climb again. LINE or the owner said that the month is full: that is asked once an hour.
 */
static int64_t
again_after(const struct ended *m, int64_t now_ms)
{
    return is(m, "quota") ? now_ms + HOUR_MS : now_ms;
}

static const char *
how_of(const struct ended *m, bool is_first)
{
    if (m->is_reply)
        return "reply";
    return is_first ? "push" : "merge";
}

static enum err_code
settle_one(struct db *db, const struct ended *m, int64_t notice_id, enum notice_kind kind,
           bool is_first, int64_t now_ms, struct err *e)
{
    const char *state = state_after(m, kind);
    bool is_told = strcmp(state, "told") == 0;
    STMT move = db_stmt(db, SQL_NOTICE_SETTLE);

    stmt_bind_int(move, ":id", notice_id);
    stmt_bind_text(move, ":state", str_of(state));
    stmt_bind_int(move, ":again_ms", again_after(m, now_ms));
    if (stmt_run(move, e))
        return e->code;
    if (!is_told && strcmp(state, "kept") != 0)
        return OK;
    return notice_tally(db, kind, is_told ? how_of(m, is_first) : "failed", now_ms, e);
}

/* A message and everything it carried. To many people, each of them is told by a push. */
static enum err_code
settle(struct db *db, const struct ended *m, int64_t now_ms, struct err *e)
{
    STMT s = db_stmt(db, SQL_NOTICES_OF_MESSAGE);
    STMT done = db_stmt(db, SQL_OUTBOX_SETTLED);
    int64_t last_member = 0;
    bool row;

    stmt_bind_int(s, ":id", m->id);
    for (;;) {
        enum notice_kind kind;

        if (stmt_step(s, &row, e))
            return e->code;
        if (!row)
            break;
        if (!notice_kind_of(stmt_text(s, 1), &kind))
            return err_set(e, ERR_INTERNAL, "notice_kind", "notice %" PRId64, stmt_int(s, 0));
        if (settle_one(db, m, stmt_int(s, 0), kind, stmt_int(s, 2) != last_member, now_ms, e))
            return e->code;
        last_member = stmt_int(s, 2);
    }
    stmt_bind_int(done, ":id", m->id);
    return stmt_run(done, e);
}

static enum err_code
find_ended(struct db *db, struct ended *out, size_t max, size_t *n_out, struct err *e)
{
    STMT s = db_stmt(db, SQL_OUTBOX_UNSETTLED);
    size_t n;
    bool row;

    stmt_bind_int(s, ":max", (int64_t)max);
    for (n = 0; n < max; n++) {
        if (stmt_step(s, &row, e))
            return e->code;
        if (!row)
            break;
        out[n] = (struct ended){.id = stmt_int(s, 0), .is_reply = stmt_int(s, 1) != 0};
        (void)str_copy(stmt_text(s, 2), out[n].state, sizeof(out[n].state));
    }
    *n_out = n;
    return OK;
}

#define SETTLE_MAX 64

enum err_code
notice_settle(struct db *db, int64_t now_ms, size_t max, size_t *n_out, struct err *e)
{
    struct ended message[SETTLE_MAX];
    size_t n = 0;

    if (find_ended(db, message, max < SETTLE_MAX ? max : SETTLE_MAX, &n, e))
        return err_wrap(e, "settle messages");
    for (size_t i = 0; i < n; i++)
        if (settle(db, &message[i], now_ms, e))
            return err_wrap(e, "settle message %" PRId64, message[i].id);
    *n_out = n;
    return OK;
}
