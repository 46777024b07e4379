/* Any bytes as a webhook's body: what is read as an event reads back the same. */
#include <assert.h>

#include "line/webhook.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct arena *arena = arena_new(4 * MIB);
    struct webhook_event *events, again;
    struct str destination, body = {(const char *)data, n};
    struct err e;
    size_t events_n;

    if (!webhook_parse(body, arena, &destination, &events, &events_n, &e))
        for (size_t i = 0; i < events_n; i++) {
            assert(webhook_event_parse(events[i].json, arena, &again, &e) == OK);
            assert(again.kind == events[i].kind && str_eq(again.json, events[i].json));
            assert(str_eq(again.text, events[i].text));
        }
    arena_free(arena);
    return 0;
}
