/*
 * writer.h - the one thread that writes.
 *
 * Jobs queue up; the writer takes whatever waits (at most WRITER_BATCH), runs each inside a
 * savepoint of one transaction, COMMITs once with synchronous=FULL, and only then calls the jobs'
 * done(). Nobody hears of a change before it is on the disk. A job that fails is rolled back to its
 * own savepoint and hurts no neighbour; a failed COMMIT fails every job of its batch. Between
 * batches, with an empty queue, it checkpoints a little.
 */
#ifndef STORE_WRITER_H
#define STORE_WRITER_H

#include "base/err.h"
#include "store/db.h"

#include <stdint.h>

#define WRITER_BATCH 256

struct job {
    /* On the writer thread, in a savepoint. Not OK: everything it wrote is undone. */
    enum err_code (*run)(struct job *job, struct db *db, struct err *e);
    /* On the writer thread after the COMMIT; *e is run's failure, or the COMMIT's (ERR_FULL
     * "disk_full", else ERR_BUSY "commit_failed"), or its code is OK. Must not block. The job is
     * the caller's again from here on. */
    void (*done)(struct job *job, const struct err *e);
    struct job *next; /* the writer's */
    enum err_code code;
    struct err err;
};

struct writer;

struct writer_counts { /* since the start; for /metrics */
    uint64_t jobs, batches, failed_commits;
    uint64_t queue;    /* waiting now */
    int64_t commit_us; /* sum of what the COMMITs took */
    int64_t wal_pages;
};

/* `db` is taken, also on failure: the writer closes it. `broken` is called, once and on the writer
 * thread, when the disk cannot be trusted; no job is run from then on. */
enum err_code writer_start(struct writer **out, struct db *db, void (*broken)(const struct err *e),
                           struct err *e);
/* From any thread. After writer_stop began: done() is called at once with ERR_BUSY "stopping". */
void writer_submit(struct writer *w, struct job *job);
/* Submit and wait for done; for start-up, commands and tests, never from a worker. */
enum err_code
writer_run(struct writer *w, enum err_code (*run)(struct db *db, void *context, struct err *e),
           void *context, struct err *e);
void writer_stop(struct writer *w); /* finishes what is queued, checkpoints, closes; accepts NULL */
struct writer_counts writer_counts(struct writer *w);

#endif
