#include "http/encode.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

/* What is compressed once is compressed well. For the rest, measured on the card's page: level 1
 * takes half the time of level 4 and gives 6 % more bytes, about 8 KB in all. A window of 16 KiB
 * and a hash to go with it keep every block of zlib's under malloc's mmap threshold. */
#define LEVEL_ONCE 9
#define LEVEL 1
#define WINDOW_BITS (14 + 16) /* + 16: a gzip header, zlib.h */
#define MEMORY_LEVEL 7

static bool
is_zero(struct str q)
{
    for (size_t i = 0; i < q.n; i++)
        if (q.at[i] != '0' && q.at[i] != '.')
            return false;
    return true;
}

/* One element: "gzip" or "gzip;q=0.5". */
static bool
allows(struct str element, struct str coding)
{
    struct str name = element;
    struct str weight = element;
    struct str parameter = STR("");

    if (str_until(&weight, ';', &name))
        parameter = str_trim(weight);
    if (!str_eq_nocase(str_trim(name), coding))
        return false;
    return !(str_skip(&parameter, STR("q=")) && is_zero(parameter));
}

bool
encode_accepts(struct str accept, struct str coding)
{
    struct str element;

    while (str_until(&accept, ',', &element))
        if (allows(element, coding))
            return true;
    return allows(accept, coding);
}

/* ---------------------------------------------------------------- gzip */

/*
 * A page begins with its style sheet, the same for everybody who reads its language, and that is
 * more than half of it. zlib as it stood behind that front is kept, and goes on from there.
 */
#define FRONT (16 * KIB)
#define FRONTS 4 /* as many as languages */

struct front {
    char text[FRONT];
    z_stream after;
    Bytef out[FRONT]; /* what had come out by then */
    size_t out_n;
};

static struct {
    pthread_mutex_t lock;
    struct front *front[FRONTS];
    unsigned next;
} kept = {.lock = PTHREAD_MUTEX_INITIALIZER};

static bool
begin(z_stream *z, int level)
{
    *z = (z_stream){0};
    return deflateInit2(z, level, Z_DEFLATED, WINDOW_BITS, MEMORY_LEVEL, Z_DEFAULT_STRATEGY) ==
           Z_OK;
}

static void
front_free(struct front *f)
{
    if (f != NULL)
        deflateEnd(&f->after);
    free(f);
}

/* NULL: no memory, or a text that does not shrink. */
static struct front *
front_new(const char *text)
{
    struct front *f = malloc(sizeof(*f));

    if (f == NULL || !begin(&f->after, LEVEL_ONCE)) {
        free(f);
        return NULL;
    }
    memcpy(f->text, text, FRONT);
    f->after.next_in = (z_const Bytef *)f->text;
    f->after.avail_in = FRONT;
    f->after.next_out = f->out;
    f->after.avail_out = sizeof(f->out);
    if (deflate(&f->after, Z_NO_FLUSH) != Z_OK || f->after.avail_in > 0 ||
        deflateParams(&f->after, LEVEL, Z_DEFAULT_STRATEGY) != Z_OK) {
        front_free(f);
        return NULL;
    }
    f->out_n = sizeof(f->out) - f->after.avail_out;
    return f;
}

/* The front of this text, made where there is none yet. Under the lock. */
static const struct front *
front_of(const char *text)
{
    struct front *f;

    for (unsigned i = 0; i < FRONTS; i++)
        if (kept.front[i] != NULL && memcmp(kept.front[i]->text, text, FRONT) == 0)
            return kept.front[i];
    f = front_new(text);
    if (f != NULL) {
        front_free(kept.front[kept.next]);
        kept.front[kept.next] = f;
        kept.next = (kept.next + 1) % FRONTS;
    }
    return f;
}

/* *z is ready to go on behind *done_out bytes of the text, and has put *out_n bytes into `to`. */
static bool
resume(z_stream *z, struct str in, Bytef *to, size_t *done_out, size_t *out_n)
{
    const struct front *f = NULL;
    bool copied;

    *done_out = *out_n = 0;
    if (in.n <= FRONT)
        return begin(z, LEVEL);
    pthread_mutex_lock(&kept.lock);
    f = front_of(in.at);
    copied = f != NULL && deflateCopy(z, (z_stream *)(uintptr_t)&f->after) == Z_OK;
    if (copied) {
        memcpy(to, f->out, f->out_n);
        *done_out = FRONT;
        *out_n = f->out_n;
    }
    pthread_mutex_unlock(&kept.lock);
    return copied || begin(z, LEVEL);
}

bool
encode_gzip(struct arena *a, struct str in, struct str *out)
{
    Bytef *to = in.n <= UINT32_MAX ? arena_alloc(a, in.n) : NULL; /* not smaller: not worth it */
    size_t done, n;
    z_stream z;
    bool all;

    if (to == NULL || !resume(&z, in, to, &done, &n))
        return false;
    z.next_in = (z_const Bytef *)(uintptr_t)(in.at + done);
    z.avail_in = (uInt)(in.n - done);
    z.next_out = to + n;
    z.avail_out = (uInt)(in.n - n);
    all = deflate(&z, Z_FINISH) == Z_STREAM_END;
    if (all)
        *out = (struct str){(const char *)to, (size_t)z.total_out};
    deflateEnd(&z);
    return all;
}
