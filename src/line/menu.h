/*
 * menu.h - a rich menu as a value: what LINE takes, checked before it is asked.
 *
 * A menu is a picture of a fixed size, areas of it that can be tapped, and the text of the bar that
 * opens it. LINE keeps it under an id of its own and never changes it: another picture is another
 * menu. So each is named by a hash of its JSON and its picture, and whoever finds that name in
 * LINE's list has the menu already.
 *
 * Source: Messaging API reference, "Rich menu object", "Create rich menu", "Upload rich menu
 * image", "Rich menu alias"; line-platform.md, section 7. Limits of text are in characters as
 * people count them (graphemes), but for `data`, in UTF-16 units.
 */
#ifndef LINE_MENU_H
#define LINE_MENU_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>

#define MENU_AREAS_MAX 20
#define MENU_PICTURE_MAX (1 * MIB)
#define MENU_NAME_SIZE 40 /* "stampd-", 32 hexadecimal digits and a NUL */
#define MENU_NAME_PREFIX "stampd-"
#define MENU_ID_SIZE 64
#define MENU_ALIAS_SIZE 33
#define MENU_LISTED_MAX 1000 /* so many a channel may have */
#define MENU_LIST_BYTES_MAX (8 * MIB)

struct menu_box {
    int x, y, width, height; /* pixels of the picture */
};

enum menu_act {
    MENU_OPENS, /* target: a URL, https or http, percent-encoded */
    MENU_TELLS, /* target: the data of a postback to our webhook */
    MENU_TURNS, /* target: the alias of another menu, and `data` comes to our webhook as well */
};

struct menu_area {
    struct menu_box box;
    enum menu_act act;
    struct str label; /* read out to who cannot see the picture; may be empty */
    struct str target;
    struct str data; /* TURNS */
};

struct menu {
    int width, height;
    bool is_open; /* shown at once when the talk opens, not folded into its bar */
    struct str bar_text;
    size_t areas_n;
    struct menu_area area[MENU_AREAS_MAX];
};

/*
 * What LINE would refuse. ERR_INPUT, e->field naming the part ("areas[2].bounds"):
 *
 * "menu_size"    width 800 to 2500, height 250 or more, width at least 1.45 times the height
 * "menu_areas"   over 20 areas
 * "menu_bounds"  an area that is empty or leaves the picture
 * "menu_text"    a bar text that is empty or over 14 characters, a label over 20
 * "menu_action"  a URL over 1,000 units or not percent-encoded, data that is empty or over 300
 *                units, or no alias
 */
enum err_code menu_check(const struct menu *menu, struct err *e);

/* ERR_INPUT "menu_picture": no PNG, not of the menu's size, or over 1 MiB. */
enum err_code menu_check_picture(const struct menu *menu, struct str png, struct err *e);

/* The body of "Create rich menu", under that name. Expects a checked menu. */
void menu_write(struct buf *out, const struct menu *menu, const char *name);

/* The name that says what the menu is, picture included. False when the arena is full. */
bool menu_name(struct arena *a, const struct menu *menu, struct str png, char out[MENU_NAME_SIZE]);

bool menu_id_is_valid(struct str id);       /* fit to stand in a path */
bool menu_alias_is_valid(struct str alias); /* [a-z0-9_-]{1,32} */

/* ---------------------------------------------------------------- what LINE answers */

struct menu_listed {
    char id[MENU_ID_SIZE];
    char name[MENU_NAME_SIZE]; /* "" where it is none of ours */
};

struct menu_alias {
    char alias[MENU_ALIAS_SIZE];
    char id[MENU_ID_SIZE];
};

/*
 * Answers of "Create rich menu" and "Get default rich menu", of "Get rich menu list" and of "Get
 * list of rich menu alias". Lists are in arena; of what is not as it should be in one of their
 * elements, that element is left out: it cannot be one of ours.
 *
 * ERR_UPSTREAM "menu_answer"  not what LINE's reference promises
 */
enum err_code menu_read_id(struct str answer, char out[MENU_ID_SIZE], struct err *e);
enum err_code menu_read_list(struct str answer, struct arena *a, struct menu_listed **out,
                             size_t *n_out, struct err *e);
enum err_code menu_read_aliases(struct str answer, struct arena *a, struct menu_alias **out,
                                size_t *n_out, struct err *e);

#endif
