/*
 * db_raw.h - what the files of store/ know of a connection. Nobody else includes it, but for tests.
 */
#ifndef STORE_DB_RAW_H
#define STORE_DB_RAW_H

#include "store/db.h"

#include <sqlite3.h>

struct stmt {
    struct db *db;
    sqlite3_stmt *raw; /* NULL: a writing statement on a reading connection */
    const char *name;
    char **parameters; /* their names, in the order of their numbers from 1 */
    int parameters_n;
    int next_parameter;    /* values mostly come in that order */
    int bind_code;         /* the first bind that failed, shown at the run */
    const char *bind_name; /* and its parameter */
    bool is_taken;         /* between db_stmt and stmt_done */
    bool has_ended;        /* one more step would start it again */
};

/* What begins and ends a transaction. */
enum control { BEGIN_READ, BEGIN_WRITE, COMMIT, ROLLBACK, SAVE, RELEASE, UNDO, CONTROL_COUNT };

struct db {
    sqlite3 *handle;
    enum db_mode mode;
    const void *context;
    struct versions *versions; /* NULL: nobody wants to know what changes */
    void *memory;              /* db_memory */
    int64_t tx_number;
    int lock_fd; /* of the one writer; -1 */
    bool is_broken;
    bool must_forget; /* the WAL holds what was removed */
    bool expects_tx;  /* between db_begin and its end: nothing may run outside of the transaction */
    int64_t step_limit;
    int64_t steps_left;
    int64_t wal_pages;
    int64_t wal_moved;     /* of them, already in the file */
    int64_t wait_again_ms; /* for readers, by the clock that never jumps */
    struct stmt controls[CONTROL_COUNT];
    struct stmt stmts[SQL_COUNT];
    struct stmt checks[CHECK_COUNT];
};

#define DB_WRITER_WAIT_MS 2000 /* for a lock of SQLite's */

/* SQLite's settings for the whole process; before any other call of SQLite. */
void db_library_start(void);

/* One writer of a file at a time, in all processes: a lock on <path>-lock, or ERR_BUSY. */
enum err_code db_lock(const char *path, int *fd_out, struct err *e);

/* changed.c: note every row that changes from now on; and tell, once a transaction has ended, well
 * or not. */
void changed_watch(struct db *db, struct versions *versions);
void changed_commit(struct db *db);

/* Record what SQLite answered. The text begins with `what`; a broken disk is remembered in db. */
enum err_code db_fail(struct db *db, int code, const char *what, struct err *e);
/* The same for a connection that is no struct db yet. */
enum err_code db_fail_raw(sqlite3 *handle, int code, const char *what, struct err *e);

/* Whether a code of SQLite's says that the file or the disk can no longer be believed. */
bool db_says_broken(int code);

/* Prepare; stmt_close frees what belongs to it, not *s itself. */
enum err_code
stmt_open(struct stmt *s, struct db *db, const char *name, const char *text, struct err *e);
void stmt_close(struct stmt *s);
struct stmt *stmt_take(struct stmt *s); /* for one user, until stmt_done */

#endif
