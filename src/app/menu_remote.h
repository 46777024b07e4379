/*
 * menu_remote.h - the calls about rich menus that a command makes to LINE, one after another.
 *
 * Each waits for its answer. What LINE has no time for (5xx, no answer) is asked a few times more
 * where asking twice does no harm; creating a menu is not, for the first may have been made: the
 * next deploy finds it in LINE's list by its name.
 */
#ifndef APP_MENU_REMOTE_H
#define APP_MENU_REMOTE_H

#include "app/config.h"
#include "base/arena.h"
#include "base/err.h"
#include "line/menu.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct menu_remote;

/*
 * With a channel access token of the Messaging API channel. New (menu_remote_close).
 *
 * ERR_INPUT "setting_missing"; ERR_UPSTREAM "line_unreachable", "line_refused"
 */
enum err_code menu_remote_open(struct menu_remote **out, const struct config *config,
                               int64_t now_ms, struct err *e);
void menu_remote_close(struct menu_remote *r); /* accepts NULL */

/* All below: ERR_LIMIT "line_limit" when LINE says that it was asked too often; ERR_UPSTREAM
 * "line_unreachable"; ERR_UPSTREAM "line_refused" with LINE's own words. */
enum err_code menu_remote_list(struct menu_remote *r, struct arena *a, struct menu_listed **out,
                               size_t *n_out, struct err *e);
enum err_code menu_remote_aliases(struct menu_remote *r, struct arena *a, struct menu_alias **out,
                                  size_t *n_out, struct err *e);
/* "" where there is none of ours to see. */
enum err_code menu_remote_default(struct menu_remote *r, char id_out[MENU_ID_SIZE], struct err *e);

enum err_code menu_remote_validate(struct menu_remote *r, struct str json, struct err *e);
enum err_code menu_remote_create(struct menu_remote *r, struct str json, char id_out[MENU_ID_SIZE],
                                 struct err *e);
/* A menu that has a picture keeps it, which is no error. */
enum err_code
menu_remote_upload(struct menu_remote *r, const char *id, struct str png, struct err *e);
/* Made or moved; `is_known`: LINE has the alias. */
enum err_code menu_remote_alias(struct menu_remote *r, const char *alias, const char *id,
                                bool is_known, struct err *e);
enum err_code menu_remote_set_default(struct menu_remote *r, const char *id, struct err *e);

/* What is not there any more is not an error. */
enum err_code menu_remote_clear_default(struct menu_remote *r, struct err *e);
enum err_code menu_remote_drop_alias(struct menu_remote *r, const char *alias, struct err *e);
enum err_code menu_remote_drop(struct menu_remote *r, const char *id, struct err *e);

#endif
