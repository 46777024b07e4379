#include "domain/staff.h"

#include <inttypes.h>

#include "base/digest.h"
#include "domain/audit.h"
#include "domain/bind.h"
#include "domain/shop.h"

static const char *const names[] = {
    [CASHIER] = "cashier", [MANAGER] = "manager", [OWNER_ROLE] = "owner"};

const char *
role_name(enum role role)
{
    return names[role];
}

bool
role_of(struct str name, enum role *out)
{
    for (enum role role = CASHIER; role <= OWNER_ROLE; role++)
        if (str_eq(name, str_of(names[role]))) {
            *out = role;
            return true;
        }
    return false;
}

/* ---------------------------------------------------------------- adding and finding */

static enum err_code
insert(struct db *db, const struct staff_new *in, const char *name, int64_t shop_id,
       int64_t member_id, int64_t *id_out, struct err *e)
{
    STMT s = db_stmt(db, SQL_STAFF_ADD);

    bind_id(s, ":shop_id", shop_id);
    stmt_bind_text(s, ":name", str_of(name));
    stmt_bind_int(s, ":role", in->role);
    if (in->pin_hash != NULL)
        stmt_bind_text(s, ":pin_hash", str_of(in->pin_hash));
    bind_id(s, ":member_id", member_id);
    stmt_bind_int(s, ":now_ms", in->now_ms);
    if (stmt_run(s, e))
        return e->code;
    *id_out = db_last_id(db);
    return audit_write(db, "staff.added", 0, 0, *id_out, in->now_ms, e);
}

/* The book's own UNIQUE lets two people of every shop (shop NULL) share a name. */
static enum err_code
name_is_free(struct db *db, const char *name, int64_t shop_id, struct err *e)
{
    STMT s = db_stmt(db, SQL_STAFF_BY_NAME);
    bool is_taken;

    bind_id(s, ":shop_id", shop_id);
    stmt_bind_text(s, ":name", str_of(name));
    if (stmt_step(s, &is_taken, e))
        return e->code;
    return is_taken ? err_set(e, ERR_CONFLICT, "staff_exists", "somebody there has that name") : OK;
}

enum err_code
staff_add(struct db *db, const struct staff_new *in, int64_t *id_out, struct err *e)
{
    char name[NAME_SIZE];
    struct shop shop = {.id = 0};

    if ((in->shop_name.n > 0 && shop_find(db, in->shop_name, &shop, e)) ||
        name_clean(in->name, name, e) || name_is_free(db, name, shop.id, e) ||
        insert(db, in, name, shop.id, 0, id_out, e))
        return err_wrap(e, "add staff");
    return OK;
}

static void
read_staff(const struct stmt *s, struct staff *out)
{
    out->id = stmt_int(s, 0);
    out->shop_id = stmt_int(s, 1);
    out->member_id = stmt_int(s, 2);
    out->role = (enum role)stmt_int(s, 3);
    out->has_pin = stmt_int(s, 4) != 0;
    str_copy(stmt_text(s, 5), out->name, sizeof(out->name));
}

enum err_code
staff_load(struct db *db, int64_t id, struct staff *out, struct err *e)
{
    STMT s = db_stmt(db, SQL_STAFF_LOAD);

    stmt_bind_int(s, ":id", id);
    if (stmt_one(s, "staff", e))
        return err_wrap(e, "load staff %" PRId64, id);
    read_staff(s, out);
    return OK;
}

enum err_code
staff_by_member(struct db *db, int64_t member_id, struct staff *out, struct err *e)
{
    STMT s = db_stmt(db, SQL_STAFF_BY_MEMBER);

    stmt_bind_int(s, ":member_id", member_id);
    if (stmt_one(s, "staff", e))
        return e->code;
    read_staff(s, out);
    return OK;
}

enum err_code
staff_list(struct db *db, int64_t shop_id,
           enum err_code (*visit)(void *context, const struct staff *), void *context,
           struct err *e)
{
    STMT s = db_stmt(db, SQL_STAFF_LIST);
    struct staff staff;
    enum err_code code = OK;
    bool row;

    stmt_bind_int(s, ":shop_id", shop_id);
    while (code == OK) {
        if (stmt_step(s, &row, e))
            return e->code;
        if (!row)
            break;
        read_staff(s, &staff);
        code = visit(context, &staff);
    }
    return code;
}

/* ---------------------------------------------------------------- changing */

/* Run a change of one active person's row. */
static enum err_code
change(struct db *db, struct stmt *s, int64_t id, struct err *e)
{
    stmt_bind_int(s, ":id", id);
    if (stmt_run(s, e))
        return e->code;
    if (db_changes(db) != 1)
        return err_set(e, ERR_NOT_FOUND, "staff_unknown", "no active staff %" PRId64, id);
    return OK;
}

/* Run something that concerns whatever rows this person has. */
static enum err_code
run_for(struct db *db, enum sql_id sql, int64_t id, struct err *e)
{
    STMT s = db_stmt(db, sql);

    stmt_bind_int(s, ":staff_id", id);
    return stmt_run(s, e);
}

enum err_code
staff_set_pin(struct db *db, int64_t id, const char *pin_hash, int64_t now_ms, struct err *e)
{
    STMT s = db_stmt(db, SQL_STAFF_SET_PIN);

    stmt_bind_text(s, ":pin_hash", str_of(pin_hash));
    if (change(db, s, id, e) || run_for(db, SQL_PIN_FORGET_ALL, id, e) ||
        audit_write(db, "staff.pin_changed", 0, 0, id, now_ms, e))
        return err_wrap(e, "change PIN of staff %" PRId64, id);
    return OK;
}

enum err_code
staff_declare(struct db *db, int64_t id, int64_t member_id, int64_t now_ms, struct err *e)
{
    STMT s = db_stmt(db, SQL_STAFF_SET_MEMBER);

    stmt_bind_int(s, ":member_id", member_id);
    if (change(db, s, id, e)) {
        if (e->code == ERR_CONFLICT)
            return err_set(e, ERR_CONFLICT, "member_taken", "another of the staff is that member");
        return e->code;
    }
    return audit_write(db, "staff.declared", 0, 0, id, now_ms, e);
}

enum err_code
staff_end(struct db *db, int64_t id, int64_t now_ms, struct err *e)
{
    STMT s = db_stmt(db, SQL_STAFF_END);
    struct staff staff;

    stmt_bind_int(s, ":id", id);
    stmt_bind_int(s, ":now_ms", now_ms);
    if (staff_load(db, id, &staff, e) || stmt_run(s, e))
        return err_wrap(e, "end staff %" PRId64, id);
    if (db_changes(db) != 1)
        return err_set(e, ERR_CONFLICT, "last_owner", "staff %" PRId64 " is the last owner", id);
    if (run_for(db, SQL_SESSION_END_STAFF, id, e) ||
        audit_write(db, "staff.left", 0, 0, id, now_ms, e))
        return err_wrap(e, "end staff %" PRId64, id);
    return OK;
}

/* ---------------------------------------------------------------- the first owner */

enum err_code
owner_link_make(struct db *db, int64_t now_ms, char token_out[TOKEN_SIZE], struct err *e)
{
    uint8_t hash[SHA256_SIZE];
    STMT before = db_stmt(db, SQL_OWNER_LINK_VOID);
    STMT s = db_stmt(db, SQL_OWNER_LINK_ADD);

    entropy_token(token_out);
    sha256(token_out, TOKEN_SIZE - 1, hash);
    stmt_bind_blob(s, ":hash", hash, sizeof(hash));
    stmt_bind_int(s, ":until_ms", now_ms + OWNER_LINK_LIFE_MS);
    if (stmt_run(before, e) || stmt_run(s, e))
        return err_wrap(e, "make owner link");
    return OK;
}

static enum err_code
burn_link(struct db *db, struct str token, int64_t now_ms, struct err *e)
{
    uint8_t hash[SHA256_SIZE];
    STMT s = db_stmt(db, SQL_OWNER_LINK_BURN);

    sha256(token.at, token.n, hash);
    stmt_bind_blob(s, ":hash", hash, sizeof(hash));
    stmt_bind_int(s, ":now_ms", now_ms);
    if (stmt_run(s, e))
        return e->code;
    if (db_changes(db) != 1)
        return err_set(e, ERR_AUTH, "link_wrong", "no owner link with that token");
    return OK;
}

static enum err_code
promote(struct db *db, int64_t member_id, int64_t now_ms, struct err *e)
{
    const struct staff_new owner = {.role = OWNER_ROLE, .now_ms = now_ms};
    STMT s = db_stmt(db, SQL_STAFF_PROMOTE);
    int64_t id;

    stmt_bind_int(s, ":member_id", member_id);
    if (stmt_run(s, e))
        return e->code;
    if (db_changes(db) == 1)
        return OK;
    return insert(db, &owner, role_name(OWNER_ROLE), 0, member_id, &id, e);
}

enum err_code
owner_claim(struct db *db, struct str token, int64_t member_id, int64_t now_ms, struct staff *out,
            struct err *e)
{
    if (burn_link(db, token, now_ms, e) || promote(db, member_id, now_ms, e) ||
        staff_by_member(db, member_id, out, e) ||
        audit_write(db, "owner.claimed", out->id, 0, out->id, now_ms, e))
        return err_wrap(e, "claim by member %" PRId64, member_id);
    return OK;
}
