#include "domain/beacon.h"

#include <string.h>

#include "domain/audit.h"
#include "domain/shop.h"

/* LINE shows hardware ids in either case. */
static enum err_code
hwid_read(struct str text, char out[BEACON_HWID_SIZE], struct err *e)
{
    if (text.n == BEACON_HWID_SIZE - 1 && str_copy(text, out, BEACON_HWID_SIZE)) {
        size_t n = 0;

        for (; out[n] != '\0' && strchr("0123456789abcdefABCDEF", out[n]) != NULL; n++)
            if (out[n] >= 'A' && out[n] <= 'F')
                out[n] = (char)(out[n] - 'A' + 'a');
        if (n == text.n)
            return OK;
    }
    return err_set(e, ERR_INPUT, "beacon_hwid", "a hardware id is 10 hexadecimal digits");
}

enum err_code
beacon_add(struct db *db, struct str hwid, struct str shop_name, int64_t every_hours,
           int64_t now_ms, struct err *e)
{
    char clean[BEACON_HWID_SIZE];
    struct shop shop;
    STMT s = db_stmt(db, SQL_BEACON_ADD);

    if (every_hours < 1 || every_hours > BEACON_EVERY_HOURS_MAX)
        return err_set(e, ERR_INPUT, "beacon_every_hours", "hours are from 1 to 24");
    if (hwid_read(hwid, clean, e) || shop_find(db, shop_name, &shop, e))
        return e->code;
    stmt_bind_text(s, ":hwid", str_of(clean));
    stmt_bind_int(s, ":shop_id", shop.id);
    stmt_bind_int(s, ":every_hours", every_hours);
    if (stmt_run(s, e) || audit_write(db, "beacon.added", 0, 0, shop.id, now_ms, e))
        return err_wrap(e, "add a beacon");
    return OK;
}

static enum err_code
find(struct db *db, struct str hwid, int64_t *shop_id_out, int64_t *every_hours_out, struct err *e)
{
    char clean[BEACON_HWID_SIZE];
    STMT s = db_stmt(db, SQL_BEACON_FIND);

    if (hwid_read(hwid, clean, e))
        return e->code;
    stmt_bind_text(s, ":hwid", str_of(clean));
    if (stmt_one(s, "beacon", e))
        return e->code;
    *shop_id_out = stmt_int(s, 0);
    *every_hours_out = stmt_int(s, 1);
    return OK;
}

enum err_code
beacon_remove(struct db *db, struct str hwid, int64_t now_ms, struct err *e)
{
    char clean[BEACON_HWID_SIZE];
    int64_t shop_id, every_hours;
    STMT s = db_stmt(db, SQL_BEACON_REMOVE);

    if (find(db, hwid, &shop_id, &every_hours, e) || hwid_read(hwid, clean, e))
        return e->code;
    stmt_bind_text(s, ":hwid", str_of(clean));
    if (stmt_run(s, e) || audit_write(db, "beacon.removed", 0, 0, shop_id, now_ms, e))
        return err_wrap(e, "remove a beacon");
    return OK;
}

enum err_code
beacon_list(struct db *db, enum err_code (*visit)(void *context, const struct beacon *),
            void *context, struct err *e)
{
    STMT s = db_stmt(db, SQL_BEACON_LIST);
    struct beacon beacon;
    enum err_code code = OK;
    bool row;

    while (code == OK) {
        if (stmt_step(s, &row, e))
            return e->code;
        if (!row)
            break;
        (void)str_copy(stmt_text(s, 0), beacon.hwid, sizeof(beacon.hwid));
        (void)str_copy(stmt_text(s, 1), beacon.shop_name, sizeof(beacon.shop_name));
        beacon.every_hours = stmt_int(s, 2);
        code = visit(context, &beacon);
    }
    return code;
}

enum err_code
beacon_seen(struct db *db, struct str hwid, int64_t member_id, int64_t at_ms, struct err *e)
{
    int64_t shop_id, every_hours;
    STMT s = db_stmt(db, SQL_BEACON_SEEN);

    if (find(db, hwid, &shop_id, &every_hours, e))
        return e->code;
    stmt_bind_int(s, ":member_id", member_id);
    stmt_bind_int(s, ":shop_id", shop_id);
    stmt_bind_int(s, ":at_ms", at_ms);
    return stmt_run(s, e);
}

enum err_code
beacon_greet(struct db *db, struct str hwid, int64_t member_id, int64_t now_ms, bool *may_out,
             struct err *e)
{
    int64_t shop_id, every_hours;
    STMT s = db_stmt(db, SQL_BEACON_GREET);

    if (find(db, hwid, &shop_id, &every_hours, e))
        return e->code;
    stmt_bind_int(s, ":member_id", member_id);
    stmt_bind_int(s, ":shop_id", shop_id);
    stmt_bind_int(s, ":now_ms", now_ms);
    stmt_bind_int(s, ":before_ms", now_ms - every_hours * HOUR_MS);
    if (stmt_run(s, e))
        return e->code;
    *may_out = db_changes(db) == 1;
    return OK;
}

enum err_code
beacon_sweep(struct db *db, int64_t now_ms, struct err *e)
{
    STMT s = db_stmt(db, SQL_BEACON_SWEEP);

    stmt_bind_int(s, ":before_ms", now_ms - BEACON_KEPT_MS);
    return stmt_run(s, e);
}
