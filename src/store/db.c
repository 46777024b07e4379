#include "store/db.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/db_raw.h"
#include "store/migrate.h"

#define CACHE_KIB 2048
#define READER_WAIT_MS 250 /* readers wait only while a crashed writer's WAL is being recovered */
#define WRITER_WAIT_MS 2000
#define STEPS_A_CALL 1000      /* how often SQLite asks whether a statement may go on */
#define WAL_LIMIT_PAGES 16000  /* then readers are waited for, so that the WAL can start again */
#define WAL_RESTART_WAIT_MS 50 /* but no longer than this */
#define WAL_KEPT_BYTES "67108864"

struct text {
    const char *name;
    const char *text;
    const char *claim;
};

static const struct text statement[] = {
#define SQL(id, sql) [SQL_##id] = {.name = #id, .text = sql},
#define CHECK(id, what, sql)
#include "store/sql.def"
#undef SQL
#undef CHECK
};

static const struct text invariant[] = {
#define SQL(id, sql)
#define CHECK(id, what, sql) [CHECK_##id] = {.name = #id, .text = sql, .claim = what},
#include "store/sql.def"
#undef SQL
#undef CHECK
};

enum control { BEGIN_READ, BEGIN_WRITE, COMMIT, ROLLBACK, SAVE, RELEASE, UNDO, CONTROL_COUNT };

static const struct text control[] = {
    [BEGIN_READ] = {.name = "BEGIN", .text = "BEGIN"},
    [BEGIN_WRITE] = {.name = "BEGIN", .text = "BEGIN IMMEDIATE"},
    [COMMIT] = {.name = "COMMIT", .text = "COMMIT"},
    [ROLLBACK] = {.name = "ROLLBACK", .text = "ROLLBACK"},
    [SAVE] = {.name = "SAVEPOINT", .text = "SAVEPOINT job"},
    [RELEASE] = {.name = "RELEASE", .text = "RELEASE job"},
    [UNDO] = {.name = "ROLLBACK TO", .text = "ROLLBACK TO job"},
};

struct db {
    sqlite3 *handle;
    enum db_mode mode;
    const void *context;
    int lock_fd; /* of the one writer; -1 */
    bool is_broken;
    int64_t step_limit;
    int64_t steps_left;
    int64_t wal_pages;
    int64_t wal_moved; /* of them, already in the file */
    struct stmt controls[CONTROL_COUNT];
    struct stmt stmts[SQL_COUNT];
    struct stmt checks[CHECK_COUNT];
};

/* ---------------------------------------------------------------- errors */

/*
 * Whether the file or the disk can no longer be believed. After a failed fsync the kernel may have
 * dropped the pages and call the next one a success; so nothing but a new start may go on.
 * Source: https://wiki.postgresql.org/wiki/Fsync_Errors
 */
static bool
says_broken(int code)
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
    if (says_broken(code) && !says_full(db->handle, code))
        db->is_broken = true;
    return db_fail_raw(db->handle, code, what, e);
}

bool
db_is_broken(const struct db *db)
{
    return db->is_broken;
}

/* ---------------------------------------------------------------- opening */

/* SQLite's counting of its own memory takes one lock for all threads. */
static void
library_configure(void)
{
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    sqlite3_initialize();
}

void
db_library_start(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, library_configure);
}

enum err_code
db_lock(const char *path, int *fd_out, struct err *e)
{
    char name[4096];
    int fd;

    if ((size_t)snprintf(name, sizeof(name), "%s-lock", path) >= sizeof(name))
        return err_set(e, ERR_INTERNAL, "database_failed", "path too long: %.64s...", path);
    fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return err_set(e, ERR_INTERNAL, "database_failed", "open %s: %s", name, strerror(errno));
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        err_set(e, ERR_BUSY, "database_in_use", "another process writes %s: %s", path,
                strerror(errno));
        close(fd);
        return e->code;
    }
    *fd_out = fd;
    return OK;
}

/* Once the statements stand, nothing but work on rows is left to do. */
static int
authorize(void *context, int action, const char *a, const char *b, const char *c, const char *d)
{
    (void)context, (void)a, (void)b, (void)c, (void)d;
    switch (action) {
    case SQLITE_SELECT:
    case SQLITE_READ:
    case SQLITE_FUNCTION:
    case SQLITE_RECURSIVE:
    case SQLITE_INSERT:
    case SQLITE_UPDATE:
    case SQLITE_DELETE:
    case SQLITE_TRANSACTION:
    case SQLITE_SAVEPOINT:
        return SQLITE_OK;
    default:
        return SQLITE_DENY;
    }
}

static int
count_steps(void *context)
{
    struct db *db = context;

    db->steps_left -= STEPS_A_CALL;
    return db->steps_left < 0;
}

void
db_steps_restart(struct db *db)
{
    db->steps_left = db->step_limit;
}

static int
note_wal(void *context, sqlite3 *handle, const char *name, int pages)
{
    struct db *db = context;

    (void)handle, (void)name;
    if (pages < db->wal_moved)
        db->wal_moved = 0; /* it started again */
    db->wal_pages = pages;
    return SQLITE_OK;
}

/* As small as our own statements allow. Source: https://sqlite.org/security.html, section 1.2 */
static void
set_limits(sqlite3 *handle)
{
    static const struct {
        int id;
        int most;
    } limit[] = {
        {SQLITE_LIMIT_LENGTH, 4 * 1024 * 1024},
        {SQLITE_LIMIT_SQL_LENGTH, 100000},
        {SQLITE_LIMIT_COLUMN, 100},
        {SQLITE_LIMIT_EXPR_DEPTH, 100},
        {SQLITE_LIMIT_COMPOUND_SELECT, 50},
        {SQLITE_LIMIT_VDBE_OP, 25000},
        {SQLITE_LIMIT_FUNCTION_ARG, 32},
        {SQLITE_LIMIT_ATTACHED, 0},
        {SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 256},
        {SQLITE_LIMIT_VARIABLE_NUMBER, 64},
        {SQLITE_LIMIT_TRIGGER_DEPTH, 10},
        {SQLITE_LIMIT_WORKER_THREADS, 0},
    };

    for (size_t i = 0; i < sizeof(limit) / sizeof(limit[0]); i++)
        sqlite3_limit(handle, limit[i].id, limit[i].most);
}

static enum err_code
set_pragmas(struct db *db, const struct db_options *options, struct err *e)
{
    static const char both[] = "PRAGMA trusted_schema = OFF;"
                               "PRAGMA cell_size_check = ON;"
                               "PRAGMA mmap_size = 0;"
                               "PRAGMA temp_store = MEMORY;";
    /* FULL, not the NORMAL that is often advised for WAL: with it, a power cut takes answered
     * transactions back. */
    static const char writer[] = "PRAGMA journal_mode = WAL;"
                                 "PRAGMA synchronous = FULL;"
                                 "PRAGMA foreign_keys = ON;"
                                 "PRAGMA secure_delete = ON;"
                                 "PRAGMA journal_size_limit = " WAL_KEPT_BYTES ";";
    char cache[64];
    int code;

    snprintf(cache, sizeof(cache), "PRAGMA cache_size = -%lld",
             (long long)(options->cache_kib > 0 ? options->cache_kib : CACHE_KIB));
    code = sqlite3_exec(db->handle, both, NULL, NULL, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_exec(db->handle, cache, NULL, NULL, NULL);
    if (code == SQLITE_OK && db->mode == DB_WRITE)
        code = sqlite3_exec(db->handle, writer, NULL, NULL, NULL);
    return code == SQLITE_OK ? OK : db_fail(db, code, "settings", e);
}

static enum err_code
set_up(struct db *db, const struct db_options *options, struct err *e)
{
    sqlite3_extended_result_codes(db->handle, 1);
    sqlite3_busy_timeout(db->handle, db->mode == DB_WRITE ? WRITER_WAIT_MS : READER_WAIT_MS);
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, NULL);
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
    if (db->mode == DB_READ)
        sqlite3_db_config(db->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    if (set_pragmas(db, options, e))
        return e->code;
    sqlite3_wal_autocheckpoint(db->handle, 0);
    sqlite3_wal_hook(db->handle, note_wal, db); /* after the line above, which sets one too */
    set_limits(db->handle);
    db->step_limit = options->step_limit;
    if (options->step_limit > 0)
        sqlite3_progress_handler(db->handle, STEPS_A_CALL, count_steps, db);
    return OK;
}

static enum err_code
check_version(struct db *db, struct err *e)
{
    struct stmt s;
    bool row;
    int64_t version = 0;

    if (stmt_open(&s, db, "user_version", "PRAGMA user_version", e))
        return e->code;
    stmt_take(&s);
    if (stmt_step(&s, &row, e) == OK) {
        version = stmt_int(&s, 0);
        if (version != migrate_latest())
            err_set(e, ERR_CONFLICT, "schema_version",
                    "schema version %lld, this program's is %lld", (long long)version,
                    (long long)migrate_latest());
    }
    stmt_close(&s);
    return version == migrate_latest() ? OK : e->code;
}

static enum err_code
prepare_all(struct db *db, struct err *e)
{
    sqlite3_set_authorizer(db->handle, authorize, NULL);
    for (int i = 0; i < CONTROL_COUNT; i++)
        if (stmt_open(&db->controls[i], db, control[i].name, control[i].text, e))
            return e->code;
    for (int i = 0; i < SQL_COUNT; i++) {
        if (stmt_open(&db->stmts[i], db, statement[i].name, statement[i].text, e))
            return e->code;
        /* Proven to compile; of no use on a connection that cannot write. */
        if (db->mode == DB_READ && !sqlite3_stmt_readonly(db->stmts[i].raw))
            stmt_close(&db->stmts[i]);
    }
    return OK;
}

enum err_code
db_open(struct db **out, const char *path, const struct db_options *options, struct err *e)
{
    int access = options->mode == DB_WRITE ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY;
    struct stat file;
    struct db *db;
    int code;

    if (stat(path, &file) != 0 && errno == ENOENT)
        return err_set(e, ERR_NOT_FOUND, "database_missing", "no database at %s", path);
    db_library_start();
    db = calloc(1, sizeof(*db));
    if (db == NULL)
        return err_set(e, ERR_INTERNAL, "no_memory", "open %s: no memory", path);
    db->mode = options->mode;
    db->lock_fd = -1;
    if (db->mode == DB_WRITE && db_lock(path, &db->lock_fd, e))
        goto fail;
    code = sqlite3_open_v2(path, &db->handle, access | SQLITE_OPEN_NOMUTEX, NULL);
    if (code != SQLITE_OK) {
        db_fail(db, code, "open", e);
        goto fail;
    }
    if (set_up(db, options, e) || check_version(db, e) || prepare_all(db, e))
        goto fail;
    *out = db;
    return OK;

fail:
    db_close(db);
    return err_wrap(e, "database %s", path);
}

void
db_close(struct db *db)
{
    int code;

    if (db == NULL)
        return;
    for (int i = 0; i < CONTROL_COUNT; i++)
        stmt_close(&db->controls[i]);
    for (int i = 0; i < SQL_COUNT; i++)
        stmt_close(&db->stmts[i]);
    for (int i = 0; i < CHECK_COUNT; i++)
        stmt_close(&db->checks[i]);
    if (db->is_broken) /* keep the WAL as it is for the next start to judge */
        sqlite3_db_config(db->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    code = sqlite3_close(db->handle);
    assert(code == SQLITE_OK);
    (void)code;
    if (db->lock_fd >= 0)
        close(db->lock_fd);
    free(db);
}

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

sqlite3 *
db_handle(struct db *db)
{
    return db->handle;
}

/* ---------------------------------------------------------------- statements */

struct stmt *
db_stmt(struct db *db, enum sql_id id)
{
    return stmt_take(&db->stmts[id]);
}

struct stmt *
db_check_stmt(struct db *db, enum check_id id)
{
    struct err ignored;

    if (db->checks[id].raw == NULL &&
        stmt_open(&db->checks[id], db, invariant[id].name, invariant[id].text, &ignored))
        return NULL;
    return stmt_take(&db->checks[id]);
}

const char *
db_check_name(enum check_id id)
{
    return invariant[id].name;
}

const char *
db_check_claim(enum check_id id)
{
    return invariant[id].claim;
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
    return OK;
}

enum err_code
db_commit(struct db_tx *tx, struct err *e)
{
    enum err_code code =
        tx->is_inner ? db_savepoint_release(tx->db, e) : run_control(tx->db, COMMIT, e);

    if (code == OK)
        tx->db = NULL;
    else
        db_rollback(tx);
    return code;
}

void
db_rollback(struct db_tx *tx)
{
    struct db *db = tx->db;
    struct err ignored;

    if (db == NULL)
        return;
    tx->db = NULL;
    if (!db_in_tx(db)) /* some errors end the transaction by themselves */
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
    bool is_long = db->wal_pages > WAL_LIMIT_PAGES;
    int pages = 0;
    int moved = 0;
    int code;

    assert(db->mode == DB_WRITE);
    if (is_long)
        sqlite3_busy_timeout(db->handle, WAL_RESTART_WAIT_MS);
    code = sqlite3_wal_checkpoint_v2(
        db->handle, "main", is_long ? SQLITE_CHECKPOINT_RESTART : SQLITE_CHECKPOINT_PASSIVE, &pages,
        &moved);
    if (is_long)
        sqlite3_busy_timeout(db->handle, WRITER_WAIT_MS);
    if (code != SQLITE_OK && code != SQLITE_BUSY)
        return db_fail(db, code, "checkpoint", e);
    if (pages >= 0) {
        db->wal_pages = pages;
        db->wal_moved = moved;
    }
    return OK;
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

/* ---------------------------------------------------------------- soundness */

/* The first row of a PRAGMA, its columns joined; "" when there is none. SQLite's code. */
static int
first_row(sqlite3 *handle, const char *text, char *out, size_t cap)
{
    sqlite3_stmt *s = NULL;
    size_t n = 0;
    int code = sqlite3_prepare_v2(handle, text, -1, &s, NULL);

    out[0] = '\0';
    if (code == SQLITE_OK)
        code = sqlite3_step(s);
    for (int i = 0; code == SQLITE_ROW && i < sqlite3_column_count(s) && n < cap; i++) {
        const char *column = (const char *)sqlite3_column_text(s, i);

        n += (size_t)snprintf(out + n, cap - n, "%s%s", i > 0 ? " " : "",
                              column == NULL ? "NULL" : column);
    }
    sqlite3_finalize(s);
    return code == SQLITE_ROW || code == SQLITE_DONE ? SQLITE_OK : code;
}

static enum err_code
look_at_everything(struct db *db, sqlite3 *handle, struct err *e)
{
    char complaint[200];
    int code = first_row(handle, "PRAGMA integrity_check(1)", complaint, sizeof(complaint));

    if (code == SQLITE_OK && strcmp(complaint, "ok") != 0)
        return err_set(e, ERR_CONFLICT, "integrity_check", "integrity_check: %s", complaint);
    if (code == SQLITE_OK)
        code = first_row(handle, "PRAGMA foreign_key_check", complaint, sizeof(complaint));
    if (code == SQLITE_OK && complaint[0] != '\0')
        return err_set(e, ERR_CONFLICT, "foreign_key_check", "foreign_key_check: %s", complaint);
    if (code == SQLITE_OK)
        return OK;
    if (says_broken(code))
        db->is_broken = true;
    return db_fail_raw(handle, code, "integrity", e);
}

/*
 * A connection of its own, because one that was opened read-only leaves the CHECK constraints out
 * of integrity_check (SQLite does not even parse them: sqlite3AddCheckConstraint in build.c). It
 * neither writes nor checkpoints.
 */
enum err_code
db_integrity(struct db *db, struct err *e)
{
    sqlite3 *handle;
    int code = sqlite3_open_v2(sqlite3_db_filename(db->handle, "main"), &handle,
                               SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);

    sqlite3_db_config(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    sqlite3_extended_result_codes(handle, 1);
    sqlite3_busy_timeout(handle, READER_WAIT_MS);
    if (code == SQLITE_OK)
        code = sqlite3_exec(handle, "PRAGMA query_only = ON; PRAGMA cell_size_check = ON", NULL,
                            NULL, NULL);
    if (code == SQLITE_OK)
        code = look_at_everything(db, handle, e) == OK ? SQLITE_OK : SQLITE_ERROR;
    else
        db_fail_raw(handle, code, "integrity", e);
    sqlite3_close(handle);
    return code == SQLITE_OK ? OK : e->code;
}
