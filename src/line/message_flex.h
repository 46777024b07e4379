/*
 * message_flex.h - how message.h draws a fact: one Flex bubble.
 */
#ifndef LINE_MESSAGE_FLEX_H
#define LINE_MESSAGE_FLEX_H

#include "line/message.h"

/* Write one message object for checked values. Errors as message.h's but for "message_field". */
enum err_code message_write(struct buf *out, const struct message *message, struct err *e);

/* Write what the chat list shows: no escaping. */
void message_alt_write(struct buf *out, const struct message *message);

#endif
