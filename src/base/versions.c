#include "base/versions.h"

#include <stdatomic.h>
#include <stdlib.h>

#define SLOT_BITS 13
#define SLOTS (1u << SLOT_BITS)
#define PENDING_MAX 1024

struct versions {
    _Atomic uint64_t slot[SLOTS];
    _Atomic uint64_t all;    /* when everything changed at once */
    _Atomic uint64_t commit; /* the newest */

    /* The changing thread's own. */
    uint16_t pending[PENDING_MAX];
    size_t pending_n;
    bool pending_all;
};

struct versions *
versions_new(void)
{
    return calloc(1, sizeof(struct versions));
}

void
versions_free(struct versions *v)
{
    free(v);
}

/* Multiplication by 2^64 / the golden ratio spreads neighbours (Knuth, volume 3, 6.4). */
static uint16_t
slot_of(uint32_t kind, int64_t id)
{
    uint64_t x = ((uint64_t)id << 3 ^ kind) * UINT64_C(0x9e3779b97f4a7c15);

    return (uint16_t)(x >> (64 - SLOT_BITS));
}

void
versions_change(struct versions *v, uint32_t kind, int64_t id)
{
    if (v->pending_n == PENDING_MAX)
        v->pending_all = true;
    else
        v->pending[v->pending_n++] = slot_of(kind, id);
}

void
versions_change_all(struct versions *v)
{
    v->pending_all = true;
}

/* The number of the commit comes last: who has seen it sees the versions below it too. */
void
versions_commit(struct versions *v)
{
    uint64_t commit = atomic_load_explicit(&v->commit, memory_order_relaxed) + 1;

    for (size_t i = 0; i < v->pending_n; i++)
        atomic_store_explicit(&v->slot[v->pending[i]], commit, memory_order_release);
    if (v->pending_all)
        atomic_store_explicit(&v->all, commit, memory_order_release);
    v->pending_n = 0;
    v->pending_all = false;
    atomic_store_explicit(&v->commit, commit, memory_order_release);
}

struct made_from
made_from_now(const struct versions *v)
{
    return (struct made_from){.commit = atomic_load_explicit(&v->commit, memory_order_acquire)};
}

void
made_from_add(struct made_from *m, uint32_t kind, int64_t id)
{
    if (m->n < MADE_FROM_MAX)
        m->slot[m->n] = slot_of(kind, id);
    m->n++;
}

bool
made_from_is_true(const struct made_from *m, const struct versions *v)
{
    if (m->n > MADE_FROM_MAX || atomic_load_explicit(&v->all, memory_order_acquire) > m->commit)
        return false;
    for (size_t i = 0; i < m->n; i++)
        if (atomic_load_explicit(&v->slot[m->slot[i]], memory_order_acquire) > m->commit)
            return false;
    return true;
}
