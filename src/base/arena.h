/*
 * arena.h - memory that lives exactly as long as one piece of work, such as a request.
 *
 * Everything taken from an arena is freed with it, in one call. An arena has a cap: past it
 * arena_alloc answers NULL, so that one request can never take the machine's memory.
 * Not shared between threads at the same time.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

#define KIB ((size_t)1024)
#define MIB ((size_t)1024 * 1024)

/* New (free with arena_free); NULL only when the system has no memory. */
struct arena *arena_new(size_t cap_bytes);
void arena_free(struct arena *a);

/* Zeroed, aligned for any type; NULL past the cap. Under ASan the gaps are poisoned. */
void *arena_alloc(struct arena *a, size_t n);

/* A copy with a NUL behind it (not counted in n); NULL past the cap. */
char *arena_dup(struct arena *a, const void *bytes, size_t n);
char *arena_format(struct arena *a, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The same piece with more_n >= n bytes, longer in place if it was the last one given out, else
 * moved (its old place must not be used again); the new bytes are not zeroed. NULL past the cap:
 * the old piece is as it was. at == NULL with n == 0 starts one. */
void *arena_grow(struct arena *a, void *at, size_t n, size_t more_n);

/* Have `release(what)` called by arena_free, last registered first; false past the cap. */
bool arena_defer(struct arena *a, void (*release)(void *what), void *what);

size_t arena_used(const struct arena *a);
/* Whether a NULL was the system's, which had no memory, and not the cap's. */
bool arena_is_starved(const struct arena *a);
/* So it is: another library had no memory for what was to be in it. NULL: in none. */
void arena_starve(struct arena *a);
/* How often that was so on this thread, of whatever arena or none: what was found meanwhile to be
 * wrong, or right, may not be. */
uint64_t arena_starvations(void);

#endif
