#include "domain/own_data.h"

#include <inttypes.h>

#include "base/clock.h"
#include "domain/member.h"

#define COLUMNS_MAX 12

enum kind { NUMBER, WORD, TIME, YES_NO };

/* The columns stand in the order of the statement's. */
static const struct list {
    const char *name;
    enum sql_id sql;
    struct {
        const char *name; /* NULL: no more */
        enum kind kind;
    } column[COLUMNS_MAX];
} lists[] = {
    {"consents", SQL_OWN_CONSENTS, {{"terms_version", NUMBER}, {"at", TIME}}},
    {"message_choices", SQL_OWN_TOPICS, {{"topic", WORD}, {"is_wanted", YES_NO}, {"at", TIME}}},
    {"birthday", SQL_OWN_BIRTHDAY, {{"month", NUMBER}, {"day", NUMBER}}},
    {"cards",
     SQL_OWN_CARDS,
     {{"plan", WORD},
      {"unit", WORD},
      {"state", WORD},
      {"balance", NUMBER},
      {"issued_at", TIME},
      {"number", WORD}}},
    {"vouchers",
     SQL_OWN_VOUCHERS,
     {{"plan", WORD},
      {"title", WORD},
      {"state", WORD},
      {"issued_at", TIME},
      {"expires_at", TIME},
      {"closed_at", TIME},
      {"shop", WORD}}},
    {"movements",
     SQL_OWN_TRANSFERS,
     {{"number", NUMBER},
      {"plan", WORD},
      {"kind", WORD},
      {"amount", NUMBER},
      {"balance_after", NUMBER},
      {"at", TIME},
      {"shop", WORD},
      {"sale_yen", NUMBER},
      {"reason", WORD},
      {"reverses", NUMBER}}},
    {"notices",
     SQL_OWN_NOTICES,
     {{"kind", WORD}, {"state", WORD}, {"at", TIME}, {"message", WORD}, {"sent_at", TIME}}},
    {"logins",
     SQL_OWN_SESSIONS,
     {{"began_at", TIME}, {"last_used_at", TIME}, {"ends_at", TIME}, {"proved_at", TIME}}},
    {"customer_records",
     SQL_OWN_CUSTOMERS,
     {{"number", WORD}, {"linked_at", TIME}, {"points", NUMBER}}},
    {"beacons", SQL_OWN_BEACONS, {{"shop", WORD}, {"seen_at", TIME}, {"greeted_at", TIME}}},
    {"joined_accounts",
     SQL_OWN_MERGES,
     {{"kind", WORD}, {"state", WORD}, {"at", TIME}, {"undone_at", TIME}}},
    {"staff", SQL_OWN_STAFF, {{"name", WORD}, {"shop", WORD}, {"is_active", YES_NO}}},
};

static void
write_time(struct buf *out, int64_t at_ms)
{
    char text[CLOCK_TEXT_SIZE];

    clock_text(at_ms, text);
    buf_char(out, '"');
    buf_text(out, text);
    buf_char(out, '"');
}

static void
write_value(struct buf *out, const struct stmt *s, int column, enum kind kind)
{
    if (stmt_is_null(s, column))
        buf_text(out, "null");
    else if (kind == WORD)
        buf_json(out, stmt_text(s, column));
    else if (kind == TIME)
        write_time(out, stmt_int(s, column));
    else if (kind == YES_NO)
        buf_text(out, stmt_int(s, column) ? "true" : "false");
    else
        buf_int(out, stmt_int(s, column));
}

static void
write_row(struct buf *out, const struct stmt *s, const struct list *list)
{
    for (int i = 0; i < COLUMNS_MAX && list->column[i].name; i++) {
        buf_format(out, "%s\"%s\":", i ? "," : "{", list->column[i].name);
        write_value(out, s, i, list->column[i].kind);
    }
    buf_char(out, '}');
}

static enum err_code
write_list(struct db *db, int64_t member_id, const struct list *list, struct buf *out,
           struct err *e)
{
    STMT s = db_stmt(db, list->sql);
    const char *before = "\n";
    bool row;

    stmt_bind_int(s, ":member_id", member_id);
    stmt_bind_int(s, ":cap", OWN_ROWS_MAX);
    buf_format(out, ",\n\"%s\":[", list->name);
    for (;;) {
        if (stmt_step(s, &row, e))
            return err_wrap(e, "own %s", list->name);
        if (!row)
            break;
        buf_text(out, before);
        write_row(out, s, list);
        before = ",\n";
    }
    buf_char(out, ']');
    return OK;
}

/* "" for a guest, who has no LINE account here. */
static enum err_code
own_line_id(struct db *db, int64_t member_id, struct arena *a, struct str *out, struct err *e)
{
    enum err_code code = member_line_id(db, member_id, a, out, e);

    if (code != ERR_NOT_FOUND)
        return code;
    *out = STR("");
    *e = (struct err){0};
    return OK;
}

static enum err_code
write_profile(struct db *db, int64_t member_id, struct arena *a, struct buf *out, struct err *e)
{
    struct member member;
    struct str name, picture, line_id;

    if (member_load(db, member_id, &member, e) || member_name(db, member_id, a, &name, e) ||
        member_picture(db, member_id, a, &picture, e) || own_line_id(db, member_id, a, &line_id, e))
        return e->code;
    buf_text(out, "\"profile\":{\"member\":");
    buf_int(out, member_id);
    buf_text(out, ",\"line_user_id\":");
    buf_json_or_null(out, line_id);
    buf_text(out, ",\"name\":");
    buf_json_or_null(out, name);
    buf_text(out, ",\"picture\":");
    buf_json_or_null(out, picture);
    buf_format(out,
               ",\"language\":\"%s\",\"friend\":%s,\"joined_at\":", language_tag(member.language),
               member.is_friend ? "true" : "false");
    write_time(out, member.joined_ms);
    buf_char(out, '}');
    return OK;
}

enum err_code
own_data_write(struct db *db, int64_t member_id, int64_t now_ms, struct arena *a, struct buf *out,
               struct err *e)
{
    buf_text(out, "{\"format\":\"stampd own data 1\",\"made_at\":");
    write_time(out, now_ms);
    buf_text(out, ",\n");
    if (write_profile(db, member_id, a, out, e))
        return err_wrap(e, "own data of member %" PRId64, member_id);
    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
        if (write_list(db, member_id, &lists[i], out, e))
            return err_wrap(e, "own data of member %" PRId64, member_id);
    buf_text(out, "}\n");
    return OK;
}
