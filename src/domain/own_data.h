/*
 * own_data.h - everything the book knows about a member, for that member to take away.
 *
 * One JSON object: who they are, and a list for each kind of thing kept about them. Times are RFC
 * 3339. What others did to the book in general (staff, tills) is not theirs and not in it.
 */
#ifndef DOMAIN_OWN_DATA_H
#define DOMAIN_OWN_DATA_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "store/db.h"

#include <stdint.h>

#define OWN_ROWS_MAX 6000       /* of each list, the newest: sixteen years of a visit a day */
#define OWN_BYTES_MAX (2 * MIB) /* what they take at most, with room to spare */

/* ERR_NOT_FOUND "member_unknown" */
enum err_code own_data_write(struct db *db, int64_t member_id, int64_t now_ms, struct arena *a,
                             struct buf *out, struct err *e);

#endif
