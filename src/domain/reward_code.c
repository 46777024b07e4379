#include "domain/reward_code.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/csv.h"
#include "domain/audit.h"
#include "domain/catalogue.h"
#include "domain/keys.h"
#include "domain/sealed.h"

#define HASH_SIZE 16
#define PLACE_SIZE 48

struct loading {
    struct db *db;
    struct csv csv;
    int64_t stock_id;
    bool is_dry;
    struct code_report *report;
};

/* ---------------------------------------------------------------- one code */

static void
hash_of(const struct db *db, int64_t stock_id, struct str code, uint8_t out[HASH_SIZE])
{
    char stock[24];
    uint8_t mac[SHA256_SIZE];
    const struct str part[] = {
        {stock, (size_t)snprintf(stock, sizeof(stock), "%" PRId64 ":", stock_id)}, code};

    hmac_sha256(keys_of(db)->reward_index, KEY_SIZE, part, 2, mac);
    for (size_t i = 0; i < HASH_SIZE; i++)
        out[i] = mac[i];
}

/* Where a code lies is told by its hash: it may be sealed before its row has a number. */
static struct str
place_of(const uint8_t hash[HASH_SIZE], char out[PLACE_SIZE])
{
    size_t n = (size_t)snprintf(out, PLACE_SIZE, "reward_code:");

    for (size_t i = 0; i < HASH_SIZE; i++)
        n += (size_t)snprintf(out + n, PLACE_SIZE - n, "%02x", hash[i]);
    return (struct str){out, n};
}

static bool
is_code(struct str text)
{
    for (size_t i = 0; i < text.n; i++)
        if (text.at[i] <= ' ' || text.at[i] > '~')
            return false;
    return text.n > 0 && text.n <= REWARD_CODE_MAX;
}

static enum err_code
bad_row(const struct loading *l, const char *word, const char *why, struct err *e)
{
    return err_set(e, ERR_INPUT, word, "line %" PRId64 ": %s", l->csv.line, why);
}

static enum err_code
is_new(const struct loading *l, const uint8_t hash[HASH_SIZE], struct err *e)
{
    STMT s = db_stmt(l->db, SQL_REWARD_CODE_FIND);
    bool found;

    stmt_bind_blob(s, ":hash", hash, HASH_SIZE);
    if (stmt_step(s, &found, e))
        return e->code;
    return found ? bad_row(l, "code_twice", "the code is there already", e) : OK;
}

static enum err_code
insert(const struct loading *l, struct str code, const uint8_t hash[HASH_SIZE], struct err *e)
{
    char place[PLACE_SIZE];
    SEALED sealed = {NULL, 0};
    STMT s = db_stmt(l->db, SQL_REWARD_CODE_ADD);

    if (sealed_init(&sealed, keys_of(l->db)->reward, code, place_of(hash, place), e))
        return e->code;
    stmt_bind_int(s, ":stock_id", l->stock_id);
    sealed_bind(s, ":code", &sealed);
    stmt_bind_blob(s, ":hash", hash, HASH_SIZE);
    return stmt_run(s, e);
}

static enum err_code
take_row(struct loading *l, const struct csv_row *row, struct err *e)
{
    struct str code = str_trim(row->field[0]);
    uint8_t hash[HASH_SIZE];

    if (row->n != 1)
        return bad_row(l, "code_row", "one column is wanted", e);
    if (!is_code(code))
        return bad_row(l, "code_row", "a code is 1 to 64 printable characters without spaces", e);
    hash_of(l->db, l->stock_id, code, hash);
    if (is_new(l, hash, e) || insert(l, code, hash, e))
        return e->code;
    l->report->rows++;
    return OK;
}

/* ---------------------------------------------------------------- a table */

static enum err_code
find_stock(struct db *db, const struct code_load *in, struct arena *a, int64_t *out, struct err *e)
{
    struct catalogue all;

    if (catalogue_load(db, in->plan_id, a, &all, e))
        return e->code;
    for (size_t i = 0; i < all.n; i++)
        if (all.reward[i].has_codes && str_eq(str_of(all.reward[i].key), in->key)) {
            *out = all.reward[i].stock_id;
            return OK;
        }
    return err_set(e, ERR_NOT_FOUND, "reward_unknown",
                   "no reward \"%.*s\" of plan %" PRId64 " takes codes", (int)in->key.n, in->key.at,
                   in->plan_id);
}

/* A dry run notes what is wrong with a row, and goes on. */
static enum err_code
noted(struct loading *l, struct err *e)
{
    struct code_report *r = l->report;

    if (!l->is_dry || e->code != ERR_INPUT)
        return e->code;
    if (r->faults_n < CODE_FAULTS_MAX)
        r->fault[r->faults_n] = (struct code_fault){.line = l->csv.line, .word = e->word};
    r->faults_n++;
    return OK;
}

static enum err_code
take_all(struct loading *l, struct err *e)
{
    struct csv_row row;
    bool found = true, is_first = true;

    for (; found; is_first = false) {
        if (csv_next(&l->csv, &row, &found, e))
            return noted(l, e); /* nobody knows where the next row begins */
        if (!found ||
            (is_first && row.n == 1 && str_eq_nocase(str_trim(row.field[0]), STR("code"))))
            continue;
        if (l->report->rows == REWARD_CODES_MAX) {
            bad_row(l, "code_many", "over 100000 rows: in parts, please", e);
            return noted(l, e);
        }
        if (take_row(l, &row, e) && noted(l, e))
            return e->code;
    }
    return OK;
}

static enum err_code
count(struct loading *l, struct err *e)
{
    STMT add = db_stmt(l->db, SQL_STOCK_ADD_CODES);
    STMT left = db_stmt(l->db, SQL_STOCK_LOAD);

    stmt_bind_int(add, ":stock_id", l->stock_id);
    stmt_bind_int(add, ":n", l->report->rows);
    stmt_bind_int(left, ":stock_id", l->stock_id);
    stmt_bind_int(left, ":day_ms", 0);
    if (stmt_run(add, e) || stmt_one(left, "stock", e))
        return e->code;
    l->report->left = stmt_int(left, 2);
    return OK;
}

enum err_code
reward_codes_load(struct db *db, struct str text, const struct code_load *in, struct arena *a,
                  struct code_report *out, struct err *e)
{
    struct loading l = {.db = db, .is_dry = in->is_dry, .report = out};
    DB_TX tx = {0};

    *out = (struct code_report){.rows = 0};
    csv_init(&l.csv, text, a);
    if (db_begin(db, &tx, e) || find_stock(db, in, a, &l.stock_id, e) || take_all(&l, e) ||
        count(&l, e))
        return err_wrap(e, "load codes");
    if (in->is_dry)
        return OK; /* undone on the way out */
    if (audit_write(db, "codes.loaded", in->staff_id, 0, l.stock_id, in->now_ms, e) ||
        db_commit(&tx, e))
        return err_wrap(e, "load codes");
    return OK;
}

/* ---------------------------------------------------------------- a voucher's */

enum err_code
reward_code_give(struct db *db, int64_t stock_id, int64_t voucher_id, struct err *e)
{
    STMT s = db_stmt(db, SQL_REWARD_CODE_GIVE);

    stmt_bind_int(s, ":stock_id", stock_id);
    stmt_bind_int(s, ":voucher_id", voucher_id);
    if (stmt_run(s, e))
        return err_wrap(e, "code for voucher %" PRId64, voucher_id);
    if (db_changes(db) != 1)
        return err_set(e, ERR_INTERNAL, "ledger_unsound", "stock %" PRId64 " had a code left",
                       stock_id);
    return OK;
}

enum err_code
reward_code_of(struct db *db, int64_t voucher_id, struct arena *a, struct str *out, struct err *e)
{
    STMT s = db_stmt(db, SQL_REWARD_CODE_OF);
    char place[PLACE_SIZE];
    struct str hash;
    bool found;

    *out = (struct str){"", 0};
    stmt_bind_int(s, ":voucher_id", voucher_id);
    if (stmt_step(s, &found, e))
        return err_wrap(e, "code of voucher %" PRId64, voucher_id);
    if (!found)
        return OK;
    hash = stmt_blob(s, 1); /* 16 bytes, by the table's own rule */
    return sealed_open(keys_of(db)->reward, stmt_blob(s, 0),
                       place_of((const uint8_t *)hash.at, place), a, out, e);
}
