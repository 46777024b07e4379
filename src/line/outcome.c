#include "line/outcome.h"

#define FIRST_DELAY_MS SECOND_MS
#define UNSENT_TRIES                                                                               \
    2 /* what did not leave waits as after so many tries; the breaker waits longer */
/* With the longest spread, a quarter, on top it makes OUTCOME_DELAY_MAX_MS. */
#define BASE_DELAY_MAX_MS (OUTCOME_DELAY_MAX_MS / 5 * 4)

bool
outcome_is_open(int64_t first_ms, int64_t now_ms)
{
    return now_ms - first_ms < OUTCOME_CLOSE_MS;
}

/* 1 s, 2 s, 4 s ... after the first, second, third try, and up to a quarter more. */
static int64_t
delay_ms(int tries, uint32_t random)
{
    int64_t delay = FIRST_DELAY_MS;

    for (int i = 1; i < tries && delay < BASE_DELAY_MAX_MS; i++)
        delay *= 2;
    if (delay > BASE_DELAY_MAX_MS)
        delay = BASE_DELAY_MAX_MS;
    return delay + (int64_t)(random % (uint32_t)(delay / 4 + 1));
}

static struct verdict
again(const struct attempt *a, int64_t wait_ms)
{
    int64_t at_ms = a->now_ms + wait_ms;

    if (!outcome_is_open(a->first_ms, at_ms))
        return (struct verdict){.outcome = OUTCOME_EXPIRED};
    return (struct verdict){OUTCOME_RETRY, at_ms};
}

/*
 * LINE's texts are not stable, so this decides about one thing only: a limit that it does not
 * recognise is taken for the rate limit, and the errand waits instead of being given up.
 */
bool
outcome_is_monthly_limit(struct str answer)
{
    static const struct str words = {"monthly limit", 13};

    for (size_t i = 0; i + words.n <= answer.n; i++)
        if (str_eq_nocase((struct str){answer.at + i, words.n}, words))
            return true;
    return false;
}

static struct verdict
decide_reply(const struct attempt *a)
{
    if (a->status >= 200 && a->status <= 299)
        return (struct verdict){.outcome = OUTCOME_SENT};
    /* Without an answer it may have been shown: nobody knows, and nobody may ask again. */
    if (a->status == 0 || a->status >= 500)
        return (struct verdict){.outcome = OUTCOME_EXPIRED};
    return (struct verdict){.outcome = OUTCOME_REJECTED};
}

static struct verdict
decide_repeatable(const struct attempt *a, int64_t wait_ms)
{
    if (a->status >= 200 && a->status <= 299)
        return (struct verdict){.outcome = OUTCOME_SENT};
    if (a->kind == ATTEMPT_KEYED && a->status == 409)
        return (struct verdict){.outcome = OUTCOME_ACCEPTED_BEFORE};
    /* Only a first try that meets the limit is certain not to have counted: after another, ask on,
     * and 409 will say if it had. */
    if (a->kind == ATTEMPT_KEYED && a->status == 429 && a->tries == 1 &&
        outcome_is_monthly_limit(a->answer))
        return (struct verdict){.outcome = OUTCOME_QUOTA};
    /* A secret that is being replaced heals; and an attempt before this one may have counted. */
    if (a->status == 401)
        return again(a, a->token_renewed ? wait_ms : 0);
    if (a->status == 0 || a->status == 429 || a->status >= 500)
        return again(a, wait_ms);
    return (struct verdict){.outcome = OUTCOME_REJECTED};
}

struct verdict
outcome_decide(const struct attempt *a)
{
    int64_t wait_ms = a->retry_after_ms >= 0 ? a->retry_after_ms : delay_ms(a->tries, a->random);

    if (a->status == 0 && !a->sent)
        return (struct verdict){OUTCOME_UNSENT, a->now_ms + delay_ms(UNSENT_TRIES, a->random)};
    return a->kind == ATTEMPT_ONCE ? decide_reply(a) : decide_repeatable(a, wait_ms);
}
