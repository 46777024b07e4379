#include "domain/answer.h"

#include <string.h>

#include "base/codec.h"
#include "base/digest.h"
#include "domain/chain.h"
#include "domain/keys.h"
#include "domain/sealed.h"

#define PLACE_SIZE (7 + HEX_SIZE(ANSWER_KEY_SIZE)) /* "answer:" and the key */

/* Lengths stand in front of the parts, so that no two different sets of parts read the same. */
static void
hash_parts(const uint8_t key[KEY_SIZE], const struct str *parts, size_t n,
           uint8_t out[ANSWER_KEY_SIZE])
{
    struct str input[8];
    uint8_t length[4][8];
    uint8_t mac[SHA256_SIZE];

    for (size_t i = 0; i < n; i++) {
        for (int j = 0; j < 8; j++)
            length[i][j] = (uint8_t)((uint64_t)parts[i].n >> (56 - 8 * j));
        input[2 * i] = (struct str){(const char *)length[i], 8};
        input[2 * i + 1] = parts[i];
    }
    hmac_sha256(key, KEY_SIZE, input, 2 * n, mac);
    memcpy(out, mac, ANSWER_KEY_SIZE);
}

void
answer_key(const struct db *db, struct str actor, struct str key, uint8_t out[ANSWER_KEY_SIZE])
{
    hash_parts(keys_of(db)->answer, (const struct str[]){actor, key}, 2, out);
}

void
answer_fingerprint(struct str method, struct str path, struct str body,
                   uint8_t out[ANSWER_KEY_SIZE])
{
    static const uint8_t no_key[KEY_SIZE]; /* a plain digest: nobody gains by finding its like */

    hash_parts(no_key, (const struct str[]){method, path, body}, 3, out);
}

static struct str
place_of(const uint8_t key[ANSWER_KEY_SIZE], char out[PLACE_SIZE])
{
    memcpy(out, "answer:", 7);
    hex_encode(key, ANSWER_KEY_SIZE, out + 7);
    return str_of(out);
}

enum err_code
answer_find(struct db *db, const uint8_t key[ANSWER_KEY_SIZE],
            const uint8_t fingerprint[ANSWER_KEY_SIZE], struct arena *a, struct answer *out,
            struct err *e)
{
    STMT s = db_stmt(db, SQL_ANSWER_FIND);
    char place[PLACE_SIZE];

    stmt_bind_blob(s, ":request_key", key, ANSWER_KEY_SIZE);
    *out = (struct answer){.is_found = false};
    if (stmt_step(s, &out->is_found, e))
        return err_wrap(e, "find answer");
    if (!out->is_found)
        return OK;
    if (stmt_blob(s, 0).n != ANSWER_KEY_SIZE ||
        !digest_equal(stmt_blob(s, 0).at, fingerprint, ANSWER_KEY_SIZE))
        return err_set(e, ERR_MISMATCH, "idempotency_mismatch",
                       "the key belongs to another request");
    out->status = (int)stmt_int(s, 1);
    return sealed_open(keys_of(db)->kept, stmt_blob(s, 2), place_of(key, place), a, &out->body, e);
}

enum err_code
answer_store(struct db *db, const uint8_t key[ANSWER_KEY_SIZE],
             const uint8_t fingerprint[ANSWER_KEY_SIZE], int status, struct str body,
             int64_t now_ms, struct err *e)
{
    char place[PLACE_SIZE];
    SEALED sealed = {0};
    STMT s = db_stmt(db, SQL_ANSWER_ADD);

    if (sealed_init(&sealed, keys_of(db)->kept, body, place_of(key, place), e))
        return e->code;
    stmt_bind_blob(s, ":request_key", key, ANSWER_KEY_SIZE);
    stmt_bind_blob(s, ":fingerprint", fingerprint, ANSWER_KEY_SIZE);
    stmt_bind_int(s, ":status", status);
    sealed_bind(s, ":body", &sealed);
    stmt_bind_int(s, ":now_ms", now_ms);
    return stmt_run(s, e) ? err_wrap(e, "store answer") : OK;
}

enum err_code
answer_sweep(struct db *db, int64_t now_ms, int64_t max, struct err *e)
{
    STMT s = db_stmt(db, SQL_ANSWER_SWEEP);

    stmt_bind_int(s, ":before_ms", now_ms - ANSWER_KEPT_MS);
    stmt_bind_int(s, ":max", max);
    return stmt_run(s, e) ? err_wrap(e, "forget answers") : OK;
}
