/*
 * message_parts.h - what every message to LINE's chat is put together from.
 */
#ifndef API_MESSAGE_PARTS_H
#define API_MESSAGE_PARTS_H

#include "api/service.h"
#include "base/arena.h"
#include "domain/ladder.h"
#include "domain/member.h"
#include "line/message.h"

#include <stdint.h>

/* A day as people of that language write it; in arena. */
struct str date_text(struct arena *a, enum language language, int64_t at_ms, int utc_offset_min);
/* The card's address as a message carries it: the LIFF app's, or our own page where there is none.
 * plan_id 0: of whichever card is shown first. In arena; empty when that is full. */
struct str card_url(const struct service *s, struct arena *a, int64_t plan_id);
/* The same, saying what the message is about, so that those who come by it are counted. */
struct str
card_url_about(const struct service *s, struct arena *a, int64_t plan_id, enum notice_kind kind);

#endif
