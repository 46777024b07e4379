#include "domain/shop.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/digest.h"
#include "base/entropy.h"
#include "domain/audit.h"
#include "domain/keys.h"

#define CODE_LENGTH (ENROL_CODE_SIZE - 1)
#define CODES 100000000 /* 8 digits */
#define MILLIONTHS 1000000
#define EARTH_RADIUS_M 6371008.8 /* IUGG mean radius */

/* ---------------------------------------------------------------- shops */

enum err_code
shop_add(struct db *db, struct str name, int64_t now_ms, int64_t *id_out, struct err *e)
{
    char clean[NAME_SIZE];
    STMT s = db_stmt(db, SQL_SHOP_ADD);

    if (name_clean(name, clean, e))
        return err_wrap(e, "add shop");
    stmt_bind_text(s, ":name", str_of(clean));
    stmt_bind_int(s, ":now_ms", now_ms);
    if (stmt_run(s, e))
        return e->code;
    if (db_changes(db) != 1)
        return err_set(e, ERR_CONFLICT, "shop_exists", "a shop has that name");
    *id_out = db_last_id(db);
    return OK;
}

static void
read_shop(const struct stmt *s, struct shop *out)
{
    out->id = stmt_int(s, 0);
    str_copy(stmt_text(s, 1), out->name, sizeof(out->name));
    out->has_linear = linear_by_name(stmt_text(s, 2), &out->linear);
    out->has_place = !stmt_is_null(s, 3);
    out->latitude = stmt_int(s, 3);
    out->longitude = stmt_int(s, 4);
}

enum err_code
shop_find(struct db *db, struct str name, struct shop *out, struct err *e)
{
    char clean[NAME_SIZE];
    STMT s = db_stmt(db, SQL_SHOP_FIND);

    if (name_clean(name, clean, e))
        return err_wrap(e, "find shop");
    stmt_bind_text(s, ":name", str_of(clean));
    if (stmt_one(s, "shop", e))
        return e->code;
    read_shop(s, out);
    return OK;
}

enum err_code
shop_list(struct db *db, enum err_code (*visit)(void *context, const struct shop *), void *context,
          struct err *e)
{
    STMT s = db_stmt(db, SQL_SHOP_LIST);
    struct shop shop;
    enum err_code code = OK;
    bool row;

    while (code == OK) {
        if (stmt_step(s, &row, e))
            return e->code;
        if (!row)
            break;
        read_shop(s, &shop);
        code = visit(context, &shop);
    }
    return code;
}

enum err_code
shop_set_linear(struct db *db, struct str name, const enum linear *linear, int64_t now_ms,
                struct err *e)
{
    STMT s = db_stmt(db, SQL_SHOP_SET_LINEAR);
    struct shop shop;

    if (shop_find(db, name, &shop, e))
        return e->code;
    stmt_bind_int(s, ":id", shop.id);
    if (linear != NULL)
        stmt_bind_text(s, ":linear", str_of(linear_name(*linear)));
    else
        stmt_bind_null(s, ":linear");
    if (stmt_run(s, e) || audit_write(db, "shop.set", 0, 0, shop.id, now_ms, e))
        return err_wrap(e, "set shop %" PRId64, shop.id);
    return OK;
}

enum err_code
shop_set_place(struct db *db, struct str name, int64_t latitude, int64_t longitude, int64_t now_ms,
               struct err *e)
{
    struct shop shop;
    STMT s = db_stmt(db, SQL_SHOP_SET_PLACE);

    if (llabs(latitude) > 90 * MILLIONTHS || llabs(longitude) > 180 * MILLIONTHS)
        return err_set(e, ERR_INPUT, "shop_place", "that place is on no globe");
    if (shop_find(db, name, &shop, e))
        return e->code;
    stmt_bind_int(s, ":id", shop.id);
    stmt_bind_int(s, ":latitude", latitude);
    stmt_bind_int(s, ":longitude", longitude);
    if (stmt_run(s, e) || audit_write(db, "shop.set", 0, 0, shop.id, now_ms, e))
        return err_wrap(e, "set shop");
    return OK;
}

double
shop_distance(const struct shop *shop, double latitude, double longitude)
{
    const double radian = 3.14159265358979323846 / 180;
    double a = (double)shop->latitude / MILLIONTHS * radian, b = latitude * radian;
    double across = sin((a - b) / 2);
    double along = sin(((double)shop->longitude / MILLIONTHS - longitude) * radian / 2);
    double part = across * across + cos(a) * cos(b) * along * along; /* haversine */

    return 2 * EARTH_RADIUS_M * asin(sqrt(part < 1 ? part : 1));
}

/* ---------------------------------------------------------------- tills */

/* Eight digits are few enough to try them all against a plain hash; our key makes that useless. */
static void
enrol_hash(const struct db *db, struct str code, uint8_t out[SHA256_SIZE])
{
    hmac_sha256(keys_of(db)->enrol, KEY_SIZE, &code, 1, out);
}

static enum err_code
end_sessions(struct db *db, int64_t till_id, struct err *e)
{
    STMT s = db_stmt(db, SQL_SESSION_END_TILL);

    stmt_bind_int(s, ":till_id", till_id);
    return stmt_run(s, e);
}

/* A till of that name waits for this code, whatever it was before. */
static enum err_code
await(struct db *db, int64_t shop_id, const char *name, struct str code, int64_t now_ms,
      int64_t *id_out, struct err *e)
{
    uint8_t hash[SHA256_SIZE];
    STMT s = db_stmt(db, SQL_TILL_AWAIT);

    enrol_hash(db, code, hash);
    stmt_bind_int(s, ":shop_id", shop_id);
    stmt_bind_text(s, ":name", str_of(name));
    stmt_bind_blob(s, ":enrol_hash", hash, sizeof(hash));
    stmt_bind_int(s, ":until_ms", now_ms + ENROL_CODE_LIFE_MS);
    stmt_bind_int(s, ":now_ms", now_ms);
    if (stmt_one(s, "till", e))
        return e->code;
    *id_out = stmt_int(s, 0);
    return stmt_run(s, e);
}

enum err_code
till_add(struct db *db, struct str shop_name, struct str name, int64_t now_ms,
         char code_out[ENROL_CODE_SIZE], int64_t *id_out, struct err *e)
{
    char clean[NAME_SIZE];
    char code[ENROL_CODE_SIZE];
    struct shop shop;
    int64_t id = 0;

    if (shop_find(db, shop_name, &shop, e) || name_clean(name, clean, e))
        return err_wrap(e, "add till");
    snprintf(code, sizeof(code), "%08" PRIu64, entropy_below(CODES));
    if (await(db, shop.id, clean, str_of(code), now_ms, &id, e) || end_sessions(db, id, e) ||
        audit_write(db, "till.invited", 0, id, shop.id, now_ms, e))
        return err_wrap(e, "add till");
    str_copy(str_of(code), code_out, ENROL_CODE_SIZE);
    *id_out = id;
    return OK;
}

enum err_code
till_enrol(struct db *db, struct str code, int64_t now_ms, struct till *out, struct err *e)
{
    uint8_t hash[SHA256_SIZE];
    STMT s = db_stmt(db, SQL_TILL_ENROL);
    bool row = false;
    int64_t id;

    enrol_hash(db, code, hash);
    stmt_bind_blob(s, ":enrol_hash", hash, sizeof(hash));
    stmt_bind_int(s, ":now_ms", now_ms);
    if (code.n == CODE_LENGTH && stmt_step(s, &row, e))
        return err_wrap(e, "enrol till");
    if (!row)
        return err_set(e, ERR_AUTH, "enrol_code_wrong", "no till waits for that code");
    id = stmt_int(s, 0);
    if (stmt_run(s, e) || audit_write(db, "till.enrolled", 0, id, 0, now_ms, e) ||
        till_load(db, id, out, e))
        return err_wrap(e, "enrol till %" PRId64, id);
    return OK;
}

enum err_code
till_revoke(struct db *db, int64_t id, int64_t now_ms, struct err *e)
{
    STMT s = db_stmt(db, SQL_TILL_REVOKE);

    stmt_bind_int(s, ":id", id);
    stmt_bind_int(s, ":now_ms", now_ms);
    if (stmt_run(s, e))
        return e->code;
    if (db_changes(db) != 1)
        return err_set(e, ERR_NOT_FOUND, "till_unknown", "no till %" PRId64 " to revoke", id);
    if (end_sessions(db, id, e) || audit_write(db, "till.revoked", 0, id, 0, now_ms, e))
        return err_wrap(e, "revoke till %" PRId64, id);
    return OK;
}

static void
read_till(const struct stmt *s, struct till *out)
{
    out->id = stmt_int(s, 0);
    out->shop_id = stmt_int(s, 1);
    str_copy(stmt_text(s, 2), out->name, sizeof(out->name));
    str_copy(stmt_text(s, 3), out->shop_name, sizeof(out->shop_name));
    str_copy(stmt_text(s, 4), out->state, sizeof(out->state));
}

enum err_code
till_load(struct db *db, int64_t id, struct till *out, struct err *e)
{
    STMT s = db_stmt(db, SQL_TILL_LOAD);

    stmt_bind_int(s, ":id", id);
    if (stmt_one(s, "till", e))
        return err_wrap(e, "load till %" PRId64, id);
    read_till(s, out);
    return OK;
}

enum err_code
till_list(struct db *db, enum err_code (*visit)(void *context, const struct till *), void *context,
          struct err *e)
{
    STMT s = db_stmt(db, SQL_TILL_LIST);
    struct till till;
    enum err_code code = OK;
    bool row;

    while (code == OK) {
        if (stmt_step(s, &row, e))
            return e->code;
        if (!row)
            break;
        read_till(s, &till);
        code = visit(context, &till);
    }
    return code;
}
