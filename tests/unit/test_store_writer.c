/*
 * The writer: nobody hears of a change before it is on the disk, a failing job hurts no neighbour,
 * a failing disk fails the whole batch. The disk's failures are made by fault_vfs.
 */
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "store/db_raw.h"
#include "store/migrate.h"
#include "store/writer.h"
#include "tests/support/check.h"
#include "tests/support/fault_vfs.h"

#define WAIT_MOST_MS 10000

static const char *path;
static struct writer *writer;
static struct db *reader; /* a job's and the test's, never both at once */
static _Atomic int broken_calls;

static void
note_broken(const struct err *e)
{
    (void)e;
    atomic_fetch_add(&broken_calls, 1);
}

/* ---------------------------------------------------------------- jobs of these tests */

/* Adds a shop called `name`, or does what the flags say instead of or after it. */
struct shop_job {
    struct job job;
    char name[32];
    enum err_code fail_with; /* after the row was written */
    bool adds_orphan;        /* a plan without its version: a deferred foreign key stays open */
    size_t ballast;          /* bytes written beside it */
    sem_t *gate;             /* run() waits for it */
    int64_t seen_in_run;     /* shops a reader sees while the job runs, and when it is done */
    int64_t seen_in_done;
    int order;
    _Atomic bool is_done;
    struct err told;
};

static _Atomic int next_order;

static int64_t
shops_seen(struct db *db)
{
    struct stmt s;
    struct err e;
    int64_t n = -1;
    bool row;

    if (stmt_open(&s, db, "count", "SELECT count(*) FROM shop", &e))
        return -1;
    stmt_take(&s);
    if (stmt_step(&s, &row, &e) == OK && row)
        n = stmt_int(&s, 0);
    stmt_close(&s);
    return n;
}

static enum err_code
execute(struct db *db, const char *text, const char *name, size_t ballast, struct err *e)
{
    struct stmt s;
    enum err_code code = stmt_open(&s, db, "test", text, e);
    char *bytes = malloc(ballast + 1);

    memset(bytes, 'x', ballast + 1);
    if (code == OK) {
        stmt_take(&s);
        stmt_bind_text(&s, ":name", str_of(name));
        if (ballast > 0)
            stmt_bind_blob(&s, ":ballast", bytes, ballast);
        code = stmt_run(&s, e);
        stmt_close(&s);
    }
    free(bytes);
    return code;
}

static enum err_code
shop_run(struct job *job, struct db *db, struct err *e)
{
    struct shop_job *j = (struct shop_job *)job;

    if (j->gate != NULL)
        sem_wait(j->gate);
    if (reader != NULL)
        j->seen_in_run = shops_seen(reader);
    if (execute(db, "INSERT INTO shop (name, created_ms) VALUES (:name, 1)", j->name, 0, e))
        return e->code;
    if (j->ballast > 0 &&
        execute(db,
                "INSERT INTO answer (request_key, fingerprint, status, body, at_ms)"
                " VALUES (randomblob(16), zeroblob(16), length(:name), :ballast, 1)",
                j->name, j->ballast, e))
        return e->code;
    if (j->adds_orphan && execute(db,
                                  "INSERT INTO plan (name, unit, version, created_ms)"
                                  " VALUES (:name, 'stamp', 9, 1)",
                                  j->name, 0, e))
        return e->code;
    if (j->fail_with != OK)
        return err_set(e, j->fail_with, "as_told", "as told");
    return OK;
}

static void
shop_done(struct job *job, const struct err *e)
{
    struct shop_job *j = (struct shop_job *)job;

    if (reader != NULL)
        j->seen_in_done = shops_seen(reader);
    j->told = *e;
    j->order = atomic_fetch_add(&next_order, 1);
    atomic_store(&j->is_done, true);
}

static void
submit(struct shop_job *j, const char *name)
{
    j->job.run = shop_run;
    j->job.done = shop_done;
    snprintf(j->name, sizeof(j->name), "%s", name);
    writer_submit(writer, &j->job);
}

static void
wait_for(struct shop_job *j)
{
    for (int ms = 0; !atomic_load(&j->is_done) && ms < WAIT_MOST_MS; ms++)
        usleep(1000);
    CHECK_THAT(atomic_load(&j->is_done));
}

/* A job that holds the writer until opened, so that what is submitted behind it is one batch. */
struct gate {
    struct shop_job job;
    sem_t semaphore;
};

static void
gate_close(struct gate *g)
{
    *g = (struct gate){.job = {.gate = &g->semaphore}};
    sem_init(&g->semaphore, 0, 0);
    submit(&g->job, "the gate");
    while (writer_counts(writer).queue > 0) /* until the writer has taken it, alone */
        usleep(100);
}

static void
gate_open(struct gate *g)
{
    sem_post(&g->semaphore);
}

static int64_t
shops_in_file(void)
{
    struct db_options options = {.mode = DB_READ};
    struct db *db;
    struct err e = {0};
    int64_t n;

    CHECK_OK(db_open(&db, path, &options, &e), e);
    n = shops_seen(db);
    db_close(db);
    return n;
}

/* ---------------------------------------------------------------- each test's own book */

static void
start(int64_t cache_kib)
{
    struct db_options options = {.mode = DB_WRITE, .cache_kib = cache_kib};
    struct db *db;
    struct err e = {0};

    CHECK_OK(db_open(&db, path, &options, &e), e);
    CHECK_OK(writer_start(&writer, db, note_broken, &e), e);
}

static int
set_up(void **state)
{
    struct db_options options = {.mode = DB_READ};
    struct err e = {0};
    static int number;
    char name[32];

    check_forget_row(state);
    snprintf(name, sizeof(name), "book%d.db", number++);
    path = check_path(name);
    broken_calls = 0;
    next_order = 0;
    if (migrate_up(path, &e) || db_open(&reader, path, &options, &e)) {
        print_error("%s\n", e.text);
        return 1;
    }
    start(0);
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    fault_clear();
    writer_stop(writer);
    writer = NULL;
    db_close(reader);
    reader = NULL;
    return 0;
}

/* ---------------------------------------------------------------- claims */

static void
a_lone_job_does_not_wait_and_is_on_the_disk_when_done(void **state)
{
    struct shop_job j = {0};
    int64_t syncs = fault_syncs();

    (void)state;
    submit(&j, "ueno");
    wait_for(&j);
    CHECK_INT(j.told.code, OK);
    CHECK_INT(j.seen_in_run, 0);
    CHECK_INT(j.seen_in_done, 1);
    /* One for the data, and one for the head of a WAL that begins. */
    CHECK_THAT(fault_syncs() - syncs >= 1 && fault_syncs() - syncs <= 2);
    CHECK_INT(writer_counts(writer).jobs, 1);
    CHECK_INT(writer_counts(writer).batches, 1);
}

static void
jobs_that_wait_share_one_commit_and_show_together(void **state)
{
    struct gate gate;
    struct shop_job j[100] = {0};
    int64_t syncs;

    (void)state;
    gate_close(&gate);
    syncs = fault_syncs();
    for (size_t i = 0; i < COUNT(j); i++) {
        char name[32];

        snprintf(name, sizeof(name), "shop %zu", i);
        submit(&j[i], name);
    }
    CHECK_INT(writer_counts(writer).queue, 100);
    gate_open(&gate);
    for (size_t i = 0; i < COUNT(j); i++) {
        CHECK_ROW(i);
        wait_for(&j[i]);
        CHECK_INT(j[i].told.code, OK);
        CHECK_INT(j[i].seen_in_run, 1); /* the gate's */
        CHECK_INT(j[i].seen_in_done, 101);
        CHECK_INT(j[i].order, i + 1); /* in the order they came */
    }
    CHECK_INT(writer_counts(writer).batches, 2);
    CHECK_THAT(fault_syncs() - syncs <= 3); /* gate and batch, and the head of the WAL */
}

static void
a_batch_is_cut_at_its_limit(void **state)
{
    static struct shop_job j[2 * WRITER_BATCH + 1];
    struct gate gate;

    (void)state;
    memset(j, 0, sizeof(j));
    gate_close(&gate);
    for (size_t i = 0; i < COUNT(j); i++) {
        char name[32];

        snprintf(name, sizeof(name), "shop %zu", i);
        submit(&j[i], name);
    }
    gate_open(&gate);
    for (size_t i = 0; i < COUNT(j); i++)
        wait_for(&j[i]);
    CHECK_INT(writer_counts(writer).batches, 4);
    CHECK_INT(writer_counts(writer).jobs, COUNT(j) + 1);
    CHECK_INT(shops_in_file(), COUNT(j) + 1);
}

static void
a_failing_job_is_undone_alone(void **state)
{
    struct gate gate;
    struct shop_job j[6] = {
        [1] = {.fail_with = ERR_CONFLICT}, [3] = {.adds_orphan = true}, /* would fail the COMMIT of
                                                                           all */
    };
    static const struct {
        const char *name;
        enum err_code want;
        const char *word;
    } row[COUNT(j)] = {
        {"first", OK, NULL},
        {"undone", ERR_CONFLICT, "as_told"},
        {"second", OK, NULL},
        {"orphan", ERR_CONFLICT, "constraint"},
        {"first", ERR_CONFLICT, "constraint"}, /* the name is taken */
        {"undone", OK, NULL},                  /* the name is free: nothing is left of row 1 */
    };

    (void)state;
    gate_close(&gate);
    for (size_t i = 0; i < COUNT(j); i++)
        submit(&j[i], row[i].name);
    gate_open(&gate);
    for (size_t i = 0; i < COUNT(j); i++) {
        CHECK_ROW(i);
        wait_for(&j[i]);
        CHECK_FAILS(j[i].told.code, j[i].told, row[i].want, row[i].word);
    }
    CHECK_INT(writer_counts(writer).batches, 2);
    CHECK_INT(writer_counts(writer).failed_commits, 0);
    CHECK_INT(shops_in_file(), 4);
}

static void
a_failed_fsync_fails_the_batch_and_stops_the_writer(void **state)
{
    struct gate gate;
    struct shop_job before = {0}, j[3] = {[1] = {.fail_with = ERR_CONFLICT}}, after = {0};

    (void)state;
    submit(&before, "before");
    wait_for(&before);
    gate_close(&gate);
    for (size_t i = 0; i < COUNT(j); i++)
        submit(&j[i], (const char *[]){"a", "b", "c"}[i]);
    fault_set(FAULT_SYNC, 2); /* the gate's own commit is the first */
    gate_open(&gate);
    for (size_t i = 0; i < COUNT(j); i++) {
        CHECK_ROW(i);
        wait_for(&j[i]);
        CHECK_FAILS(j[i].told.code, j[i].told, ERR_BUSY, "commit_failed");
        CHECK_INT(j[i].seen_in_done, 2);
    }
    /* A disk that works again does not count: what it lost before is not known. */
    fault_clear();
    submit(&after, "after");
    wait_for(&after);
    CHECK_FAILS(after.told.code, after.told, ERR_BUSY, "stopping");
    CHECK_INT(broken_calls, 1);
    CHECK_INT(writer_counts(writer).failed_commits, 1);
}

static void
a_failed_write_fails_the_batch_and_stops_the_writer(void **state)
{
    struct shop_job j = {0}, after = {0};

    (void)state;
    fault_set(FAULT_WRITE, 1);
    submit(&j, "ueno");
    wait_for(&j);
    CHECK_FAILS(j.told.code, j.told, ERR_BUSY, "commit_failed");
    fault_clear();
    submit(&after, "after");
    wait_for(&after);
    CHECK_FAILS(after.told.code, after.told, ERR_BUSY, "stopping");
    CHECK_INT(broken_calls, 1);
    CHECK_INT(shops_seen(reader), 0);
}

static void
a_full_disk_refuses_writes_and_is_over_when_there_is_room(void **state)
{
    struct shop_job j = {0}, after = {0};

    (void)state;
    fault_set(FAULT_FULL, 1);
    submit(&j, "ueno");
    wait_for(&j);
    CHECK_FAILS(j.told.code, j.told, ERR_FULL, "disk_full");
    CHECK_INT(j.seen_in_done, 0);
    fault_clear();
    submit(&after, "ueno");
    wait_for(&after);
    CHECK_INT(after.told.code, OK);
    CHECK_INT(after.seen_in_done, 1);
    CHECK_INT(broken_calls, 0);
}

static void
a_disk_that_fills_in_the_middle_of_a_job_fails_the_batch(void **state)
{
    struct gate gate;
    struct shop_job j[3] = {[1] = {.ballast = 3000000}}; /* more than the cache: written at once */

    (void)state;
    writer_stop(writer);
    start(64);
    gate_close(&gate);
    for (size_t i = 0; i < COUNT(j); i++)
        submit(&j[i], (const char *[]){"a", "b", "c"}[i]);
    fault_set(FAULT_FULL, 20); /* the gate's commit takes fewer writes */
    gate_open(&gate);
    for (size_t i = 0; i < COUNT(j); i++) {
        CHECK_ROW(i);
        wait_for(&j[i]);
        CHECK_FAILS(j[i].told.code, j[i].told, ERR_FULL, "disk_full");
    }
    fault_clear();
    CHECK_INT(shops_in_file(), 1);
    CHECK_INT(broken_calls, 0);
}

/* What a careless job would do: write on after a failure it did not look at. */
static enum err_code
carry_on(struct db *db, void *context, struct err *e)
{
    (void)context;
    execute(db, "INSERT INTO shop (name, created_ms) VALUES (:name, 1)", "before", 0, e);
    fault_set(FAULT_FULL, 1);
    execute(db,
            "INSERT INTO answer (request_key, fingerprint, status, body, at_ms)"
            " VALUES (randomblob(16), zeroblob(16), length(:name), :ballast, 1)",
            "x", 3000000, e);
    fault_clear();
    return execute(db, "INSERT INTO shop (name, created_ms) VALUES (:name, 1)", "after", 0, e);
}

static void
nothing_is_written_behind_a_lost_transaction(void **state)
{
    struct err e = {0};

    (void)state;
    writer_stop(writer);
    start(64);
    CHECK_FAILS(writer_run(writer, carry_on, NULL, &e), e, ERR_BUSY, "commit_failed");
    CHECK_INT(shops_in_file(), 0);
}

static enum err_code
add_in_run(struct db *db, void *context, struct err *e)
{
    return execute(db, "INSERT INTO shop (name, created_ms) VALUES (:name, 1)", context, 0, e);
}

static void
running_one_job_waits_for_its_outcome(void **state)
{
    struct err e = {0};
    char name[] = "ueno";

    (void)state;
    CHECK_OK(writer_run(writer, add_in_run, name, &e), e);
    CHECK_INT(shops_seen(reader), 1);
    CHECK_FAILS(writer_run(writer, add_in_run, name, &e), e, ERR_CONFLICT, "constraint");
}

#define THREADS 8
#define JOBS_EACH 100

static void *
submit_many(void *arg)
{
    int *succeeded = arg;

    for (int i = 0; i < JOBS_EACH; i++) {
        struct err e = {0};
        char name[32];

        /* Every second name was used before and must be refused. */
        snprintf(name, sizeof(name), "%p %d", arg, i / 2);
        *succeeded += writer_run(writer, add_in_run, name, &e) == OK;
    }
    return NULL;
}

static void
many_threads_may_submit_and_each_job_runs_once(void **state)
{
    pthread_t thread[THREADS];
    int succeeded[THREADS] = {0};

    (void)state;
    for (size_t i = 0; i < THREADS; i++)
        CHECK_INT(pthread_create(&thread[i], NULL, submit_many, &succeeded[i]), 0);
    for (size_t i = 0; i < THREADS; i++) {
        pthread_join(thread[i], NULL);
        CHECK_INT(succeeded[i], JOBS_EACH / 2);
    }
    CHECK_INT(shops_seen(reader), THREADS * JOBS_EACH / 2);
    CHECK_INT(writer_counts(writer).jobs, THREADS * JOBS_EACH);
    CHECK_INT(writer_counts(writer).queue, 0);
}

static void *
stop(void *arg)
{
    (void)arg;
    writer_stop(writer);
    return NULL;
}

static void
stopping_finishes_what_is_queued_and_refuses_the_rest(void **state)
{
    static struct shop_job j[2000];
    struct gate gate;
    pthread_t stopper;
    size_t n = 0;
    size_t refused = 0;

    (void)state;
    memset(j, 0, sizeof(j));
    db_close(reader); /* so that the file is the whole book once the writer has closed it */
    reader = NULL;
    gate_close(&gate);
    for (; n < 50; n++) {
        char name[32];

        snprintf(name, sizeof(name), "shop %zu", n);
        submit(&j[n], name);
    }
    CHECK_INT(pthread_create(&stopper, NULL, stop, NULL), 0);
    while (refused == 0 && n < COUNT(j)) { /* until the stop has begun */
        char name[32];

        snprintf(name, sizeof(name), "shop %zu", n);
        submit(&j[n], name);
        refused += atomic_load(&j[n].is_done); /* at once, while the writer is still held */
        n++;
        usleep(1000);
    }
    CHECK_INT(refused, 1);
    CHECK_FAILS(j[n - 1].told.code, j[n - 1].told, ERR_BUSY, "stopping");
    gate_open(&gate);
    pthread_join(stopper, NULL);
    writer = NULL;
    for (size_t i = 0; i < n - 1; i++) {
        CHECK_THAT(atomic_load(&j[i].is_done));
        CHECK_INT(j[i].told.code, OK);
    }
    CHECK_INT(access(check_path("book-wal"), F_OK), -1);
    CHECK_INT(shops_in_file(), n); /* all but the refused one, and the gate's */
}

static void
a_quiet_writer_moves_the_wal_into_the_file(void **state)
{
    struct shop_job j[2] = {[0] = {.ballast = 500000}};
    struct stat before, now;

    (void)state;
    CHECK_INT(stat(path, &before), 0);
    submit(&j[0], "a");
    wait_for(&j[0]);
    CHECK_THAT(writer_counts(writer).wal_pages > 100);
    for (int ms = 0; ms < WAIT_MOST_MS; ms++) {
        CHECK_INT(stat(path, &now), 0);
        if (now.st_size > before.st_size + 400000)
            break;
        usleep(1000);
    }
    CHECK_THAT(now.st_size > before.st_size + 400000);
    submit(&j[1], "b"); /* begins the WAL again */
    wait_for(&j[1]);
    CHECK_THAT(writer_counts(writer).wal_pages < 20);
}

static _Atomic bool readers_stop;

static void *
read_steadily(void *arg)
{
    struct db_options options = {.mode = DB_READ};
    struct db *db;
    struct err e = {0};

    (void)arg;
    if (db_open(&db, path, &options, &e))
        return (void *)1;
    while (!atomic_load(&readers_stop)) {
        DB_TX tx = {0};

        if (db_begin(db, &tx, &e) || shops_seen(db) < 0)
            break;
        usleep(2000);
    }
    db_close(db);
    return atomic_load(&readers_stop) ? NULL : (void *)1;
}

static void
the_wal_stays_bounded_under_steady_reading_and_writing(void **state)
{
    pthread_t thread[2];
    int64_t most_pages = 0;

    (void)state;
    atomic_store(&readers_stop, false);
    for (size_t i = 0; i < COUNT(thread); i++)
        CHECK_INT(pthread_create(&thread[i], NULL, read_steadily, NULL), 0);
    for (int i = 0; i < 400; i++) { /* some 100 pages each: far more than the limit in all */
        struct shop_job j = {.ballast = 400000};
        char name[32];

        snprintf(name, sizeof(name), "%d", i);
        submit(&j, name);
        while (!atomic_load(&j.is_done))
            usleep(50);
        CHECK_INT(j.told.code, OK);
        if (writer_counts(writer).wal_pages > most_pages)
            most_pages = writer_counts(writer).wal_pages;
    }
    atomic_store(&readers_stop, true);
    for (size_t i = 0; i < COUNT(thread); i++) {
        void *failed;

        pthread_join(thread[i], &failed);
        CHECK_THAT(failed == NULL);
    }
    print_message("the WAL grew to %lld pages\n", (long long)most_pages);
    CHECK_THAT(most_pages < 20000);
}

int
main(void)
{
#define BOOK(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        BOOK(a_lone_job_does_not_wait_and_is_on_the_disk_when_done),
        BOOK(jobs_that_wait_share_one_commit_and_show_together),
        BOOK(a_batch_is_cut_at_its_limit),
        BOOK(a_failing_job_is_undone_alone),
        BOOK(a_failed_fsync_fails_the_batch_and_stops_the_writer),
        BOOK(a_failed_write_fails_the_batch_and_stops_the_writer),
        BOOK(a_full_disk_refuses_writes_and_is_over_when_there_is_room),
        BOOK(a_disk_that_fills_in_the_middle_of_a_job_fails_the_batch),
        BOOK(nothing_is_written_behind_a_lost_transaction),
        BOOK(running_one_job_waits_for_its_outcome),
        BOOK(many_threads_may_submit_and_each_job_runs_once),
        BOOK(stopping_finishes_what_is_queued_and_refuses_the_rest),
        BOOK(a_quiet_writer_moves_the_wal_into_the_file),
        BOOK(the_wal_stays_bounded_under_steady_reading_and_writing),
    };

    fault_install();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
