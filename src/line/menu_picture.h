/*
 * menu_picture.h - the picture of a rich menu, drawn from its facts: nothing is made by hand.
 *
 * 1600 by 1080 pixels, in few colours, so that a phone's width shows every word at a size people
 * read and the file stays far below LINE's 1 MB. Fonts are the system's: Noto Sans CJK and Noto
 * Sans Thai (Debian fonts-noto-cjk, fonts-noto-core). The same facts with the same fonts are the
 * same bytes, which is what the menu's name rests on.
 */
#ifndef LINE_MENU_PICTURE_H
#define LINE_MENU_PICTURE_H

#include "line/menu_design.h"

/* PNG, in arena. ERR_INPUT "menu_font"; ERR_INTERNAL "out_of_memory" */
enum err_code menu_picture_draw(const struct menu_design *design, struct arena *a, struct str *out,
                                struct err *e);

#endif
