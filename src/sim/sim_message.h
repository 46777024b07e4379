/*
 * sim_message.h - what LINE's Messaging API refuses in a "messages" array.
 *
 * Source: messaging-api.yml, *Message and *Template; limits from line-platform 4.7; the words of
 * the errors as seen in public issue threads. LINE promises nothing about those words.
 */
#ifndef SIM_SIM_MESSAGE_H
#define SIM_SIM_MESSAGE_H

#include <jansson.h>

/* NULL when they will do; else the body of the 400 (new). `messages` may be NULL. */
json_t *sim_messages_problem(const json_t *messages);

#endif
