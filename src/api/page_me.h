/*
 * page_me.h - pages about the member and us: what was agreed to, own data, leaving.
 *
 * Written like the card (page_card.h): whole without script, texts raw and borrowed.
 */
#ifndef API_PAGE_ME_H
#define API_PAGE_ME_H

#include "api/page.h"
#include "api/page_card.h"

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

struct me_consent {
    int64_t version, at_ms;
};

/* What a card holds, and who leaves it loses. */
struct me_holding {
    struct str plan_name;
    bool is_stamp; /* else points */
    int64_t balance;
};

struct me_view {
    enum language language;
    struct str title;
    int64_t terms_version; /* in force; 0: none */
    const struct me_consent *consents;
    size_t consents_n;
    const struct me_holding *holdings;
    size_t holdings_n;
    const struct card_voucher *vouchers;
    size_t vouchers_n;
    int utc_offset_min;
    enum card_liff liff;
    struct str liff_id;
    bool is_demo;
    const char *confirm; /* what the last button sends: leave_confirmation */
    const char *js, *icon;
};
/* The box that says whether the member's lines are under the signed head; filled in by
 * web/card/seal.ts. */
void page_proof_write(struct buf *b, enum language language);

void page_me_write(struct buf *b, const struct me_view *view);

#endif
