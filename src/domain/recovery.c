#include "domain/recovery.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/digest.h"
#include "base/entropy.h"
#include "base/text.h"
#include "domain/audit.h"
#include "domain/guess.h"
#include "domain/keys.h"
#include "domain/member.h"

#define RANDOM_LENGTH (RECOVERY_LENGTH - 2)
#define TYPED_MAX 96 /* bytes: 16 full-width letters with spaces between */

/* Source: D. Crockford, "Base 32": no I, L, O and U. */
static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/* ---------------------------------------------------------------- the code itself */

static int
digit_of(char c)
{
    const char *at;

    c = c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
    c = c == 'O' ? '0' : c == 'I' || c == 'L' ? '1' : c;
    at = c == '\0' ? NULL : strchr(alphabet, c);
    return at == NULL ? -1 : (int)(at - alphabet);
}

/*
 * The digits as a number, mod 1021: a prime, of which neither a difference of two digits nor one
 * times 31 is a multiple, so every wrong digit and every swap of two neighbours shows.
 */
static int
check_of(const char *code)
{
    int rest = 0;

    for (int i = 0; i < RANDOM_LENGTH; i++)
        rest = (rest * 32 + digit_of(code[i])) % 1021;
    return rest;
}

bool
recovery_read(struct str typed, char out[RECOVERY_SIZE])
{
    struct arena *a = arena_new(4 * KIB);
    struct str text;
    size_t n = 0;
    bool is_good = a != NULL && typed.n <= TYPED_MAX && text_fold(a, typed, &text);

    for (size_t i = 0; is_good && i < text.n; i++) {
        int digit;

        if (text.at[i] == ' ' || text.at[i] == '-')
            continue;
        digit = digit_of(text.at[i]);
        is_good = digit >= 0 && n < RECOVERY_LENGTH;
        if (is_good)
            out[n++] = alphabet[digit];
    }
    arena_free(a);
    out[n] = '\0';
    return is_good && n == RECOVERY_LENGTH &&
           check_of(out) == digit_of(out[RANDOM_LENGTH]) * 32 + digit_of(out[RANDOM_LENGTH + 1]);
}

static void
draw(char out[RECOVERY_SIZE])
{
    int check;

    for (int i = 0; i < RANDOM_LENGTH; i++)
        out[i] = alphabet[entropy_below(32)];
    check = check_of(out);
    out[RANDOM_LENGTH] = alphabet[check / 32];
    out[RANDOM_LENGTH + 1] = alphabet[check % 32];
    out[RECOVERY_LENGTH] = '\0';
}

static void
hash_of(const struct db *db, const char *code, uint8_t out[SHA256_SIZE])
{
    const struct str parts[] = {STR("recovery:"), str_of(code)};

    hmac_sha256(keys_of(db)->index, KEY_SIZE, parts, 2, out);
}

/* ---------------------------------------------------------------- making one */

static enum err_code
has_line_account(struct db *db, int64_t member_id, struct err *e)
{
    struct arena *a = arena_new(4 * KIB);
    struct str ignored;
    enum err_code code;

    if (a == NULL)
        return err_set(e, ERR_INTERNAL, "out_of_memory", "recovery code");
    code = member_line_id(db, member_id, a, &ignored, e);
    arena_free(a);
    return code == ERR_NOT_FOUND ? err_set(e, ERR_CONFLICT, "line_account_none",
                                           "member %" PRId64 " has no LINE account", member_id)
                                 : code;
}

enum err_code
recovery_make(struct db *db, int64_t member_id, int64_t now_ms, char code_out[RECOVERY_SIZE],
              int64_t *until_ms_out, struct err *e)
{
    uint8_t hash[SHA256_SIZE];
    STMT s = db_stmt(db, SQL_RECOVERY_SET);

    draw(code_out);
    hash_of(db, code_out, hash);
    *until_ms_out = now_ms + RECOVERY_LIFE_MS;
    stmt_bind_int(s, ":member_id", member_id);
    stmt_bind_blob(s, ":hash", hash, sizeof(hash));
    stmt_bind_int(s, ":until_ms", *until_ms_out);
    if (has_line_account(db, member_id, e) || stmt_run(s, e) ||
        audit_write(db, "recovery.made", 0, 0, member_id, now_ms, e))
        return err_wrap(e, "recovery code of member %" PRId64, member_id);
    return OK;
}

enum err_code
recovery_until(struct db *db, int64_t member_id, int64_t now_ms, int64_t *out, struct err *e)
{
    STMT s = db_stmt(db, SQL_RECOVERY_UNTIL);
    bool row;

    stmt_bind_int(s, ":member_id", member_id);
    stmt_bind_int(s, ":now_ms", now_ms);
    if (stmt_step(s, &row, e))
        return err_wrap(e, "recovery code of member %" PRId64, member_id);
    *out = row ? stmt_int(s, 0) : 0;
    return OK;
}

/* ---------------------------------------------------------------- using one */

/* 0: nobody's, or over. */
static enum err_code
owner_of(struct db *db, const char *code, int64_t now_ms, int64_t *out, struct err *e)
{
    uint8_t hash[SHA256_SIZE];
    STMT s = db_stmt(db, SQL_RECOVERY_FIND);
    bool row;

    hash_of(db, code, hash);
    stmt_bind_blob(s, ":hash", hash, sizeof(hash));
    stmt_bind_int(s, ":now_ms", now_ms);
    if (stmt_step(s, &row, e))
        return e->code;
    *out = row ? stmt_int(s, 0) : 0;
    return OK;
}

static enum err_code
end(struct db *db, int64_t member_id, struct err *e)
{
    STMT s = db_stmt(db, SQL_RECOVERY_END);

    stmt_bind_int(s, ":member_id", member_id);
    return stmt_run(s, e);
}

/* A rule of merging that says no is an answer; anything else is a failure. */
static enum err_code
rescue(struct db *db, const struct recovery_use *in, int64_t into_id, struct merge_result *out,
       const char **refused_out, struct err *e)
{
    struct merge_new merge = {.from_id = in->member_id,
                              .into_id = into_id,
                              .kind = MERGE_RESCUE,
                              .reason = STR("recovery code"),
                              .days = in->days,
                              .now_ms = in->now_ms};
    enum err_code code;

    memcpy(merge.request_key, in->request_key, REQUEST_KEY_SIZE);
    code = member_merge(db, &merge, out, e);
    if (code == ERR_CONFLICT) {
        *refused_out = e->word;
        return OK;
    }
    return code ? code : end(db, into_id, e);
}

enum err_code
recovery_use(struct db *db, const struct recovery_use *in, int64_t *into_out,
             struct merge_result *out, const char **refused_out, struct err *e)
{
    char code[RECOVERY_SIZE], who[24];
    bool may;

    snprintf(who, sizeof(who), "%" PRId64, in->member_id);
    *refused_out = NULL;
    if (guess_may(db, GUESS_RECOVERY, str_of(who), in->now_ms, &may, e))
        return e->code;
    if (!may)
        *refused_out = "tries_over";
    else if (!recovery_read(in->typed, code))
        *refused_out = "code_typo";
    if (*refused_out != NULL)
        return OK;
    if (owner_of(db, code, in->now_ms, into_out, e))
        return err_wrap(e, "recovery");
    if (*into_out == in->member_id) {
        *refused_out = "code_own";
        return OK;
    }
    if (*into_out == 0) {
        *refused_out = "code_unknown";
        return guess_wrong(db, GUESS_RECOVERY, str_of(who), in->now_ms, e);
    }
    return rescue(db, in, *into_out, out, refused_out, e);
}

enum err_code
recovery_sweep(struct db *db, int64_t now_ms, struct err *e)
{
    STMT s = db_stmt(db, SQL_RECOVERY_SWEEP);

    stmt_bind_int(s, ":now_ms", now_ms);
    return stmt_run(s, e);
}
