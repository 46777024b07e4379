#include "store/db_raw.h"

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

#include "store/migrate.h"

#define CACHE_KIB 2048
#define READER_WAIT_MS 250 /* readers wait only while a crashed writer's WAL is being recovered */
#define STEPS_A_CALL 1000  /* how often SQLite asks whether a statement may go on */
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

static const struct text control[] = {
    [BEGIN_READ] = {.name = "BEGIN", .text = "BEGIN"},
    [BEGIN_WRITE] = {.name = "BEGIN", .text = "BEGIN IMMEDIATE"},
    [COMMIT] = {.name = "COMMIT", .text = "COMMIT"},
    [ROLLBACK] = {.name = "ROLLBACK", .text = "ROLLBACK"},
    [SAVE] = {.name = "SAVEPOINT", .text = "SAVEPOINT job"},
    [RELEASE] = {.name = "RELEASE", .text = "RELEASE job"},
    [UNDO] = {.name = "ROLLBACK TO", .text = "ROLLBACK TO job"},
};

/* ---------------------------------------------------------------- one writer, one library */

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

/* ---------------------------------------------------------------- settings */

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
    if (code == SQLITE_OK && options->reads_all)
        code = sqlite3_exec(db->handle, "PRAGMA temp_store = FILE", NULL, NULL, NULL);
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
    sqlite3_busy_timeout(db->handle, db->mode == DB_WRITE ? DB_WRITER_WAIT_MS : READER_WAIT_MS);
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
    changed_watch(db, options->versions);
    set_limits(db->handle);
    db->step_limit = options->step_limit;
    if (options->step_limit > 0)
        sqlite3_progress_handler(db->handle, STEPS_A_CALL, count_steps, db);
    return OK;
}

/* ---------------------------------------------------------------- opening */

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
        return err_set(e, ERR_INTERNAL, "out_of_memory", "open %s: no memory", path);
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
    free(db->memory);
    free(db);
}

/* ---------------------------------------------------------------- the lists */

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
