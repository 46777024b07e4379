/* The file at its first start and later: made once, privately, and never left in between. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/db_raw.h"
#include "store/migrate.h"
#include "tests/support/check.h"
#include "tests/support/fault_vfs.h"

static const char *path;

static int
set_up(void **state)
{
    static int number;
    char name[32];

    check_forget_row(state);
    snprintf(name, sizeof(name), "book%d.db", number++);
    path = check_path(name);
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    fault_clear();
    return 0;
}

static int64_t
version(void)
{
    struct err e = {0};
    int64_t out = -1;

    CHECK_OK(migrate_version(path, &out, &e), e);
    return out;
}

static void
change(const char *text)
{
    sqlite3 *handle;

    CHECK_INT(sqlite3_open(path, &handle), SQLITE_OK);
    CHECK_INT(sqlite3_exec(handle, text, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(handle);
}

static int64_t
number(const char *text)
{
    sqlite3 *handle;
    sqlite3_stmt *s;
    int64_t out = -1;

    CHECK_INT(sqlite3_open(path, &handle), SQLITE_OK);
    CHECK_INT(sqlite3_prepare_v2(handle, text, -1, &s, NULL), SQLITE_OK);
    if (sqlite3_step(s) == SQLITE_ROW)
        out = sqlite3_column_int64(s, 0);
    sqlite3_finalize(s);
    sqlite3_close(handle);
    return out;
}

static void
opens_and_is_sound(void)
{
    struct db_options options = {.mode = DB_WRITE};
    struct db *db;
    struct err e = {0};

    CHECK_OK(db_open(&db, path, &options, &e), e);
    CHECK_OK(db_integrity(db, &e), e);
    db_close(db);
}

static void
the_first_start_makes_a_private_file_at_the_newest_version(void **state)
{
    struct stat file;
    struct err e = {0};
    mode_t before = umask(0);

    (void)state;
    CHECK_INT(version(), 0);
    CHECK_INT(access(path, F_OK), -1); /* asking makes nothing */
    CHECK_OK(migrate_up(path, &e), e);
    umask(before);
    CHECK_INT(version(), migrate_latest());
    CHECK_INT(stat(path, &file), 0);
    CHECK_INT(file.st_mode & 0777, 0600);
    CHECK_INT(number("PRAGMA application_id"), 0x73746D70);
    CHECK_INT(number("SELECT journal_mode = 'wal' FROM pragma_journal_mode"), 1);
    CHECK_INT(number("SELECT count(*) FROM chain_head"), 2);
    opens_and_is_sound();
}

static void
a_second_run_changes_nothing(void **state)
{
    struct err e = {0};
    struct stat before, after;

    (void)state;
    CHECK_OK(migrate_up(path, &e), e);
    change("INSERT INTO shop (name, created_ms) VALUES ('ueno', 1)");
    CHECK_INT(stat(path, &before), 0);
    CHECK_OK(migrate_up(path, &e), e);
    CHECK_INT(stat(path, &after), 0);
    CHECK_INT(after.st_mtim.tv_nsec, before.st_mtim.tv_nsec);
    CHECK_INT(number("SELECT count(*) FROM shop"), 1);
}

static void
an_empty_file_is_filled(void **state)
{
    struct err e = {0};

    (void)state;
    close(open(path, O_CREAT | O_WRONLY, 0600)); /* what a crash right behind its making leaves */
    CHECK_INT(version(), 0);
    CHECK_OK(migrate_up(path, &e), e);
    opens_and_is_sound();
}

static void
a_newer_file_is_left_alone(void **state)
{
    struct err e = {0};

    (void)state;
    CHECK_OK(migrate_up(path, &e), e);
    change("PRAGMA user_version = 999");
    CHECK_FAILS(migrate_up(path, &e), e, ERR_CONFLICT, "schema_newer");
    CHECK_INT(version(), 999);
}

static void
somebody_elses_file_is_left_alone(void **state)
{
    struct err e = {0};
    int fd;

    (void)state;
    change("CREATE TABLE wordpress (a)");
    CHECK_FAILS(migrate_up(path, &e), e, ERR_CONFLICT, "not_a_book");
    CHECK_INT(number("SELECT count(*) FROM sqlite_schema"), 1);
    CHECK_INT(number("PRAGMA application_id"), 0);

    set_up(state);
    fd = open(path, O_CREAT | O_WRONLY, 0600);
    CHECK_INT(write(fd, "a letter to the tax office, of some length", 42), 42);
    close(fd);
    CHECK_FAILS(migrate_up(path, &e), e, ERR_INTERNAL, "database_failed");
    CHECK_FAILS(migrate_up("/nonexistent/book.db", &e), e, ERR_INTERNAL, "database_failed");
}

static void
a_file_in_use_is_not_changed(void **state)
{
    struct err e = {0};
    int fd;

    (void)state;
    CHECK_OK(db_lock(path, &fd, &e), e); /* as a writer holds it */
    CHECK_FAILS(migrate_up(path, &e), e, ERR_BUSY, "database_in_use");
    CHECK_INT(access(path, F_OK), -1);
    close(fd);
    CHECK_OK(migrate_up(path, &e), e);
}

static void
whatever_write_or_sync_fails_the_next_run_completes_it(void **state)
{
    int failures = 0;

    for (int nth = 1;; nth++) {
        struct err e = {0};
        enum err_code code;
        int64_t reached;

        set_up(state);
        CHECK_ROW(nth);
        fault_set(FAULT_ANY, nth);
        code = migrate_up(path, &e);
        fault_clear();
        if (fault_happened() == 0) {
            CHECK_OK(code, e);
            break;
        }
        failures++;
        reached = version();
        CHECK_THAT(reached == 0 || reached == migrate_latest()); /* the one or the other */
        CHECK_OK(migrate_up(path, &e), e);
        opens_and_is_sound();
    }
    CHECK_THAT(failures > 10); /* the faults were felt */
}

int
main(void)
{
#define BOOK(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        BOOK(the_first_start_makes_a_private_file_at_the_newest_version),
        BOOK(a_second_run_changes_nothing),
        BOOK(an_empty_file_is_filled),
        BOOK(a_newer_file_is_left_alone),
        BOOK(somebody_elses_file_is_left_alone),
        BOOK(a_file_in_use_is_not_changed),
        BOOK(whatever_write_or_sync_fails_the_next_run_completes_it),
    };

    fault_install();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
