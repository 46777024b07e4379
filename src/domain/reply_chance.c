#include "domain/reply_chance.h"

#include <stdio.h>

#include "domain/keys.h"
#include "domain/sealed.h"

#define PLACE_SIZE 96                 /* "reply_chance:" and an event id, 64 at most */
#define LATE_LIFE_MS (20 * MINUTE_MS) /* LINE: since the event, however often delivered */

static struct str
place_of(struct str event_id, char out[PLACE_SIZE])
{
    snprintf(out, PLACE_SIZE, "reply_chance:%.*s", (int)event_id.n, event_id.at);
    return str_of(out);
}

bool
reply_chance_lives(int64_t at_ms, int64_t received_ms, int64_t now_ms)
{
    return now_ms - received_ms <= REPLY_CHANCE_LIFE_MS && now_ms - at_ms <= LATE_LIFE_MS;
}

enum err_code
reply_chance_keep(struct db *db, int64_t member_id, struct str event_id, struct str token,
                  int64_t received_ms, struct err *e)
{
    char place[PLACE_SIZE];
    SEALED sealed = {0};
    STMT s = db_stmt(db, SQL_REPLY_CHANCE_KEEP);

    if (sealed_init(&sealed, keys_of(db)->inbox, token, place_of(event_id, place), e))
        return e->code;
    stmt_bind_int(s, ":member_id", member_id);
    stmt_bind_text(s, ":event_id", event_id);
    sealed_bind(s, ":token", &sealed);
    stmt_bind_int(s, ":until_ms", received_ms + REPLY_CHANCE_LIFE_MS);
    return stmt_run(s, e) ? err_wrap(e, "keep a reply token") : OK;
}

/* The row as it was, gone from the table. */
static enum err_code
take_row(struct db *db, int64_t member_id, struct arena *a, struct str *event_id,
         struct str *sealed, int64_t *until_ms, struct err *e)
{
    STMT s = db_stmt(db, SQL_REPLY_CHANCE_TAKE);
    char *id, *token;

    stmt_bind_int(s, ":member_id", member_id);
    if (stmt_one(s, "reply_chance", e))
        return e->code;
    id = arena_dup(a, stmt_text(s, 0).at, stmt_text(s, 0).n);
    token = arena_dup(a, stmt_blob(s, 1).at, stmt_blob(s, 1).n);
    if (id == NULL || token == NULL)
        return err_set(e, ERR_INTERNAL, "arena_full", "no room for a reply token");
    *event_id = (struct str){id, stmt_text(s, 0).n};
    *sealed = (struct str){token, stmt_blob(s, 1).n};
    *until_ms = stmt_int(s, 2);
    return stmt_run(s, e); /* to the end of RETURNING, so that the row is gone */
}

enum err_code
reply_chance_take(struct db *db, int64_t member_id, int64_t now_ms, struct arena *a,
                  struct str *event_id_out, struct str *token_out, struct err *e)
{
    char place[PLACE_SIZE];
    struct str event_id, sealed, token;
    int64_t until_ms;

    if (take_row(db, member_id, a, &event_id, &sealed, &until_ms, e))
        return e->code;
    if (now_ms > until_ms)
        return err_set(e, ERR_NOT_FOUND, "reply_chance_unknown", "the reply token is too old");
    if (sealed_open(keys_of(db)->inbox, sealed, place_of(event_id, place), a, &token, e))
        return err_wrap(e, "take a reply token");
    *event_id_out = event_id;
    *token_out = token;
    return OK;
}

enum err_code
reply_chance_drop(struct db *db, int64_t member_id, struct err *e)
{
    STMT s = db_stmt(db, SQL_REPLY_CHANCE_DROP);

    stmt_bind_int(s, ":member_id", member_id);
    return stmt_run(s, e);
}

enum err_code
reply_chance_sweep(struct db *db, int64_t now_ms, struct err *e)
{
    STMT s = db_stmt(db, SQL_REPLY_CHANCE_SWEEP);

    stmt_bind_int(s, ":now_ms", now_ms);
    return stmt_run(s, e);
}
