/*
 * bot.h - what the account answers by itself: replies, which cost nothing, and never a push.
 */
#ifndef API_BOT_H
#define API_BOT_H

#include "api/service.h"
#include "base/arena.h"
#include "base/err.h"
#include "domain/member.h"
#include "line/webhook.h"
#include "store/db.h"

#include <stdbool.h>
#include <stdint.h>

/* Whether the bot could have an answer to it. Events of groups, of nobody, without a reply token or
 * while another system has the chat never concern it. */
bool bot_concerns(struct arena *a, const struct webhook_event *event);

/* Answer it; `member` is NULL for somebody without a card. *answered_out false: there is nothing to
 * say, and the reply token is as good as before. Expects a savepoint around it. */
enum err_code
bot_answer(struct db *db, struct service *s, struct arena *a, const struct webhook_event *event,
           const struct member *member, int64_t now_ms, bool *answered_out, struct err *e);

/* Greet a new friend, or one who had blocked the account. */
enum err_code
bot_greet(struct db *db, struct service *s, struct arena *a, const struct webhook_event *event,
          const struct member *member, int64_t now_ms, struct err *e);

#endif
