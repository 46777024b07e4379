/*
 * webhook_content.h - what an event carries beside its envelope, by its type. For webhook.c.
 */
#ifndef LINE_WEBHOOK_CONTENT_H
#define LINE_WEBHOOK_CONTENT_H

#include "line/webhook.h"

#include <jansson.h>

/* Visible ASCII, 1 to `max` of it: what we keep and log of LINE's ids, whatever they become. */
bool webhook_is_id(struct str id, size_t max);

/* Borrowed from the object; empty if absent or no text. */
struct str webhook_text_at(const json_t *object, const char *name);

/* Set out->kind and what that kind carries; WEBHOOK_OTHER and nothing if it is not as its type
 * promises. Texts are copied to the arena; false when that is full. */
bool webhook_content(const json_t *event, struct arena *arena, struct webhook_event *out);

#endif
