/*
 * page_parts.h - pieces that the card, the sign-in page and the pages to read share.
 */
#ifndef API_PAGE_PARTS_H
#define API_PAGE_PARTS_H

#include "api/page_card.h"

/* A word without placeholders, escaped. */
void part_word(struct buf *b, enum language language, enum word which);

/* One of the page's own drawings: <use> of the symbol "i-NAME". */
void part_icon(struct buf *b, const char *name);

/* An attribute data-NAME="VALUE", escaped. */
void part_data(struct buf *b, const char *name, struct str value);

struct part_page {
    enum language language;
    struct str title;
    const char *page; /* data-page: what the script starts */
    enum card_liff liff;
    struct str liff_id;
    bool is_demo;
    const char *js, *icon; /* NULL: none */
    const char *css;       /* beside what every page has inline; NULL: none */
};

/* From the doctype into the tag of <body>: more attributes may follow. */
void part_open(struct buf *b, const struct part_page *page);
/* The end of that tag, and the demo's banner. */
void part_open_body(struct buf *b, const struct part_page *page);
/* What the script needs - a line to say things aloud, the words - and the end. */
void part_close(struct buf *b, enum language language);
/* The end of a page without script. */
void part_end(struct buf *b);

#endif
