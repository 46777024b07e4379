#include "domain/outbox.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/entropy.h"
#include "domain/bind.h"
#include "domain/budget.h"
#include "domain/keys.h"
#include "domain/outbox_row.h"
#include "domain/sealed.h"

/* The longest due is sent first. A reply has a minute, and who has just done something looks for
 * the message or the menu: neither goes behind a hundred thousand messages to everybody. */
#define REPLY_AHEAD_MS DAY_MS
#define URGENT_AHEAD_MS HOUR_MS

struct str
outbox_place(struct str name, char out[OUTBOX_PLACE_SIZE])
{
    snprintf(out, OUTBOX_PLACE_SIZE, "outbox:%.*s", (int)name.n, name.at);
    return str_of(out);
}

struct str
outbox_menu_place(int64_t member_id, int64_t created_ms, char out[OUTBOX_PLACE_SIZE])
{
    snprintf(out, OUTBOX_PLACE_SIZE, "outbox:menu:%" PRId64 ":%" PRId64, member_id, created_ms);
    return str_of(out);
}

/* ---------------------------------------------------------------- messages */

/* What a push and a multicast have in common; member_id 0: a multicast. */
static enum err_code
add_message(struct db *db, int64_t member_id, size_t recipients, bool is_urgent, struct str body,
            int64_t now_ms, int64_t *id_out, struct err *e)
{
    char retry_key[UUID_SIZE];
    char place[OUTBOX_PLACE_SIZE];
    SEALED sealed = {0};
    STMT s = db_stmt(db, SQL_OUTBOX_MESSAGE);

    entropy_uuid(retry_key);
    if (sealed_init(&sealed, keys_of(db)->outbox, body, outbox_place(str_of(retry_key), place), e))
        return e->code;
    stmt_bind_text(s, ":kind", member_id != 0 ? STR("push") : STR("multicast"));
    if (member_id != 0)
        stmt_bind_int(s, ":member_id", member_id);
    else
        stmt_bind_null(s, ":member_id");
    stmt_bind_int(s, ":recipients", (int64_t)recipients);
    stmt_bind_int(s, ":is_urgent", is_urgent);
    stmt_bind_text(s, ":retry_key", str_of(retry_key));
    sealed_bind(s, ":body", &sealed);
    stmt_bind_int(s, ":due_ms", is_urgent ? now_ms - URGENT_AHEAD_MS : now_ms);
    stmt_bind_int(s, ":now_ms", now_ms);
    if (stmt_run(s, e))
        return e->code;
    *id_out = db_last_id(db);
    return OK;
}

enum err_code
outbox_push(struct db *db, int64_t member_id, bool is_urgent, struct str body, int64_t now_ms,
            int64_t *id_out, struct err *e)
{
    assert(member_id != 0);
    return add_message(db, member_id, 1, is_urgent, body, now_ms, id_out, e);
}

enum err_code
outbox_multicast(struct db *db, const int64_t *member_ids, size_t n, bool is_urgent,
                 struct str messages, int64_t now_ms, int64_t *id_out, struct err *e)
{
    assert(n > 0 && n <= OUTBOX_RECIPIENTS_MAX && messages.n > 0 && messages.at[0] == '[');
    if (add_message(db, 0, n, is_urgent, messages, now_ms, id_out, e))
        return err_wrap(e, "multicast");
    for (size_t i = 0; i < n; i++) {
        STMT s = db_stmt(db, SQL_OUTBOX_TO_ADD);

        stmt_bind_int(s, ":id", *id_out);
        stmt_bind_int(s, ":member_id", member_ids[i]);
        if (stmt_run(s, e))
            return err_wrap(e, "multicast");
    }
    return OK;
}

enum err_code
outbox_reply(struct db *db, struct str event_id, int64_t member_id, struct str body, int64_t now_ms,
             int64_t *id_out, struct err *e)
{
    char place[OUTBOX_PLACE_SIZE];
    SEALED sealed = {0};
    STMT s = db_stmt(db, SQL_OUTBOX_REPLY);

    if (sealed_init(&sealed, keys_of(db)->outbox, body, outbox_place(event_id, place), e))
        return e->code;
    stmt_bind_text(s, ":event_id", event_id);
    sealed_bind(s, ":body", &sealed);
    stmt_bind_int(s, ":due_ms", now_ms - REPLY_AHEAD_MS);
    stmt_bind_int(s, ":now_ms", now_ms);
    bind_id(s, ":member_id", member_id);
    if (stmt_run(s, e))
        return e->code;
    *id_out = db_changes(db) == 1 ? db_last_id(db) : 0;
    return OK;
}

/* ---------------------------------------------------------------- menus */

enum err_code
outbox_menu(struct db *db, int64_t member_id, struct str call, int64_t now_ms, struct err *e)
{
    char place[OUTBOX_PLACE_SIZE];
    SEALED sealed = {0};
    STMT older = db_stmt(db, SQL_OUTBOX_MENU_DROP);
    STMT s = db_stmt(db, SQL_OUTBOX_MENU);

    assert(str_starts(call, STR("POST /")) || str_starts(call, STR("DELETE /")));
    bind_id(older, ":member_id", member_id);
    stmt_bind_int(older, ":now_ms", now_ms);
    if (sealed_init(&sealed, keys_of(db)->outbox, call, outbox_menu_place(member_id, now_ms, place),
                    e) ||
        stmt_run(older, e))
        return err_wrap(e, "menu of a member");
    bind_id(s, ":member_id", member_id);
    sealed_bind(s, ":body", &sealed);
    stmt_bind_int(s, ":due_ms", now_ms - URGENT_AHEAD_MS);
    stmt_bind_int(s, ":now_ms", now_ms);
    return stmt_run(s, e);
}

/* ---------------------------------------------------------------- ending */

/* Of what was charged, in the month of the first attempt and in the newest one. */
static enum err_code
refund(struct db *db, int64_t id, const struct stmt *row, bool is_sent, struct err *e)
{
    bool may_have_counted = stmt_int(row, 3) != 0;
    int first = stmt_is_null(row, 2) ? 0 : budget_month(stmt_int(row, 2));
    int newest = stmt_is_null(row, 1) ? 0 : (int)stmt_int(row, 1);
    int64_t recipients = stmt_int(row, 0);
    STMT s = db_stmt(db, SQL_OUTBOX_CHARGE);

    /* Counted now, and so by no attempt before. */
    if (is_sent && first != 0 && first != newest)
        return budget_refund(db, first, recipients, e);
    if (is_sent || may_have_counted)
        return OK;
    if ((first != 0 && first != newest && budget_refund(db, first, recipients, e)) ||
        budget_refund(db, newest, recipients, e))
        return e->code;
    stmt_bind_int(s, ":id", id);
    stmt_bind_null(s, ":month");
    return stmt_run(s, e);
}

enum err_code
outbox_close(struct db *db, int64_t id, struct str state, int64_t now_ms, struct err *e)
{
    bool is_charged;
    STMT charged = db_stmt(db, SQL_OUTBOX_CHARGED);
    STMT s = db_stmt(db, SQL_OUTBOX_CLOSE);

    stmt_bind_int(charged, ":id", id);
    if (stmt_step(charged, &is_charged, e))
        return e->code;
    if (is_charged && !str_eq(state, STR("accepted_before")) &&
        refund(db, id, charged, str_eq(state, STR("sent")), e))
        return err_wrap(e, "give back to the budget");
    stmt_bind_int(s, ":id", id);
    stmt_bind_text(s, ":state", state);
    stmt_bind_int(s, ":now_ms", now_ms);
    if (stmt_run(s, e))
        return e->code;
    return db_changes(db) == 1
               ? OK
               : err_set(e, ERR_CONFLICT, "outcome_known", "outbox %" PRId64 " has ended", id);
}
