/*
 * menus.h - rich menus follow the book: the right one is linked to whoever it is for.
 *
 * Run as a job of the writer, by the scheduler, after grants and not within them. A call is owed
 * only where a member should see another menu than the one linked last: at most one for a stamp,
 * and none where the picture is the same.
 */
#ifndef API_MENUS_H
#define API_MENUS_H

#include "api/service.h"
#include "base/arena.h"
#include "base/err.h"
#include "domain/member.h"
#include "store/db.h"

#include <stdbool.h>
#include <stdint.h>

/* Owe LINE a bounded number of calls. *more_out: there may be more to do. */
enum err_code
menus_apply(struct db *db, struct arena *a, int64_t now_ms, bool *more_out, struct err *e);

/* A postback of a menu's area (line/menu_design.h numbers them): counted; and where it was a tab,
 * the member (NULL: nobody we know) gets that plan's menu with their own count. */
enum err_code menus_tapped(struct db *db, struct arena *a, const struct member *member,
                           struct str key, int64_t area, int64_t now_ms, struct err *e);

/* Before a member is erased: LINE is to show them no menu of ours any more. */
enum err_code
menus_leave(struct db *db, struct arena *a, int64_t member_id, int64_t now_ms, struct err *e);

#endif
