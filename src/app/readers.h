/*
 * readers.h - read-only connections, handed to one request at a time.
 *
 * There are never more than threads that ask: a connection is made when none is idle, and kept.
 */
#ifndef APP_READERS_H
#define APP_READERS_H

#include "base/err.h"
#include "store/db.h"

#include <stdint.h>

struct readers;

/* Opens the first one, so that a bad file shows at start-up. `context` is attached to each. */
enum err_code readers_open(struct readers **out, const char *path, int64_t cache_kib,
                           const void *context, struct err *e);
void readers_close(struct readers *r); /* accepts NULL; all must be back */

/* A connection with a read transaction begun; NULL with e set when none can be opened. */
struct db *readers_take(struct readers *r, struct err *e);
void readers_give(struct readers *r, struct db *db);

#endif
