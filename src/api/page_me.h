/*
 * page_me.h - pages about the member and us: what was agreed to.
 *
 * Written like the card (page_card.h): whole without script, texts raw and borrowed.
 */
#ifndef API_PAGE_ME_H
#define API_PAGE_ME_H

#include "api/page.h"

struct terms_view {
    enum language language;      /* of the page */
    struct str title;            /* the chain's name */
    int64_t version;             /* 0: there are none */
    enum language text_language; /* of the text */
    struct str text;
    int64_t from_ms;
    const char *icon;
    bool is_demo;
};
void page_terms_write(struct buf *b, const struct terms_view *view);

#endif
