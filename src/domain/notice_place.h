/* notice_place.h - where the sealed detail of a notice stands; for the files that write and read
 * it. */
#ifndef DOMAIN_NOTICE_PLACE_H
#define DOMAIN_NOTICE_PLACE_H

#include "base/str.h"
#include "domain/ladder.h"

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

#endif
