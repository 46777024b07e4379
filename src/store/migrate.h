/*
 * migrate.h - the schema's version, kept in PRAGMA user_version.
 *
 * Migrations are numbered, run forward only, each in one transaction with its version number, so a
 * crash leaves the file at one version or the next. store/schema.sql is version 1.
 */
#ifndef STORE_MIGRATE_H
#define STORE_MIGRATE_H

#include "base/err.h"

#include <stdint.h>

int64_t migrate_latest(void);

/* Version of the file at `path`; 0 when there is none. */
enum err_code migrate_version(const char *path, int64_t *version_out, struct err *e);

/*
 * Create the file (mode 0600, WAL, the page size we measured) or bring it up to migrate_latest().
 *
 * ERR_CONFLICT "schema_newer"; nothing was changed
 */
enum err_code migrate_up(const char *path, struct err *e);

#endif
