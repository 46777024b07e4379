/*
 * menu_work.h - whose rich menu is to be looked at again, and what is linked to whom; taps.
 *
 * A grant writes nothing of this: the transfers behind a remembered number say whose count has
 * changed. Members who joined, made friends, chose another language or whose tier is another one
 * are in menu_due, by a trigger. After a deploy, and when a period begins or ends, everybody is
 * gone through once, a few at a time.
 */
#ifndef DOMAIN_MENU_WORK_H
#define DOMAIN_MENU_WORK_H

#include "domain/menu_book.h"

/* What there is to do. */
struct menu_work {
    int64_t seq, head_seq; /* transfers looked at, and booked */
    bool is_sweeping;      /* everybody behind sweep_id is still to be looked at */
    int64_t sweep_id;
    bool has_due;
    bool has_menus;        /* else there is nothing to link */
    int64_t period_id;     /* in force when it was last looked at, and ... */
    int64_t period_now_id; /* ... now; 0: none */
    char guest_line_id[MENU_LINE_ID_SIZE];
    char digest[MENU_DIGEST_SIZE]; /* of what the last deploy showed; "": there is none to follow */
};

enum err_code menu_work_load(struct db *db, int64_t now_ms, struct menu_work *out, struct err *e);
/* Everything but digest, has_due, has_menus, head_seq and period_now_id. */
enum err_code menu_work_save(struct db *db, const struct menu_work *work, struct err *e);

/* Members to look at now: of the newest transfers and, where there is room for more calls, of
 * menu_due and of the sweep - at most `max`, and `work` moves on past them (menu_work_save). One
 * may come twice. */
enum err_code menu_work_take(struct db *db, struct menu_work *work, bool has_room,
                             int64_t *members_out, size_t max, size_t *n_out, struct err *e);

/* What a member should see now; *is_friend_out: whether LINE would show it. ERR_NOT_FOUND */
enum err_code menu_facts_of(struct db *db, int64_t member_id, int64_t period_id,
                            struct menu_facts *out, bool *is_friend_out, struct err *e);

/* What everybody is to see who has no menu of their own, in the language of `line_id`, which they
 * see now. ERR_NOT_FOUND "menu_unknown": that one is not ours */
enum err_code menu_guest_now(struct db *db, struct str line_id, int64_t period_id,
                             char line_id_out[MENU_LINE_ID_SIZE], struct err *e);

/* "" where none is. */
enum err_code
menu_linked(struct db *db, int64_t member_id, char line_id_out[MENU_LINE_ID_SIZE], struct err *e);
enum err_code
menu_link_set(struct db *db, int64_t member_id, struct str line_id, int64_t now_ms, struct err *e);
/* Somebody who has left, or whose menu is not ours any more. */
enum err_code menu_link_end(struct db *db, int64_t member_id, struct err *e);
/* Calls for menus that LINE has not answered yet. */
enum err_code menu_owed(struct db *db, int64_t *out, struct err *e);

/* How many members see the menus of a level, of plans whose levels have menus: by plan, the highest
 * first, 0 for those below all. At most `max`. */
struct menu_level {
    int64_t plan_id, tier, members;
};
enum err_code
menu_levels(struct db *db, struct menu_level *out, size_t max, size_t *n_out, struct err *e);

/* ---------------------------------------------------------------- taps */

#define MENU_AREAS_COUNTED 20
#define MENU_TAPS_MAX (2 * MENU_AREAS_COUNTED)

/* One tap on an area of a menu that was deployed; on another one it counts nothing. */
enum err_code
menu_tap_count(struct db *db, struct str key, int64_t area, int64_t now_ms, struct err *e);

struct menu_taps {
    bool is_guest;       /* else members tapped it */
    int64_t area;        /* as line/menu_design.h numbers them */
    int64_t today, week; /* the last seven days, today included */
};
/* The most tapped first; at most MENU_TAPS_MAX. Days are those of UTC+9, as LINE's are. */
enum err_code
menu_taps(struct db *db, int64_t now_ms, struct menu_taps *out, size_t *n_out, struct err *e);

#endif
