/*
 * message_words.h - the words of message.h, one table per language.
 *
 * A template names what to put in: {plan} {reward} {shop} {date} as given; {amount} {balance}
 * {goal} {left} as numbers with their counter ("7 stamps"); {balance#} as a bare number;
 * {progress} as the language puts a balance beside its goal ("7 of 10 stamps").
 */
#ifndef LINE_MESSAGE_WORDS_H
#define LINE_MESSAGE_WORDS_H

#include "line/message.h"

struct message_words {
    const char *one[MESSAGE_UNITS];    /* "# stamp": a number and its counter, for 1 ... */
    const char *other[MESSAGE_UNITS];  /* ... and for all others */
    const char *progress;              /* {progress} while there is a goal, else {balance} */
    const char *gained[MESSAGE_UNITS]; /* GRANT: the headline */
    const char *left_reward;           /* GRANT, BALANCE: the way to go, with a reward's title */
    const char *left;                  /* the same without */
    const char *won;                   /* VOUCHER: over the reward's title */
    const char *until;                 /* VOUCHER: under it */
    const char *as_of;                 /* BALANCE: when that was */
    const char *invite;                /* INVITE: the headline */
    const char *invite_how;            /* INVITE: under it */
    const char *alt[MESSAGE_KINDS][MESSAGE_UNITS];
    const char *button[MESSAGE_KINDS];
};

extern const struct message_words message_words[MESSAGE_LANGUAGES];

/* Write a template's text for this message: no escaping. */
void message_expand(struct buf *out, const struct message *message, const char *template);

#endif
