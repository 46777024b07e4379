/*
 * The power is cut at every write and sync of the writer: whatever the disk then holds opens as a
 * sound book, and it is the book as it was after the last acknowledged batch, or after the one that
 * was about to be: none less, none half, nothing else.
 *
 * Short in `make test`; `make powercut IMAGES=100000 SEED=1` for long. Each episode starts from the
 * same small book with a seed of its own, so that an image that fails is found again from there.
 */
#include "tests/support/check.h"
#include "tests/support/disk.h"
#include "tests/support/proof.h"
#include "tests/support/workload.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/entropy.h"
#include "store/db_raw.h"

#define BATCHES 14 /* of one life of the writer; an episode has two */
#define BATCH_MAX 24
#define QUIET_FRAMES 80 /* over the writer's QUIET_PAGES: left alone, it checkpoints */
#define SHORT_IMAGES 300
#define ENOUGH_IMAGES 50000 /* for every kind of step to be among them */
#define SHORT_SPREAD 24     /* calls for each that is looked at */
#define START_AGAIN 250     /* images for each that goes through a whole start, twice */

static struct {
    /* the run */
    struct book start; /* closed: every episode goes on from it */
    struct workload start_load;
    struct proof *proof;
    char image[256], other_image[256];
    bool is_normal; /* PRAGMA synchronous = NORMAL */
    int64_t seed, spread;
    int64_t images, images_wanted, lost, corrupt;
    int64_t done[STEP_KINDS];
    struct err why;

    /* the episode */
    struct book book;
    struct workload load;
    int64_t episode_seed, episode_images, calls;
    uint64_t state[2 * BATCHES + 2]; /* the book as a number, after each batch */
    size_t states_n;

    /* the batch */
    struct writer *writer;
    struct step step[BATCH_MAX];
    size_t steps_n, steps_done, batches;
    bool is_in_flight, next_is_known;
    uint64_t next; /* what the book is to become, as an image said before the batch had ended */
    int64_t syncs;

    /* between the writer and the test */
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool is_quiet, is_checkpointed, is_over;
} t = {.lock = PTHREAD_MUTEX_INITIALIZER, .wake = PTHREAD_COND_INITIALIZER};

static void
tell(bool *what)
{
    pthread_mutex_lock(&t.lock);
    *what = true;
    pthread_cond_signal(&t.wake);
    pthread_mutex_unlock(&t.lock);
}

/* ---------------------------------------------------------------- one image */

static void
corrupt(const char *what, const struct err *e)
{
    t.corrupt++;
    if (t.corrupt == 1)
        err_set(&t.why, ERR_INTERNAL, "corrupt",
                "SEED=%" PRId64 " IMAGES=%" PRId64 " SPREAD=%" PRId64 ": %s: %s", t.episode_seed,
                t.episode_images, t.spread, what, e == NULL ? "" : e->text);
}

static void
judge(uint64_t number)
{
    if (number == t.state[t.states_n - 1])
        return;
    for (size_t i = 0; i + 1 < t.states_n; i++)
        if (number == t.state[i]) {
            t.lost++;
            return;
        }
    if (!t.is_in_flight || (t.next_is_known && t.next != number))
        corrupt("neither the book before nor after a batch", NULL);
    t.next_is_known = true;
    t.next = number;
}

/* As the service starts: every page is looked at; closed, the WAL is gone; and it is the same book
 * once more. */
static enum err_code
start_again(enum disk_cut how, uint64_t seed, uint64_t number, struct err *e)
{
    struct proof *p;
    uint64_t again = 0;

    disk_cut(t.book.path, t.other_image, how, seed);
    for (int i = 0; i < 2; i++) {
        enum err_code code = proof_open(&p, t.other_image, &t.start.keys, e);

        if (code != OK)
            return code;
        code = proof_check(p, false, e) || proof_number(p, &again, e) ? e->code : OK;
        proof_close(p);
        if (code != OK)
            return code;
        if (again != number)
            return err_set(e, ERR_CONFLICT, "other", "start %d finds another book", i + 1);
    }
    return OK;
}

static void
look_at(enum disk_cut how)
{
    uint64_t number = 0, seed;
    struct err e;

    if (t.images == t.images_wanted || t.corrupt > 0)
        return;
    t.images++;
    t.episode_images++;
    seed = (uint64_t)t.episode_seed * 1000003 + (uint64_t)t.episode_images;
    disk_cut(t.book.path, t.image, how, seed);
    if (proof_check(t.proof, true, &e) || proof_number(t.proof, &number, &e))
        corrupt("not sound", &e);
    else
        judge(number);
    if (t.images % START_AGAIN == 0 && start_again(how, seed, number, &e))
        corrupt("another start", &e);
}

/* On the thread that is about to make the call. */
static int
watch(void *context, enum disk_call call, const char *name)
{
    int64_t syncs = disk_syncs(t.book.path);

    (void)context;
    if (call != DISK_WRITE && call != DISK_SYNC && call != DISK_TRUNCATE && call != DISK_DELETE)
        return 0;
    if (++t.calls % t.spread == 0) {
        if (syncs != t.syncs)
            look_at(DISK_CUT_SYNCED);
        t.syncs = syncs;
        if (disk_unsynced(t.book.path) > 0) {
            look_at(DISK_CUT_PREFIX);
            look_at(DISK_CUT_RANDOM);
        }
    }
    if (call == DISK_SYNC && strcmp(name, t.book.path) == 0)
        tell(&t.is_checkpointed);
    return 0;
}

/* ---------------------------------------------------------------- one batch after the other */

static void submit_batch(void);

/* The book as it is now, which the disk does not have to know of yet. */
static void
note_state(void)
{
    uint64_t number = 0;
    struct err e;

    disk_cut(t.book.path, t.image, DISK_CUT_NOTHING, 0);
    if (proof_check(t.proof, true, &e) || proof_number(t.proof, &number, &e))
        corrupt("the book itself is not sound", &e);
    if (t.next_is_known && t.next != number)
        corrupt("the book of a batch that never was", NULL);
    t.state[t.states_n++] = number;
}

/* Whoever wakes the writer does it once its checkpoint is all but over. */
static void
rest(void)
{
    pthread_mutex_lock(&t.lock);
    t.is_checkpointed = false;
    t.is_quiet = true;
    pthread_mutex_unlock(&t.lock);
}

static void
done(struct job *job, const struct err *e)
{
    struct step *s = (struct step *)job;

    if (e->code == OK)
        workload_acknowledge(s);
    else if (e->code != ERR_CONFLICT && e->code != ERR_FORBIDDEN && e->code != ERR_NOT_FOUND &&
             e->code != ERR_INPUT)
        corrupt("a step failed", e);
    if (++t.steps_done < t.steps_n)
        return;
    note_state();
    t.is_in_flight = t.next_is_known = false;
    if (++t.batches == BATCHES || t.images == t.images_wanted || t.corrupt > 0)
        tell(&t.is_over);
    else if (t.batches % 4 == 0 && disk_frames(t.book.path) >= QUIET_FRAMES)
        rest();
    else
        submit_batch();
}

/* From done() on the writer's thread, so that the whole batch is waiting when it looks. */
static void
submit_batch(void)
{
    uint64_t most = entropy_below(4) == 0 ? BATCH_MAX : 4;

    t.steps_n = 1 + (size_t)entropy_below(most);
    t.steps_done = 0;
    t.is_in_flight = true;
    for (size_t i = 0; i < t.steps_n; i++) {
        workload_next(&t.load, workload_kind(), &t.step[i]);
        t.step[i].job.done = done;
    }
    for (size_t i = 0, n = t.steps_n; i < n; i++)
        writer_submit(t.writer, &t.step[i].job);
}

/* Of a job that only lets a batch begin where all others do. */
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

/* From the start of the writer to its end. */
static void
live(void)
{
    struct job first = {.run = nothing, .done = begun};
    struct err e;

    CHECK_OK(db_open(&t.book.db, t.book.path, &(struct db_options){.mode = DB_WRITE}, &e), e);
    db_attach(t.book.db, &t.start.keys);
    if (t.is_normal) {
        sqlite3_set_authorizer(t.book.db->handle, NULL, NULL);
        assert_int_equal(
            sqlite3_exec(t.book.db->handle, "PRAGMA synchronous = NORMAL", NULL, NULL, NULL), 0);
    }
    t.is_over = t.is_quiet = t.is_checkpointed = false;
    t.batches = 0;
    CHECK_OK(writer_start(&t.writer, t.book.db, NULL, &e), e);
    writer_submit(t.writer, &first);
    pthread_mutex_lock(&t.lock);
    while (!t.is_over) {
        if (t.is_quiet && t.is_checkpointed) {
            t.is_quiet = false;
            pthread_mutex_unlock(&t.lock);
            writer_submit(t.writer, &first);
            pthread_mutex_lock(&t.lock);
            continue;
        }
        pthread_cond_wait(&t.wake, &t.lock);
    }
    pthread_mutex_unlock(&t.lock);
    writer_stop(t.writer);
}

static void
episode(void)
{
    uint64_t number;
    struct err e;

    disk_watch("", NULL, NULL);
    disk_copy(t.start.path, t.book.path);
    disk_copy(t.start.path, t.image);
    t.load = t.start_load;
    t.episode_images = t.calls = 0;
    t.syncs = disk_syncs(t.book.path);
    CHECK_OK(proof_number(t.proof, &number, &e), e);
    t.state[0] = number;
    t.states_n = 1;
    entropy_seed((uint64_t)t.episode_seed);
    disk_watch(t.book.path, watch, NULL);
    live();
    live();
    disk_watch("", NULL, NULL);
    for (int i = 0; i < STEP_KINDS; i++)
        t.done[i] += t.load.done[i];
    t.episode_seed++;
}

/* ---------------------------------------------------------------- the runs */

static void
name_file(char out[256], const char *name)
{
    FILE *f;

    snprintf(out, 256, "%s", check_path(name));
    f = fopen(out, "w"); /* db_open looks whether it is there */
    assert_non_null(f);
    fclose(f);
}

static int64_t
number_of(const char *name, int64_t otherwise)
{
    const char *text = getenv(name);

    return text == NULL ? otherwise : strtoll(text, NULL, 10);
}

static void
cut_the_power(bool is_normal, int64_t images)
{
    int64_t began_ms = clock_monotonic_ms(), took_ms;

    t.is_normal = is_normal;
    t.images_wanted = images;
    t.images = t.lost = t.corrupt = 0;
    t.episode_seed = t.seed;
    while (t.images < t.images_wanted && t.corrupt == 0)
        episode();
    took_ms = clock_monotonic_ms() - began_ms;
    print_message("synchronous %s  seed %" PRId64 "  images %" PRId64 "  episodes %" PRId64
                  "  lost %" PRId64 "  corrupt %" PRId64 "  %" PRId64 " images/s\n",
                  is_normal ? "NORMAL" : "FULL  ", t.seed, t.images, t.episode_seed - t.seed,
                  t.lost, t.corrupt, t.images * 1000 / (took_ms + 1));
    if (t.corrupt > 0)
        fail_msg("%s", t.why.text);
}

static int
set_up(void **state)
{
    struct err e;

    (void)state;
    t.images_wanted = number_of("IMAGES", SHORT_IMAGES);
    t.seed = number_of("SEED", 1);
    t.spread = number_of("SPREAD", getenv("IMAGES") == NULL ? SHORT_SPREAD : 1);
    entropy_seed(1);
    book_open(&t.start);
    workload_open(&t.start_load, &t.start);
    book_close(&t.start);
    name_file(t.book.path, "cut.db");
    name_file(t.image, "image.db");
    name_file(t.other_image, "other.db");
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

static void
no_power_cut_takes_back_what_was_acknowledged(void **state)
{
    (void)state;
    cut_the_power(false, t.images_wanted);
    CHECK_INT(t.lost, 0);
}

/* What many advise for a WAL: never corrupt, but it forgets. That this test can see so much is the
 * proof that it would see less. */
static void
with_less_syncing_it_would(void **state)
{
    (void)state;
    cut_the_power(true, t.images_wanted < 5000 ? t.images_wanted : 5000);
    CHECK_THAT(t.lost > 0);
}

static void
the_days_were_full(void **state)
{
    (void)state;
    for (int i = 0; i < STEP_KINDS; i++) {
        CHECK_ROW(i);
        /* Some come seldom, and an episode gives thousands of images. */
        if (t.images_wanted < ENOUGH_IMAGES && i != STEP_GRANT && i != STEP_REDEEM)
            continue;
        CHECK_THAT(t.done[i] > 0);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(no_power_cut_takes_back_what_was_acknowledged),
        TEST(with_less_syncing_it_would),
        TEST(the_days_were_full),
    };

    disk_install();
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
