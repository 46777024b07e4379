#include "store/migrate.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/db_raw.h"

#define PAGE_BYTES "4096"
#define APPLICATION_ID "1937010032" /* "stmp": what file(1) sees */

extern const char store_schema_sql[]; /* schema.S */

/* step[n] brings version n to n + 1. Never edit one that was released: add another. */
static const char *const step[] = {
    store_schema_sql,
};

int64_t
migrate_latest(void)
{
    return (int64_t)(sizeof(step) / sizeof(step[0]));
}

/* SQLite's own code, SQLITE_OK when *out was set. */
static int
query(sqlite3 *handle, const char *sql, int64_t *out)
{
    sqlite3_stmt *s = NULL;
    int code = sqlite3_prepare_v2(handle, sql, -1, &s, NULL);

    if (code == SQLITE_OK)
        code = sqlite3_step(s);
    if (code == SQLITE_ROW)
        *out = sqlite3_column_int64(s, 0);
    sqlite3_finalize(s);
    return code == SQLITE_ROW ? SQLITE_OK : code;
}

static enum err_code
read_int(sqlite3 *handle, const char *sql, int64_t *out, struct err *e)
{
    int code = query(handle, sql, out);

    return code == SQLITE_OK ? OK : db_fail_raw(handle, code, sql, e);
}

static enum err_code
execute(sqlite3 *handle, const char *sql, const char *what, struct err *e)
{
    int code = sqlite3_exec(handle, sql, NULL, NULL, NULL);

    return code == SQLITE_OK ? OK : db_fail_raw(handle, code, what, e);
}

static enum err_code
open_file(const char *path, int flags, sqlite3 **out, struct err *e)
{
    int code;

    db_library_start();
    code = sqlite3_open_v2(path, out, flags | SQLITE_OPEN_NOMUTEX, NULL);
    if (code != SQLITE_OK) {
        db_fail_raw(*out, code, "open", e);
        sqlite3_close(*out);
        return e->code;
    }
    sqlite3_extended_result_codes(*out, 1);
    sqlite3_busy_timeout(*out, 2000);
    sqlite3_wal_autocheckpoint(*out, 0);
    return OK;
}

enum err_code
migrate_version(const char *path, int64_t *version_out, struct err *e)
{
    struct stat file;
    sqlite3 *handle;
    int code;

    if (stat(path, &file) != 0 && errno == ENOENT) {
        *version_out = 0;
        return OK;
    }
    if (open_file(path, SQLITE_OPEN_READONLY, &handle, e))
        return err_wrap(e, "database %s", path);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    code = query(handle, "PRAGMA user_version", version_out);
    if (code == SQLITE_READONLY_ROLLBACK)
        *version_out = 0; /* a crash on the way to WAL; migrate_up begins again */
    else if (code != SQLITE_OK)
        db_fail_raw(handle, code, "PRAGMA user_version", e);
    sqlite3_close(handle);
    return code == SQLITE_OK || code == SQLITE_READONLY_ROLLBACK ? OK
                                                                 : err_wrap(e, "database %s", path);
}

/* An empty file, mode 0600, whose name survives a power cut. What is there already is left alone.
 */
static enum err_code
create_file(const char *path, struct err *e)
{
    char copy[4096];
    int fd;
    int synced;

    if (strlen(path) >= sizeof(copy))
        return err_set(e, ERR_INTERNAL, "database_failed", "path too long");
    fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0 && errno == EEXIST)
        return OK;
    if (fd < 0)
        return err_set(e, ERR_INTERNAL, "database_failed", "create: %s", strerror(errno));
    close(fd);
    memcpy(copy, path, strlen(path) + 1); /* dirname writes into it */
    fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    synced = fd < 0 ? -1 : fsync(fd);
    if (fd >= 0)
        close(fd);
    return synced == 0
               ? OK
               : err_set(e, ERR_INTERNAL, "database_failed", "sync directory: %s", strerror(errno));
}

/* One migration: the step, the proof that no reference broke, and the new number, or nothing. */
static enum err_code
take_step(sqlite3 *handle, int64_t version, struct err *e)
{
    char number[64];
    int64_t orphans;

    snprintf(number, sizeof(number), "PRAGMA user_version = %lld", (long long)version + 1);
    if (execute(handle, "BEGIN IMMEDIATE", "begin", e))
        return e->code;
    if (execute(handle, step[version], "migration", e) ||
        read_int(handle, "SELECT count(*) FROM pragma_foreign_key_check", &orphans, e))
        goto undo;
    if (orphans > 0) {
        err_set(e, ERR_CONFLICT, "foreign_key_check", "%lld broken references", (long long)orphans);
        goto undo;
    }
    if (execute(handle, number, number, e) || execute(handle, "COMMIT", "commit", e))
        goto undo;
    return OK;

undo:
    sqlite3_exec(handle, "ROLLBACK", NULL, NULL, NULL);
    return err_wrap(e, "to version %lld", (long long)version + 1);
}

static enum err_code
upgrade(sqlite3 *handle, struct err *e)
{
    int64_t version;
    int64_t tables;

    /* The page size can be chosen only before the first table and before WAL. */
    if (read_int(handle, "PRAGMA user_version", &version, e) ||
        read_int(handle, "SELECT count(*) FROM sqlite_schema", &tables, e))
        return e->code;
    if (version == 0 && tables > 0)
        return err_set(e, ERR_CONFLICT, "not_a_book", "holds tables, but not ours");
    if (version == 0 && execute(handle,
                                "PRAGMA page_size = " PAGE_BYTES ";"
                                "PRAGMA application_id = " APPLICATION_ID ";",
                                "page size", e))
        return e->code;
    /* Foreign keys are off here, so that a step may rebuild a table; take_step checks them. */
    if (execute(handle,
                "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = OFF",
                "settings", e))
        return e->code;
    for (; version < migrate_latest(); version++)
        if (take_step(handle, version, e))
            return e->code;
    return OK;
}

enum err_code
migrate_up(const char *path, struct err *e)
{
    sqlite3 *handle;
    enum err_code code;
    int64_t version;
    int lock_fd;

    if (migrate_version(path, &version, e))
        return e->code;
    if (version > migrate_latest())
        return err_set(e, ERR_CONFLICT, "schema_newer", "database %s: version %lld, ours is %lld",
                       path, (long long)version, (long long)migrate_latest());
    if (version == migrate_latest())
        return OK;
    if (db_lock(path, &lock_fd, e))
        return e->code;
    code = create_file(path, e);
    if (code == OK)
        code = open_file(path, SQLITE_OPEN_READWRITE, &handle, e);
    if (code == OK) {
        code = upgrade(handle, e);
        sqlite3_close(handle);
    }
    close(lock_fd);
    return code == OK ? OK : err_wrap(e, "database %s", path);
}
