/*
 * bind.h - the few habits of binding and reading rows that the files of domain/ share.
 */
#ifndef DOMAIN_BIND_H
#define DOMAIN_BIND_H

#include "store/db.h"

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

#endif
