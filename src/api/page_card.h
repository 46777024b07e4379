/*
 * page_card.h - the shopper's card and sign-in page as one HTML answer.
 *
 * The card is whole without script: style inline (allowed by its hash), codes drawn as SVG, nothing
 * to fetch before the first paint. The script that follows keeps the codes fresh and adds the rest.
 */
#ifndef API_PAGE_CARD_H
#define API_PAGE_CARD_H

#include "api/page.h"
#include "domain/reward.h"

/* How a page reaches LINE's login. */
struct card_ends;
struct card_level;

enum card_liff {
    CARD_LIFF_NONE, /* a plain browser: the web login only */
    CARD_LIFF_LINE, /* LINE's SDK, with the app's id */
    CARD_LIFF_SIM,  /* line-sim puts the ID token into the fragment of the URL */
};

struct card_reward {
    int64_t at; /* units */
    struct str title;
};

struct card_voucher {
    int64_t id;
    struct str title;
    int64_t expires_ms;
    enum reward_kind kind;
    int64_t value;
};

struct card_other {
    int64_t plan_id;
    struct str name;
    bool is_stamp;
    int64_t balance;
};

/* Everything on the card. All texts are raw (not escaped) and borrowed, but for the `_svg` and
 * `_json` fields, which are ours and printed as they are. */
struct card_view {
    enum language language;
    struct str title; /* the chain's name: <title> and the band */
    int64_t plan_id;
    struct str plan_name;
    bool is_stamp;          /* the plan's unit; else points */
    bool is_blocked;        /* no codes then */
    struct str member_name; /* empty: unknown */
    int64_t balance, goal;
    int64_t owed;          /* that what is earned settles first: domain/debt.h */
    int64_t yen_per_point; /* what a sale earns; 0: it earns nothing by itself */
    bool is_net;           /* of the yen without their tax */
    enum rounding rounding;

    const struct card_reward *rewards; /* by `at`, rising */
    size_t rewards_n;
    const struct card_voucher *vouchers; /* issued ones, the first to expire first */
    size_t vouchers_n;
    const struct card_ends *ends;
    const struct card_level *level;
    const struct card_other *others; /* the member's other cards */
    size_t others_n;

    struct str qr_svg, linear_svg; /* of the current code, from barcode_svg */
    struct str digits;             /* what the QR holds */
    struct str linear_text;        /* the line under the bars; shown grouped */
    struct str codes_json;         /* as GET /api/card/codes answers, but for the drawings */
    size_t codes_now_at;           /* where it tells now_ms */

    bool is_guest;  /* nobody has signed in: the card is this browser's only */
    bool has_gifts; /* units can be given from this card */
    bool is_friend;
    struct str friend_url; /* where to add our account as a friend; empty: no prompt */

    enum card_liff liff;
    struct str liff_id;
    bool is_demo;

    int64_t now_ms;
    int utc_offset_min; /* of the plan: how dates are shown */

    int64_t terms_version; /* of the terms that wait for a yes; 0: none do */

    const char *js;   /* path of "card.js" among the bundled files */
    const char *icon; /* path of "icon.svg", or NULL */
};

/* Returns in how many places the page tells view->now_ms, and where in now_at_out. */
#define PAGE_CARD_NOWS 2
size_t
page_card_write(struct buf *b, const struct card_view *view, size_t now_at_out[PAGE_CARD_NOWS]);

enum signin_failure {
    SIGNIN_FIRST,  /* nothing went wrong */
    SIGNIN_DENIED, /* the person said no: ?login=denied */
    SIGNIN_FAILED, /* LINE or we could not: ?login=failed */
    SIGNIN_AGAIN,  /* took too long, or another browser came back: ?login=again */
    SIGNIN_OTHER,  /* it was to be proven once more, and somebody else did: ?login=other */
    SIGNIN_OLD,    /* the same, and what LINE knows is too old: ?login=old */
    SIGNIN_FAILURES,
};
const char *signin_failure_word(enum signin_failure failure); /* as in the address */

struct signin_view {
    enum language language;
    struct str title;
    bool is_inside; /* LINE's own browser asks (User-Agent has "Line/"): the adapter starts at once
                     */
    enum signin_failure failure;
    enum card_liff liff;
    struct str liff_id;
    bool is_demo;
    struct str next; /* the path of a gift to be taken; empty: to the card */
    bool has_terms;  /* to be read before */
    bool may_guest;  /* a card may be had before signing in */
    const char *js, *icon;
};
void page_signin_write(struct buf *b, const struct signin_view *view);

/* Who has a session shows LINE once more who it is (fresh_act.h). */
struct again_view {
    struct signin_view signin; /* next, terms and guests mean nothing here */
    const char *act, *page;    /* what was begun, and where: to go back to */
    const char *next;          /* where it goes on */
    const char *reopen;        /* inside LINE: this page, with the card opened anew; else NULL */
};
void page_again_write(struct buf *b, const struct again_view *view);

/* The Content-Security-Policy of both pages; `is_demo` lets this machine's demo pages frame them.
 */
const char *page_card_policy(enum card_liff liff, bool is_demo);

#endif
