/*
 * sim_table.h - values by name: tokens, codes, retry keys.
 *
 * Names are copied, values taken. Not locked: the simulator's one mutex guards it.
 */
#ifndef SIM_TABLE_H
#define SIM_TABLE_H

#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>

struct sim_table;

/* Zeroed memory, or the end of the process: a simulator without memory has nothing to say. */
void *sim_alloc(size_t n);

struct sim_table *sim_table_new(void (*release)(void *value));
void sim_table_free(struct sim_table *t);

void
sim_table_put(struct sim_table *t, const char *name, void *value); /* in place of an older one */
void *sim_table_get(const struct sim_table *t, struct str name);   /* NULL: none; borrowed */
void sim_table_drop(struct sim_table *t, struct str name);
size_t sim_table_count(const struct sim_table *t);

/* Visit every value; those for which `keep` answers false are released. In no order. */
void sim_table_sweep(struct sim_table *t,
                     bool (*keep)(const char *name, void *value, void *context), void *context);

#endif
