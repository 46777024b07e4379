#include "line/breaker.h"

enum breaker_state
breaker_state(const struct breaker *b, int64_t now_ms)
{
    if (b->until_ms == 0)
        return BREAKER_CLOSED;
    /* Further off than any open time: the clock was set back. */
    if (now_ms >= b->until_ms || b->until_ms - now_ms > BREAKER_MOST_MS + BREAKER_MOST_MS / 4)
        return BREAKER_HALF_OPEN;
    return BREAKER_OPEN;
}

bool
breaker_lets_go(const struct breaker *b, int64_t now_ms)
{
    enum breaker_state state = breaker_state(b, now_ms);

    return state == BREAKER_CLOSED || (state == BREAKER_HALF_OPEN && !b->probing);
}

void
breaker_went(struct breaker *b, int64_t now_ms)
{
    if (breaker_state(b, now_ms) == BREAKER_HALF_OPEN)
        b->probing = true;
}

static int
failures(uint32_t recent)
{
    int n = 0;

    for (; recent != 0; recent &= recent - 1)
        n++;
    return n;
}

static void
open_anew(struct breaker *b, int64_t now_ms, uint32_t random)
{
    int64_t wait_ms = BREAKER_FIRST_MS;

    for (int i = 0; i < b->opened && wait_ms < BREAKER_MOST_MS; i++)
        wait_ms *= 2;
    if (wait_ms > BREAKER_MOST_MS)
        wait_ms = BREAKER_MOST_MS;
    b->opened++;
    b->probing = false;
    b->until_ms = now_ms + wait_ms + (int64_t)(random % (uint32_t)(wait_ms / 4 + 1));
}

bool
breaker_ended(struct breaker *b, int status, int64_t now_ms, uint32_t random)
{
    bool failed = status == 0 || status >= 500;

    if (b->until_ms != 0 && !failed) { /* it is there again */
        *b = (struct breaker){0};
        return true;
    }
    if (b->until_ms != 0) {
        if (breaker_state(b, now_ms) == BREAKER_HALF_OPEN && b->probing)
            open_anew(b, now_ms, random);
        return false; /* it stays open, and what went before that says nothing new */
    }
    b->recent = b->recent << 1 | (failed ? 1u : 0u);
    b->recent_n += b->recent_n < BREAKER_RECENT;
    b->in_row = failed ? b->in_row + 1 : 0;
    if (b->in_row < BREAKER_IN_ROW &&
        (b->recent_n < BREAKER_RECENT || failures(b->recent) < BREAKER_SHARE))
        return false;
    open_anew(b, now_ms, random);
    return true;
}
