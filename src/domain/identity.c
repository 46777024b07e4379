#include "domain/identity.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/digest.h"
#include "base/entropy.h"
#include "domain/keys.h"
#include "domain/sealed.h"

#define INDEX_SIZE 16
#define PLACE_SIZE 48
#define PASS_ARENA (8 * KIB) /* a LINE user id, a name, the URL of a picture */

static const char *const field_name[IDENTITY_FIELDS] = {
    [IDENTITY_LINE_ID] = "line_id",
    [IDENTITY_NAME] = "name",
    [IDENTITY_PICTURE] = "picture",
};

static struct str
place_of(int64_t member_id, const char *field, char out[PLACE_SIZE])
{
    snprintf(out, PLACE_SIZE, "member:%" PRId64 ":%s", member_id, field);
    return str_of(out);
}

static void
index_of(const struct db *db, struct str line_id, uint8_t out[SHA256_SIZE])
{
    hmac_sha256(keys_of(db)->index, KEY_SIZE, &line_id, 1, out);
}

static enum err_code
seal_field(struct sealed *out, const uint8_t key[KEY_SIZE], int64_t member_id,
           enum identity_field field, struct str plain, struct err *e)
{
    char place[PLACE_SIZE];

    if (plain.n == 0)
        return OK;
    return sealed_init(out, key, plain, place_of(member_id, field_name[field], place), e);
}

/* The member's own key out of its wrapping. */
static enum err_code
unwrap(const struct db *db, int64_t member_id, struct str wrapped, uint8_t out[KEY_SIZE],
       struct err *e)
{
    char place[PLACE_SIZE];

    if (wrapped.n != KEY_SIZE + SEAL_EXTRA ||
        !seal_open(keys_of(db)->identity, wrapped, place_of(member_id, "key", place), out))
        return err_set(e, ERR_INTERNAL, "seal_broken", "%s does not open", place);
    return OK;
}

enum err_code
identity_find(struct db *db, struct str line_id, int64_t *member_id_out, struct err *e)
{
    uint8_t hash[SHA256_SIZE];
    STMT s = db_stmt(db, SQL_IDENTITY_FIND);

    index_of(db, line_id, hash);
    stmt_bind_blob(s, ":line_index", hash, INDEX_SIZE);
    if (stmt_one(s, "member", e))
        return e->code;
    *member_id_out = stmt_int(s, 0);
    return OK;
}

static enum err_code
insert(struct db *db, int64_t member_id, struct str line_id, const uint8_t key[KEY_SIZE],
       const struct profile *profile, struct err *e)
{
    uint8_t hash[SHA256_SIZE];
    SEALED id = {0};
    SEALED name = {0};
    SEALED picture = {0};
    STMT s = db_stmt(db, SQL_IDENTITY_ADD);

    if (seal_field(&id, key, member_id, IDENTITY_LINE_ID, line_id, e) ||
        seal_field(&name, key, member_id, IDENTITY_NAME, profile->name, e) ||
        seal_field(&picture, key, member_id, IDENTITY_PICTURE, profile->picture, e))
        return e->code;
    index_of(db, line_id, hash);
    stmt_bind_int(s, ":member_id", member_id);
    stmt_bind_blob(s, ":line_index", hash, INDEX_SIZE);
    sealed_bind(s, ":line_id", &id);
    sealed_bind(s, ":name", &name);
    sealed_bind(s, ":picture", &picture);
    return stmt_run(s, e);
}

static enum err_code
insert_key(struct db *db, int64_t member_id, const uint8_t key[KEY_SIZE], struct err *e)
{
    char place[PLACE_SIZE];
    uint8_t wrapped[KEY_SIZE + SEAL_EXTRA];
    STMT s = db_stmt(db, SQL_MEMBER_KEY_ADD);

    seal(keys_of(db)->identity, key, KEY_SIZE, place_of(member_id, "key", place), wrapped);
    stmt_bind_int(s, ":member_id", member_id);
    stmt_bind_blob(s, ":wrapped", wrapped, sizeof(wrapped));
    return stmt_run(s, e);
}

enum err_code
identity_add(struct db *db, int64_t member_id, struct str line_id, const struct profile *profile,
             struct err *e)
{
    uint8_t key[KEY_SIZE];
    enum err_code code;

    entropy_fill(key, sizeof(key));
    code = insert_key(db, member_id, key, e);
    if (code == OK)
        code = insert(db, member_id, line_id, key, profile, e);
    digest_wipe(key, sizeof(key));
    return code;
}

static enum err_code
load_key(struct db *db, int64_t member_id, uint8_t out[KEY_SIZE], struct err *e)
{
    STMT s = db_stmt(db, SQL_IDENTITY_LOAD);

    stmt_bind_int(s, ":member_id", member_id);
    if (stmt_one(s, "member", e))
        return e->code;
    return unwrap(db, member_id, stmt_blob(s, 0), out, e);
}

static enum err_code
update(struct db *db, int64_t member_id, const uint8_t key[KEY_SIZE], const struct profile *profile,
       struct err *e)
{
    SEALED name = {0};
    SEALED picture = {0};
    STMT s = db_stmt(db, SQL_IDENTITY_REFRESH);

    if (seal_field(&name, key, member_id, IDENTITY_NAME, profile->name, e) ||
        seal_field(&picture, key, member_id, IDENTITY_PICTURE, profile->picture, e))
        return e->code;
    stmt_bind_int(s, ":member_id", member_id);
    sealed_bind(s, ":name", &name);
    sealed_bind(s, ":picture", &picture);
    return stmt_run(s, e);
}

enum err_code
identity_refresh(struct db *db, int64_t member_id, const struct profile *profile, struct err *e)
{
    uint8_t key[KEY_SIZE];
    enum err_code code = load_key(db, member_id, key, e);

    if (code == OK)
        code = update(db, member_id, key, profile, e);
    digest_wipe(key, sizeof(key));
    return code;
}

enum err_code
identity_open(struct db *db, int64_t member_id, enum identity_field field, struct arena *a,
              struct str *out, struct err *e)
{
    char place[PLACE_SIZE];
    uint8_t key[KEY_SIZE];
    enum err_code code;
    STMT s = db_stmt(db, SQL_IDENTITY_LOAD);
    int column = 1 + (int)field;

    stmt_bind_int(s, ":member_id", member_id);
    if (stmt_one(s, "member", e))
        return e->code;
    if (stmt_is_null(s, column)) {
        *out = STR("");
        return OK;
    }
    code = unwrap(db, member_id, stmt_blob(s, 0), key, e);
    if (code == OK)
        code = sealed_open(key, stmt_blob(s, column), place_of(member_id, field_name[field], place),
                           a, out, e);
    digest_wipe(key, sizeof(key));
    return code;
}

/* ---------------------------------------------------------------- forgetting */

static enum err_code
remove_row(struct db *db, enum sql_id id, int64_t member_id, struct err *e)
{
    STMT s = db_stmt(db, id);

    stmt_bind_int(s, ":member_id", member_id);
    return stmt_run(s, e);
}

enum err_code
identity_destroy(struct db *db, int64_t member_id, struct err *e)
{
    return remove_row(db, SQL_ERASE_CLOSED_ACCOUNTS, member_id, e) ||
                   remove_row(db, SQL_ERASE_CLOSED_KEYS, member_id, e) ||
                   remove_row(db, SQL_MEMBER_KEY_REMOVE, member_id, e) ||
                   remove_row(db, SQL_IDENTITY_REMOVE, member_id, e)
               ? e->code
               : OK;
}

void
identity_departed_hash(const struct db *db, struct str line_id, uint8_t out[DEPARTED_SIZE])
{
    const struct str parts[] = {STR("departed:"), line_id};
    uint8_t hash[SHA256_SIZE];

    hmac_sha256(keys_of(db)->index, KEY_SIZE, parts, 2, hash);
    memcpy(out, hash, DEPARTED_SIZE);
}

/* ---------------------------------------------------------------- LINE accounts that change hands
 */

static enum err_code
run_on(struct db *db, enum sql_id sql, int64_t member_id, int64_t merge_id, struct err *e)
{
    STMT s = db_stmt(db, sql);

    stmt_bind_int(s, ":member_id", member_id);
    if (merge_id != 0)
        stmt_bind_int(s, ":merge_id", merge_id);
    return stmt_run(s, e);
}

enum err_code
identity_end(struct db *db, int64_t member_id, struct err *e)
{
    return run_on(db, SQL_IDENTITY_REMOVE, member_id, 0, e);
}

enum err_code
identity_close(struct db *db, int64_t member_id, int64_t merge_id, struct err *e)
{
    if (run_on(db, SQL_IDENTITY_CLOSE, member_id, merge_id, e) || identity_end(db, member_id, e))
        return err_wrap(e, "close the LINE account of member %" PRId64, member_id);
    return OK;
}

enum err_code
identity_reopen(struct db *db, int64_t member_id, int64_t merge_id, struct err *e)
{
    STMT s = db_stmt(db, SQL_IDENTITY_CLOSED_COUNT);

    stmt_bind_int(s, ":member_id", member_id);
    stmt_bind_int(s, ":merge_id", merge_id);
    if (stmt_one(s, "closed LINE account", e))
        return e->code;
    if (stmt_int(s, 0) == 0)
        return OK;
    if (run_on(db, SQL_IDENTITY_REOPEN, member_id, merge_id, e))
        return err_wrap(e, "reopen the LINE account of member %" PRId64, member_id);
    if (db_changes(db) != 1)
        return err_set(e, ERR_CONFLICT, "line_account_in_use",
                       "the LINE account of member %" PRId64 " has a new member by now", member_id);
    return run_on(db, SQL_IDENTITY_CLOSED_END, member_id, merge_id, e);
}

/* Sealed by the key of the member who has it now: keys stay where they are. */
static enum err_code
give(struct db *db, int64_t member_id, struct str line_id, const struct profile *profile,
     struct err *e)
{
    uint8_t key[KEY_SIZE];
    enum err_code code;
    STMT s = db_stmt(db, SQL_MEMBER_KEY_LOAD);
    bool row;

    stmt_bind_int(s, ":member_id", member_id);
    if (stmt_step(s, &row, e))
        return e->code;
    if (!row)
        return identity_add(db, member_id, line_id, profile, e);
    code = unwrap(db, member_id, stmt_blob(s, 0), key, e);
    if (code == OK)
        code = insert(db, member_id, line_id, key, profile, e);
    digest_wipe(key, sizeof(key));
    return code;
}

static enum err_code
pass(struct db *db, int64_t from_id, int64_t to_id, int64_t merge_id, struct arena *a,
     struct err *e)
{
    struct profile profile;
    struct str line_id;

    if (identity_open(db, from_id, IDENTITY_LINE_ID, a, &line_id, e) == ERR_NOT_FOUND)
        return err_set(e, ERR_CONFLICT, "line_account_none",
                       "member %" PRId64 " has no LINE account", from_id);
    if (identity_open(db, from_id, IDENTITY_NAME, a, &profile.name, e) ||
        identity_open(db, from_id, IDENTITY_PICTURE, a, &profile.picture, e) ||
        identity_close(db, from_id, merge_id, e))
        return e->code;
    return give(db, to_id, line_id, &profile, e);
}

enum err_code
identity_pass(struct db *db, int64_t from_id, int64_t to_id, int64_t merge_id, struct err *e)
{
    struct arena *a = arena_new(PASS_ARENA);
    enum err_code code = a != NULL ? pass(db, from_id, to_id, merge_id, a, e)
                                   : err_set(e, ERR_INTERNAL, "out_of_memory", "a LINE account");

    arena_free(a);
    return code;
}
