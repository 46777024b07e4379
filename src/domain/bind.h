/*
 * bind.h - the few habits of binding and reading rows that the files of domain/ share.
 */
#ifndef DOMAIN_BIND_H
#define DOMAIN_BIND_H

#include "store/db.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Row ids are never 0: it stands for "none", in the book NULL. */
static inline void
bind_id(struct stmt *s, const char *name, int64_t id)
{
    if (id == 0)
        stmt_bind_null(s, name);
    else
        stmt_bind_int(s, name, id);
}

/* From a statement that answers with ids: the first `cap` of them, *n_out. */
static inline enum err_code
read_ids(struct stmt *s, int64_t *id, size_t cap, size_t *n_out, struct err *e)
{
    bool row = true;

    *n_out = 0;
    while (*n_out < cap) {
        if (stmt_step(s, &row, e))
            return e->code;
        if (!row)
            break;
        id[(*n_out)++] = stmt_int(s, 0);
    }
    return OK;
}

#endif
