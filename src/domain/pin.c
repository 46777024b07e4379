#include "domain/pin.h"

#include <crypt.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/entropy.h"
#include "domain/audit.h"

#define PIN_LENGTH_MIN 4
#define PIN_LENGTH_MAX 8

/* yescrypt's cost, as in crypt_gensalt(3): 7 is 64 ms and 64 MiB where this was written. */
#define COST 7
#define SALT_BYTES 16

/* Every digit as far from the one before as the second from the first: 0000, 1234, 9876, 7890. */
static bool
is_run(struct str pin)
{
    int step = (pin.at[1] - pin.at[0] + 10) % 10;

    if (step != 0 && step != 1 && step != 9)
        return false;
    for (size_t i = 2; i < pin.n; i++)
        if ((pin.at[i] - pin.at[i - 1] + 10) % 10 != step)
            return false;
    return true;
}

static bool
is_pin(struct str text)
{
    if (text.n < PIN_LENGTH_MIN || text.n > PIN_LENGTH_MAX)
        return false;
    for (size_t i = 0; i < text.n; i++)
        if (text.at[i] < '0' || text.at[i] > '9')
            return false;
    return true;
}

/* crypt(3) of a PIN under a setting, which may be a whole hash. False when the library refuses. */
static bool
crypt_pin(struct str pin, const char *setting, char out[PIN_HASH_SIZE])
{
    struct crypt_data *data = calloc(1, sizeof(*data)); /* 32 KiB: too much for a stack */
    char phrase[PIN_LENGTH_MAX + 1];
    const char *hash;
    bool worked;

    if (data == NULL)
        return false;
    str_copy(pin, phrase, sizeof(phrase));
    hash = crypt_r(phrase, setting, data);
    worked = hash != NULL && hash[0] != '*' && str_copy(str_of(hash), out, PIN_HASH_SIZE);
    digest_wipe(phrase, sizeof(phrase));
    digest_wipe(data, sizeof(*data));
    free(data);
    return worked;
}

enum err_code
pin_hash(struct str pin, char out[PIN_HASH_SIZE], struct err *e)
{
    char salt[SALT_BYTES];
    char setting[CRYPT_GENSALT_OUTPUT_SIZE];

    if (!is_pin(pin) || is_run(pin))
        return err_field(e, ERR_INPUT, "pin_invalid", "pin",
                         "a PIN is %d to %d digits, not all alike and no run", PIN_LENGTH_MIN,
                         PIN_LENGTH_MAX);
    entropy_fill(salt, sizeof(salt));
    if (crypt_gensalt_rn("$y$", COST, salt, sizeof(salt), setting, sizeof(setting)) == NULL ||
        !crypt_pin(pin, setting, out))
        return err_set(e, ERR_INTERNAL, "crypt_failed", "yescrypt: %s", strerror(errno));
    return OK;
}

enum err_code
pin_matches(struct str pin, const char *hash, bool *matched_out, struct err *e)
{
    char again[PIN_HASH_SIZE];
    size_t n = strlen(hash);

    *matched_out = false;
    if (!is_pin(pin))
        return OK;
    if (!crypt_pin(pin, hash, again))
        return err_set(e, ERR_INTERNAL, "crypt_failed", "yescrypt: %s", strerror(errno));
    *matched_out = strlen(again) == n && digest_equal(again, hash, n);
    return OK;
}

enum err_code
pin_open(struct db *db, int64_t till_id, int64_t staff_id, int64_t now_ms,
         char hash_out[PIN_HASH_SIZE], int64_t *until_ms_out, struct err *e)
{
    STMT s = db_stmt(db, SQL_PIN_OPEN);

    stmt_bind_int(s, ":till_id", till_id);
    stmt_bind_int(s, ":staff_id", staff_id);
    if (stmt_one(s, "staff", e))
        return e->code;
    if (stmt_int(s, 1) > now_ms) {
        *until_ms_out = stmt_int(s, 1);
        return err_set(e, ERR_CONFLICT, "pin_locked", "too many wrong PINs");
    }
    if (!str_copy(stmt_text(s, 0), hash_out, PIN_HASH_SIZE))
        return err_set(e, ERR_INTERNAL, "pin_broken", "stored PIN hash is too long");
    return OK;
}

/* ---------------------------------------------------------------- after a try */

static enum err_code
locked_until(struct db *db, int64_t till_id, int64_t staff_id, int64_t *until_ms_out, struct err *e)
{
    STMT s = db_stmt(db, SQL_PIN_LOCKED);
    bool row;

    stmt_bind_int(s, ":till_id", till_id);
    stmt_bind_int(s, ":staff_id", staff_id);
    if (stmt_step(s, &row, e))
        return e->code;
    *until_ms_out = row ? stmt_int(s, 0) : 0;
    return OK;
}

static enum err_code
forget_failures(struct db *db, int64_t till_id, int64_t staff_id, struct err *e)
{
    STMT s = db_stmt(db, SQL_PIN_FORGET);

    stmt_bind_int(s, ":till_id", till_id);
    stmt_bind_int(s, ":staff_id", staff_id);
    return stmt_run(s, e);
}

static enum err_code
count_failure(struct db *db, int64_t till_id, int64_t staff_id, int64_t now_ms, int64_t *left_out,
              int64_t *until_ms_out, struct err *e)
{
    STMT s = db_stmt(db, SQL_PIN_FAILED);

    stmt_bind_int(s, ":till_id", till_id);
    stmt_bind_int(s, ":staff_id", staff_id);
    stmt_bind_int(s, ":tries", PIN_TRIES);
    stmt_bind_int(s, ":until_ms", now_ms + PIN_LOCK_MS);
    if (stmt_one(s, "pin_failure", e))
        return e->code;
    *left_out = PIN_TRIES - stmt_int(s, 0);
    *until_ms_out = stmt_int(s, 1);
    return stmt_run(s, e);
}

enum err_code
pin_tried(struct db *db, int64_t till_id, int64_t staff_id, bool matched, int64_t now_ms,
          int64_t *left_out, int64_t *until_ms_out, struct err *e)
{
    int64_t until_ms = 0;
    int64_t left = PIN_TRIES;

    if (locked_until(db, till_id, staff_id, &until_ms, e))
        return err_wrap(e, "PIN tried");
    if (until_ms > now_ms) { /* begun before the lock, by somebody with many hands */
        *until_ms_out = until_ms;
        return err_set(e, ERR_CONFLICT, "pin_locked", "too many wrong PINs");
    }
    if (matched) {
        until_ms = 0;
        if (forget_failures(db, till_id, staff_id, e))
            return err_wrap(e, "PIN tried");
    } else if (count_failure(db, till_id, staff_id, now_ms, &left, &until_ms, e) ||
               audit_write(db, left > 0 ? "pin.wrong" : "pin.locked", staff_id, till_id, 0, now_ms,
                           e)) {
        return err_wrap(e, "PIN tried");
    }
    *left_out = left;
    *until_ms_out = until_ms;
    return OK;
}
