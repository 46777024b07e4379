#include "store/db.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#include "base/clock.h"
#include "store/db_raw.h"

#define WAL_LIMIT_PAGES 16000 /* then readers are waited for, so that the WAL can start again */
#define READERS_WAIT_MS 50    /* but no longer than this */
#define READERS_REST_MS 1000  /* and not again so soon: one may read for minutes */

/* ---------------------------------------------------------------- errors */

/*
 * Whether the file or the disk can no longer be believed. After a failed fsync the kernel may have
 * dropped the pages and call the next one a success; so nothing but a new start may go on.
 * Source: https://wiki.postgresql.org/wiki/Fsync_Errors
 */
bool
db_says_broken(int code)
{
    switch (code & 0xFF) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return true;
    case SQLITE_IOERR:
        return code != SQLITE_IOERR_NOMEM && code != SQLITE_IOERR_BLOCKED;
    default:
        return false;
    }
}

static bool
says_full(sqlite3 *handle, int code)
{
    int cause = sqlite3_system_errno(handle);

    if ((code & 0xFF) == SQLITE_FULL)
        return true;
    return (code & 0xFF) == SQLITE_IOERR && code != SQLITE_IOERR_FSYNC &&
           (cause == ENOSPC || cause == EDQUOT);
}

enum err_code
db_fail_raw(sqlite3 *handle, int code, const char *what, struct err *e)
{
    const char *why = handle == NULL ? sqlite3_errstr(code) : sqlite3_errmsg(handle);

    if (handle != NULL && says_full(handle, code))
        return err_set(e, ERR_FULL, "disk_full", "%s: %s", what, why);
    switch (code & 0xFF) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return err_set(e, ERR_BUSY, "database_busy", "%s: %s (%d)", what, why, code);
    case SQLITE_INTERRUPT:
        return err_set(e, ERR_BUSY, "query_too_long", "%s: over its limit of steps", what);
    case SQLITE_CONSTRAINT:
        return err_set(e, ERR_CONFLICT, "constraint", "%s: %s (%d)", what, why, code);
    default:
        return err_set(e, ERR_INTERNAL, "database_failed", "%s: %s (%d)", what, why, code);
    }
}

enum err_code
db_fail(struct db *db, int code, const char *what, struct err *e)
{
    if (db_says_broken(code) && !says_full(db->handle, code))
        db->is_broken = true;
    return db_fail_raw(db->handle, code, what, e);
}

bool
db_is_broken(const struct db *db)
{
    return db->is_broken;
}

/* ---------------------------------------------------------------- what a connection knows */

void
db_attach(struct db *db, const void *context)
{
    db->context = context;
}

const void *
db_context(const struct db *db)
{
    return db->context;
}

void *
db_memory(struct db *db, size_t n)
{
    if (db->memory == NULL)
        db->memory = calloc(1, n);
    return db->memory;
}

int64_t
db_changes(const struct db *db)
{
    return sqlite3_changes64(db->handle);
}

int64_t
db_last_id(const struct db *db)
{
    return sqlite3_last_insert_rowid(db->handle);
}

/* ---------------------------------------------------------------- transactions */

static enum err_code
run_control(struct db *db, enum control id, struct err *e)
{
    STMT s = stmt_take(&db->controls[id]);

    return stmt_run(s, e);
}

int64_t
db_tx_number(const struct db *db)
{
    return db->tx_number;
}

bool
db_in_tx(const struct db *db)
{
    return !sqlite3_get_autocommit(db->handle);
}

enum err_code
db_begin(struct db *db, struct db_tx *tx, struct err *e)
{
    bool is_inner = db_in_tx(db);
    enum control begin = db->mode == DB_WRITE ? BEGIN_WRITE : BEGIN_READ;

    if (run_control(db, is_inner ? SAVE : begin, e))
        return e->code;
    *tx = (struct db_tx){.db = db, .is_inner = is_inner};
    db->tx_number += !is_inner;
    db->expects_tx = true;
    return OK;
}

enum err_code
db_commit(struct db_tx *tx, struct err *e)
{
    enum err_code code =
        tx->is_inner ? db_savepoint_release(tx->db, e) : run_control(tx->db, COMMIT, e);

    if (code != OK) {
        db_rollback(tx);
        return code;
    }
    if (!tx->is_inner)
        changed_commit(tx->db);
    tx->db->expects_tx = tx->is_inner;
    tx->db = NULL;
    return OK;
}

void
db_rollback(struct db_tx *tx)
{
    struct db *db = tx->db;
    struct err ignored;

    if (db == NULL)
        return;
    tx->db = NULL;
    db->expects_tx = tx->is_inner;
    if (!tx->is_inner)
        changed_commit(db); /* a COMMIT that failed may yet have come to pass */
    if (!db_in_tx(db))      /* some errors end the transaction by themselves */
        return;
    if (tx->is_inner ? db_savepoint_undo(db, &ignored) : run_control(db, ROLLBACK, &ignored))
        db->is_broken = true;
}

enum err_code
db_savepoint(struct db *db, struct err *e)
{
    return run_control(db, SAVE, e);
}

enum err_code
db_savepoint_release(struct db *db, struct err *e)
{
    int owed = 0;
    int most;

    /* Deferred foreign keys would otherwise fail the COMMIT, and with it the whole batch. */
    sqlite3_db_status(db->handle, SQLITE_DBSTATUS_DEFERRED_FKS, &owed, &most, 0);
    if (owed)
        return err_set(e, ERR_CONFLICT, "constraint", "RELEASE: a deferred foreign key is open");
    return run_control(db, RELEASE, e);
}

enum err_code
db_savepoint_undo(struct db *db, struct err *e)
{
    if (run_control(db, UNDO, e))
        return e->code;
    return run_control(db, RELEASE, e);
}

/* ---------------------------------------------------------------- the write-ahead log */

enum err_code
db_checkpoint(struct db *db, struct err *e)
{
    bool waits = db->must_forget || db->wal_pages > WAL_LIMIT_PAGES;
    int mode = db->must_forget ? SQLITE_CHECKPOINT_TRUNCATE
               : waits         ? SQLITE_CHECKPOINT_RESTART
                               : SQLITE_CHECKPOINT_PASSIVE;
    int64_t now_ms = clock_monotonic_ms();
    int pages = 0;
    int moved = 0;
    int code;

    assert(db->mode == DB_WRITE);
    if (waits)
        sqlite3_busy_timeout(db->handle, now_ms < db->wait_again_ms ? 0 : READERS_WAIT_MS);
    code = sqlite3_wal_checkpoint_v2(db->handle, "main", mode, &pages, &moved);
    if (waits)
        sqlite3_busy_timeout(db->handle, DB_WRITER_WAIT_MS);
    if (code != SQLITE_OK && code != SQLITE_BUSY)
        return db_fail(db, code, "checkpoint", e);
    if (code == SQLITE_OK)
        db->must_forget = false;
    else if (now_ms >= db->wait_again_ms)
        db->wait_again_ms = now_ms + READERS_REST_MS;
    if (pages >= 0) {
        db->wal_pages = pages;
        db->wal_moved = moved;
    }
    return OK;
}

void
db_forget(struct db *db)
{
    db->must_forget = true;
}

bool
db_must_forget(const struct db *db)
{
    return db->must_forget;
}

int64_t
db_wal_pages(const struct db *db)
{
    return db->wal_pages;
}

int64_t
db_wal_backlog(const struct db *db)
{
    return db->wal_pages - db->wal_moved;
}
