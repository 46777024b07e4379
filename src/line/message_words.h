/*
 * message_words.h - the words of message.h, one table per language.
 *
 * A template names what to put in: {plan} {reward} {shop} {date} {tier} {gives} as given; {amount}
 * {balance} {goal} {left} as numbers with their counter ("7 stamps"); {balance#} as a bare number;
 * {progress} as the language puts a balance beside its goal ("7 of 10 stamps"); {days} as the
 * language says how soon ("tomorrow", "in 3 days"); {count} how many facts a digest tells.
 */
#ifndef LINE_MESSAGE_WORDS_H
#define LINE_MESSAGE_WORDS_H

#include "line/message.h"

/* The words of one kind. Where the second unit's are NULL, they are the first one's. */
struct message_text {
    const char *headline[MESSAGE_UNITS];
    const char *headline_bare;       /* instead, when headline names what there is not */
    const char *body[MESSAGE_UNITS]; /* NULL: no such line */
    const char *body_bare;           /* instead */
    const char *foot;                /* left out when it names what there is not */
    const char *foot_bare;           /* instead */
    const char *alt[MESSAGE_UNITS];  /* the fact itself within the first 30 characters */
    const char *line[MESSAGE_UNITS]; /* in a digest; NULL: the headline */
    const char *line_bare;           /* instead */
    const char *button;
};

struct message_words {
    const char *one[MESSAGE_UNITS];   /* "# stamp": a number and its counter, for 1 ... */
    const char *other[MESSAGE_UNITS]; /* ... and for all others */
    const char *days[3];              /* today, tomorrow, in # days */
    const char *progress;             /* {progress} while there is a goal, else {balance} */
    const char *left_reward;          /* under the bar: the way to go, with a reward's title */
    const char *left;                 /* the same without */
    const char *more;                 /* digest: "and # more", after its last line */
    const char *and_more;             /* the same in brackets, after its first fact */
    struct message_text text[MESSAGE_KINDS];
};

extern const struct message_words message_words_ja, message_words_en, message_words_zh_hant,
    message_words_th;

const struct message_words *message_words_of(enum message_language language);

/* Write a template's text for this message: no escaping. A field that is none is left out. */
void message_expand(struct buf *out, const struct message *message, struct str template);

/* Write words->more, words->and_more and the like with their number. */
void message_form(struct buf *out, const char *form, int64_t n);

/* Whether the message has a value for every field that the template names. */
bool message_can_say(const struct message *message, struct str template);

/* The words for a part: the owner's where they can be said, else ours; empty where there are none.
 */
struct str message_part_of(const struct message *message, enum message_part part);

/* The first template that can be said: by unit, bare; empty when none can. */
struct str message_choose(const struct message *message, const char *const by_unit[MESSAGE_UNITS],
                          const char *bare);

#endif
