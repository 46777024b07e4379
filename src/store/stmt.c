#include "store/db_raw.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/*
 * SQLite would look for each name from the first one on, which shows where a row has 22. Copied,
 * because its own list of them is a new one whenever it compiles a statement again; the numbers
 * stay.
 */
static enum err_code
list_parameters(struct stmt *s, struct err *e)
{
    int n = sqlite3_bind_parameter_count(s->raw);

    s->parameters = calloc((size_t)n + 1, sizeof(*s->parameters));
    for (int i = 0; i < n && s->parameters != NULL; i++) {
        s->parameters[i] = strdup(sqlite3_bind_parameter_name(s->raw, i + 1));
        if (s->parameters[i] == NULL)
            break;
        s->parameters_n++;
    }
    if (s->parameters_n == n && s->parameters != NULL)
        return OK;
    return err_set(e, ERR_INTERNAL, "out_of_memory", "%s: no memory", s->name);
}

enum err_code
stmt_open(struct stmt *s, struct db *db, const char *name, const char *text, struct err *e)
{
    int code;

    *s = (struct stmt){.db = db, .name = name};
    code = sqlite3_prepare_v3(db->handle, text, -1, SQLITE_PREPARE_PERSISTENT, &s->raw, NULL);
    if (code == SQLITE_OK)
        return list_parameters(s, e);
    db_fail(db, code, name, e);
    e->word = "bad_statement";
    return e->code;
}

void
stmt_close(struct stmt *s)
{
    sqlite3_finalize(s->raw);
    for (int i = 0; i < s->parameters_n; i++)
        free(s->parameters[i]);
    free(s->parameters);
    s->raw = NULL;
    s->parameters = NULL;
    s->parameters_n = 0;
}

struct stmt *
stmt_take(struct stmt *s)
{
    /* Two users of one statement at a time would lose each other's rows. */
    assert(!s->is_taken);
    s->is_taken = true;
    s->has_ended = false;
    s->bind_code = SQLITE_OK;
    s->db->steps_left = s->db->step_limit; /* each use may take so many anew */
    return s;
}

void
stmt_done(struct stmt **s)
{
    struct stmt *taken = *s;

    if (taken == NULL)
        return;
    taken->is_taken = false;
    if (taken->raw == NULL)
        return;
    sqlite3_reset(taken->raw); /* repeats what the last step already told */
    sqlite3_clear_bindings(taken->raw);
}

static int
number_of(struct stmt *s, const char *name)
{
    for (int i = 0; i < s->parameters_n; i++) {
        int at = (s->next_parameter + i) % s->parameters_n;

        if (strcmp(s->parameters[at], name) == 0) {
            s->next_parameter = at + 1;
            return at + 1;
        }
    }
    return 0;
}

/* The number of the parameter, 0 when there is none or nothing can be bound. */
static int
parameter(struct stmt *s, const char *name)
{
    int at;

    if (s->raw == NULL)
        return 0;
    s->has_ended = false;
    at = number_of(s, name);
    if (at == 0 && s->bind_code == SQLITE_OK) {
        s->bind_code = SQLITE_RANGE;
        s->bind_name = name;
    }
    return at;
}

static void
bound(struct stmt *s, const char *name, int code)
{
    if (code == SQLITE_OK || s->bind_code != SQLITE_OK)
        return;
    s->bind_code = code;
    s->bind_name = name;
}

void
stmt_bind_int(struct stmt *s, const char *name, int64_t value)
{
    int at = parameter(s, name);

    if (at > 0)
        bound(s, name, sqlite3_bind_int64(s->raw, at, value));
}

void
stmt_bind_text(struct stmt *s, const char *name, struct str value)
{
    int at = parameter(s, name);

    /* SQLite takes a NULL pointer for NULL, and an empty str may have one. */
    if (at > 0)
        bound(s, name,
              sqlite3_bind_text64(s->raw, at, value.n > 0 ? value.at : "", value.n, SQLITE_STATIC,
                                  SQLITE_UTF8));
}

void
stmt_bind_blob(struct stmt *s, const char *name, const void *bytes, size_t n)
{
    int at = parameter(s, name);

    if (at > 0)
        bound(s, name, sqlite3_bind_blob64(s->raw, at, n > 0 ? bytes : "", n, SQLITE_STATIC));
}

void
stmt_bind_null(struct stmt *s, const char *name)
{
    int at = parameter(s, name);

    if (at > 0)
        bound(s, name, sqlite3_bind_null(s->raw, at));
}

enum err_code
stmt_step(struct stmt *s, bool *row_out, struct err *e)
{
    int code;

    assert(s->is_taken && !s->has_ended);
    if (s->raw == NULL)
        return err_set(e, ERR_INTERNAL, "read_only", "%s writes, this connection reads", s->name);
    if (s->bind_code != SQLITE_OK)
        return err_set(e, ERR_INTERNAL, "bad_bind", "%s: bind %s: %s", s->name, s->bind_name,
                       sqlite3_errstr(s->bind_code));
    /* After such an error whoever carries on regardless would commit statement by statement. */
    if (s->db->expects_tx && !db_in_tx(s->db))
        return err_set(e, ERR_BUSY, "transaction_lost", "%s: an error ended the transaction",
                       s->name);
    code = sqlite3_step(s->raw);
    if (code == SQLITE_ROW) {
        *row_out = true;
        return OK;
    }
    if (code != SQLITE_DONE)
        db_fail(s->db, code, s->name, e);
    s->has_ended = true;
    sqlite3_reset(s->raw);
    if (code != SQLITE_DONE)
        return e->code;
    *row_out = false;
    return OK;
}

enum err_code
stmt_one_or(struct stmt *s, const char *word, struct err *e)
{
    bool row;

    if (stmt_step(s, &row, e))
        return e->code;
    return row ? OK : err_set(e, ERR_NOT_FOUND, word, "%s: no row", s->name);
}

enum err_code
stmt_run(struct stmt *s, struct err *e)
{
    bool row;

    do
        if (stmt_step(s, &row, e))
            return e->code;
    while (row);
    s->has_ended = false; /* it may be bound anew and run again */
    return OK;
}

int64_t
stmt_int(const struct stmt *s, int column)
{
    return sqlite3_column_int64(s->raw, column);
}

/* SQLite's NULL pointer for an empty value is no use to memcmp and printf. */
static struct str
piece(const void *at, int n)
{
    return at == NULL ? STR("") : (struct str){at, (size_t)n};
}

struct str
stmt_text(const struct stmt *s, int column)
{
    const void *at = sqlite3_column_text(s->raw, column); /* before asking for its length */

    return piece(at, sqlite3_column_bytes(s->raw, column));
}

struct str
stmt_blob(const struct stmt *s, int column)
{
    const void *at = sqlite3_column_blob(s->raw, column);

    return piece(at, sqlite3_column_bytes(s->raw, column));
}

bool
stmt_is_null(const struct stmt *s, int column)
{
    return sqlite3_column_type(s->raw, column) == SQLITE_NULL;
}
