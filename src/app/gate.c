#include "app/gate.h"

#include <stdio.h>
#include <string.h>

#include "base/entropy.h"
#include "base/log.h"
#include "base/str.h"
#include "line/outcome.h"

#define PROBE_WAIT_MS SECOND_MS

static size_t
host_of(struct gate *g, struct str name)
{
    for (size_t i = 0; i < g->hosts; i++)
        if (str_eq(name, str_of(g->host[i].name)))
            return i;
    if (g->hosts < GATE_HOSTS)
        (void)str_copy(name, g->host[g->hosts++].name, sizeof(g->host[0].name));
    return g->hosts - 1;
}

struct way
gate_way(struct gate *g, const char *method, const char *url)
{
    const char *host = strstr(url, "://");
    size_t n;

    host = host ? host + 3 : url;
    n = strcspn(host, "/?");
    return (struct way){host_of(g, (struct str){host, n}), pace_endpoint(method, str_of(host + n))};
}

bool
gate_is_shut(const struct gate *g, struct way way, int64_t now_ms)
{
    return gate_state(g, way, now_ms) == BREAKER_OPEN;
}

bool
gate_lets_go(struct gate *g, struct way way, int64_t now_ms, int64_t *wait_ms)
{
    struct breaker *b = &g->host[way.host].breaker;
    int64_t until_ms = PROBE_WAIT_MS;
    bool lets_go =
        breaker_lets_go(b, now_ms) && pace_take(&g->pace, way.endpoint, now_ms, &until_ms);

    if (lets_go)
        breaker_went(b, now_ms);
    else if (until_ms < *wait_ms)
        *wait_ms = until_ms;
    return lets_go;
}

void
gate_ended(struct gate *g, struct way way, const struct exchange *x, int64_t now_ms)
{
    struct breaker *b = &g->host[way.host].breaker;
    int failures = b->in_row;

    if (x->status != 0)
        pace_answered(&g->pace, way.endpoint,
                      x->status == 429 && !outcome_is_monthly_limit(x->answer), now_ms);
    if (!breaker_ended(b, x->status, now_ms, (uint32_t)entropy_below(UINT32_MAX)))
        return;
    if (breaker_state(b, now_ms) == BREAKER_CLOSED)
        LOG(LOG_INFO, "line.answers_again", L_TEXT("host", g->host[way.host].name));
    else
        LOG(LOG_WARN, "line.left_alone", L_TEXT("host", g->host[way.host].name),
            L_INT("failures", failures + 1), L_INT("ms", b->until_ms - now_ms),
            L_INT("status", x->status), L_TEXT("why", x->failure));
}

enum breaker_state
gate_state(const struct gate *g, struct way way, int64_t now_ms)
{
    return breaker_state(&g->host[way.host].breaker, now_ms);
}
