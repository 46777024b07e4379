/*
 * sim_handlers.h - every handler of the route table, file by file.
 */
#ifndef SIM_SIM_HANDLERS_H
#define SIM_SIM_HANDLERS_H

#include "sim/sim_gate.h"

/* sim_login.c: the page where a person agrees (line-platform 2.1, 2.2) */
sim_handler sim_authorize_page, sim_authorize_decide;

/* sim_oauth.c: tokens for codes and secrets (2.3, 11) */
sim_handler sim_oauth_token, sim_stateless_token, sim_short_token, sim_revoke, sim_verify_channel,
    sim_revoke_channel;

/* sim_user.c: what a person's token opens (2.4) */
sim_handler sim_discovery, sim_certs, sim_verify_access, sim_verify_id, sim_userinfo, sim_profile,
    sim_friendship, sim_deauthorize, sim_liff_token;

/* sim_send.c: messages to people (4.3, 4.4) */
sim_handler sim_push, sim_multicast, sim_broadcast, sim_reply, sim_validate;

/* sim_link.c: account link (6) */
sim_handler sim_link_token, sim_link_dialog;

/* sim_account.c: the official account and its month (4.6, 4.11) */
sim_handler sim_quota, sim_consumption, sim_bot_info, sim_bot_profile, sim_endpoint_show,
    sim_endpoint_set, sim_endpoint_test;

/* sim_count.c: who is reached, what was sent (4.5, 4.6, 10) */
sim_handler sim_delivery_count, sim_insight_delivery, sim_insight_followers, sim_followers,
    sim_unit_count, sim_unit_list;
#define SIM_UNITS_MAX 1000
/* The names that the month has seen; NULL: only forget those of another month. */
void sim_unit_note(struct sim_call *call, const char *name);

/* sim_chat.c: small acts in a talk (4.11) */
sim_handler sim_loading, sim_mark_read, sim_group_leave;

/* sim_console.c: LINE Developers Console (3.6) */
sim_handler sim_console_set, sim_liff_apps;

/* sim_menu.c: rich menus (7) */
sim_handler sim_menu_create, sim_menu_validate, sim_menu_list, sim_menu_show, sim_menu_delete;

/* sim_menu_image.c: their pictures */
sim_handler sim_menu_upload, sim_menu_download, sim_menu_picture;

/* sim_menu_user.c: who sees which */
sim_handler sim_menu_default, sim_menu_default_set, sim_menu_default_clear, sim_menu_of_user,
    sim_menu_link, sim_menu_unlink;

/* sim_batch.c: for many people at once, and later */
sim_handler sim_bulk_link, sim_bulk_unlink, sim_batch_ask, sim_batch_validate, sim_batch_progress;

/* sim_alias.c: names for rich menus, for tabs */
sim_handler sim_alias_create, sim_alias_list, sim_alias_show, sim_alias_update, sim_alias_delete;

/* sim_gate.c: what LINE does not have */
sim_handler sim_nothing_here;

/* sim_control.c: the simulator's own controls */
sim_handler sim_state_show, sim_faults_list, sim_faults_add, sim_faults_clear, sim_people_set,
    sim_settings_set, sim_keys_set;

/* sim_rate.c: how often what may be asked */
sim_handler sim_limits_list, sim_limits_set, sim_limits_clear;

/* sim_webhook.c: events on demand */
sim_handler sim_webhook_send, sim_webhook_list;

/* sim_phone.c: the shopper's phone */
sim_handler sim_home, sim_phone_file, sim_liff_open, sim_talk_show, sim_talk_listen, sim_picture;

#endif
