/*
 * postback.h - what our own buttons send back when they are pressed: "action=rule&id=7".
 *
 * Anybody can make LINE send any data of ours, so the data says only what is wished; who wishes is
 * the event's user. It is read by a list of what we send, and everything else is no wish of ours.
 */
#ifndef LINE_POSTBACK_H
#define LINE_POSTBACK_H

#include "base/buf.h"
#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

#define POSTBACK_MENU_SIZE 128 /* of a rich menu's key, with its NUL */
#define POSTBACK_AREA_MAX 32

enum postback_action {
    POSTBACK_MENU, /* only to be counted: another tab of a menu */
    POSTBACK_BALANCE,
    POSTBACK_CARD,
    POSTBACK_SHOPS,
    POSTBACK_RULE, /* what the keyword rule of that number says */
};

struct postback {
    enum postback_action action;
    int64_t rule_id;               /* RULE */
    char menu[POSTBACK_MENU_SIZE]; /* the key of the rich menu that was tapped; may be "" */
    struct str area;               /* where; borrowed */
};

/* False: no data of ours, or not all of it. Each name stands at most once. */
bool postback_read(struct str data, struct postback *out);

/* As postback_read reads it: RULE with its number; without a menu. */
void postback_write(struct buf *b, enum postback_action action, int64_t rule_id);

#endif
