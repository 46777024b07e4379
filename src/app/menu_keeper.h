/*
 * menu_keeper.h - keeps what rich menus show in step with the plans they show.
 *
 * What a deploy has shown is kept as a digest in the book. Once a minute it is held against what
 * the menus would show now - of rules that were published or came into force by themselves,
 * periods, settings - and another one is deployed, as `stampd richmenu deploy` would. Where nothing
 * was ever deployed nothing is: the first time is somebody's decision. Half-done deploys, and such
 * as LINE had no time for, are gone on with after a while.
 */
#ifndef APP_MENU_KEEPER_H
#define APP_MENU_KEEPER_H

#include "app/config.h"
#include "base/clock.h"
#include "base/err.h"

#include <stdatomic.h>
#include <stdint.h>

struct menu_keeper;

/* The control socket is there already: what is deployed is written through it. *config and *clock
 * are borrowed. ERR_INTERNAL "thread", "out_of_memory" */
enum err_code menu_keeper_start(struct menu_keeper **out, const struct config *config,
                                struct clock *clock, struct err *e);
/* A deploy that is under way ends with the call to LINE that it waits for. Accepts NULL. */
void menu_keeper_stop(struct menu_keeper *k);

enum menus_followed {
    MENUS_IN_STEP, /* or never deployed */
    MENUS_DEPLOYED,
    MENUS_WAIT, /* LINE makes no more for now: look again in a while */
};

/* One look, and what follows from it. Errors as of a deploy: the menus stay as they were. */
enum err_code menus_follow(const struct config *config, int64_t now_ms, const atomic_bool *gives_up,
                           enum menus_followed *out, struct err *e);

#endif
