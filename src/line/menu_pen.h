/*
 * menu_pen.h - what rich menu pictures are drawn with: shapes, text that stays in its box, PNG.
 *
 * Belongs to menu_picture.c. Failure sticks: draw everything, ask pen_png at the end.
 */
#ifndef LINE_MENU_PEN_H
#define LINE_MENU_PEN_H

#include "line/menu.h"

#include <stdbool.h>
#include <stdint.h>

struct pen;

enum pen_colour { /* of web/style/tokens.css, the light scheme */
                  PEN_PAPER,
                  PEN_SURFACE,
                  PEN_INK,
                  PEN_INK_SOFT,
                  PEN_LINE,
                  PEN_RING,
                  PEN_BAND,
                  PEN_BAND_SOFT,
                  PEN_ACTION,
                  PEN_ACTION_WASH,
                  PEN_STAMP,
                  PEN_GOLD,
                  PEN_GOLD_WASH,
                  PEN_BRONZE, /* of looks of tiers: a dark one for a band, a light one beside it */
                  PEN_BRONZE_WASH,
                  PEN_SILVER,
                  PEN_SILVER_WASH,
                  PEN_BLACK,
                  PEN_COLOURS,
};

enum pen_align { PEN_LEFT, PEN_CENTRE, PEN_RIGHT };

struct pen_text {
    struct str text; /* UTF-8; what is none is drawn as such */
    int size;        /* pixels of a line; shrinks to 7/10 before anything is cut off */
    bool is_bold;
    enum pen_align align;
    enum pen_colour colour;
    int lines_max; /* 0: 1 */
};

/* A blank sheet, in a language's forms of the characters: new (pen_free). NULL: no memory. */
struct pen *pen_new(int width, int height, const char *font, const char *language_tag);
void pen_free(struct pen *pen); /* accepts NULL */

void pen_fill(struct pen *pen, const struct menu_box *box, enum pen_colour colour, int radius);
void pen_frame(struct pen *pen, const struct menu_box *box, enum pen_colour colour, int radius,
               double width);
/* A disc, or with a width a circle; dashed when dash > 0. */
void pen_disc(struct pen *pen, double x, double y, double radius, enum pen_colour colour);
void pen_circle(struct pen *pen, double x, double y, double radius, double width, double dash,
                enum pen_colour colour);
/* Lines from place to place in a square of 24 units around (x, y), as the pages' icons are:
 * "M4 12 L10 18 L20 6" (absolute M, L, C and Z only). */
void pen_icon(struct pen *pen, const char *path, double x, double y, double size, double width,
              enum pen_colour colour);
/* In the box, its lines in the middle of the height; what does not fit ends in "...". Returns the
 * width that was needed. */
int pen_write(struct pen *pen, const struct menu_box *box, const struct pen_text *text);

/*
 * The sheet as PNG, in arena.
 *
 * ERR_INPUT "menu_font"  a character no installed font has: e->text says which package has most
 * ERR_INTERNAL           no memory
 */
enum err_code pen_png(struct pen *pen, struct arena *a, struct str *out, struct err *e);

#endif
