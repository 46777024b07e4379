/*
 * menu_words.h - the words drawn into rich menus and written around them, one table per language.
 *
 * {left} is how many units are still to go, {reward} what waits there, {tier} whose menu it is.
 */
#ifndef LINE_MENU_WORDS_H
#define LINE_MENU_WORDS_H

#include "line/message.h"

struct menu_words {
    const char *language_name; /* as its own readers call it: a tab of the guests' menu */
    const char *font;          /* family whose forms of the characters are this language's */
    const char *tag;           /* BCP 47 */
    const char *bar_text;      /* at most 14 characters */
    const char *open_card, *ask_balance, *see_rewards; /* the tiles; at most 20 characters */
    const char *tier_rewards; /* drawn on the last one in the menus of a tier */
    const char *make_card;    /* a guest's button */
    const char *make_card_how;
    const char *unit[MESSAGE_UNITS];     /* behind a number with no rings beside it */
    const char *left_for[MESSAGE_UNITS]; /* on the way to a reward */
    const char *is_there;                /* at it */
    const char *tap_to_see;              /* a plan's menu before we know whose it is */
};

extern const struct menu_words menu_words[MESSAGE_LANGUAGES];

#endif
