/*
 * week.h - hours that come again every week: "mon-fri 10:00-19:00".
 *
 * Pure functions of a minute of the week, which begins on Monday at 0:00 in the zone that the
 * caller counts in.
 */
#ifndef DOMAIN_WEEK_H
#define DOMAIN_WEEK_H

#include "base/buf.h"
#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

#define WEEK_DAILY 0x7FU
#define WEEK_DAY_MIN 1440

/* From until: of which days, bit 0 for Monday; the minutes of the day. from_min == until_min is the
 * whole day; a span with from_min > until_min ends on the next day, and is of the day it begins. */
struct week_span {
    unsigned days;
    int from_min, until_min;
};

int week_minute(int64_t now_ms, int utc_offset_min);
bool week_span_holds(const struct week_span *span, int minute_of_week);

/* "daily", "mon-fri", "mon,wed,fri-sun"; false: none of these. */
bool week_days_read(struct str text, unsigned *days_out);
/* "10:00-19:00", "22:00-2:00", "all day"; false: none of these. */
bool week_hours_read(struct str text, struct week_span *out);
/* As the two above read it: "mon-fri 10:00-19:00". */
void week_span_write(struct buf *b, const struct week_span *span);

#endif
