/*
 * bot_answer.h - what an answer of the bot says, put together message by message. For bot.c.
 */
#ifndef API_BOT_ANSWER_H
#define API_BOT_ANSWER_H

#include "api/bot.h"
#include "line/message.h"

struct answer {
    const struct bot *bot;
    struct message message[MESSAGE_MAX_PER_BODY];
    size_t n;
};

/* Of somebody who has not told us, the shop's own. */
enum language bot_language(const struct bot *bot);

/* About no card: an invitation to have one, a greeting. */
void answer_note(struct answer *answer, enum message_kind kind);
/* The live balance of every card, side by side in one message so that what waits may come along, or
 * an invitation where there is none. */
enum err_code answer_balances(struct answer *answer, struct err *e);
/* A line each, the nearest to a place that was sent first: names and distances need no translation.
 */
enum err_code answer_shops(struct answer *answer, struct err *e);
/* What a keyword rule says, with its buttons; nothing if it is silent, off, or gone since its
 * button was shown. */
enum err_code answer_rule(struct answer *answer, int64_t rule_id, struct err *e);

/* Owe LINE the reply, and with it what waits for the member. */
enum err_code answer_send(struct answer *answer, struct err *e);

#endif
