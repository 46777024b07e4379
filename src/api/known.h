/*
 * known.h - sessions read before: who holds which cookie, without asking the book again.
 *
 * What is remembered is true: a session that is used, ended or renewed, and any change of tills and
 * staff, makes it forgotten (base/versions). Any thread may call anything here.
 */
#ifndef API_KNOWN_H
#define API_KNOWN_H

#include "base/digest.h"
#include "base/versions.h"
#include "domain/access.h"

#include <stdbool.h>
#include <stdint.h>

struct known;

struct known *known_new(const struct versions *versions); /* borrowed; NULL: no memory */
void known_free(struct known *k);                         /* accepts NULL */

/* false: not remembered, or over by now. */
bool known_find(struct known *k, enum access_kind kind, const uint8_t token_hash[SHA256_SIZE],
                int64_t now_ms, struct access *out);
/* `made_from`: begun before the session was read. */
void known_put(struct known *k, const uint8_t token_hash[SHA256_SIZE], const struct access *access,
               const struct made_from *made_from);

#endif
