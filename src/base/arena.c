#include "base/arena.h"

#include <assert.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_POISONS
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define ARENA_POISONS
#endif

#ifdef ARENA_POISONS
#include <sanitizer/asan_interface.h>
#define POISON(at, n) ASAN_POISON_MEMORY_REGION(at, n)
#define UNPOISON(at, n) ASAN_UNPOISON_MEMORY_REGION(at, n)
#define GAP ((size_t)16) /* so that running off the end of one piece is seen */
#else
#define POISON(at, n) ((void)(at), (void)(n))
#define UNPOISON(at, n) ((void)(at), (void)(n))
#define GAP ((size_t)0)
#endif

#define ALIGN alignof(max_align_t)
#define CHUNK_FIRST (4 * KIB)
#define CHUNK_MOST (64 * KIB)

struct chunk {
    struct chunk *older;
    size_t room;
    size_t used;
    alignas(max_align_t) char bytes[];
};

struct deferred {
    struct deferred *older;
    void (*release)(void *what);
    void *what;
};

struct arena {
    struct chunk *chunk; /* the newest; only its end is given out */
    struct deferred *deferred;
    size_t cap;
    size_t used;
    size_t next_room;
    bool is_starved;
};

static _Thread_local uint64_t starvations;

static size_t
rounded(size_t n)
{
    return (n + ALIGN - 1) / ALIGN * ALIGN;
}

struct arena *
arena_new(size_t cap_bytes)
{
    struct arena *a = malloc(sizeof(*a));

    if (a != NULL)
        *a = (struct arena){.cap = cap_bytes, .next_room = CHUNK_FIRST};
    else
        starvations++;
    return a;
}

void
arena_free(struct arena *a)
{
    if (a == NULL)
        return;
    for (struct deferred *d = a->deferred; d != NULL; d = d->older)
        d->release(d->what);
    for (struct chunk *c = a->chunk; c != NULL;) {
        struct chunk *older = c->older;

        UNPOISON(c->bytes, c->room);
        free(c);
        c = older;
    }
    free(a);
}

static struct chunk *
chunk_add(struct arena *a, size_t needed)
{
    size_t room = needed > a->next_room ? needed : a->next_room;
    struct chunk *c = malloc(sizeof(*c) + room);

    if (c == NULL) {
        arena_starve(a);
        return NULL;
    }
    c->older = a->chunk;
    c->room = room;
    c->used = 0;
    POISON(c->bytes, room);
    a->chunk = c;
    if (a->next_room < CHUNK_MOST)
        a->next_room *= 2;
    return c;
}

/* As arena_alloc, but not zeroed. */
static void *
take(struct arena *a, size_t n)
{
    struct chunk *c = a->chunk;
    size_t size;
    void *at;

    if (n > a->cap || rounded(n) > a->cap - a->used)
        return NULL;
    size = rounded(n) + GAP;
    if (c == NULL || size > c->room - c->used) {
        c = chunk_add(a, size);
        if (c == NULL)
            return NULL;
    }
    at = c->bytes + c->used;
    c->used += size;
    a->used += rounded(n);
    UNPOISON(at, n);
    return at;
}

void *
arena_alloc(struct arena *a, size_t n)
{
    void *at = take(a, n);

    if (at != NULL)
        memset(at, 0, n);
    return at;
}

/* Whether `at` of n bytes was the last thing given out, so that it can be made longer in place. */
static int
is_last(const struct arena *a, const char *at, size_t n)
{
    const struct chunk *c = a->chunk;

    return c != NULL && at >= c->bytes && at + rounded(n) + GAP == c->bytes + c->used;
}

void *
arena_grow(struct arena *a, void *at, size_t n, size_t more_n)
{
    size_t extra = rounded(more_n) - rounded(n);
    void *moved;

    assert(more_n >= n);
    if (at != NULL && is_last(a, at, n) && more_n <= a->cap && extra <= a->cap - a->used &&
        extra <= a->chunk->room - a->chunk->used) {
        a->chunk->used += extra;
        a->used += extra;
        UNPOISON(at, more_n);
        return at;
    }
    moved = take(a, more_n);
    if (moved != NULL && n > 0) {
        memcpy(moved, at, n);
        POISON(at, n);
    }
    return moved;
}

char *
arena_dup(struct arena *a, const void *bytes, size_t n)
{
    char *copy = n < SIZE_MAX ? take(a, n + 1) : NULL;

    if (copy == NULL)
        return NULL;
    if (n > 0)
        memcpy(copy, bytes, n);
    copy[n] = '\0';
    return copy;
}

char *
arena_format(struct arena *a, const char *format, ...)
{
    char *text;
    va_list args;
    int n;

    va_start(args, format);
    n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (n < 0)
        return NULL;
    text = take(a, (size_t)n + 1);
    if (text == NULL)
        return NULL;
    va_start(args, format);
    vsnprintf(text, (size_t)n + 1, format, args);
    va_end(args);
    return text;
}

bool
arena_defer(struct arena *a, void (*release)(void *what), void *what)
{
    struct deferred *d = take(a, sizeof(*d));

    if (d == NULL)
        return false;
    *d = (struct deferred){.older = a->deferred, .release = release, .what = what};
    a->deferred = d;
    return true;
}

size_t
arena_used(const struct arena *a)
{
    return a->used;
}

bool
arena_is_starved(const struct arena *a)
{
    return a->is_starved;
}

void
arena_starve(struct arena *a)
{
    if (a != NULL)
        a->is_starved = true;
    starvations++;
}

uint64_t
arena_starvations(void)
{
    return starvations;
}
