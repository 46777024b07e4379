/*
 * page_history.h - every line of a member's cards, and what became of vouchers, as a page: whole
 * without script, newest first, a part at a time. A line that was undone and the one that undid it
 * name each other.
 *
 * Written like the card (page_card.h): texts raw and borrowed.
 */
#ifndef API_PAGE_HISTORY_H
#define API_PAGE_HISTORY_H

#include "api/page_card.h"
#include "domain/earning.h"
#include "domain/history.h"

/* A line, and why it was what it was. */
struct history_entry {
    struct history_line line;
    struct str title; /* of the event a bonus was for; empty: it was for none */
    size_t parts_n;   /* of an earn: what factors and pieces added */
    struct earn_part part[EARN_PARTS_MAX];
};

/* A line, or else what became of a voucher. */
struct history_item {
    const struct history_entry *entry; /* NULL: it is the other */
    const struct history_event *event;
};

/* Where the next page begins: all 0: nowhere. */
struct history_older {
    int64_t below;            /* this line; 0: no line has been shown yet */
    struct history_mark mark; /* at_ms 0: with the events below that line */
};

/* Units that a card owes. */
struct history_debt {
    struct str plan;
    bool is_stamp;
    int64_t units;
};

struct history_view {
    enum language language;
    struct str title;
    const struct history_item *item;
    size_t n;
    struct history_older older;
    bool is_newest;
    const struct history_debt *debt;
    size_t debts_n;
    enum card_liff liff;
    struct str liff_id;
    bool is_demo;
    const char *js, *icon;
};
void page_history_write(struct buf *b, const struct history_view *view);

/* What a line is, in words, escaped: "Visit", "Bonus: birthday", "Reversed: Visit". */
void history_what(struct buf *b, enum language language, const struct history_entry *entry);

#endif
