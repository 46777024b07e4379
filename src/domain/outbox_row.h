/*
 * outbox_row.h - what the files of the outbox share. Nobody else includes it.
 */
#ifndef DOMAIN_OUTBOX_ROW_H
#define DOMAIN_OUTBOX_ROW_H

#include "domain/outbox.h"

#define OUTBOX_PLACE_SIZE 96 /* "outbox:", then a retry key (36) or an event id (64 at most) */

/* The place a body is sealed for: the row's own name, made before the row. */
struct str outbox_place(struct str name, char out[OUTBOX_PLACE_SIZE]);
/* A menu's row has neither key nor event: its name is whose it is, and when it was made. */
struct str outbox_menu_place(int64_t member_id, int64_t created_ms, char out[OUTBOX_PLACE_SIZE]);

/* End a row that is open, and give back to the budget what LINE certainly did not count. `state` is
 * a final one. ERR_CONFLICT "outcome_known": it was not open */
enum err_code
outbox_close(struct db *db, int64_t id, struct str state, int64_t now_ms, struct err *e);

#endif
