/*
 * outcome.h - what one attempt at sending means, and what to do next.
 *
 * A push or a multicast carries a retry key, so it is repeated until LINE gives a definite answer
 * or the key is nearly forgotten. A member's menu is repeated too: set twice, it is the same. A
 * reply is sent once and never again. What never left was no attempt, whichever it is.
 *
 * Source: Messaging API reference, "Retrying an API request" and "Status codes".
 */
#ifndef LINE_OUTCOME_H
#define LINE_OUTCOME_H

#include "base/clock.h"
#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

#define OUTCOME_CLOSE_MS (23 * HOUR_MS) /* LINE forgets a retry key after 24 h */
#define OUTCOME_DELAY_MAX_MS (15 * MINUTE_MS)

enum outcome {
    OUTCOME_SENT,
    OUTCOME_ACCEPTED_BEFORE, /* 409: an attempt we got no answer to had counted */
    OUTCOME_REJECTED,        /* final: LINE will never take this */
    OUTCOME_QUOTA,   /* final: the month's messages are used up, and no earlier try counted */
    OUTCOME_EXPIRED, /* final: no definite answer in time */
    OUTCOME_RETRY,   /* again at retry_at_ms, same body and key */
    OUTCOME_UNSENT,  /* the same, and as if it had not been tried */
};

enum attempt_kind {
    ATTEMPT_KEYED,      /* with a retry key */
    ATTEMPT_REPEATABLE, /* without, and harmless twice */
    ATTEMPT_ONCE,
};

struct attempt {
    enum attempt_kind kind;
    int status;         /* 0: no answer */
    bool sent;          /* with status 0: something of it left */
    int tries;          /* made so far, this one included */
    bool token_renewed; /* a 401 to a token fetched because the one before was refused */
    int64_t first_ms;   /* the first attempt */
    int64_t now_ms;
    int64_t retry_after_ms; /* what LINE asked for; -1: nothing */
    struct str answer;      /* body: tells the monthly limit from the rate limit */
    uint32_t random;        /* spreads the retries of many */
};

struct verdict {
    enum outcome outcome;
    int64_t retry_at_ms; /* RETRY and UNSENT */
};

struct verdict outcome_decide(const struct attempt *attempt);

/* Whether a 429 with this body means that the month's messages are used up. */
bool outcome_is_monthly_limit(struct str answer);

/* Whether the errand may still be attempted: for those found at start-up or after a restore. */
bool outcome_is_open(int64_t first_ms, int64_t now_ms);

#endif
