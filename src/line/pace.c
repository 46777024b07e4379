#include "line/pace.h"

#include <assert.h>

#include "base/clock.h"

#define MARGIN_PERCENT 80 /* of what LINE allows */
#define A_SECOND 3600     /* in an hour */
#define A_MINUTE 60

/* The first that fits. A star stands for one part of the path. */
static const struct {
    struct str method; /* empty: any */
    struct str path;   /* empty: any */
    int64_t per_hour;  /* as LINE allows */
    int64_t burst;     /* 0: those of a second */
} endpoints[] = {
#define ROW(method, path, per_hour, burst)                                                         \
    {                                                                                              \
        STR_INIT(method), STR_INIT(path), per_hour, burst                                          \
    }
    ROW("POST", "/v2/bot/message/push", 2000 * A_SECOND, 0),
    ROW("POST", "/v2/bot/message/multicast", 200 * A_SECOND, 0),
    ROW("POST", "/v2/bot/message/reply", 2000 * A_SECOND, 0),
    ROW("POST", "/v2/bot/message/broadcast", 60, 10),
    ROW("POST", "/v2/bot/message/narrowcast", 60, 10),
    ROW("POST", "/v2/bot/chat/loading/start", 100 * A_SECOND, 0),
    ROW("POST", "/v2/bot/user/*/richmenu/*", 2000 * A_SECOND, 0),
    ROW("DELETE", "/v2/bot/user/*/richmenu", 2000 * A_SECOND, 0),
    ROW("GET", "/v2/bot/richmenu/list", 10 * A_SECOND, 0),
    ROW("POST", "/v2/bot/richmenu", 100, 50),
    ROW("DELETE", "/v2/bot/richmenu/alias/*", 100, 50),
    ROW("DELETE", "/v2/bot/richmenu/*", 100, 50),
    ROW("POST", "/v2/bot/richmenu/batch", 3, 1),
    ROW("GET", "/v2/bot/richmenu/progress/batch", 100, 50),
    ROW("", "/v2/bot/channel/webhook/endpoint", 1000 * A_MINUTE, 20),
    ROW("POST", "/v2/bot/channel/webhook/test", 60, 10),
    ROW("GET", "/v2/bot/insight/message/delivery", 60, 10),
    ROW("GET", "/v2/bot/insight/followers", 60, 10),
    ROW("GET", "/v2/bot/insight/demographic", 60, 10),
    ROW("GET", "/v2/bot/insight/message/event", 60, 10),
    ROW("", "", 2000 * A_SECOND, 0),
#undef ROW
};

#define ROWS (sizeof(endpoints) / sizeof(endpoints[0]))
_Static_assert(ROWS <= PACE_ENDPOINTS, "room for every endpoint");

static struct str
next_part(struct str *path)
{
    struct str part;

    if (!str_until(path, '/', &part)) {
        part = *path;
        path->n = 0;
    }
    return part;
}

static bool
fits(struct str pattern, struct str path)
{
    while (pattern.n > 0 && path.n > 0) {
        struct str want = next_part(&pattern), have = next_part(&path);

        if (!str_eq(want, have) && !(str_eq(want, STR("*")) && have.n > 0))
            return false;
    }
    return pattern.n == 0 && path.n == 0;
}

size_t
pace_endpoint(const char *method, struct str path)
{
    struct str whole = path;

    if (!str_until(&whole, '?', &path))
        path = whole;
    for (size_t i = 0; i < ROWS; i++)
        if ((endpoints[i].method.n == 0 || str_eq(endpoints[i].method, str_of(method))) &&
            (endpoints[i].path.n == 0 || fits(endpoints[i].path, path)))
            return i;
    return ROWS - 1;
}

int64_t
pace_per_hour(size_t endpoint)
{
    return endpoints[endpoint].per_hour * MARGIN_PERCENT / 100;
}

int64_t
pace_burst(size_t endpoint)
{
    int64_t burst = endpoints[endpoint].burst;

    return burst > 0 ? burst : pace_per_hour(endpoint) / A_SECOND;
}

/* ---------------------------------------------------------------- the bucket */

/* So many thousandths at the pace as it is now. */
static int64_t
paced(const struct pace_bucket *b, int64_t requests)
{
    return requests * 1000 * (b->factor > 0 ? b->factor : PACE_FULL) / PACE_FULL;
}

static int64_t
refill_per_hour(const struct pace_bucket *b, size_t endpoint)
{
    int64_t refill = paced(b, pace_per_hour(endpoint));

    return refill > 0 ? refill : 1;
}

static void
refill(struct pace_bucket *b, size_t endpoint, int64_t now_ms)
{
    int64_t most = paced(b, pace_burst(endpoint)), gone_ms = now_ms - b->at_ms;

    if (most < 1000)
        most = 1000;
    if (b->at_ms == 0 || gone_ms > HOUR_MS)
        b->left = most;
    else if (gone_ms > 0)
        b->left += gone_ms * refill_per_hour(b, endpoint) / HOUR_MS;
    if (b->left > most)
        b->left = most;
    /* What was too little to count is not lost: the time stays until it gives something. */
    if (b->at_ms == 0 || gone_ms < 0 || gone_ms > HOUR_MS ||
        gone_ms * refill_per_hour(b, endpoint) >= HOUR_MS)
        b->at_ms = now_ms;
}

bool
pace_take(struct pace *p, size_t endpoint, int64_t now_ms, int64_t *wait_ms_out)
{
    struct pace_bucket *b = &p->bucket[endpoint];

    assert(endpoint < ROWS);
    refill(b, endpoint, now_ms);
    if (b->left >= 1000) {
        b->left -= 1000;
        return true;
    }
    *wait_ms_out = (1000 - b->left) * HOUR_MS / refill_per_hour(b, endpoint) + 1;
    return false;
}

/* As DCTCP (RFC 8257) does it: a few refusals among many slow it down a little, nothing but
 * refusals by half. */
static void
end_window(struct pace_bucket *b, int64_t now_ms)
{
    int64_t factor = b->factor > 0 ? b->factor : PACE_FULL;

    if (b->answered > 0)
        factor -= factor * b->refused / (2 * b->answered);
    factor += PACE_RISE;
    if (factor > PACE_FULL)
        factor = PACE_FULL;
    b->factor = factor < PACE_LEAST ? PACE_LEAST : factor;
    b->answered = b->refused = 0;
    b->window_ms = now_ms;
}

void
pace_answered(struct pace *p, size_t endpoint, bool is_refused, int64_t now_ms)
{
    struct pace_bucket *b = &p->bucket[endpoint];

    assert(endpoint < ROWS);
    if (b->window_ms == 0)
        b->window_ms = now_ms;
    b->answered++;
    b->refused += is_refused;
    if (now_ms - b->window_ms >= PACE_WINDOW_MS || now_ms < b->window_ms)
        end_window(b, now_ms);
}
