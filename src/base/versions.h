/*
 * versions.h - what has changed since: lets an answer be kept for exactly as long as it is true.
 *
 * Every thing (a kind and a number) has a version: the number of the last commit that changed it.
 * Who makes something of such things takes the number of the newest commit before reading, and
 * notes what was read; as long as none of that has a newer version, nothing need be read again.
 * Many things share a version by chance (a table of fixed size), which only makes more look
 * changed. One thread announces changes; any thread asks.
 */
#ifndef BASE_VERSIONS_H
#define BASE_VERSIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MADE_FROM_MAX 24

struct versions;

struct versions *versions_new(void); /* NULL: no memory */
void versions_free(struct versions *v);

/* ---- for who changes things: between two calls of versions_commit, from one thread */

void versions_change(struct versions *v, uint32_t kind, int64_t id);
void versions_change_all(struct versions *v);
/* What was changed can be read by everyone from now on. Called before anyone is told. */
void versions_commit(struct versions *v);

/* ---- for who keeps what was made from them */

struct made_from {
    uint64_t commit; /* none newer was looked at */
    uint16_t slot[MADE_FROM_MAX];
    size_t n; /* more than MADE_FROM_MAX: too many to be told apart, never true */
};

/* Call before the first look. */
struct made_from made_from_now(const struct versions *v);
void made_from_add(struct made_from *m, uint32_t kind, int64_t id);
bool made_from_is_true(const struct made_from *m, const struct versions *v);

#endif
