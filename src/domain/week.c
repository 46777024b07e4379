#include "domain/week.h"

#include "base/clock.h"

#define DAYS 7
#define MONDAY_FIRST 3 /* 1970-01-01 was a Thursday */

static const struct str day_names[DAYS] = {STR_INIT("mon"), STR_INIT("tue"), STR_INIT("wed"),
                                           STR_INIT("thu"), STR_INIT("fri"), STR_INIT("sat"),
                                           STR_INIT("sun")};

int
week_minute(int64_t now_ms, int utc_offset_min)
{
    int64_t minute = now_ms / MINUTE_MS + utc_offset_min + (int64_t)MONDAY_FIRST * WEEK_DAY_MIN;

    return (int)(minute % ((int64_t)DAYS * WEEK_DAY_MIN));
}

bool
week_span_holds(const struct week_span *span, int minute_of_week)
{
    int day = minute_of_week / WEEK_DAY_MIN, minute = minute_of_week % WEEK_DAY_MIN;
    bool today = span->days >> day & 1U;
    bool yesterday = span->days >> (day + DAYS - 1) % DAYS & 1U;

    if (span->from_min == span->until_min)
        return today;
    if (span->from_min < span->until_min)
        return today && minute >= span->from_min && minute < span->until_min;
    return (today && minute >= span->from_min) || (yesterday && minute < span->until_min);
}

static bool
take_day(struct str *in, int *out)
{
    for (int i = 0; i < DAYS; i++)
        if (str_skip(in, day_names[i])) {
            *out = i;
            return true;
        }
    return false;
}

bool
week_days_read(struct str text, unsigned *days_out)
{
    unsigned days = 0;
    int from, until;

    if (str_eq(text, STR("daily"))) {
        *days_out = WEEK_DAILY;
        return true;
    }
    do {
        if (!take_day(&text, &from))
            return false;
        until = from;
        if (str_skip(&text, STR("-")) && !take_day(&text, &until))
            return false;
        for (int day = from;; day = (day + 1) % DAYS) {
            days |= 1U << day;
            if (day == until)
                break;
        }
    } while (str_skip(&text, STR(",")));
    if (text.n > 0)
        return false;
    *days_out = days;
    return true;
}

/* "9:05", with two digits of minutes. */
static bool
take_time(struct str *in, uint64_t *out)
{
    uint64_t hour, minute;
    struct str rest = *in, digits;

    if (!str_number(&rest, &hour, 24) || !str_skip(&rest, STR(":")) || rest.n < 2)
        return false;
    digits = (struct str){rest.at, 2};
    if (!str_number(&digits, &minute, 59) || digits.n > 0 || (hour == 24 && minute > 0))
        return false;
    *in = (struct str){rest.at + 2, rest.n - 2};
    *out = (hour * 60 + minute) % WEEK_DAY_MIN;
    return true;
}

bool
week_hours_read(struct str text, struct week_span *out)
{
    uint64_t from = 0, until = 0;

    if (!str_eq(text, STR("all day")) && (!take_time(&text, &from) || !str_skip(&text, STR("-")) ||
                                          !take_time(&text, &until) || text.n > 0))
        return false;
    out->from_min = (int)from;
    out->until_min = (int)until;
    return true;
}

/* Runs of days as "mon-fri". */
static void
write_days(struct buf *b, unsigned days)
{
    bool is_first = true;

    for (int day = 0; day < DAYS; day++) {
        int last = day;

        if (!(days >> day & 1U))
            continue;
        while (last + 1 < DAYS && (days >> (last + 1) & 1U))
            last++;
        if (!is_first)
            buf_char(b, ',');
        is_first = false;
        buf_str_raw(b, day_names[day]);
        if (last > day) {
            buf_char(b, '-');
            buf_str_raw(b, day_names[last]);
        }
        day = last;
    }
}

void
week_span_write(struct buf *b, const struct week_span *span)
{
    if (span->days == WEEK_DAILY)
        buf_text(b, "daily");
    else
        write_days(b, span->days);
    if (span->from_min == span->until_min)
        buf_text(b, " all day");
    else
        buf_format(b, " %d:%02d-%d:%02d", span->from_min / 60, span->from_min % 60,
                   span->until_min / 60, span->until_min % 60);
}
