#include "domain/inbox.h"

#include <stdio.h>
#include <string.h>

#include "domain/keys.h"
#include "domain/sealed.h"

#define PLACE_SIZE 80 /* "inbox:" and an event id, 64 at most */

static struct str
place_of(struct str event_id, char out[PLACE_SIZE])
{
    snprintf(out, PLACE_SIZE, "inbox:%.*s", (int)event_id.n, event_id.at);
    return str_of(out);
}

/* Run it with what every arrival has. */
static enum err_code
arrive(struct db *db, struct stmt *s, const struct inbox_arrival *arrival, bool *fresh_out,
       struct err *e)
{
    stmt_bind_text(s, ":event_id", arrival->event_id);
    stmt_bind_int(s, ":at_ms", arrival->at_ms);
    stmt_bind_int(s, ":now_ms", arrival->now_ms);
    if (stmt_run(s, e))
        return err_wrap(e, "receive an event");
    *fresh_out = db_changes(db) == 1;
    return OK;
}

enum err_code
inbox_receive(struct db *db, const struct inbox_arrival *arrival, bool *fresh_out, struct err *e)
{
    char place[PLACE_SIZE];
    SEALED sealed = {0};
    STMT s = db_stmt(db, SQL_INBOX_ADD);

    if (sealed_init(&sealed, keys_of(db)->inbox, arrival->event, place_of(arrival->event_id, place),
                    e))
        return e->code;
    sealed_bind(s, ":event", &sealed);
    if (arrival->message_id.n > 0)
        stmt_bind_text(s, ":message_id", arrival->message_id);
    else
        stmt_bind_null(s, ":message_id");
    return arrive(db, s, arrival, fresh_out, e);
}

enum err_code
inbox_pass(struct db *db, const struct inbox_arrival *arrival, bool *fresh_out, struct err *e)
{
    STMT s = db_stmt(db, SQL_INBOX_PASS);

    return arrive(db, s, arrival, fresh_out, e);
}

enum err_code
inbox_unsend(struct db *db, const struct inbox_arrival *arrival, bool *fresh_out, struct err *e)
{
    STMT s = db_stmt(db, SQL_INBOX_UNSEND);
    STMT forget = db_stmt(db, SQL_INBOX_FORGET);

    stmt_bind_text(s, ":message_id", arrival->message_id);
    stmt_bind_text(forget, ":message_id", arrival->message_id);
    stmt_bind_int(forget, ":now_ms", arrival->now_ms);
    return arrive(db, s, arrival, fresh_out, e) || stmt_run(forget, e) ? e->code : OK;
}

enum err_code
inbox_is_taken_back(struct db *db, struct str message_id, bool *out, struct err *e)
{
    STMT s = db_stmt(db, SQL_INBOX_TAKEN_BACK);

    stmt_bind_text(s, ":message_id", message_id);
    return stmt_step(s, out, e);
}

static enum err_code
read_event(struct db *db, const struct stmt *s, struct arena *a, struct inbox_event *out,
           struct err *e)
{
    char place[PLACE_SIZE];
    struct str event_id = stmt_text(s, 0);
    char *copy = arena_dup(a, event_id.at, event_id.n);

    if (copy == NULL)
        return err_set(e, ERR_INTERNAL, "arena_full", "inbox: no room");
    *out = (struct inbox_event){
        .event_id = {copy, event_id.n},
        .at_ms = stmt_int(s, 1),
        .received_ms = stmt_int(s, 2),
    };
    if (!sealed_open(keys_of(db)->inbox, stmt_blob(s, 3), place_of(event_id, place), a, &out->event,
                     e))
        return OK;
    if (strcmp(e->word, "seal_broken") != 0)
        return e->code;
    out->event = (struct str){0}; /* those behind it must not wait for it for ever */
    *e = (struct err){0};
    return OK;
}

enum err_code
inbox_open(struct db *db, struct arena *a, struct inbox_event *out, size_t max, size_t *n_out,
           struct err *e)
{
    STMT s = db_stmt(db, SQL_INBOX_OPEN);
    size_t n;
    bool row;

    stmt_bind_int(s, ":max", (int64_t)max);
    for (n = 0; n < max; n++) {
        if (stmt_step(s, &row, e))
            return e->code;
        if (!row)
            break;
        if (read_event(db, s, a, &out[n], e))
            return e->code;
    }
    *n_out = n;
    return OK;
}

/* Why nothing was closed. */
static enum err_code
not_closed(struct db *db, struct str event_id, struct err *e)
{
    STMT s = db_stmt(db, SQL_INBOX_FIND);

    stmt_bind_text(s, ":event_id", event_id);
    if (stmt_one(s, "event", e))
        return e->code;
    return err_set(e, ERR_CONFLICT, "event_closed", "the event was closed before");
}

enum err_code
inbox_close(struct db *db, struct str event_id, bool applied, int64_t now_ms, struct err *e)
{
    STMT s = db_stmt(db, SQL_INBOX_CLOSE);

    stmt_bind_text(s, ":event_id", event_id);
    stmt_bind_text(s, ":state", str_of(applied ? "applied" : "ignored"));
    stmt_bind_int(s, ":now_ms", now_ms);
    if (stmt_run(s, e))
        return e->code;
    return db_changes(db) == 1 ? OK : not_closed(db, event_id, e);
}

enum err_code
inbox_sweep(struct db *db, int64_t now_ms, int64_t max, struct err *e)
{
    STMT s = db_stmt(db, SQL_INBOX_SWEEP);

    stmt_bind_int(s, ":max", max);
    stmt_bind_int(s, ":before_ms", now_ms - INBOX_LIFE_MS);
    return stmt_run(s, e) ? err_wrap(e, "sweep the inbox") : OK;
}
