#include "domain/draw.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/entropy.h"
#include "domain/keys.h"
#include "domain/sealed.h"

#define WORD_SIZE 8
#define PLACE_SIZE 64

/* ---------------------------------------------------------------- pure */

static void
big_endian(int64_t value, char out[WORD_SIZE])
{
    for (int i = 0; i < WORD_SIZE; i++)
        out[i] = (char)((uint64_t)value >> (56 - 8 * i));
}

static uint64_t
word_at(const uint8_t *bytes)
{
    uint64_t word = 0;

    for (int i = 0; i < WORD_SIZE; i++)
        word = word << 8 | bytes[i];
    return word;
}

int64_t
draw_roll(const uint8_t seed[SEED_SIZE], const struct lot *lot)
{
    const uint64_t whole = UINT64_MAX - UINT64_MAX % ODDS_ALL; /* a multiple of ODDS_ALL */
    char seq[WORD_SIZE], nth[WORD_SIZE];
    const struct str part[] = {STR("stampd draw v1"),
                               {seq, WORD_SIZE},
                               {nth, WORD_SIZE},
                               {(const char *)lot->request_key, REQUEST_KEY_SIZE}};
    uint8_t mac[SHA256_SIZE];
    uint64_t word = 0;

    big_endian(lot->seq, seq);
    big_endian(lot->nth, nth);
    hmac_sha256(seed, SEED_SIZE, part, sizeof(part) / sizeof(part[0]), mac);
    for (size_t i = 0; i < SHA256_SIZE / WORD_SIZE; i++) {
        word = word_at(mac + i * WORD_SIZE);
        if (word < whole)
            break;
    }
    return (int64_t)(word % ODDS_ALL);
}

size_t
draw_pick(const struct reward *prize, size_t n, int64_t roll)
{
    size_t i = 0;

    assert(n > 0 && roll >= 0 && roll < ODDS_ALL);
    for (; i + 1 < n && roll >= prize[i].odds; i++)
        roll -= prize[i].odds;
    return i;
}

/* ---------------------------------------------------------------- seeds */

static struct str
place_of(int64_t plan_id, int64_t catalogue, char out[PLACE_SIZE])
{
    snprintf(out, PLACE_SIZE, "seed:%" PRId64 ":%" PRId64, plan_id, catalogue);
    return str_of(out);
}

enum err_code
seed_make(struct db *db, int64_t plan_id, int64_t catalogue, struct err *e)
{
    uint8_t seed[SEED_SIZE], hash[SHA256_SIZE];
    char place[PLACE_SIZE];
    SEALED sealed = {NULL, 0};
    STMT s = db_stmt(db, SQL_SEED_ADD);

    entropy_fill(seed, sizeof(seed));
    sha256(seed, sizeof(seed), hash);
    if (sealed_init(&sealed, keys_of(db)->reward, (struct str){(const char *)seed, SEED_SIZE},
                    place_of(plan_id, catalogue, place), e))
        return e->code;
    digest_wipe(seed, sizeof(seed));
    stmt_bind_int(s, ":plan_id", plan_id);
    stmt_bind_int(s, ":catalogue", catalogue);
    sealed_bind(s, ":seed", &sealed);
    stmt_bind_blob(s, ":hash", hash, sizeof(hash));
    return stmt_run(s, e) ? err_wrap(e, "seed of plan %" PRId64, plan_id) : OK;
}

static enum err_code
seed_row(struct db *db, struct stmt *s, int64_t plan_id, int64_t catalogue, struct err *e)
{
    (void)db;
    stmt_bind_int(s, ":plan_id", plan_id);
    stmt_bind_int(s, ":catalogue", catalogue);
    return stmt_one(s, "seed", e) ? err_wrap(e, "seed of plan %" PRId64, plan_id) : OK;
}

enum err_code
seed_load(struct db *db, int64_t plan_id, int64_t catalogue, uint8_t out[SEED_SIZE], struct err *e)
{
    STMT s = db_stmt(db, SQL_SEED_LOAD);
    char place[PLACE_SIZE];
    struct str sealed;

    if (seed_row(db, s, plan_id, catalogue, e))
        return e->code;
    sealed = stmt_blob(s, 0);
    if (sealed.n != SEED_SIZE + SEAL_EXTRA ||
        !seal_open(keys_of(db)->reward, sealed, place_of(plan_id, catalogue, place), out))
        return err_set(e, ERR_INTERNAL, "seal_broken", "seed of plan %" PRId64, plan_id);
    return OK;
}

enum err_code
seed_hash(struct db *db, int64_t plan_id, int64_t catalogue, uint8_t out[SHA256_SIZE],
          struct err *e)
{
    STMT s = db_stmt(db, SQL_SEED_LOAD);

    if (seed_row(db, s, plan_id, catalogue, e))
        return e->code;
    memcpy(out, stmt_blob(s, 1).at, SHA256_SIZE); /* so long by the table's own rule */
    return OK;
}

/* ---------------------------------------------------------------- draws */

static enum err_code
next_of(struct db *db, int64_t seq, int64_t *nth_out, struct err *e)
{
    STMT s = db_stmt(db, SQL_DRAW_NEXT);

    stmt_bind_int(s, ":seq", seq);
    if (stmt_one(s, "draw", e))
        return e->code;
    *nth_out = stmt_int(s, 0);
    return OK;
}

enum err_code
draw_make(struct db *db, const struct reward *lottery, const struct reward *prize, size_t prizes_n,
          const struct transfer *cause, struct draw *out, size_t *prize_out, struct err *e)
{
    uint8_t seed[SEED_SIZE];
    struct lot lot = {.seq = cause->seq};

    memcpy(lot.request_key, cause->request_key, REQUEST_KEY_SIZE);
    if (next_of(db, cause->seq, &lot.nth, e) ||
        seed_load(db, lottery->plan_id, lottery->catalogue, seed, e))
        return err_wrap(e, "draw of reward %" PRId64, lottery->id);
    *out = (struct draw){.lottery_id = lottery->id, .seq = lot.seq, .nth = lot.nth};
    out->roll = draw_roll(seed, &lot);
    digest_wipe(seed, sizeof(seed));
    *prize_out = draw_pick(prize, prizes_n, out->roll);
    out->drawn_id = prize[*prize_out].id;
    return OK;
}

enum err_code
draw_keep(struct db *db, const struct draw *draw, int64_t voucher_id, struct err *e)
{
    STMT s = db_stmt(db, SQL_DRAW_ADD);

    stmt_bind_int(s, ":voucher_id", voucher_id);
    stmt_bind_int(s, ":lottery_id", draw->lottery_id);
    stmt_bind_int(s, ":seq", draw->seq);
    stmt_bind_int(s, ":nth", draw->nth);
    stmt_bind_int(s, ":roll", draw->roll);
    stmt_bind_int(s, ":drawn_id", draw->drawn_id);
    return stmt_run(s, e) ? err_wrap(e, "draw of voucher %" PRId64, voucher_id) : OK;
}

enum err_code
draw_of_voucher(struct db *db, int64_t voucher_id, struct draw *out, bool *found_out, struct err *e)
{
    STMT s = db_stmt(db, SQL_DRAW_OF_VOUCHER);
    struct str key;

    *out = (struct draw){.seq = 0};
    stmt_bind_int(s, ":voucher_id", voucher_id);
    if (stmt_step(s, found_out, e))
        return err_wrap(e, "draw of voucher %" PRId64, voucher_id);
    if (!*found_out)
        return OK;
    out->lottery_id = stmt_int(s, 0);
    out->seq = stmt_int(s, 1);
    out->nth = stmt_int(s, 2);
    out->roll = stmt_int(s, 3);
    out->drawn_id = stmt_int(s, 4);
    key = stmt_blob(s, 5);
    memcpy(out->request_key, key.at, key.n < REQUEST_KEY_SIZE ? key.n : REQUEST_KEY_SIZE);
    return OK;
}

enum err_code
draws_of_member(struct db *db, int64_t member_id, struct draw_line *out, size_t cap, size_t *n_out,
                struct err *e)
{
    STMT s = db_stmt(db, SQL_DRAWS_OF_MEMBER);
    bool row;

    stmt_bind_int(s, ":member_id", member_id);
    stmt_bind_int(s, ":cap", (int64_t)cap);
    for (*n_out = 0; *n_out < cap; (*n_out)++) {
        struct draw_line *line = &out[*n_out];

        if (stmt_step(s, &row, e))
            return err_wrap(e, "draws of member %" PRId64, member_id);
        if (!row)
            break;
        line->voucher_id = stmt_int(s, 0);
        str_copy(stmt_text(s, 1), line->title, sizeof(line->title));
        str_copy(stmt_text(s, 2), line->state, sizeof(line->state));
        line->at_ms = stmt_int(s, 3);
    }
    return OK;
}
