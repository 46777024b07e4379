/*
 * font.h - the characters that stand under a drawn code, as pictures of 5 x 8 dots.
 *
 * The eighth row holds the tails of g, j, p, q, y and of comma and semicolon; digits are all of
 * one width, and no two characters of a member number can be taken for each other.
 */
#ifndef BARCODE_FONT_H
#define BARCODE_FONT_H

#include <stdbool.h>

enum {
    FONT_WIDTH = 5,
    FONT_HEIGHT = 8,
    FONT_ADVANCE = 6, /* from the left edge of one character to that of the next */
};

/* Is this dot of c, printable ASCII, black? Dots count from the top left. */
bool barcode_font_dot(char c, unsigned x, unsigned y);

#endif
