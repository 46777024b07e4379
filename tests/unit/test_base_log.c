/* The log's lines and the clock's: one event is one line, whatever a stranger sends. */
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "tests/support/check.h"

static int pipe_fd[2];

static int
set_up(void **state)
{
    (void)state;
    if (pipe2(pipe_fd, O_NONBLOCK) != 0)
        return 1;
    log_fd_set(pipe_fd[1]);
    return 0;
}

/* What was logged since the last call, without the time in front of the first line. */
static const char *
logged(void)
{
    static char text[65536];
    ssize_t n = read(pipe_fd[0], text, sizeof(text) - 1);

    if (n < CLOCK_TEXT_SIZE)
        return "";
    text[n] = '\0';
    CHECK_INT(text[CLOCK_TEXT_SIZE - 1], ' ');
    return text + CLOCK_TEXT_SIZE;
}

static void
an_event_is_one_line_of_pairs(void **state)
{
    (void)state;
    LOG(LOG_INFO, "stamp.granted", L_TEXT("req", "5f2c9a"), L_INT("member", 51),
        L_STR("shop", STR("ueno")), L_INT("ms", -4));
    CHECK_TEXT(logged(), "info stamp.granted req=5f2c9a member=51 shop=ueno ms=-4\n");
    LOG(LOG_ERROR, "disk.broken", L_TEXT("path", "/var/lib/stampd.db"));
    CHECK_TEXT(logged(), "error disk.broken path=/var/lib/stampd.db\n");
    log_write(LOG_WARN, "bare", NULL, 0);
    CHECK_TEXT(logged(), "warn bare\n");
}

static void
outside_text_cannot_forge_a_line(void **state)
{
    static const struct {
        struct str in;
        const char *want;
    } row[] = {
        {STR_INIT("a-b_c.d:e/f@g"), "a-b_c.d:e/f@g"},
        {STR_INIT(""), "\"\""},
        {STR_INIT("two words"), "\"two words\""},
        {STR_INIT("x=1 y=2"), "\"x=1 y=2\""},
        {STR_INIT("a\"b\\"), "\"a\\\"b\\\\\""},
        {STR_INIT("x\n2026-01-01T00:00:00.000Z error forged"),
         "\"x\\u{a}2026-01-01T00:00:00.000Z error forged\""},
        {STR_INIT("\r\x1B[2J\x7F\0"), "\"\\u{d}\\u{1b}[2J\\u{7f}\\u{0}\""},
        {STR_INIT("\xC2\x9B"
                  "2J"),
         "\"\\u{9b}2J\""}, /* C1: the 8-bit escape */
        {STR_INIT("\u2028\u202E"), "\"\\u{2028}\\u{202e}\""},
        {STR_INIT("\u4E0A\u91CE"), "\"\u4E0A\u91CE\""},
        {STR_INIT("a\xFFz"), "\"a\\xffz\""},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        char want[128];

        CHECK_ROW(i);
        LOG(LOG_INFO, "e", L_STR("k", row[i].in));
        snprintf(want, sizeof(want), "info e k=%s\n", row[i].want);
        CHECK_TEXT(logged(), want);
    }
}

static void
a_long_line_is_cut_and_stays_one_line(void **state)
{
    static char value[10000];
    const char *line;

    (void)state;
    memset(value, '\n', sizeof(value));
    LOG(LOG_INFO, "e", L_STR("k", ((struct str){value, sizeof(value)})), L_INT("last", 1));
    line = logged();
    CHECK_THAT(strlen(line) < 4096);
    CHECK_THAT(strchr(line, '\n') == line + strlen(line) - 1);
}

static void
levels_below_the_least_are_silent(void **state)
{
    (void)state;
    LOG(LOG_DEBUG, "unheard", L_INT("n", 1));
    log_level_set(LOG_WARN);
    LOG(LOG_INFO, "unheard", L_INT("n", 1));
    LOG(LOG_WARN, "heard", L_INT("n", 1));
    CHECK_TEXT(logged(), "warn heard n=1\n");
    log_level_set(LOG_DEBUG);
    LOG(LOG_DEBUG, "heard", L_INT("n", 1));
    CHECK_TEXT(logged(), "debug heard n=1\n");
    log_level_set(LOG_INFO);
}

static void *
log_much(void *name)
{
    for (int i = 0; i < 100; i++)
        LOG(LOG_INFO, "thread", L_TEXT("name", name), L_INT("i", i));
    return NULL;
}

static void
lines_of_threads_are_not_mixed(void **state)
{
    static char name[4][32] = {"aaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbb", "cccccccccccccccc",
                               "dddddddddddddddd"};
    pthread_t thread[COUNT(name)];
    int lines = 0;

    (void)state;
    for (size_t i = 0; i < COUNT(name); i++)
        CHECK_INT(pthread_create(&thread[i], NULL, log_much, name[i]), 0);
    for (size_t i = 0; i < COUNT(name); i++)
        pthread_join(thread[i], NULL);
    for (const char *at = logged(), *end; (end = strchr(at, '\n')) != NULL;
         at = end + 1 + CLOCK_TEXT_SIZE) {
        char letter;
        int number;

        CHECK_INT(sscanf(at, "info thread name=%c%*15c i=%d\n", &letter, &number), 2);
        lines++;
    }
    CHECK_INT(lines, 400);
}

static void
times_are_written_in_utc(void **state)
{
    static const struct {
        int64_t at_ms;
        const char *want;
    } row[] = {
        {0, "1970-01-01T00:00:00.000Z"},
        {INT64_C(951782399999), "2000-02-28T23:59:59.999Z"},
        {INT64_C(951782400000), "2000-02-29T00:00:00.000Z"},
        {INT64_C(951868800000), "2000-03-01T00:00:00.000Z"},
        {INT64_C(1735689599999), "2024-12-31T23:59:59.999Z"},
        {INT64_C(1775005200123), "2026-04-01T01:00:00.123Z"},
        {INT64_C(4107542400000), "2100-03-01T00:00:00.000Z"}, /* no leap year */
        {INT64_C(253402300799999), "9999-12-31T23:59:59.999Z"},
        {INT64_MAX, "9999-12-31T23:59:59.999Z"},
        {-1, "1970-01-01T00:00:00.000Z"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        char text[CLOCK_TEXT_SIZE];

        CHECK_ROW(i);
        clock_text(row[i].at_ms, text);
        CHECK_TEXT(text, row[i].want);
    }
}

static void
every_day_of_four_centuries_follows_the_one_before(void **state)
{
    char text[CLOCK_TEXT_SIZE], want[32];
    struct tm tm;

    (void)state;
    for (int64_t day = 0; day < 146097; day++) {
        time_t at = (time_t)(day * 86400);

        clock_text(day * DAY_MS, text);
        gmtime_r(&at, &tm);
        strftime(want, sizeof(want), "%Y-%m-%dT00:00:00.000Z", &tm);
        if (strcmp(text, want) != 0)
            CHECK_TEXT(text, want);
    }
}

static void
a_fixed_clock_stands_still_and_a_running_one_can_be_ahead(void **state)
{
    struct clock c = {0};
    int64_t now_ms = clock_now_ms(&c);
    int64_t began_ms = clock_monotonic_ms();

    (void)state;
    CHECK_THAT(now_ms > INT64_C(1700000000000));
    c.ahead_ms = DAY_MS;
    CHECK_THAT(clock_now_ms(&c) >= now_ms + DAY_MS);
    c.fixed_ms = 1234;
    CHECK_INT(clock_now_ms(&c), 1234);
    CHECK_THAT(clock_monotonic_ms() >= began_ms);
}

static void
a_clock_has_jumped_when_no_time_went_by_with_it(void **state)
{
    static const struct {
        int64_t wrong_ms;
        bool jumped;
    } row[] = {{0, false},      {-1, false},    {60000, false},           {60001, true},
               {-60000, false}, {-60001, true}, {2 * 365 * DAY_MS, true}, {0, false}};
    struct clock c = {0}, fixed = {.fixed_ms = 1234567890};

    (void)state;
    clock_trust(&c); /* the machine's own: it is as far off as it was, to a few ms */
    CHECK_THAT(clock_jump_ms(&c, clock_now_ms(&c)) < 1000);
    CHECK_THAT(clock_jump_ms(&c, clock_now_ms(&c)) > -1000);
    CHECK_THAT(!clock_has_jumped(&c, clock_now_ms(&c)));
    c.ahead_ms = DAY_MS; /* the demo lets a day go by */
    CHECK_THAT(!clock_has_jumped(&c, clock_now_ms(&c)));
    for (size_t i = 0; i < COUNT(row); i++) {
        CHECK_ROW(i);
        fixed.wrong_ms = row[i].wrong_ms;
        CHECK_INT(clock_now_ms(&fixed), fixed.fixed_ms + row[i].wrong_ms);
        CHECK_INT(clock_jump_ms(&fixed, clock_now_ms(&fixed)), row[i].wrong_ms);
        CHECK_INT(clock_has_jumped(&fixed, clock_now_ms(&fixed)), row[i].jumped);
    }
    fixed.wrong_ms = DAY_MS;
    clock_trust(&fixed);
    fixed.fixed_ms += DAY_MS;
    CHECK_THAT(!clock_has_jumped(&fixed, clock_now_ms(&fixed)));
    fixed.wrong_ms = 0; /* put right after all: a jump as well */
    CHECK_INT(clock_jump_ms(&fixed, clock_now_ms(&fixed)), -DAY_MS);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_event_is_one_line_of_pairs),
        TEST(outside_text_cannot_forge_a_line),
        TEST(a_long_line_is_cut_and_stays_one_line),
        TEST(levels_below_the_least_are_silent),
        TEST(lines_of_threads_are_not_mixed),
        TEST(times_are_written_in_utc),
        TEST(every_day_of_four_centuries_follows_the_one_before),
        TEST(a_fixed_clock_stands_still_and_a_running_one_can_be_ahead),
        TEST(a_clock_has_jumped_when_no_time_went_by_with_it),
    };

    return cmocka_run_group_tests(tests, set_up, NULL);
}
