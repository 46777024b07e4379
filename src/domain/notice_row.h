/* notice_row.h - what the files share that write and read notices: where the sealed detail stands,
 * and how an end is counted. */
#ifndef DOMAIN_NOTICE_ROW_H
#define DOMAIN_NOTICE_ROW_H

#include "base/err.h"
#include "base/str.h"
#include "domain/ladder.h"
#include "store/db.h"

#include <inttypes.h>
#include <stdio.h>

#define NOTICE_PLACE_SIZE 96

static inline struct str
notice_place(int64_t member_id, enum notice_kind kind, int64_t occasion,
             char out[NOTICE_PLACE_SIZE])
{
    snprintf(out, NOTICE_PLACE_SIZE, "notice:%" PRId64 ":%s:%" PRId64, member_id,
             notice_kind_word(kind), occasion);
    return str_of(out);
}

/* One more of the kind ended so today: `how` is a word of the table notice_tally. */
enum err_code
notice_tally(struct db *db, enum notice_kind kind, const char *how, int64_t now_ms, struct err *e);

#endif
