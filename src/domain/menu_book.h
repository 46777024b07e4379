/*
 * menu_book.h - which rich menu a person should see, and which ones LINE has of us.
 *
 * What a menu is for has a key, such as "member.ja.1.7": the menu of members who read Japanese and
 * have seven units under plan 1. Keys are made by pure functions from facts; the table menu_made
 * says which key is which menu at LINE. One menu may stand for several counts, where a plan has
 * more of them than LINE takes menus.
 */
#ifndef DOMAIN_MENU_BOOK_H
#define DOMAIN_MENU_BOOK_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "domain/member.h"
#include "domain/plan.h"
#include "store/db.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MENU_KEY_SIZE 128
#define MENU_LINE_ID_SIZE 64
#define MENU_LINE_NAME_SIZE 40
#define MENU_DIGEST_SIZE 65        /* SHA-256 as hex */
#define MENU_COUNT_ANY INT64_C(-1) /* a tab's menu, before we know whose count to show */
#define MENU_COUNT_MAX INT64_C(1000000000)

/* Who sees it, and when. */
struct menu_facts {
    bool is_guest; /* nobody we know: the rest but language and period means nothing */
    enum language language;
    int64_t plan_id;
    int64_t count;     /* of units, or MENU_COUNT_ANY */
    int64_t tier;      /* of the card; 0: none, or below all */
    int64_t period_id; /* 0: none */
};

/* "guest.en", "member.ja.1.7", "member.ja.1.any", with ".t2" and ".c3" behind where they apply. */
void menu_key(const struct menu_facts *facts, char out[MENU_KEY_SIZE]);
bool menu_key_read(struct str key, struct menu_facts *out);

/* A card as far as its menu is concerned. */
struct menu_card {
    int64_t plan_id, balance, tier;
    int64_t seq; /* of its newest transfer; 0: none yet */
};

/*
 * What this member should see: the card that was stamped last, or the first where none was; without
 * a card, what a guest sees.
 */
struct menu_facts
menu_choose(enum language language, const struct menu_card *cards, size_t n, int64_t period_id);

/* ---------------------------------------------------------------- how many pictures a plan has */

/* One picture for `step` counts each, from 0 on, and one for the full card. Of a plan without a
 * goal (0) there is no full card: its counts are told by 0, step and the round numbers behind it,
 * 1, 2, 5, 10, 20 ... to 100,000, as "200+". */
int64_t menu_pictures(int64_t goal, int64_t step);
/* The least count that the i-th of them stands for. */
int64_t menu_picture_from(int64_t goal, int64_t step, int64_t i);
/*
 * The steps with which a plan has at most most_each pictures, and all the plans together, each
 * picture made `copies` times, at most `most`: plans with few counts keep a picture for each. Steps
 * are 1, 2, 5, 10, 20 ..., as people count. False when even two for each plan are too many.
 */
bool menu_steps(const int64_t *goals, size_t n, int64_t copies, int64_t most, int64_t most_each,
                int64_t *steps_out);

/* ---------------------------------------------------------------- periods */

struct menu_period {
    int64_t id;
    char title[PLAN_TEXT_SIZE];
    int64_t from_ms, until_ms; /* the last not included */
};

/* ERR_INPUT "text_empty", "text_too_long" ..., "period_backwards"; ERR_CONFLICT "period_overlaps"
 */
enum err_code menu_period_add(struct db *db, struct str title, int64_t from_ms, int64_t until_ms,
                              int64_t now_ms, int64_t *id_out, struct err *e);
/* ERR_NOT_FOUND "period_unknown" */
enum err_code menu_period_end(struct db *db, int64_t id, struct err *e);
/* Those that are not over, in order of time; in arena. */
enum err_code menu_periods(struct db *db, struct arena *a, int64_t now_ms, struct menu_period **out,
                           size_t *n_out, struct err *e);

/* ---------------------------------------------------------------- what LINE has */

struct menu_made {
    char key[MENU_KEY_SIZE];
    int64_t until_count; /* the count in the key is the least it stands for, this the greatest */
    char line_id[MENU_LINE_ID_SIZE];
    char name[MENU_LINE_NAME_SIZE];
    int64_t made_ms;
};

/* In arena, by key. */
enum err_code menu_made_list(struct db *db, struct arena *a, struct menu_made **out, size_t *n_out,
                             struct err *e);
/* Written anew where the key is known; everybody's menu is looked at again when that was another
 * menu. ERR_INPUT "menu_key" */
enum err_code
menu_made_put(struct db *db, const struct menu_made *made, int64_t deploy_ms, struct err *e);
/* A deploy is through: what it did not want is forgotten, guests see guest_line_id, and every
 * member's menu is looked at again. The digest is of all that it showed; empty: nobody is to deploy
 * anew when that would be something else. */
enum err_code menu_deployed(struct db *db, int64_t deploy_ms, struct str guest_line_id,
                            struct str digest, struct err *e);
/* No menu is ours any more, and nobody is linked to one. */
enum err_code menu_made_clear(struct db *db, struct err *e);

/* How many members are linked to a menu, whether it still has a key or not; in arena, by id. */
struct menu_links {
    char line_id[MENU_LINE_ID_SIZE];
    int64_t members;
};
enum err_code
menu_links(struct db *db, struct arena *a, struct menu_links **out, size_t *n_out, struct err *e);

/* The menu for these facts: in the language, of the tier and of the period if there is one, else in
 * the guests' language, else without; above the highest tier that has menus, that one's.
 * ERR_NOT_FOUND "menu_unknown": none was deployed for them */
enum err_code menu_find(struct db *db, const struct menu_facts *facts,
                        char line_id_out[MENU_LINE_ID_SIZE], struct err *e);

#endif
