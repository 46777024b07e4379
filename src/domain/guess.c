#include "domain/guess.h"

#include "base/clock.h"
#include "base/digest.h"
#include "domain/keys.h"

#define SUBJECT_SIZE 16

static void
hash_of(const struct db *db, enum guess_what what, struct str subject, uint8_t out[SHA256_SIZE])
{
    static const char *const name[] = {
        [GUESS_CUSTOMER_BY_MEMBER] = "guess:customer:member:",
        [GUESS_CUSTOMER_BY_NUMBER] = "guess:customer:number:",
        [GUESS_RECOVERY] = "guess:recovery:",
    };
    const struct str parts[] = {str_of(name[what]), subject};

    hmac_sha256(keys_of(db)->index, KEY_SIZE, parts, 2, out);
}

enum err_code
guess_may(struct db *db, enum guess_what what, struct str subject, int64_t now_ms, bool *may_out,
          struct err *e)
{
    uint8_t hash[SHA256_SIZE];
    STMT s = db_stmt(db, SQL_GUESS_COUNT);
    bool row;

    hash_of(db, what, subject, hash);
    stmt_bind_blob(s, ":subject", hash, SUBJECT_SIZE);
    stmt_bind_int(s, ":since_ms", now_ms - DAY_MS);
    if (stmt_step(s, &row, e))
        return err_wrap(e, "guesses");
    *may_out = !row || stmt_int(s, 0) < GUESSES_A_DAY;
    return OK;
}

enum err_code
guess_wrong(struct db *db, enum guess_what what, struct str subject, int64_t now_ms, struct err *e)
{
    uint8_t hash[SHA256_SIZE];
    STMT s = db_stmt(db, SQL_GUESS_WRONG);

    hash_of(db, what, subject, hash);
    stmt_bind_blob(s, ":subject", hash, SUBJECT_SIZE);
    stmt_bind_int(s, ":now_ms", now_ms);
    stmt_bind_int(s, ":since_ms", now_ms - DAY_MS);
    return stmt_run(s, e) ? err_wrap(e, "a wrong guess") : OK;
}

enum err_code
guess_sweep(struct db *db, int64_t now_ms, struct err *e)
{
    STMT s = db_stmt(db, SQL_GUESS_SWEEP);

    stmt_bind_int(s, ":since_ms", now_ms - DAY_MS);
    return stmt_run(s, e);
}
