/* What one attempt means: LINE's status codes, the retry key's 24 hours, our back-off. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "line/outcome.h"

#define NOW_MS INT64_C(1767225660000)
#define MONTHLY "{\"message\":\"You have reached your monthly limit.\"}"
#define RATE "{\"message\":\"The API rate limit has been exceeded. Try again later.\"}"

static void
every_answer_has_one_meaning(void **state)
{
    static const struct {
        const char *what;
        int status;
        int tries;
        bool token_renewed;
        int64_t age_ms; /* of the first attempt */
        int64_t retry_after_ms;
        const char *answer;
        enum outcome push;
        int64_t wait_ms; /* RETRY: with no spread */
        enum outcome reply;
    } row[] = {
        {"accepted", 200, 1, 0, 0, -1, "{}", OUTCOME_SENT, 0, OUTCOME_SENT},
        {"any 2xx", 202, 1, 0, 0, -1, "", OUTCOME_SENT, 0, OUTCOME_SENT},
        {"accepted late", 200, 99, 0, DAY_MS, -1, "", OUTCOME_SENT, 0, OUTCOME_SENT},
        {"accepted before", 409, 2, 0, 9, -1, "", OUTCOME_ACCEPTED_BEFORE, 0, OUTCOME_REJECTED},
        {"bad body", 400, 1, 0, 0, -1, "", OUTCOME_REJECTED, 0, OUTCOME_REJECTED},
        {"token over", 401, 1, 0, 0, -1, "", OUTCOME_RETRY, 0, OUTCOME_REJECTED},
        {"token over, backing off", 401, 9, 0, 99, 5000, "", OUTCOME_RETRY, 0, OUTCOME_REJECTED},
        {"new token refused", 401, 2, 1, 9, -1, "", OUTCOME_RETRY, 2000, OUTCOME_REJECTED},
        {"plan", 403, 1, 0, 0, -1, "", OUTCOME_REJECTED, 0, OUTCOME_REJECTED},
        {"unknown", 404, 1, 0, 0, -1, "", OUTCOME_REJECTED, 0, OUTCOME_REJECTED},
        {"too big", 413, 1, 0, 0, -1, "", OUTCOME_REJECTED, 0, OUTCOME_REJECTED},
        {"redirect", 302, 1, 0, 0, -1, "", OUTCOME_REJECTED, 0, OUTCOME_REJECTED},
        {"monthly limit", 429, 1, 0, 0, -1, MONTHLY, OUTCOME_QUOTA, 0, OUTCOME_REJECTED},
        {"monthly limit, loud", 429, 1, 0, 0, 7000, "MONTHLY LIMIT", OUTCOME_QUOTA, 0,
         OUTCOME_REJECTED},
        {"monthly limit, after a try that may have counted", 429, 2, 0, 9, -1, MONTHLY,
         OUTCOME_RETRY, 2000, OUTCOME_REJECTED},
        {"those words elsewhere", 400, 1, 0, 0, -1, MONTHLY, OUTCOME_REJECTED, 0, OUTCOME_REJECTED},
        {"rate limit", 429, 1, 0, 0, -1, RATE, OUTCOME_RETRY, 1000, OUTCOME_REJECTED},
        {"rate limit, unexplained", 429, 1, 0, 0, -1, "", OUTCOME_RETRY, 1000, OUTCOME_REJECTED},
        {"rate limit with a time", 429, 5, 0, 0, 7000, RATE, OUTCOME_RETRY, 7000, OUTCOME_REJECTED},
        {"time now", 503, 5, 0, 0, 0, "", OUTCOME_RETRY, 0, OUTCOME_EXPIRED},
        {"fails", 500, 1, 0, 0, -1, "", OUTCOME_RETRY, 1000, OUTCOME_EXPIRED},
        {"fails again", 502, 2, 0, 9, -1, "", OUTCOME_RETRY, 2000, OUTCOME_EXPIRED},
        {"and again", 503, 3, 1, 9, -1, "", OUTCOME_RETRY, 4000, OUTCOME_EXPIRED},
        {"ten", 504, 10, 0, 9, -1, "", OUTCOME_RETRY, 512000, OUTCOME_EXPIRED},
        {"eleven", 500, 11, 0, 9, -1, "", OUTCOME_RETRY, 720000, OUTCOME_EXPIRED},
        {"many", 500, 2000000000, 0, 9, -1, "", OUTCOME_RETRY, 720000, OUTCOME_EXPIRED},
        {"no answer", 0, 1, 0, 0, -1, "", OUTCOME_RETRY, 1000, OUTCOME_EXPIRED},
        {"just before the end", 0, 1, 0, 23 * HOUR_MS - 1001, -1, "", OUTCOME_RETRY, 1000,
         OUTCOME_EXPIRED},
        {"would be at the end", 0, 1, 0, 23 * HOUR_MS - 1000, -1, "", OUTCOME_EXPIRED, 0,
         OUTCOME_EXPIRED},
        {"asked to wait past the end", 503, 1, 0, 0, DAY_MS, "", OUTCOME_EXPIRED, 0,
         OUTCOME_EXPIRED},
        {"token over at the end", 401, 1, 0, 23 * HOUR_MS, -1, "", OUTCOME_EXPIRED, 0,
         OUTCOME_REJECTED},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
        struct attempt attempt = {.status = row[i].status,
                                  .sent = true,
                                  .tries = row[i].tries,
                                  .token_renewed = row[i].token_renewed,
                                  .first_ms = NOW_MS - row[i].age_ms,
                                  .now_ms = NOW_MS,
                                  .retry_after_ms = row[i].retry_after_ms,
                                  .answer = str_of(row[i].answer)};
        struct verdict push = outcome_decide(&attempt), menu, reply;

        attempt.kind = ATTEMPT_REPEATABLE;
        menu = outcome_decide(&attempt);
        attempt.kind = ATTEMPT_ONCE;
        reply = outcome_decide(&attempt);
        if (push.outcome != row[i].push || reply.outcome != row[i].reply)
            fail_msg("%s: push %d, reply %d", row[i].what, (int)push.outcome, (int)reply.outcome);
        assert_int_equal(push.retry_at_ms,
                         push.outcome == OUTCOME_RETRY ? NOW_MS + row[i].wait_ms : 0);
        assert_int_equal(reply.retry_at_ms, 0);
        /* Neither a key nor a limit of the month is known to a menu. */
        if (row[i].status == 409)
            assert_int_equal(menu.outcome, OUTCOME_REJECTED);
        else if (push.outcome == OUTCOME_QUOTA)
            assert_int_equal(menu.outcome, OUTCOME_RETRY);
        else
            assert_int_equal(menu.outcome, push.outcome);
    }
}

static void
what_never_left_was_no_attempt(void **state)
{
    static const enum attempt_kind kinds[] = {ATTEMPT_KEYED, ATTEMPT_REPEATABLE, ATTEMPT_ONCE};

    (void)state;
    for (size_t i = 0; i < 3; i++)
        for (int tries = 1; tries < 40; tries += 13) {
            const struct attempt attempt = {.kind = kinds[i],
                                            .tries = tries,
                                            .first_ms = NOW_MS,
                                            .now_ms = NOW_MS,
                                            .retry_after_ms = -1};
            struct verdict verdict = outcome_decide(&attempt);

            assert_int_equal(verdict.outcome, OUTCOME_UNSENT);
            assert_int_equal(verdict.retry_at_ms, NOW_MS + 2000); /* however often before */
        }
}

static void
the_spread_is_up_to_a_quarter_and_never_over_15_minutes(void **state)
{
    (void)state;
    for (int tries = 1; tries < 40; tries++) {
        struct attempt attempt = {.status = 500,
                                  .tries = tries,
                                  .first_ms = NOW_MS,
                                  .now_ms = NOW_MS,
                                  .retry_after_ms = -1};
        int64_t least_ms = outcome_decide(&attempt).retry_at_ms - NOW_MS;
        int64_t most_ms = 0;

        for (uint32_t random = 0; random < UINT32_MAX - 9999991; random += 9999991) {
            int64_t wait_ms;

            attempt.random = random;
            wait_ms = outcome_decide(&attempt).retry_at_ms - NOW_MS;
            assert_true(wait_ms >= least_ms && wait_ms <= least_ms + least_ms / 4);
            if (wait_ms > most_ms)
                most_ms = wait_ms;
        }
        assert_true(most_ms > least_ms);
        assert_true(most_ms <= OUTCOME_DELAY_MAX_MS);
    }
}

static void
an_errand_is_open_for_23_hours(void **state)
{
    (void)state;
    assert_true(outcome_is_open(NOW_MS, NOW_MS));
    assert_true(outcome_is_open(NOW_MS, NOW_MS + 23 * HOUR_MS - 1));
    assert_false(outcome_is_open(NOW_MS, NOW_MS + 23 * HOUR_MS));
    assert_true(outcome_is_open(NOW_MS, NOW_MS - HOUR_MS)); /* a clock set back */
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_answer_has_one_meaning),
        cmocka_unit_test(what_never_left_was_no_attempt),
        cmocka_unit_test(the_spread_is_up_to_a_quarter_and_never_over_15_minutes),
        cmocka_unit_test(an_errand_is_open_for_23_hours),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
