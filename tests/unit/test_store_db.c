/* One connection: how it opens and refuses to, statements, transactions, and what it will not do.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "store/db_raw.h"
#include "store/migrate.h"
#include "tests/support/check.h"

static const char *path;
static struct db *db;     /* writes */
static struct db *reader; /* reads */

static struct db *
opened(enum db_mode mode)
{
    struct db_options options = {.mode = mode};
    struct db *out;
    struct err e = {0};

    CHECK_OK(db_open(&out, path, &options, &e), e);
    return out;
}

static int
set_up(void **state)
{
    struct db_options write = {.mode = DB_WRITE}, read = {.mode = DB_READ};
    struct err e = {0};
    static int number;
    char name[32];

    check_forget_row(state);
    snprintf(name, sizeof(name), "book%d.db", number++);
    path = check_path(name);
    if (migrate_up(path, &e) || db_open(&db, path, &write, &e) ||
        db_open(&reader, path, &read, &e)) {
        print_error("%s\n", e.text);
        return 1;
    }
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    db_close(reader);
    db_close(db);
    reader = db = NULL;
    return 0;
}

/* A statement of a test's own. */
static struct stmt
statement(struct db *on, const char *text)
{
    struct stmt s;
    struct err e = {0};

    CHECK_OK(stmt_open(&s, on, "test", text, &e), e);
    stmt_take(&s);
    return s;
}

static enum err_code
add_shop(struct str name, struct err *e)
{
    struct stmt s = statement(db, "INSERT INTO shop (name, created_ms) VALUES (:name, :at_ms)");
    enum err_code code;

    stmt_bind_text(&s, ":name", name);
    stmt_bind_int(&s, ":at_ms", 1);
    code = stmt_run(&s, e);
    stmt_close(&s);
    return code;
}

static int64_t
number(struct db *on, const char *text)
{
    struct stmt s = statement(on, text);
    struct err e = {0};
    bool row;
    int64_t n;

    CHECK_OK(stmt_step(&s, &row, &e), e);
    CHECK_THAT(row);
    n = stmt_int(&s, 0);
    stmt_close(&s);
    return n;
}

static int64_t
shops(struct db *on)
{
    return number(on, "SELECT count(*) FROM shop");
}

/* Done to the file by somebody who is not us. */
static void
meddle(const char *file, const char *text)
{
    sqlite3 *handle;

    CHECK_INT(sqlite3_open(file, &handle), SQLITE_OK);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    CHECK_INT(sqlite3_exec(handle, text, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(handle);
}

static void
overwrite(const char *file, off_t at, const char *bytes, size_t n)
{
    int fd = open(file, O_RDWR | O_CREAT, 0600);

    CHECK_INT(pwrite(fd, bytes, n, at), n);
    close(fd);
}

/* ---------------------------------------------------------------- opening */

static void
what_is_not_our_book_does_not_open(void **state)
{
    static const struct db_options options[] = {{.mode = DB_READ}, {.mode = DB_WRITE}};

    (void)state;
    tear_down(state);
    for (size_t i = 0; i < COUNT(options); i++) {
        struct db *out = NULL;
        struct err e = {0};

        CHECK_ROW(i);
        CHECK_FAILS(db_open(&out, check_path("missing.db"), &options[i], &e), e, ERR_NOT_FOUND,
                    "database_missing");
        CHECK_INT(access(check_path("missing.db"), F_OK), -1);

        meddle(path, "PRAGMA user_version = 0");
        CHECK_FAILS(db_open(&out, path, &options[i], &e), e, ERR_CONFLICT, "schema_version");
        meddle(path, "PRAGMA user_version = 999");
        CHECK_FAILS(db_open(&out, path, &options[i], &e), e, ERR_CONFLICT, "schema_version");
        meddle(path, "PRAGMA user_version = 1");

        meddle(check_path("empty.db"), "PRAGMA user_version = 1");
        CHECK_FAILS(db_open(&out, check_path("empty.db"), &options[i], &e), e, ERR_INTERNAL,
                    "bad_statement");
        overwrite(check_path("text.db"), 0, "this is no database, but long enough to be one", 46);
        CHECK_FAILS(db_open(&out, check_path("text.db"), &options[i], &e), e, ERR_INTERNAL,
                    "database_failed");
        CHECK_THAT(out == NULL);
    }
    db_close(NULL);
}

static void
a_book_has_one_writer(void **state)
{
    struct db_options options = {.mode = DB_WRITE};
    struct db *second = NULL;
    struct err e = {0};

    (void)state;
    CHECK_FAILS(db_open(&second, path, &options, &e), e, ERR_BUSY, "database_in_use");
    db_close(db);
    db = opened(DB_WRITE);
}

static void
a_reading_connection_cannot_write(void **state)
{
    static const char *const text[] = {
        "INSERT INTO shop (name, created_ms) VALUES ('x', 1)",
        "DELETE FROM shop",
        "UPDATE shop SET name = 'x'",
    };
    struct err e = {0};
    STMT listed = db_stmt(reader, SQL_AUDIT_ADD);

    (void)state;
    CHECK_OK(add_shop(STR("ueno"), &e), e);
    for (size_t i = 0; i < COUNT(text); i++) {
        struct stmt s = statement(reader, text[i]);

        CHECK_ROW(i);
        CHECK_FAILS(stmt_run(&s, &e), e, ERR_INTERNAL, "database_failed");
        stmt_close(&s);
    }
    stmt_bind_int(listed, ":seq", 1);
    CHECK_FAILS(stmt_run(listed, &e), e, ERR_INTERNAL, "read_only");
    CHECK_THAT(!db_is_broken(reader));
    CHECK_INT(shops(reader), 1);
}

static void
a_reader_never_moves_the_wal(void **state)
{
    struct err e = {0};
    struct stat before, after;
    pid_t child;

    (void)state;
    tear_down(state);
    child = fork(); /* a writer that is killed: nobody closes its connection */
    if (child == 0) {
        db = opened(DB_WRITE);
        _exit(add_shop(STR("ueno"), &e) != OK);
    }
    CHECK_INT(waitpid(child, NULL, 0), child);
    CHECK_INT(stat(path, &before), 0);
    reader = opened(DB_READ);
    CHECK_INT(shops(reader), 1); /* what was committed survived */
    db_close(reader);
    CHECK_INT(stat(path, &after), 0);
    CHECK_INT(after.st_mtim.tv_nsec, before.st_mtim.tv_nsec);
    CHECK_INT(after.st_size, before.st_size);
    reader = opened(DB_READ);
    db = opened(DB_WRITE);
    CHECK_INT(shops(db), 1);
}

static void
only_work_on_rows_can_be_prepared(void **state)
{
    static const char *const text[] = {
        "CREATE TABLE x (a)",
        "CREATE TEMP TABLE x (a)",
        "CREATE TRIGGER x BEFORE DELETE ON shop BEGIN SELECT 1; END",
        "DROP TABLE shop",
        "ALTER TABLE shop ADD COLUMN x",
        "DROP TRIGGER transfer_is_final_u",
        "PRAGMA synchronous = OFF",
        "PRAGMA journal_mode = DELETE",
        "PRAGMA writable_schema = ON",
        "ATTACH 'x.db' AS x",
        "SELECT load_extension('x')",
        "UPDATE sqlite_schema SET sql = ''",
        "SELECT \"shop\"", /* a misspelt column is no text */
        "VACUUM INTO 'x.db'",
        "REINDEX",
        "ANALYZE",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(text); i++) {
        struct stmt s;
        struct err e = {0};
        enum err_code code = stmt_open(&s, db, "test", text[i], &e);

        CHECK_ROW(i);
        if (code == OK) { /* VACUUM is refused as late as when it runs */
            stmt_take(&s);
            code = stmt_run(&s, &e);
            stmt_close(&s);
        }
        CHECK_INT(code, ERR_INTERNAL);
    }
    CHECK_INT(shops(db), 0);
}

/* ---------------------------------------------------------------- statements */

static void
values_come_back_as_they_were_bound(void **state)
{
    static const int64_t integer[] = {0, 1, -1, INT64_MIN, INT64_MAX};
    static const struct str piece[] = {
        STR_INIT(""), STR_INIT("ueno"), STR_INIT("a\0b"), STR_INIT("\u4E0A\u91CE"), {NULL, 0},
    };
    struct stmt s = statement(db, "SELECT :i, :t, :b, :n, typeof(:t), typeof(:b)");
    struct err e = {0};
    bool row;

    (void)state;
    for (size_t i = 0; i < COUNT(piece); i++) {
        CHECK_ROW(i);
        stmt_bind_int(&s, ":i", integer[i]);
        stmt_bind_text(&s, ":t", piece[i]);
        stmt_bind_blob(&s, ":b", piece[i].at, piece[i].n);
        stmt_bind_null(&s, ":n");
        CHECK_OK(stmt_step(&s, &row, &e), e);
        CHECK_THAT(row);
        CHECK_INT(stmt_int(&s, 0), integer[i]);
        CHECK_THAT(str_eq(stmt_text(&s, 1), piece[i]));
        CHECK_THAT(str_eq(stmt_blob(&s, 2), piece[i]));
        CHECK_THAT(stmt_text(&s, 1).at != NULL && stmt_blob(&s, 2).at != NULL);
        CHECK_THAT(stmt_is_null(&s, 3) && !stmt_is_null(&s, 1) && !stmt_is_null(&s, 2));
        CHECK_STR(stmt_text(&s, 3), "");
        CHECK_STR(stmt_text(&s, 4), "text"); /* empty is not NULL */
        CHECK_STR(stmt_text(&s, 5), "blob");
        CHECK_OK(stmt_step(&s, &row, &e), e);
        CHECK_THAT(!row);
    }
    stmt_close(&s);
}

static void
a_failed_bind_shows_at_the_run(void **state)
{
    struct stmt s = statement(db, "INSERT INTO shop (name, created_ms) VALUES (:name, 1)");
    struct stmt *taken = &s;
    struct err e = {0};

    (void)state;
    stmt_bind_text(&s, ":name", STR("ueno"));
    stmt_bind_int(&s, ":nmae", 1);
    CHECK_FAILS(stmt_run(&s, &e), e, ERR_INTERNAL, "bad_bind");
    CHECK_THAT(strstr(e.text, ":nmae") != NULL);
    CHECK_INT(shops(db), 0);
    stmt_done(&taken); /* the next user starts clean */
    stmt_take(&s);
    CHECK_FAILS(stmt_run(&s, &e), e, ERR_CONFLICT, "constraint"); /* and with nothing bound */
    stmt_bind_text(&s, ":name", STR("ueno"));
    CHECK_OK(stmt_run(&s, &e), e);
    stmt_close(&s);
}

static void
a_statement_can_run_again_with_other_values(void **state)
{
    struct stmt s = statement(db, "INSERT INTO shop (name, created_ms) VALUES (:name, 1)");
    struct err e = {0};

    (void)state;
    for (int i = 0; i < 3; i++) {
        char name[2] = {(char)('a' + i), '\0'};

        stmt_bind_text(&s, ":name", str_of(name));
        CHECK_OK(stmt_run(&s, &e), e);
        CHECK_INT(db_changes(db), 1);
        CHECK_INT(db_last_id(db), i + 1);
    }
    stmt_close(&s);
    CHECK_INT(shops(reader), 3);
}

static void
what_a_constraint_refuses_is_a_conflict(void **state)
{
    static const char *const text[] = {
        "INSERT INTO shop (name, created_ms) VALUES ('ueno', 1)",                    /* UNIQUE */
        "INSERT INTO shop (name, created_ms) VALUES ('', 1)",                        /* CHECK */
        "INSERT INTO shop (name, created_ms) VALUES (NULL, 1)",                      /* NOT NULL */
        "INSERT INTO shop (name, created_ms) VALUES ('x', 'yesterday')",             /* STRICT */
        "INSERT INTO staff (shop_id, name, role, created_ms) VALUES (9, 'x', 1, 1)", /* REFERENCES
                                                                                      */
    };
    struct err e = {0};

    (void)state;
    CHECK_OK(add_shop(STR("ueno"), &e), e);
    for (size_t i = 0; i < COUNT(text); i++) {
        struct stmt s = statement(db, text[i]);

        CHECK_ROW(i);
        CHECK_FAILS(stmt_run(&s, &e), e, ERR_CONFLICT, "constraint");
        stmt_close(&s);
    }
    CHECK_INT(shops(db), 1);
    CHECK_THAT(!db_is_broken(db));
}

static void
one_row_or_not_found_by_name(void **state)
{
    struct stmt s = statement(db, "SELECT id FROM shop WHERE name = :name");
    struct err e = {0};

    (void)state;
    CHECK_OK(add_shop(STR("ueno"), &e), e);
    stmt_bind_text(&s, ":name", STR("kyoto"));
    CHECK_FAILS(stmt_one(&s, "shop", &e), e, ERR_NOT_FOUND, "shop_unknown");
    stmt_bind_text(&s, ":name", STR("ueno"));
    CHECK_OK(stmt_one(&s, "shop", &e), e);
    CHECK_INT(stmt_int(&s, 0), 1);
    stmt_close(&s);
}

static void
a_statement_over_its_limit_of_steps_ends(void **state)
{
    static const char endless[] =
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";
    struct db_options options = {.mode = DB_READ, .step_limit = 100000};
    struct db *limited;
    struct err e = {0};

    (void)state;
    CHECK_OK(db_open(&limited, path, &options, &e), e);
    for (int again = 0; again < 2; again++) {
        struct stmt s = statement(limited, endless);
        bool row;

        CHECK_FAILS(stmt_step(&s, &row, &e), e, ERR_BUSY, "query_too_long");
        stmt_close(&s);
        CHECK_INT(shops(limited), 0); /* the next one has its own */
    }
    CHECK_OK(db_integrity(limited, &e), e); /* and this one none */
    db_close(limited);
}

static void
every_listed_statement_can_be_taken_and_given_back(void **state)
{
    (void)state;
    for (int round = 0; round < 2; round++)
        for (int id = 0; id < SQL_COUNT; id++) {
            STMT s = db_stmt(db, (enum sql_id)id);

            CHECK_THAT(s != NULL);
        }
}

static void
every_invariant_has_a_claim_and_an_empty_book_keeps_it(void **state)
{
    (void)state;
    for (int id = 0; id < CHECK_COUNT; id++) {
        STMT s = db_check_stmt(reader, (enum check_id)id);
        struct err e = {0};
        bool row;

        CHECK_ROW(id);
        if (s == NULL)
            print_error("%s does not compile\n", db_check_name((enum check_id)id));
        CHECK_THAT(s != NULL);
        CHECK_THAT(strlen(db_check_claim((enum check_id)id)) > 10);
        CHECK_OK(stmt_step(s, &row, &e), e);
        CHECK_THAT(!row);
    }
}

/* ---------------------------------------------------------------- transactions */

static enum err_code
add_and_fail(struct err *e)
{
    DB_TX tx = {0};

    CHECK_OK(db_begin(db, &tx, e), *e);
    CHECK_OK(add_shop(STR("ueno"), e), *e);
    return err_set(e, ERR_CONFLICT, "too_soon", "refused");
}

static void
a_return_before_the_commit_undoes_everything(void **state)
{
    struct err e = {0};

    (void)state;
    CHECK_FAILS(add_and_fail(&e), e, ERR_CONFLICT, "too_soon");
    CHECK_INT(shops(db), 0);
    CHECK_THAT(!db_in_tx(db));
}

static void
an_inner_transaction_is_undone_alone(void **state)
{
    struct err e = {0};
    DB_TX outer = {0};

    (void)state;
    CHECK_OK(db_begin(db, &outer, &e), e);
    {
        DB_TX inner = {0};

        CHECK_OK(db_begin(db, &inner, &e), e);
        CHECK_OK(add_shop(STR("kept"), &e), e);
        CHECK_OK(db_commit(&inner, &e), e);
    }
    CHECK_INT(shops(reader), 0); /* nothing is out before the outer commit */
    CHECK_FAILS(add_and_fail(&e) == ERR_CONFLICT ? OK : ERR_INTERNAL, e, OK, NULL);
    CHECK_INT(shops(db), 1);
    CHECK_OK(db_commit(&outer, &e), e);
    CHECK_INT(shops(reader), 1);
}

static void
a_savepoint_is_kept_or_undone_by_itself(void **state)
{
    struct err e = {0};
    DB_TX tx = {0};

    (void)state;
    CHECK_OK(db_begin(db, &tx, &e), e);
    CHECK_OK(db_savepoint(db, &e), e);
    CHECK_OK(add_shop(STR("kept"), &e), e);
    CHECK_OK(db_savepoint_release(db, &e), e);
    CHECK_OK(db_savepoint(db, &e), e);
    CHECK_OK(add_shop(STR("undone"), &e), e);
    CHECK_OK(db_savepoint_undo(db, &e), e);
    CHECK_OK(db_commit(&tx, &e), e);
    CHECK_INT(shops(reader), 1);
}

static void
an_open_deferred_reference_fails_the_commit(void **state)
{
    struct err e = {0};
    DB_TX tx = {0};
    struct stmt s = statement(db, "INSERT INTO plan (name, unit, version, created_ms)"
                                  " VALUES ('x', 'stamp', 9, 1)");

    (void)state;
    CHECK_OK(db_begin(db, &tx, &e), e);
    CHECK_OK(stmt_run(&s, &e), e);
    stmt_close(&s);
    CHECK_FAILS(db_commit(&tx, &e), e, ERR_CONFLICT, "constraint");
    CHECK_THAT(!db_in_tx(db));
    CHECK_INT(number(db, "SELECT count(*) FROM plan"), 0);
}

static void
a_read_transaction_sees_one_moment(void **state)
{
    struct err e = {0};
    DB_TX tx = {0};

    (void)state;
    CHECK_OK(db_begin(reader, &tx, &e), e);
    CHECK_INT(shops(reader), 0);
    CHECK_OK(add_shop(STR("ueno"), &e), e);
    CHECK_INT(shops(reader), 0);
    CHECK_OK(db_commit(&tx, &e), e);
    CHECK_INT(shops(reader), 1);
}

/* ---------------------------------------------------------------- WAL and soundness */

static void
only_a_checkpoint_moves_the_wal(void **state)
{
    struct err e = {0};
    struct stat before, after;

    (void)state;
    CHECK_INT(stat(path, &before), 0);
    for (int i = 0; i < 2000; i++) { /* SQLite itself would begin after 1,000 pages */
        char name[16];

        snprintf(name, sizeof(name), "%d", i);
        CHECK_OK(add_shop(str_of(name), &e), e);
    }
    CHECK_INT(stat(path, &after), 0);
    CHECK_INT(after.st_mtim.tv_nsec, before.st_mtim.tv_nsec);
    CHECK_THAT(db_wal_pages(db) >= 2000);
    CHECK_INT(db_wal_backlog(db), db_wal_pages(db));
    CHECK_OK(db_checkpoint(db, &e), e);
    CHECK_INT(db_wal_backlog(db), 0);
    CHECK_OK(add_shop(STR("next"), &e), e);
    CHECK_THAT(db_wal_pages(db) < 10);
    CHECK_INT(db_wal_backlog(db), db_wal_pages(db));
}

static int64_t
wal_bytes(void)
{
    char name[300];
    struct stat wal;

    snprintf(name, sizeof(name), "%s-wal", path);
    CHECK_INT(stat(name, &wal), 0);
    return wal.st_size;
}

static void
what_must_be_forgotten_goes_when_the_last_reader_does(void **state)
{
    struct err e = {0};
    DB_TX tx = {0};
    int64_t wait_again_ms;

    (void)state;
    CHECK_OK(db_begin(reader, &tx, &e), e);
    CHECK_INT(shops(reader), 0);
    CHECK_OK(add_shop(STR("ueno"), &e), e);
    db_forget(db);
    CHECK_OK(db_checkpoint(db, &e), e);
    CHECK_THAT(db_must_forget(db) && wal_bytes() > 0);

    db->wait_again_ms += HOUR_MS; /* however slow this machine is */
    wait_again_ms = db->wait_again_ms;
    CHECK_OK(db_checkpoint(db, &e), e);
    CHECK_INT(db->wait_again_ms, wait_again_ms);
    CHECK_THAT(db_must_forget(db));
    CHECK_INT(shops(reader), 0);

    CHECK_OK(db_commit(&tx, &e), e);
    CHECK_OK(db_checkpoint(db, &e), e);
    CHECK_THAT(!db_must_forget(db));
    CHECK_INT(wal_bytes(), 0);
    CHECK_INT(shops(reader), 1);
}

static void
a_sound_book_is_called_sound_and_a_broken_one_not(void **state)
{
    struct err e = {0};
    struct stmt s;

    (void)state;
    CHECK_OK(db_integrity(db, &e), e);
    CHECK_OK(db_integrity(reader, &e), e);
    CHECK_INT(stmt_open(&s, db, "test", "PRAGMA integrity_check", &e), ERR_INTERNAL);

    tear_down(state);
    meddle(path, "INSERT INTO till (shop_id, name, state, enrol_until_ms, created_ms, revoked_ms)"
                 " VALUES (9, 'x', 'revoked', 1, 1, 1)");
    reader = opened(DB_READ);
    CHECK_FAILS(db_integrity(reader, &e), e, ERR_CONFLICT, "foreign_key_check");
    db_close(reader);
    meddle(path, "DELETE FROM till; PRAGMA ignore_check_constraints = ON;"
                 "INSERT INTO shop (name, created_ms) VALUES ('', 1)");
    reader = opened(DB_READ);
    CHECK_FAILS(db_integrity(reader, &e), e, ERR_CONFLICT, "integrity_check");
    CHECK_THAT(strstr(e.text, "shop") != NULL);
}

static void
a_corrupt_page_breaks_the_connection_for_good(void **state)
{
    struct err e = {0};
    char junk[4096];
    int64_t page;
    struct stmt s;
    bool row;

    (void)state;
    CHECK_OK(add_shop(STR("ueno"), &e), e);
    page = number(db, "SELECT rootpage FROM sqlite_schema WHERE name = 'shop'");
    tear_down(state);
    memset(junk, 0xAB, sizeof(junk));
    overwrite(path, (page - 1) * 4096, junk, sizeof(junk));
    reader = opened(DB_READ);
    s = statement(reader, "SELECT created_ms FROM shop");
    CHECK_FAILS(stmt_step(&s, &row, &e), e, ERR_INTERNAL, "database_failed");
    stmt_close(&s);
    CHECK_THAT(db_is_broken(reader));
    CHECK_INT(number(reader, "SELECT 1"), 1);
    CHECK_THAT(db_is_broken(reader));
}

static void
what_is_attached_is_found_again(void **state)
{
    static const int context = 7;

    (void)state;
    CHECK_THAT(db_context(db) == NULL);
    db_attach(db, &context);
    CHECK_THAT(db_context(db) == &context);
    CHECK_THAT(db_context(reader) == NULL);
}

int
main(void)
{
#define BOOK(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        BOOK(what_is_not_our_book_does_not_open),
        BOOK(a_book_has_one_writer),
        BOOK(a_reading_connection_cannot_write),
        BOOK(a_reader_never_moves_the_wal),
        BOOK(only_work_on_rows_can_be_prepared),
        BOOK(values_come_back_as_they_were_bound),
        BOOK(a_failed_bind_shows_at_the_run),
        BOOK(a_statement_can_run_again_with_other_values),
        BOOK(what_a_constraint_refuses_is_a_conflict),
        BOOK(one_row_or_not_found_by_name),
        BOOK(a_statement_over_its_limit_of_steps_ends),
        BOOK(every_listed_statement_can_be_taken_and_given_back),
        BOOK(every_invariant_has_a_claim_and_an_empty_book_keeps_it),
        BOOK(a_return_before_the_commit_undoes_everything),
        BOOK(an_inner_transaction_is_undone_alone),
        BOOK(a_savepoint_is_kept_or_undone_by_itself),
        BOOK(an_open_deferred_reference_fails_the_commit),
        BOOK(a_read_transaction_sees_one_moment),
        BOOK(only_a_checkpoint_moves_the_wal),
        BOOK(what_must_be_forgotten_goes_when_the_last_reader_does),
        BOOK(a_sound_book_is_called_sound_and_a_broken_one_not),
        BOOK(a_corrupt_page_breaks_the_connection_for_good),
        BOOK(what_is_attached_is_found_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
