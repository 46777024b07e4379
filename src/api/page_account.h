/*
 * page_account.h - the page of what is a member's own beside the card.
 *
 * Written like the card (page_card.h), with a script and words of its own: the card, which opens
 * many times a day, does not carry them.
 */
#ifndef API_PAGE_ACCOUNT_H
#define API_PAGE_ACCOUNT_H

#include "api/page.h"

struct account_view {
    enum language language;
    struct str title; /* the chain's name */
    const char *js, *css, *icon;
    bool is_demo;
};
void page_account_write(struct buf *b, const struct account_view *view);

#endif
