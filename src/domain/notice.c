#include "domain/notice.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include "base/clock.h"
#include "domain/bind.h"
#include "domain/keys.h"
#include "domain/line_day.h"
#include "domain/notice_row.h"
#include "domain/sealed.h"
#include "domain/topic.h"

#define WEEK_MS (7 * DAY_MS)

/* ---------------------------------------------------------------- written down */

int
notice_day(int64_t at_ms)
{
    struct tm tm = line_day(at_ms);

    return ((tm.tm_year + 1900) * 100 + tm.tm_mon + 1) * 100 + tm.tm_mday;
}

enum err_code
notice_tally(struct db *db, enum notice_kind kind, const char *how, int64_t now_ms, struct err *e)
{
    STMT s = db_stmt(db, SQL_NOTICE_TALLY);

    stmt_bind_int(s, ":day", notice_day(now_ms));
    stmt_bind_text(s, ":kind", str_of(notice_kind_word(kind)));
    stmt_bind_text(s, ":how", str_of(how));
    return stmt_run(s, e);
}

/* Nothing is added when it was the last decision already. */
static enum err_code
decision(struct db *db, int64_t notice_id, enum ladder_step step, const char *reason,
         int64_t now_ms, struct err *e)
{
    STMT s = db_stmt(db, SQL_NOTICE_DECIDED);

    stmt_bind_int(s, ":id", notice_id);
    stmt_bind_text(s, ":step", str_of(ladder_step_word(step)));
    stmt_bind_text(s, ":reason", str_of(reason));
    stmt_bind_int(s, ":now_ms", now_ms);
    return stmt_run(s, e);
}

/* ---------------------------------------------------------------- shown */

static enum err_code
seen_late(struct db *db, int64_t notice_id, int64_t member_id, struct err *e)
{
    STMT s = db_stmt(db, SQL_NOTICE_SEEN_LATE);
    STMT mine = db_stmt(db, SQL_NOTICE_OF_MEMBER);

    stmt_bind_int(s, ":id", notice_id);
    stmt_bind_int(s, ":member_id", member_id);
    if (stmt_run(s, e))
        return e->code;
    if (db_changes(db) == 1)
        return OK;
    stmt_bind_int(mine, ":id", notice_id);
    stmt_bind_int(mine, ":member_id", member_id);
    return stmt_one(mine, "notice", e);
}

enum err_code
notice_seen(struct db *db, int64_t notice_id, int64_t member_id, int64_t now_ms, struct err *e)
{
    STMT s = db_stmt(db, SQL_NOTICE_SEEN);
    enum notice_kind kind;
    bool row;

    stmt_bind_int(s, ":id", notice_id);
    stmt_bind_int(s, ":member_id", member_id);
    if (stmt_step(s, &row, e))
        return e->code;
    if (!row)
        return seen_late(db, notice_id, member_id, e);
    if (!notice_kind_of(stmt_text(s, 0), &kind))
        return err_set(e, ERR_INTERNAL, "notice_kind", "notice %" PRId64, notice_id);
    return notice_tally(db, kind, "live", now_ms, e);
}

enum err_code
notice_opened(struct db *db, enum notice_kind kind, int64_t now_ms, struct err *e)
{
    return notice_tally(db, kind, "opened", now_ms, e);
}

/* ---------------------------------------------------------------- read */

static bool
keep(struct arena *a, struct str text, struct str *out)
{
    char *copy = arena_dup(a, text.at, text.n);

    *out = (struct str){copy, text.n};
    return copy != NULL;
}

static enum err_code
read_texts(struct db *db, const struct stmt *s, struct arena *a, struct notice *out, struct err *e)
{
    char place[NOTICE_PLACE_SIZE];

    if (!keep(a, stmt_text(s, 8), &out->plan_name) || !keep(a, stmt_text(s, 9), &out->shop_name) ||
        !keep(a, stmt_text(s, 15), &out->reward_title))
        return err_set(e, ERR_INTERNAL, "arena_full", "notice %" PRId64 ": no room", out->id);
    if (stmt_is_null(s, 20))
        return OK;
    return sealed_open(keys_of(db)->outbox, stmt_blob(s, 20),
                       notice_place(out->member_id, out->kind, stmt_int(s, 21), place), a,
                       &out->detail, e);
}

static enum err_code
read_notice(struct db *db, const struct stmt *s, int64_t member_id, struct arena *a,
            struct notice *out, struct err *e)
{
    *out = (struct notice){
        .id = stmt_int(s, 0),
        .member_id = member_id,
        .due_ms = stmt_int(s, 2),
        .until_ms = stmt_int(s, 3),
        .created_ms = stmt_int(s, 4),
        .card_id = stmt_int(s, 5),
        .plan_id = stmt_int(s, 6),
        .is_stamp = stmt_int(s, 7) != 0,
        .amount = stmt_int(s, 10),
        .balance = stmt_int(s, 11),
        .goal = stmt_int(s, 12),
        .at_ms = stmt_int(s, 13),
        .utc_offset_min = (int)stmt_int(s, 14),
        .next_at = stmt_int(s, 16),
        .voucher_id = stmt_int(s, 17),
        .expires_ms = stmt_int(s, 18),
        .voucher_is_open = stmt_int(s, 19) != 0,
    };
    if (!notice_kind_of(stmt_text(s, 1), &out->kind))
        return err_set(e, ERR_INTERNAL, "notice_kind", "notice %" PRId64, out->id);
    return read_texts(db, s, a, out, e);
}

bool
notice_is_over(const struct notice *notice)
{
    if (notice->kind == NOTICE_POINTS_LAPSE)
        return notice->amount == 0;
    return notice->voucher_id != 0 && !notice->voucher_is_open;
}

enum order { NEWEST_FIRST = -1, OLDEST_FIRST = 1 };

static enum err_code
read_open(struct db *db, int64_t member_id, bool with_kept, enum order order, struct arena *a,
          struct notice *out, size_t max, size_t *n_out, struct err *e)
{
    STMT s = db_stmt(db, SQL_NOTICE_OPEN);
    size_t n;
    bool row;

    stmt_bind_int(s, ":member_id", member_id);
    stmt_bind_int(s, ":with_kept", with_kept);
    stmt_bind_int(s, ":order", order);
    stmt_bind_int(s, ":max", (int64_t)max);
    for (n = 0; n < max; n++) {
        if (stmt_step(s, &row, e))
            return err_wrap(e, "notices of member %" PRId64, member_id);
        if (!row)
            break;
        if (read_notice(db, s, member_id, a, &out[n], e))
            return e->code;
    }
    *n_out = n;
    return OK;
}

enum err_code
notice_news(struct db *db, int64_t member_id, struct arena *a, struct notice *out, size_t max,
            size_t *n_out, struct err *e)
{
    return read_open(db, member_id, true, NEWEST_FIRST, a, out, max, n_out, e);
}

enum err_code
notice_held(struct db *db, int64_t member_id, struct arena *a, struct notice *out, size_t max,
            size_t *n_out, struct err *e)
{
    return read_open(db, member_id, false, OLDEST_FIRST, a, out, max, n_out, e);
}

enum err_code
notice_hold_due(struct db *db, int64_t now_ms, size_t max, size_t *n_out, struct err *e)
{
    STMT s = db_stmt(db, SQL_NOTICE_HOLD);

    stmt_bind_int(s, ":now_ms", now_ms);
    stmt_bind_int(s, ":max", (int64_t)max);
    if (stmt_run(s, e))
        return err_wrap(e, "hold due notices");
    *n_out = (size_t)db_changes(db);
    return OK;
}

static bool
is_in(const int64_t *ids, size_t n, int64_t id)
{
    for (size_t i = 0; i < n; i++)
        if (ids[i] == id)
            return true;
    return false;
}

enum err_code
notice_due_members(struct db *db, int64_t now_ms, int64_t *out, size_t max, size_t *n_out,
                   struct err *e)
{
    STMT s = db_stmt(db, SQL_NOTICE_DUE_MEMBERS);
    size_t n = 0;
    bool row;

    stmt_bind_int(s, ":now_ms", now_ms);
    while (n < max) {
        if (stmt_step(s, &row, e))
            return err_wrap(e, "members with due notices");
        if (!row)
            break;
        out[n] = stmt_int(s, 0);
        n += !is_in(out, n, out[n]);
    }
    *n_out = n;
    return OK;
}

enum err_code
notice_reader(struct db *db, int64_t member_id, int64_t now_ms, struct notice_reader *out,
              struct err *e)
{
    STMT s = db_stmt(db, SQL_NOTICE_READER);

    stmt_bind_int(s, ":member_id", member_id);
    stmt_bind_int(s, ":now_ms", now_ms);
    stmt_bind_int(s, ":since_ms", now_ms - WEEK_MS);
    if (stmt_one(s, "member", e))
        return err_wrap(e, "reader of notices");
    *out = (struct notice_reader){
        .member_id = member_id,
        .language = language_of(stmt_text(s, 0), LANGUAGE_JA),
        .is_friend = stmt_int(s, 1) != 0,
        .has_chance = stmt_int(s, 2) != 0,
        .pushes = stmt_int(s, 3),
        .pushes_ms = stmt_int(s, 4) + WEEK_MS,
    };
    return topic_load(db, member_id, out->wants, e);
}

/* ---------------------------------------------------------------- moved */

static enum err_code
must_be_held(struct db *db, struct stmt *s, int64_t notice_id, struct err *e)
{
    if (stmt_run(s, e))
        return e->code;
    if (db_changes(db) != 1)
        return err_set(e, ERR_CONFLICT, "notice_ended", "notice %" PRId64 " is not held",
                       notice_id);
    return OK;
}

enum err_code
notice_wait(struct db *db, const struct notice *notice, const char *reason, int64_t again_ms,
            int64_t now_ms, struct err *e)
{
    STMT s = db_stmt(db, SQL_NOTICE_WAIT);

    stmt_bind_int(s, ":id", notice->id);
    stmt_bind_int(s, ":again_ms", again_ms);
    return must_be_held(db, s, notice->id, e) ||
                   decision(db, notice->id, LADDER_WAIT, reason, now_ms, e)
               ? e->code
               : OK;
}

enum err_code
notice_retry_budget(struct db *db, int64_t now_ms, struct err *e)
{
    STMT s = db_stmt(db, SQL_NOTICE_RETRY_BUDGET);

    stmt_bind_int(s, ":now_ms", now_ms);
    return stmt_run(s, e);
}

enum err_code
notice_owe(struct db *db, int64_t notice_id, int64_t outbox_id, enum ladder_step step,
           const char *reason, int64_t now_ms, struct err *e)
{
    STMT s = db_stmt(db, SQL_NOTICE_OWE);

    stmt_bind_int(s, ":id", notice_id);
    stmt_bind_int(s, ":outbox_id", outbox_id);
    return must_be_held(db, s, notice_id, e) || decision(db, notice_id, step, reason, now_ms, e)
               ? e->code
               : OK;
}

enum err_code
notice_end(struct db *db, const struct notice *notice, enum ladder_step step, const char *reason,
           int64_t now_ms, struct err *e)
{
    bool is_kept = step == LADDER_KEEP;
    STMT s = db_stmt(db, SQL_NOTICE_END);

    stmt_bind_int(s, ":id", notice->id);
    stmt_bind_text(s, ":state", is_kept ? STR("kept") : STR("lapsed"));
    return must_be_held(db, s, notice->id, e) ||
                   decision(db, notice->id, step, reason, now_ms, e) ||
                   notice_tally(db, notice->kind, is_kept ? "kept" : "none", now_ms, e)
               ? e->code
               : OK;
}

enum err_code
notice_shelve(struct db *db, int64_t member_id, const char *reason, int64_t now_ms, struct err *e)
{
    for (;;) {
        struct notice notice = {0};
        STMT s = db_stmt(db, SQL_NOTICE_FIRST_HELD);
        bool row;

        stmt_bind_int(s, ":member_id", member_id);
        if (stmt_step(s, &row, e))
            return err_wrap(e, "shelve notices");
        if (!row)
            return OK;
        notice.id = stmt_int(s, 0);
        (void)notice_kind_of(stmt_text(s, 1), &notice.kind);
        if (notice_end(db, &notice, LADDER_KEEP, reason, now_ms, e))
            return err_wrap(e, "shelve notices");
    }
}

/* ---------------------------------------------------------------- for the owner */

enum err_code
notice_count(struct db *db, int from, int until, struct notice_counts *out, struct err *e)
{
    STMT s = db_stmt(db, SQL_NOTICE_COUNT);

    stmt_bind_int(s, ":from", from);
    stmt_bind_int(s, ":until", until);
    if (stmt_one(s, "notice", e))
        return err_wrap(e, "count notices");
    *out = (struct notice_counts){
        .live = stmt_int(s, 0),
        .reply = stmt_int(s, 1),
        .merge = stmt_int(s, 2),
        .push = stmt_int(s, 3),
        .kept = stmt_int(s, 4),
        .failed = stmt_int(s, 5),
        .opened = stmt_int(s, 6),
        .waiting = stmt_int(s, 7),
    };
    return OK;
}

static void
read_line(const struct stmt *s, struct notice_line *out)
{
    *out = (struct notice_line){
        .id = stmt_int(s, 0), .created_ms = stmt_int(s, 2), .decided_ms = stmt_int(s, 4)};
    (void)notice_kind_of(stmt_text(s, 1), &out->kind);
    (void)str_copy(stmt_text(s, 3), out->state, sizeof(out->state));
    (void)str_copy(stmt_text(s, 5), out->step, sizeof(out->step));
    (void)str_copy(stmt_text(s, 6), out->reason, sizeof(out->reason));
    (void)str_copy(stmt_text(s, 7), out->line_request_id, sizeof(out->line_request_id));
}

enum err_code
notice_log(struct db *db, int64_t member_id, struct notice_line *out, size_t max, size_t *n_out,
           struct err *e)
{
    STMT s = db_stmt(db, SQL_NOTICE_LOG);
    size_t n;
    bool row;

    stmt_bind_int(s, ":member_id", member_id);
    stmt_bind_int(s, ":max", (int64_t)max);
    for (n = 0; n < max; n++) {
        if (stmt_step(s, &row, e))
            return err_wrap(e, "log of notices");
        if (!row)
            break;
        read_line(s, &out[n]);
    }
    *n_out = n;
    return OK;
}
