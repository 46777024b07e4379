/*
 * gate.h - whether a request to LINE may go now: its host answers, and its endpoint is not asked
 * too fast. Belongs to the courier's thread.
 */
#ifndef APP_GATE_H
#define APP_GATE_H

#include "line/breaker.h"
#include "line/pace.h"
#include "line/transport.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GATE_HOSTS 4 /* LINE has three; what is more shares the last */

struct gate { /* all zero: open */
    struct {
        char name[128]; /* "api.line.me" */
        struct breaker breaker;
    } host[GATE_HOSTS];
    size_t hosts;
    struct pace pace;
};

/* Where a request goes, as the gate counts it. */
struct way {
    size_t host, endpoint;
};
struct way gate_way(struct gate *g, const char *method, const char *url);

/* Its host has failed so often that nothing is to be asked of it now. */
bool gate_is_shut(const struct gate *g, struct way way, int64_t now_ms);
/* Go now: what says true must go, and end (gate_ended). Else *wait_ms says when to ask again, or
 * earlier, when something else has ended. */
bool gate_lets_go(struct gate *g, struct way way, int64_t now_ms, int64_t *wait_ms);
void gate_ended(struct gate *g, struct way way, const struct exchange *x, int64_t now_ms);

enum breaker_state gate_state(const struct gate *g, struct way way, int64_t now_ms);

#endif
