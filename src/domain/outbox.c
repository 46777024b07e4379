#include "domain/outbox.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/entropy.h"
#include "domain/keys.h"
#include "domain/sealed.h"

#define PLACE_SIZE 96 /* "outbox:", then a retry key (36) or an event id (64 at most) */

static const char *const end_state[] = {
    [OUTBOX_SENT] = "sent",         [OUTBOX_ACCEPTED_BEFORE] = "accepted_before",
    [OUTBOX_REJECTED] = "rejected", [OUTBOX_QUOTA] = "quota",
    [OUTBOX_EXPIRED] = "expired",
};

static struct str
place_of(struct str name, char out[PLACE_SIZE])
{
    snprintf(out, PLACE_SIZE, "outbox:%.*s", (int)name.n, name.at);
    return str_of(out);
}

/* ---------------------------------------------------------------- owing */

enum err_code
outbox_push(struct db *db, int64_t member_id, bool is_urgent, struct str body, int64_t now_ms,
            int64_t *id_out, struct err *e)
{
    char retry_key[UUID_SIZE];
    char place[PLACE_SIZE];
    SEALED sealed = {0};
    STMT s = db_stmt(db, SQL_OUTBOX_PUSH);

    entropy_uuid(retry_key);
    if (sealed_init(&sealed, keys_of(db)->outbox, body, place_of(str_of(retry_key), place), e))
        return e->code;
    stmt_bind_int(s, ":member_id", member_id);
    stmt_bind_int(s, ":is_urgent", is_urgent);
    stmt_bind_text(s, ":retry_key", str_of(retry_key));
    sealed_bind(s, ":body", &sealed);
    stmt_bind_int(s, ":now_ms", now_ms);
    if (stmt_run(s, e))
        return e->code;
    *id_out = db_last_id(db);
    return OK;
}

enum err_code
outbox_reply(struct db *db, struct str event_id, struct str body, int64_t now_ms, struct err *e)
{
    char place[PLACE_SIZE];
    SEALED sealed = {0};
    STMT s = db_stmt(db, SQL_OUTBOX_REPLY);

    if (sealed_init(&sealed, keys_of(db)->outbox, body, place_of(event_id, place), e))
        return e->code;
    stmt_bind_text(s, ":event_id", event_id);
    sealed_bind(s, ":body", &sealed);
    stmt_bind_int(s, ":now_ms", now_ms);
    return stmt_run(s, e);
}

/* ---------------------------------------------------------------- taking */

/* End what is due but must not be sent any more. */
static enum err_code
close_lost(struct db *db, int64_t now_ms, struct err *e)
{
    STMT old = db_stmt(db, SQL_OUTBOX_EXPIRE);
    STMT blocked = db_stmt(db, SQL_OUTBOX_UNREACHABLE);

    stmt_bind_int(old, ":now_ms", now_ms);
    stmt_bind_int(old, ":push_ms", now_ms - OUTBOX_PUSH_LIFE_MS);
    stmt_bind_int(old, ":reply_ms", now_ms - OUTBOX_REPLY_LIFE_MS);
    stmt_bind_int(blocked, ":now_ms", now_ms);
    if (stmt_run(old, e) || stmt_run(blocked, e))
        return err_wrap(e, "close what cannot be sent");
    return OK;
}

static enum err_code
read_item(struct db *db, const struct stmt *s, int64_t now_ms, struct arena *a,
          struct outbox_item *out, struct err *e)
{
    char place[PLACE_SIZE];
    bool is_push = stmt_int(s, 1) != 0;
    struct str name = stmt_text(s, 2);
    char *copy = arena_dup(a, name.at, name.n);

    if (copy == NULL)
        return err_set(e, ERR_INTERNAL, "arena_full", "outbox: no room");
    *out = (struct outbox_item){
        .id = stmt_int(s, 0),
        .is_push = is_push,
        .retry_key = is_push ? (struct str){copy, name.n} : STR(""),
        .try_number = stmt_int(s, 4) + 1,
        .first_ms = stmt_is_null(s, 5) ? now_ms : stmt_int(s, 5),
    };
    if (!sealed_open(keys_of(db)->outbox, stmt_blob(s, 3), place_of(name, place), a, &out->body, e))
        return OK;
    if (strcmp(e->word, "seal_broken") != 0)
        return e->code;
    out->body = STR(""); /* those behind it must not wait for it for ever */
    *e = (struct err){0};
    return OK;
}

static enum err_code
find_due(struct db *db, int64_t now_ms, struct arena *a, struct outbox_item *out, size_t max,
         size_t *n_out, struct err *e)
{
    STMT s = db_stmt(db, SQL_OUTBOX_DUE);
    size_t n;
    bool row;

    stmt_bind_int(s, ":now_ms", now_ms);
    stmt_bind_int(s, ":max", (int64_t)max);
    for (n = 0; n < max; n++) {
        if (stmt_step(s, &row, e))
            return e->code;
        if (!row)
            break;
        if (read_item(db, s, now_ms, a, &out[n], e))
            return e->code;
    }
    *n_out = n;
    return OK;
}

/* A body that does not open can never be sent. */
static enum err_code
close_unreadable(struct db *db, int64_t id, int64_t now_ms, struct err *e)
{
    STMT s = db_stmt(db, SQL_OUTBOX_EXPIRE_ONE);

    stmt_bind_int(s, ":id", id);
    stmt_bind_int(s, ":now_ms", now_ms);
    return stmt_run(s, e);
}

static enum err_code
mark_sending(struct db *db, const struct outbox_item *item, int64_t now_ms, struct err *e)
{
    STMT mark = db_stmt(db, SQL_OUTBOX_START);
    STMT try = db_stmt(db, SQL_OUTBOX_TRY_ADD);

    stmt_bind_int(mark, ":id", item->id);
    stmt_bind_int(mark, ":try", item->try_number);
    stmt_bind_int(mark, ":first_ms", item->first_ms);
    if (stmt_run(mark, e))
        return e->code;
    if (db_changes(db) != 1)
        return err_set(e, ERR_INTERNAL, "outbox_moved", "outbox %" PRId64 " is not queued",
                       item->id);
    stmt_bind_int(try, ":id", item->id);
    stmt_bind_int(try, ":try", item->try_number);
    stmt_bind_int(try, ":now_ms", now_ms);
    return stmt_run(try, e);
}

enum err_code
outbox_take(struct db *db, int64_t now_ms, struct arena *a, struct outbox_item *out, size_t max,
            size_t *n_out, size_t *unreadable_out, struct err *e)
{
    size_t found = 0, n = 0;

    if (close_lost(db, now_ms, e) || find_due(db, now_ms, a, out, max, &found, e))
        return err_wrap(e, "take from the outbox");
    for (size_t i = 0; i < found; i++) {
        bool is_readable = out[i].body.n > 0;

        if (is_readable ? mark_sending(db, &out[i], now_ms, e)
                        : close_unreadable(db, out[i].id, now_ms, e))
            return err_wrap(e, "take from the outbox");
        if (is_readable)
            out[n++] = out[i];
    }
    *n_out = n;
    *unreadable_out = found - n;
    return OK;
}

/* ---------------------------------------------------------------- outcomes */

/* From when on it must not be tried again. */
static enum err_code
end_of_life(struct db *db, int64_t id, int64_t *end_ms_out, struct err *e)
{
    STMT s = db_stmt(db, SQL_OUTBOX_BEGAN);

    stmt_bind_int(s, ":id", id);
    if (stmt_one(s, "outbox", e))
        return e->code;
    *end_ms_out =
        stmt_int(s, 1) + (stmt_int(s, 0) != 0 ? OUTBOX_PUSH_LIFE_MS : OUTBOX_REPLY_LIFE_MS);
    return OK;
}

static enum err_code
must_change(struct db *db, struct stmt *s, int64_t id, int64_t try_number, struct err *e)
{
    if (stmt_run(s, e))
        return e->code;
    if (db_changes(db) != 1)
        return err_set(e, ERR_CONFLICT, "outcome_known",
                       "try %" PRId64 " of outbox %" PRId64 " is not under way", try_number, id);
    return OK;
}

static enum err_code
queue_again(struct db *db, int64_t id, int64_t try_number, int64_t again_ms, struct err *e)
{
    STMT s = db_stmt(db, SQL_OUTBOX_AGAIN);

    stmt_bind_int(s, ":id", id);
    stmt_bind_int(s, ":try", try_number);
    stmt_bind_int(s, ":again_ms", again_ms);
    return must_change(db, s, id, try_number, e);
}

static enum err_code
close_as(struct db *db, int64_t id, int64_t try_number, enum outbox_end end, int64_t now_ms,
         struct err *e)
{
    STMT s = db_stmt(db, SQL_OUTBOX_CLOSE);

    stmt_bind_int(s, ":id", id);
    stmt_bind_int(s, ":try", try_number);
    stmt_bind_text(s, ":state", str_of(end_state[end]));
    stmt_bind_int(s, ":now_ms", now_ms);
    return must_change(db, s, id, try_number, e);
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
    return must_change(db, s, id, try_number, e);
}

enum err_code
outbox_outcome(struct db *db, int64_t id, int64_t try_number, enum outbox_end end, int64_t again_ms,
               int64_t status, struct str line_request_id, int64_t now_ms, struct err *e)
{
    int64_t end_ms = 0;

    assert(end <= OUTBOX_AGAIN && status >= 0);
    if (end_of_life(db, id, &end_ms, e))
        return e->code;
    if (end == OUTBOX_AGAIN && again_ms >= end_ms)
        end = OUTBOX_EXPIRED;
    if ((end == OUTBOX_AGAIN ? queue_again(db, id, try_number, again_ms, e)
                             : close_as(db, id, try_number, end, now_ms, e)) ||
        note_try(db, id, try_number, status, line_request_id, e))
        return err_wrap(e, "outcome");
    return OK;
}

enum err_code
outbox_recover(struct db *db, int64_t now_ms, struct err *e)
{
    STMT push = db_stmt(db, SQL_OUTBOX_RECOVER_PUSHES);
    STMT reply = db_stmt(db, SQL_OUTBOX_RECOVER_REPLIES);

    stmt_bind_int(push, ":now_ms", now_ms);
    stmt_bind_int(reply, ":now_ms", now_ms);
    if (stmt_run(push, e) || stmt_run(reply, e))
        return err_wrap(e, "recover the outbox");
    return OK;
}
