#include "base/clock.h"

#include <time.h>

static int64_t
read_ms(clockid_t id)
{
    struct timespec t;

    clock_gettime(id, &t);
    return (int64_t)t.tv_sec * SECOND_MS + t.tv_nsec / 1000000;
}

/* What the given clock of the system would be, had tests and the demo their way. */
static int64_t
read_as(struct clock *c, clockid_t id)
{
    int64_t fixed_ms = atomic_load(&c->fixed_ms);

    return fixed_ms != 0 ? fixed_ms : read_ms(id) + atomic_load(&c->ahead_ms);
}

int64_t
clock_now_ms(struct clock *c)
{
    return read_as(c, CLOCK_REALTIME) + atomic_load(&c->wrong_ms);
}

/* CLOCK_BOOTTIME: a machine that slept has not been set. */
int64_t
clock_jump_ms(struct clock *c, int64_t now_ms)
{
    return now_ms - read_as(c, CLOCK_BOOTTIME) - atomic_load(&c->trusted_ms);
}

void
clock_trust(struct clock *c)
{
    atomic_store(&c->trusted_ms, 0);
    atomic_store(&c->trusted_ms, clock_jump_ms(c, clock_now_ms(c)));
}

bool
clock_has_jumped(struct clock *c, int64_t now_ms)
{
    int64_t jump_ms = clock_jump_ms(c, now_ms);

    return jump_ms > CLOCK_JUMP_MAX_MS || jump_ms < -CLOCK_JUMP_MAX_MS;
}

int64_t
clock_monotonic_ms(void)
{
    return read_ms(CLOCK_MONOTONIC);
}

void
clock_cond_init(pthread_cond_t *cond)
{
    pthread_condattr_t monotonic;

    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(cond, &monotonic);
    pthread_condattr_destroy(&monotonic);
}

/* n decimal digits, leading zeros included. */
static char *
put_digits(char *out, int64_t number, int n)
{
    for (int i = n - 1; i >= 0; i--) {
        out[i] = (char)('0' + number % 10);
        number /= 10;
    }
    return out + n;
}

/*
 * The calendar in days since 0000-03-01, so that a leap day is the last of its year; 146,097 days
 * are 400 years. By hand because gmtime_r takes a lock, and every log line asks.
 * Source: H. Hinnant, "chrono-Compatible Low-Level Date Algorithms", civil_from_days.
 */
void
clock_text(int64_t at_ms, char out[CLOCK_TEXT_SIZE])
{
    const int64_t last_ms = INT64_C(253402300799999); /* 9999-12-31: the format has four digits */
    int64_t since = at_ms < 0 ? 0 : at_ms > last_ms ? last_ms : at_ms;
    int64_t days = since / DAY_MS + 719468;
    int64_t ms = since % DAY_MS;
    int64_t era = days / 146097;
    int64_t day_of_era = days % 146097;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t month_from_march = (5 * day_of_year + 2) / 153;
    int64_t day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    int64_t month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
    int64_t year = era * 400 + year_of_era + (month <= 2);

    out = put_digits(out, year, 4);
    *out++ = '-';
    out = put_digits(out, month, 2);
    *out++ = '-';
    out = put_digits(out, day, 2);
    *out++ = 'T';
    out = put_digits(out, ms / HOUR_MS, 2);
    *out++ = ':';
    out = put_digits(out, ms / MINUTE_MS % 60, 2);
    *out++ = ':';
    out = put_digits(out, ms / SECOND_MS % 60, 2);
    *out++ = '.';
    out = put_digits(out, ms % 1000, 3);
    *out++ = 'Z';
    *out = '\0';
}
