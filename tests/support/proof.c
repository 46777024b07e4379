#include "tests/support/proof.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "domain/check.h"
#include "store/db_raw.h"

#define TABLES_MAX 128

struct proof {
    struct db *db;
    sqlite3_stmt *table[TABLES_MAX];
    size_t tables_n;
    char complaint[200];
};

/* ---------------------------------------------------------------- opening */

static enum err_code
prepare(struct proof *p, const char *name, struct err *e)
{
    char *sql = sqlite3_mprintf("SELECT * FROM \"%w\"", name);
    int code = p->tables_n == TABLES_MAX
                   ? SQLITE_TOOBIG
                   : sqlite3_prepare_v3(p->db->handle, sql, -1, SQLITE_PREPARE_PERSISTENT,
                                        &p->table[p->tables_n], NULL);

    sqlite3_free(sql);
    if (code != SQLITE_OK)
        return err_set(e, ERR_INTERNAL, "proof_failed", "%s: %s", name, sqlite3_errstr(code));
    p->tables_n++;
    return OK;
}

static enum err_code
prepare_all(struct proof *p, struct err *e)
{
    static const char tables[] =
        "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name";
    sqlite3_stmt *s = NULL;
    enum err_code code = OK;

    if (sqlite3_prepare_v2(p->db->handle, tables, -1, &s, NULL) != SQLITE_OK)
        code = err_set(e, ERR_INTERNAL, "proof_failed", "%s", sqlite3_errmsg(p->db->handle));
    while (code == OK && sqlite3_step(s) == SQLITE_ROW)
        code = prepare(p, (const char *)sqlite3_column_text(s, 0), e);
    sqlite3_finalize(s);
    return code;
}

enum err_code
proof_open(struct proof **out, const char *path, const struct keys *keys, struct err *e)
{
    struct proof *p = calloc(1, sizeof(*p));

    if (p == NULL)
        return err_set(e, ERR_INTERNAL, "out_of_memory", "proof: no memory");
    if (db_open(&p->db, path, &(struct db_options){.mode = DB_WRITE}, e) || prepare_all(p, e)) {
        proof_close(p);
        return e->code;
    }
    db_attach(p->db, keys);
    *out = p;
    return OK;
}

void
proof_close(struct proof *p)
{
    if (p == NULL)
        return;
    for (size_t i = 0; i < p->tables_n; i++)
        sqlite3_finalize(p->table[i]);
    db_close(p->db);
    free(p);
}

/* ---------------------------------------------------------------- proving */

static void
note(void *context, const struct check_line *line)
{
    struct proof *p = context;

    if (!line->holds && p->complaint[0] == '\0')
        snprintf(p->complaint, sizeof(p->complaint), "%s: %s", line->name, line->detail);
}

enum err_code
proof_check(struct proof *p, bool is_quick, struct err *e)
{
    struct check_options options = {.is_quick = is_quick};
    bool sound = false;

    p->complaint[0] = '\0';
    if (check_run(p->db, &options, note, p, &sound, e))
        return e->code;
    return sound ? OK : err_set(e, ERR_CONFLICT, "unsound", "%s", p->complaint);
}

/* FNV-1a: nobody means to deceive us here. */
static void
add(uint64_t *number, const void *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        *number = (*number ^ ((const uint8_t *)bytes)[i]) * 0x100000001B3u;
}

static void
add_row(uint64_t *number, sqlite3_stmt *s)
{
    for (int i = 0; i < sqlite3_column_count(s); i++) {
        int type = sqlite3_column_type(s, i);
        const void *bytes = sqlite3_column_blob(s, i);
        int n = sqlite3_column_bytes(s, i);

        add(number, &type, sizeof(type));
        add(number, &n, sizeof(n));
        add(number, bytes, (size_t)n);
    }
}

enum err_code
proof_number(struct proof *p, uint64_t *number_out, struct err *e)
{
    uint64_t number = 0xCBF29CE484222325u;
    DB_TX tx = {0};

    if (db_begin(p->db, &tx, e))
        return e->code;
    for (size_t i = 0; i < p->tables_n; i++) {
        int code;

        while ((code = sqlite3_step(p->table[i])) == SQLITE_ROW)
            add_row(&number, p->table[i]);
        sqlite3_reset(p->table[i]);
        add(&number, &i, sizeof(i));
        if (code != SQLITE_DONE)
            return err_set(e, ERR_INTERNAL, "proof_failed", "table %zu: %s", i,
                           sqlite3_errstr(code));
    }
    *number_out = number;
    return OK;
}

enum err_code
proof_has(struct proof *p, enum chain chain, const struct chain_head *head, struct err *e)
{
    const char *sql = chain == CHAIN_TRANSFER ? "SELECT mac FROM transfer WHERE seq = ?1"
                                              : "SELECT mac FROM audit WHERE seq = ?1";
    sqlite3_stmt *s = NULL;
    bool has = head->seq == 0;

    if (!has && sqlite3_prepare_v2(p->db->handle, sql, -1, &s, NULL) == SQLITE_OK) {
        sqlite3_bind_int64(s, 1, head->seq);
        has = sqlite3_step(s) == SQLITE_ROW && sqlite3_column_bytes(s, 0) == MAC_SIZE &&
              memcmp(sqlite3_column_blob(s, 0), head->mac, MAC_SIZE) == 0;
        sqlite3_finalize(s);
    }
    return has ? OK
               : err_set(e, ERR_NOT_FOUND, "lost", "%s %lld is not there",
                         chain == CHAIN_TRANSFER ? "transfer" : "audit", (long long)head->seq);
}
