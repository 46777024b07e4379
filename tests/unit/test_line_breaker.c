/* When a host that fails is left alone, and when it is asked again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "line/breaker.h"

#define NOW_MS INT64_C(1775005200000)

/* One step of a story: what happens at that second, and how the breaker stands after it. */
struct step {
    int at_s;
    int status; /* of a request that went and ended; -1: none */
    enum breaker_state state;
    bool changed;
};

static void
tell(const char *name, const struct step *step, size_t n)
{
    struct breaker b = {0};

    for (size_t i = 0; i < n; i++) {
        int64_t now_ms = NOW_MS + step[i].at_s * SECOND_MS;
        bool changed = false;

        if (step[i].status >= 0) {
            if (!breaker_lets_go(&b, now_ms))
                fail_msg("%s, step %zu: nothing may go", name, i);
            breaker_went(&b, now_ms);
            changed = breaker_ended(&b, step[i].status, now_ms, 0);
        }
        if (breaker_state(&b, now_ms) != step[i].state || changed != step[i].changed)
            fail_msg("%s, step %zu: state %d, changed %d", name, i, (int)breaker_state(&b, now_ms),
                     changed);
    }
}
#define TELL(steps) tell(#steps, steps, sizeof(steps) / sizeof((steps)[0]))

#define FAILS(status)                                                                              \
    {                                                                                              \
        0, status, BREAKER_CLOSED, false                                                           \
    }

static void
it_opens_after_failures_in_a_row_and_closes_after_a_success(void **state)
{
    static const struct step in_a_row[] = {
        FAILS(0),
        FAILS(500),
        FAILS(502),
        FAILS(0),
        FAILS(503),
        FAILS(0),
        FAILS(0),
        {0, 599, BREAKER_OPEN, true},
        {4, -1, BREAKER_OPEN, false},
        {5, -1, BREAKER_HALF_OPEN, false},
        {6, 200, BREAKER_CLOSED, true},
        {6, 0, BREAKER_CLOSED, false}, /* counting begins anew */
    };
    static const struct step again_and_again[] = {
        FAILS(0),
        FAILS(0),
        FAILS(0),
        FAILS(0),
        FAILS(0),
        FAILS(0),
        FAILS(0),
        {0, 0, BREAKER_OPEN, true},
        {5, 0, BREAKER_OPEN, false}, /* then 10 s */
        {14, -1, BREAKER_OPEN, false},
        {15, 500, BREAKER_OPEN, false}, /* 20 s */
        {34, -1, BREAKER_OPEN, false},
        {35, 0, BREAKER_OPEN, false}, /* 40 s */
        {75, 0, BREAKER_OPEN, false},
        {155, 0, BREAKER_OPEN, false}, /* 80 s, 120 s */
        {274, -1, BREAKER_OPEN, false},
        {275, 0, BREAKER_OPEN, false}, /* and not longer */
        {394, -1, BREAKER_OPEN, false},
        {395, 404, BREAKER_CLOSED, true},
    };
    static const struct step a_refusal_is_an_answer[] = {
        FAILS(0), FAILS(0),   FAILS(0), FAILS(0),   FAILS(0), FAILS(0),
        FAILS(0), FAILS(429), FAILS(0), FAILS(0),   FAILS(0), FAILS(0),
        FAILS(0), FAILS(0),   FAILS(0), FAILS(401), FAILS(0),
    };

    (void)state;
    TELL(in_a_row);
    TELL(again_and_again);
    TELL(a_refusal_is_an_answer);
}

static void
it_opens_when_most_of_what_ended_failed(void **state)
{
    struct breaker b = {0};
    int n = 0;

    (void)state;
    while (!breaker_ended(&b, n % 4 == 3 ? 200 : 0, NOW_MS, 0)) /* three of four fail */
        n++;
    assert_int_equal(n + 1, BREAKER_RECENT);
    b = (struct breaker){0};
    for (n = 0; n < 1000; n++) /* two of three do */
        assert_false(breaker_ended(&b, n % 3 == 2 ? 200 : 0, NOW_MS, 0));
}

static struct breaker
opened(void)
{
    struct breaker b = {0};

    for (int i = 0; i < BREAKER_IN_ROW; i++)
        breaker_ended(&b, 0, NOW_MS, 0);
    return b;
}

static void
half_open_it_lets_one_go_at_a_time(void **state)
{
    struct breaker b = opened();
    int64_t later_ms = NOW_MS + BREAKER_FIRST_MS;

    (void)state;
    assert_false(breaker_lets_go(&b, NOW_MS));
    assert_true(breaker_lets_go(&b, later_ms));
    breaker_went(&b, later_ms);
    assert_false(breaker_lets_go(&b, later_ms));
    assert_false(breaker_ended(&b, 0, later_ms, 0));
    assert_false(breaker_lets_go(&b, later_ms + BREAKER_FIRST_MS));
    assert_true(breaker_lets_go(&b, later_ms + 2 * BREAKER_FIRST_MS));
}

static void
what_went_before_it_opened_counts_only_when_it_is_answered(void **state)
{
    struct breaker b = opened();

    (void)state;
    assert_false(breaker_ended(&b, 0, NOW_MS, 0));
    assert_int_equal(breaker_state(&b, NOW_MS + BREAKER_FIRST_MS), BREAKER_HALF_OPEN);
    assert_true(breaker_ended(&b, 200, NOW_MS, 0));
    assert_int_equal(breaker_state(&b, NOW_MS), BREAKER_CLOSED);
}

static void
the_end_of_the_open_time_is_spread(void **state)
{
    struct breaker b;

    (void)state;
    for (uint32_t random = 0; random < UINT32_MAX - 99999989; random += 99999989) {
        b = (struct breaker){0};
        for (int i = 0; i < BREAKER_IN_ROW; i++)
            breaker_ended(&b, 0, NOW_MS, random);
        assert_in_range(b.until_ms, NOW_MS + BREAKER_FIRST_MS,
                        NOW_MS + BREAKER_FIRST_MS + BREAKER_FIRST_MS / 4);
    }
}

static void
a_clock_set_back_does_not_hold_it_open(void **state)
{
    struct breaker b = opened();

    (void)state;
    assert_true(breaker_lets_go(&b, NOW_MS - DAY_MS));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_opens_after_failures_in_a_row_and_closes_after_a_success),
        cmocka_unit_test(it_opens_when_most_of_what_ended_failed),
        cmocka_unit_test(half_open_it_lets_one_go_at_a_time),
        cmocka_unit_test(what_went_before_it_opened_counts_only_when_it_is_answered),
        cmocka_unit_test(the_end_of_the_open_time_is_spread),
        cmocka_unit_test(a_clock_set_back_does_not_hold_it_open),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
