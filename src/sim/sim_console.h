/*
 * sim_console.h - what an operator sets in LINE Developers Console and LINE Official Account
 * Manager, right or wrong.
 */
#ifndef SIM_SIM_CONSOLE_H
#define SIM_SIM_CONSOLE_H

#include "sim/sim_state.h"

struct sim_console {
    char liff_scope[64];  /* "openid profile" */
    char liff_type[8];    /* full, tall, compact */
    char bot_prompt[16];  /* none, normal, aggressive */
    char chat_mode[8];    /* chat, bot */
    char test_reason[24]; /* what the webhook test finds; "": what is so */
    int64_t test_status;
    bool webhook_off;     /* the switch "Use webhook" */
    bool menu_by_manager; /* the default rich menu was made in LINE Official Account Manager */
    bool unverified;      /* LINE has not verified the account: no list of followers */
    bool other_provider;  /* the two channels' people have ids that do not fit */
};

/* As it should be. */
struct sim_console *sim_console_new(void);

/* Who that is for the account's channel: nobody, when the channels stand under two providers. */
struct sim_person *sim_bot_person(struct sim *sim, struct str user_id);

#endif
