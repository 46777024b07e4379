#include "domain/access.h"

#include <assert.h>

#include "base/clock.h"
#include "domain/bind.h"

#define SWEEP_ROWS 2000
#define BACKWARDS_MS (5 * SECOND_MS) /* as far as a clock is put back without being wrong */

static const struct {
    const char *name;
    struct access_life life;
} kinds[] = {
    [ACCESS_MEMBER] = {"member", {.idle_ms = 14 * DAY_MS, .absolute_ms = 90 * DAY_MS}},
    [ACCESS_TILL] = {"till", {.idle_ms = 60 * DAY_MS, .absolute_ms = 400 * DAY_MS}},
    [ACCESS_STAFF] = {"staff", {.idle_ms = 15 * MINUTE_MS, .absolute_ms = 12 * HOUR_MS}},
    [ACCESS_OWNER] = {"owner", {.idle_ms = 15 * MINUTE_MS, .absolute_ms = 8 * HOUR_MS}},
};

struct access_life
access_life(enum access_kind kind)
{
    return kinds[kind].life;
}

/* ---------------------------------------------------------------- opening */

static enum err_code
insert(struct db *db, const struct access *session, int64_t now_ms, struct str token, struct err *e)
{
    uint8_t hash[SHA256_SIZE];
    STMT s = db_stmt(db, SQL_SESSION_ADD);

    sha256(token.at, token.n, hash);
    stmt_bind_blob(s, ":token_hash", hash, sizeof(hash));
    stmt_bind_text(s, ":kind", str_of(kinds[session->kind].name));
    bind_id(s, ":member_id", session->member_id);
    bind_id(s, ":till_id", session->till_id);
    bind_id(s, ":staff_id", session->staff_id);
    stmt_bind_int(s, ":now_ms", now_ms);
    stmt_bind_int(s, ":until_ms", now_ms + kinds[session->kind].life.absolute_ms);
    if (session->login_ms > 0)
        stmt_bind_int(s, ":login_ms", session->login_ms < now_ms ? session->login_ms : now_ms);
    return stmt_run(s, e);
}

/* A till's session carries what stands on it: with a new one, whoever was signed in is not. */
static enum err_code
replace_at_till(struct db *db, enum access_kind kind, int64_t till_id, struct err *e)
{
    STMT s = db_stmt(db, kind == ACCESS_TILL ? SQL_SESSION_END_TILL : SQL_SESSION_END_AT_TILL);

    stmt_bind_int(s, ":till_id", till_id);
    return stmt_run(s, e);
}

static enum err_code
keep_newest(struct db *db, enum access_kind kind, int64_t member_id, struct err *e)
{
    STMT s = db_stmt(db, SQL_SESSION_KEEP_NEWEST);

    stmt_bind_int(s, ":member_id", member_id);
    stmt_bind_text(s, ":kind", str_of(kinds[kind].name));
    stmt_bind_int(s, ":keep", kind == ACCESS_OWNER ? 2 : 5);
    return stmt_run(s, e);
}

static enum err_code
begin(struct db *db, const struct access *session, int64_t now_ms, char token_out[TOKEN_SIZE],
      struct err *e)
{
    enum access_kind kind = session->kind;
    bool is_at_till = kind == ACCESS_TILL || kind == ACCESS_STAFF;

    entropy_token(token_out);
    if ((is_at_till && replace_at_till(db, kind, session->till_id, e)) ||
        insert(db, session, now_ms, str_of(token_out), e) ||
        (!is_at_till && keep_newest(db, kind, session->member_id, e)))
        return err_wrap(e, "open %s session", kinds[kind].name);
    return OK;
}

enum err_code
access_open(struct db *db, enum access_kind kind, int64_t member_id, int64_t till_id,
            int64_t staff_id, int64_t now_ms, char token_out[TOKEN_SIZE], struct err *e)
{
    const struct access session = {
        .kind = kind, .member_id = member_id, .till_id = till_id, .staff_id = staff_id};

    return begin(db, &session, now_ms, token_out, e);
}

enum err_code
access_open_proven(struct db *db, int64_t member_id, int64_t login_ms, int64_t now_ms,
                   char token_out[TOKEN_SIZE], struct err *e)
{
    const struct access session = {
        .kind = ACCESS_MEMBER, .member_id = member_id, .login_ms = login_ms};

    return begin(db, &session, now_ms, token_out, e);
}

/* ---------------------------------------------------------------- using */

enum err_code
access_find(struct db *db, enum access_kind kind, const uint8_t token_hash[SHA256_SIZE],
            int64_t now_ms, struct access *out, struct err *e)
{
    STMT s = db_stmt(db, SQL_SESSION_FIND);
    int64_t until_ms;
    bool row;

    stmt_bind_blob(s, ":token_hash", token_hash, SHA256_SIZE);
    stmt_bind_text(s, ":kind", str_of(kinds[kind].name));
    if (stmt_step(s, &row, e))
        return e->code;
    if (!row)
        return err_set(e, ERR_AUTH, "session_unknown", "no such %s session", kinds[kind].name);
    until_ms = stmt_int(s, 6) + kinds[kind].life.idle_ms;
    if (until_ms > stmt_int(s, 7))
        until_ms = stmt_int(s, 7);
    if (now_ms >= until_ms || stmt_int(s, 8) == 0)
        return err_set(e, ERR_AUTH, "session_over", "%s session is over", kinds[kind].name);
    *out = (struct access){
        .session_id = stmt_int(s, 0),
        .kind = kind,
        .member_id = stmt_int(s, 1),
        .till_id = stmt_int(s, 2),
        .shop_id = stmt_int(s, 3),
        .staff_id = stmt_int(s, 4),
        .role = stmt_int(s, 5),
        .seen_ms = stmt_int(s, 6),
        .until_ms = until_ms,
        .login_ms = stmt_int(s, 9),
    };
    return OK;
}

bool
access_is_fresh(int64_t login_ms, int64_t now_ms)
{
    int64_t age_ms = now_ms - login_ms;

    return login_ms > 0 && age_ms >= -BACKWARDS_MS && age_ms < LOGIN_FRESH_MS;
}

enum err_code
access_touch(struct db *db, int64_t session_id, int64_t now_ms, struct err *e)
{
    STMT s = db_stmt(db, SQL_SESSION_TOUCH);

    stmt_bind_int(s, ":id", session_id);
    stmt_bind_int(s, ":now_ms", now_ms);
    return stmt_run(s, e);
}

enum err_code
access_end(struct db *db, int64_t session_id, struct err *e)
{
    STMT s = db_stmt(db, SQL_SESSION_END);

    stmt_bind_int(s, ":id", session_id);
    return stmt_run(s, e);
}

/* ---------------------------------------------------------------- once only */

static enum err_code
burn_first(struct db *db, const uint8_t hash[SHA256_SIZE], const uint8_t *device_hash,
           int64_t until_ms, bool *first_out, struct err *e)
{
    STMT s = db_stmt(db, SQL_BURNT_ADD);

    stmt_bind_blob(s, ":hash", hash, SHA256_SIZE);
    if (device_hash != NULL)
        stmt_bind_blob(s, ":device_hash", device_hash, SHA256_SIZE);
    stmt_bind_int(s, ":until_ms", until_ms);
    if (stmt_run(s, e))
        return e->code;
    *first_out = db_changes(db) == 1;
    return OK;
}

static enum err_code
burnt_by(struct db *db, const uint8_t hash[SHA256_SIZE], const uint8_t *device_hash, bool *same_out,
         struct err *e)
{
    STMT s = db_stmt(db, SQL_BURNT_FIND);
    struct str device;

    stmt_bind_blob(s, ":hash", hash, SHA256_SIZE);
    if (stmt_one(s, "burnt", e))
        return e->code;
    device = stmt_blob(s, 0);
    *same_out = device_hash != NULL && device.n == SHA256_SIZE &&
                digest_equal(device.at, device_hash, SHA256_SIZE);
    return OK;
}

enum err_code
access_burn(struct db *db, const uint8_t hash[SHA256_SIZE], struct str device, int64_t until_ms,
            bool *fresh_out, struct err *e)
{
    uint8_t bytes[SHA256_SIZE];
    const uint8_t *device_hash = device.n > 0 ? bytes : NULL;
    bool fresh = false;

    sha256(device.at, device.n, bytes);
    if (burn_first(db, hash, device_hash, until_ms, &fresh, e) ||
        (!fresh && burnt_by(db, hash, device_hash, &fresh, e)))
        return err_wrap(e, "burn");
    *fresh_out = fresh;
    return OK;
}

/* ---------------------------------------------------------------- sweeping */

/* Sessions lie in order of their beginning and a member's live for 90 days at most, so what is over
 * comes to the front by itself; only the few sessions of tills stay there longer. */
static enum err_code
sweep_sessions(struct db *db, int64_t now_ms, struct err *e)
{
    STMT s = db_stmt(db, SQL_SESSION_SWEEP);

    stmt_bind_int(s, ":max", SWEEP_ROWS);
    stmt_bind_int(s, ":now_ms", now_ms);
    stmt_bind_int(s, ":member_ms", now_ms - kinds[ACCESS_MEMBER].life.idle_ms);
    stmt_bind_int(s, ":till_ms", now_ms - kinds[ACCESS_TILL].life.idle_ms);
    stmt_bind_int(s, ":staff_ms", now_ms - kinds[ACCESS_STAFF].life.idle_ms);
    stmt_bind_int(s, ":owner_ms", now_ms - kinds[ACCESS_OWNER].life.idle_ms);
    return stmt_run(s, e);
}

enum err_code
access_sweep(struct db *db, int64_t now_ms, struct err *e)
{
    STMT burnt = db_stmt(db, SQL_BURNT_SWEEP);
    STMT link = db_stmt(db, SQL_OWNER_LINK_SWEEP);

    stmt_bind_int(burnt, ":now_ms", now_ms);
    stmt_bind_int(link, ":now_ms", now_ms);
    if (sweep_sessions(db, now_ms, e) || stmt_run(burnt, e) || stmt_run(link, e))
        return err_wrap(e, "sweep sessions");
    return OK;
}
