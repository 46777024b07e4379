/*
 * aside.h - what requests that only read leave behind: written when the writer comes to it.
 *
 * Nobody waits for it, and nothing of value depends on it: what the writer has no room for is lost.
 */
#ifndef APP_ASIDE_H
#define APP_ASIDE_H

#include "base/str.h"
#include "domain/ladder.h"
#include "store/writer.h"

#include <stdint.h>

/* A session was used. */
void aside_touch(struct writer *w, int64_t session_id, int64_t now_ms);
/* An area of a rich menu was tapped: its key and area as the address has them. */
void aside_tapped(struct writer *w, struct str menu, struct str area, int64_t now_ms);
/* The card was opened from a message about such a thing. */
void aside_opened(struct writer *w, enum notice_kind kind, int64_t now_ms);

#endif
