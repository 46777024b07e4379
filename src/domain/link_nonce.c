#include "domain/link_nonce.h"

#include <string.h>

#include "base/digest.h"

enum err_code
link_nonce_make(struct db *db, int64_t customer_id, int64_t now_ms, char nonce_out[TOKEN_SIZE],
                struct err *e)
{
    uint8_t hash[SHA256_SIZE];
    STMT s = db_stmt(db, SQL_LINK_NONCE_ADD);

    entropy_token(nonce_out);
    sha256(nonce_out, strlen(nonce_out), hash);
    stmt_bind_blob(s, ":hash", hash, sizeof(hash));
    stmt_bind_int(s, ":customer_id", customer_id);
    stmt_bind_int(s, ":until_ms", now_ms + LINK_NONCE_LIFE_MS);
    return stmt_run(s, e) ? err_wrap(e, "nonce of an account link") : OK;
}

enum err_code
link_nonce_take(struct db *db, struct str nonce, int64_t now_ms, int64_t *customer_id_out,
                struct err *e)
{
    uint8_t hash[SHA256_SIZE];
    STMT s = db_stmt(db, SQL_LINK_NONCE_TAKE);
    bool row;

    sha256(nonce.at, nonce.n, hash);
    stmt_bind_blob(s, ":hash", hash, sizeof(hash));
    if (stmt_step(s, &row, e))
        return err_wrap(e, "nonce of an account link");
    *customer_id_out = row && stmt_int(s, 1) > now_ms ? stmt_int(s, 0) : 0;
    return OK;
}

enum err_code
link_nonce_sweep(struct db *db, int64_t now_ms, struct err *e)
{
    STMT s = db_stmt(db, SQL_LINK_NONCE_SWEEP);

    stmt_bind_int(s, ":now_ms", now_ms);
    return stmt_run(s, e);
}
