#include "sim/sim_table.h"

#include <stdlib.h>
#include <string.h>

struct slot {
    struct slot *next;
    char *name;
    size_t name_n;
    void *value;
};

struct sim_table {
    void (*release)(void *value);
    struct slot **chains;
    size_t chains_n; /* a power of two */
    size_t count;
};

void *
sim_alloc(size_t n)
{
    void *at = calloc(1, n);

    if (at == NULL)
        abort();
    return at;
}

/* FNV-1a: the names are ours or random, so nobody can choose them to collide. */
static size_t
chain_of(const struct sim_table *t, struct str name)
{
    uint64_t hash = UINT64_C(14695981039346656037);

    for (size_t i = 0; i < name.n; i++)
        hash = (hash ^ (unsigned char)name.at[i]) * UINT64_C(1099511628211);
    return (size_t)(hash ^ hash >> 32) & (t->chains_n - 1);
}

struct sim_table *
sim_table_new(void (*release)(void *value))
{
    struct sim_table *t = sim_alloc(sizeof(*t));

    t->release = release;
    t->chains_n = 64;
    t->chains = sim_alloc(t->chains_n * sizeof(struct slot *));
    return t;
}

static void
release_slot(struct sim_table *t, struct slot *slot)
{
    t->release(slot->value);
    free(slot->name);
    free(slot);
    t->count--;
}

static bool
keep_none(const char *name, void *value, void *context)
{
    (void)name, (void)value, (void)context;
    return false;
}

void
sim_table_free(struct sim_table *t)
{
    if (t == NULL)
        return;
    sim_table_sweep(t, keep_none, NULL);
    free(t->chains);
    free(t);
}

static struct slot **
find(const struct sim_table *t, struct str name)
{
    struct slot **at = &t->chains[chain_of(t, name)];

    while (*at != NULL && !str_eq((struct str){(*at)->name, (*at)->name_n}, name))
        at = &(*at)->next;
    return at;
}

static void
grow(struct sim_table *t)
{
    struct slot **old = t->chains;
    size_t old_n = t->chains_n;

    t->chains_n *= 4;
    t->chains = sim_alloc(t->chains_n * sizeof(struct slot *));
    for (size_t i = 0; i < old_n; i++) {
        for (struct slot *slot = old[i], *next; slot != NULL; slot = next) {
            size_t chain = chain_of(t, (struct str){slot->name, slot->name_n});

            next = slot->next;
            slot->next = t->chains[chain];
            t->chains[chain] = slot;
        }
    }
    free(old);
}

void
sim_table_put(struct sim_table *t, const char *name, void *value)
{
    struct slot **at = find(t, str_of(name));
    struct slot *slot = *at;

    if (slot != NULL) {
        t->release(slot->value);
        slot->value = value;
        return;
    }
    slot = sim_alloc(sizeof(*slot));
    slot->name_n = strlen(name);
    slot->name = sim_alloc(slot->name_n + 1);
    memcpy(slot->name, name, slot->name_n);
    slot->value = value;
    *at = slot;
    if (++t->count > 2 * t->chains_n)
        grow(t);
}

void *
sim_table_get(const struct sim_table *t, struct str name)
{
    struct slot *slot = *find(t, name);

    return slot != NULL ? slot->value : NULL;
}

void
sim_table_drop(struct sim_table *t, struct str name)
{
    struct slot **at = find(t, name);
    struct slot *slot = *at;

    if (slot == NULL)
        return;
    *at = slot->next;
    release_slot(t, slot);
}

size_t
sim_table_count(const struct sim_table *t)
{
    return t->count;
}

void
sim_table_sweep(struct sim_table *t, bool (*keep)(const char *name, void *value, void *context),
                void *context)
{
    for (size_t i = 0; i < t->chains_n; i++) {
        struct slot **at = &t->chains[i];

        while (*at != NULL) {
            struct slot *slot = *at;

            if (keep(slot->name, slot->value, context)) {
                at = &slot->next;
                continue;
            }
            *at = slot->next;
            release_slot(t, slot);
        }
    }
}
