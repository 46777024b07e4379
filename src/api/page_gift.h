/*
 * page_gift.h - the pages where a member gives units away, and where another takes them.
 *
 * Written like the page of what is a member's own (page_account.h), with a script and words of
 * their own. The taker reads what the giver chose to be called, and nothing else of them.
 */
#ifndef API_PAGE_GIFT_H
#define API_PAGE_GIFT_H

#include "api/page.h"
#include "domain/refusal.h"

struct gift_page {
    enum language language;
    struct str title; /* the chain's name */
    const char *js, *css, *icon;
    bool is_demo;
};
void page_give_write(struct buf *b, const struct gift_page *page);

/* Texts raw and borrowed. */
struct take_view {
    struct gift_page page;
    struct str token;
    struct str nickname; /* empty: the giver said none */
    struct str plan_name;
    bool is_stamp; /* else points */
    int64_t amount;
    int64_t until_ms;
    int utc_offset_min;
    struct refusal refusal; /* NONE: it can be taken */
    struct str login;       /* GUEST: where LINE's login leads back to */
};
void page_take_write(struct buf *b, const struct take_view *view);

#endif
