/*
 * db.h - one connection to the book, and the statements it may run.
 *
 * Every statement stands in store/sql.def and is prepared when the connection opens, so a typo in
 * SQL fails at start-up. A connection belongs to one thread at a time. The writer's connection is
 * the only one that writes and checkpoints; every other is opened read-only (SQLite before 3.51.3
 * can lose a commit when two connections checkpoint a WAL: https://sqlite.org/wal.html).
 */
#ifndef STORE_DB_H
#define STORE_DB_H

#include "base/err.h"
#include "base/str.h"
#include "base/versions.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum sql_id {
#define SQL(name, text) SQL_##name,
#define CHECK(name, claim, text)
#include "store/sql.def"
#undef SQL
#undef CHECK
    SQL_COUNT
};

/* The invariants of `stampd check`: each a query that returns no row when the book is sound. */
enum check_id {
#define SQL(name, text)
#define CHECK(name, claim, text) CHECK_##name,
#include "store/sql.def"
#undef SQL
#undef CHECK
    CHECK_COUNT
};

struct db;
struct stmt;

enum db_mode { DB_READ, DB_WRITE };

struct db_options {
    enum db_mode mode;
    int64_t cache_kib;         /* SQLite's page cache of this connection; 0: 2048 */
    struct versions *versions; /* DB_WRITE: told what every commit changes, see store/changed.h;
                                  borrowed, may be NULL */
    bool reads_all; /* it looks at every row: what it sorts may fill files instead of the memory */
    int64_t step_limit; /* steps of SQLite's machine that one statement may take before it fails
                           with ERR_BUSY "query_too_long"; 0: no limit */
};

/*
 * Open an existing file at the schema version this program knows (store/migrate.h makes and
 * upgrades it). New (free with db_close).
 *
 * A file has one DB_WRITE connection at a time, in all processes: a lock on <path>-lock.
 *
 * ERR_NOT_FOUND "database_missing"; ERR_BUSY "database_in_use"; ERR_CONFLICT "schema_version"
 * (older: run `stampd migrate`; newer: this program is too old); ERR_INTERNAL anything else, a bad
 * statement by name included.
 */
enum err_code
db_open(struct db **out, const char *path, const struct db_options *options, struct err *e);
void db_close(struct db *db); /* accepts NULL */

/* Let handlers find what belongs to the connection (keys, settings): borrowed, may be NULL. */
void db_attach(struct db *db, const void *context);
const void *db_context(const struct db *db);

/* A statement ready to be bound, for one user at a time; STMT resets it and clears its values on
 * every way out of the block. One that writes fails at its run on a DB_READ connection. */
#define STMT __attribute__((cleanup(stmt_done))) struct stmt *
struct stmt *db_stmt(struct db *db, enum sql_id id);
/* Prepared at first use; NULL if it does not compile. */
struct stmt *db_check_stmt(struct db *db, enum check_id id);
const char *db_check_name(enum check_id id); /* "I01_..." */
const char *db_check_claim(enum check_id id);
void stmt_done(struct stmt **s);

/* Named like the SQL (":card_id"). A failed bind shows at the run. Text and blobs are borrowed
 * until the block ends. */
void stmt_bind_int(struct stmt *s, const char *name, int64_t value);
void stmt_bind_text(struct stmt *s, const char *name, struct str value);
void stmt_bind_blob(struct stmt *s, const char *name, const void *bytes, size_t n);
void stmt_bind_null(struct stmt *s, const char *name);

enum err_code stmt_step(struct stmt *s, bool *row_out, struct err *e); /* next row, or none */
/* The first row, or ERR_NOT_FOUND "<what>_unknown"; `what` is a literal. */
#define stmt_one(s, what, e) stmt_one_or(s, "" what "_unknown", e)
enum err_code stmt_one_or(struct stmt *s, const char *word, struct err *e);
/* To the end; rows are ignored, and it may be bound anew and run again. ERR_CONFLICT "constraint"
 * when a constraint refused it; ERR_FULL "disk_full"; ERR_BUSY; ERR_INTERNAL. */
enum err_code stmt_run(struct stmt *s, struct err *e);
/* Columns from 0, in the order of the SQL. Text and blobs are borrowed until the next step. */
int64_t stmt_int(const struct stmt *s, int column);
struct str stmt_text(const struct stmt *s, int column);
struct str stmt_blob(const struct stmt *s, int column);
bool stmt_is_null(const struct stmt *s, int column);

/* n bytes that belong to the connection, for what its one user above keeps between calls: zeroed at
 * the first call, freed by db_close; NULL: no memory. */
void *db_memory(struct db *db, size_t n);

int64_t db_changes(const struct db *db); /* rows the last statement changed */
int64_t db_last_id(const struct db *db); /* rowid of the last insert */

/*
 * A transaction, rolled back on every return before db_commit. Writers begin IMMEDIATE. Begun
 * inside another one (a writer's job is always inside one) it is a savepoint of it.
 */
struct db_tx {
    struct db *db;
    bool is_inner;
};
#define DB_TX __attribute__((cleanup(db_rollback))) struct db_tx
enum err_code db_begin(struct db *db, struct db_tx *tx, struct err *e);
enum err_code db_commit(struct db_tx *tx, struct err *e);
void db_rollback(struct db_tx *tx);
int64_t db_tx_number(const struct db *db); /* how many were begun, inner ones not counted */
bool db_in_tx(const struct db *db); /* some errors (disk full, input/output) end it by themselves */

/* One job's share of a batch: undone by itself without undoing its neighbours. The release fails
 * with ERR_CONFLICT "constraint" over a deferred foreign key, which would fail the whole COMMIT. */
enum err_code db_savepoint(struct db *db, struct err *e);
enum err_code db_savepoint_release(struct db *db, struct err *e);
enum err_code db_savepoint_undo(struct db *db, struct err *e);

/* Move what the WAL holds into the file, as far as readers allow; outside of a transaction, writer
 * only. When the WAL has grown very long it waits a moment for the readers, so that it can start
 * again; a reader who stays is waited for once a second. */
enum err_code db_checkpoint(struct db *db, struct err *e);
/* What this transaction removes must not be found in the WAL either: from its commit on, the next
 * checkpoint, and those after it until one succeeds, moves all of it and cuts the file to nothing.
 */
void db_forget(struct db *db);
bool db_must_forget(const struct db *db);
int64_t db_wal_pages(const struct db *db);   /* frames in the WAL after the last commit */
int64_t db_wal_backlog(const struct db *db); /* of them, not yet in the file */

/* True after an error that says the disk or the file cannot be trusted: the process must end. */
bool db_is_broken(const struct db *db);

/* I39 and I40, PRAGMA integrity_check and foreign_key_check, for `stampd check`: ERR_CONFLICT with
 * the first complaint. Looks at what is committed, in any mode. */
enum err_code db_integrity(struct db *db, struct err *e);

#endif
