/*
 * The n-th allocation fails, once or from then on, for every n until none is left to fail: of ours,
 * SQLite's and OpenSSL's, from the moment a job is taken to the end of its COMMIT. Nothing
 * crashes; the book is as before when the job was refused and as after when it was acknowledged,
 * never between; and tried again, with the same key, it does what it should.
 *
 * Every 19th n in `make test`; all of them by `make nomem`.
 */
#include "tests/support/check.h"
#include "tests/support/disk.h"
#include "tests/support/memory.h"
#include "tests/support/proof.h"
#include "tests/support/workload.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/entropy.h"

#define PAST_STEPS 60
#define SHORT_STRIDE 19

/* ---------------------------------------------------------------- a book with a past */

static struct {
    struct book start; /* closed */
    struct workload load;
    struct step next[STEP_KINDS]; /* each would change something */
    struct proof *proof;
    char path[256], image[256];
    bool is_broken;
} t;

static bool
run_here(struct step *s)
{
    struct err e, undo;
    bool done;

    CHECK_OK(db_savepoint(t.start.db, &undo), undo);
    done = s->job.run(&s->job, t.start.db, &e) == OK;
    if (done)
        CHECK_OK(db_savepoint_release(t.start.db, &undo), undo);
    else
        CHECK_OK(db_savepoint_undo(t.start.db, &undo), undo);
    return done;
}

static void
live_through(enum step_kind kind)
{
    DB_TX tx = {0};
    struct step s;
    struct err e;

    workload_next(&t.load, kind, &s);
    CHECK_OK(db_begin(t.start.db, &tx, &e), e);
    if (run_here(&s))
        workload_acknowledge(&s);
    CHECK_OK(db_commit(&tx, &e), e);
}

/* What it works on is soon over. */
static void
make_room_for(enum step_kind kind)
{
    static const enum step_kind before[STEP_KINDS] = {[STEP_CAPTURE] = STEP_HOLD,
                                                      [STEP_SWAP_BACK] = STEP_SWAP,
                                                      [STEP_ACCEPT] = STEP_GIFT,
                                                      [STEP_UNREDEEM] = STEP_REDEEM};

    if (before[kind] != STEP_GRANT)
        live_through(before[kind]);
}

/* A step that would change something now. */
static void
find_step(enum step_kind kind, struct step *out)
{
    for (int i = 0; i < 200; i++) {
        DB_TX tx = {0}; /* never committed */
        struct step trial;
        struct err e;

        make_room_for(kind);
        workload_next(&t.load, kind, out);
        trial = *out;
        CHECK_OK(db_begin(t.start.db, &tx, &e), e);
        if (run_here(&trial) && trial.has_changed)
            return;
    }
    fail_msg("no step of kind %d changes anything", (int)kind);
}

/* Those first that something is made for: nothing may be later than what comes next. */
static void
find_steps(void)
{
    static const enum step_kind first[] = {STEP_UNREDEEM, STEP_ACCEPT, STEP_SWAP_BACK,
                                           STEP_CAPTURE};

    for (size_t i = 0; i < COUNT(first); i++)
        find_step(first[i], &t.next[first[i]]);
    for (int kind = 0; kind < STEP_FORGET; kind++)
        if (t.next[kind].load == NULL)
            find_step((enum step_kind)kind, &t.next[kind]);
}

static void
make_past(void)
{
    for (int i = 0; i < PAST_STEPS; i++)
        live_through(i % 12 == 11 ? STEP_MERGE : STEP_GRANT);
}

/* ---------------------------------------------------------------- one attempt */

static void
note_broken(const struct err *e)
{
    (void)e;
    memory_back();
    t.is_broken = true;
}

struct attempt {
    struct job job;
    struct step *step;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool is_done;
    struct err answer;
};

/* As for a request (http/decide.c): what found less memory than it asked for says nothing about
 * what it was given. */
static enum err_code
attempt_run(struct job *job, struct db *db, struct err *e)
{
    struct step *s = ((struct attempt *)job)->step;
    uint64_t before = arena_starvations();
    enum err_code code = s->job.run(&s->job, db, e);

    return arena_starvations() == before ? code
                                         : err_set(e, ERR_INTERNAL, "out_of_memory", "arena");
}

static void
attempt_done(struct job *job, const struct err *e)
{
    struct attempt *a = (struct attempt *)job;

    memory_back();
    pthread_mutex_lock(&a->lock);
    a->answer = *e;
    a->is_done = true;
    pthread_cond_signal(&a->wake);
    pthread_mutex_unlock(&a->lock);
}

static enum err_code
attempt(struct writer *w, const struct step *what, int64_t first, bool for_good)
{
    struct step s = *what;
    struct attempt a = {.job = {.run = attempt_run, .done = attempt_done},
                        .step = &s,
                        .lock = PTHREAD_MUTEX_INITIALIZER,
                        .wake = PTHREAD_COND_INITIALIZER};

    entropy_seed(5); /* so that it writes the same each time */
    memory_fail(first, for_good);
    writer_submit(w, &a.job);
    pthread_mutex_lock(&a.lock);
    while (!a.is_done)
        pthread_cond_wait(&a.wake, &a.lock);
    pthread_mutex_unlock(&a.lock);
    memory_back();
    return a.answer.code;
}

static uint64_t
number_now(void)
{
    uint64_t number;
    struct err e;

    disk_cut(t.path, t.image, DISK_CUT_NOTHING, 0);
    CHECK_OK(proof_check(t.proof, true, &e), e);
    CHECK_OK(proof_number(t.proof, &number, &e), e);
    return number;
}

static enum err_code
do_nothing(struct db *db, void *context, struct err *e)
{
    (void)db;
    (void)context;
    (void)e;
    return OK;
}

static struct writer *
open_writer(void)
{
    struct db_options options = {.mode = DB_WRITE};
    struct writer *w;
    struct db *db;
    struct err e;

    t.is_broken = false;
    disk_copy(t.start.path, t.path);
    CHECK_OK(db_open(&db, t.path, &options, &e), e);
    db_attach(db, &t.start.keys);
    CHECK_OK(writer_start(&w, db, note_broken, &e), e);
    /* Its thread is there after that, and with it what a sanitizer keeps of a thread. */
    CHECK_OK(writer_run(w, do_nothing, NULL, &e), e);
    return w;
}

/* ---------------------------------------------------------------- all of them */

struct tally {
    int64_t runs, refused, tolerated, stopped;
};

/* False: there is no such allocation. */
static bool
fail_at(const struct step *s, int64_t first, bool for_good, uint64_t before, uint64_t after,
        struct tally *tally)
{
    struct writer *w = open_writer();
    enum err_code code = attempt(w, s, first, for_good);
    uint64_t number = number_now();
    bool has_failed = memory_failed() > 0;

    tally->runs++;
    tally->refused += code != OK;
    tally->tolerated += code == OK && has_failed;
    if (code != OK && code != ERR_INTERNAL && code != ERR_BUSY)
        fail_msg("allocation %" PRId64 ": answered as if it were the sender's fault: %d", first,
                 (int)code);
    if (number != (code == OK ? after : before))
        fail_msg("allocation %" PRId64 ", answer %d: the book is not what was answered", first,
                 (int)code);
    if (code != OK && !has_failed)
        fail_msg("refused without a cause: %d", (int)code);
    if (code != OK && attempt(w, s, 0, false) == OK)
        CHECK_THAT(number_now() == after);
    else if (code != OK) /* a broken writer says so only after it has answered */
        CHECK_THAT(t.is_broken);
    writer_stop(w);
    tally->stopped += t.is_broken;
    return has_failed;
}

/* How often the step was refused. */
static int64_t
every_allocation(enum step_kind kind, const char *name)
{
    int64_t stride = getenv("NOMEM") != NULL ? 1 : SHORT_STRIDE, first = 1;
    const struct step *s = &t.next[kind];
    struct tally tally = {0};
    uint64_t before, after;
    struct writer *w = open_writer();

    before = number_now();
    CHECK_INT(attempt(w, s, 0, false), OK);
    after = number_now();
    writer_stop(w);
    CHECK_THAT(before != after);
    for (bool has_failed = true; has_failed; first += stride) {
        CHECK_ROW(first);
        has_failed = fail_at(s, first, false, before, after, &tally);
        if (has_failed)
            fail_at(s, first, true, before, after, &tally);
    }
    print_message("%-8s  allocations %" PRId64 "  runs %" PRId64 "  refused %" PRId64
                  "  done all the same %" PRId64 "  stopped %" PRId64 "\n",
                  name, first - stride - 1, tally.runs, tally.refused, tally.tolerated,
                  tally.stopped);
    return tally.refused;
}

static void
memory_that_runs_out_leaves_nothing_by_half(void **state)
{
    static const struct {
        enum step_kind kind;
        const char *name;
    } row[] = {
        {STEP_GRANT, "grant"},     {STEP_REVERSE, "reverse"}, {STEP_REDEEM, "redeem"},
        {STEP_MERGE, "merge"},     {STEP_UNMERGE, "unmerge"}, {STEP_NOTICES, "notices"},
        {STEP_EXPIRE, "expire"},   {STEP_SPEND, "spend"},     {STEP_HOLD, "hold"},
        {STEP_CAPTURE, "capture"}, {STEP_SWAP, "swap"},       {STEP_SWAP_BACK, "swap back"},
        {STEP_GIFT, "gift"},       {STEP_ACCEPT, "accept"},   {STEP_REFUND, "refund"},
        {STEP_LATE, "late"},       {STEP_BONUS, "bonus"},     {STEP_UNREDEEM, "unredeem"},
        {STEP_CANCEL, "cancel"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++)
        CHECK_THAT(every_allocation(row[i].kind, row[i].name) > 0);
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
    workload_open(&t.load, &t.start);
    make_past();
    find_steps();
    book_close(&t.start);
    name_file(t.path, "nomem.db");
    name_file(t.image, "image.db");
    disk_copy(t.start.path, t.image);
    CHECK_OK(proof_open(&t.proof, t.image, &t.start.keys, &e), e);
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
    const struct CMUnitTest tests[] = {TEST(memory_that_runs_out_leaves_nothing_by_half)};

    disk_install();
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
