/*
 * menu_design.h - what our rich menus show and where: the facts, and the areas they lead to.
 *
 * From top to bottom: tabs, where there is more than one menu to turn to; a band with the name; a
 * line for the campaign of the time, if there is one; the body, which shows how far the card is and
 * opens it; and three tiles. A guest's menu has no tiles: its body invites to make a card.
 * The picture (menu_picture.h) and the areas are made from one layout, so they always agree.
 */
#ifndef LINE_MENU_DESIGN_H
#define LINE_MENU_DESIGN_H

#include "line/menu.h"
#include "line/message.h"

#include <stdbool.h>
#include <stdint.h>

#define MENU_WIDTH 1600
#define MENU_HEIGHT 1080
#define MENU_TABS_MAX 4
#define MENU_REWARDS_MAX 8
#define MENU_TILES 3
#define MENU_RINGS_MAX                                                                             \
    30 /* a goal beyond is a bar and a number: a ring would be too small to see */

/* Areas by number, as every tap tells it: the same thing has the same one in every menu. */
enum menu_place {
    MENU_PLACE_PROGRESS,
    MENU_PLACE_CARD,
    MENU_PLACE_BALANCE,
    MENU_PLACE_REWARDS,
    MENU_PLACE_TAB, /* the first of MENU_TABS_MAX */
    MENU_PLACES = MENU_PLACE_TAB + MENU_TABS_MAX,
};
const char *menu_place_name(int64_t place); /* "progress", "card" ... "tab4"; else "?" */

/* What tells a tier's menus from others at a glance: the colours of the band and its name. */
enum menu_look {
    MENU_LOOK_USUAL,
    MENU_LOOK_BRONZE,
    MENU_LOOK_SILVER,
    MENU_LOOK_GOLD,
    MENU_LOOK_BLACK
};

struct menu_tab {
    struct str text;
    struct str alias; /* of the menu it turns to */
};

struct menu_reward {
    int64_t at;
    struct str title;
};

struct menu_design {
    struct str key; /* its name among ours, as domain/menu_book.h makes it */
    enum message_language language;
    bool is_guest;
    struct str title; /* the chain's name, or the plan's */
    struct str tier;  /* whose menu it is, and whose rewards it leads to; else empty */
    enum menu_look look;
    struct str campaign; /* what the time is called, as long as it lasts; else empty */
    struct str card_url; /* where the card opens; takes a query */

    enum message_unit unit; /* members only, from here on */
    bool is_counted;        /* false: a tab's menu, before we know whose count to show */
    int64_t count;          /* of units; at most the goal */
    bool is_at_least;       /* one picture for several counts, of which this is the least */
    int64_t goal;           /* 0: there is nothing to fill, and no reward by place */
    size_t rewards_n;       /* in order of `at`; the last stands at the goal */
    struct menu_reward reward[MENU_REWARDS_MAX];

    size_t tabs_n; /* 0, or at least 2 */
    size_t tab_shown;
    struct menu_tab tab[MENU_TABS_MAX];
};

/* Where everything is; a box without width is not there. */
struct menu_layout {
    struct menu_box tab[MENU_TABS_MAX];
    struct menu_box band, campaign, body;
    struct menu_box tile[MENU_TILES];
};

void menu_layout(const struct menu_design *design, struct menu_layout *out);

/*
 * The menu that leads where the picture says; URLs and data in arena. Every tap carries
 * menu=KEY&area=NUMBER: in the URL's query, or behind the action of a postback. A tab's says
 * action=menu: LINE has turned to the other one already.
 *
 * ERR_INPUT as menu_check says; ERR_INTERNAL "out_of_memory"
 */
enum err_code menu_design_make(const struct menu_design *design, struct arena *a, struct menu *out,
                               struct err *e);

/* The next reward from the count on: the first at more than that, or the last. NULL: there is none.
 */
const struct menu_reward *menu_next_reward(const struct menu_design *design);

#endif
