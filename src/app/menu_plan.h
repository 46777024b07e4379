/*
 * menu_plan.h - the rich menus that an installation wants: made of its plans, periods and settings.
 *
 * One for guests in each language, with tabs to the other languages; one for members for every
 * count of every plan, and of every tier that has menus of its own, in each language, with tabs
 * between the plans where there are several; and all of them once more for each period that is not
 * over.
 */
#ifndef APP_MENU_PLAN_H
#define APP_MENU_PLAN_H

#include "app/config.h"
#include "base/arena.h"
#include "base/err.h"
#include "domain/menu_book.h"
#include "line/menu_design.h"
#include "store/db.h"

#include <stdbool.h>
#include <stddef.h>

#define MENUS_MOST 900 /* LINE takes 1,000 of a channel; some are left for others */

struct menu_item {
    char key[MENU_KEY_SIZE];
    int64_t until_count;         /* as struct menu_made has it */
    char alias[MENU_ALIAS_SIZE]; /* "" : no tab leads here */
    struct menu_design design;   /* texts in arena */
};

struct menu_group { /* a plan's menus in one language and period, or those of one of its tiers */
    struct plan_rules *rules; /* as they are for a card of that tier */
    size_t tab;               /* of the plan, from 0 */
    int64_t tier;             /* 0: of all who have none of their own */
    int64_t step;             /* counts for one picture */
};

struct menu_plan {
    enum language language[LANGUAGES]; /* the first is what guests see at first */
    size_t languages_n;
    struct menu_period *period; /* those that are not over */
    size_t periods_n;
    int64_t period_now_id; /* 0: none */
    struct plan_rules *rules;
    size_t plans_n;
    struct menu_group *group; /* of each plan its highest tier first */
    size_t groups_n;
    struct menu_item
        *item; /* in the order in which they are of use: guests, tabs, low counts ... */
    size_t n;
};

/*
 * In arena.
 *
 * ERR_INPUT "menu_languages"  the setting names a language twice or one that is not ours
 * ERR_CONFLICT "menus_many"   even two pictures for each group are more menus than LINE takes
 */
enum err_code menu_plan_make(struct db *db, const struct config *config, struct arena *a,
                             int64_t now_ms, struct menu_plan *out, struct err *e);

/* Of all that its menus show and lead to: another one is deployed anew. ERR_INTERNAL
 * "out_of_memory" */
enum err_code
menu_plan_digest(const struct menu_plan *plan, char out[MENU_DIGEST_SIZE], struct err *e);

/* The guests' menu that everybody sees now; NULL: none is planned. */
const struct menu_item *menu_plan_guest(const struct menu_plan *plan);

#endif
