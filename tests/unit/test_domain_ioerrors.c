/*
 * The n-th call to the disk fails, once or from then on, for every n until none is left to fail:
 * each request is answered so that its sender knows to try again, or that the disk is full; what
 * was acknowledged is there when the file is opened again; and nothing is there by half.
 *
 * Every 89th n in `make test`; all of them by `make ioerrors`.
 */
#include "tests/support/check.h"
#include "tests/support/disk.h"
#include "tests/support/proof.h"
#include "tests/support/workload.h"

#include <inttypes.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/entropy.h"

#define BATCHES 7
#define BATCH_MAX 12
#define MIXED_STEPS 6 /* of every second batch */
#define CACHE_KIB 48  /* so little that pages are read again and again, and written early */
#define SHORT_STRIDE 89

enum fails { ONCE, FROM_THEN_ON, FULL };

static struct {
    struct book start;
    struct workload start_load;
    struct proof *proof;
    char path[256], image[256];

    /* one run */
    enum fails how;
    int64_t nth; /* the call that fails first */
    _Atomic int64_t calls, failures;
    _Atomic int failed; /* enum disk_call: the last that did */
    _Atomic bool is_armed;
    struct workload load;
    struct writer *writer;
    struct step step[BATCH_MAX];
    size_t steps_n, steps_done, batches, mixed, refused_in_batch;
    uint64_t acknowledged; /* the book as a number, when last something was */
    bool is_current;       /* nothing was lost since */
    bool is_broken;
    struct err first, broken_by; /* the first refusal */
    char why[320];
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool is_over;

    /* all runs */
    int64_t runs, answered[ERR_FULL + 1], broken, went_on, uncertain, read;
} t = {.lock = PTHREAD_MUTEX_INITIALIZER, .wake = PTHREAD_COND_INITIALIZER};

static void
complain(const char *what, const char *text)
{
    if (t.why[0] == '\0')
        snprintf(t.why, sizeof(t.why), "%s: %s", what, text);
}

/* ---------------------------------------------------------------- the disk */

static int
answer(void *context, enum disk_call call, const char *name)
{
    int64_t calls;

    (void)context, (void)name;
    if (!t.is_armed || (t.how == FULL && call != DISK_WRITE))
        return SQLITE_OK;
    calls = ++t.calls;
    if (t.how == ONCE ? calls != t.nth : calls < t.nth)
        return SQLITE_OK;
    t.failures++;
    t.failed = (int)call;
    return t.how == FULL ? SQLITE_FULL : disk_error(call);
}

static void
arm(enum fails how, int64_t nth)
{
    t.how = how;
    t.nth = nth;
    t.calls = t.failures = 0;
    t.is_armed = true;
}

/* ---------------------------------------------------------------- the writer's thread */

static void submit_batch(void);

static void
note_broken(const struct err *e)
{
    if (t.is_broken)
        complain("broken twice", e->text);
    t.is_broken = true;
    t.broken_by = *e;
}

/* As the program sees it, without asking the disk that fails. */
static void
note_state(void)
{
    struct err e;

    disk_cut(t.path, t.image, DISK_CUT_NOTHING, 0);
    if (proof_number(t.proof, &t.acknowledged, &e))
        complain("after a batch", e.text);
    t.is_current = true;
}

static void
done(struct job *job, const struct err *e)
{
    struct step *s = (struct step *)job;
    bool is_lost = e->code == ERR_FULL || e->code == ERR_BUSY;

    t.answered[e->code]++;
    if (e->code == OK) {
        if (t.is_broken)
            complain("acknowledged by a broken writer", "");
        workload_acknowledge(s);
    } else if (e->code == ERR_INTERNAL || (is_lost && t.failures == 0))
        complain("answered 500, or without a cause", e->text);
    t.refused_in_batch += is_lost;
    if (++t.steps_done < t.steps_n)
        return;
    if (t.refused_in_batch == 0)
        note_state();
    else
        t.is_current = false;
    if (++t.batches < BATCHES) {
        submit_batch();
        return;
    }
    pthread_mutex_lock(&t.lock);
    t.is_over = true;
    pthread_cond_signal(&t.wake);
    pthread_mutex_unlock(&t.lock);
}

static void
submit_batch(void)
{
    static const enum step_kind other[] = {
        STEP_REVERSE, STEP_REDEEM, STEP_UNREDEEM, STEP_NOTICES, STEP_MERGE,   STEP_UNMERGE,
        STEP_LATE,    STEP_BONUS,  STEP_SPEND,    STEP_HOLD,    STEP_CAPTURE, STEP_SWAP,
        STEP_GIFT,    STEP_REFUND, STEP_CANCEL,   STEP_LAPSE,   STEP_EXPIRE};
    bool is_mixed = t.batches % 2 == 1; /* so that all of them come in a run */

    t.steps_n = is_mixed ? MIXED_STEPS : 2 + (size_t)entropy_below(BATCH_MAX - 1);
    t.steps_done = t.refused_in_batch = 0;
    for (size_t i = 0; i < t.steps_n; i++) {
        enum step_kind kind = is_mixed ? other[t.mixed++ % COUNT(other)] : STEP_GRANT;

        workload_next(&t.load, t.batches == 4 && i == 0 ? STEP_FORGET : kind, &t.step[i]);
        t.step[i].job.done = done;
    }
    for (size_t i = 0, n = t.steps_n; i < n; i++)
        writer_submit(t.writer, &t.step[i].job);
}

static void
begun(struct job *job, const struct err *e)
{
    (void)job, (void)e;
    submit_batch();
}

static enum err_code
nothing(struct job *job, struct db *db, struct err *e)
{
    (void)job, (void)db, (void)e;
    return OK;
}

/* ---------------------------------------------------------------- one run */

static void
read_on(struct db *reader)
{
    struct card card;
    struct err e;

    for (size_t i = 0; i < WORKLOAD_CARDS; i++)
        CHECK_OK(card_load(reader, t.load.card[i].id, &card, &e), e);
    t.read++;
}

/* What a new process finds. */
static void
open_again(void)
{
    uint64_t number;
    struct err e;

    disk_copy(t.path, t.image);
    CHECK_OK(proof_check(t.proof, true, &e), e);
    CHECK_OK(proof_has(t.proof, CHAIN_TRANSFER, &t.load.transfers, &e), e);
    CHECK_OK(proof_has(t.proof, CHAIN_AUDIT, &t.load.audit, &e), e);
    CHECK_OK(proof_number(t.proof, &number, &e), e);
    if (t.is_current && number != t.acknowledged)
        fail_msg("the book is not as it was acknowledged");
    t.uncertain +=
        number != t.acknowledged; /* refused, and yet on the disk: a COMMIT that failed */
}

static void
begin(struct db **writer_out)
{
    struct db_options options = {.mode = DB_WRITE, .cache_kib = CACHE_KIB};
    struct err e;

    t.is_armed = false;
    disk_copy(t.start.path, t.path);
    t.load = t.start_load;
    t.batches = t.mixed = 0;
    t.is_broken = t.is_over = false;
    t.why[0] = '\0';
    entropy_seed(7);
    CHECK_OK(db_open(writer_out, t.path, &options, &e), e);
    db_attach(*writer_out, &t.start.keys);
}

/* False: there was no n-th call. */
static bool
run(enum fails how, int64_t nth)
{
    struct job first = {.run = nothing, .done = begun};
    struct db *db, *reader;
    bool is_early, has_failed; /* before the writer was told to end; at all */
    struct err e;

    begin(&db);
    CHECK_OK(db_open(&reader, t.path, &(struct db_options){.mode = DB_READ}, &e), e);
    note_state();
    arm(how, nth);
    CHECK_OK(writer_start(&t.writer, db, note_broken, &e), e);
    writer_submit(t.writer, &first);
    pthread_mutex_lock(&t.lock);
    while (!t.is_over)
        pthread_cond_wait(&t.wake, &t.lock);
    pthread_mutex_unlock(&t.lock);
    is_early = t.failures > 0;
    if (how != FROM_THEN_ON && is_early)
        read_on(reader);
    db_close(reader);
    writer_stop(t.writer);
    has_failed = t.failures > 0;
    t.is_armed = false;
    if (t.why[0] != '\0')
        fail_msg("%s", t.why);
    if (is_early && t.failed == DISK_SYNC && !t.is_broken)
        fail_msg("after a sync that failed nothing can be believed, and the writer goes on");
    if (how == FULL && t.is_broken)
        fail_msg("a full disk is no reason to stop: %s", t.broken_by.text);
    open_again();
    t.runs++;
    t.broken += t.is_broken;
    t.went_on += has_failed && !t.is_broken;
    return has_failed;
}

static void
every_call(enum fails how, const char *name)
{
    int64_t stride = getenv("IOERRORS") != NULL ? 1 : SHORT_STRIDE, nth = 1;
    int64_t began_ms = clock_monotonic_ms();

    t.runs = t.broken = t.went_on = t.uncertain = t.read = 0;
    memset(t.answered, 0, sizeof(t.answered));
    for (bool has_failed = true; has_failed; nth += stride) {
        CHECK_ROW(nth);
        has_failed = run(how, nth);
    }
    print_message("%-12s  calls %" PRId64 "  runs %" PRId64 "  stopped %" PRId64
                  "  went on %" PRId64 "  acknowledged %" PRId64 "  503 %" PRId64 "  507 %" PRId64
                  "  500 %" PRId64 "  uncertain %" PRId64 "  %" PRId64 " ms\n",
                  name, nth - stride, t.runs, t.broken, t.went_on, t.answered[OK],
                  t.answered[ERR_BUSY], t.answered[ERR_FULL], t.answered[ERR_INTERNAL], t.uncertain,
                  clock_monotonic_ms() - began_ms);
    CHECK_THAT(t.answered[OK] > 0);
    CHECK_THAT(t.answered[how == FULL ? ERR_FULL : ERR_BUSY] > 0);
}

/* ---------------------------------------------------------------- tests */

static void
a_call_that_fails_once_is_told(void **state)
{
    (void)state;
    every_call(ONCE, "once");
    CHECK_THAT(t.broken > 0);
    CHECK_THAT(t.read > 0);
}

static void
a_dead_disk_stops_the_writer(void **state)
{
    (void)state;
    every_call(FROM_THEN_ON, "from then on");
    CHECK_THAT(t.broken > 0);
}

static void
a_full_disk_refuses_and_reads_go_on(void **state)
{
    (void)state;
    every_call(FULL, "full");
    CHECK_INT(t.broken, 0);
    CHECK_THAT(t.read > 0);
}

/* Whatever fails while a file is opened: it is told, and the next start finds the same book. */
static void
a_start_that_fails_harms_nothing(void **state)
{
    uint64_t before, after;
    bool has_failed = true;
    int64_t nth;
    struct err e;

    (void)state;
    disk_copy(t.start.path, t.image);
    CHECK_OK(proof_number(t.proof, &before, &e), e);
    for (nth = 1; has_failed; nth++) {
        struct db_options options = {.mode = DB_WRITE};
        struct db *db = NULL;
        enum err_code code;

        CHECK_ROW(nth);
        disk_copy(t.start.path, t.path);
        arm(nth % 2 ? ONCE : FROM_THEN_ON, nth);
        code = db_open(&db, t.path, &options, &e);
        has_failed = t.failures > 0;
        CHECK_THAT(has_failed || code == OK);
        if (code == OK)
            db_close(db);
        t.is_armed = false;
        disk_copy(t.path, t.image);
        CHECK_OK(proof_check(t.proof, true, &e), e);
        CHECK_OK(proof_number(t.proof, &after, &e), e);
        CHECK_THAT(before == after);
    }
    CHECK_THAT(nth > 5);
}

/* ---------------------------------------------------------------- the files */

static void
name_file(char out[256], const char *name)
{
    FILE *f;

    snprintf(out, 256, "%s", check_path(name));
    f = fopen(out, "w"); /* db_open looks whether it is there */
    assert_non_null(f);
    fclose(f);
}

static int
set_up(void **state)
{
    struct err e;

    (void)state;
    entropy_seed(1);
    book_open(&t.start);
    workload_open(&t.start_load, &t.start);
    book_close(&t.start);
    name_file(t.path, "errors.db");
    name_file(t.image, "image.db");
    disk_copy(t.start.path, t.image);
    CHECK_OK(proof_open(&t.proof, t.image, &t.start.keys, &e), e);
    disk_watch(t.path, answer, NULL);
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    proof_close(t.proof);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_call_that_fails_once_is_told),
        TEST(a_dead_disk_stops_the_writer),
        TEST(a_full_disk_refuses_and_reads_go_on),
        TEST(a_start_that_fails_harms_nothing),
    };

    disk_install();
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
