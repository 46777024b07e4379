#include "app/readers.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define IDLE_MAX 256

struct readers {
    pthread_mutex_t lock;
    struct db *idle[IDLE_MAX];
    size_t n;
    char *path;
    int64_t cache_kib;
    const void *context;
};

static enum err_code
reader_open(const struct readers *r, struct db **out, struct err *e)
{
    const struct db_options options = {.mode = DB_READ, .cache_kib = r->cache_kib};

    if (db_open(out, r->path, &options, e))
        return err_wrap(e, "open a reader");
    db_attach(*out, r->context);
    return OK;
}

enum err_code
readers_open(struct readers **out, const char *path, int64_t cache_kib, const void *context,
             struct err *e)
{
    struct readers *r = calloc(1, sizeof(*r));

    if (!r || !(r->path = strdup(path))) {
        free(r);
        return err_set(e, ERR_INTERNAL, "out_of_memory", "readers");
    }
    r->cache_kib = cache_kib;
    r->context = context;
    pthread_mutex_init(&r->lock, NULL);
    if (reader_open(r, &r->idle[0], e)) {
        readers_close(r);
        return e->code;
    }
    r->n = 1;
    *out = r;
    return OK;
}

void
readers_close(struct readers *r)
{
    if (!r)
        return;
    for (size_t i = 0; i < r->n; i++)
        db_close(r->idle[i]);
    pthread_mutex_destroy(&r->lock);
    free(r->path);
    free(r);
}

struct db *
readers_take(struct readers *r, struct err *e)
{
    struct db *db = NULL;
    struct db_tx tx;

    pthread_mutex_lock(&r->lock);
    if (r->n)
        db = r->idle[--r->n];
    pthread_mutex_unlock(&r->lock);
    if (!db && reader_open(r, &db, e))
        return NULL;
    if (db_begin(db, &tx, e)) {
        db_close(db);
        return NULL;
    }
    return db;
}

void
readers_give(struct readers *r, struct db *db)
{
    struct db_tx tx = {.db = db};

    db_rollback(&tx); /* a read transaction has nothing to commit */
    pthread_mutex_lock(&r->lock);
    if (r->n < IDLE_MAX) {
        r->idle[r->n++] = db;
        db = NULL;
    }
    pthread_mutex_unlock(&r->lock);
    db_close(db);
}
