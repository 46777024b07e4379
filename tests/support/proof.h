/*
 * proof.h - whether a file is a sound book, and which one: all that stands in it as one number.
 *
 * The connection stays open while the file changes under it (disk_cut, disk_copy), and recovers
 * its WAL anew each time, as a process that starts does.
 */
#ifndef TESTS_SUPPORT_PROOF_H
#define TESTS_SUPPORT_PROOF_H

#include "base/err.h"
#include "domain/chain.h"
#include "domain/keys.h"

#include <stdbool.h>
#include <stdint.h>

struct proof; /* free with proof_close; accepts NULL */

enum err_code
proof_open(struct proof **out, const char *path, const struct keys *keys, struct err *e);
void proof_close(struct proof *p);

/* `stampd check`, quick or whole: ERR_CONFLICT "unsound" and what does not hold. */
enum err_code proof_check(struct proof *p, bool is_quick, struct err *e);
/* Of every value of every table. */
enum err_code proof_number(struct proof *p, uint64_t *number_out, struct err *e);
/* Whether the chain has this link: ERR_NOT_FOUND "lost". Head 0 is in every chain. */
enum err_code
proof_has(struct proof *p, enum chain chain, const struct chain_head *head, struct err *e);

#endif
