/*
 * sim_menu.h - rich menus: what stands at the bottom of the talk (line-platform 7).
 */
#ifndef SIM_SIM_MENU_H
#define SIM_SIM_MENU_H

#include "sim/sim_gate.h"

#define SIM_MENU_ID_SIZE 42 /* "richmenu-" and 32 hexadecimal digits */
#define SIM_MENUS_MAX 1000
#define SIM_MENU_IMAGE_MAX MIB
#define SIM_BATCHES_MAX 1024 /* the last ones: waiting and remembered */
#define SIM_BATCH_MS 50      /* LINE takes longer, but a test has to wait for it */

struct sim_menu {
    char id[SIM_MENU_ID_SIZE];
    json_t *object; /* as it was given */
    char *image;
    size_t image_n;
    const char *image_type;
};

/* A request that was answered with 202: to be done later. */
struct sim_batch {
    char request_id[UUID_SIZE];
    json_t *order; /* its body; NULL: an empty place */
    int64_t accepted_ms, completed_ms;
    int64_t due_ms; /* monotonic */
    bool has_failed;
};

struct sim_menus {
    struct sim_table *by_id;                 /* struct sim_menu */
    struct sim_table *aliases;               /* alias -> a menu's id */
    struct sim_table *of_user;               /* user id -> a menu's id */
    char fallback[SIM_MENU_ID_SIZE];         /* everybody else's; "": none */
    size_t most;                             /* menus there may be */
    int64_t wait_ms;                         /* between a 202 and its effect */
    struct sim_batch batch[SIM_BATCHES_MAX]; /* number n stands at n % SIM_BATCHES_MAX, from 1 */
    int64_t batch_last, batch_done;
};

struct sim_menus *sim_menus_new(void);
void sim_menus_free(struct sim_menus *menus);

/* NULL where there is none of that id. */
struct sim_menu *sim_menu_named(const struct sim *sim, const char *id);
/* The one in the path; NULL after refusing with 404. */
struct sim_menu *sim_menu_asked(struct sim_call *call);
/* The person's own from now on; no effect for somebody who is no friend. Tells their phone. */
void sim_menu_give(struct sim *sim, const struct sim_person *person, const struct sim_menu *menu);
void sim_menu_take(struct sim *sim, const struct sim_person *person);

/* What this person sees: theirs, or everybody's; NULL: none was set. */
const struct sim_menu *sim_menu_of(const struct sim *sim, const struct sim_person *person);
const struct sim_menu *sim_menu_by_alias(const struct sim *sim, struct str alias);

/* Do what is due; how long until there is more. Lock held. */
int64_t sim_batch_step(struct sim *sim);

#endif
