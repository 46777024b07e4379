/*
 * sim_menu.h - rich menus: what stands at the bottom of the talk (line-platform 7).
 */
#ifndef SIM_SIM_MENU_H
#define SIM_SIM_MENU_H

#include "sim/sim_state.h"

#define SIM_MENU_ID_SIZE 42 /* "richmenu-" and 32 hexadecimal digits */
#define SIM_MENUS_MAX 1000
#define SIM_MENU_IMAGE_MAX MIB

struct sim_menu {
    char id[SIM_MENU_ID_SIZE];
    json_t *object; /* as it was given */
    char *image;
    size_t image_n;
    const char *image_type;
};

struct sim_menus {
    struct sim_table *by_id;         /* struct sim_menu */
    struct sim_table *aliases;       /* alias -> a menu's id */
    struct sim_table *of_user;       /* user id -> a menu's id */
    char fallback[SIM_MENU_ID_SIZE]; /* everybody else's; "": none */
};

struct sim_menus *sim_menus_new(void);
void sim_menus_free(struct sim_menus *menus);

/* What this person sees: theirs, or everybody's; NULL: none was set. */
const struct sim_menu *sim_menu_of(const struct sim *sim, const struct sim_person *person);
const struct sim_menu *sim_menu_by_alias(const struct sim *sim, struct str alias);

#endif
