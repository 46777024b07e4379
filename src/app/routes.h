/*
 * routes.h - the whole service as one table.
 */
#ifndef APP_ROUTES_H
#define APP_ROUTES_H

#include "base/buf.h"
#include "http/route.h"

#include <stddef.h>

extern const struct route routes[];
extern const size_t routes_n;

/* The table as Markdown, for the README. */
void routes_markdown(struct buf *out);

#endif
