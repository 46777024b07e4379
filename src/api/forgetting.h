/*
 * forgetting.h - years later: members who stay away are told, then forgotten.
 *
 * Run as jobs of the writer, by the scheduler, once a day through the whole book.
 */
#ifndef API_FORGETTING_H
#define API_FORGETTING_H

#include "api/service.h"
#include "base/arena.h"
#include "base/err.h"
#include "store/db.h"

#include <stdbool.h>
#include <stdint.h>

/* Whether a pass may begin: by day in Japan and Taiwan and Thailand, for it also writes to people.
 */
bool forgetting_hour(int64_t now_ms);

/* One bounded part of a pass, of the members behind *after_id, which moves on; 0 when it is done.
 * Nobody waits for it: one member who cannot be forgotten does not stop those behind. */
enum err_code forget_some(struct db *db, const struct service *s, struct arena *a, int64_t now_ms,
                          int64_t *after_id, struct err *e);

#endif
