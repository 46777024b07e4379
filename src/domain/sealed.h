/*
 * sealed.h - text at rest: readable only with our key, and only where it was put.
 *
 * What is sealed is tied to the name of its place, such as "member:17:name", so that a sealed value
 * moved to another row does not open there.
 */
#ifndef DOMAIN_SEALED_H
#define DOMAIN_SEALED_H

#include "base/arena.h"
#include "base/digest.h"
#include "base/err.h"
#include "base/str.h"
#include "store/db.h"

#include <stddef.h>
#include <stdint.h>

struct sealed {
    uint8_t *at;
    size_t n;
};

/* Freed on every way out of the block. Declared before the STMT it is bound to, it outlives it. */
#define SEALED __attribute__((cleanup(sealed_clear))) struct sealed
enum err_code sealed_init(struct sealed *out, const uint8_t key[KEY_SIZE], struct str plain,
                          struct str place, struct err *e);
void sealed_clear(struct sealed *s);
void sealed_bind(struct stmt *s, const char *name, const struct sealed *value); /* none: NULL */

/* In arena, with a NUL behind it. ERR_INTERNAL "seal_broken": another key or place, or changed
 * bytes. */
enum err_code sealed_open(const uint8_t key[KEY_SIZE], struct str sealed, struct str place,
                          struct arena *a, struct str *out, struct err *e);

#endif
