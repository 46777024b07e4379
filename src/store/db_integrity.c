#include "store/db.h"

#include <stdio.h>
#include <string.h>

#include "store/db_raw.h"

#define WAIT_MS 250

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
    if (db_says_broken(code))
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
    sqlite3_busy_timeout(handle, WAIT_MS);
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
