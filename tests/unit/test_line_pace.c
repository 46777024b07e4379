/* How fast LINE's endpoints are asked: below its limits, each by itself, slower when it says so. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/clock.h"
#include "line/pace.h"

#define NOW_MS INT64_C(1775005200000)
#define USER "U0123456789abcdef0123456789abcdef"

static void
a_request_is_counted_for_its_endpoint_whatever_the_ids(void **state)
{
    static const struct {
        const char *method, *path;
        int64_t per_hour; /* as LINE allows it */
    } row[] = {
        {"POST", "/v2/bot/message/push", 2000 * 3600},
        {"POST", "/v2/bot/message/multicast", 200 * 3600},
        {"POST", "/v2/bot/message/reply", 2000 * 3600},
        {"POST", "/v2/bot/message/broadcast", 60},
        {"POST", "/v2/bot/chat/loading/start", 100 * 3600},
        {"POST", "/v2/bot/user/" USER "/richmenu/richmenu-1", 2000 * 3600},
        {"DELETE", "/v2/bot/user/" USER "/richmenu", 2000 * 3600},
        {"POST", "/v2/bot/richmenu", 100},
        {"POST", "/v2/bot/richmenu?x=/y", 100},
        {"DELETE", "/v2/bot/richmenu/richmenu-1", 100},
        {"DELETE", "/v2/bot/richmenu/alias/gold", 100},
        {"GET", "/v2/bot/richmenu/richmenu-1", 2000 * 3600},
        {"GET", "/v2/bot/richmenu/list", 10 * 3600},
        {"PUT", "/v2/bot/channel/webhook/endpoint", 1000 * 60},
        {"GET", "/v2/bot/channel/webhook/endpoint", 1000 * 60},
        {"POST", "/v2/bot/channel/webhook/test", 60},
        {"GET", "/v2/bot/profile/" USER, 2000 * 3600},
        {"POST", "/oauth2/v3/token", 2000 * 3600},
        {"GET", "/v2/bot/message/push", 2000 * 3600}, /* another method, another endpoint */
        {"GET", "", 2000 * 3600},
        {"GET", "/", 2000 * 3600},
        {"DELETE", "/v2/bot/richmenu/", 2000 * 3600},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
        size_t endpoint = pace_endpoint(row[i].method, str_of(row[i].path));

        if (pace_per_hour(endpoint) != row[i].per_hour * 80 / 100)
            fail_msg("%s %s: %lld an hour", row[i].method, row[i].path,
                     (long long)pace_per_hour(endpoint));
    }
    assert_int_equal(pace_endpoint("POST", STR("/v2/bot/user/a/richmenu/b")),
                     pace_endpoint("POST", STR("/v2/bot/user/c/richmenu/d")));
    assert_int_not_equal(pace_endpoint("POST", STR("/v2/bot/message/push")),
                         pace_endpoint("GET", STR("/v2/bot/message/push")));
}

/* How many go within a span, asked as often as the bucket says. */
static int64_t
go_for(struct pace *p, size_t endpoint, int64_t from_ms, int64_t span_ms)
{
    int64_t n = 0, now_ms = from_ms, wait_ms;

    while (now_ms < from_ms + span_ms) {
        if (pace_take(p, endpoint, now_ms, &wait_ms))
            n++;
        else
            now_ms += wait_ms;
    }
    return n;
}

static void
over_any_span_no_more_goes_than_its_burst_and_its_rate(void **state)
{
    static const struct {
        const char *method, *path;
        int64_t burst, per_minute;
    } row[] = {
        {"POST", "/v2/bot/message/push", 1600, 96000},
        {"POST", "/v2/bot/message/multicast", 160, 9600},
        {"POST", "/v2/bot/chat/loading/start", 80, 4800},
        {"GET", "/v2/bot/richmenu/list", 8, 480},
        {"POST", "/v2/bot/richmenu", 50, 1}, /* 80 an hour */
        {"POST", "/v2/bot/message/broadcast", 10, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
        struct pace p = {0};
        size_t endpoint = pace_endpoint(row[i].method, str_of(row[i].path));
        int64_t wait_ms, n;

        for (n = 0; pace_take(&p, endpoint, NOW_MS, &wait_ms); n++)
            continue;
        assert_int_equal(n, row[i].burst);
        n = go_for(&p, endpoint, NOW_MS, MINUTE_MS);
        if (n > row[i].per_minute + 1 || n * 20 < row[i].per_minute * 19)
            fail_msg("%s: %lld a minute", row[i].path, (long long)n);
    }
}

static void
one_endpoint_does_not_slow_another(void **state)
{
    struct pace p = {0};
    size_t multicast = pace_endpoint("POST", STR("/v2/bot/message/multicast"));
    size_t push = pace_endpoint("POST", STR("/v2/bot/message/push"));
    int64_t wait_ms;

    (void)state;
    while (pace_take(&p, multicast, NOW_MS, &wait_ms))
        continue;
    assert_true(pace_take(&p, push, NOW_MS, &wait_ms));
}

/* Windows in which `refused` of ten answers say that it was too fast; the pace after them. */
static int64_t
windows(struct pace *p, size_t endpoint, int refused, int n)
{
    static int64_t now_ms = NOW_MS;

    for (int w = 0; w < n; w++) {
        p->bucket[endpoint].window_ms = now_ms;
        for (int i = 0; i < 10; i++) /* the tenth is the one past its end */
            pace_answered(p, endpoint, i < refused, now_ms += PACE_WINDOW_MS / 9);
    }
    return p->bucket[endpoint].factor;
}

static void
the_pace_falls_by_the_share_of_refusals_and_rises_again(void **state)
{
    struct pace p = {0};
    size_t push = pace_endpoint("POST", STR("/v2/bot/message/push"));
    int64_t n;

    (void)state;
    assert_int_equal(windows(&p, push, 0, 3), PACE_FULL);
    assert_in_range(windows(&p, push, 10, 1), PACE_FULL / 2, PACE_FULL / 2 + PACE_RISE);
    assert_in_range(windows(&p, push, 10, 20), PACE_LEAST, PACE_FULL / 12);
    n = go_for(&p, push, NOW_MS + HOUR_MS, MINUTE_MS);
    assert_true(n < 96000 / 10); /* and so slowly it goes */
    assert_true(n > 96000 / 100);
    assert_in_range(windows(&p, push, 0, 10), PACE_FULL / 3, PACE_FULL / 2);
    assert_int_equal(windows(&p, push, 0, 30), PACE_FULL);
    assert_in_range(windows(&p, push, 1, 100), PACE_FULL / 2, PACE_FULL); /* a few do little */
    assert_in_range(windows(&p, push, 3, 100), PACE_FULL / 8, PACE_FULL / 3);
}

static void
a_clock_set_back_stops_nothing(void **state)
{
    struct pace p = {0};
    size_t push = pace_endpoint("POST", STR("/v2/bot/message/push"));
    int64_t wait_ms;

    (void)state;
    while (pace_take(&p, push, NOW_MS, &wait_ms))
        continue;
    assert_false(pace_take(&p, push, NOW_MS - DAY_MS, &wait_ms));
    assert_true(pace_take(&p, push, NOW_MS - DAY_MS + wait_ms, &wait_ms));
    pace_answered(&p, push, true, NOW_MS);
    pace_answered(&p, push, true, NOW_MS - DAY_MS);
    assert_true(p.bucket[push].factor >= PACE_LEAST);
}

/* An endpoint that nobody asked for years is no faster for it, and 1.8e20 fits in no number. */
static void
a_long_rest_fills_the_burst_and_no_more(void **state)
{
    struct pace p = {0};
    size_t push = pace_endpoint("POST", STR("/v2/bot/message/push"));
    int64_t wait_ms, taken = 0;

    (void)state;
    assert_true(pace_take(&p, push, NOW_MS, &wait_ms));
    while (pace_take(&p, push, NOW_MS + 2000 * DAY_MS, &wait_ms))
        taken++;
    assert_int_equal(taken, pace_burst(push));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_is_counted_for_its_endpoint_whatever_the_ids),
        cmocka_unit_test(over_any_span_no_more_goes_than_its_burst_and_its_rate),
        cmocka_unit_test(one_endpoint_does_not_slow_another),
        cmocka_unit_test(the_pace_falls_by_the_share_of_refusals_and_rises_again),
        cmocka_unit_test(a_clock_set_back_stops_nothing),
        cmocka_unit_test(a_long_rest_fills_the_burst_and_no_more),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
