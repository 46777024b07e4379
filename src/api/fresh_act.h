/*
 * fresh_act.h - what a session alone is not enough for, and where each is begun.
 *
 * Their routes are for a FRESH_MEMBER. Whoever is refused there shows LINE once more who it is, and
 * comes back to the page of what was begun, which asks again: nothing is done on the way.
 */
#ifndef API_FRESH_ACT_H
#define API_FRESH_ACT_H

#include "base/str.h"

enum fresh_act {
    FRESH_NONE,
    FRESH_EXPORT,
    FRESH_LEAVE,
    FRESH_LINK,
    FRESH_UNLINK,
    FRESH_SHOP,
    FRESH_CODE,
    FRESH_RECOVER,
};

/* "leave"; FRESH_NONE for any other word. */
enum fresh_act fresh_act_of(struct str word);
const char *fresh_act_word(enum fresh_act act);
/* Where it is begun: "/card/me", or "/card" for FRESH_NONE. */
const char *fresh_act_page(enum fresh_act act);

#endif
