/*
 * bot.h - what the account answers by itself: replies, which cost nothing, and never a push.
 *
 * The owner's rules (domain/keyword.h) come first; without one, words that ask for the balance are
 * understood, and our own buttons and beacons. At most one answer an event.
 */
#ifndef API_BOT_H
#define API_BOT_H

#include "api/service.h"
#include "base/arena.h"
#include "base/err.h"
#include "domain/keyword.h"
#include "domain/member.h"
#include "line/webhook.h"
#include "store/db.h"

#include <stdbool.h>
#include <stdint.h>

/* One event, and what an answer to it is made of. */
struct bot {
    struct db *db;
    struct service *s;
    struct arena *a;
    const struct keyword_rules *rules;
    const struct webhook_event *event;
    const struct member *member; /* who sent it; NULL: somebody without a card, or not known yet */
    int64_t received_ms;         /* rules have hours: those of when it came */
    int64_t now_ms;
};

/* Whether there could be an answer to it; looks at no member. */
bool bot_concerns(const struct bot *bot);

/* Whether what is asked is the balance, in our own words for it, though the rules choose `rule`
 * (NULL: none): they are as good as an owner's exact rule that nobody made more important. */
bool
bot_is_balance(struct arena *a, const struct keyword_ask *ask, const struct keyword_rule *rule);

/* Answer it. *answered_out false: there is nothing to say, and the reply token is as good as
 * before. Expects a savepoint around it, and that the token lives. */
enum err_code bot_answer(const struct bot *bot, bool *answered_out, struct err *e);

/* Greet a new friend, or one who had blocked the account (as LINE believes). */
enum err_code bot_greet(const struct bot *bot, bool is_back, struct err *e);

#endif
