/* line_day.h - days and months as LINE counts them: of UTC+9, whatever zone a plan has. */
#ifndef DOMAIN_LINE_DAY_H
#define DOMAIN_LINE_DAY_H

#include "base/clock.h"

#include <stdint.h>
#include <time.h>

#define LINE_OFFSET_MS (9 * HOUR_MS)

static inline struct tm
line_day(int64_t at_ms)
{
    time_t at = (time_t)((at_ms + LINE_OFFSET_MS) / SECOND_MS);
    struct tm tm;

    gmtime_r(&at, &tm);
    return tm;
}

#endif
